"""The waves of a study: made, ordered, taken away, and what is wrong with one told at its field."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from evaluation import setting_up
from evaluation import study_words as words
from evaluation.models import Occasion, Study, Wave
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


def test_contact_persons_can_be_asked_by_name_after_each_evening(desk: Client, study: Study):
    version = made.frozen_version()
    after = {"code": "LK", "anchor": "each-evening", "audience": "contact-person", "identity": "named"}
    page = desk.post(f"{STUDIES}piloten/maling/", wave_fields(versions=[version.pk], **after))
    assert page.status_code == 302
    assert words.when(Wave.objects.get()).startswith("Åpner mot slutten av hver kveld")


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
        ({"code": "T M"}, "Bruk bare bokstavene"),
        ({"code": "T0"}, "fra før"),
        ({"opens_after_days": ""}, "Skriv et helt tall"),
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
