"""The anonymous form of one evening: by which address, from when to when, and how many may send it.

Whoever has the address may answer. Nothing tells one from another: what keeps the form from being filled by
a few is that no more are taken than there were people in the room, and that a device is asked to remember
how many it has sent (``views/device_counts.py``). Neither knows who.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from django.conf import settings
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from courses.access import in_force
from courses.models import Attendance, Enrolment, WalkIn
from evaluation.figures.disclosure import ANSWERS_FOR_MEAN
from evaluation.models import EveningVerdict, IdentityMode, Occasion
from evaluation.models.studies import WALL_LENGTH, WALL_SIGNS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from courses.models import Evening, User
    from evaluation.models.studies import OccasionQuerySet

    Standing = Literal["planned", "open", "closed"]

THERE = (Attendance.State.PRESENT, Attendance.State.PARTLY)


def form_of(nonce: str) -> Occasion | None:
    """The occasion whose code it is. One query."""
    return of_evenings().filter(nonce=nonce).first()


def wall_signs(typed: str) -> str:
    """What was typed off the wall, as a code is written: also with the address before it, or split in two."""
    last = typed.rstrip("/ ").rsplit("/", 1)[-1]
    return "".join(sign for sign in last.lower() if sign.isalnum())[:40]


def form_on_wall(typed: str) -> Occasion | None:
    """The occasion whose code was typed, until it has closed. One query, or none of what is no code."""
    code = wall_signs(typed)
    if len(code) != WALL_LENGTH or not set(code) <= set(WALL_SIGNS):
        return None
    found = of_evenings().filter(wall_code=code).first()
    return found if found is not None and standing_of(found) != "closed" else None


def forms_of(evening: Evening) -> Sequence[Occasion]:
    """Those of one evening: one, unless several studies ask after it. One query."""
    return of_evenings().filter(evening=evening.pk).order_by("wave__order", "pk")


def of_evenings() -> OccasionQuerySet:
    rows = Occasion.objects.filter(identity=IdentityMode.ANONYMOUS)
    return rows.select_related("wave", "evening")


def standing_of(occasion: Occasion) -> Standing:
    """What can be done with it now. A cancelled evening is over, however it was planned."""
    now = timezone.now()
    is_cancelled = occasion.evening is not None and occasion.evening.cancelled_at is not None
    if is_cancelled or occasion.state not in (Occasion.State.PLANNED, Occasion.State.OPEN):
        return "closed"
    if now >= occasion.closes_at:
        return "closed"
    if occasion.state == Occasion.State.PLANNED or now < occasion.opens_at:
        return "planned"
    return "open"


def seats_of(evening: Evening) -> int:
    """How many may answer: as many as were counted in the room. One query, or three when nobody counted.

    Until somebody has counted it is those who may have been there: marked as there, walked in, or not
    marked at all, for not marked is not absent.
    """
    if evening.head_count is not None:
        return evening.head_count
    marked = Attendance.objects.filter(evening=evening.pk).exclude(state=Attendance.State.UNKNOWN)
    there = marked.filter(state__in=THERE).count()
    walked_in = WalkIn.objects.filter(evening=evening.pk, adult=None).exclude(name="").count()
    day = timezone.localdate(evening.starts_at)
    unmarked = Enrolment.objects.filter(in_force(day), Q(paused_on=None), group=evening.group_id)
    return there + walked_in + unmarked.exclude(adult__in=marked.values("adult")).count()


def why_full(evening: Evening | None) -> str:
    """Why no more are taken: as many as were counted, or, while nobody has counted, as are on the list."""
    if evening is None or evening.head_count is None:
        return _("Det er kommet minst like mange svar som det er voksne på lista for kvelden.")
    return _("Det er kommet minst like mange svar som det ble talt voksne i rommet.")


def are_few(seats: int) -> bool:
    """Whether so few can answer that nothing can be told of how it was (rule R8)."""
    return seats < ANSWERS_FOR_MEAN


def address_of(occasion: Occasion) -> str:
    """What the code on the wall leads to."""
    return f"{settings.SITE_URL}{reverse('answers:evening_form', args=[occasion.nonce])}"


def wall_address_of(occasion: Occasion) -> str:
    """The same, short enough to be typed."""
    return f"{settings.SITE_URL}{reverse('answers:wall_code', args=[occasion.wall_code])}"


def verdict_of(occasion: Occasion, user: User) -> dict[str, object] | None:
    """What the evening's form may tell her, or None: too few, or not counted yet, which nobody can tell
    apart. One query, whichever it is."""
    rows = EveningVerdict.objects.visible_to(user).filter(occasion=occasion.pk)
    snapshot = rows.values_list("snapshot", flat=True).first()
    return snapshot if snapshot and snapshot.get("n") else None
