"""«Slett meg»: the wish waits as a row of the outbox, until a project leader has carried it out.

The row is the mail to her and the wish itself (``thing`` is «erasure:<adult>»); erasing the adult takes it
away (``courses/erasing.py``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

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

ASKED = "asked"


class NobodyToAskError(Exception):
    """No project leader can log in: somebody must be asked outside the service."""


def _thing(adult: Adult) -> str:
    return f"erasure:{adult.pk}"


def _leaders(adult: Adult) -> QuerySet[User]:
    """The project leaders of her municipality, and of the region."""
    place = Q(municipality=None)
    if adult.family:
        place |= Q(municipality=adult.family.municipality_id)
    held = Role.objects.active().filter(place, kind=Role.Kind.PROJECT_LEADER).values("user")
    return User.objects.filter(pk__in=held, is_active=True)


def is_led_by(adult: Adult, user: int | None) -> bool:
    return _leaders(adult).filter(pk=user).exists()


def ask(adult: Adult) -> None:
    """The wish reaches every project leader of her place once. Raises NobodyToAskError."""
    leaders = list(_leaders(adult))
    if not leaders:
        raise NobodyToAskError
    now = timezone.now()
    rows.put(leaders, kind=Message.Kind.CHANGE, thing=_thing(adult), step=ASKED, due_at=now)


def take_back(adult: Adult) -> None:
    Message.objects.filter(thing=_thing(adult)).delete()


def has_asked(adult: Adult) -> bool:
    return Message.objects.filter(thing=_thing(adult)).exists()


def wishes_for(user: User) -> QuerySet[Adult]:
    """The adults in a project leader's places who have asked, with user and municipality. Two queries."""
    things = Message.objects.filter(user=user, thing__startswith="erasure:").values_list("thing", flat=True)
    asked = [int(thing.partition(":")[2]) for thing in things]
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
