"""No file is made of numbers that are no longer those that were let out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.core.management import CommandError
from django.db import connection

from evaluation.models import Release
from tests.evaluation import snapshots
from tests.evaluation.export_rows import released
from tests.evaluation.exporting import export
from tests.study_factories import study, wave

if TYPE_CHECKING:
    from pathlib import Path

    from courses.models import User
    from tests.people import LogIn

pytestmark = pytest.mark.django_db(databases=["default", "answers"])


def tamper(made: Release) -> None:
    """Past the model, which refuses."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE evaluation_release SET checksum = 'x' WHERE id = %s", [made.pk])


@pytest.mark.parametrize("language", ["nb", "nn"])
def test_no_word_file_is_made_of_them_and_it_is_said_what_to_do(
    logged_in: LogIn, project_leader: User, language: str
) -> None:
    made = snapshots.released(wave(study(), code="T1"), drawn=False)
    client = logged_in(project_leader)
    client.cookies["django_language"] = language
    assert client.get(f"/resultater/{made.pk}/rapport.docx").status_code == 200
    tamper(made)
    for address in ("rapport.docx", "kommune/1/rapport.docx"):
        response = client.get(f"/resultater/{made.pk}/{address}")
        assert response.status_code == 409, address
        assert "kontrollsummen stem" in response.content.decode()


def test_no_data_are_exported_of_them(tmp_path: Path) -> None:
    made = released()
    tamper(made)
    with pytest.raises(CommandError, match="kontrollsummen stemmer ikke"):
        export(made, tmp_path)
    assert not list(tmp_path.iterdir())
