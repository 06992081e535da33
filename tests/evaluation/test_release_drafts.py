"""A preview is worked out for whoever asked, and is outdated as soon as what it is made of has changed."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager, nullcontext
from datetime import timedelta
from typing import TYPE_CHECKING
from unittest import mock

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.utils import timezone

from courses.models import Attendance
from evaluation.answers import sealing
from evaluation.models import Release, ReleaseDraft
from evaluation.releases import releasing
from evaluation.synthetic import fill
from tests.evaluation.release_rows import PILOT, counted, families, group_of, row, second_wave
from tests.factories import AttendanceFactory, EveningFactory, GroupFactory, UserFactory

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager

    from evaluation.models import Wave

pytestmark = pytest.mark.django_db(databases=["default", "answers"])
ASK_FIRST = "Be om en forhåndsvisning på resultatsidene først: da telles de som var med"


@pytest.fixture
def after() -> Wave:
    return second_wave()


# --- what was counted meanwhile
def test_a_preview_made_before_another_group_was_counted_is_not_let_out(after: Wave) -> None:
    group_of(after)
    fill(after.study.waves.get(code="T0"), after, PILOT, 20, seed=5)
    draft = ReleaseDraft.objects.create(wave=after, phase=PILOT)
    releasing.work_out_drafts()
    draft.refresh_from_db()
    counted(after, group=GroupFactory(phase=PILOT))
    with pytest.raises(releasing.OutdatedError, match="regnes ut på nytt"):
        releasing.release(after, PILOT, draft.content)
    draft.refresh_from_db()
    assert (draft.state, draft.content) == (ReleaseDraft.State.ASKED, None)
    releasing.work_out_drafts()
    draft.refresh_from_db()
    assert releasing.release(after, PILOT, draft.content).pk


def test_asking_again_for_a_preview_that_is_outdated_works_it_out_again(after: Wave) -> None:
    group_of(after)
    leader = UserFactory()
    releasing.ask(after, PILOT, leader)
    releasing.work_out_drafts()
    releasing.ask(after, PILOT, leader)
    assert ReleaseDraft.objects.get().state == ReleaseDraft.State.READY
    counted(after, group=GroupFactory(phase=PILOT))
    releasing.ask(after, PILOT, leader)
    assert ReleaseDraft.objects.get().state == ReleaseDraft.State.ASKED
    assert releasing.work_out_drafts() == 1


# --- who took part
def no_people() -> AbstractContextManager[object]:
    """A process that may not read people, and does not."""
    refused = mock.patch.object(releasing, "counted_people", side_effect=AssertionError("reads people"))
    may_not = mock.patch.object(releasing, "may_count", return_value=False)
    return both(refused, may_not)


@contextmanager
def both(*contexts: AbstractContextManager[object]) -> Iterator[None]:
    with ExitStack() as stack:
        for each in contexts:
            stack.enter_context(each)
        yield


def drafted(of: Wave) -> ReleaseDraft:
    """Asked for where people may be read, and worked out where they may not."""
    releasing.ask(of, PILOT, UserFactory())
    with no_people():
        assert releasing.work_out_drafts() == 1
    return ReleaseDraft.objects.get()


def test_a_release_tells_what_was_counted_when_the_preview_was_asked_for(after: Wave) -> None:
    families(group_of(after), 6)
    found = drafted(after)
    assert row(found.content["snapshot"]["reaim"], "reach")["part"] == "5–9"
    with no_people():
        again = releasing.content_of(after, PILOT)
        assert again == found.content  # byte for byte what she saw
        assert releasing.release(after, PILOT, again).pk
    assert not ReleaseDraft.objects.exists()


def test_whoever_may_not_read_people_needs_a_preview_that_somebody_has_asked_for(after: Wave) -> None:
    group_of(after)
    with no_people(), pytest.raises(CommandError, match=ASK_FIRST):
        call_command("release", "piloten", wave="T1", phase=PILOT)
    ReleaseDraft.objects.create(wave=after, phase=PILOT)  # and nobody has counted
    with no_people():
        releasing.work_out_drafts()
    failed = ReleaseDraft.objects.get()
    assert (failed.state, failed.why[: len(ASK_FIRST)]) == (ReleaseDraft.State.FAILED, ASK_FIRST)
    assert drafted(after).state == ReleaseDraft.State.READY


def test_people_who_were_counted_two_days_ago_are_counted_again(after: Wave) -> None:
    group_of(after)
    drafted(after)
    for days, is_enough in ((1, True), (2, False)):
        with time_machine.travel(timezone.now() + timedelta(days=days)), no_people():
            if is_enough:
                releasing.content_of(after, PILOT, slow=False)
            else:
                with pytest.raises(releasing.NotReadyError, match=ASK_FIRST):
                    releasing.content_of(after, PILOT, slow=False)
    with time_machine.travel(timezone.now() + timedelta(days=2)):
        releasing.ask(after, PILOT, UserFactory())
        assert ReleaseDraft.objects.get().state == ReleaseDraft.State.READY  # nothing had changed
        with no_people():
            releasing.content_of(after, PILOT, slow=False)


def test_a_preview_made_before_attendance_was_noted_is_not_let_out(after: Wave) -> None:
    group = group_of(after)
    enrolled = families(group, 6)
    found = drafted(after)
    evening = EveningFactory(group=group)
    for each in enrolled:
        AttendanceFactory(adult=each.adult, evening=evening, state=Attendance.State.PRESENT)
    with pytest.raises(releasing.OutdatedError, match="regnes ut på nytt"):
        releasing.release(after, PILOT, found.content)
    found.refresh_from_db()
    assert (found.state, found.content) == (ReleaseDraft.State.ASKED, None)
    with no_people():
        releasing.work_out_drafts()
    found.refresh_from_db()
    assert [each["attendance"] for each in found.content["snapshot"]["modules"]] == [100]
    assert releasing.release(after, PILOT, found.content).pk


def test_a_family_that_came_since_makes_a_preview_one_to_ask_for_again(after: Wave) -> None:
    group = group_of(after)
    families(group, 6)
    drafted(after)
    families(group, 5)
    releasing.ask(after, PILOT, UserFactory())
    assert ReleaseDraft.objects.get().state == ReleaseDraft.State.ASKED
    assert releasing.work_out_drafts() == 1


# --- what was taken back
def test_when_somebody_takes_her_answers_back_nothing_worked_out_of_them_is_kept_or_let_out(
    after: Wave,
) -> None:
    (one, *_others) = families(group_of(after), 6)
    seen = drafted(after).content
    sealing.withdraw(one.adult.user, after.study)
    found = ReleaseDraft.objects.get()
    assert (found.state, found.content, found.people) == (ReleaseDraft.State.FAILED, None, None)
    assert "tatt tilbake" in found.why
    for is_allowed in (False, True):
        with no_people() if not is_allowed else nullcontext(), pytest.raises(releasing.NotReadyError):
            releasing.release(after, PILOT, seen)
    assert not Release.objects.exists()


def test_a_release_waits_until_the_closing_job_has_deleted_what_was_taken_back(after: Wave) -> None:
    """It runs every night: until then the rows are there, and whoever works out cannot tell them apart."""
    (one, *_others) = families(group_of(after), 6)
    now = timezone.now()
    sealing.withdraw(one.adult.user, after.study)
    for days in (0, 1):
        with time_machine.travel(now + timedelta(days=days)):
            with pytest.raises(releasing.NotReadyError, match="De slettes først"):
                releasing.ask(after, PILOT, UserFactory())
            with no_people(), pytest.raises(CommandError, match="De slettes først"):
                call_command("release", "piloten", wave="T1", phase=PILOT)
    with time_machine.travel(now + timedelta(days=2)):
        assert drafted(after).state == ReleaseDraft.State.READY


def test_answers_taken_back_while_a_preview_is_worked_out_are_not_in_it(after: Wave) -> None:
    (one, *_others) = families(group_of(after), 6)
    releasing.ask(after, PILOT, UserFactory())
    real = releasing.content_of

    def meanwhile(*asked: object) -> object:
        made = real(*asked)  # type: ignore[arg-type]
        sealing.withdraw(one.adult.user, after.study)
        return made

    with mock.patch.object(releasing, "content_of", meanwhile):
        releasing.work_out_drafts()
    assert ReleaseDraft.objects.get().content is None
