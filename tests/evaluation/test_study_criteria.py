"""The criteria of a study are set and locked with date and name, before any answer is counted."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.utils import timezone

from evaluation.models import Criterion, Occasion, Study
from tests import study_factories as made
from tests.evaluation.study_desk import STUDIES, desk, study

if TYPE_CHECKING:
    from django.test import Client

    from courses.models import User

__all__ = ["desk", "study"]
pytestmark = pytest.mark.django_db

SURE = {"sure": "1"}


def limits(**changed: object) -> dict[str, object]:
    return {"primary_outcome": "", "pairs_green": "70", "pairs_red": "50"} | changed


def test_criteria_are_set_and_locked_with_date_and_name(desk: Client, study: Study, project_leader: User):
    version = made.frozen_version(key="trygg")
    made.wave(study, versions=[version])
    address = f"{STUDIES}piloten/kriterier/"
    assert "80" in desk.get(address).content.decode()  # suggested
    beyond = limits(primary_outcome="trygg.trygg", outcome_green="35", outcome_red="3,5")
    assert "Skalaen går fra 1 til 5." in desk.post(address, beyond).content.decode()
    desk.post(address, limits(primary_outcome="trygg.trygg", outcome_green="4", outcome_red="3,5"))
    assert list(Criterion.objects.values_list("measure", "scale", "green", "red")) == [
        ("pairs", "", 70, 50),
        ("outcome", "trygg.trygg", 4, 3.5),
    ]
    page = desk.post(f"{address}las/", follow=True).content.decode()
    assert "sett haken. Ingenting er låst." in page
    study.refresh_from_db()
    assert study.criteria_locked_on is None
    desk.post(f"{address}las/", SURE)
    study.refresh_from_db()
    assert study.criteria_locked_on == timezone.localdate()
    assert study.criteria_locked_by == project_leader.first_name
    page = desk.post(address, limits(pairs_green="10", pairs_red="5"), follow=True).content.decode()
    assert "Kriteriene er låst, og kan ikke endres." in page
    assert Criterion.objects.get(measure="pairs").green == 70
    assert "Låst" in page


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"pairs_red": "80"}, "kan ikke være over den grønne"),
        ({"pairs_red": ""}, "Skriv begge grensene"),
        ({"pairs_green": "mange"}, "Skriv et tall"),
        ({"pairs_green": "70,4"}, "Skriv et helt tall fra 0 til 100."),
        ({"pairs_green": "101"}, "Skriv et helt tall fra 0 til 100."),
        ({"pairs_green": "inf"}, "Skriv et tall"),
        ({"primary_outcome": "trygg.trygg", "outcome_green": "3,84", "outcome_red": "3"}, "høyst én desimal"),
        ({"primary_outcome": "finnes.ikke"}, "Velg fra lista."),
        ({"outcome_green": "4", "outcome_red": "3"}, "Velg skalaen"),
    ],
)
def test_wrong_criteria_are_told_at_the_field(
    desk: Client, study: Study, changed: dict[str, object], said: str
):
    page = desk.post(f"{STUDIES}piloten/kriterier/", limits(**changed))
    assert page.status_code == 422
    assert said in page.content.decode()
    assert not Criterion.objects.exists()


def test_nothing_is_locked_before_there_is_something(desk: Client, study: Study):
    page = desk.post(f"{STUDIES}piloten/kriterier/las/", SURE, follow=True).content.decode()
    assert "Velg hovedutfallet" in page
    study.refresh_from_db()
    assert study.criteria_locked_on is None


def test_too_late_to_lock_when_an_answer_has_been_counted(desk: Client, study: Study):
    Study.objects.update(primary_outcome="a.b")
    Criterion.objects.create(study=study, measure="pairs", green=70, red=50)
    occasion = made.occasion(wave=made.wave(study))
    Occasion.objects.filter(pk=occasion.pk).update(state="counted")
    page = desk.post(f"{STUDIES}piloten/kriterier/las/", SURE, follow=True).content.decode()
    assert "For sent" in page
    study.refresh_from_db()
    assert study.criteria_locked_on is None
