"""How many have been asked and have answered: in bands, from five families, and never about a person.

The project leader sees each group and each wave; a municipality's leader the region, and her own place only
where it and the rest both have enough families: what is left when one is taken from the other is hidden too.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from django.db.models import Case, Count, Min, Q, Value, When
from django.utils.translation import gettext as _

from courses.models import Enrolment
from courses.projecting import LEAST_FAMILIES
from evaluation.figures.disclosure import ADULTS_FOR_MEAN
from evaluation.figures.disclosure import band as told_band
from evaluation.models import Audience, IdentityMode, Occasion, Participation
from evaluation.study_words import kept, occasion_name, occasion_state, when

if TYPE_CHECKING:
    from collections.abc import Collection

    from django.db.models import QuerySet

    from evaluation.models import Study, Wave

State = Participation.State
# of whoever is asked several times in a wave the first of these is told
BEST = (State.DONE, State.DECLINED, State.OPEN, State.PAPER, State.HANDED, State.MISSED)


@dataclass
class Tally:
    """People by the best that became of their forms, each once, and how many families they are of."""

    states: dict[Any, int] = field(default_factory=lambda: defaultdict(int))
    families: int = 0

    @property
    def asked(self) -> int:
        return sum(self.states.values())

    @property
    def waiting(self) -> int:
        return self.states[State.OPEN] + self.states[State.PAPER]

    def is_few(self, *, staff: bool) -> bool:
        """A form for staff has no families to count."""
        return self.asked < ADULTS_FOR_MEAN if staff else self.families < LEAST_FAMILIES


def counts(
    occasions: Collection[int],
    places: Collection[int] | None = None,
    *,
    by: Literal["occasion", "occasion__wave"] = "occasion",
) -> dict[int, Tally]:
    """``places`` narrows to families of some municipalities. A home whose adults are in two groups is one
    family of the wave. Two queries at any size."""
    rows = Participation.objects.filter(occasion__in=occasions)
    if places is not None:
        home, role = Q(user__adult__family__municipality__in=places), Q(user__roles__municipality__in=places)
        rows = rows.filter(pk__in=Participation.objects.filter(home | role).values("pk"))
    return _counted(rows, by)


def _counted(rows: QuerySet[Participation], by: str) -> dict[int, Tally]:
    found: dict[int, Tally] = defaultdict(Tally)
    place = Case(*(When(state=state, then=Value(n)) for n, state in enumerate(BEST)))
    people = rows.order_by().values(by, "user").annotate(best=Min(place))
    for of, best in people.values_list(by, "best"):
        found[of].states[BEST[best]] += 1
    families = rows.order_by().values_list(by).annotate(n=Count("user__adult__family", distinct=True))
    for of, number in families:
        found[of].families = number
    return found


# --- words
def labels(wave: Wave) -> list[str]:
    if wave.identity == IdentityMode.ANONYMOUS:
        return [_("Kommet inn"), _("Tilstand")]
    asked = _("Voksne spurt") if wave.audience == Audience.ADULT else _("Spurt")
    return [asked, _("Svart"), _("Vil ikke svare"), _("Har ikke svart"), _("Tilstand")]


def band(number: int) -> str:
    return told_band(number) or _("færre enn fem")


def share(part: int, whole: int) -> str:
    """«over halvparten»: no more is said while a form is open, and no more is needed. Of exactly half nothing
    is said for itself: it would tell how many were asked.
    """
    return _("over halvparten") if part * 2 > whole else _("halvparten eller færre")


def cells(count: Tally, state: str, *, staff: bool) -> list[str]:
    if count.is_few(staff=staff):
        hidden = _("færre enn fem") if staff else _("vises fra fem familier")
        return [hidden, "–", "–", "–", state]
    return [
        band(count.asked),
        share(count.states[State.DONE], count.asked),
        band(count.states[State.DECLINED]),
        band(count.waiting + count.states[State.HANDED] + count.states[State.MISSED]),
        state,
    ]


# --- the board
def board(study: Study, language: str) -> list[dict[str, Any]]:
    """Each wave with the sum and its groups, for the project leader. Seven queries at most, at any size."""
    waves = list(study.waves.all())
    occasions = list(
        Occasion.objects.filter(wave__in=waves)
        .exclude(state=Occasion.State.PLANNED)
        .select_related("group", "evening__module")
        .order_by("-opens_at", "pk")
    )
    found = counts([row.pk for row in occasions])
    for occasion, families in _families_at(occasions).items():
        found[occasion].families = families
    totals = counts(list(found), by="occasion__wave")
    return [
        _of_wave(wave, [row for row in occasions if row.wave_id == wave.pk], found, totals[wave.pk], language)
        for wave in waves
    ]


def _families_at(occasions: list[Occasion]) -> dict[int, int]:
    """How many families an anonymous form was there for: those in the group. One query."""
    anonymous = [row for row in occasions if row.identity == IdentityMode.ANONYMOUS]
    rows = Enrolment.objects.current().filter(group__in={row.group_id for row in anonymous})
    by_group = rows.order_by().values_list("group").annotate(n=Count("adult__family", distinct=True))
    in_group = dict(by_group)
    return {row.pk: in_group.get(row.group_id, 0) for row in anonymous}


def _of_wave(
    wave: Wave, occasions: list[Occasion], found: dict[int, Tally], total: Tally, language: str
) -> dict[str, Any]:
    staff, names = wave.audience != Audience.ADULT, labels(wave)
    anonymous = wave.identity == IdentityMode.ANONYMOUS
    rows = [
        {
            "name": occasion_name(row),
            "url": "",
            "cells": list(
                zip(
                    names,
                    _anonymous_cells(row, found[row.pk])
                    if anonymous
                    else cells(found[row.pk], occasion_state(row), staff=staff),
                    strict=True,
                )
            ),
        }
        for row in occasions
    ]
    return {
        "name": wave.name_in(language),
        "code": wave.code.lower(),
        "labels": names,
        "rows": rows,
        "total": "" if anonymous or not occasions else in_words(total, staff=staff),
    }


def _anonymous_cells(occasion: Occasion, at: Tally) -> list[str]:
    """How many anonymous forms have come, none as few (R10), and nothing else: nobody is asked by name."""
    if at.families < LEAST_FAMILIES:
        came = _("vises fra fem familier")
    else:  # forms, and not families: nobody knows who sent them
        came = _("%(many)s skjemaer") % {"many": band(occasion.received)}
    return [came, occasion_state(occasion)]


def in_words(count: Tally, *, staff: bool) -> str:
    """One sentence about a whole wave."""
    if count.is_few(staff=staff):
        return _("Det er spurt for få til å si noe om svarene.")
    said = {"asked": band(count.asked), "share": share(count.states[State.DONE], count.asked)}
    return _("Spurt: %(asked)s. %(share)s har svart.") % (said | {"share": said["share"].capitalize()})


def of_place(study: Study, places: Collection[int], language: str) -> list[dict[str, str]]:
    """Each wave of the families: when it is asked, and how many have answered in the region and in a leader's
    own municipalities, in sentences. Six queries.
    """
    waves = [wave for wave in study.waves.all() if wave.audience == Audience.ADULT]
    rows = Occasion.objects.filter(wave__in=waves).exclude(state=Occasion.State.PLANNED)
    wave_of = dict(rows.values_list("pk", "wave"))
    own = counts(list(wave_of), places, by="occasion__wave")
    everybody = counts(list(wave_of), by="occasion__wave")
    begun = set(wave_of.values())
    return [
        {
            "name": wave.name_in(language),
            "when": when(wave),
            "kept": kept(wave) if wave.identity == IdentityMode.ANONYMOUS else "",
        }
        | _asked_in(wave, own[wave.pk], everybody[wave.pk], begun=wave.pk in begun)
        for wave in waves
    ]


def _asked_in(wave: Wave, mine: Tally, everybody: Tally, *, begun: bool) -> dict[str, str]:
    """What is left of the region without her place must be nobody, or enough."""
    if wave.identity == IdentityMode.ANONYMOUS:
        return {}
    if not begun:
        return {"region": _("Ingen er spurt ennå.")}
    hidden = mine.is_few(staff=False) or 0 < everybody.families - mine.families < LEAST_FAMILIES
    few = _("Vises når minst fem familier hos dere er spurt, og minst fem ellers i regionen.")
    return {
        "region": in_words(everybody, staff=False),
        "own": few if hidden else in_words(mine, staff=False),
    }
