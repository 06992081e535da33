"""An export is for whoever is named, into an empty folder; without a release to tell of there is none."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import ProgrammingError

from courses.models import AuditEvent, User
from evaluation.answers.veils import veiled
from evaluation.models import Occasion, Release, Response
from evaluation.releases.exports import writing
from evaluation.releases.releasing import checksum
from tests.evaluation.export_rows import answered, let_out, released, waves
from tests.evaluation.exporting import NAME, export
from tests.factories import RoleFactory
from tests.paired import pair_of, rows_of
from tests.study_factories import occasion, wave

pytestmark = pytest.mark.django_db(databases=["default", "answers"])


# --- who asked, and where to
def test_an_export_is_in_the_log_with_who_asked(tmp_path: Path) -> None:
    release = released()
    researcher = User.objects.create(username="forsker", email="forsker@example.no")
    RoleFactory(user=researcher, kind="researcher", municipality=None)
    export(release, tmp_path / "a", by="Forsker@example.no")
    export(release, tmp_path / "b", kind="ddi")
    logged = AuditEvent.objects.filter(action="exported").order_by("pk").values_list("actor", "detail")
    assert list(logged) == [(researcher.pk, f"data {release.pk}, csv"), (None, f"data {release.pk}, ddi")]


def test_somebody_without_a_role_gets_nothing(tmp_path: Path) -> None:
    release = released()
    User.objects.create(username="annen", email="annen@example.no")
    for email in ("annen@example.no", "ingen@example.no"):
        with pytest.raises(CommandError, match="Ingen forskningspartner eller prosjektleder"):
            export(release, tmp_path, by=email)
    assert not list(tmp_path.iterdir())


def test_files_are_their_owners_alone_and_nothing_else_is_left(tmp_path: Path) -> None:
    export(released(), tmp_path / "ny" / "mappe")
    made = sorted((tmp_path / "ny" / "mappe").iterdir())
    endings = [".R", ".csv", ".csv-metadata.json"]
    assert {path.name for path in made} == {NAME + ending for ending in endings}
    assert {stat.S_IMODE(path.stat().st_mode) for path in made} == {0o600}


def test_nothing_is_written_over(tmp_path: Path) -> None:
    release = released()
    (tmp_path / f"{NAME}.R").write_text("mitt")
    with pytest.raises(CommandError, match=rf"finnes fra før: {NAME}\.R"):
        export(release, tmp_path)
    assert [path.read_text() for path in tmp_path.iterdir()] == ["mitt"]
    assert not AuditEvent.objects.filter(action="exported").exists()


def test_a_folder_that_is_a_file_or_shut_is_said_to_be(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    release = released()
    (tmp_path / "fil").write_text("")
    with pytest.raises(CommandError, match="er en fil, ikke en mappe"):
        export(release, tmp_path / "fil")
    shut = tmp_path / "låst"
    shut.mkdir(mode=0o500)
    if os.access(shut, os.W_OK):  # whoever is root may write everywhere

        def refused(*_given: object, **_named: object) -> None:
            raise PermissionError(13, "Permission denied")

        monkeypatch.setattr(writing.tempfile, "TemporaryDirectory", refused)
    with pytest.raises(CommandError, match="Kan ikke skrive i"):
        export(release, shut)


def test_a_database_user_who_may_not_read_people_is_told_to_leave_out_who(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    release = released()

    def refused(**_named: object) -> None:
        raise ProgrammingError("permission denied for table courses_user")

    monkeypatch.setattr(User.objects, "filter", refused)
    with pytest.raises(CommandError, match="Kjør uten --by"):
        export(release, tmp_path, by="forsker@example.no")


# --- when there is nothing to give
def test_what_was_signed_is_no_data_without_names(tmp_path: Path) -> None:
    signed = wave(code="K1", identity="named", audience="contact-person")
    release = Release.objects.create(
        study=signed.study, wave=signed, phase="pilot", snapshot={}, technical={}, checksum=checksum({}, {})
    )
    with pytest.raises(CommandError, match="gitt med navn"):
        export(release, tmp_path)


def test_an_unknown_release_is_answered_with_those_there_are(tmp_path: Path) -> None:
    release = released()
    with pytest.raises(
        CommandError, match=rf"finnes ikke. Disse finnes: {release.pk} \(piloten, T1, pilot\)"
    ):
        call_command("export", release.pk + 1, format="csv", out=tmp_path)


@pytest.mark.parametrize("families", [0, 1, 3])
def test_a_release_that_tells_nothing_gives_no_file(families: int, tmp_path: Path) -> None:
    release = released(families)
    with pytest.raises(CommandError, match="ingen data å hente ut"):
        export(release, tmp_path)
    assert not list(tmp_path.iterdir())


def test_a_first_wave_that_was_let_out_by_itself_is_exported_with_the_next(tmp_path: Path) -> None:
    first, second = waves()
    answered(second.study, 24)
    Occasion.objects.filter(pk=occasion(wave=first).pk).update(state=Occasion.State.COUNTED)
    with pytest.raises(CommandError, match="vises sammen med neste måling"):
        export(let_out(first), tmp_path)


@pytest.mark.parametrize("change", ["withdrawn", "came"])
def test_rows_that_are_no_longer_those_that_were_counted_give_no_file(change: str, tmp_path: Path) -> None:
    """The difference from what was released would be what those few answered."""
    release = released()
    row = Response.objects.filter(wave="T0").order_by("pk")[0]
    if change == "withdrawn":
        rows_of({pair_of(row)}).delete()
    else:
        for pk, code in ((10_001, "T0"), (10_002, "T1")):
            found = Response.objects.filter(wave=code, version=row.version)[0]
            found.pk, (found.pair_id, found.household_id) = pk, veiled([b"x" * 8, b"y" * 8])
            found.save(force_insert=True)
    with pytest.raises(CommandError, match="ikke lenger de samme"):
        export(release, tmp_path)
    assert not list(tmp_path.iterdir())
