"""A contact person's rows put into words for the page: coarse, and never what is lacking in someone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from courses.calling import wish_words
from courses.local import spaced
from courses.progress import COUNTS_AS_THERE, Reading

if TYPE_CHECKING:
    from courses.coaching import GroupSeen, Meeting, Person

READING = {
    Reading.DONE: gettext_lazy("lest"),
    Reading.UNDER_WAY: gettext_lazy("i gang"),
    Reading.NOT_STARTED: gettext_lazy("ikke begynt"),
}
ATTENDANCE = {
    "present": gettext_lazy("til stede"),
    "partly": gettext_lazy("delvis til stede"),
    "made-up": gettext_lazy("tatt igjen"),
    "excused": gettext_lazy("meldte forfall"),
    "absent": gettext_lazy("ikke til stede"),
}


def numbers_in_words(numbers: list[int]) -> str:
    """[1, 2, 3, 5] is «1–3, 5»."""
    runs: list[list[int]] = []
    for number in sorted(numbers):
        if runs and runs[-1][-1] == number - 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return ", ".join(str(run[0]) if len(run) == 1 else f"{run[0]}–{run[-1]}" for run in runs)


def person_card(seen: GroupSeen, person: Person) -> dict[str, Any]:
    """One adult for the page. No query."""
    modules = [_cell(person, words.module.pk, words.module.number) for words in seen.modules]
    numbers = {words.module.pk: words.module.number for words in seen.modules}
    return {
        "pk": person.pk,
        "name": person.name,
        "shielded": person.shielded,
        "phone": spaced(person.mobile),
        "tel": person.mobile,
        "email": "" if person.mobile else person.email,
        "paused_on": person.paused_on,
        "modules": modules,
        "reading": _summary(modules, "reading"),
        "attendance": _summary([cell for cell in modules if cell["attendance"]], "attendance"),
        "catch_ups": [
            {
                "pk": row.pk,
                "number": numbers.get(row.module, ""),
                "begun": row.state == "under-way",
                "read": row.read_at is not None,
                "call_at": row.call_at,
                "neighbour_at": row.neighbour_at,
            }
            for row in person.catch_ups
        ],
        "call": {"pk": person.call.pk, "wish": wish_words(person.call)} if person.call else None,
    }


def _cell(person: Person, module: int, number: int) -> dict[str, Any]:
    reading = person.reading.get(module, Reading.NOT_STARTED)
    state = person.attendance.get(module, "")
    return {
        "number": number,
        "read": reading.value,
        "there": "made-up" if state == "made-up" else "there" if state in COUNTS_AS_THERE else "",
        "reading": str(READING[reading]),
        "attendance": str(ATTENDANCE[state]) if state else "",
    }


def _summary(cells: list[dict[str, Any]], key: str) -> str:
    """«1–3 lest, 4 i gang, 5–6 ikke begynt», in the order in which they first come."""
    by_words: dict[str, list[int]] = {}
    for cell in cells:
        by_words.setdefault(cell[key], []).append(cell["number"])
    return ", ".join(f"{numbers_in_words(numbers)} {words}" for words, numbers in by_words.items())


def card_of(row: Meeting) -> dict[str, Any]:
    """An evening as ``components/evening_card.html`` shows it, and what a list of dates needs."""
    return {
        "pk": row.pk,
        "number": row.words.module.number if row.words else "",
        "title": row.words.title if row.words else "",
        "starts_at": row.starts_at,
        "place": row.place,
        "bring": row.bring,
        "cancelled": row.cancelled_at is not None,
        "has_log": row.log is not None,
    }


def invitations_of(seen: GroupSeen) -> list[dict[str, Any]]:
    """Households on their way in, one row each: who, and whether they wait for a seat."""
    rows: dict[int, dict[str, Any]] = {}
    for invited in seen.invited:
        row = rows.setdefault(
            invited.invitation, {"names": [], "waiting": invited.waiting, "shielded": invited.shielded}
        )
        row["names"].append(invited.name)
        row["expires_at"] = invited.expires_at
    joined = str(_(" og "))
    return [row | {"names": joined.join(row["names"])} for row in rows.values()]
