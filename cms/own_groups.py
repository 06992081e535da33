"""The contact person's way in: her groups, the next evening, and the logs that wait."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.db.models import Min, Q
from django.urls import reverse
from django.utils import formats, timezone
from django.utils.translation import gettext as _

from courses.attending import evenings_led_by
from courses.coaching import groups_led_by
from courses.projecting import morning_of

if TYPE_CHECKING:
    from datetime import datetime

    from courses.models import Evening, User

    Link = tuple[str, str, str]  # title, address, words

NEAR = timedelta(days=7)  # an evening this near has a way of its own
MOST = 6  # of each kind: more are on the page of groups


def group_links(user: User) -> list[Link]:
    """What a contact person does next, first. Two queries, and her roles."""
    now = timezone.now()
    own = user.assignments.current().values("group")
    coming = Q(evenings__starts_at__gt=now - timedelta(hours=3), evenings__cancelled_at=None)
    groups = groups_led_by(user).filter(pk__in=own)
    groups = groups.annotate(next_at=Min("evenings__starts_at", filter=coming))
    links = [
        (group.name, reverse("evenings:group", args=[group.pk]), _group_words(group.next_at))
        for group in groups.order_by("next_at", "name")[:MOST]
    ]
    return [*_evening_links(user, now), *links]


def _group_words(next_at: datetime | None) -> str:
    if next_at is None:
        return _("Ingen kvelder foran. Deltakere, ringeliste og papirer.")
    day = formats.date_format(timezone.localtime(next_at), "l j. F")
    return _("Neste kveld er %(day)s. Hvem som bør få en telefon, og alt om gruppa.") % {"day": day}


def _evening_links(user: User, now: datetime) -> list[Link]:
    """The evening that is near, and the logs that are missing. One query."""
    own = user.assignments.current().values("group")
    near = Q(starts_at__gt=now - timedelta(hours=3), starts_at__lt=now + NEAR)
    waiting = Q(starts_at__lt=morning_of(now), log=None)
    rows = (
        evenings_led_by(user)
        .filter(near | waiting, group__in=own, cancelled_at=None)
        .select_related("group", "module")
        .order_by("-starts_at")[:MOST]
    )
    return [_evening_link(row, is_log=row.starts_at < morning_of(now)) for row in rows]


def _evening_link(evening: Evening, *, is_log: bool) -> Link:
    day = formats.date_format(timezone.localtime(evening.starts_at), "l j. F")
    words = {"group": evening.group.name, "number": evening.module.number, "day": day}
    if is_log:
        url = reverse("evenings:log", args=[evening.pk])
        said = _("%(group)s, %(day)s. Det tar halvannet minutt.") % words
        return _("Skriv loggen fra kveld %(number)s") % words, url, said
    url = reverse("evenings:evening", args=[evening.pk])
    return _("Kveld %(number)s") % words, url, _("%(group)s, %(day)s. Kveldsplan og oppmøte.") % words
