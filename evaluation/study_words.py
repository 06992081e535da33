"""What the study pages say of waves, occasions and scales, in sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils import formats, timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from evaluation.figures.disclosure import band as told_band
from evaluation.models import Audience, IdentityMode, Occasion, Wave
from evaluation.models.studies import PUT_BACK

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from courses.models import Evening
    from evaluation.models import InstrumentVersion
    from evaluation.opening import Awaited

State = Occasion.State
HALF_A_YEAR = range(180, 187)


def when(wave: Wave) -> str:
    """«Åpner 14 dager før første kveld, og lukker når den begynner.»"""
    if wave.anchor == Wave.Anchor.EACH_EVENING:
        hours = wave.open_for_days * 24
        return _("Åpner mot slutten av hver kveld, og lukker etter %(n)d timer.") % {"n": hours}
    first = wave.anchor == Wave.Anchor.FIRST_EVENING
    anchor = _("første kveld") if first else _("siste kveld")
    after = wave.opens_after_days
    if after == 0 and not first:
        opens = _("Åpner mot slutten av siste kveld")
    elif after == 0:
        opens = _("Åpner samme dag som første kveld")
    elif after in HALF_A_YEAR:
        opens = _("Åpner et halvt år etter %(anchor)s") % {"anchor": anchor}
    else:
        opens = _days(after) % {"n": abs(after), "anchor": anchor}
    if first and after + wave.open_for_days == 0:
        return _("%(opens)s, og lukker når den begynner.") % {"opens": opens}
    days = wave.open_for_days
    return ngettext("%(opens)s, og er åpent i %(n)d dag.", "%(opens)s, og er åpent i %(n)d dager.", days) % {
        "opens": opens,
        "n": days,
    }


def _days(after: int) -> str:
    if after < 0:
        return ngettext("Åpner %(n)d dag før %(anchor)s", "Åpner %(n)d dager før %(anchor)s", -after)
    return ngettext("Åpner %(n)d dag etter %(anchor)s", "Åpner %(n)d dager etter %(anchor)s", after)


def kept(wave: Wave) -> str:
    """How its answers are kept, for the project leader."""
    if wave.identity == IdentityMode.ANONYMOUS:
        return _("Anonymt. Ingen vet hvem som svarer.")
    if wave.identity == IdentityMode.NAMED:
        return _("Med navn. Bare for ansatte.")
    return _("Uten navn. Før og etter kobles til nøkkelen slettes.")


def asked(wave: Wave) -> str:
    return {
        str(Audience.ADULT): _("Spør de voksne i familiene"),
        str(Audience.CONTACT_PERSON): _("Spør kontaktpersonene"),
        str(Audience.LEADER): _("Spør lederne"),
    }[str(wave.audience)]


def occasion_labels() -> list[str]:
    return [_("Måling"), _("Åpner"), _("Lukker"), _("Tilstand")]


def occasion_name(occasion: Occasion) -> str:
    if occasion.group is None:
        return _("Regionen")
    if occasion.evening is None:
        return occasion.group.name
    return _("%(group)s, kveld %(n)d") % {"group": occasion.group.name, "n": occasion.evening.module.number}


def at_evening(name: str, number: int | None) -> str:
    """What a form is called; with the evening's number where it is asked after each."""
    return name if number is None else _("%(form)s, kveld %(n)d") % {"form": name, "n": number}


def occasion_cells(occasion: Occasion, language: str, awaited: Awaited | None = None) -> list[str]:
    """``awaited``: what it waits for; until then its days hold only if no new date comes."""
    name = occasion.wave.name_in(language)
    if awaited is None:
        return [name, _moment(occasion.opens_at), _moment(occasion.closes_at), occasion_state(occasion)]
    opens, closes = (_moment(each) for each in awaited.otherwise) if awaited.otherwise else ("–", "–")
    if awaited.otherwise:
        opens = _("%(at)s, hvis ingen ny dato kommer") % {"at": opens}
    return [name, opens, closes, _waits(occasion, awaited.evening)]


def _waits(occasion: Occasion, awaited: Evening) -> str:
    n = awaited.module.number
    if occasion.group is None:
        return _("venter på ny dato for %(group)s, kveld %(n)d") % {"group": awaited.group.name, "n": n}
    return _("venter på ny dato for kveld %(n)d") % {"n": n}


def occasion_state(occasion: Occasion) -> str:
    """The state; one whose time went by while something lacked says that it never opened."""
    if occasion.state == State.PLANNED and occasion.closes_at <= timezone.now():
        return _("ble ikke åpnet")
    if occasion.state == State.PLANNED and occasion.opens_at <= timezone.now():
        return _("venter, se over")
    if occasion.given_up_on:
        return _lost(occasion)
    if occasion.state == State.CLOSED:
        return _("lukket, venter på å telles")
    return str(occasion.get_state_display())


def _lost(occasion: Occasion) -> str:
    """The key was lost, or the answers themselves: how many could not be opened, in bands."""
    many = at_most(told_band(occasion.lost_answers))
    if occasion.given_up_by == PUT_BACK:
        return _("%(many)s svar gikk tapt med en sikkerhetskopi") % {"many": many}
    if not occasion.lost_answers:
        return _("gitt opp, nøkkelen er tapt")
    return _("nøkkelen er tapt, %(many)s svar kunne ikke åpnes") % {"many": many}


def at_most(band: str) -> str:
    """A band by its upper end, of what was never counted one by one."""
    if band == "20+":
        return _("20 eller flere")
    return _("opptil %(n)s") % {"n": band.partition("–")[2]} if band else _("færre enn fem")


def _moment(at: datetime) -> str:
    return formats.date_format(timezone.localtime(at), "j. F H.i")


def scales_of(versions: Iterable[InstrumentVersion]) -> list[tuple[str, str]]:
    """(«skjema.skala», its title) of everything that is asked. A query for each draft."""
    found: dict[str, str] = {}
    language = get_language() or "nb"
    for version in versions:
        if version.definition is not None:
            scales = [(scale.key, scale.title.in_language(language)) for scale in version.frozen.scales]
        else:
            rows = version.scales.values_list("key", "title_nb", "title_nn")
            scales = [(key, (language == "nn" and nn) or nb) for key, nb, nn in rows]
        for key, title in scales:
            name = title if title == version.title else f"{version.title}: {title}"
            found.setdefault(f"{version.instrument.key}.{key}", name)
    return sorted(found.items(), key=lambda row: row[1])


def scales_better(which: str, versions: Iterable[InstrumentVersion]) -> set[str]:
    """«skjema.skala» of those asked whose good end is ``which`` (or neither). A query for each draft."""
    return {
        f"{version.instrument.key}.{key}"
        for version in versions
        for key, better in (
            version.scales.values_list("key", "better")
            if version.definition is None
            else ((scale.key, scale.better) for scale in version.frozen.scales)
        )
        if better == which
    }


def ranges_of(versions: Iterable[InstrumentVersion]) -> dict[str, tuple[float, float]]:
    """«skjema.skala» of everything that is asked → its lowest and highest score. A query for each draft."""
    return {
        f"{version.instrument.key}.{key}": (low, high)
        for version in versions
        for key, low, high in (
            version.scales.values_list("key", "low", "high")
            if version.definition is None
            else ((scale.key, scale.low, scale.high) for scale in version.frozen.scales)
        )
    }
