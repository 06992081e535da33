"""The conventions behind each number, printed in the technical appendix: formula, choice and source."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from collections.abc import Iterator

DIGITS = 6  # significant ones in the appendix; the stored number has them all


FORMULAS = (
    (_("Gjennomsnittlig endring"), "M ± t(.975, n−1)·SD/√n", "Student 1908"),
    (
        "d_z",
        _("M/SD; intervall fra ikke-sentral t, over 1 000 frihetsgrader med normaltilnærming"),
        "Cumming & Finch 2001",
    ),
    ("g_z", "J·d_z, J = Γ(m/2)/(√(m/2)·Γ((m−1)/2)), m = n−1", "Hedges 1981"),
    (
        "d_av",
        _("M/((SD før + SD etter)/2); intervallet er vårt eget: det til d_z, regnet om til samme enhet"),
        "Lakens 2013",
    ),
    ("d_pre", _("M/SD før"), "Lakens 2013"),
    (
        _("Wilcoxon"),
        _(
            "par uten endring tas ut; differanser avrundes først; p av alle fortegn til og med 13 par, "
            "eksakt til og med 50 når ingen er null eller like store, ellers normalfordelt, rettet for like"
        ),
        "Wilcoxon 1945",
    ),
    (
        _("Rang-biserial"),
        "(W⁺ − W⁻)/(W⁺ + W⁻); tanh(artanh r ± 1,96·SE/(1 − r²))",
        "Kerby 2014; Hoeffding 1948",
    ),
    (
        _("Hodges–Lehmann"),
        _("medianen av alle (xi + xj)/2, i ≤ j, med null-endringer"),
        "Hodges & Lehmann 1963; Bauer 1972",
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
        _("ICC(1); CR1 og t(G−1) fra ti grupper; blandet modell (REML) og t(G−1)"),
        "Donner 1986; Shrout & Fleiss 1979; Cameron & Miller 2015; Pinheiro & Bates 2000",
    ),
    (_("Pilot mot implementering"), _("Welch, Satterthwaites frihetsgrader"), "Welch 1947"),
    (
        _("Falt fra mot ble"),
        _("skåren før hos dem som falt fra, minus den hos dem som ble; Welch"),
        "Welch 1947",
    ),
    (
        _("Hvert hjem én gang"),
        _("gjennomsnittet av de voksne i hjemmet, så som endring"),
        "Student 1908",
    ),
    (
        _("Kvelder og endring"),
        _("Spearmans ρ fra 20 par; tanh(artanh ρ ± 1,96·√((1 + ρ²/2)/(n − 3)))"),
        "Spearman 1904; Bonett & Wright 2000",
    ),
    (
        _("Svarandel og frafall"),
        _("svar ÷ spurte, talt da skjemaet lukket; par ÷ svar før"),
        "Wilson 1927",
    ),
    (
        _("Gjennomføring"),
        _("ja 1, delvis ½, nei 0: gjennomsnittet av alle kryss for kjerneelementer"),
        _("programmets kveldslogg"),
    ),
    (
        _("Manglende svar"),
        _("skår når nok er besvart; gjennomsnittet av de besvarte"),
        _("programmets skjemaer"),
    ),
)  # what, how and from where


def table() -> list[tuple[str, str, str]]:
    """What, how and from where, in the active language."""
    return [(str(what), str(how), str(source)) for what, how, source in FORMULAS]


NAMES = {  # parts of a number's path, in words; what is not here is a symbol, and stands as it is
    "before": _("før"),
    "after": _("etter"),
    "change": _("endring"),
    "mean": _("gjennomsnitt"),
    "sd": _("standardavvik"),
    "population": _("antall"),
    "adults": _("voksne"),
    "families": _("familier"),
    "people": _("svarte, også uten gyldig skår"),
    "prorated": _("skår med manglende spørsmål"),
    "interval": _("95 prosents intervall"),
    "low": _("fra"),
    "high": _("til"),
    "value": _("verdi"),
    "alpha": _("alfa"),
    "omega": "ω",
    "spearman_brown": "Spearman–Brown",
    "effects": _("størrelse"),
    "ranks": "Wilcoxon",
    "reliable": _("pålitelig endring"),
    "of_households": _("hvert hjem telt én gang"),
    "intraclass": _("intraklasse-korrelasjon"),
    "robust": _("klyngerobust"),
    "mixed": _("blandet modell"),
    "stayed_or_left": _("falt fra, minus ble"),
    "left": _("falt fra"),
    "difference": _("forskjell"),
    "waves": _("måling"),
    "asked": _("spurt"),
    "answered": _("svarte"),
    "pairs": _("par"),
    "response": _("svarandel"),
    "kept": _("andel med par"),
    "groups": _("grupper"),
    "mean_before": _("gjennomsnitt før"),
    "mean_after": _("gjennomsnitt etter"),
    "sd_before": _("standardavvik før"),
    "sd_after": _("standardavvik etter"),
    "correlation": _("korrelasjon"),
    "d_z_interval": _("d_z, 95 prosents intervall"),
    "g_z_interval": _("g_z, 95 prosents intervall"),
    "d_av_interval": _("d_av, 95 prosents intervall"),
    "rank_biserial": _("rang-biserial"),
    "rank_biserial_interval": _("rang-biserial, 95 prosents intervall"),
    "median": "Hodges–Lehmann",
    "median_interval": _("Hodges–Lehmann, 95 prosents intervall"),
    "zeros": _("par uten endring"),
    "lowest": _("på laveste skår"),
    "highest": _("på høyeste skår"),
    "count": _("antall"),
    "of": _("av"),
    "better": _("bedre"),
    "same": _("omtrent likt"),
    "worse": _("dårligere"),
    "ends": _("gulv og tak"),
    "items": _("antall spørsmål"),
    "n": "n",
    "stayed": _("ble"),
    "households": _("hvert hjem telt én gang"),
    "clusters": _("grupper"),
    "spread": _("pålitelig endring"),
    "limit": _("grense"),
    "floor": _("gulv"),
    "ceiling": _("tak"),
}


def named(path: str) -> str:
    """«måling 2: svarandel: 95 prosents intervall»"""
    words: list[str] = []
    for part in path.split("."):
        if part.isdigit() and words:  # which of them
            words[-1] += f" {part}"
        else:
            words.append(str(NAMES.get(part, part)))
    return ": ".join(words)


SKIPPED = {"title", "instrument", "scale", "version", "better", "method", "why", "keys", "municipality"}


def lines(row: dict[str, Any], *without: str) -> list[tuple[str, str]]:
    """Every number of a row with its path in words, in the order it is stored; an interval on one line."""
    left = {key: value for key, value in row.items() if key not in SKIPPED and key not in without}
    return [(named(path), value) for path, value in _lines(left, "")]


def beside(one: dict[str, Any] | None, two: dict[str, Any] | None) -> list[tuple[str, str, str]]:
    """Two rows of the same kind as columns of one table; a dash where only the other has a number."""
    first, second = (dict(_lines(each or {}, "")) for each in (one, two))
    return [
        (named(path), first.get(path, "–"), second.get(path, "–"))
        for path in dict.fromkeys([*first, *second])
    ]


def number(value: float | None) -> str:
    return "–" if value is None else f"{value:.{DIGITS}g}".replace(".", ",").replace("-", "−")


def _lines(value: Any, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict) and set(value) == {"low", "high"}:
        ends = {"low": number(value["low"]), "high": number(value["high"])}
        yield path, _("%(low)s til %(high)s") % ends
    elif isinstance(value, dict):
        for key, each in value.items():
            yield from _lines(each, f"{path}.{key}" if path else key)
    elif isinstance(value, list) and path.rpartition(".")[2] == "interval":
        yield path, _("%(low)s til %(high)s") % {"low": number(value[0]), "high": number(value[1])}
    elif isinstance(value, list):
        for place, each in enumerate(value, 1):
            yield from _lines(each, f"{path}.{place}")
    elif isinstance(value, (int, float)) and not isinstance(value, bool):
        yield path, number(value)
