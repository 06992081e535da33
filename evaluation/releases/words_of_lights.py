"""Sentences about traffic lights: what was measured, against which limits, and what there is to decide."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from evaluation.releases.words import in_language
from evaluation.releases.words_of_numbers import end, number


def light(code: str) -> str:
    return {
        "green": _("grønt"),
        "yellow": _("gult"),
        "red": _("rødt"),
        "none": _("ikke nok å vise"),
    }[code]


def measure(row: dict[str, Any], language: str) -> str:
    if row["measure"] == "outcome":
        title = row.get("title")
        return _("Gjennomsnitt: %(scale)s") % {
            "scale": in_language(title, language) if title else row["scale"]
        }
    return {
        "attendance": _("Voksne med %(evenings)s, medregnet dem de tok igjen") % {"evenings": enough(row)},
        "pairs": _("Svarte både før og etter"),
        "adherence": _("Kjerneelementer gjennomført"),
    }[row["measure"]]


def enough(row: dict[str, Any]) -> str:
    """«minst 5 av 6 kvelder», as the course asks; without the number planned where that is less."""
    needed, planned = row.get("needed"), row.get("planned") or 0
    if needed is None:  # let out before it was stored
        return _("nok kvelder")
    told = {"needed": needed, "planned": planned}
    if planned < needed:
        return ngettext("minst %(needed)d kveld", "minst %(needed)d kvelder", needed) % told
    return (
        ngettext("minst %(needed)s av %(planned)s kveld", "minst %(needed)s av %(planned)s kvelder", planned)
        % told
    )


def criterion(row: dict[str, Any]) -> str:
    """«82 %, grønt (grønt fra 80 %, rødt under 60 %)»; the other way round where low is good. Without the
    number where that is not told.
    """
    is_mean = row["measure"] == "outcome"

    def told(value: float) -> str:  # a limit with all its decimals: a light must not contradict it
        few = number(value) if is_mean and round(value, 1) == value else end(value)
        return few if is_mean else f"{few}\u00a0%"

    bounds = _("grønt fra %(green)s, rødt under %(red)s")
    if row.get("better") == "low":
        bounds = _("grønt til og med %(green)s, rødt over %(red)s")
    bounds %= {"green": told(row["green"]), "red": told(row["red"])}
    found = "" if row["value"] is None else f"{told(row['value'])}, "
    return f"{found}{light(row['light'])} ({bounds})"


def decisions(criteria: list[dict[str, Any]], language: str) -> list[str]:
    """What the lights ask of a steering group; nothing is decided by a number alone."""
    asked = []
    for row in criteria:
        told = {"what": measure(row, language)}
        if row["light"] == "red" and row.get("better") == "low":
            asked.append(_("%(what)s er over grensen. Hva må endres før dere går videre?") % told)
        elif row["light"] == "red":
            asked.append(_("%(what)s er under grensen. Hva må endres før dere går videre?") % told)
        elif row["light"] == "yellow":
            asked.append(_("%(what)s er mellom grensene. Hva kan gjøres bedre underveis?") % told)
        elif row["light"] == "none" and row["measure"] in ("attendance", "adherence"):
            asked.append(_("%(what)s kan ikke vises ennå. Er oppmøte og logg ført for alle kveldene?") % told)
        elif row["light"] == "none":
            asked.append(_("%(what)s kan ikke vises ennå. Hvordan får dere nok svar?") % told)
    if criteria and not asked:
        asked.append(_("Alle målene er nådd. Hva bør dere passe på å beholde?"))
    return [*asked, _("Går dere videre som planlagt, med endringer, eller venter dere?")]
