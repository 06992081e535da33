"""Sentences about the pilot beside everyday use: the same questions, different people."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from evaluation.releases.words import scale_title
from evaluation.releases.words_of_numbers import between, moved
from evaluation.releases.words_of_reasons import why


def between_phases(row: dict[str, Any], language: str) -> str:
    """Pilot against everyday use: different people, so the difference is told with its interval."""
    title = scale_title(row, language)
    if row["why"]:
        return f"{title}: {why(row['why'])}"
    told = {
        "title": title,
        "pilot": moved(row["pilot"], row),
        "later": moved(row["implementation"], row),
    }
    said = _("%(title)s: endringen var %(pilot)s i piloten og %(later)s i implementeringen.") % told
    if row["interval"] is None:
        return said
    told = {"difference": moved(row["difference"], row), "between": between(row["interval"], row)}
    return f"{said} " + _("Forskjellen er %(difference)s, trolig mellom %(between)s.") % told


def rounded(rows: list[dict[str, Any]]) -> str:
    """Why a difference is not that of the two numbers beside it; empty where it is."""
    if not any(_is_rounded(row) for row in rows):
        return ""
    return _(
        "Tallene er avrundet hver for seg. Derfor kan forskjellen se ut til å være 0,1 større eller mindre "
        "enn mellom de to endringene."
    )


def _is_rounded(row: dict[str, Any]) -> bool:
    if row["why"] or row["interval"] is None:  # no difference is told
        return False
    return bool(round(row["implementation"] - row["pilot"], 1) != row["difference"])


def none(snapshot: dict[str, Any]) -> str:
    """Why there is no comparison in a release; it stands in the one that is let out second."""
    if any("change" in row and not row["why"] for row in snapshot["scales"]):
        return _(
            "Sammenligningen kommer når også den andre fasen er offentliggjort for samme måling. "
            "Da står den der."
        )
    return _("Denne målingen har ingen endring å sammenligne mellom pilot og implementering.")
