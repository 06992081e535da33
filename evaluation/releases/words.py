"""Sentences about figures, in the active language: honest about what a number cannot say.

«Endring», never «effekt»: there is nobody to compare with. A sentence says its finding first, then how
sure it is. The same sentences stand on the page, in the report and as text alternatives.
"""

from __future__ import annotations

from typing import Any

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

WHY = {
    "few": lambda: _("For få svar til å vise tall."),
    "alike": lambda: _(
        "Svarene er så like at tallet ville røpet hva enkelte har svart. Derfor vises det ikke."
    ),
    "beside": lambda: _("Vises ikke: de som svarte, er nesten de samme som i en tidligere offentliggjøring."),
    "with-pairs": lambda: _("Vises sammen med neste måling, for dem som har svart begge ganger."),
}


def why(code: str) -> str:
    return WHY[code]() if code else ""


def number(value: float | None, decimals: int = 1) -> str:
    """«3,4», with a real minus; a dash for none."""
    if value is None:
        return "–"
    return str(number_format(value, decimals)).replace("-", "−")


def signed(value: float) -> str:
    return ("+" if value > 0 else "") + number(value)


def percent(value: float | None) -> str:
    return "–" if value is None else f"{round(value)} %"


def in_language(text: dict[str, str], language: str) -> str:
    return text.get(language) or text["nb"]


def scale_title(row: dict[str, Any], language: str) -> str:
    return in_language(row["title"], language)


def of_range(row: dict[str, Any]) -> str:
    """«på en skala fra 1 til 5, der høyt er bra»."""
    ends = {"low": number(row["low"], 0), "high": number(row["high"], 0)}
    if row["better"] == "high":
        return _("på en skala fra %(low)s til %(high)s, der høyt er bra") % ends
    if row["better"] == "low":
        return _("på en skala fra %(low)s til %(high)s, der lavt er bra") % ends
    return _("på en skala fra %(low)s til %(high)s") % ends


def finding(row: dict[str, Any], language: str) -> str:
    """One scale in a sentence or two."""
    title = scale_title(row, language)
    if row["why"]:
        return f"{title}: {why(row['why'])}"
    if "mean" in row:
        told = {"title": title, "mean": number(row["mean"]), "range": of_range(row)}
        return _("%(title)s: gjennomsnittet er %(mean)s %(range)s.") % told
    told = {
        "title": title,
        "before": number(row["before"]),
        "after": number(row["after"]),
        "range": of_range(row),
    }
    moved = _("%(title)s: fra %(before)s før til %(after)s etter, %(range)s.") % told
    return f"{moved} {certainty(row)}"


def in_short(row: dict[str, Any], language: str) -> str:
    """A further scale in few words."""
    if row["why"] or "mean" in row or row["interval"] is None:
        return finding(row, language)
    told = {
        "title": scale_title(row, language),
        "before": number(row["before"]),
        "after": number(row["after"]),
        "low": signed(row["interval"][0]),
        "high": signed(row["interval"][1]),
    }
    return (
        _("%(title)s: fra %(before)s til %(after)s. Endringen er trolig mellom %(low)s og %(high)s.") % told
    )


def findings(snapshot: dict[str, Any], language: str) -> list[str]:
    """Every scale, the primary outcome first and in full."""
    first = snapshot["study"]["primary_outcome"]
    rows = sorted(snapshot["scales"], key=lambda row: f"{row['instrument']}.{row['scale']}" != first)
    return [finding(row, language) for row in rows[:1]] + [in_short(row, language) for row in rows[1:]]


def asked(flow: dict[str, Any]) -> str:
    """Why nothing is said of how many were asked; empty where the figure says it."""
    return _("Hvor mange som ble spurt, vises ikke: de er for få.") if flow["why"] else ""


def certainty(row: dict[str, Any]) -> str:
    """How sure the change is; the interval is of the change turned so that plus is better."""
    if row["interval"] is None:
        return _("Det er for få par, eller for lite spredning, til å si hvor sikker endringen er.")
    ends = {"low": signed(row["interval"][0]), "high": signed(row["interval"][1])}
    if row["verdict"] == "better":
        return (
            _(
                "De som svarte begge ganger, ligger bedre an etter enn før. Endringen er trolig mellom "
                "%(low)s og %(high)s."
            )
            % ends
        )
    if row["verdict"] == "worse":
        return (
            _(
                "De som svarte begge ganger, ligger dårligere an etter enn før. Endringen er trolig mellom "
                "%(low)s og %(high)s."
            )
            % ends
        )
    return _("Endringen er usikker: den kan være alt mellom %(low)s og %(high)s, også ingen.") % ends


def between_phases(row: dict[str, Any], language: str) -> str:
    """Pilot against everyday use: different people, so the difference is told with its interval."""
    title = scale_title(row, language)
    if row["why"]:
        return f"{title}: {why(row['why'])}"
    told = {
        "title": title,
        "pilot": signed(row["pilot"]),
        "later": signed(row["implementation"]),
        "difference": signed(row["difference"]),
    }
    said = _("%(title)s: endringen var %(pilot)s i piloten og %(later)s i implementeringen.") % told
    if row["interval"] is None:
        return said
    ends = {"low": signed(row["interval"][0]), "high": signed(row["interval"][1])}
    return f"{said} " + _("Forskjellen er trolig mellom %(low)s og %(high)s.") % ends


