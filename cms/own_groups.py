"""The contact person's way in: her groups, the next evening, and the logs that wait."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Exists, IntegerField, Min, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from courses.access import in_force
from courses.attending import evenings_led_by
from courses.coaching import groups_led_by
from courses.days import tonight
from courses.held import ends_at, was_held
from courses.models import Assignment, Attendance, Enrolment, WalkIn
from courses.projecting import morning_of

if TYPE_CHECKING:
    from datetime import datetime

    from django.db.models import QuerySet

    from courses.models import Evening, User
    from courses.models.evenings import EveningQuerySet

    Link = tuple[str, str, str]  # title, address, words

NEAR = timedelta(days=7)  # an evening this near has a way of its own
MOST = 6  # of each kind: more are on the page of groups
RECENT = timedelta(days=14)  # so long somebody is asked to mark who was there, as the log can be written


def own_groups(user: User) -> tuple[list[dict[str, Any]], list[Link]]:
    """Her evenings today (``components/tonight.html``), and what she does next. Two queries and her roles."""
    now = timezone.now()
    own = user.assignments.current().values("group")
    coming = Q(evenings__starts_at__gt=now, evenings__cancelled_at=None)
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
    ways = [_evening_link(row) for row in coming_ones]
    ways += [_afterwards_link(row) for row in reversed(logs)]
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
    """Today's and those that are near, and those that lack a log or a mark, by time. One query.

    Each has ``unmarked`` (adults) and ``unjoined`` (who walked in and is nobody's name yet).
    """
    own = user.assignments.current().values("group")
    near = Q(starts_at__gte=morning_of(now), starts_at__lt=now + NEAR)
    without_marks = Q(starts_at__gte=now - RECENT) & (Q(unmarked__gt=0) | Q(unjoined__gt=0))
    waiting = Q(starts_at__lt=morning_of(now)) & (Q(log=None) | without_marks)
    rows = (
        _with_what_lacks(evenings_led_by(user))
        .filter(near | waiting, group__in=own, cancelled_at=None)
        .select_related("group", "module", "log")
        .order_by("-starts_at")[:MOST]
    )
    return list(rows)[::-1]


def _with_what_lacks(evenings: EveningQuerySet) -> EveningQuerySet:
    """Not marked are those who take part today and did then, but for whoever has a pause or leads."""
    marked = Attendance.objects.filter(adult=OuterRef("adult"), evening=OuterRef(OuterRef("pk")))
    leading = Assignment.objects.filter(in_force(), group=OuterRef("group")).values("user")
    taking = Enrolment.objects.filter(
        in_force(),
        ~Exists(marked.exclude(state=Attendance.State.UNKNOWN)),
        group=OuterRef("group"),
        paused_on=None,
        starts_on__lte=OuterRef("starts_at__date"),
    ).exclude(adult__user__in=leading)
    unjoined = WalkIn.objects.filter(evening=OuterRef("pk"), adult=None).exclude(name="")
    return evenings.annotate(unmarked=_number(taking, "group"), unjoined=_number(unjoined, "evening"))


def _number(rows: QuerySet[Any], of: str) -> Coalesce:
    counted = rows.order_by().values(of).annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)


def _is_done(evening: Evening, now: datetime) -> bool:
    return was_held(evening, now) and hasattr(evening, "log") and not _lacking(evening)


def _lacking(evening: Any) -> str:
    """Who is not marked, and who walked in and is not on the list, in a sentence; empty without any."""
    words = []
    if evening.unmarked:
        words.append(
            ngettext("Én er ikke merket ennå.", "%(n)d er ikke merket ennå.", evening.unmarked)
            % {"n": evening.unmarked}
        )
    if evening.unjoined:
        words.append(
            ngettext(
                "Én som kom innom, er ikke ført på lista.",
                "%(n)d som kom innom, er ikke ført på lista.",
                evening.unjoined,
            )
            % {"n": evening.unjoined}
        )
    return " ".join(words)


def _today(evening: Evening, now: datetime) -> dict[str, Any]:
    page = reverse("evenings:evening", args=[evening.pk])
    card = {
        "tonight": tonight(evening.starts_at),
        "starts_at": evening.starts_at,
        "ends_at": ends_at(evening),
        "begun": evening.starts_at <= now,
        "over": was_held(evening, now),
        "number": evening.module.number,
        "group": evening.group.name,
        "place": evening.place,
        "page": page,
        "url": page,
        "button": _("Åpne kvelden"),
    }
    if not card["over"]:
        return card
    card |= {"lacking": _lacking(evening), "attendance_url": f"{page}#oppmote"}
    if hasattr(evening, "log"):
        return card | {"url": f"{page}#oppmote", "button": _("Til oppmøtet")}
    return card | {"url": reverse("evenings:log", args=[evening.pk]), "button": _("Skriv loggen")}


def _evening_link(evening: Evening) -> Link:
    words = _words_of(evening)
    url = reverse("evenings:evening", args=[evening.pk])
    return _("Kveld %(number)s") % words, url, _("%(group)s, %(day)s. Kveldsplan og oppmøte.") % words


def _afterwards_link(evening: Evening) -> Link:
    """To the log that waits; once it is written, to the list."""
    words = _words_of(evening)
    if hasattr(evening, "log"):
        url = f"{reverse('evenings:evening', args=[evening.pk])}#oppmote"
        said = _("%(group)s, %(day)s.") % words
        return _("Oppmøtet fra kveld %(number)s") % words, url, f"{said} {_lacking(evening)}"
    url = reverse("evenings:log", args=[evening.pk])
    said = _("%(group)s, %(day)s. Det tar halvannet minutt.") % words
    return _("Skriv loggen fra kveld %(number)s") % words, url, said


def _words_of(evening: Evening) -> dict[str, Any]:
    day = formats.date_format(timezone.localtime(evening.starts_at), "l j. F")
    return {"group": evening.group.name, "number": evening.module.number, "day": day}
