"""Sentences about how the programme was given and whom it reached: flow, RE-AIM, modules, traffic lights."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from evaluation.releases.words import ADULT, in_language, scale_title
from evaluation.releases.words_of_numbers import between, end, moved, number, percent


def phase(code: str) -> str:
    return {"pilot": _("pilot"), "implementation": _("implementering")}[code]


# --- who was asked
def unsaid(flow: dict[str, Any]) -> str:
    """Why nothing is said of how many were asked; empty where the figure says it."""
    if flow["why"] == "unasked":
        return _(
            "Svarene er lagt inn uten at noen ble spurt her. Derfor vises ikke hvor mange som ble spurt."
        )
    return _("Hvor mange som ble spurt, vises ikke: de er for få.") if flow["why"] else ""


def answered(flow: dict[str, Any], audience: str = ADULT) -> str:
    """Of those asked, in a sentence or two; empty where it is not told."""
    if flow["why"]:
        return ""
    said = _answered(flow, audience)
    return f"{said} {_('Skjemaer etter hver kveld er ikke med her.')}" if "evenings" in flow else said


WHO = {  # were asked
    ADULT: lambda: _("voksne"),
    "contact-person": lambda: _("kontaktpersoner"),
    "leader": lambda: _("ledere"),
}


def _answered(flow: dict[str, Any], audience: str) -> str:
    told = {
        "asked": _at_least(flow["asked"]),
        "answered": _at_least(flow["answered"]).lower(),
        "share": percent(flow.get("percent")),
        "who": WHO[audience](),
    }
    if flow.get("percent") is None:
        return _("%(asked)s %(who)s ble spurt, og %(answered)s svarte.") % told
    return _("%(asked)s %(who)s ble spurt, og %(share)s svarte.") % told


def steps(flow: dict[str, Any], language: str) -> list[list[str]]:
    """The flow figure's boxes, line by line: asked and answered at each wave, and the pairs."""
    lines = []
    for wave in flow.get("waves", []):
        name = in_language(wave, language)
        if wave["why"] == "few":
            lines.append([_("%(wave)s: for få til å vise") % {"wave": name}])
        elif wave["why"]:
            lines.append([_("%(wave)s: %(n)s svarte") % {"wave": name, "n": wave["answered"]}])
        else:
            share = f" ({percent(wave['percent'])})" if wave.get("percent") is not None else ""
            asked = f"{name}:\n" + _("%(n)s spurt") % {"n": wave["asked"]}
            lines.append([asked, _("%(n)s svarte") % {"n": wave["answered"]} + share])
    if "pairs" in flow:
        share = f" ({percent(flow['kept_percent'])})" if flow.get("kept_percent") is not None else ""
        lines.append([_("Svarte både før og etter: %(n)s") % {"n": flow["pairs"]} + share])
    return lines


def _at_least(many: str) -> str:
    """A band at the beginning of a sentence: «20+» is «Minst 20»."""
    return _("Minst %(n)s") % {"n": many.removesuffix("+")} if many.endswith("+") else many


# --- traffic lights
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
        "attendance": _("Voksne med %(evenings)s, medregnet dem de tok igjen") % {"evenings": _enough(row)},
        "pairs": _("Svarte både før og etter"),
        "adherence": _("Kjerneelementer gjennomført"),
    }[row["measure"]]


def _enough(row: dict[str, Any]) -> str:
    """«minst 5 av 6 kvelder», as the course asks; without the number planned where that is less."""
    needed, planned = row.get("needed"), row.get("planned") or 0
    if needed is None:  # let out before it was stored
        return _("nok kvelder")
    told = {"needed": needed, "planned": planned}
    if planned < needed:
        return ngettext("minst %(needed)d kveld", "minst %(needed)d kvelder", needed) % told
    return _("minst %(needed)s av %(planned)s kvelder") % told


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
        elif row["light"] == "none":
            asked.append(_("%(what)s kan ikke vises ennå. Hvordan får dere nok svar?") % told)
    if criteria and not asked:
        asked.append(_("Alle målene er nådd. Hva bør dere passe på å beholde?"))
    return [*asked, _("Går dere videre som planlagt, med endringer, eller venter dere?")]


# --- RE-AIM
DIMENSIONS = {
    "reach": lambda: _("Rekkevidde"),
    "effectiveness": lambda: _("Endring"),
    "adoption": lambda: _("Innføring"),
    "implementation": lambda: _("Gjennomføring"),
    "maintenance": lambda: _("Varighet"),
}


