"""Drafts of the papers the law asks for, made from a study's settings: DPIA, record, agreement, arrangement.

``facts_of`` reads a study; ``papers`` writes the four as Markdown, from facts alone. What the service cannot
know stands in [brackets]. The committed drafts in docs/ are of ``EXAMPLE``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import formats, translation

from cms.retention import TABLE
from courses.models import Municipality
from evaluation.figures.disclosure import (
    ADULTS_FOR_MEAN,
    ADULTS_FOR_SHARES,
    FAMILIES_FOR_MEAN,
    FAMILIES_FOR_SHARES,
)
from evaluation.models import IdentityMode, Wave

if TYPE_CHECKING:
    from evaluation.models import Study

NAMES = ("dpia", "protokoll", "databehandleravtale", "ordning")


@dataclass(frozen=True)
class Limits:
    adults: int = ADULTS_FOR_MEAN
    families: int = FAMILIES_FOR_MEAN
    many_adults: int = ADULTS_FOR_SHARES
    many_families: int = FAMILIES_FOR_SHARES


@dataclass(frozen=True)
class WaveFacts:
    name: str
    audience: str
    identity: str
    when: str
    instruments: str


@dataclass(frozen=True)
class Facts:
    """Everything the papers say of a study and of the house it runs in."""

    name: str
    purpose: str
    controller: str
    partner: str
    contact: str
    starts_on: str
    ends_on: str
    sunset_on: str
    is_research: bool
    linked: bool
    waves: tuple[WaveFacts, ...]
    officers: tuple[tuple[str, str], ...]  # (municipality, privacy officer or empty)
    mail: str = "[leverandøren av e-post]"
    sms: str = "[leverandøren av SMS]"
    files: str = "disk på samme maskin"
    keys_apart: bool = False  # the keys that open answers are out of reach of the web process
    limits: Limits = field(default_factory=Limits)

    @property
    def places(self) -> list[str]:
        return [place for place, _officer in self.officers]

    @property
    def without_officer(self) -> list[str]:
        return [place for place, officer in self.officers if not officer]

    @property
    def kept(self) -> list[dict[str, str]]:
        """The one table of how long things are kept."""
        return [
            {"what": str(row.what), "how_long": str(row.how_long), "rule": str(row.rule)} for row in TABLE
        ]


def facts_of(study: Study) -> Facts:
    """A study's facts, in Bokmål. Four queries."""
    with translation.override("nb"):
        waves = list(study.waves.prefetch_related("instruments__version"))
        places = Municipality.objects.filter(region=study.region_id).order_by("name")
        return Facts(
            name=study.name_nb,
            purpose=study.purpose_nb.strip(),
            controller=study.controller,
            partner=study.partner,
            contact=f"{study.contact_name}, {study.contact_email}",
            starts_on=_day(study.starts_on),
            ends_on=_day(study.ends_on),
            sunset_on=_day(study.sunset_on),
            is_research=study.is_research,
            linked=any(wave.identity == IdentityMode.LINKED for wave in waves),
            waves=tuple(_wave(wave) for wave in waves),
            officers=tuple((place.name, _officer(place)) for place in places),
            files=f"objektlagring ({settings.S3_BUCKET})" if settings.S3_BUCKET else "disk på samme maskin",
            keys_apart=settings.SEAL_KEYS_APART,
        )


def _officer(place: Municipality) -> str:
    return ", ".join(filter(None, (place.privacy_officer, place.privacy_officer_email)))


def _wave(wave: Wave) -> WaveFacts:
    instruments = ", ".join(row.version.title_nb for row in wave.instruments.all())
    return WaveFacts(
        wave.name_nb,
        str(wave.get_audience_display()),
        str(wave.get_identity_display()),
        when_words(str(wave.get_anchor_display()), wave.opens_after_days, wave.open_for_days),
        instruments or "[ikke valgt]",
    )


def when_words(anchor: str, after: int, open_for: int) -> str:
    """«14 dager før første kveld, åpent i 14 dager»."""
    side = "før" if after < 0 else "etter"
    where = f"{abs(after)} dager {side} {anchor}" if after else f"fra {anchor}"
    return f"{where}, åpent i {open_for} dager"


def _day(day: date) -> str:
    return str(formats.date_format(day, "j. F Y"))


def papers(facts: Facts) -> dict[str, str]:
    """File name → Markdown."""
    with translation.override("nb"):
        return {f"{name}.md": _written(name, facts) for name in NAMES}


def _written(name: str, facts: Facts) -> str:
    """No cell breaks its table, whatever was typed into a setting."""
    text = render_to_string(f"cms/papers/{name}.md", {"facts": _Flat(facts)})
    return re.sub(r"\n{3,}", "\n\n", text).strip() + "\n"


class _Flat:
    """Facts whose texts are one line each, without what Markdown would take for a cell's end or for HTML."""

    def __init__(self, inner: object) -> None:
        self._inner = inner

    def __getattr__(self, name: str) -> object:
        return _flat(getattr(self._inner, name))


def _flat(value: object) -> object:
    if isinstance(value, str):
        return re.sub(r"\s+", " ", value).replace("|", "/").replace("<", "‹").replace(">", "›")
    if isinstance(value, tuple | list):
        return [_flat(one) for one in value]
    if isinstance(value, dict):
        return {key: _flat(one) for key, one in value.items()}
    return _Flat(value) if hasattr(value, "__dataclass_fields__") else value


EXAMPLE = Facts(  # invented; what the drafts in docs/ are made of
    name="Pilot av En god start",
    purpose="Vi vil vite om kurset gjør nye fosterfamilier tryggere i oppdraget, og om kommunene klarer å"
    " gjennomføre det.",
    controller="Kommunene Vika, Fjell og Storøy",
    partner="Regionalt kunnskapssenter",
    contact="Solveig, prosjektleder@example.no",
    starts_on="17. august 2026",
    ends_on="31. desember 2027",
    sunset_on="31. januar 2028",
    is_research=True,
    linked=True,
    waves=(
        WaveFacts(
            "Før første kveld",
            "voksne i familiene",
            "uten navn, før og etter kobles",
            when_words("første kveld", -14, 14),
            "Trygg i oppdraget",
        ),
        WaveFacts(
            "Etter siste kveld",
            "voksne i familiene",
            "uten navn, før og etter kobles",
            when_words("siste kveld", 0, 14),
            "Trygg i oppdraget",
        ),
        WaveFacts(
            "Seks måneder etter",
            "voksne i familiene",
            "uten navn, før og etter kobles",
            when_words("siste kveld", 180, 21),
            "Trygg i oppdraget",
        ),
        WaveFacts(
            "Etter hver kveld", "voksne i familiene", "anonymt", "fra hver kveld, åpent i 2 dager", "Kvelden"
        ),
        WaveFacts(
            "Om å lede kurset",
            "kontaktpersoner",
            "med navn",
            when_words("siste kveld", 0, 21),
            "AIM, IAM og FIM",
        ),
    ),
    officers=(("Vika", ""), ("Fjell", ""), ("Storøy", "")),
)
