"""Numbers as they are read, and a change with the way it went, in the active language.

A change is stored turned, so that plus is better where the scale has a better end. Where low is good that
looks like a contradiction: «fra 3,4 til 3,0 (+0,4)». So a change is never told as a number with a sign, but
as «0,4 til det bedre»: on pages, in pictures' words and tables, and in reports, by ``moved`` and ``between``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.formats import number_format
from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from collections.abc import Callable

Row = dict[str, Any]


def number(value: float | None, decimals: int = 1) -> str:
    """«3,4», with a real minus; a dash for none."""
    if value is None:
        return "–"
    return str(number_format(value, decimals)).replace("-", "−")


def end(value: float) -> str:
    """An end of a scale's range, with as many decimals as it has, two at most: «1», «62,5»."""
    return number(value, next(few for few in (0, 1, 2) if few == 2 or round(value, few) == value))


def percent(value: float | None) -> str:
    """With a space that does not break."""
    return "–" if value is None else f"{round(value)}\u00a0%"


def has_a_better_end(row: Row) -> bool:
    return bool(row["better"] != "neither")


WAYS: dict[tuple[bool, bool], Callable[[], str]] = {  # whether there is a better end, and whether it is plus
    (True, True): lambda: _("%(n)s til det bedre"),
    (True, False): lambda: _("%(n)s til det verre"),
    (False, True): lambda: _("%(n)s opp"),
    (False, False): lambda: _("%(n)s ned"),
}


def moved(change: float, row: Row) -> str:
    """«0,4 til det bedre», of a change on the scale of ``row``; «0,4 opp» where neither end is better."""
    if not change:
        return number(change)
    return WAYS[has_a_better_end(row), change > 0]() % {"n": number(abs(change))}


def between(ends: list[float] | None, row: Row) -> str:
    """«0,1 og 0,5 til det bedre», «0,1 til det verre og 0,3 til det bedre»; a dash for none."""
    if not ends:
        return "–"
    if ends[0] < 0 < ends[1]:
        return _("%(low)s og %(high)s") % {"low": moved(ends[0], row), "high": moved(ends[1], row)}
    near, far = sorted(ends, key=abs)
    return _("%(low)s og %(high)s") % {"low": number(abs(near)), "high": moved(far, row)}


def plus(row: Row) -> str:
    """What a plus is, where a change has to stand as a number with its sign."""
    return _("Pluss er til det bedre.") if has_a_better_end(row) else _("Pluss er opp.")


def right(row: Row) -> str:
    """The same of a picture's axis."""
    return _("Til høyre (pluss) er bedre.") if has_a_better_end(row) else _("Til høyre (pluss) er opp.")
