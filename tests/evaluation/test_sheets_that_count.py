"""A sheet beside an answer from the screen, and one of whoever said no, is erased or never said yes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.utils import timezone

from cms.own_data import everything_about
from courses.erasing import erase, mark_of, replay
from courses.ledger import add_mark
from courses.models import Adult, Group, Municipality
from evaluation import answering, papers
from evaluation.answers import boxes, closing, inbox, sealing
from evaluation.answers.vectors import decode
from evaluation.instruments.definition import Item, Words
from evaluation.models import Consent, Occasion, PaperEnvelope, Participation, Response, SealedAnswer, Study
from tests.crowds import answer, version_of
from tests.evaluation.sheets import GIVEN, at, code_of, desk, from_elsewhere, keyed, people, put_in
from tests.study_factories import (
    AGREE,
    frozen_version,
    information,
    occasion,
    participation,
    statement,
    study,
    wave,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from django.test import Client


__all__ = ["at", "desk", "from_elsewhere", "people"]
pytestmark = pytest.mark.django_db(databases=["default", "answers"])


def test_what_comes_back_on_a_sheet_of_somebody_who_said_no_is_left_out(
    at: Occasion, people: list[Adult], desk: Client
) -> None:
    Participation.objects.filter(occasion=at, user=people[2].user).update(state="declined")
    put_in(desk, at, papers.code_for(people[2], at), GIVEN)
    opened = inbox.opened(at)
    assert (opened.sealed, len(opened.sheets)) == (1, 0)


# --- what becomes of it
def test_of_paper_and_digital_by_one_person_the_digital_is_kept(
    at: Occasion, people: list[Adult], desk: Client
) -> None:
    code = code_of(people[0], at)
    answer(people[0], at, {"t01": 1})
    for adult in people[1:]:
        answer(adult, at, {"t01": 5})
    assert put_in(desk, at, code, {"t01": "3"}).status_code == 302
    result = closing.close(at)
    assert (result.sealed, result.taken, result.left_out) == (7, 6, 1)
    asked_for = version_of(at.wave).frozen
    given = sorted(decode(asked_for, bytes(row.vector))["t01"] for row in Response.objects.all())
    assert given == [1, 5, 5, 5, 5, 5]


def test_two_sheets_of_one_person_are_one_answer(at: Occasion, people: list[Adult], desk: Client) -> None:
    for adult in people[1:]:
        answer(adult, at, {"t01": 5})
    for code in (code_of(people[0], at), code_of(people[0], at)):
        put_in(desk, at, code, {"t01": "3"})
    assert closing.close(at).taken == 6
    assert not PaperEnvelope.objects.exists()


def test_a_questionnaire_with_several_and_not_yet_is_keyed(
    people: list[Adult], group: Group, municipality: Municipality, desk: Client
) -> None:
    several = Item("hva", "several", Words("Hva?"), "del", choices=AGREE, not_yet=True)
    version = frozen_version([statement("t01", not_yet=True), several])
    at = occasion(wave=wave(study(region=municipality.region), versions=[version]), group=group)
    participation(at, people[0])
    code = code_of(people[0], at)
    both = {"t01": "not-yet", "hva": ["1", "3"]}
    assert put_in(desk, at, code, both, both | {"hva": ["1", "2"]}).status_code == 422
    assert put_in(desk, at, code, both).status_code == 302
    opened = inbox.opened(at)
    assert opened.sheets[0].forms[0].answers == {"t01": "not-yet", "hva": [1, 3]}


@pytest.mark.parametrize("ends", [closing.close, lambda at: closing.shut(at) and closing.drop(at)])
@pytest.mark.parametrize("state", ["paper", "declined", "done"])
def test_that_she_had_a_sheet_is_forgotten_when_it_is_counted_or_dropped(
    at: Occasion, people: list[Adult], ends: Callable[[Occasion], object], state: str
) -> None:
    for adult in people[1:]:
        answer(adult, at, {"t01": 5})
    code_of(people[0], at)
    hers = Participation.objects.filter(occasion=at, user=people[0].user)
    hers.update(state=state)
    assert hers.get().has_sheet
    ends(at)
    assert Occasion.objects.get(pk=at.pk).state in ("counted", "dropped")
    assert not Participation.objects.filter(has_sheet=True).exists()


def test_whoever_has_had_a_sheet_printed_is_told_so_also_when_she_says_no(
    at: Occasion, people: list[Adult]
) -> None:
    code_of(people[0], at)
    user = people[0].user
    for state in ("svarer på papir", "vil ikke svare"):
        (section,) = [each for each in everything_about(user) if each.key == "forms"]
        assert section.rows[0][1] == f"{state}, et skjema på papir er skrevet ut til deg"
        answering.decline(user, at.pk)


# --- of whoever has said no, or never said yes
@pytest.mark.parametrize("when", ["before keying", "after keying", "after close"])
def test_a_sheet_of_somebody_who_says_no_later_is_not_counted(
    at: Occasion, people: list[Adult], desk: Client, when: str
) -> None:
    for adult in people[1:]:
        answer(adult, at, {"t01": 5})
    code = code_of(people[0], at)
    no = Participation.objects.filter(occasion=at, user=people[0].user)
    if when == "before keying":
        no.update(state="declined")
    page = put_in(desk, at, code, GIVEN)
    assert page.status_code == 302  # who it is of is not told, so neither is that it will not be counted
    if when == "after close":
        closing.shut(at)
    if when != "before keying":
        no.update(state="declined")
    result = closing.close(Occasion.objects.get(pk=at.pk))
    assert (result.sealed, result.taken, result.left_out) == (6, 5, 1)
    assert no.get().state == "declined"


def test_a_sheet_of_somebody_who_is_not_asked_any_more_is_not_counted(
    at: Occasion, people: list[Adult], desk: Client
) -> None:
    for adult in people[1:]:
        answer(adult, at, {"t01": 5})
    put_in(desk, at, code_of(people[0], at), GIVEN)
    Participation.objects.filter(occasion=at, user=people[0].user).delete()
    assert closing.close(at).taken == 5


@pytest.mark.parametrize(("agreed", "says_no", "taken"), [(1, 0, 6), (0, 0, 5), (1, 1, 5)])
def test_a_sheet_of_somebody_who_was_erased_since_counts_as_one_from_the_screen_does(
    at: Occasion, people: list[Adult], desk: Client, agreed: bool, says_no: bool, taken: int
) -> None:
    """What she had agreed to is sealed with the sheet: her consent goes with her."""
    Study.objects.filter(pk=at.wave.study_id).update(is_research=True)
    letter, user = information(at.wave.study), people[0].user
    given = {"letter": letter, "purpose": "research", "language": "nb", "given_on": letter.made_on}
    if agreed:
        Consent.objects.create(user=user, **given)
    for adult in people[1:]:
        Consent.objects.create(user=adult.user, **given)
        answer(adult, at, {"t01": 5})
    put_in(desk, at, code_of(people[0], at), GIVEN)
    if says_no:
        sealing.withdraw(user, at.wave.study)
    erase(people[0])
    assert closing.close(Occasion.objects.get(pk=at.pk)).taken == taken


@pytest.mark.parametrize("keyed_after", [False, True])
@pytest.mark.parametrize("is_closed", [False, True])
def test_a_sheet_of_somebody_who_said_no_and_was_erased_since_is_not_counted(
    at: Occasion, people: list[Adult], desk: Client, keyed_after: bool, is_closed: bool
) -> None:
    """Her no outlives her without her: sealed like an answer, of the same length, found by nothing else."""
    for adult in people[1:]:
        answer(adult, at, {"t01": 5})
    code = code_of(people[0], at)
    if not keyed_after:
        put_in(desk, at, code, GIVEN)
    assert answering.decline(people[0].user, at.pk)
    if is_closed and not keyed_after:
        closing.shut(at)
    erase(people[0])
    if keyed_after:
        put_in(desk, at, code, GIVEN)
    assert len({len(bytes(row.box)) for row in SealedAnswer.objects.all()}) == 1
    result = closing.close(Occasion.objects.get(pk=at.pk))
    assert (result.taken, result.left_out) == (5, 2)  # the sheet, and her no


@pytest.mark.parametrize("has_answered", [False, True])
def test_after_a_restore_from_before_a_no_the_sheet_of_whoever_was_erased_is_not_counted(
    at: Occasion, people: list[Adult], desk: Client, settings: Any, tmp_path: Path, has_answered: bool
) -> None:
    """The ledger knows that she left, and not what she said before: a sheet she may have said no to stays
    out. Whoever had answered on the screen could say no no more, and hers counts."""
    settings.ERASURE_LEDGER = tmp_path / "erased.txt"
    for adult in people[1:]:
        answer(adult, at, {"t01": 5})
    put_in(desk, at, code_of(people[0], at), GIVEN)
    if has_answered:
        answer(people[0], at, {"t01": 1})
    add_mark(mark_of(people[0].user), timezone.localdate())  # her no and her erasure were on the days between
    assert replay() == 1
    assert len({len(bytes(row.box)) for row in SealedAnswer.objects.all()}) == 1
    assert closing.close(Occasion.objects.get(pk=at.pk)).taken == (6 if has_answered else 5)


def test_a_no_that_no_sheet_belongs_to_leaves_nothing_when_she_is_erased(
    at: Occasion, people: list[Adult]
) -> None:
    assert answering.decline(people[0].user, at.pk)
    erase(people[0])
    assert not SealedAnswer.objects.exists()


def test_whoever_is_erased_while_her_sheet_is_being_counted_keeps_her_no(
    at: Occasion, people: list[Adult], desk: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The boxes are read by then, and hers that says no is not among them."""
    put_in(desk, at, code_of(people[0], at), GIVEN)
    answering.decline(people[0].user, at.pk)
    opens = boxes.open_box

    def erased_meanwhile(*given: bytes) -> dict[str, object]:
        if Adult.objects.filter(pk=people[0].pk).exists():
            erase(people[0])
        return opens(*given)

    monkeypatch.setattr(boxes, "open_box", erased_meanwhile)
    assert inbox.opened(at).sheets == []


