"""Families from a spreadsheet: forty kinds of wrong, each said in words; the good rows are invited."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import pytest
from django.core.signing import dumps
from django.utils import timezone

from courses import importing
from courses.importing import StaleImportError, dry_run, invite_all, packed, unpacked
from courses.models import FamilyInvitation, InvitedAdult
from tests.courses.family_sheets import GOOD, HEADS, csv_file, read, xlsx
from tests.evening_factories import InvitedAdultFactory
from tests.factories import UserFactory

if TYPE_CHECKING:
    from collections.abc import Sequence

    from courses.importing import Fate
    from courses.models import Adult, Group, Municipality

pytestmark = pytest.mark.django_db


def judged(group: Group, *rows: Sequence[Any]) -> list[Fate]:
    return dry_run(read(xlsx(rows)), group)


# --- reading
@pytest.mark.parametrize(
    "content",
    [
        xlsx([GOOD]),
        csv_file(";".join(GOOD)),
        csv_file("\t".join(GOOD), delimiter="\t"),
        csv_file(",".join(GOOD), delimiter=",", encoding="utf-8"),
        csv_file(";".join(GOOD), encoding="utf-16"),
        csv_file(";".join(GOOD), encoding="cp1252"),
        b"\r\n\r\n" + csv_file(";".join(GOOD), "", ";;;;;;;;")[3:],
        xlsx([[None] * 9, GOOD], heads=["kommune", "FORNAVN 1", "epost 1", "Mobilnummer 1", *HEADS[4:]]),
    ],
    ids=["xlsx", "semicolons", "tabs", "commas", "utf-16", "windows", "empty lines", "other headings"],
)
def test_a_good_row_is_read_the_same_from_every_kind_of_file(content: bytes) -> None:
    [row] = read(content)
    assert row.cells["name_1"] == "Astrid"
    assert row.cells["email_1"] == "astrid@example.no"
    assert row.cells["mobile_2"] == "400 00 009"


def test_a_mobile_number_that_the_sheet_holds_as_a_number_is_a_mobile_number(group: Group) -> None:
    [fate] = judged(group, ["Vika", "Astrid", None, 40000009.0, None, None, None, True, "Deltaker A"])
    assert fate.errors == []
    assert (fate.adults[0].mobile, fate.adults[0].alias, fate.shielded) == ("+4740000009", "Deltaker A", True)


def test_the_row_number_is_the_one_the_sheet_shows() -> None:
    assert [row.number for row in read(xlsx([GOOD, [None] * 9, GOOD]))] == [2, 4]


# --- judging
WRONG: list[tuple[list[Any], str]] = [
    (["", *GOOD[1:]], "Kommunen mangler"),
    (["Fjell", *GOOD[1:]], "Gruppa er ikke for «Fjell»"),
    (["Vika", "", *GOOD[2:]], "Voksen 1: Skriv fornavnet"),
    (["Vika", "A" * 61, *GOOD[2:]], "for langt"),
    (["Vika", "...", *GOOD[2:]], "Skriv fornavnet"),
    (["Vika", "astrid@example.no", *GOOD[2:]], "ikke et navn"),
    (["Vika", "400 00 009", *GOOD[2:]], "ikke et navn"),
    (["Vika", "01017012345", *GOOD[2:]], "fødselsnummer"),
    (["Vika", "Astrid", "", "01017012345", *GOOD[4:]], "fødselsnummer"),
    (["Vika", "Astrid 010170 12345", *GOOD[2:]], "fødselsnummer"),
    (["Vika", "Astrid", "", "", *GOOD[4:]], "E-post eller mobil mangler"),
    (["Vika", "Astrid", "astrid", "", *GOOD[4:]], "ikke en hel e-postadresse"),
    (["Vika", "Astrid", "astrid@", "", *GOOD[4:]], "ikke en hel e-postadresse"),
    (["Vika", "Astrid", "@example.no", "", *GOOD[4:]], "ikke en hel e-postadresse"),
    (["Vika", "Astrid", "astrid@example", "", *GOOD[4:]], "ikke en hel e-postadresse"),
    (["Vika", "Astrid", "astrid @example.no", "", *GOOD[4:]], "ikke en hel e-postadresse"),
    (["Vika", "Astrid", "a@example.no; b@example.no", "", *GOOD[4:]], "ikke en hel e-postadresse"),
    (["Vika", "Astrid", "astrid@example..no", "", *GOOD[4:]], "ikke en hel e-postadresse"),
    (["Vika", "Astrid", "", "12345", *GOOD[4:]], "ikke et mobilnummer"),
    (["Vika", "Astrid", "", "400 00 00O", *GOOD[4:]], "ikke et mobilnummer"),
    (["Vika", "Astrid", "", "+0 123", *GOOD[4:]], "ikke et mobilnummer"),
    (["Vika", "Astrid", "", "ring meg", *GOOD[4:]], "ikke et mobilnummer"),
    (["Vika", "Astrid", "", "4.0000009E+20", *GOOD[4:]], "ikke et mobilnummer"),
    (["Vika", "Astrid", "astrid@example.no", "12345", *GOOD[4:]], "ikke et mobilnummer"),
    ([*GOOD[:4], "Ole", "", "", "", ""], "Voksen 2: E-post eller mobil mangler"),
    ([*GOOD[:4], "", "ole@example.no", "", "", ""], "Voksen 2: Skriv fornavnet"),
    ([*GOOD[:4], "Ole", "ole", "", "", ""], "Voksen 2: «ole»"),
    ([*GOOD[:4], "Ole", "", "1", "", ""], "Voksen 2: «1»"),
    ([*GOOD[:4], "Ole", "astrid@example.no", "", "", ""], "samme adresse"),
    ([*GOOD[:4], "Ole", "ASTRID@example.no", "", "", ""], "samme adresse"),
    ([*GOOD[:7], "kanskje", ""], "ja eller nei"),
    (["Vika og Dal", *GOOD[1:]], "Gruppa er ikke for"),
    (["Vika", "Astrid", "astrid@example.no,", "", *GOOD[4:]], "ikke en hel e-postadresse"),
    (["Vika", "Astrid", "<astrid@example.no>", "", *GOOD[4:]], "ikke en hel e-postadresse"),
    (["Vika", "Astrid", "", "47 400 00 0099", *GOOD[4:]], "ikke et mobilnummer"),
    (["Vika", "-", *GOOD[2:]], "Skriv fornavnet"),
    (["Vika", "#DIV/0!", *GOOD[2:]], "feil fra regnearket"),
    (["Vika", "#REF!", *GOOD[2:]], "feil fra regnearket"),
    (["Vika", "Astrid", "#I/T", "", *GOOD[4:]], "feil fra regnearket"),
    (["#NAVN?", *GOOD[1:]], "feil fra regnearket"),
    (["Vika", "'=HYPERLINK(1)"[1:], "astrid@example.no", "", "", "", "", "", ""], "formel"),
]  # fmt: skip


@pytest.mark.parametrize(("cells", "words"), WRONG, ids=[f"{n}" for n in range(len(WRONG))])
def test_a_wrong_row_says_what_is_wrong_and_nobody_is_invited(
    group: Group, other_municipality: Municipality, cells: list[Any], words: str
) -> None:
    group.municipalities.add(
        group.municipalities.create(name="Dal", slug="dal", region=other_municipality.region)
    )
    line = ";".join(str(cell or "").replace(";", ",") for cell in cells)
    [fate] = dry_run(read(csv_file(line)), group)
    assert any(words in error for error in fate.errors), fate.errors
    assert not fate.is_good


def test_a_row_is_compared_with_the_rows_above_and_with_the_group(group: Group, adult: Adult) -> None:
    InvitedAdultFactory(invitation__group=group, email="fra@example.no")
    InvitedAdultFactory(invitation__group=group, email="gammel@example.no", expires_at=timezone.now())
    fates = judged(
        group,
        GOOD,
        ["Vika", "Astrid", "ASTRID@example.no"],
        ["vika kommune", "Berit", adult.user.email],
        ["Vika", "Fra", "fra@example.no"],
        ["Vika", "Gammel", "gammel@example.no"],
    )
    assert fates[0].is_good
    assert fates[1].errors == ["Adressen står i rad 2 også."]
    assert [fate.already for fate in fates] == [False, False, True, True, False]
    assert fates[4].is_good


def test_the_only_municipality_of_a_group_need_not_be_written(group: Group) -> None:
    [fate] = judged(group, ["", *GOOD[1:]])
    assert fate.place == group.municipalities.get().pk


def test_the_fate_says_who_gets_a_seat_and_who_waits(group: Group) -> None:
    group.seats = 3
    group.save()
    one, two = ["Vika", "Kari", "kari@example.no"], ["Vika", "Per", "per@example.no"]
    other = ["Vika", "Siv", "siv@example.no", "", "Nils", "nils@example.no"]
    assert [fate.waits for fate in judged(group, GOOD, other, one, two)] == [False, True, False, True]
    assert not FamilyInvitation.objects.exists()


def test_five_thousand_rows_are_judged_with_a_few_queries_and_within_seconds(
    group: Group, django_assert_max_num_queries: Any
) -> None:
    wrong = [cells for cells, _words in WRONG]
    rows = [[str(cell) for cell in wrong[number % len(wrong)]] for number in range(4_800)]
    rows += [["Vika", "Astrid", f"astrid{number}@example.no"] for number in range(200)]
    content = xlsx(rows)
    begun = time.monotonic()
    with django_assert_max_num_queries(6):
        fates = dry_run(read(content), group)
    spent = time.monotonic() - begun
    print(f"5 000 rows, {len(WRONG)} kinds of error: {spent:.1f} s")
    assert len(fates) == 5_000
    assert sum(fate.is_good for fate in fates) >= 150
    assert spent < 20


def test_more_families_than_any_group_holds_are_not_invited_at_once(group: Group) -> None:
    rows = [["Vika", "Astrid", f"astrid{number}@example.no"] for number in range(205)]
    fates = judged(group, *rows)
    assert sum(fate.is_good for fate in fates) == importing.MOST_AT_ONCE
    assert "Høyst 200" in fates[-1].errors[0]


# --- from the dry run to the button
def test_the_good_rows_are_invited_and_no_others(group: Group) -> None:
    user = UserFactory()
    fates = judged(group, GOOD, ["Vika", "", ""], ["Vika", "Kari", "kari@example.no"])
    kept = unpacked(packed(fates, group, user), group, user)
    assert invite_all(kept, group, user) == (2, 0, [])
    assert set(InvitedAdult.objects.values_list("name", flat=True)) == {"Astrid", "Ole", "Kari"}
    assert {row.by for row in FamilyInvitation.objects.all()} == {user}


def test_whoever_was_invited_since_the_dry_run_is_told_and_the_rest_go_through(group: Group) -> None:
    user = UserFactory()
    fates = judged(group, GOOD, ["Vika", "Kari", "kari@example.no"])
    InvitedAdultFactory(invitation__group=group, email="astrid@example.no")
    assert invite_all(fates, group, user) == (1, 0, [2])


def test_rows_of_another_group_another_person_another_day_or_another_hand_are_refused(
    group: Group, other_group: Group, monkeypatch: pytest.MonkeyPatch
) -> None:
    user = UserFactory()
    text = packed(judged(group, GOOD), group, user)
    for attempt in (
        lambda: unpacked(text, other_group, user),
        lambda: unpacked(text, group, UserFactory()),
        lambda: unpacked(text[:-2], group, user),
        lambda: unpacked("", group, user),
        lambda: unpacked(dumps({"group": group.pk}, salt="another"), group, user),
    ):
        with pytest.raises(StaleImportError):
            attempt()
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + importing.LIVES + 5)
    with pytest.raises(StaleImportError):
        unpacked(text, group, user)


def test_a_place_that_left_the_group_since_is_too_late(group: Group) -> None:
    user = UserFactory()
    fates = judged(group, GOOD)
    group.municipalities.set([])
    assert invite_all(fates, group, user) == (0, 0, [2])
