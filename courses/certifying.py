"""Course certificates: who has one, what it says, and the code that a public page checks.

A certificate hangs on the completion rule alone (``courses/progress.py``). It is issued when the rule first
holds, follows later corrections of the marks it counts, and is taken back only when such a correction means
that the course was never done; a changed rule takes nothing back.
"""

from __future__ import annotations

import re
import secrets
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from courses.models import Attendance, Certificate, EditionModule, Enrolment
from courses.progress import COUNTS_AS_THERE, CourseProgress, ModuleProgress

if TYPE_CHECKING:
    from collections.abc import Iterable

    from courses.models import Adult, Group

SIGNS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # none that is read as another: no 0 O, no 1 I L, no U
NOT_MARKED = "unknown"
FOURS = 3  # XXXX-XXXX-XXXX: 30¹² codes, about 59 bits


@dataclass(frozen=True)
class Mark:
    """The mark that counts for one adult in one module, and how long that evening lasted."""

    state: str  # Attendance.State
    minutes: int


@dataclass(frozen=True)
class Earned:
    """What an adult's marks amount to in an edition."""

    is_done: bool
    minutes: int
    evenings_there: int
    made_up: int

    @property
    def numbers(self) -> dict[str, int]:
        return {"minutes": self.minutes, "evenings_there": self.evenings_there, "made_up": self.made_up}


def new_code() -> str:
    """A code nobody can guess, easy to read aloud."""
    return "-".join("".join(secrets.choice(SIGNS) for _sign in range(4)) for _four in range(FOURS))


def normal_code(typed: str) -> str:
    """A code as it is stored: small letters, spaces and missing hyphens do no harm. Never longer."""
    bare = re.sub(r"[\W_]", "", typed[:60]).upper()[: 4 * FOURS]
    return "-".join(bare[start : start + 4] for start in range(0, len(bare), 4))


def certificate_with(typed: str) -> Certificate | None:
    """A code's certificate, with its programme; None when there is none. One query, whatever is typed."""
    rows = Certificate.objects.select_related("group__edition__programme", "adult")
    return rows.filter(code=normal_code(typed)).first()


def settle(group: Group, adults: Iterable[Adult] | None = None) -> list[Certificate]:
    """Bring the certificates of a group, or of some of its adults, in line with their marks.

    Returns those that stand. Six queries at any size, and at most three writes when something is new.
    """
    with transaction.atomic():
        earned = _earned(group, adults)
        standing = {
            row.adult_id: row
            for row in Certificate.objects.select_for_update().filter(group=group, adult__in=earned)
        }
        done = [adult for adult, sum_ in earned.items() if sum_.is_done and adult not in standing]
        Certificate.objects.bulk_create(
            [
                Certificate(adult_id=adult, group=group, code=new_code(), **earned[adult].numbers)
                for adult in done
            ],
            ignore_conflicts=True,  # another request was first
        )
        _follow(standing, earned)
    return list(Certificate.objects.filter(group=group, adult__in=earned).order_by("pk"))


def certificate_of(adult: Adult, group: Group) -> Certificate | None:
    """An adult's certificate in a group, issued now if the course is done; None until then."""
    return next(iter(settle(group, [adult])), None)


def _follow(standing: dict[int, Certificate], earned: dict[int, Earned]) -> None:
    """Certificates whose marks have been corrected since."""
    gone = [
        row.pk
        for adult, row in standing.items()
        if not earned[adult].is_done and earned[adult].evenings_there < row.evenings_there
    ]
    if gone:
        Certificate.objects.filter(pk__in=gone).delete()
    changed = []
    for adult, row in standing.items():
        numbers = earned[adult].numbers
        if row.pk not in gone and any(getattr(row, name) != value for name, value in numbers.items()):
            for name, value in numbers.items():
                setattr(row, name, value)
            changed.append(row)
    if changed:
        Certificate.objects.bulk_update(changed, ["minutes", "evenings_there", "made_up"])


def _earned(group: Group, adults: Iterable[Adult] | None) -> dict[int, Earned]:
    """What everybody who takes or took the group has earned, by the adult's id. Four queries."""
    takers = _takers(group, adults)
    modules = list(
        EditionModule.objects.filter(edition=group.edition_id, language="nb")
        .order_by("position")
        .values_list("module_id", "position", "obligatory")
    )
    marks = _marks(group, takers)
    required = group.edition.programme.evenings_required
    return {adult: _sum(modules, marks[adult], required) for adult in takers}


def _takers(group: Group, adults: Iterable[Adult] | None) -> set[int]:
    """Whoever has the group as her newest in its programme: a change of group gives one certificate.

    One query.
    """
    newest = Enrolment.objects.filter(group__edition__programme=group.edition.programme_id)
    if adults is not None:
        newest = newest.filter(adult__in=[adult.pk for adult in adults])
    else:
        newest = newest.filter(adult__enrolments__group=group)
    last: dict[int, int] = {}
    for adult, taken in newest.order_by("starts_on", "pk").values_list("adult_id", "group_id"):
        last[adult] = taken
    return {adult for adult, taken in last.items() if taken == group.pk}


def _marks(group: Group, adults: set[int]) -> dict[int, dict[int, Mark]]:
    """By adult and module. Two queries.

    A mark that counts is not undone by another group's. An evening counts for one certificate: those of a
    group that gave one before are spent.
    """
    spent = set(
        Certificate.objects.filter(
            adult__in=adults, group__edition__programme=group.edition.programme_id
        ).values_list("adult_id", "group_id")
    )
    rows = Attendance.objects.filter(
        adult__in=adults, evening__module__programme=group.edition.programme_id
    ).order_by("evening__starts_at", "pk")
    columns = ("adult_id", "evening__group_id", "evening__module_id", "state", "evening__minutes")
    marks: dict[int, dict[int, Mark]] = defaultdict(dict)
    for adult, taken, module, state, minutes in rows.values_list(*columns):
        kept = marks[adult].get(module)
        if taken != group.pk and (adult, taken) in spent:
            continue
        if kept is None or kept.state not in COUNTS_AS_THERE:
            marks[adult][module] = Mark(state, minutes)
    return marks


def _sum(modules: list[tuple[int, int, bool]], marks: dict[int, Mark], required: int) -> Earned:
    none = Mark(NOT_MARKED, 0)
    course = CourseProgress(
        [
            ModuleProgress(position, obligatory, (), frozenset(), attendance=marks.get(module, none).state)
            for module, position, obligatory in modules
        ],
        required,
    )
    minutes = sum(
        mark.minutes
        for module, _position, _obligatory in modules
        if (mark := marks.get(module, none)).state in COUNTS_AS_THERE
    )
    return Earned(course.is_done, minutes, course.evenings_there, course.made_up)


def hours_words(minutes: int) -> str:
    """«13 timer og 30 minutter», in the active language."""
    hours, rest = divmod(minutes, 60)
    words = []
    if hours:
        words.append(ngettext("%(n)s time", "%(n)s timer", hours) % {"n": hours})
    if rest or not hours:
        words.append(ngettext("%(n)s minutt", "%(n)s minutter", rest) % {"n": rest})
    return _(" og ").join(words)
