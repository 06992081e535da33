"""«Slett meg»: the wish stands with the adult until a project leader has carried it out.

A row of the outbox (``thing`` is «erasure:<adult>») is the mail to a project leader, and says that she has
it; whoever leads the project later gets one too. Erasing the adult takes them away (``courses/erasing.py``).
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from courses.models import Adult, Message, Role, User
from courses.outbox import rows
from courses.outbox.letters import NotWantedError, Words

if TYPE_CHECKING:
    from datetime import datetime

    from django.db.models import QuerySet

ASKED, THING = "asked", "erasure:"


class NobodyToAskError(Exception):
    """No project leader can log in: somebody must be asked outside the service."""


def _thing(adult: Adult) -> str:
    return f"{THING}{adult.pk}"


def _leaders(adult: Adult) -> QuerySet[User]:
    """The project leaders of her municipality, and of the region."""
    place = Q(municipality=None)
    if adult.family:
        place |= Q(municipality=adult.family.municipality_id)
    held = Role.objects.active().filter(place, kind=Role.Kind.PROJECT_LEADER).values("user")
    return User.objects.filter(pk__in=held, is_active=True)


def is_led_by(adult: Adult, user: int | None) -> bool:
    return _leaders(adult).filter(pk=user).exists()


@transaction.atomic
def ask(adult: Adult) -> None:
    """The wish reaches every project leader of her place once. Raises NobodyToAskError."""
    leaders = list(_leaders(adult))
    if not leaders:
        raise NobodyToAskError
    Adult.objects.filter(pk=adult.pk, asked_erasure_on=None).update(asked_erasure_on=timezone.localdate())
    _put(leaders, adult)


def hand_on() -> None:
    """Every wish that waits to those who have become project leader of its place since. Two queries, and one
    for each wish that none of them lacks."""
    told = Message.objects.filter(thing__startswith=THING).values_list("thing", "user")
    has_it: dict[int, set[int | None]] = defaultdict(set)
    for thing, leader in told:
        has_it[int(thing.partition(":")[2])].add(leader)
    for adult in Adult.objects.exclude(asked_erasure_on=None).select_related("family"):
        if new := [leader for leader in _leaders(adult) if leader.pk not in has_it[adult.pk]]:
            _hand_on(adult, new)


@transaction.atomic
def _hand_on(adult: Adult, new: list[User]) -> None:
    _hold(adult)
    if has_asked(adult):  # else she has taken it back meanwhile
        _put(new, adult)


def _hold(adult: Adult) -> None:
    list(Adult.objects.select_for_update(no_key=True).filter(pk=adult.pk).values_list("pk"))


def _put(leaders: list[User], adult: Adult) -> None:
    now = timezone.now()
    rows.put(leaders, kind=Message.Kind.CHANGE, thing=_thing(adult), step=ASKED, due_at=now)


@transaction.atomic
def take_back(adult: Adult) -> None:
    _hold(adult)
    Adult.objects.filter(pk=adult.pk).update(asked_erasure_on=None)
    Message.objects.filter(thing=_thing(adult)).delete()


def has_asked(adult: Adult) -> bool:
    return Adult.objects.exclude(asked_erasure_on=None).filter(pk=adult.pk).exists()


def wishes_for(user: User) -> QuerySet[Adult]:
    """The adults in a project leader's places who have asked, with user and municipality. Two queries."""
    things = Message.objects.filter(user=user, thing__startswith=THING).values_list("thing", flat=True)
    asked = [int(thing.partition(":")[2]) for thing in things]
    if not asked:
        return Adult.objects.none()
    people = Adult.objects.visible_to(user).filter(pk__in=asked)
    return people.select_related("user", "family__municipality").order_by("pk")


def letter(message: Message, pk: int, now: datetime) -> Words:
    """To a project leader: that somebody asks, and where to see who. Raises NotWantedError."""
    adult = Adult.objects.select_related("family").filter(pk=pk).first()
    if adult is None:
        raise NotWantedError("gone")
    if not is_led_by(adult, message.user_id):
        raise NotWantedError(rows.LEFT)
    first = _("Noen ber om å bli slettet. Etter loven har dere en måned på dere.")
    return Words(
        _("Et ønske om sletting"),
        (first, _("Hvem det er, ser du etter innlogging.")),
        reverse("cms:erasures"),
    )
