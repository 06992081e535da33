"""When a group meets: dates suggested, moved and cancelled, always by the clock on the wall in Oslo.

Everything that hangs on an evening – calendar, reminders, the module's opening – hangs on the row, so moving
it moves all.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from courses import messaging
from courses.models import Evening, Gathering, SchoolHoliday

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from datetime import date

    from courses.models import Group, Municipality

FURTHEST = timedelta(days=3 * 365)  # what lies further away is a slip of the finger
EVES = {(12, 24): gettext_lazy("julaften"), (12, 31): gettext_lazy("nyttårsaften")}
REFRESHERS = ((6, 0), (0, 6))  # weeks and months after the last evening


class EveningError(Exception):
    """An evening cannot be there; the sentence says why."""


class InThePastError(EveningError):
    """It would begin before now, or it has begun already."""


class AtOnceError(EveningError):
    """Two evenings of the group would overlap."""


class NoSuchTimeError(EveningError):
    """The clock skips the time that night, or shows it twice."""


def by_the_clock(day: datetime) -> datetime:
    """A naive local time as a moment. Raises NoSuchTimeError for what the clock skips or shows twice."""
    zone = timezone.get_default_timezone()
    early, late = (day.replace(tzinfo=zone, fold=fold) for fold in (0, 1))
    if early.utcoffset() != late.utcoffset():
        raise NoSuchTimeError(_("Klokka stilles den natta. Velg et annet klokkeslett."))
    return early


def wall(moment: datetime) -> datetime:
    """What the clock on the wall in Oslo shows: naive."""
    return timezone.make_naive(moment, timezone.get_default_timezone())


# --- suggesting
def closed_days(first: date, last: date, municipalities: Collection[Municipality]) -> dict[date, str]:
    """Days from ``first`` to ``last`` when nobody should have to come, and why. One query."""
    import holidays  # here: few requests suggest dates

    closed: dict[date, str] = {}
    rows = SchoolHoliday.objects.filter(
        municipality__in=municipalities, first_day__lte=last, last_day__gte=first
    ).select_related("municipality")
    for holiday in rows:
        day = max(holiday.first_day, first)
        while day <= min(holiday.last_day, last):
            name = f"{holiday.name}, {holiday.municipality.name}"
            closed[day] = f"{closed[day]} · {name}" if day in closed else name
            day += timedelta(days=1)
    for year in range(first.year, last.year + 1):
        public = dict(holidays.country_holidays("NO", years=year, language="no"))
        for (month, number), name in EVES.items():
            public[first.replace(year=year, month=month, day=number)] = str(name)
        closed |= {day: name.lower() for day, name in public.items() if first <= day <= last}
    return closed


def suggest(
    first: datetime, modules: int, every_weeks: int, municipalities: Collection[Municipality]
) -> list[datetime]:
    """``modules`` evenings from ``first`` on, each a whole number of weeks after the one before it.

    A public holiday or a school holiday of one of the municipalities pushes the evening, and those after
    it, a week. The clock on the wall is the same at each, over summer time too. One query.
    """
    if not modules:
        return []
    day = wall(first)
    horizon = (day + FURTHEST).date()
    closed = closed_days(day.date(), horizon, municipalities)
    found: list[datetime] = []
    while len(found) < modules and day.date() < horizon:
        while day.date() in closed and day.date() < horizon:
            day += timedelta(weeks=1)
        found.append(by_the_clock(day))
        day += timedelta(weeks=every_weeks)
    return found


# --- checking
def refuse(starts_at: datetime, minutes: int, others: Iterable[Evening]) -> None:
    """Raises InThePastError or AtOnceError for an evening that cannot be among ``others``."""
    now = timezone.now()
    if starts_at <= now:
        raise InThePastError(_("Tidspunktet har vært. Velg et som kommer."))
    if starts_at > now + FURTHEST:
        raise EveningError(_("Datoen er mer enn tre år fram i tid. Se over årstallet."))
    ends_at = starts_at + timedelta(minutes=minutes)
    for other in others:
        if other.cancelled_at is None and starts_at < _end(other) and other.starts_at < ends_at:
            when = formats.date_format(timezone.localtime(other.starts_at), "j. F \\k\\l. H.i")
            raise AtOnceError(_("Gruppa har allerede en kveld da: %(when)s.") % {"when": when})


def _end(evening: Evening) -> datetime:
    return evening.starts_at + timedelta(minutes=evening.minutes)


# --- making
def months_after(day: datetime, months: int) -> datetime:
    """The same day of the month and the same clock; the month's last day where it is shorter. Naive."""
    count = day.month - 1 + months
    year, month = day.year + count // 12, count % 12 + 1
    last = (datetime(year + month // 12, month % 12 + 1, 1, tzinfo=UTC) - timedelta(days=1)).day
    return day.replace(year=year, month=month, day=min(day.day, last))


def make_refreshers(group: Group) -> list[Gathering]:
    """Six weeks and six months after the last evening, a week later where that day is closed."""
    last = group.evenings.filter(cancelled_at=None).order_by("-starts_at").first()
    if last is None:
        return []
    places = list(group.municipalities.all())
    titles = (_("Oppfriskning etter seks uker"), _("Oppfriskning etter seks måneder"))
    made = []
    for (weeks, months), title in zip(REFRESHERS, titles, strict=True):
        day = months_after(wall(last.starts_at) + timedelta(weeks=weeks), months)
        if months:  # the same weekday as the evenings
            day += timedelta(days=(wall(last.starts_at).weekday() - day.weekday()) % 7)
        starts_at = suggest(by_the_clock(day), 1, 1, places)[0]
        gathering = Gathering.objects.create(
            kind=Gathering.Kind.REFRESHER,
            group=group,
            title=title,
            starts_at=starts_at,
            minutes=120,
            place=last.place,
            video_link=last.video_link,
        )
        gathering.municipalities.set(places)
        messaging.plan_gathering(gathering)
        made.append(gathering)
    return made


# --- changing
@transaction.atomic
def move(
    evening: Evening,
    starts_at: datetime,
    *,
    series: bool = False,
    minutes: int | None = None,
    place: str | None = None,
    video_link: str | None = None,
    bring: str | None = None,
) -> list[Evening]:
    """Gives an evening another time, place or length; what is None stays. A cancelled one comes back.

    ``series`` moves the evenings after it, and the refreshers, by as many days and as much by the clock, and
    gives them the same place and length. Those that moved. Raises EveningError, and changes nothing then.
    """
    rows = list(Evening.objects.select_for_update().filter(group=evening.group_id).order_by("starts_at"))
    chosen = next(row for row in rows if row.pk == evening.pk)
    if chosen.starts_at <= timezone.now() and chosen.cancelled_at is None:
        raise InThePastError(_("Kvelden har vært og kan ikke flyttes."))
    given: dict[str, Any] = {"minutes": minutes, "place": place, "video_link": video_link}
    given = {name: value for name, value in given.items() if value is not None}
    later = [row for row in rows if row.starts_at > chosen.starts_at and row.cancelled_at is None]
    moving = [chosen, *(later if series else [])]
    step = wall(starts_at) - wall(chosen.starts_at)
    times = [starts_at, *(by_the_clock(wall(row.starts_at) + step) for row in moving[1:])]
    staying = [row for row in rows if row not in moving]
    changed, told = [], []
    for row, at in zip(moving, times, strict=True):
        refuse(at, given.get("minutes", row.minutes), staying)
        own = {"bring": bring} if row is chosen and bring is not None else {}
        was = row.starts_at
        if what := _change(row, {"starts_at": at} | given | own):
            changed.append(row)
            messaging.plan_evening(row)
        if what in ("moved", "place"):
            told.append((row, what, was))
        staying.append(row)
    refreshers = _move_refreshers(evening.group_id, step) if series and step else []
    _tell(told, refreshers)
    return changed


def _tell(
    evenings: list[tuple[Evening, str, datetime]], refreshers: list[tuple[Gathering, datetime]]
) -> None:
    """One message for what changed together; what begins within two days, or is alone, gets its own."""
    together = [(row, what) for row, what, was in evenings if not messaging.is_near(row, was)]
    alone = len(together) < 2
    for row, what, was in evenings:
        if alone or messaging.is_near(row, was):
            messaging.plan_change(row, what, was)
    for gathering, was in refreshers:
        if alone or messaging.is_near(gathering, was):
            messaging.plan_gathering_change(gathering, "moved", was)
        else:
            messaging.plan_gathering(gathering)
    if not alone:
        whats = {what for _row, what in together}
        messaging.plan_series("moved" if "moved" in whats else "place", [row for row, _what in together])


def _change(row: Evening | Gathering, values: dict[str, Any]) -> str:
    """Saves what differs, counted as one change. «moved», «place», «quiet» (length, what to bring), or «»."""
    differs = {name for name, value in values.items() if getattr(row, name) != value}
    back = row.cancelled_at is not None
    if not differs and not back:
        return ""
    for name, value in values.items():
        setattr(row, name, value)
    row.cancelled_at, row.changed_at = None, timezone.now()
    row.sequence += 1
    row.save()
    if back or "starts_at" in differs:
        return "moved"
    return "place" if differs & {"place", "video_link"} else "quiet"


def _move_refreshers(group: int, step: timedelta) -> list[tuple[Gathering, datetime]]:
    """Those that moved, and when each was to begin before."""
    moved = []
    rows = Gathering.objects.filter(
        group=group, kind=Gathering.Kind.REFRESHER, starts_at__gt=timezone.now(), cancelled_at=None
    )
    for row in rows:
        was = row.starts_at
        _change(row, {"starts_at": by_the_clock(wall(was) + step)})
        moved.append((row, was))
    return moved


@transaction.atomic
def cancel(evening: Evening) -> None:
    """Cancels an evening that has not been, and says so to everybody. Raises InThePastError."""
    row = Evening.objects.select_for_update().get(pk=evening.pk)
    if row.starts_at <= timezone.now():
        raise InThePastError(_("Kvelden har vært og kan ikke avlyses."))
    if row.cancelled_at is None:
        row.cancelled_at = row.changed_at = timezone.now()
        row.sequence += 1
        row.save(update_fields=["cancelled_at", "changed_at", "sequence"])
        messaging.plan_change(row, "cancelled")
