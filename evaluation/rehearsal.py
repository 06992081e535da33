"""A whole invented study: people, groups, evenings, reading and answers, to rehearse results with.

Everything by bulk inserts, in both databases; the answers are ``synthetic.py``'s. The same numbers and seed
give the same people, marks and answers, and a second time nothing. Never beside real families or answers.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np
from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from courses.models import Edition, Family, Group, Municipality, Region
from evaluation import setting_up
from evaluation.instruments.freezing import freeze
from evaluation.models import Occasion, Participation, Response, Study, Wave
from evaluation.rehearsal_people import FIRST_EVENING, INVENTED, PHASE, make_evenings, make_people
from evaluation.synthetic import COUPLES, cohort, put

if TYPE_CHECKING:
    from collections.abc import Sequence

    from courses.models import Adult
    from evaluation.synthetic import Cohort

KEY = "oppdiktet-"  # of studies
PLACES = 12  # municipalities


class NotRehearsedError(Exception):
    """Why nothing was made, in Norwegian."""


@dataclass(frozen=True)
class Made:
    study: Study
    adults: int
    responses: int
    was_there: bool = False


def rehearse(families: int, respondents: int | None, seed: int) -> Made:
    """``families`` with everything around them, and the answers of ``respondents`` before and, of most of
    them, after: first of the families' adults (None: of all of them), then of people of whom there is
    nothing but the answers.

    Raises NotRehearsedError; then nothing has changed.
    """
    key = f"{KEY}{families}-{'alle' if respondents is None else respondents}-{seed}"
    if found := Study.objects.filter(key=key).first():
        adults = Participation.objects.filter(occasion__wave__study=found).values("user").distinct().count()
        return Made(found, adults, Response.objects.filter(study=found.pk).count(), was_there=True)
    check()
    draw = np.random.default_rng(seed)
    people = cohort(max(families, _enough_for(respondents or 0)), draw)
    with transaction.atomic(), transaction.atomic(using="answers"):
        study, waves = _study(key, seed)
        places = _places(study)
        asked = people.first(int(np.searchsorted(people.households, families)))
        answering = len(asked) if respondents is None else respondents
        groups, adults = make_people(asked, places, edition(), seed)
        make_evenings(groups, adults, asked, draw)
        _occasions(waves, groups, adults, asked, answering)
        made = put(waves[0], waves[1], PHASE, people.first(answering), draw, [place.pk for place in places])
    return Made(study, len(asked), made)


def _enough_for(people: int) -> int:
    """Families: one in fifty more than it takes on average, and some."""
    return int(people / (1 + COUPLES) * 1.02) + 20


def check() -> None:
    """Raises NotRehearsedError where there are real people or answers, or no programme to rehearse with."""
    if not settings.DEMO:
        real = ~Q(adults__user__email__endswith=INVENTED)
        if Family.objects.filter(real).exists():
            raise NotRehearsedError(
                _("Her er det virkelige familier. Oppdiktede lages bare i demoen eller der ingen er fra før.")
            )
        invented = Study.objects.filter(key__startswith=KEY).values_list("pk", flat=True)
        if Response.objects.exclude(study__in=list(invented)).exists():
            raise NotRehearsedError(_("Her er det virkelige svar. Oppdiktede ville blandet seg med dem."))
    if not Edition.objects.filter(programme__audience="families").exists():
        raise NotRehearsedError(_("Programmet har ingen utgave ennå. Publiser en først."))
    if not setting_up.newest_versions():
        raise NotRehearsedError(_("Det er ingen spørreskjemaer ennå. Last dem inn først."))


def _study(key: str, seed: int) -> tuple[Study, tuple[Wave, Wave]]:
    starts = FIRST_EVENING.date() - timedelta(days=30)
    study = Study.objects.create(
        key=key,
        name_nb=f"Øving med oppdiktede svar, {seed}",
        name_nn=f"Øving med oppdikta svar, {seed}",
        programme=edition().programme,
        region=Region.objects.create(name=f"Øving {key}"),
        purpose_nb="Å øve på resultater før det er noen.",
        purpose_nn="Å øve på resultat før det er nokon.",
        controller="Øving",
        contact_name="Øving",
        contact_email=f"studie{INVENTED}",
        starts_on=starts,
        ends_on=starts + timedelta(days=700),
        sunset_on=starts + timedelta(days=730),
    )
    waves = {wave.code: wave for wave in setting_up.standard_set_up(study)}
    for wave in (waves["T0"], waves["T1"]):
        for row in wave.instruments.select_related("version"):
            freeze(row.version)
    return study, (waves["T0"], waves["T1"])


def edition() -> Edition:
    return Edition.objects.filter(programme__audience="families").latest("published_at")


def _places(study: Study) -> list[Municipality]:
    return Municipality.objects.bulk_create(
        Municipality(
            name=f"Øvingskommune {study.pk}-{nth}", slug=f"oving-{study.pk}-{nth}", region=study.region
        )
        for nth in range(1, PLACES + 1)
    )


def _occasions(
    waves: tuple[Wave, Wave], groups: Sequence[Group], adults: Sequence[Adult], asked: Cohort, answering: int
) -> None:
    """Both waves counted in every group; who answered is who has rows, as far as the answers reach."""
    answered = np.arange(len(asked)) < answering
    for wave, done, days in zip(waves, (answered, answered & asked.stays), (-14, 36), strict=True):
        opens = FIRST_EVENING + timedelta(days=days)
        occasions = Occasion.objects.bulk_create(
            Occasion(
                wave=wave,
                group=group,
                identity=wave.identity,
                opens_at=opens,
                closes_at=opens + timedelta(days=14),
                state=Occasion.State.COUNTED,
                public_key=bytes(32),  # nothing is sealed to it
            )
            for group in groups
        )
        Participation.objects.bulk_create(
            Participation(
                occasion=occasions[group],
                user_id=adult.user_id,
                state=Participation.State.DONE if is_done else Participation.State.MISSED,
            )
            for adult, group, is_done in zip(adults, asked.groups.tolist(), done.tolist(), strict=True)
        )
