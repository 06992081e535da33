"""A wish to be erased waits until it is carried out, whoever leads the project by then."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.utils import timezone

from cms.management.commands import work
from courses import erasure_requests
from courses.erasing import erase, erase_user
from courses.models import Message
from courses.outbox.rows import forget_old
from tests.factories import MunicipalityFactory, RoleFactory

if TYPE_CHECKING:
    from courses.models import Adult, User

pytestmark = pytest.mark.django_db


def wishes(leader: User) -> list[Adult]:
    return list(erasure_requests.wishes_for(leader))


def test_it_outlives_the_mail_that_told_of_it(adult: Adult, neighbour: Adult, project_leader: User) -> None:
    for each in (adult, neighbour):
        erasure_requests.ask(each)
    long_ago = timezone.now() - timedelta(days=100)
    Message.objects.update(state="sent", due_at=long_ago, sent_at=long_ago)
    forget_old()
    assert wishes(project_leader) == [adult, neighbour]
    assert erasure_requests.has_asked(adult)
    erase(adult)
    neighbour.user.delete()  # by whatever way
    forget_old()
    assert not Message.objects.exists()


def test_it_is_handed_on_to_whoever_leads_the_project_later(adult: Adult, project_leader: User) -> None:
    erasure_requests.ask(adult)
    after = RoleFactory(kind="project-leader", municipality=adult.family.municipality).user
    elsewhere = RoleFactory(kind="project-leader", municipality=MunicipalityFactory()).user
    assert erasure_requests.hand_on in work.STEPS
    for _again in range(2):
        erasure_requests.hand_on()
    assert wishes(after) == [adult]
    assert not wishes(elsewhere)
    assert Message.objects.count() == 2
    erase_user(project_leader, may_hold_role=True)
    assert wishes(after) == [adult]
    assert erasure_requests.has_asked(adult)


def test_nor_is_it_lost_with_the_only_one_who_had_it(adult: Adult, project_leader: User) -> None:
    erasure_requests.ask(adult)
    project_leader.roles.all().delete()
    erase_user(project_leader)
    after = RoleFactory(kind="project-leader", municipality=adult.family.municipality).user
    erasure_requests.hand_on()
    assert erasure_requests.has_asked(adult)
    assert wishes(after) == [adult]


def test_one_that_is_told_is_not_told_again(adult: Adult, project_leader: User) -> None:
    erasure_requests.ask(adult)
    Message.objects.update(state="sent", sent_at=timezone.now())
    erasure_requests.hand_on()
    assert Message.objects.get().state == "sent"
