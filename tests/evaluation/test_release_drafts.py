"""A preview is worked out once for whoever asked, and what it shows stands: two would tell of one person."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING
from unittest import mock

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.utils import timezone

from courses.models import Attendance
from evaluation.answers import sealing, withdrawing
from evaluation.models import Release, ReleaseDraft
from evaluation.releases import releasing
from evaluation.synthetic import fill
from tests.evaluation.release_rows import PILOT, counted, families, group_of, held, row, second_wave
from tests.factories import AttendanceFactory, GroupFactory, UserFactory

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager
    from pathlib import Path

    from evaluation.models import Wave

pytestmark = pytest.mark.django_db(databases=["default", "answers"])
ASK_FIRST = "Be om en forhåndsvisning på resultatsidene først: da telles de som var med"


@pytest.fixture
def after() -> Wave:
    return second_wave()


# --- what was counted meanwhile
def test_what_has_been_shown_is_let_out_as_it_is_though_another_group_was_counted(after: Wave) -> None:
    group_of(after)
    fill(after.study.waves.get(code="T0"), after, PILOT, 20, seed=5)
    seen = drafted(after).content
    counted(after, group=GroupFactory(phase=PILOT))
    assert releasing.ask(after, PILOT, UserFactory()).content == seen
    assert releasing.content_of(after, PILOT) == seen
    made = releasing.release(after, PILOT, seen)
    assert made.snapshot == seen["snapshot"]
    assert not ReleaseDraft.objects.exists()


def test_nothing_else_is_let_out_than_what_has_been_shown(after: Wave) -> None:
    group_of(after)
    early = releasing.content_of(after, PILOT, slow=False)
    fill(after.study.waves.get(code="T0"), after, PILOT, 20, seed=5)
    seen = drafted(after).content
    with pytest.raises(releasing.OutdatedError):
        releasing.release(after, PILOT, early)
    assert releasing.release(after, PILOT, seen).pk


def test_of_a_study_the_next_is_shown_when_what_was_shown_is_out(after: Wave) -> None:
    group_of(after)
    seen = drafted(after).content
    first = after.study.waves.get(code="T0")
    counted(first, group=GroupFactory(phase=PILOT))
    for phase in (PILOT, "implementation"):
        counted(first, group=GroupFactory(phase=phase))
        with pytest.raises(releasing.NotReadyError, match="vist i en forhåndsvisning"):
            releasing.ask(first, phase, UserFactory())
        with pytest.raises(releasing.NotReadyError, match="vist i en forhåndsvisning"):
            releasing.content_of(first, phase, slow=False)
    releasing.release(after, PILOT, seen)
    assert releasing.ask(first, "implementation", UserFactory()).state == ReleaseDraft.State.ASKED


def test_of_two_that_are_asked_for_one_is_shown(after: Wave) -> None:
    group_of(after)
    counted(after, group=GroupFactory(phase="implementation"))
    for phase in (PILOT, "implementation"):
        releasing.ask(after, phase, UserFactory())
    releasing.work_out_drafts()
    states = {each.phase: each.state for each in ReleaseDraft.objects.all()}
    assert sorted(states.values()) == [ReleaseDraft.State.FAILED, ReleaseDraft.State.READY]


def test_a_preview_written_to_a_file_is_shown_too(after: Wave, tmp_path: Path) -> None:
    group_of(after)
    written = []
    for name in ("one", "two"):
        call_command("release", "piloten", wave="T1", phase=PILOT, preview=tmp_path / name)
        written.append((tmp_path / name).read_bytes())
        fill(after.study.waves.get(code="T0"), after, PILOT, 20, seed=5)
    assert written[0] == written[1]
    assert ReleaseDraft.objects.get().state == ReleaseDraft.State.READY


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
    families(held(group_of(after)).group, 6)
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
    releasing.ask(after, PILOT, UserFactory())
    for days, is_enough in ((1, True), (2, False)):
        with time_machine.travel(timezone.now() + timedelta(days=days)), no_people():
            if is_enough:
                releasing.content_of(after, PILOT, slow=False)
            else:
                with pytest.raises(releasing.NotReadyError, match=ASK_FIRST):
                    releasing.content_of(after, PILOT, slow=False)
    with time_machine.travel(timezone.now() + timedelta(days=2)):
        assert drafted(after).state == ReleaseDraft.State.READY


def test_what_is_worked_out_before_attendance_was_noted_is_not_let_out_unseen(after: Wave) -> None:
    group = group_of(after)
    enrolled = families(group, 6)
    found = releasing.content_of(after, PILOT, slow=False)
    evening = held(group)
    for each in enrolled:
        AttendanceFactory(adult=each.adult, evening=evening, state=Attendance.State.PRESENT)
    with pytest.raises(releasing.OutdatedError, match="Prøv igjen"):
        releasing.release(after, PILOT, found)
    again = releasing.content_of(after, PILOT, slow=False)
    assert [each["attendance"] for each in again["snapshot"]["modules"]] == [100]
    assert releasing.release(after, PILOT, again).pk


# --- what was taken back
def test_what_has_been_shown_stands_when_somebody_takes_her_answers_back(after: Wave) -> None:
    """Beside figures without her, those that were seen would tell what she answered."""
    (one, *_others) = families(group_of(after), 6)
    seen = drafted(after).content
    sealing.withdraw(one.adult.user, after.study)
    assert ReleaseDraft.objects.get().content == seen
    assert releasing.ask(after, PILOT, UserFactory()).content == seen
    assert releasing.release(after, PILOT, seen).pk


def test_what_has_not_been_shown_waits_until_what_was_taken_back_is_deleted(after: Wave) -> None:
    """Until the closing job has been there, whoever works out cannot tell those rows from the others."""
    (one, *_others) = families(group_of(after), 6)
    unseen = releasing.content_of(after, PILOT, slow=False)
    releasing.ask(after, PILOT, UserFactory())
    sealing.withdraw(one.adult.user, after.study)
    assert "tatt tilbake" in ReleaseDraft.objects.get(state=ReleaseDraft.State.FAILED).why
    for days in (0, 30):  # however long the job stays away
        with time_machine.travel(timezone.now() + timedelta(days=days)):
            with pytest.raises(releasing.NotReadyError, match="De slettes først"):
                releasing.ask(after, PILOT, UserFactory())
            with pytest.raises(releasing.NotReadyError, match="De slettes først"):
                releasing.release(after, PILOT, unseen)
            with no_people(), pytest.raises(CommandError, match="De slettes først"):
                call_command("release", "piloten", wave="T1", phase=PILOT)
    with time_machine.travel(timezone.now() + timedelta(days=1)):
        withdrawing.carry_out(after.study)
        assert drafted(after).state == ReleaseDraft.State.READY


def test_the_day_it_was_taken_back_the_closing_job_may_have_been_there_too_early(after: Wave) -> None:
    (one, *_others) = families(group_of(after), 6)
    sealing.withdraw(one.adult.user, after.study)
    withdrawing.carry_out(after.study)
    with pytest.raises(releasing.NotReadyError, match="De slettes først"):
        releasing.ask(after, PILOT, UserFactory())


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
    found = ReleaseDraft.objects.get()
    assert (found.state, found.content) == (ReleaseDraft.State.FAILED, None)
    assert not Release.objects.exists()
