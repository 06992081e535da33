"""The project's numbers in words: what stands in the cells of its tables."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from django.utils import formats, timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from courses.models import MunicipalPhase

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime

    from courses.projecting import Phase, Standing

NOTHING = "–"
MOST = 0.9  # a share above this is «most», for whoever sees coarsely
BANDS = ((20, "20 eller flere"), (10, "10–19"), (5, "5–9"))


def percent(share: float | None) -> str:
    return NOTHING if share is None else f"{round(share * 100)} %"


@lru_cache(maxsize=4096)
def _day(day: date, form: str, language: str | None) -> str:
    return str(formats.date_format(day, form)).lower().replace(" ", "\N{NO-BREAK SPACE}")


def day_words(day: date | None, form: str = "j. M Y") -> str:
    """A day, short, in the active language; empty for none. Kept, since a page may show a hundred."""
    return _day(day, form, get_language()) if day else ""


def span_words(first: date | None, last: date | None) -> str:
    """From and to; what is not set is left out, and a year that stands twice."""
    if first is None and last is None:
        return NOTHING
    if first is None:
        return _("til %(day)s") % {"day": day_words(last)}
    if last is None:
        return _("fra %(day)s") % {"day": day_words(first)}
    return f"{day_words(first, 'j. M' if first.year == last.year else 'j. M Y')} – {day_words(last)}"


def banded(count: int) -> str:
    """How many families take part now, as a municipality's leader sees it; the same from none to four."""
    if count >= BANDS[0][0]:
        return _("20 eller flere")
    return next((words for least, words in BANDS if count >= least), _("færre enn 5 nå"))


def place_labels() -> list[str]:
    return [
        _("Grupper"),
        _("Familier"),
        _("Kvelder holdt"),
        _("Oppmøte"),
        _("Tatt igjen"),
        _("Logger mangler"),
        _("Etter planen"),
    ]


def place_cells(standing: Standing, *, exact: bool) -> list[str]:
    """What stands under ``place_labels``."""
    who = _families(standing) if exact else banded(standing.families)
    return [str(standing.groups or NOTHING), *_shared_cells(standing, who, exact=exact)]


def group_labels(*, training: bool = False) -> list[str]:
    """Where contact persons learn, heads stand in place of families."""
    who = _("Deltakere") if training else _("Familier")
    return [_("Fase"), _("Kommuner"), _("Neste kveld"), who, *place_labels()[2:]]


def _shared_cells(standing: Standing, who: str, *, exact: bool) -> list[str]:
    there, made_up = (_exactly if exact else _coarsely)(standing)
    return [
        who,
        str(standing.held or NOTHING),
        there,
        made_up,
        str(standing.logs_missing or NOTHING),
        percent(standing.adherence),
    ]


def group_cells(
    phase: str, places: str, next_at: datetime | None, standing: Standing, *, exact: bool, training: bool
) -> list[str]:
    """What stands under ``group_labels``."""
    count = standing.adults if training else standing.families
    who = str(count or NOTHING) if exact else banded(count)
    if not exact and standing.is_few and standing.held and not next_at:
        who = _("kurset er ferdig")  # nobody takes part any more: that says nothing of how many did
    return [
        phase,
        places,
        day_words(timezone.localdate(next_at), "j. M") if next_at else NOTHING,
        *_shared_cells(standing, who, exact=exact),
    ]


def _families(standing: Standing) -> str:
    words = []
    if standing.invited:
        words.append(_("%(n)s invitert") % {"n": standing.invited})
    if standing.waiting:
        words.append(_("%(n)s venter") % {"n": standing.waiting})
    if not words:
        return str(standing.families or NOTHING)
    return ", ".join([_("%(n)s med") % {"n": standing.families}, *words])


def _exactly(standing: Standing) -> tuple[str, str]:
    marks = standing.marks
    if not marks.marked:
        return NOTHING, NOTHING
    return _("%(n)s av %(all)s") % {"n": marks.there, "all": marks.marked}, str(marks.made_up or NOTHING)


def _coarsely(standing: Standing) -> tuple[str, str]:
    """From five families: about how many were there, and whether anybody made up for an evening."""
    share = standing.marks.share
    if standing.is_few or share is None:
        return NOTHING, NOTHING
    made_up = _("noen") if standing.marks.made_up else _("ingen")
    if share > MOST:
        return _("de fleste"), made_up
    return _("omtrent %(n)s %%") % {"n": round(share * 10) * 10}, made_up


def phase_labels() -> list[str]:
    return [f"{number} {name}" for number, name in enumerate(MunicipalPhase.NAMES, start=1)]


def phase_cells(labels: Iterable[str], phases: Iterable[Phase], today: date) -> list[dict[str, Any]]:
    """[.label .when .who .now], one for each phase, under ``phase_labels``."""
    return [
        {
            "label": label,
            "when": span_words(phase.starts_on, phase.ends_on),
            "who": phase.responsible,
            "now": phase.is_on(today),
        }
        for label, phase in zip(labels, phases, strict=True)
    ]
