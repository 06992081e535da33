"""While a last evening is cancelled without a new date, the study's page says what is waited for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from courses import scheduling
from courses.models import Evening
from evaluation import opening, study_words
from evaluation.models import Occasion, Study
from tests import study_factories as made
from tests.evaluation.study_desk import STUDIES, desk
from tests.evaluation.test_cancelled_evenings import DAY, HOURS, at, cancelled, evenings, weeks
from tests.evaluation.waves import after_wave, monday, study

if TYPE_CHECKING:
    from django.test import Client

    from courses.models import Group

__all__ = ["desk", "evenings", "monday", "study", "weeks"]
pytestmark = pytest.mark.django_db(databases=["default", "answers"])


def test_the_studys_page_says_what_is_waited_for(desk: Client, study: Study, evenings: list[Evening]):
    after_wave(study)
    address = f"{STUDIES}{study.key}/"
    assert "venter på ny dato for" not in desk.get(address).content.decode()
    cancelled(evenings[-1])
    page = desk.get(address).content.decode()
    assert "venter på ny dato for kveld 6" in page
    assert "10. desember 08.00, hvis ingen ny dato kommer" in page
    with at(evenings[-1].starts_at - HOURS):
        scheduling.move(evenings[-1], evenings[-1].starts_at + 7 * DAY)
        opening.open_forms()
    assert "venter på ny dato for" not in desk.get(address).content.decode()


def test_it_says_so_before_the_worker_has_come_by(desk: Client, study: Study, evenings: list[Evening]):
    after_wave(study)
    made.wave(study, code="kveld", identity="anonymous", anchor="each-evening", open_for_days=2)
    opening.open_forms()
    of_six = Occasion.objects.get(evening=evenings[-1])
    assert str(study_words.occasion_name(of_six)) in desk.get(f"{STUDIES}{study.key}/").content.decode()
    scheduling.cancel(evenings[-1])
    page = desk.get(f"{STUDIES}{study.key}/").content.decode()
    assert study_words.occasion_name(of_six) not in page
    assert "10. desember 08.00, hvis ingen ny dato kommer" in page


def test_of_the_leaders_form_it_says_whose_evening_it_is(
    desk: Client, study: Study, evenings: list[Evening], group: Group
):
    after_wave(study, code="L", audience="leader", identity="named")
    cancelled(evenings[-1])
    page = desk.get(f"{STUDIES}{study.key}/").content.decode()
    assert f"venter på ny dato for {group.name}, kveld 6" in page


def test_when_the_three_weeks_are_over_nothing_is_waited_for(
    desk: Client, study: Study, evenings: list[Evening]
):
    after_wave(study, code="T2", opens_after_days=182, open_for_days=21)
    cancelled(evenings[-1])
    with at(evenings[-1].starts_at + 22 * DAY):
        assert "venter på ny dato for" not in desk.get(f"{STUDIES}{study.key}/").content.decode()
