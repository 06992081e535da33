"""Why a figure is not told, in the active language. Each reason is that of the figure it stands for."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from collections.abc import Iterable

Rows = list[dict[str, Any]]
WHY = {
    "few": lambda: _("For få svar til å vise tall."),
    "alike": lambda: _(
        "Svarene er så like at tallet ville røpet hva enkelte har svart. Derfor vises det ikke."
    ),
    "beside": lambda: _(
        "Sammen med en tidligere offentliggjøring kunne tallet røpet svar. Derfor vises det ikke."
    ),
    "shared": lambda: _(
        "Skalaen har spørsmål felles med noe som ikke kan vises. Sammen kunne tallene røpet svar. "
        "Derfor vises den ikke."
    ),
    "with-pairs": lambda: _("Vises sammen med neste måling, for dem som har svart begge ganger."),
    "other-version": lambda: _(
        "De to fasene har ikke brukt samme utgave av skjemaet. Da kan endringene ikke sammenlignes."
    ),
    "not-both": lambda: _("Endringen er ikke vist i begge fasene. Da kan de ikke sammenlignes."),
    "unreliable": lambda: _("Skalaen er ikke pålitelig nok her til å si det om den enkelte."),
    "homes": lambda: _("For få hjem med én voksen, eller med to, til å vise det."),
    "few-groups": lambda: _(
        "Under ti grupper, eller for få svar utenfor dem: da vises ikke hvor ulike gruppene er."
    ),
    "same": lambda: _("Alle ga samme svar, så det er ingenting å sammenligne."),
    "unasked": lambda: _("Ingen ble spurt her."),
}


def why(code: str) -> str:
    return WHY[code]() if code else ""


def hidden_items(rows: Iterable[dict[str, Any]]) -> list[str]:
    """How many items are not told by themselves: a line for each reason."""
    counts = Counter(row["why"] for row in rows if row["why"])
    said = _("%(n)d spørsmål vises ikke for seg. %(why)s")
    return [said % {"n": count, "why": why(code)} for code, count in counts.items()]


def no_places(scales: Rows) -> str:
    """Why no municipality is told of: that of the region's own figures where they all share one."""
    codes = {"beside" if row.get("alone") else row["why"] for row in scales}
    if len(codes) == 1 and codes <= {"beside", "with-pairs"}:
        return why(codes.pop())
    return _("Ingen kommune har nok svar til å vises for seg uten at det røper noe om en annen.")
