"""Sentences about how many evenings people say they were at, beside their change."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from evaluation.releases.words_of_numbers import has_a_better_end, number
from evaluation.releases.words_of_reasons import why

TOGETHER = {
    "none": lambda: _("Det er ingen tydelig sammenheng mellom kvelder og endring."),
    "weak": lambda: _("Det er en svak sammenheng mellom kvelder og endring."),
    "some": lambda: _("Det er en viss sammenheng mellom kvelder og endring."),
    "strong": lambda: _("Det er en tydelig sammenheng mellom kvelder og endring."),
}
WAY = {  # whether more evenings go with a higher change, and whether the scale has a better end
    (True, True): lambda: _("De som kom oftere, hadde gjerne større bedring."),
    (False, True): lambda: _("De som kom oftere, hadde gjerne mindre bedring."),
    (True, False): lambda: _("De som kom oftere, gikk gjerne mer opp på skalaen."),
    (False, False): lambda: _("De som kom oftere, gikk gjerne mindre opp på skalaen."),
}


def dose(row: dict[str, Any]) -> str:
    """Own word on how many evenings, beside change. Motivation is in both, and it is said."""
    if row["why"]:
        return why(row["why"])
    low, high = map(number, row["interval"])
    told = {"rho": number(row["rho"]), "between": _("%(low)s og %(high)s") % {"low": low, "high": high}}
    return " ".join(
        [
            _together(row),
            _("Rangkorrelasjonen er %(rho)s, trolig mellom %(between)s.") % told,
            _(
                "De som kom ofte, kan ha vært mer motiverte fra før. Tallet sier derfor ikke hva kveldene "
                "har ført til."
            ),
        ]
    )


def _together(row: dict[str, Any]) -> str:
    """How strongly and which way, as the told interval allows."""
    low, high = row["interval"]
    if low <= 0 <= high:
        return _("Sammenhengen mellom kvelder og endring er usikker: det kan godt være at det ikke er noen.")
    if row["words"] == "none":
        return TOGETHER["none"]()
    return f"{TOGETHER[row['words']]()} {WAY[row['rho'] > 0, has_a_better_end(row)]()}"
