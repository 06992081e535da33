"""The demo's study: everything in it came the real way, and one form waits for an answer."""

from __future__ import annotations

import pytest
from django.test import Client, override_settings
from django.utils import timezone

from cms.demo_results import make_results
from courses.models import Group, Message
from evaluation.models import (
    Consent,
    InstrumentVersion,
    Occasion,
    Participation,
    Release,
    SealedAnswer,
    Study,
)
from tests.cms.demo_site import loaded

__all__ = ["loaded"]
pytestmark = pytest.mark.django_db(databases=["default", "answers"])


@pytest.fixture
def hanne() -> Client:
    client = Client()
    with override_settings(DEMO=True):
        client.post("/demo/familie/")
    return client


def test_study_has_its_waves_a_letter_and_locked_criteria():
    study = Study.objects.get(key="piloten")
    assert set(study.waves.values_list("code", flat=True)) == {"T0", "T1", "TM", "T2", "kveld", "KP"}
    assert study.criteria_locked_by == "Solveig"
    assert study.criteria.count() == 3
    assert study.letters.count() == 1
    assert Consent.objects.filter(purpose="information").count() >= 10


def test_answers_before_the_course_are_sealed_one_for_each_who_answered():
    before = Occasion.objects.filter(wave__study__key="piloten", wave__code="T0", state="open")
    done = Participation.objects.filter(occasion__in=before, state="done").count()
    assert done == SealedAnswer.objects.filter(occasion__in=before).count() == 10


def test_each_evening_held_has_as_many_forms_as_heads():
    held = Occasion.objects.filter(wave__code="kveld", state="open")
    assert held.count() >= 4
    for occasion in held:
        assert SealedAnswer.objects.filter(occasion=occasion).count() == occasion.received


def test_hanne_can_answer_now_and_eirik_has(hanne: Client):
    occasion = Occasion.objects.get(wave__code="TM", state="open")
    with override_settings(DEMO=True):
        page = hanne.get("/min/").content.decode()
        assert f'href="/skjema/{occasion.pk}/"' in page
        assert hanne.get(f"/skjema/{occasion.pk}/").status_code == 200
    states = dict(occasion.participations.values_list("user__first_name", "state"))
    assert (states["Hanne"], states["Eirik"]) == ("open", "done")
    mine = Message.objects.filter(thing=f"form:{occasion.pk}", user__first_name="Eirik")
    assert set(mine.values_list("state", flat=True)) == {"skipped"}


def test_nora_who_has_not_begun_is_asked_nothing():
    assert not Participation.objects.filter(user__email="nora@example.no").exists()


def test_waves_of_the_study_stand_as_they_open():
    codes = Study.objects.get(key="piloten").waves.values_list("code", flat=True)
    assert list(codes) == ["T0", "kveld", "TM", "T1", "KP", "T2"]


def test_the_rehearsal_has_groups_of_its_own_and_its_release_is_about_them():
    make_results()
    study = Study.objects.get(key="generalproven")
    groups = Group.objects.filter(occasions__wave__study=study).distinct()
    assert {group.name.split()[0] for group in groups} == {"Prøvegruppa"}
    assert {group.phase for group in groups} == {"pilot"}
    assert not Occasion.objects.filter(wave__study__key="piloten", group__in=groups).exists()
    asked = Participation.objects.filter(occasion__wave__study=study, occasion__wave__code="T1")
    release = Release.objects.get(study=study)
    assert release.technical["flow"]["asked"]["adults"] == asked.count()
    assert asked.filter(state="done").count() == release.technical["flow"]["answered"]
    drafts = InstrumentVersion.objects.filter(frozen_at=None).values_list("instrument__key", flat=True)
    assert set(drafts) == {"aim-iam-fim", "lederens-skjema", "nomad", "who-5"}  # no wave asks them


def test_groups_of_the_demo_meet_in_the_phase_they_are_of():
    for group in Group.objects.filter(phase="pilot", edition__programme__slug="en-god-start"):
        for evening in group.evenings.all():
            day = timezone.localdate(evening.starts_at)
            for place in group.municipalities.all():
                phase = place.phases.get(number=3)
                assert phase.starts_on <= day <= phase.ends_on, (group, evening)


def test_coming_forms_are_planned():
    assert Occasion.objects.filter(wave__study__key="piloten", wave__code="T1", state="planned").count() == 3
