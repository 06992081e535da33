"""Two who come in become one family, also at the same moment, and take with them what was agreed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from courses import enrolling, welcoming
from courses.enrolling import AdultToInvite
from courses.models import Family
from tests.evening_factories import GuidanceMeetingFactory
from tests.factories import AdultFactory

if TYPE_CHECKING:
    from courses.models import FamilyInvitation, Group

pytestmark = pytest.mark.django_db


@pytest.fixture
def couple(group: Group) -> FamilyInvitation:
    adults = [AdultToInvite("Astrid", email="astrid@example.no"), AdultToInvite("Bo", email="bo@example.no")]
    place = group.municipalities.get()
    return enrolling.invite_family(group=group, municipality=place, adults=adults, by=None)


def test_a_couple_that_presses_at_the_same_moment_is_one_family(
    couple: FamilyInvitation, monkeypatch: pytest.MonkeyPatch
) -> None:
    astrid, bo = couple.adults.order_by("seat")
    users = {row.pk: welcoming.user_at_door(row) for row in (astrid, bo)}
    waits_for_the_lock = enrolling.locked

    def lock(group: Group) -> Any:
        """While Astrid waits for the group, Bo comes in."""
        monkeypatch.setattr(enrolling, "locked", waits_for_the_lock)
        enrolling.accept(invited_id=bo.pk, user=users[bo.pk])
        return waits_for_the_lock(group)

    monkeypatch.setattr(enrolling, "locked", lock)
    enrolling.accept(invited_id=astrid.pk, user=users[astrid.pk])
    [family] = Family.objects.all()
    assert sorted(family.adults.values_list("seat", flat=True)) == [1, 2]


def test_who_moves_into_the_others_family_takes_her_guidance_along(couple: FamilyInvitation) -> None:
    was = AdultFactory(user__email="astrid@example.no")
    meeting = GuidanceMeetingFactory(family=was.family)
    astrid, bo = couple.adults.order_by("seat")
    enrolling.accept(invited_id=bo.pk, user=welcoming.user_at_door(bo))
    moved = enrolling.accept(invited_id=astrid.pk, user=was.user).adult
    meeting.refresh_from_db()
    assert meeting.family == moved.family
    assert Family.objects.count() == 1
