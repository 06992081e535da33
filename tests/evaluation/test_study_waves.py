"""The waves of a study: made, ordered, taken away, and what is wrong with one told at its field."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.db import IntegrityError, transaction

from evaluation import setting_up
from evaluation import study_words as words
from evaluation.models import Occasion, Study, Wave
from evaluation.obstacles import obstacles_of
from tests import study_factories as made
from tests.evaluation.study_desk import STUDIES, desk, study

if TYPE_CHECKING:
    from django.test import Client

    from courses.models import Group

__all__ = ["desk", "study"]
pytestmark = pytest.mark.django_db


def wave_fields(**changed: object) -> dict[str, object]:
    return {
        "name_nb": "Midtveis",
        "code": "TM",
        "audience": "adult",
        "identity": "linked",
        "anchor": "first-evening",
        "opens_after_days": "20",
        "open_for_days": "7",
    } | changed


def test_wave_is_made_with_its_questionnaires(desk: Client, study: Study):
    version = made.frozen_version()
    assert desk.post(f"{STUDIES}piloten/maling/", wave_fields(versions=[version.pk])).status_code == 302
    assert Wave.objects.get().instruments.get().version == version


@pytest.mark.parametrize(
    ("changed", "days"),
    [({"anchor": "each-evening", "identity": "anonymous", "opens_after_days": "0"}, 2), ({}, 14)],
)
def test_days_that_nobody_wrote_are_the_usual_ones(
    desk: Client, study: Study, changed: dict[str, object], days: int
):
    page = desk.get(f"{STUDIES}piloten/maling/").content.decode()
    assert "Tomt blir 14 dager, eller 48 timer etter hver kveld." in page
    desk.post(f"{STUDIES}piloten/maling/", wave_fields(open_for_days="", **changed))
    assert Wave.objects.get().open_for_days == days


@pytest.mark.parametrize("days", [1, 3, 14])
def test_an_evenings_anonymous_form_is_open_for_48_hours_whoever_writes_the_row(days: int):
    wave = made.evening_wave()
    with pytest.raises(IntegrityError), transaction.atomic():
        Wave.objects.filter(pk=wave.pk).update(open_for_days=days)
    wave.refresh_from_db()
    assert wave.open_for_days == 2


def test_contact_persons_can_be_asked_by_name_after_each_evening(desk: Client, study: Study):
    version = made.frozen_version()
    after = {"code": "LK", "anchor": "each-evening", "audience": "contact-person", "identity": "named"}
    page = desk.post(f"{STUDIES}piloten/maling/", wave_fields(versions=[version.pk], **after))
    assert page.status_code == 302
    assert words.when(Wave.objects.get()).startswith("Åpner mot slutten av hver kveld")


STAFF = {"audience": "contact-person", "anchor": "last-evening"}


def test_before_and_after_of_the_same_staff_are_stored_alike_or_refused(desk: Client, study: Study):
    version = made.frozen_version()
    made.wave(
        study, code="KP0", name_nb="Kontaktpersonene før", identity="named", versions=[version], **STAFF
    )
    after = wave_fields(code="KP1", versions=[version.pk], **STAFF)
    page = desk.post(f"{STUDIES}piloten/maling/", after).content.decode()
    assert "«Kontaktpersonene før» spør de samme om det samme" in page
    assert not study.waves.filter(code="KP1").exists()
    other = made.frozen_version()
    assert desk.post(f"{STUDIES}piloten/maling/", after | {"versions": [other.pk]}).status_code == 302
    later = study.waves.get(code="KP1")
    page = desk.post(
        f"{STUDIES}piloten/maling/{later.pk}/", after | {"versions": [version.pk]}
    ).content.decode()
    assert "«Kontaktpersonene før» spør de samme om det samme" in page
    same = after | {"versions": [version.pk], "identity": "named"}
    assert desk.post(f"{STUDIES}piloten/maling/{later.pk}/", same).status_code == 302


def test_waves_of_staff_that_are_stored_unlike_each_other_do_not_open_however_they_were_written(study: Study):
    version = made.frozen_version()
    first = made.wave(study, code="KP0", identity="named", versions=[version], **STAFF)
    assert obstacles_of(first) == []
    second = made.wave(study, code="KP1", identity="linked", versions=[version], **STAFF)
    evening = STAFF | {"anchor": "each-evening"}
    log = made.wave(study, code="LK", identity="named", versions=[version], open_for_days=2, **evening)
    leaders = made.wave(
        study, code="L", identity="linked", versions=[version], **STAFF | {"audience": "leader"}
    )
    assert [len(obstacles_of(wave)) for wave in (first, second, log, leaders)] == [1, 1, 0, 0]


def test_waves_stand_as_they_open_whatever_order_they_were_written_in(desk: Client, study: Study):
    setting_up.standard_set_up(study)
    desk.post(f"{STUDIES}piloten/maling/", wave_fields())
    assert list(study.waves.values_list("code", flat=True)) == ["T0", "kveld", "TM", "T1", "KP", "T2"]
    page = desk.get(f"{STUDIES}piloten/svar/").content.decode()
    assert page.index("Midtveis") < page.index("Etter siste kveld")


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"identity": "named"}, "lagres aldri med navn"),
        ({"identity": "anonymous"}, "Bare skjemaer etter hver kveld er anonyme"),
        ({"anchor": "each-evening"}, "Etter hver kveld svarer familiene anonymt"),
        ({"anchor": "each-evening", "audience": "contact-person"}, "kontaktpersonene med navn"),
        ({"anchor": "each-evening", "audience": "leader", "identity": "named"}, "kontaktpersonene med navn"),
        ({"open_for_days": "0"}, "fra 1 til 90"),
        ({"open_for_days": "x"}, "fra 1 til 90"),
        ({"anchor": "each-evening", "identity": "anonymous"}, "åpent i 48 timer. Skriv 2"),
        ({"code": "T M"}, "Bruk bare bokstavene"),
        ({"code": "T0"}, "fra før"),
        ({"opens_after_days": ""}, "Skriv et helt tall"),
        ({"opens_after_days": "999999999999"}, "fra −730 til 730"),
        ({"opens_after_days": "-731"}, "fra −730 til 730"),
        ({"versions": ["999999"]}, "Velg skjemaer på lista"),
        ({"name_nb": ""}, "Fyll ut feltet."),
    ],
)
def test_wrong_wave_is_told_at_the_field(desk: Client, study: Study, changed: dict[str, object], said: str):
    made.wave(study)
    page = desk.post(f"{STUDIES}piloten/maling/", wave_fields(**changed))
    assert page.status_code == 422
    assert said in page.content.decode()
    assert Wave.objects.count() == 1


def test_wave_nobody_was_invited_to_can_be_taken_away_and_another_not(
    desk: Client, study: Study, group: Group
):
    wave = made.wave(study)
    address = f"{STUDIES}piloten/maling/{wave.pk}/bort/"
    made.occasion(wave=wave, group=group)
    assert "kan ikke tas bort" in desk.post(address, follow=True).content.decode()
    Occasion.objects.all().delete()
    made.occasion(wave=wave, group=group, state="planned")
    desk.post(address)
    assert not Wave.objects.exists()


def test_foreign_wave_is_not_found(desk: Client, study: Study):
    foreign = made.wave()
    assert desk.get(f"{STUDIES}piloten/maling/{foreign.pk}/").status_code == 404


@pytest.mark.parametrize(
    ("anchor", "after", "days", "said"),
    [
        ("first-evening", -14, 14, "Åpner 14 dager før første kveld, og lukker når den begynner."),
        ("last-evening", 0, 14, "Åpner mot slutten av siste kveld, og er åpent i 14 dager."),
        ("last-evening", 182, 21, "Åpner et halvt år etter siste kveld, og er åpent i 21 dager."),
        ("each-evening", 0, 2, "Åpner mot slutten av hver kveld, og lukker etter 48 timer."),
        ("first-evening", 1, 1, "Åpner 1 dag etter første kveld, og er åpent i 1 dag."),
    ],
)
def test_when_a_wave_is_open_is_a_sentence(anchor: str, after: int, days: int, said: str):
    assert words.when(Wave(anchor=anchor, opens_after_days=after, open_for_days=days)) == said
