"""Who looked at whom, and who changed what: one line for each person and day, for her to read herself.

``record`` is called where somebody who works with the programme opens a participant's page, takes names out
of the site (a printed list, a phone), changes attendance or a place in a group, or writes out what somebody
has signed, and where figures leave.
What one does with one's own is not recorded, but for taking it out: a copy of everything is worth a trace.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils import timezone

from courses.models import Adult, AuditEvent

if TYPE_CHECKING:
    from collections.abc import Iterable

    from courses.models import User

Action = AuditEvent.Action
ALSO_ONESELF = frozenset({Action.DOWNLOADED})


def record(actor: User | None, action: object, *, about: Iterable[User | int] = (), detail: str = "") -> None:
    """One row for each person in ``about`` (users or their ids) today; asked again it changes nothing.

    Without ``about`` the row is of figures, and ``detail`` says which; it never says anything of a person.
    ``actor`` is None for a command that nobody has put a name to.
    One query, whatever the number, and two without an actor; none when there is nobody to write of.
    """
    people = {person if isinstance(person, int) else person.pk for person in about}
    if not people:
        if action in (Action.EXPORTED, Action.KEY_USED):
            AuditEvent.objects.create(actor=actor, action=action, detail=detail)
        return
    if actor is None:  # nobody is not the same as nobody, to a database: it would take a line each time
        today = AuditEvent.objects.filter(actor=None, action=action, on=timezone.localdate())
        people.difference_update(today.filter(about__in=people).values_list("about", flat=True))
    elif action not in ALSO_ONESELF:
        people.discard(actor.pk)
    rows = [AuditEvent(actor=actor, about_id=pk, action=action) for pk in sorted(people)]
    AuditEvent.objects.bulk_create(rows, ignore_conflicts=True)


def record_adults(actor: User, action: object, adults: Iterable[int]) -> None:
    """The same of adults, by their ids. Two queries, whatever the number; none without any."""
    if ids := set(adults):
        record(actor, action, about=Adult.objects.filter(pk__in=ids).values_list("user", flat=True))
