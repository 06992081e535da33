"""The rows the release counted leave, and no others; to whoever is named, and into an empty folder."""

from __future__ import annotations

import csv
import os
import stat
from collections import Counter
from pathlib import Path
from typing import Any

import pyreadstat
import pytest
from django.core.management import CommandError, call_command
from django.db import ProgrammingError

from courses.models import AuditEvent, User
from evaluation.instruments.definition import Scale, Words
from evaluation.models import Occasion, Release, Response, TextAnswer, Wave
from evaluation.releases import words_of_method
from evaluation.releases.asked import asked
from evaluation.releases.beside import item_may_stand
from evaluation.releases.exports import writing
from evaluation.releases.exports.counted import hidden
from evaluation.releases.exports.dataset import datasets
from tests.evaluation.export_rows import ITEMS, answered, let_out, released, waves
from tests.factories import RoleFactory
from tests.study_factories import (
    definition,
    evening_wave,
    frozen_version,
    occasion,
    statement,
    text_item,
    wave,
)

pytestmark = pytest.mark.django_db(databases=["default", "answers"])
NAME = "piloten-T1-pilot"


def export(release: Release, out: Path, kind: str = "csv", **options: Any) -> None:
    call_command("export", release.pk, format=kind, out=out, verbosity=0, **options)


def researcher(kind: str = "researcher") -> User:
    user = User.objects.create(username=kind, email=f"{kind}@example.no")
    RoleFactory(user=user, kind=kind, municipality=None)
    return user


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


# --- who is in it
def test_everybody_who_was_counted_is_there_once_and_nobody_else(tmp_path: Path) -> None:
    release = released(24, late=6)
    export(release, tmp_path)
    found = rows(tmp_path / f"{NAME}.csv")
    assert len(found) == len({row["respondent"] for row in found}) == 36
    (scale, _other) = release.technical["scales"]
    both = [row for row in found if row["skala_trygg_T0"] and row["skala_trygg_T1"]]
    assert len(both) == scale["change"]["n"]
    assert sum(row["t01_T0"] == "" for row in found) == 6  # who came late has no half row of her own before


def test_somebody_who_stands_out_by_her_empty_half_is_on_no_row_with_others(tmp_path: Path) -> None:
    """Two came late: they are in a file of the questionnaire that was asked once, among everybody."""
    export(released(24, late=2), tmp_path)
    assert len(rows(tmp_path / f"{NAME}.csv")) == 34
    apart = rows(tmp_path / f"{NAME}-om-kurset-1.csv")
    assert len(apart) == 36
    assert not {"t01_T0", "skala_trygg_T1"} & set(apart[0])


def test_every_class_of_the_file_is_a_crowd(tmp_path: Path) -> None:
    export(released(31), tmp_path)
    found = rows(tmp_path / f"{NAME}.csv")
    of_home = Counter(row["husstand"] for row in found)
    known = ("oppmote_T1", "kommune", "gruppe", "rolle")
    alike = Counter(
        (*(row[name] for name in known), row["husstand"] and of_home[row["husstand"]]) for row in found
    )
    assert min(alike.values()) >= 5
    assert len(alike) > 3  # or it would be safe by telling nothing


def test_the_rows_stand_by_their_new_numbers(tmp_path: Path) -> None:
    release = released()
    for nth in "ab":
        export(release, tmp_path / nth)
    one, two = (rows(tmp_path / nth / f"{NAME}.csv") for nth in "ab")
    drawn = ("respondent", "husstand", "gruppe")
    assert [row["respondent"] for row in one] == sorted(row["respondent"] for row in one)
    for name in drawn:
        assert not {row[name] for row in one if row[name]} & {row[name] for row in two}
    first, second = (sorted(tuple(r[k] for k in r if k not in drawn) for r in each) for each in (one, two))
    assert first == second
    assert [row["t01_T0"] for row in one] != [row["t01_T0"] for row in two]
    for written in (".R", ".csv-metadata.json"):
        assert (tmp_path / "a" / f"{NAME}{written}").read_bytes() == (
            tmp_path / "b" / f"{NAME}{written}"
        ).read_bytes()


