"""How many were asked is counted when it closes: it stays when somebody who was asked is erased since."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING
from unittest import mock

import pytest

from courses.erasing import erase
from evaluation.answers import closing
from evaluation.models import Occasion, Participation, ReleaseDraft, Response, Wave
from evaluation.releases import reach, releasing
from evaluation.releases.people import counted_people
from evaluation.synthetic import fill
from tests.crowds import all_answer
from tests.evaluation.eight_asked import at, group, people
from tests.evaluation.release_rows import PILOT, counted, families, group_of, second_wave, two_counted
from tests.factories import AdultFactory, FamilyFactory, GroupFactory
from tests.paired import pairs_of, rows_of
from tests.study_factories import evening_wave, frozen_version, occasion, participation

if TYPE_CHECKING:
    from courses.models import Adult
    from evaluation.models import InstrumentVersion

__all__ = ["at", "group", "people"]
pytestmark = pytest.mark.django_db(databases=["default", "answers"])


def asked_at(made: Occasion) -> tuple[int, int]:
    made.refresh_from_db()
    return made.asked, made.asked_families


def asked_in(of: Wave) -> dict[str, int]:
    return dict(counted_people(of, PILOT)["asked"][of.code])


# --- counted when it closes
def test_closing_counts_who_was_asked_and_their_families(people: list[Adult], at: Occasion) -> None:
    all_answer(people[:6], at)
    assert asked_at(at) == (0, 0)
    closing.close(at)
    assert asked_at(at) == (8, 5)


@pytest.mark.parametrize("is_shut", [False, True])
def test_somebody_who_answered_and_was_erased_before_it_was_counted_was_asked(
    people: list[Adult], at: Occasion, is_shut: bool
) -> None:
    """Her answer stays: without her there would be more answers than people asked."""
    all_answer(people, at)
    if is_shut:
        closing.shut(at)
    erase(people[0])
    closing.close(at)
    assert Response.objects.count() == 8
    assert asked_at(at)[0] == 8


def test_somebody_erased_later_is_still_among_those_who_were_asked(people: list[Adult], at: Occasion) -> None:
    all_answer(people, at)
    closing.close(at)
    before = asked_in(at.wave)
    assert before == {"adults": 8, "families": 5}
    for adult in people[:3]:
        erase(adult)
    assert Participation.objects.filter(occasion=at).count() == 5
    assert asked_in(at.wave) == before


def test_whoever_changes_group_is_counted_as_asked_once(people: list[Adult], at: Occasion) -> None:
    all_answer(people[:7], at)
    other = occasion(wave=at.wave, group=GroupFactory(phase=at.group.phase))
    closing.close(at)
    participation(other, people[7])
    all_answer(people[7:], other)
    closing.close(other)
    assert (asked_at(at)[0], asked_at(other)[0]) == (8, 0)
    assert asked_in(at.wave)["adults"] == 8


def test_a_home_whose_adults_are_in_two_groups_is_one_family(people: list[Adult], at: Occasion) -> None:
    """Her husband takes the course in another group: one home more in the sum would be one too many."""
    other = occasion(wave=at.wave, group=GroupFactory(phase=at.group.phase))
    husband = AdultFactory(family=people[4].family, seat=2)  # the fifth family sent one adult
    participation(other, husband)
    participation(other, AdultFactory(family=FamilyFactory(), seat=1))
    assert asked_in(at.wave) == {"adults": 10, "families": 6}
    closing.close(at)
    closing.close(other)
    assert asked_at(at) == (8, 5)
    assert asked_at(other) == (2, 1)
    assert asked_in(at.wave) == {"adults": 10, "families": 6}


def test_a_home_asked_in_another_phase_is_a_family_there_too(people: list[Adult], at: Occasion) -> None:
    assert at.group.phase == PILOT
    other = occasion(wave=at.wave, group=GroupFactory(phase="implementation"))
    participation(other, AdultFactory(family=people[4].family, seat=2))
    closing.close(at)
    closing.close(other)
    assert (asked_at(at)[1], asked_at(other)[1]) == (5, 1)


def test_staff_are_of_no_family_whoever_was_asked_elsewhere(people: list[Adult], at: Occasion) -> None:
    """A person without a home elsewhere does not make every home here disappear."""
    other = occasion(wave=at.wave, group=GroupFactory(phase=at.group.phase))
    participation(other, AdultFactory(family=None, seat=None))
    closing.close(other)
    closing.close(at)
    assert (asked_at(at), asked_at(other)) == ((8, 5), (1, 0))


def test_an_anonymous_form_has_asked_nobody(people: list[Adult]) -> None:
    made = occasion(wave=evening_wave())
    closing.close(made)
    assert asked_at(made) == (0, 0)


# --- in a release
@pytest.fixture
def after() -> Wave:
    return second_wave()


def twenty_asked(after: Wave) -> list[Adult]:
    """Twenty who were asked both times, and answered."""
    before = after.study.waves.get(code="T0")
    here = group_of(after)
    enrolled = [each.adult for each in families(here, 20)]
    for made in (Occasion.objects.get(wave=after), counted(before, group=here)):
        for adult in enrolled:
            participation(made, adult, state="done")
        Occasion.objects.filter(pk=made.pk).update(asked=20, asked_families=20)
    fill(before, after, PILOT, 24, seed=5)
    both = sorted(pairs_of(Response.objects.filter(wave="T1")))[:20]
    kept = list(rows_of(both).values_list("pk", flat=True))
    Response.objects.exclude(pk__in=kept).delete()
    return enrolled


def test_a_release_says_the_same_of_the_flow_when_one_who_answered_is_erased(after: Wave) -> None:
    people = twenty_asked(after)
    whole = releasing.content_of(after, PILOT, slow=False)
    erase(people[0])
    again = releasing.content_of(after, PILOT, slow=False)
    assert again["snapshot"]["flow"] == whole["snapshot"]["flow"]
    assert again["technical"]["flow"] == whole["technical"]["flow"]
    assert whole["technical"]["flow"]["response"]["count"] == 20
    assert releasing.release(after, PILOT, again).pk


def test_more_answers_than_people_asked_make_no_share_over_a_hundred(after: Wave) -> None:
    """Counted before there was anything to count by, or rows of a rehearsal beside real ones."""
    twenty_asked(after)
    Occasion.objects.update(asked=0, asked_families=0)
    Participation.objects.filter(pk=Participation.objects.filter(occasion__wave=after)[0].pk).delete()
    flow = releasing.content_of(after, PILOT, slow=False)["technical"]["flow"]
    assert (flow["asked"]["adults"], flow["response"]["count"], flow["response"]["of"]) == (20, 20, 20)


# --- a draft that fails
def test_a_draft_that_fails_unexpectedly_is_logged_and_the_others_are_worked_out(
    after: Wave, caplog: pytest.LogCaptureFixture
) -> None:
    group_of(after)
    _first, other = two_counted()
    broken, whole = (releasing.ask(each, PILOT) for each in (after, other))
    real = releasing.content_of

    def one_fails(of: Wave, phase: str) -> object:
        if of == after:
            raise ValueError("math domain error")
        return real(of, phase)

    with mock.patch.object(releasing, "content_of", one_fails), caplog.at_level(logging.ERROR):
        assert releasing.work_out_drafts() == 2
    broken.refresh_from_db()
    whole.refresh_from_db()
    assert (broken.state, whole.state) == (ReleaseDraft.State.FAILED, ReleaseDraft.State.READY)
    assert "Tallene kunne ikke regnes ut" in broken.why
    assert "math domain error" not in broken.why
    assert "math domain error" in caplog.text
    assert releasing.ask(after, PILOT).state == ReleaseDraft.State.ASKED  # and can be asked for again


# --- more versions of one questionnaire
def newer_of(version: InstrumentVersion) -> InstrumentVersion:
    old = version.frozen
    return frozen_version(items=old.items, key=old.key, version=2, scales=old.scales, title=old.title)


def answered_in_two_versions(after: Wave, number: int) -> None:
    """Twenty people in the version that is asked, and ``number`` in an older one."""
    before = after.study.waves.get(code="T0")
    fill(before, after, PILOT, 30, seed=1)
    other = newer_of(after.instruments.get().version)
    rows = Response.objects.filter(wave="T1").order_by("pk")
    assert rows.count() >= 20 + number
    chosen = list(rows.values_list("pk", flat=True))
    Response.objects.filter(pk__in=chosen[20 + number :]).delete()
    Response.objects.filter(pk__in=chosen[20 : 20 + number]).update(version=other.pk)


def test_the_flow_counts_everybody_whichever_version_she_answered(after: Wave) -> None:
    group_of(after)
    answered_in_two_versions(after, 6)
    flow = reach.flow(after, PILOT, {}, before=0, pairs=0)
    assert flow.now.answered == 26


@pytest.mark.parametrize(("number", "is_said"), [(4, False), (5, True)])
def test_answers_to_another_version_than_the_one_that_is_told_are_a_deviation(
    after: Wave, number: int, is_said: bool
) -> None:
    """Of fewer than five nothing is said: it would be the same for nobody."""
    group_of(after)
    answered_in_two_versions(after, number)
    told = releasing.content_of(after, PILOT, slow=False)["snapshot"]["deviations"]
    assert ("left-out:5–9" in told) is is_said
    assert any(code.startswith("left-out") for code in told) is is_said


def test_who_answered_two_questionnaires_is_one_person(after: Wave) -> None:
    group_of(after)
    fill(after.study.waves.get(code="T0"), after, PILOT, 30, seed=1)
    n = Response.objects.filter(wave="T1").count()
    second = frozen_version()
    rows = list(Response.objects.filter(wave="T1").order_by("pk"))
    for number, row in enumerate(rows):
        row.pk, row.version = number + 1, second.pk
    Response.objects.bulk_create(rows)
    assert reach.flow(after, PILOT, {}, before=0, pairs=0).now.answered == n