def mostly(row: dict[str, Any], language: str) -> str:
    """«De fleste svarte …», of an item whose spread would tell on those who did not; else empty."""
    after = {} if row["why"] else row["shares"].get("after", {})
    if after.get("mostly") is None:
        return ""
    answer = in_language(row["answers"][after["mostly"]], language)
    told = {"item": in_language(row["text"], language), "answer": answer.lower()}
    return _("%(item)s De fleste svarte «%(answer)s».") % told


def light(code: str) -> str:
    return {
        "green": _("grønt"),
        "yellow": _("gult"),
        "red": _("rødt"),
        "none": _("ikke nok å vise"),
    }[code]


def measure(row: dict[str, Any]) -> str:
    return {
        "attendance": _("Voksne som var med på mange nok kvelder"),
        "pairs": _("Svarte både før og etter"),
        "adherence": _("Kjerneelementer gjennomført"),
        "outcome": _("Gjennomsnitt: %(scale)s") % {"scale": row["scale"]},
    }[row["measure"]]


def criterion(row: dict[str, Any]) -> str:
    """«82 %, grønt. Grønt fra 80, rødt under 60.»"""
    limits = {"green": number(row["green"], _decimals(row)), "red": number(row["red"], _decimals(row))}
    bounds = _("grønt fra %(green)s, rødt under %(red)s") % limits
    if row["value"] is None:
        return f"{light('none')} ({bounds})"
    shown = number(row["value"]) if row["measure"] == "outcome" else percent(row["value"])
    return f"{shown}, {light(row['light'])} ({bounds})"


def _decimals(row: dict[str, Any]) -> int:
    return 1 if row["measure"] == "outcome" else 0


def deviation(code: str) -> str:
    return {
        "not-locked": _("Grensene for trafikklysene var ikke låst før svarene ble åpnet."),
        "no-primary-outcome": _("Det var ikke valgt et hovedutfall på forhånd."),
    }[code]


def phase(code: str) -> str:
    return {"pilot": _("pilot"), "implementation": _("implementering")}[code]


def reach(row: dict[str, Any]) -> str:
    """One line of RE-AIM."""
    part = "–" if row["part"] is None else str(row["part"])
    of = "–" if row.get("of") is None else str(row["of"])
    if row["what"] == "reach" and row.get("of") is None:
        return _("Rekkevidde: %(part)s familier begynte. Antallet nye fosterhjem er ikke lagt inn.") % {
            "part": part
        }
    if row["what"] == "reach":
        told = {"part": part, "of": of, "years": ", ".join(str(year) for year in row["years"]) or "–"}
        return (
            _("Rekkevidde: %(part)s familier begynte, av %(of)s nye fosterhjem i regionen (%(years)s).")
            % told
        )
    if row["what"] == "adoption":
        return _("Innføring: %(part)s av %(of)s kommuner er med.") % {"part": part, "of": of}
    if row["what"] == "implementation":
        count = row["part"] or 0
        return ngettext("Gjennomføring: %(n)d gruppe.", "Gjennomføring: %(n)d grupper.", count) % {"n": count}
    years = row["part"] or 0
    return ngettext(
        "Varighet: grupper har begynt i %(n)d år.", "Varighet: grupper har begynt i %(n)d ulike år.", years
    ) % {"n": years}


def limits() -> list[str]:
    """What figures like ours cannot say."""
    return [
        _(
            "Ingen er sammenlignet med familier uten kurs. Derfor står det «endring», og ikke hva kurset "
            "alene har ført til."
        ),
        _("Tallene gjelder dem som svarte. De som ikke svarte, kan ha det annerledes."),
        _(
            "To voksne i samme hjem ligner på hverandre. Derfor er det også regnet ut med hvert hjem telt "
            "én gang."
        ),
        _(
            "Den som lærer mer, kan bli strengere med seg selv. Da kan tallet gå ned uten at det har gått "
            "dårligere."
        ),
    ]


def method() -> list[str]:
    """How the figures were worked out, in plain words."""
    return [
        _("En skår gjelder når nok av spørsmålene er besvart. Spørsmål som peker motsatt vei, er snudd."),
        _("Endring er etter minus før, for dem som har svart begge ganger med samme skjema."),
        _("«Trolig mellom» er et 95 prosents intervall (t-fordelingen)."),
        _(
            "Gjennomsnitt vises fra fem voksne i fire familier, fordelinger fra ti voksne i seks familier. "
            "Tall som sammen med andre ville røpet et svar, vises ikke."
        ),
        _("Antall vises i grupper: 5–9, 10–19, 20+."),
    ]


def decisions(criteria: list[dict[str, Any]]) -> list[str]:
    """What the lights ask of a steering group; nothing is decided by a number alone."""
    asked = []
    for row in criteria:
        told = {"what": measure(row)}
        if row["light"] == "red":
            asked.append(_("%(what)s er under grensen. Hva må endres før dere går videre?") % told)
        elif row["light"] == "yellow":
            asked.append(_("%(what)s er mellom grensene. Hva kan gjøres bedre underveis?") % told)
        elif row["light"] == "none":
            asked.append(_("%(what)s kan ikke vises ennå. Hvordan får dere nok svar?") % told)
    return [*asked, _("Går dere videre som planlagt, med endringer, eller venter dere?")]
