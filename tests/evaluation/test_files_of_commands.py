"""A command that cannot write its file says so, and has done nothing; what it writes is its owner's alone."""

from __future__ import annotations

import errno
from typing import TYPE_CHECKING

import pytest
from django.core.management import CommandError, call_command

from evaluation.management.own_file import own_file
from evaluation.models import Release, ReleaseDraft
from evaluation.synthetic import fill
from tests.evaluation.release_rows import PILOT, group_of, second_wave

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.django_db(databases=["default", "answers"])


@pytest.fixture
def study_key() -> str:
    after = second_wave()
    group_of(after)
    fill(after.study.waves.get(code="T0"), after, PILOT, 20, seed=5)
    return after.study.key


def test_a_preview_that_cannot_be_written_is_not_shown(study_key: str, tmp_path: Path) -> None:
    for path, why in ((tmp_path / "no" / "x.json", "mappa finnes ikke"), (tmp_path, "ikke en vanlig fil")):
        with pytest.raises(CommandError, match=why):
            call_command("release", study_key, wave="T1", phase=PILOT, preview=path)
    assert not ReleaseDraft.objects.exists()
    assert not list(tmp_path.iterdir())


def test_a_preview_is_its_owners_alone(study_key: str, tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    path.write_text("gammelt")
    path.chmod(0o644)
    call_command("release", study_key, wave="T1", phase=PILOT, preview=path)
    assert path.stat().st_mode & 0o777 == 0o600
    assert list(tmp_path.iterdir()) == [path]


def test_a_report_that_cannot_be_written_is_refused_in_words(study_key: str, tmp_path: Path) -> None:
    call_command("release", study_key, wave="T1", phase=PILOT)
    made = Release.objects.get()
    with pytest.raises(CommandError, match="mappa finnes ikke"):
        call_command("report", made.pk, out=tmp_path / "no" / "x.docx")
    with pytest.raises(CommandError, match="ikke en vanlig fil"):
        call_command("report", made.pk, out=tmp_path)
    out = tmp_path / "x.docx"
    call_command("report", made.pk, out=out, technical=True)
    assert out.stat().st_mode & 0o777 == 0o600


def test_what_was_there_stands_where_the_disk_is_full(tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    path.write_text("gammelt")

    def write_on_a_full_disk() -> None:
        with own_file(path) as write:
            write(b"nytt")
            raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(OSError, match="No space"):
        write_on_a_full_disk()
    assert path.read_text() == "gammelt"
    assert list(tmp_path.iterdir()) == [path]
