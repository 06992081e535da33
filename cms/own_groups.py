"""The contact person's way in: her groups, the next evening, and the logs that wait."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import Min, Q
from django.urls import reverse
from django.utils import formats, timezone
from django.utils.translation import gettext as _

from courses.attending import evenings_led_by
from courses.coaching import groups_led_by
from courses.days import tonight
from courses.projecting import morning_of

if TYPE_CHECKING:
    from datetime import datetime

    from courses.models import Evening, User

    Link = tuple[str, str, str]  # title, address, words

NEAR = timedelta(days=7)  # an evening this near has a way of its own
MOST = 6  # of each kind: more are on the page of groups


def own_groups(user: User) -> tuple[list[dict[str, Any]], list[Link]]:
    """Her evenings today (``components/tonight.html``), and what she does next. Two queries and her roles."""
    now = timezone.now()
    own = user.assignments.current().values("group")
    coming = Q(evenings__starts_at__gt=now - timedelta(hours=3), evenings__cancelled_at=None)
    groups = groups_led_by(user).filter(pk__in=own)
    groups = groups.annotate(next_at=Min("evenings__starts_at", filter=coming))
    links = [
        (group.name, reverse("evenings:group", args=[group.pk]), _group_words(group.next_at))
        for group in groups.order_by("next_at", "name")[:MOST]
    ]
    evenings = _evenings(user, now)
    today = [row for row in evenings if tonight(row.starts_at)]
    coming_ones = [row for row in evenings if row not in today and row.starts_at > now]
    logs = [row for row in evenings if row not in today and row.starts_at < now]
    ways = [_evening_link(row, is_log=False) for row in coming_ones]
    ways += [_evening_link(row, is_log=True) for row in reversed(logs)]
    return [_today(row, now) for row in today if not _is_done(row, now)], [*ways, *links]


def _group_words(next_at: datetime | None) -> str:
    if next_at is None:
        return _("Ingen kvelder foran. Deltakere, ringeliste og papirer.")
    local = timezone.localtime(next_at)
    if today := tonight(next_at):
        said = _("Kurskveld %(today)s kl. %(time)s. Hvem som bør få en telefon, og alt om gruppa.")
        return said % {"today": today, "time": formats.date_format(local, "H.i")}
    day = formats.date_format(local, "l j. F")
    return _("Neste kveld er %(day)s. Hvem som bør få en telefon, og alt om gruppa.") % {"day": day}


def _evenings(user: User, now: datetime) -> list[Evening]:
    """Today's and those that are near, and those whose log is missing, by time. One query."""
    own = user.assignments.current().values("group")
    near = Q(starts_at__gte=morning_of(now), starts_at__lt=now + NEAR)
    waiting = Q(starts_at__lt=morning_of(now), log=None)
    rows = (
        evenings_led_by(user)
        .filter(near | waiting, group__in=own, cancelled_at=None)
        .select_related("group", "module", "log")
        .order_by("-starts_at")[:MOST]
    )
    return list(rows)[::-1]


def _is_over(evening: Evening, now: datetime) -> bool:
    return evening.starts_at + timedelta(minutes=evening.minutes) <= now


def _is_done(evening: Evening, now: datetime) -> bool:
    return _is_over(evening, now) and hasattr(evening, "log")


def _today(evening: Evening, now: datetime) -> dict[str, Any]:
    over = _is_over(evening, now)
    return {
        "tonight": tonight(evening.starts_at),
        "starts_at": evening.starts_at,
        "number": evening.module.number,
        "group": evening.group.name,
        "place": evening.place,
        "url": reverse("evenings:log" if over else "evenings:evening", args=[evening.pk]),
        "button": _("Skriv loggen") if over else _("Åpne kvelden"),
    }


def _evening_link(evening: Evening, *, is_log: bool) -> Link:
    day = formats.date_format(timezone.localtime(evening.starts_at), "l j. F")
    words = {"group": evening.group.name, "number": evening.module.number, "day": day}
    if is_log:
        url = reverse("evenings:log", args=[evening.pk])
        said = _("%(group)s, %(day)s. Det tar halvannet minutt.") % words
        return _("Skriv loggen fra kveld %(number)s") % words, url, said
    url = reverse("evenings:evening", args=[evening.pk])
    return _("Kveld %(number)s") % words, url, _("%(group)s, %(day)s. Kveldsplan og oppmøte.") % words
