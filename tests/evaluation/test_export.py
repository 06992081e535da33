"""The rows the release counted leave, and no others, under new numbers."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

import numpy as np
import pyreadstat
import pytest
from django.core.management import CommandError

from courses.models import User
from evaluation.answers.vectors import NOT_ANSWERED
from evaluation.instruments.definition import Scale, Words
from evaluation.models import Occasion, Release, Response, TextAnswer, Wave
from evaluation.releases import words_of_method
from evaluation.releases.asked import asked
from evaluation.releases.beside import item_may_stand
from evaluation.releases.exports.counted import hidden
from evaluation.releases.exports.dataset import datasets
from tests.evaluation.export_rows import ITEMS, answered, let_out, released, waves
from tests.evaluation.exporting import NAME, export
from tests.factories import RoleFactory
from tests.paired import homes_of, pairs_of, rows_of
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


def test_where_only_the_level_after_was_told_the_scale_is_not_in_the_rows() -> None:
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
        for each in (row.pair_id, row.household_id, *pairs_of([row]), *homes_of([row])):
            assert bytes(each).hex().encode() not in written


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


def test_answers_before_of_a_scale_that_was_told_are_held_back_for_two_without_a_score(
    tmp_path: Path,
) -> None:
    """Both are in the file of T1 and in none of T2: that they gave too few answers is all that hides them."""
    before, after = waves()
    answered(before.study, 40)
    both = Response.objects.filter(version=after.instruments.order_by("order")[0].version_id)
    two = pairs_of(both.filter(wave="T1").order_by("pk")[:2])
    unscored = np.full(len(ITEMS) - 1, NOT_ANSWERED, dtype="<i2")
    unscored[0] = 4
    (rows_of(two) & both).update(vector=unscored.tobytes())
    third = half_a_year_after(let_out(after), but=0)
    rows_of(two).filter(wave="T2").delete()
    release = let_out(third)
    assert [row["why"] for row in release.technical["scales"]] == ["", ""]
    export(release, tmp_path)
    (found, *_more) = rows(tmp_path / "piloten-T2-pilot.csv")
    assert {"t04_T0", "skala_uro_T0"} <= set(found)
    assert not {name for name in found if name.startswith(("t01", "skala_trygg"))}


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