def reaim(snapshot: dict[str, Any], language: str) -> list[tuple[str, str]]:
    """Dimension and sentence, a line each; nothing that has no number to tell."""
    chosen = {"chosen": bool(snapshot["study"]["primary_outcome"])}
    rows = [row | chosen for row in snapshot["reaim"]]
    told = ((DIMENSIONS[row.get("dimension", row["what"])](), reach(row, language)) for row in rows)
    return [(dimension, sentence) for dimension, sentence in told if sentence]


def reach(row: dict[str, Any], language: str) -> str:
    """One line of RE-AIM; empty where there is nothing to tell."""
    return REACH[row["what"]](row, language)


def _reached(row: dict[str, Any], _language: str) -> str:
    told = {
        "part": _at_least(str(row["part"])),
        "of": row.get("of"),
        "years": ", ".join(str(year) for year in row["years"]),
    }
    if row["part"] is None:
        return _("Hvor mange familier som begynte, vises ikke: de er for få.")
    if row.get("of") is None:
        return (
            _(
                "%(part)s familier begynte. Antallet nye fosterhjem vises ikke: noen kommuner har ikke lagt "
                "inn tall, eller tallet er for lite et sted."
            )
            % told
        )
    return _("%(part)s familier begynte, av %(of)s nye fosterhjem i regionen (%(years)s).") % told


def _changed(row: dict[str, Any], language: str) -> str:
    if not row["chosen"]:
        return _("Det er ikke valgt et hovedutfall for studien. Endringen står skala for skala.")
    found = row.get("row")
    if not found or found["why"] or "change" not in found:
        return _("Endringen i hovedutfallet kan ikke vises.")
    told = {"scale": scale_title(found, language), "change": moved(found["change"], found)}
    said = _("%(scale)s: %(change)s fra før til etter.") % told
    if found["interval"] is None:
        return said
    return said + " " + _("Trolig mellom %(between)s.") % {"between": between(found["interval"], found)}


def _later(row: dict[str, Any], language: str) -> str:
    if not row.get("row"):
        return _("Om endringen varer, er ikke målt i denne offentliggjøringen.")
    return f"{in_language(row['wave'], language)}: {_changed(row, language)}"


def _part_of(text: str, row: dict[str, Any]) -> str:
    return text % {"part": row["part"], "of": row["of"]}


def _adapted(row: dict[str, Any], _language: str) -> str:
    count = row["part"]
    if count is None:
        return ""
    if not row.get("everywhere"):
        return _adapted_where_told(count)
    if not count:
        return _("Ingen kvelder ble endret fra planen.")
    return ngettext("%(n)d kveld ble endret fra planen.", "%(n)d kvelder ble endret fra planen.", count) % {
        "n": count
    }


def _adapted_where_told(count: int) -> str:
    """Of other modules, and of evenings nobody has logged, nothing is said."""
    if not count:
        return _(
            "I modulene der minst tre grupper har ført logg, er ingen kvelder ført som endret fra planen."
        )
    return ngettext(
        "I modulene der minst tre grupper har ført logg, er %(n)d kveld ført som endret fra planen.",
        "I modulene der minst tre grupper har ført logg, er %(n)d kvelder ført som endret fra planen.",
        count,
    ) % {"n": count}


def _groups(row: dict[str, Any], _language: str) -> str:
    count = row["part"] or 0
    return ngettext("%(n)d gruppe har hatt kurset.", "%(n)d grupper har hatt kurset.", count) % {"n": count}


def _years(row: dict[str, Any], _language: str) -> str:
    count = row["part"] or 0
    return ngettext(
        "Grupper har begynt i %(n)d kalenderår.", "Grupper har begynt i %(n)d ulike kalenderår.", count
    ) % {"n": count}


def _share(text: str, row: dict[str, Any]) -> str:
    share = row.get("percent")
    return "" if share is None else text % {"share": percent(share)}


def _there_enough(row: dict[str, Any], _language: str) -> str:
    said = _("%(share)s av de voksne har %(evenings)s, medregnet dem de tok igjen.")
    told = {"share": percent(row.get("percent")), "evenings": _enough(row)}
    return "" if row.get("percent") is None else said % told


REACH: dict[str, Any] = {
    "reach": _reached,
    "change": _changed,
    "adoption": lambda row, _language: _part_of(
        _("%(part)s av regionens %(of)s kommuner har hatt en gruppe."), row
    ),
    "leaders": lambda row, _language: _part_of(
        _("%(part)s av %(of)s kontaktpersoner har ledet en gruppe."), row
    ),
    "implementation": _groups,
    "evenings": lambda row, _language: _part_of(_("%(part)s av %(of)s planlagte kvelder ble holdt."), row),
    "adherence": lambda row, _language: _share(_("%(share)s av kjerneelementene ble gjennomført."), row),
    "enough": _there_enough,
    "adaptations": _adapted,
    "maintenance": _years,
    "later": _later,
}
