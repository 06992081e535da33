"""Of a scale in the technical appendix: what is not there, and from when on it would be."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from collections.abc import Iterator

ITEMS = {
    "alpha": _("Alfa: med minst to spørsmål som ikke alle svarer likt på, når hvert av dem kan vises."),
    "omega": _("ω: fra 50 fullstendige svar på minst tre spørsmål, når hvert av dem kan vises."),
}
ENDS = _("Gulv og tak: fra ti svar fra seks familier.")
EFFECTS = _("Intervall og effektstørrelser: fra seks par, når ikke alle endret seg likt.")
CELLS = _(
    "Hvor mange som endret seg pålitelig: når bedre, likt og dårligere hver er minst fem fra fire familier."
)
OTHERS = {
    "ranks": _("Wilcoxon og Hodges–Lehmann: fra seks par, når noen endret seg."),
    "reliable": _("Pålitelig endring: fra 20 par med alfa på minst 0,70, når hvert spørsmål kan vises."),
    "of_households": _("Hvert hjem én gang: når hjem med én og hjem med to hver for seg kan vises."),
    "intraclass": _(
        "ICC: når minst ti grupper kan skilles, noen i dem svarer ulikt, og svarene utenfor dem kan vises."
    ),
    "robust": _(
        "Klyngerobust intervall: når minst ti grupper kan skilles, og svarene utenfor dem kan vises."
    ),
    "mixed": _(
        "Blandet modell: når minst ti grupper kan skilles, noen endret seg ulikt, og svarene utenfor gruppene"
        " kan vises."
    ),
    "stayed_or_left": _("Falt fra mot ble: når de som falt fra, er mange nok og ulike nok til å vises."),
}


def sentences(row: dict[str, Any]) -> list[str]:
    """One for each figure that a told row, as telling.py makes it for research, is without."""
    return [str(said) for said in _of(row)]


def _of(row: dict[str, Any]) -> Iterator[object]:
    waves = [row[name] for name in ("before", "after") if name in row] or [row]
    if "change" in row and row["change"].get("effects") is None:
        yield EFFECTS
    if any(wave.get("ends") is None for wave in waves):
        yield ENDS
    two = row["items"] == 2  # Spearman–Brown stands for omega then
    for name, said in ITEMS.items():
        if any(wave.get(name) is None for wave in waves) and not (two and name == "omega"):
            yield said
    if "change" in row:
        yield from (said for name, said in OTHERS.items() if row.get(name) is None)
        if (reliable := row.get("reliable")) and "better" not in reliable:
            yield CELLS
