"""A workbook that cannot be read is refused in one sentence that says why, and nothing is changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.urls import reverse

from courses.spreadsheets import SpreadsheetError, some_sheets
from evaluation.models import Instrument
from tests.cms.instrument_desk import client, plain
from tests.evaluation.workbooks import BAD, WHOLE

if TYPE_CHECKING:
    from pathlib import Path

    from django.test import Client

__all__ = ["client"]
pytestmark = pytest.mark.django_db


def test_the_workbook_the_bad_ones_are_made_of_is_good() -> None:
    assert "survey" in some_sheets(WHOLE, ["survey"])


@pytest.mark.parametrize("which", BAD)
def test_a_workbook_that_cannot_be_read_says_what_is_wrong_with_it(which: str) -> None:
    content, said = BAD[which]
    with pytest.raises(SpreadsheetError) as error:
        some_sheets(content, ["survey"])
    assert str(error.value).startswith(said)
    assert ".csv" not in str(error.value)


@pytest.mark.parametrize("which", BAD)
def test_in_the_admin_it_is_said_of_the_file_and_the_choice_stays(client: Client, which: str) -> None:
    content, said = BAD[which]
    file = SimpleUploadedFile("skjema.xlsx", content)
    page = client.post(reverse("egs_import_instrument"), {"file": file, "as_next": "on"})
    assert page.status_code == 422
    assert said in plain(page)
    if content:  # of an empty one the form itself says it
        assert f"skjema.xlsx: {said}" in plain(page)
    assert page.context["form"]["as_next"].value() is True
    assert not Instrument.objects.exists()


def test_by_command_every_bad_file_is_named_and_the_good_one_is_not_taken_in_either(tmp_path: Path) -> None:
    (tmp_path / "hel.xlsx").write_bytes(WHOLE)
    for number, (content, _said) in enumerate(BAD.values()):
        (tmp_path / f"{number}.xlsx").write_bytes(content)
    with pytest.raises(CommandError) as error:
        call_command("instruments", "load", str(tmp_path))
    for number, (_content, said) in enumerate(BAD.values()):
        assert f"{number}.xlsx: {said}" in str(error.value)
    assert str(error.value).startswith("Ingenting er endret.")
    assert not Instrument.objects.exists()


@pytest.mark.parametrize("beside", [True, False])
def test_by_command_an_old_excel_file_is_not_passed_over_in_silence(tmp_path: Path, beside: bool) -> None:
    (tmp_path / "gammelt.xls").write_bytes(BAD["old Excel"][0])
    if beside:
        (tmp_path / "hel.xlsx").write_bytes(WHOLE)
    with pytest.raises(CommandError, match=r"gammelt\.xls: Fila er gammel Excel"):
        call_command("instruments", "load", str(tmp_path))
    assert not Instrument.objects.exists()


def test_in_the_admin_an_old_excel_file_is_told_what_to_be_saved_as(client: Client) -> None:
    file = SimpleUploadedFile("gammelt.xls", BAD["old Excel"][0])
    page = client.post(reverse("egs_import_instrument"), {"file": file})
    assert page.status_code == 422
    assert "Fila er gammel Excel (.xls). Lagre den som .xlsx" in plain(page)


def test_a_workbook_called_yaml_is_refused_kindly(client: Client) -> None:
    file = SimpleUploadedFile("skjema.yaml", WHOLE)
    page = client.post(reverse("egs_import_instrument"), {"file": file})
    assert page.status_code == 422
    assert not Instrument.objects.exists()
