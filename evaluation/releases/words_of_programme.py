"""Sentences about how the programme was given and whom it reached: the flow and RE-AIM."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from evaluation.releases.words import ADULT, in_language, scale_title
from evaluation.releases.words_of_lights import enough
from evaluation.releases.words_of_numbers import between, moved, percent


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
    if not row.get("measured", True):
        return _("Hovedutfallet er ikke målt i denne offentliggjøringen.")
    found = row.get("row")
    if not found or found["why"] or "change" not in found:
        return _("Endringen i hovedutfallet kan ikke vises.")
    told = {"scale": scale_title(found, language), "change": moved(found["change"], found)}
    said = _("%(scale)s: %(change)s fra før til etter.") % told
    if found["interval"] is None:
        return said
    return said + " " + _("Trolig mellom %(between)s.") % {"between": between(found["interval"], found)}


def _later(row: dict[str, Any], language: str) -> str:
    if not row.get("measured", row.get("row")):
        return _("Om endringen varer, er ikke målt i denne offentliggjøringen.")
    return f"{in_language(row['wave'], language)}: {_changed(row, language)}"


def _adopted(row: dict[str, Any], _language: str) -> str:
    return ngettext(
        "%(part)s av %(of)s kommune i regionen har hatt en gruppe.",
        "%(part)s av regionens %(of)s kommuner har hatt en gruppe.",
        row["of"],
    ) % {"part": row["part"], "of": row["of"]}


def _led(row: dict[str, Any], _language: str) -> str:
    return ngettext(
        "%(part)s av %(of)s kontaktperson har ledet en gruppe.",
        "%(part)s av %(of)s kontaktpersoner har ledet en gruppe.",
        row["of"],
    ) % {"part": row["part"], "of": row["of"]}


def _held(row: dict[str, Any], _language: str) -> str:
    return ngettext(
        "%(part)s av %(of)s planlagt kveld ble holdt.",
        "%(part)s av %(of)s planlagte kvelder ble holdt.",
        row["of"],
    ) % {"part": row["part"], "of": row["of"]}


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
    told = {"share": percent(row.get("percent")), "evenings": enough(row)}
    return "" if row.get("percent") is None else said % told


REACH: dict[str, Any] = {
    "reach": _reached,
    "change": _changed,
    "adoption": _adopted,
    "leaders": _led,
    "implementation": _groups,
    "evenings": _held,
    "adherence": lambda row, _language: _share(_("%(share)s av kjerneelementene ble gjennomført."), row),
    "enough": _there_enough,
    "adaptations": _adapted,
    "maintenance": _years,
    "later": _later,
}
