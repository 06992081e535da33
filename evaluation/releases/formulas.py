"""The conventions behind each number, printed in the technical appendix: formula, choice and source."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from collections.abc import Iterator

DIGITS = 6  # significant ones in the appendix; the stored number has them all


FORMULAS = (
    (_("Gjennomsnittlig endring"), "M ± t(.975, n−1)·SD/√n", "Student 1908"),
    ("d_z", _("M/SD; intervall fra ikke-sentral t"), "Cumming & Finch 2001"),
    ("g_z", "J·d_z, J = Γ(m/2)/(√(m/2)·Γ((m−1)/2)), m = n−1", "Hedges 1981"),
    (
        "d_av",
        _("M/((SD før + SD etter)/2); intervallet til d_z skalert"),
        "Lakens 2013; Algina & Keselman 2003",
    ),
    ("d_pre", _("M/SD før"), "Lakens 2013"),
    (_("Wilcoxon"), _("par uten endring tas ut; differanser avrundes først"), "Wilcoxon 1945"),
    (_("Rang-biserial"), "(W⁺ − W⁻)/(W⁺ + W⁻)", "Kerby 2014"),
    (
        _("Hodges–Lehmann"),
        _("medianen av alle (xi + xj)/2, i ≤ j, med null-endringer"),
        "Hodges & Lehmann 1963",
    ),
    (
        _("Pålitelig endring"),
        _("1,96·SD før·√2·√(1−α); ikke under α = ,70 eller n = 20"),
        "Jacobson & Truax 1991",
    ),
    (
        _("Alfa"),
        _("k/(k−1)·(1 − Σs²/s² sum), bare fullstendige svar; intervall med F"),
        "Cronbach 1951; Feldt 1965",
    ),
    (
        "ω",
        _("(Σλ)²/((Σλ)² + Σψ), én faktor, ML ved EM; bootstrap fra n = 50"),
        "McDonald 1999; Rubin & Thayer 1982",
    ),
    (_("To spørsmål"), "2r/(1 + r)", "Spearman 1910; Brown 1910"),
    (_("Andeler"), _("Wilsons intervall"), "Wilson 1927"),
    (_("Gulv og tak"), _("over 15 % på laveste eller høyeste mulige skår"), "Terwee m.fl. 2007"),
    (
        _("Grupper"),
        _("ICC(1); CR1 og t(G−1) fra ti grupper; blandet modell (REML)"),
        "Donner 1986; Cameron & Miller 2015",
    ),
    (_("Pilot mot implementering"), _("Welch, Satterthwaites frihetsgrader"), "Welch 1947"),
    (
        _("Manglende svar"),
        _("skår når nok er besvart; gjennomsnittet av de besvarte"),
        _("programmets skjemaer"),
    ),
)  # what, how and from where


def table() -> list[tuple[str, str, str]]:
    """What, how and from where, in the active language."""
    return [(str(what), str(how), str(source)) for what, how, source in FORMULAS]


def lines(row: dict[str, Any]) -> list[tuple[str, str]]:
    """Every number of a scale with its path, in the order it is stored."""
    skipped = {"title", "instrument", "scale", "version", "better", "method", "why"}
    return list(_lines({key: value for key, value in row.items() if key not in skipped}, ""))


def _lines(value: Any, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for key, each in value.items():
            yield from _lines(each, f"{path}.{key}" if path else key)
    elif isinstance(value, (int, float)) and not isinstance(value, bool):
        yield path, f"{value:.{DIGITS}g}".replace(".", ",").replace("-", "−")
