"""How many changed by more than chance, in words of shares and not in numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from evaluation.releases.words_of_numbers import has_a_better_end

if TYPE_CHECKING:
    from collections.abc import Callable

AMOUNTS: dict[str, tuple[int, Callable[[], str]]] = {  # how many of five blocks, and the word
    "few": (0, lambda: _("få eller ingen")),
    "some": (2, lambda: _("noen")),
    "half": (3, lambda: _("omtrent halvparten")),
    "most": (4, lambda: _("de fleste")),
    "all": (5, lambda: _("nesten alle")),
}


def amount(code: str) -> tuple[int, str]:
    many, word = AMOUNTS[code]
    return many, word()


def spread(row: dict[str, Any]) -> str:
    """How many changed by more than chance, in words; empty where it is not told."""
    part = row.get("spread")
    if not part or part["why"]:
        return ""
    told = {name: amount(part[name])[1] for name in ("better", "same", "worse")}
    if not has_a_better_end(row):
        return _("Tydelig høyere: %(better)s. Omtrent likt: %(same)s. Tydelig lavere: %(worse)s.") % told
    return _("Tydelig bedre: %(better)s. Omtrent likt: %(same)s. Tydelig dårligere: %(worse)s.") % told