@pytest.mark.parametrize(("agreed", "taken"), [(True, 6), (False, 5)])
def test_in_research_only_the_sheet_of_somebody_who_has_agreed_is_counted(
    at: Occasion, people: list[Adult], desk: Client, agreed: bool, taken: int
) -> None:
    Study.objects.filter(pk=at.wave.study_id).update(is_research=True)
    letter = information(at.wave.study)
    given = {"letter": letter, "purpose": "research", "language": "nb", "given_on": letter.made_on}
    for adult in people[1:]:
        Consent.objects.create(user=adult.user, **given)
        answer(adult, at, {"t01": 5})
    Consent.objects.create(
        user=people[0].user, **given, withdrawn_on=None if agreed else timezone.localdate()
    )
    put_in(desk, at, code_of(people[0], at), GIVEN)
    assert closing.close(Occasion.objects.get(pk=at.pk)).taken == taken


def test_whoever_puts_it_in_is_told_that_it_may_not_be_counted(
    at: Occasion, people: list[Adult], desk: Client
) -> None:
    page = desk.post("/prosjekt/papir/", {"code": code_of(people[0], at)}).content.decode()
    assert "sagt nei eller ikke samtykket" in page
    done = desk.post("/prosjekt/papir/", keyed(at, code_of(people[1], at), GIVEN, GIVEN), follow=True)
    assert "sagt nei eller ikke samtykket" in done.content.decode()
