"""Sentences about one module: what families said of it, and how its evenings went."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from evaluation.releases.words_of_numbers import end, number
from evaluation.releases.words_of_reasons import why


def verdict(row: dict[str, Any]) -> str:
    """What families said of a module after the evening, on the scale's range."""
    if row["why"]:
        return why(row["why"])
    told = {"mean": number(row["verdict"]), "high": end(row["high"])}
    return _("%(mean)s av %(high)s") % told


def held(row: dict[str, Any]) -> list[str]:
    """How a module's evenings went, in short sentences."""
    said = []
    if row.get("evenings") is not None:
        n = row["evenings"]
        said.append(ngettext("%(n)d kveld er holdt.", "%(n)d kvelder er holdt.", n) % {"n": n})
    minutes = row.get("minutes_off")
    if minutes:
        said.append(_beside_the_plan(minutes))
    if row.get("adapted"):
        said.append(
            ngettext(
                "%(n)d kveld ble endret fra planen.", "%(n)d kvelder ble endret fra planen.", row["adapted"]
            )
            % {"n": row["adapted"]}
        )
    return said


def _beside_the_plan(minutes: int) -> str:
    n = abs(minutes)
    if minutes > 0:
        said = ngettext(
            "I snitt %(n)d minutt lengre enn planlagt.", "I snitt %(n)d minutter lengre enn planlagt.", n
        )
    else:
        said = ngettext(
            "I snitt %(n)d minutt kortere enn planlagt.", "I snitt %(n)d minutter kortere enn planlagt.", n
        )
    return said % {"n": n}
