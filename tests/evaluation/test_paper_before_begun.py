"""Whoever has not begun the course is not asked half-way, and is given no sheet that would not be counted."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from courses.models import Adult, Group
from evaluation.models import Occasion, PaperEnvelope, Study
from tests.evaluation.sheets import people
from tests.factories import AttendanceFactory, EnrolmentFactory, EveningFactory
from tests.study_factories import occasion, participation, study, wave

if TYPE_CHECKING:
    from django.test import Client

    from courses.models import Municipality, User
    from tests.people import LogIn

__all__ = ["people"]
pytestmark = pytest.mark.django_db(databases=["default", "answers"])


@pytest.fixture
def half_way(people: list[Adult], group: Group, municipality: Municipality) -> Occasion:
    """Open now; those who have been at an evening are asked."""
    anchor = {"code": "TM", "anchor": "first-evening", "opens_after_days": 34, "open_for_days": 21}
    at: Occasion = occasion(wave=wave(study(region=municipality.region), **anchor), group=group)
    for adult in people:
        participation(at, adult)
    return at


@pytest.fixture
def newcomer(group: Group) -> Adult:
    adult: Adult = EnrolmentFactory(group=group, adult__user__first_name="Nora").adult
    return adult


@pytest.fixture
def coach(logged_in: LogIn, contact_person: User) -> Client:
    return logged_in(contact_person)


def test_it_is_refused_in_words_and_no_code_is_drawn(
    half_way: Occasion, newcomer: Adult, coach: Client
) -> None:
    page = coach.get(f"/skjema/{half_way.pk}/papir/").content.decode()
    assert page.count("Har ikke begynt, og er ikke spurt ennå") == 1
    assert f'name="adult" value="{newcomer.pk}"' in page
    sent = coach.post(f"/skjema/{half_way.pk}/papir.docx", {"adult": newcomer.pk}, follow=True)
    assert "Nora har ikke begynt på kurset, og er ikke spurt ennå." in sent.content.decode()
    assert not PaperEnvelope.objects.exists()


def test_she_is_given_one_when_she_has_been_at_an_evening(
    half_way: Occasion, newcomer: Adult, group: Group, coach: Client
) -> None:
    AttendanceFactory(adult=newcomer, evening=EveningFactory(group=group), state="present")
    participation(half_way, newcomer)
    assert "Har ikke begynt" not in coach.get(f"/skjema/{half_way.pk}/papir/").content.decode()
    sent = coach.post(f"/skjema/{half_way.pk}/papir.docx", {"adult": newcomer.pk})
    assert "wordprocessingml" in sent["Content-Type"]


def test_in_research_nothing_tells_who_has_agreed(half_way: Occasion, newcomer: Adult, coach: Client) -> None:
    Study.objects.filter(pk=half_way.wave.study_id).update(is_research=True)
    assert "Har ikke begynt" not in coach.get(f"/skjema/{half_way.pk}/papir/").content.decode()
    sent = coach.post(f"/skjema/{half_way.pk}/papir.docx", {"adult": newcomer.pk})
    assert "wordprocessingml" in sent["Content-Type"]