def test_two_sav_files_are_equal_but_for_their_numbers_and_two_codebooks_all_through(tmp_path: Path) -> None:
    release = released()
    frames = []
    for nth in "ab":
        export(release, tmp_path / nth, kind="sav")
        export(release, tmp_path / nth / "ddi", kind="ddi")
        frame, about = pyreadstat.read_sav(tmp_path / nth / f"{NAME}.sav", user_missing=True)
        kept = frame.drop(columns=["respondent", "husstand", "gruppe"])
        frames.append(kept.sort_values(list(kept)).reset_index(drop=True))
        frames.append((about.variable_value_labels, about.missing_ranges, about.notes))
    assert frames[0].equals(frames[2])
    assert frames[1] == frames[3]
    assert len({(tmp_path / nth / "ddi" / f"{NAME}.xml").read_bytes() for nth in "ab"}) == 1


def test_couples_stay_together_in_a_new_number(tmp_path: Path) -> None:
    export(released(), tmp_path)
    of_home = Counter(row["husstand"] for row in rows(tmp_path / f"{NAME}.csv") if row["husstand"])
    assert set(of_home.values()) <= {1, 2}


# --- what is in it
def test_a_scale_that_was_hidden_goes_with_its_items(tmp_path: Path) -> None:
    """All answered t04 and «tall» alike: the release could not tell that scale."""
    _first, second = waves()
    answered(second.study, 24)
    for row in Response.objects.filter(wave="T1"):
        slots = bytearray(row.vector)
        if len(slots) > 4:
            slots[6:10] = b"\x05\x00\x00\x00"
            row.vector = bytes(slots)
            row.save()
    release = let_out(second)
    assert [row["why"] for row in release.technical["scales"]] == ["", "alike"]
    export(release, tmp_path)
    told = set(rows(tmp_path / f"{NAME}.csv")[0])
    assert "skala_trygg_T1" in told
    assert not {"skala_uro_T0", "skala_uro_T1", "t04_T0", "t04_T1", "tall_T1"} & told


def test_where_only_the_change_was_told_no_level_is_in_the_rows() -> None:
    release = released()
    release.technical["scales"][0]["alone"] = True
    (found,) = datasets(release)
    told = {column.name for column in found.columns}
    assert "skala_uro_T1" in told
    assert not {"skala_trygg_T0", "skala_trygg_T1", "t01_T0", "t03_T1"} & told


def test_an_item_is_not_found_by_way_of_a_score_and_the_others() -> None:
    """«uro» was hidden and shares b with «ro», whose a is shared with «mot»: all of them go."""
    scales = [
        Scale(key, Words(key), items, 1, 5, 1)
        for key, items in (("uro", "bc"), ("ro", "ab"), ("mot", "ad"), ("tro", "ef"))
    ]
    asked = definition([statement(key) for key in "abcdef"], scales=tuple(scales))
    assert hidden(asked, scales[:1]) == set("abcd")


def test_no_file_holds_an_id_of_the_database(tmp_path: Path) -> None:
    release = released()
    export(release, tmp_path)
    written = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    for row in Response.objects.all():
        assert bytes(row.pair_id).hex().encode() not in written
        assert bytes(row.household_id).hex().encode() not in written


def test_texts_are_apart_and_never_a_formula(tmp_path: Path) -> None:
    export(released(), tmp_path, texts=True, by=researcher().email)
    found = rows(tmp_path / f"{NAME}-tekster.csv")
    assert set(found[0]) == {"skjema", "måling", "spørsmål", "tekst"}
    texts = {row["tekst"] for row in found}
    assert {"'=1+1", "'-2", "'@SUM(A1)", "'\"=cmd|x", "'＝1", "Fint, takk!\nTo linjer"} <= texts
    assert any(text.startswith("heltgreit") for text in texts)
    assert "Noe mer" not in (tmp_path / f"{NAME}.csv").read_text("utf-8")


def test_the_method_says_where_texts_are(tmp_path: Path) -> None:
    release = released()
    export(release, tmp_path, texts=True, by=researcher().email)
    said = " ".join(words_of_method.data_sets(release.pk))
    assert (tmp_path / f"{NAME}-tekster.csv").exists()
    assert "Fritekst ligger i en egen fil uten nummer, bare til forskningspartneren." in said
    assert "aldri med" not in said


