"""How the figures were worked out, and what they cannot say, in plain words."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from django.utils import formats
from django.utils.dateparse import parse_date
from django.utils.text import capfirst
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from evaluation.releases.words import ADULT, in_language
from evaluation.releases.words_of_numbers import number
from evaluation.study_words import at_most

if TYPE_CHECKING:
    from collections.abc import Sequence

COVERAGE = Path(__file__).parents[1] / "figures" / "coverage.json"
SENTENCE_END = re.compile(r"(?<=[.!?])\s+(?=[A-ZÆØÅ«])")
PROMISED = 90  # per cent: an interval that covers less often says so


def limits(snapshot: dict[str, Any], rows: Sequence[dict[str, Any]] | None = None) -> list[str]:
    """What these figures cannot say: of families or of staff, with a change or without.

    ``rows`` are the scales of a municipality; without them the region's.
    """
    is_of_adults = _is_of_adults(snapshot)
    told = [row for row in (snapshot["scales"] if rows is None else rows) if not row["why"]]
    has_change = any("change" in row for row in told)
    said = [
        NOT_COMPARED[is_of_adults, has_change](),
        _("Tallene gjelder dem som svarte. De som ikke svarte, kan ha det annerledes."),
    ]
    if has_change and is_of_adults:
        said += [_of_homes() if any(map(_tells_of_homes, told)) else _of_homes_untold()]
    return [*said, _of_oneself()] if has_change else said


def _of_homes() -> str:
    return _(
        "To voksne i samme hjem ligner på hverandre. Derfor er det også regnet ut med hvert hjem telt "
        "én gang."
    )


def _tells_of_homes(row: dict[str, Any]) -> bool:
    return not row.get("households", {"why": "untold"})["why"]


def _of_homes_untold() -> str:
    return _(
        "To voksne i samme hjem ligner på hverandre. Derfor kan tallene være mer usikre enn «trolig mellom» "
        "sier."
    )


def _of_oneself() -> str:
    return _(
        "Den som lærer mer, kan bli strengere med seg selv. Da kan svarene se dårligere ut uten at det har "
        "gått dårligere."
    )


NOT_COMPARED = {  # whether it is of the adults in families, and whether there is a change
    (True, True): lambda: _(
        "Ingen er sammenlignet med familier uten kurs. Derfor står det «endring», og ikke hva kurset "
        "alene har ført til."
    ),
    (True, False): lambda: _(
        "Ingen er sammenlignet med familier uten kurs. Derfor kan tallene ikke si hva kurset har ført til."
    ),
    (False, True): lambda: _(
        "Ingen er sammenlignet med andre. Derfor står det «endring», og ikke hva arbeidet med kurset alene "
        "har ført til."
    ),
    (False, False): lambda: _(
        "Ingen er sammenlignet med andre. Derfor kan tallene ikke si hva arbeidet med kurset har ført til."
    ),
}


def _is_of_adults(snapshot: dict[str, Any]) -> bool:
    return bool(snapshot.get("audience", ADULT) == ADULT)


def method(snapshot: dict[str, Any]) -> list[str]:
    """How the figures were worked out, in plain words."""
    return [
        _("En skår gjelder når nok av spørsmålene er besvart. Spørsmål som peker motsatt vei, er snudd."),
        _("Er et spørsmål hoppet over, regnes skåren av de andre. Antallet står i det tekniske vedlegget."),
        _("Endring er etter minus før, for dem som har svart begge ganger med samme skjema."),
        _("«Trolig mellom» er et 95 prosents intervall (t-fordelingen)."),
        _(
            "Gjennomsnitt vises fra fem voksne i fire familier, fordelinger fra ti voksne i seks familier. "
            "Tall som sammen med andre ville røpet et svar, vises ikke."
        )
        if _is_of_adults(snapshot)
        else _(
            "Gjennomsnitt vises fra fem svar, fordelinger fra ti. Tall som sammen med andre ville røpet et "
            "svar, vises ikke."
        ),
        _("Antall vises i grupper: 5–9, 10–19, 20+. Gjennomsnitt er avrundet til én desimal, hvert for seg."),
        _(
            "Hvor mange som ga hvert svar på et spørsmål, er rundet av til nærmeste 5 prosent. Derfor kan"
            " summen bli litt mer eller mindre enn 100."
        ),
        _("Oppmøte blant færre enn 20 voksne er rundet av på samme måte."),
    ]


def data_sets(number: int) -> list[str]:
    """How a data set of a release is made, for whoever analyses."""
    return [
        _(
            "Ingen side kan lese svarene. Be prosjektlederen om datasettet: Det lages av den som drifter, "
            "med kommandoen «manage.py export %(number)s»: csv, regneark, SPSS-fil eller DDI, med kodebok og "
            "et R-skript som gir hovedtabellen på nytt."
        )
        % {"number": number},
        _(
            "Radene får nye numre i hvert uttrekk, og bakgrunnsopplysninger slås sammen til grupper på minst "
            "fem. Det offentliggjøringen ikke kan vise, er ikke med: har alle svart likt på et spørsmål i en "
            "skala, står bare skåren. Fritekst ligger i en egen fil uten nummer, bare til "
            "forskningspartneren. Hvert uttrekk blir skrevet i loggen."
        ),
        _(
            "Hent ut datasettet med en gang: når noen har trukket svarene sine, kan det ikke lages på nytt. "
            "Filer fra samme studie kan kobles på like svar. Derfor skal én mottaker ha dem alle."
        ),
    ]


def locked(study: dict[str, Any]) -> str:
    """When the limits were locked and by whom; empty when they never were."""
    day = study["criteria_locked_on"] and parse_date(study["criteria_locked_on"])
    if not day:
        return ""
    told = {"day": formats.date_format(day, "j. F Y"), "name": study["criteria_locked_by"]}
    return _("Grensene ble låst %(day)s av %(name)s, før svarene ble åpnet.") % told


DEVIATIONS = {
    "not-locked": lambda: _("Grensene for trafikklysene var ikke låst før svarene ble åpnet."),
    "no-primary-outcome": lambda: _("Det var ikke valgt et hovedutfall på forhånd."),
    "other-version": lambda: _("Skjemaet ble endret mellom målingene. Svarene kan ikke kobles."),
    "dropped": lambda: _("Minst én gruppe hadde for få svar og er ikke med."),
    "no-baseline": lambda: _("Det finnes ingen måling før kurset å sammenligne med."),
}


def deviation(code: str) -> str:
    """Some bring a band: «lost:5–9», and «lost:» for fewer than five; «left-out:5–9»."""
    name, _sign, many = code.partition(":")
    if name == "lost":
        told = {"many": capfirst(at_most(many))}
        return _("%(many)s svar gikk tapt før de ble talt opp. De er ikke med.") % told
    if name == "left-out":
        said = _("%(many)s svar er på et annet skjema enn det som vises. De er ikke med.")
        return said % {"many": capfirst(at_most(many))}
    return DEVIATIONS[code]()


def no_criteria() -> str:
    return _("Ingen grenser ble satt for denne studien. Derfor er det ingen trafikklys.")


def questionnaire(row: dict[str, Any], language: str) -> tuple[str, str]:
    """Its name with version, and where it is from: nothing is said twice, and every sentence ends once."""
    title = f"{in_language(row['title'], language)} {row['version']}"
    said = [row["source"], row["licence"]]
    if by := row["translated_by"]:
        said.append(by if by.startswith("Ikke oversatt") else _("Oversettelse: %(who)s") % {"who": by})
    sentences = [f"{each.strip(' .')}." for text in said for each in SENTENCE_END.split(text)]
    return title, " ".join(dict.fromkeys(each for each in sentences if each != "."))


# --- coverage
class Coverage(NamedTuple):
    """How often an interval held the truth, in per cent of simulated studies of a model."""

    key: str
    name: str
    share: float
    studies: int
    model: str


@cache
def _measured() -> dict[str, dict[str, Any]]:
    """Empty until it is measured (``evaluation/figures/coverage.json``)."""
    if not COVERAGE.exists():
        return {}
    found: dict[str, dict[str, Any]] = json.loads(COVERAGE.read_text("utf-8"))
    return found


def coverage() -> list[Coverage]:
    """Of each of our intervals, in the active language."""
    suffix = "_nn" if get_language() == "nn" else ""
    return [
        Coverage(
            name,
            row.get(f"name{suffix}", name),
            row["coverage"],
            row["studies"],
            row.get(f"model{suffix}", row["model"]),
        )
        for name, row in _measured().items()
    ]


PLAIN = {  # what an interval is of, where its short name is for whoever knows the formula
    "Endring, t, familier": lambda: _("gjennomsnittlig endring (t), når familiene i en gruppe ligner"),
    "d_av, familier": lambda: _("hvor stor endringen er (d_av), når familiene i en gruppe ligner"),
}


def some_cover_too_little() -> list[str]:
    """For whoever reads no formulas: that there are such intervals, and where they are named."""
    if not covers_too_little():
        return []
    return [
        _(
            "Noen intervaller er litt for smale når familier i samme gruppe ligner på hverandre. Hvilke det "
            "gjelder, står i det tekniske vedlegget, som forskningspartneren har."
        )
    ]


def covers_too_little() -> list[str]:
    """A plain sentence for each interval that holds the truth less often than nine times of ten."""
    return [
        _(
            "I simulerte studier inneholdt intervallet «%(what)s» det sanne tallet i bare %(share)s av "
            "tilfellene, ikke i 95. Les det med forbehold."
        )
        % {"what": PLAIN.get(row.key, lambda row=row: row.name)(), "share": f"{number(row.share)}\u00a0%"}
        for row in coverage()
        if row.share < PROMISED
    ]
