"""What is done for good with keys and answers is done by two people, by name.

What rests on their word that something is lost they say again when a night has passed: somebody may have
looked in the wrong place. The audit trail has what each has said.
"""

from __future__ import annotations

import os
import pwd
from datetime import timedelta
from typing import TYPE_CHECKING

from django.utils import timezone

from courses.models import AuditEvent
from evaluation.answers.keys import record_use

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    Two = tuple[str, str]

TWO = 2
LONGEST_NAME = 70  # signs: whole in a line of the audit trail


NIGHT, STALE = timedelta(days=1), timedelta(days=30)  # between saying it and doing it


class NotTwoError(Exception):
    """Not two people by name; its text says what lacks."""


def two_names(given: Sequence[str], option: str) -> Two:
    """Raises NotTwoError for one person, or the same one twice."""
    names = [" ".join(name.split()) for name in given if name.strip()]
    if len(names) != TWO or names[0].casefold() == names[1].casefold():
        raise NotTwoError(f"To personer trengs: {option} NAVN {option} NAVN. Ingenting er endret.")
    if max(map(len, names)) > LONGEST_NAME:
        raise NotTwoError(f"Et navn kan ha høyst {LONGEST_NAME} tegn. Ingenting er endret.")
    return names[0], names[1]


def said_a_night_ago(what: str, by: Two) -> bool:
    """Whether both have said so by yesterday, and not long ago. What is said today is noted, once."""
    today = timezone.localdate()
    if _said(what, by, until=today - NIGHT):
        return True
    if not _said(what, by, until=today):
        record(what, by)
    return False


def record(what: str, by: Two, more: str = "") -> None:
    """A line for each of them, and one of who ran it: together they would not have room in one."""
    record_use(f"{what}{more}, kjørt av {runner()}")
    for name in by:
        record_use(f"{what}: {name}")


def runner() -> str:
    """The operating system's user, which nobody can choose as a word; behind sudo also who asked for it."""
    try:
        name = pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        name = str(os.getuid())
    asked = os.environ.get("SUDO_USER", "")
    return (f"{name} (sudo: {asked})" if asked else name)[:40]


def _said(what: str, by: Two, *, until: date) -> bool:
    lines = {f"{what}: {name}" for name in by}
    noted = AuditEvent.objects.filter(action=AuditEvent.Action.KEY_USED, detail__in=lines)
    noted = noted.filter(on__lte=until, on__gte=timezone.localdate() - STALE)
    return set(noted.values_list("detail", flat=True)) == lines
