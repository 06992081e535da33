"""Questionnaires leave the admin as files and come back; a file with faults says in which line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from evaluation.instruments import rows, yaml_writing
from evaluation.instruments.definition import Words
from evaluation.instruments.drafts import Draft
from evaluation.models import Instrument, InstrumentVersion
from tests.cms.instrument_desk import client, draft, plain, sent
from tests.study_factories import definition, statement

if TYPE_CHECKING:
    from django.http import HttpResponse
    from django.test import Client


__all__ = ["client", "draft", "sent"]
pytestmark = pytest.mark.django_db


def upload(client: Client, name: str, content: bytes, **others: str) -> HttpResponse:
    file = SimpleUploadedFile(name, content)
    return client.post(reverse("egs_import_instrument"), {"file": file, **others}, follow=True)


@pytest.mark.parametrize("kind", ["yaml", "xlsx"])
def test_what_is_downloaded_is_taken_in_again(client: Client, draft: InstrumentVersion, kind: str) -> None:
    page = client.get(reverse("egs_instrument_file", args=[draft.pk, kind]))
    assert f'filename="trygg-1.{kind}"' in page["Content-Disposition"]
    before = rows.read(draft)
    draft.delete()
    taken = upload(client, f"trygg.{kind}", page.content)
    assert "er tatt inn som utkast" in plain(taken)
    assert rows.read(InstrumentVersion.objects.get(instrument__key="trygg")) == before


def test_a_file_with_faults_says_in_which_line_and_changes_nothing(client: Client) -> None:
    page = upload(client, "feil.yaml", b"key: feil\nversion: to\n")
    assert page.status_code == 422
    assert "feil.yaml, linje 2: version: Her skal det stå et helt tall." in plain(page)
    assert not Instrument.objects.exists()


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("skjema.pdf", b"%PDF", "må slutte på .yaml eller .xlsx"),
        ("skjema.yaml", b"x" * ((2 << 20) + 1), "større enn 2 MB"),
        ("skjema.xlsx", b"ikke et ark", "Fila er ikke en Excel-fil"),
        ("skjema.yaml", b"", "tom"),
    ],
)
def test_what_is_no_questionnaire_is_refused_kindly(
    client: Client, name: str, content: bytes, said: str
) -> None:
    page = upload(client, name, content)
    assert page.status_code == 422
    assert said in plain(page)


def test_importing_over_what_was_sent_needs_to_be_a_new_version(
    client: Client, sent: InstrumentVersion
) -> None:
    changed = definition([statement("t01", text=Words("Omskrevet"))], key="trygg")
    content = yaml_writing.text_of(Draft(changed)).encode()
    page = upload(client, "trygg.yaml", content)
    assert page.status_code == 422
    assert "Lag ny versjon" in plain(page)
    assert InstrumentVersion.objects.count() == 1
    assert upload(client, "trygg.yaml", content, as_next="on").status_code == 200
    assert InstrumentVersion.objects.get(number=2).frozen_at is None
    assert len(rows.read(InstrumentVersion.objects.get(pk=sent.pk)).definition.items) == len(
        sent.frozen.items
    )
