"""Whose time here is over: six months after the last thing the programme or its study wanted of a person.

And when a study is done with what it knows of who was asked: when nobody can pair it, and all is counted.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import F, Max
from django.utils import timezone

from courses.models import Adult, Enrolment, Evening, Gathering, GuidanceMeeting, Role, SignUp, User
from evaluation.answers.signed import kept_with_account
from evaluation.models import Occasion, Participation, Study, Wave

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from django.db.models import QuerySet

PEOPLE_KEPT = timedelta(days=183)  # after the last contact


def people_over(now: datetime) -> list[int]:
    """The ids of users to be erased by ``now``. Ten queries, whatever the number of people.

    Nobody with a role in force, and none of those whom only the invitation knows (``courses/forgetting.py``).
    """
    day = timezone.localdate(now)
    contact = _last_contact()
    working = set(Role.objects.active(day).values_list("user", flat=True))
    safe = set(User.objects.exclude(is_superuser=False, is_staff=False).values_list("pk", flat=True))
    return sorted(
        user
        for user, last in contact.items()
        if last + PEOPLE_KEPT < day and user not in working and user not in safe
    )


def _last_contact() -> dict[int, date]:
    """The last day each adult, and each who has had a role, was or will be wanted for anything."""
    last: dict[int, date] = {}

    def seen(rows: Iterable[tuple[int, Any]]) -> None:
        for user, when in rows:
            if user is None or when is None:
                continue
            day = timezone.localdate(when) if isinstance(when, datetime) else when
            last[user] = max(last.get(user, day), day)

    seen(Adult.objects.values_list("user", "user__date_joined"))
    seen(_of_groups())
    seen(Role.objects.values_list("user", "ends_on"))
    seen(Participation.objects.values_list("user").annotate(last=Max("occasion__closes_at")))
    seen(SignUp.objects.values_list("user").annotate(last=Max("gathering__starts_at")))
    seen(GuidanceMeeting.objects.values_list("family__adults__user").annotate(last=Max("at")))
    return last


def _of_groups() -> list[tuple[int, date]]:
    """Each adult's last day in each group: when she left, or the last evening and the last form after it."""
    evenings = dict(Evening.objects.values_list("group").annotate(last=Max("starts_at")))
    gatherings = dict(
        Gathering.objects.filter(group__isnull=False).values_list("group").annotate(last=Max("starts_at"))
    )
    waits = _asked_after()
    found = []
    for user, group, programme, starts_on, ends_on in Enrolment.objects.values_list(
        "adult__user", "group", "group__edition__programme", "starts_on", "ends_on"
    ):
        days = [ends_on or starts_on]
        if ends_on is None:
            held = [timezone.localdate(rows[group]) for rows in (evenings, gatherings) if rows.get(group)]
            days += held
            days += [day + timedelta(days=waits[programme]) for day in held[:1] if group in evenings]
        found.append((user, max(days)))
    return found


def _asked_after() -> dict[int, int]:
    """For each programme how many days after the last evening its study closes its last form."""
    waits: dict[int, int] = defaultdict(int)
    rows = Wave.objects.filter(anchor=Wave.Anchor.LAST_EVENING).values_list("study__programme")
    for programme, days in rows.annotate(last=Max(F("opens_after_days") + F("open_for_days"))):
        waits[programme] = max(days, 0)
    return waits


def asked_in_ended_studies(now: datetime) -> QuerySet[Participation]:
    """Without those that lead to answers with a name: these last as long as the account."""
    return kept_with_account(of_ended_studies(Participation, "occasion__wave__study")(now))


def of_ended_studies(model: Any, path: str) -> Callable[[datetime], QuerySet[Any]]:
    """Of studies whose pairing key is gone, and in which no answer can come or waits to be counted."""

    def rows(now: datetime) -> QuerySet[Any]:
        uncounted = Occasion.objects.filter(state__in=[Occasion.State.OPEN, Occasion.State.CLOSED])
        ended = Study.objects.filter(sunset_done_on__lte=timezone.localdate(now))
        over = ended.exclude(pk__in=uncounted.values("wave__study"))
        return model.objects.filter(**{f"{path}__in": over.values("pk")})

    return rows
