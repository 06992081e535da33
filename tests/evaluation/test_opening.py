"""Occasions open when they are due, and ask by rule whoever takes part; what keeps one shut is said."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from courses.models import Evening
from evaluation import opening
from evaluation.instruments.freezing import new_version
from evaluation.models import InstrumentVersion, Occasion, Participation, Study, Wave
from evaluation.obstacles import obstacles_of
from tests import study_factories as made
from tests.evaluation.waves import FIRST, NOON, after_wave, first, monday, only, study
from tests.factories import AssignmentFactory, EnrolmentFactory, EveningFactory, GroupFactory, RoleFactory

if TYPE_CHECKING:
    from courses.models import Adult, Group, User

__all__ = ["first", "monday", "study"]
pytestmark = pytest.mark.django_db


# --- opened
def test_opens_when_due_and_asks_everybody_who_takes_part(
    study: Study, first: Evening, adult: Adult, other_adult: Adult, neighbour: Adult, stranger: Adult
):
    made.wave(study)
    assert opening.open_forms()["opened"] == 1
    occasion = only()
    assert occasion.state == "open"
    assert len(occasion.public_key) == 32
    asked = set(occasion.participations.values_list("user", flat=True))
    assert asked == {adult.user_id, other_adult.user_id, neighbour.user_id}
    assert set(occasion.participations.values_list("state", flat=True)) == {"open"}


def test_not_due_is_not_opened(study: Study, first: Evening, adult: Adult):
    after_wave(study)
    opening.open_forms()
    assert only().state == "planned"
    assert not Participation.objects.exists()


def test_paused_and_gone_are_not_asked(study: Study, first: Evening, adult: Adult, neighbour: Adult):
    made.wave(study)
    adult.enrolments.update(paused_on=NOON.date())
    day = NOON.date() - timedelta(days=1)
    neighbour.enrolments.update(starts_on=day - timedelta(days=9), ends_on=day)
    opening.open_forms()
    assert only().state == "open"
    assert not Participation.objects.exists()


def test_late_starter_and_who_ends_a_pause_are_asked_while_it_is_open(
    study: Study, first: Evening, adult: Adult, group: Group
):
    made.wave(study)
    adult.enrolments.update(paused_on=NOON.date())
    opening.open_forms()
    adult.enrolments.update(paused_on=None)
    late = EnrolmentFactory(group=group).adult
    assert opening.open_forms()["asked later"] == 2
    assert set(Participation.objects.values_list("user", flat=True)) == {adult.user_id, late.user_id}


def test_nobody_is_asked_in_the_last_hour(study: Study, first: Evening, group: Group):
    made.wave(study)
    opening.open_forms()
    EnrolmentFactory(group=group)
    with time_machine.travel(FIRST - timedelta(minutes=50), tick=False):
        opening.open_forms()
    assert not Participation.objects.exists()


def test_whoever_changes_group_is_asked_once_in_a_wave(
    study: Study, first: Evening, adult: Adult, edition: object, municipality: object
):
    made.wave(study)
    opening.open_forms()
    other = GroupFactory(edition=edition, municipalities=[municipality])
    EveningFactory(group=other, module=first.module, starts_at=FIRST)
    adult.enrolments.update(group=other)
    opening.open_forms()
    assert Occasion.objects.filter(state="open").count() == 2
    assert Participation.objects.filter(user=adult.user).count() == 1


def test_staff_are_asked_by_duty_and_role(study: Study, first: Evening, contact_person: User, leader: User):
    ours = {"anchor": "first-evening", "opens_after_days": -14, "identity": "named"}
    made.wave(study, code="KP0", audience="contact-person", **ours)
    made.wave(study, code="L0", audience="leader", **ours)
    opening.open_forms()
    asked = set(Participation.objects.values_list("occasion__wave__code", "user"))
    assert asked == {("KP0", contact_person.pk), ("L0", leader.pk)}
    assert Occasion.objects.get(wave__code="L0").group is None


def test_contact_person_of_two_groups_in_a_phase_is_asked_once(
    study: Study, first: Evening, contact_person: User, edition: object, municipality: object
):
    made.wave(study, code="KP0", audience="contact-person", identity="named")
    second = GroupFactory(edition=edition, municipalities=[municipality])
    AssignmentFactory(group=second, user=contact_person)
    EveningFactory(group=second, module=first.module, starts_at=FIRST)
    opening.open_forms()
    assert Participation.objects.filter(user=contact_person).count() == 1


def test_evening_form_asks_nobody_by_name(study: Study, first: Evening, adult: Adult):
    made.evening_wave(study)
    opening.open_forms()
    with time_machine.travel(FIRST + timedelta(hours=2), tick=False):
        assert opening.open_forms()["opened"] == 1
    assert not Participation.objects.exists()


def test_research_asks_only_who_has_agreed_to_the_letter_in_force(
    study: Study, first: Evening, adult: Adult, other_adult: Adult, neighbour: Adult
):
    Study.objects.update(is_research=True)
    study.refresh_from_db()
    made.wave(study)
    from evaluation import informing

    letter = informing.keep_letter(study)
    for person, agrees in ((adult, True), (other_adult, False)):
        informing.acknowledge(person.user, letter, mark=letter.checksum, agrees=agrees)
    opening.open_forms()
    assert [row.user_id for row in Participation.objects.all()] == [adult.user_id]


# --- what keeps it from opening
def test_wave_without_questionnaire_does_not_open_and_says_so(study: Study, first: Evening):
    wave = made.wave(study, versions=[])
    assert opening.open_forms()["blocked"] == 1
    assert only().state == "planned"
    assert obstacles_of(wave) == ["Målingen har ikke noe skjema. Velg minst ett."]


def test_questionnaire_with_faults_does_not_open_and_says_where(study: Study, first: Evening):
    wave = made.wave(study, versions=[made.draft_version(licence="")])
    assert opening.open_forms()["blocked"] == 1
    assert InstrumentVersion.objects.get().frozen_at is None
    assert "isens" in " ".join(obstacles_of(wave))


def test_draft_that_breaks_a_sent_version_does_not_open_and_says_which_code(study: Study, first: Evening):
    draft = new_version(made.frozen_version(key="trygg"))
    draft.items.filter(key="tall").update(kind="text")
    wave = made.wave(study, versions=[draft])
    assert opening.open_forms()["blocked"] == 1
    (said,) = obstacles_of(wave)
    assert "Spørsmål «tall»: I versjon 1 hadde koden et annet slag spørsmål" in said


def test_draft_is_frozen_at_the_first_invitation(study: Study, first: Evening, adult: Adult):
    made.wave(study, versions=[made.draft_version()])
    assert opening.open_forms()["opened"] == 1
    assert len(InstrumentVersion.objects.get().frozen.items) == 5


def test_keys_kept_apart_are_not_made_by_work(study: Study, first: Evening, settings: object, adult: Adult):
    settings.SEAL_KEYS_APART = True  # type: ignore[attr-defined]
    made.wave(study)
    assert opening.open_forms()["blocked"] == 1
    assert only().state == "planned"
    assert not Participation.objects.exists()


def test_two_workers_open_it_once(study: Study, first: Evening, adult: Adult):
    made.wave(study)
    opening.plan_occasions(study, NOON)
    both = [only(), only()]
    assert [opening.open_occasion(row, NOON) for row in both] == [True, False]
    assert Participation.objects.count() == 1


# --- growth
def _queries(study: Study) -> int:
    with CaptureQueriesContext(
        connection,
    ) as asked:
        opening.open_forms()
    return len(asked)


def test_opening_asks_no_more_of_many_people_and_items_than_of_few(
    study: Study, first: Evening, group: Group
):
    counts = []
    for people, items in ((2, 3), (40, 60)):
        Occasion.objects.all().delete()
        study.waves.all().delete()
        version = made.frozen_version([made.statement(f"t{n:02}") for n in range(items)])
        made.wave(study, versions=[version])
        EnrolmentFactory.create_batch(people, group=group)
        opening.plan_occasions(study, NOON)
        counts.append(_queries(study))
        assert Participation.objects.count() >= people
    assert counts[1] <= counts[0]  # the study's pairing key is made with the first


def test_leader_whose_role_has_ended_is_not_asked(study: Study, first: Evening, municipality: object):
    ended = NOON.date() - timedelta(days=1)
    RoleFactory(kind="leader", municipality=municipality, starts_on=ended, ends_on=ended)
    made.wave(study, code="L0", audience="leader", identity="named")
    opening.open_forms()
    assert not Participation.objects.exists()


def test_a_study_beyond_all_calendars_does_not_keep_the_others_from_opening(
    study: Study,
    first: Evening,
    adult: Adult,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
):
    beyond = made.study(region=study.region, programme=study.programme, key="beyond")
    far = made.wave(beyond)
    made.wave(study)
    found = opening.windows.of_group

    def of_group(wave: Wave, evenings: list[Evening]):
        days = timedelta(days=999_999_999 if wave == far else 0)
        return evenings and (evenings[0].starts_at + days) and found(wave, evenings)

    monkeypatch.setattr(opening.windows, "of_group", of_group)
    assert opening.open_forms()["opened"] == 1
    assert f"study {beyond.pk} cannot be planned" in caplog.text
