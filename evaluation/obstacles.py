"""What keeps a wave from opening, each in a sentence for the project leader."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from evaluation.instruments.freezing import all_faults
from evaluation.instruments.rows import read
from evaluation.models import IdentityMode, Wave

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from evaluation.models import InstrumentVersion, Occasion, Study

SHOWN = 4  # faults of one questionnaire; the rest are counted


def obstacles_of(wave: Wave) -> list[str]:
    """Everything at once; empty: it opens when its time comes. Reads each draft's rows and what
    was sent of it before; of frozen ones nothing."""
    versions = [row.version for row in wave.instruments.select_related("version__instrument")]
    found = [] if versions else [_("Målingen har ikke noe skjema. Velg minst ett.")]
    for version in versions:
        found += _faults_of(version)
    found += doubled(versions)
    found += unlike(
        wave, audience=wave.audience, identity=wave.identity, anchor=wave.anchor, versions=versions
    )
    return found


def doubled(versions: Iterable[InstrumentVersion]) -> list[str]:
    """Said of questionnaires of which a wave would ask two versions: the same people the same twice."""
    titles = {version.instrument_id: version.title for version in versions}
    chosen = Counter(version.instrument_id for version in versions)
    return [_("Velg én versjon av «%s».") % titles[pk] for pk, times in chosen.items() if times > 1]


def unlike(
    wave: Wave, *, audience: str, identity: str, anchor: str, versions: Iterable[InstrumentVersion]
) -> list[str]:
    """Said of a wave that asks the same people the same questionnaire, whose answers hang together with them
    in another way: before and after could not be paired. Of evenings nothing is. One query at most."""
    if anchor == str(Wave.Anchor.EACH_EVENING):
        return []
    others = Wave.objects.filter(study=wave.study_id, audience=audience).exclude(pk=wave.pk)
    others = others.exclude(identity=identity).exclude(anchor=Wave.Anchor.EACH_EVENING)
    asked = {version.instrument_id for version in versions}
    other = others.filter(instruments__version__instrument__in=asked).first()
    said = _("«%(wave)s» spør de samme om det samme, og lagrer svarene på en annen måte. Velg likt.")
    return [said % {"wave": other.name_nb}] if other else []


def asked_of_evenings(study: Study) -> Study | None:
    """Another study that asks the same groups' families after each evening, on some of the same days: two
    codes on a wall, and the same asked twice. One query."""
    waves = Wave.objects.filter(
        identity=IdentityMode.ANONYMOUS,
        study__programme=study.programme_id,
        study__region=study.region_id,
        study__starts_on__lte=study.ends_on,
        study__ends_on__gte=study.starts_on,
    )
    other = waves.exclude(study=study.pk).select_related("study").order_by("pk").first()
    return other.study if other else None


def _faults_of(version: InstrumentVersion) -> Iterator[str]:
    if version.frozen_at is not None:
        return
    wrong = all_faults(version, read(version))
    for fault in wrong[:SHOWN]:
        yield f"«{version.title}»: {fault}"
    if (more := len(wrong) - SHOWN) > 0:
        yield ngettext("«%(title)s»: %(n)d feil til.", "«%(title)s»: %(n)d feil til.", more) % {
            "title": version.title,
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
