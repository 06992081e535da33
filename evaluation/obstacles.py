"""What keeps a wave from opening, each in a sentence for the project leader."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from evaluation.instruments.faults import faults
from evaluation.instruments.rows import read
from evaluation.models import IdentityMode

if TYPE_CHECKING:
    from collections.abc import Iterator

    from evaluation.models import InstrumentVersion, Occasion, Study, Wave

SHOWN = 4  # faults of one questionnaire; the rest are counted


def obstacles_of(wave: Wave) -> list[str]:
    """Everything at once; empty: it opens when its time comes. Reads each draft's rows, frozen ones not."""
    versions = [row.version for row in wave.instruments.select_related("version__instrument")]
    found = [] if versions else [_("Målingen har ikke noe skjema. Velg minst ett.")]
    for version in versions:
        found += _faults_of(version)
    return found


def _faults_of(version: InstrumentVersion) -> Iterator[str]:
    if version.frozen_at is not None:
        return
    draft = read(version)
    wrong = [*draft.faults, *faults(draft.definition)]
    for fault in wrong[:SHOWN]:
        yield f"«{version.title_nb}»: {fault}"
    if (more := len(wrong) - SHOWN) > 0:
        yield ngettext("«%(title)s»: %(n)d feil til.", "«%(title)s»: %(n)d feil til.", more) % {
            "title": version.title_nb,
            "n": more,
        }


def key_obstacle(occasion: Occasion, study: Study) -> str:
    """Where keys are kept apart, they are made by hand before an occasion opens; «» when nothing lacks."""
    if not settings.SEAL_KEYS_APART:
        return ""
    if occasion.identity == IdentityMode.LINKED and not study.key_fingerprint:
        return _("Koblingsnøkkelen er ikke laget. Hold nøkkelseremonien først.")
    if occasion.public_key is None:
        return _("Nøkkelen til svarene er ikke laget. Den som har nøkkelfilen, lager den.")
    return ""