def test_texts_of_the_evening_form_come_along_when_every_evening_is_counted(tmp_path: Path) -> None:
    release = released()
    of_evenings = evening_wave(release.study, versions=[frozen_version(items=[text_item("kveld")])])
    version = of_evenings.instruments.get().version
    where = {"study": release.study_id, "wave": of_evenings.code, "phase": "pilot", "version": version.pk}
    TextAnswer.objects.create(pk=900, item="kveld", text="Det var en god kveld.", **where)
    evening, by = occasion(wave=of_evenings), researcher().email
    export(release, tmp_path / "a", texts=True, by=by)
    Occasion.objects.filter(pk=evening.pk).update(state=Occasion.State.COUNTED)
    export(release, tmp_path / "b", texts=True, by=by)
    said = ["god kveld" in (tmp_path / at / f"{NAME}-tekster.csv").read_text("utf-8") for at in "ab"]
    assert said == [False, True]


def test_texts_are_the_research_partners_alone(tmp_path: Path) -> None:
    release = released()
    for who in ({}, {"by": researcher("project-leader").email}):
        with pytest.raises(CommandError, match="bare til forskningspartneren"):
            export(release, tmp_path, texts=True, **who)
    assert not list(tmp_path.iterdir())


# --- beside another release
def half_a_year_after(release: Release, but: int) -> Wave:
    """T2: those of T1 but for the first ``but`` answer again as they did then."""
    version = release.wave.instruments.order_by("order")[0].version
    third = wave(release.study, code="T2", order=2, versions=[version])
    Occasion.objects.filter(pk=occasion(wave=third).pk).update(state=Occasion.State.COUNTED)
    found = list(Response.objects.filter(wave="T1", version=version.pk).order_by("pk"))[but:]
    for place, row in enumerate(found):
        row.pk, row.wave = 20_000 + place, "T2"
        row.save(force_insert=True)
    return third


def test_answers_before_that_the_later_release_holds_back_are_not_in_its_file(tmp_path: Path) -> None:
    third = half_a_year_after(released(40), but=1)
    release = let_out(third)
    assert all(row["why"] or row["alone"] for row in release.technical["scales"])
    export(release, tmp_path)
    (found, *_more) = rows(tmp_path / "piloten-T2-pilot.csv")
    assert {name for name in found if name.startswith(("dager", "hjelp"))}
    assert not {name for name in found if "_T0" in name}


def test_an_item_of_no_scale_stands_apart_from_the_file_that_is_out_or_is_not_there() -> None:
    """Of three it is not known half a year after: what they answered before would be the difference."""
    release = released(40)
    third = half_a_year_after(release, but=0)
    place = [item.key for item in ITEMS].index("dager")
    gone = list(Response.objects.filter(wave="T2").order_by("pk").values_list("pk", flat=True)[:3])
    now = let_out(third)
    (found,) = asked(third, "pilot", now)
    assert found.pairs
    assert item_may_stand(place, found.pairs, found.earlier)
    Response.objects.filter(pk__in=gone).delete()
    (found,) = asked(third, "pilot", now)
    assert found.pairs
    assert not item_may_stand(place, found.pairs, found.earlier)


def test_the_earlier_release_is_exported_as_before_when_the_later_is_out(tmp_path: Path) -> None:
    release = released(40)
    export(release, tmp_path / "a")
    let_out(half_a_year_after(release, but=1))
    export(release, tmp_path / "b")
    before, after = (rows(tmp_path / at / f"{NAME}.csv") for at in "ab")
    assert (len(before), set(before[0])) == (len(after), set(after[0]))


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
        study=signed.study, wave=signed, phase="pilot", snapshot={}, technical={}, checksum=""
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


def test_the_first_wave_is_exported_with_the_next(tmp_path: Path) -> None:
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
        Response.objects.filter(pair_id=bytes(row.pair_id)).delete()
    else:
        for pk, code in ((10_001, "T0"), (10_002, "T1")):
            found = Response.objects.filter(wave=code, version=row.version)[0]
            found.pk, found.pair_id, found.household_id = pk, b"x" * 16, b"y" * 16
            found.save(force_insert=True)
    with pytest.raises(CommandError, match="ikke lenger de samme"):
        export(release, tmp_path)
    assert not list(tmp_path.iterdir())
