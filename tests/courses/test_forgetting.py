"""Whoever was invited and never came in is forgotten after ninety days; nobody else is."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.utils import timezone

from cms.management.commands import work
from courses import welcoming
from courses.forgetting import forget_invited
from courses.models import FamilyInvitation, InvitedAdult, User
from tests.evening_factories import InvitedAdultFactory
from tests.factories import AssignmentFactory, InvitationFactory, RoleFactory, UserFactory

if TYPE_CHECKING:
    from courses.models import Adult

pytestmark = pytest.mark.django_db

LONG_AGO = timezone.now() - timedelta(days=91)
NOT_SO_LONG_AGO = timezone.now() - timedelta(days=89)


def test_a_link_that_ended_ninety_days_ago_is_deleted_with_its_invitation_and_its_user() -> None:
    invited = InvitedAdultFactory(expires_at=LONG_AGO, invitation__made_at=LONG_AGO)
    user = welcoming.user_at_door(invited)
    User.objects.filter(pk=user.pk).update(date_joined=LONG_AGO)
    assert forget_invited() == 1
    assert not InvitedAdult.objects.exists()
    assert not FamilyInvitation.objects.exists()
    assert not User.objects.filter(pk=user.pk).exists()


def test_a_withdrawn_invitation_is_deleted_also_when_it_waited() -> None:
    InvitedAdultFactory(
        invitation__withdrawn_at=LONG_AGO, invitation__made_at=LONG_AGO, invitation__waiting=True
    )
    forget_invited()
    assert not FamilyInvitation.objects.exists()


def test_what_is_used_waits_or_ended_lately_stays() -> None:
    InvitedAdultFactory(expires_at=NOT_SO_LONG_AGO)
    InvitedAdultFactory(expires_at=LONG_AGO, used_at=LONG_AGO)
    InvitedAdultFactory(expires_at=LONG_AGO, invitation__waiting=True)
    InvitedAdultFactory(expires_at=LONG_AGO, invitation__withdrawn_at=NOT_SO_LONG_AGO)
    forget_invited()
    assert InvitedAdult.objects.count() == 4


def test_nobody_with_a_place_or_an_invitation_that_stands_is_deleted(adult: Adult) -> None:
    RoleFactory(starts_on="2020-01-01", ends_on="2020-02-01")
    AssignmentFactory()
    UserFactory(is_superuser=True)
    UserFactory(is_staff=True)
    InvitedAdultFactory(email="Invitert@example.no", invitation__waiting=True)
    UserFactory(email="invitert@example.no")
    InvitedAdultFactory(email=None, mobile="+4740000009", expires_at=NOT_SO_LONG_AGO)
    UserFactory(email=None, mobile="+4740000009")
    InvitationFactory(email="ny@example.no")
    UserFactory(email="ny@example.no")
    User.objects.update(date_joined=LONG_AGO)
    before = User.objects.count()
    assert forget_invited() == 0
    assert User.objects.count() == before


def test_a_user_made_today_is_left_alone() -> None:
    user = UserFactory()
    forget_invited()
    assert User.objects.filter(pk=user.pk).exists()


def test_the_clock_does_it_by_itself() -> None:
    assert forget_invited in work.STEPS
