"""Invented data with the real codebook and a known truth, to rehearse analysis before there are any.

A person's safety is a level of her household, of her group and of herself; the course moves it by ``TRUTH``
on the latent scale. Answers are cut from it. Nothing here is about anybody, and no real table is read.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from django.db import transaction

from evaluation.answers.sealing import drawn_id
from evaluation.answers.vectors import NOT_ANSWERED, NOT_RELEVANT
from evaluation.models import Response

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.random import Generator
    from numpy.typing import NDArray

    from evaluation.instruments.definition import Definition
    from evaluation.models import Wave

TRUTH = 0.45  # latent standard deviations from before to after
HOME, GROUP, SELF = 0.3, 0.1, 0.6  # shares of the latent variance
NOISE = 0.9  # of one answer
CUTS = np.array([-1.6, -0.7, 0.1, 1.1])  # between the five answers
LOST, SKIPPED, NOT_YET = 0.2, 0.02, 0.02  # who never answers after; items left out; «ikke aktuelt ennå»
COUPLES = 0.6
AT_ONCE = 5_000


@dataclass(frozen=True)
class Cohort:
    """People as columns: household and group numbers, and where they stand before."""

    households: NDArray[np.int64]
    groups: NDArray[np.int64]
    levels: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.households)


def cohort(families: int, draw: Generator) -> Cohort:
    """``families`` households of one or two adults, six in each group."""
    households = np.repeat(np.arange(families), 1 + (draw.random(families) < COUPLES))
    groups = households // 6
    levels = (
        draw.normal(0, HOME**0.5, families)[households]
        + draw.normal(0, GROUP**0.5, families // 6 + 1)[groups]
        + draw.normal(0, SELF**0.5, len(households))
    )
    return Cohort(households, groups, levels)


def answers(definition: Definition, levels: NDArray[np.float64], draw: Generator) -> NDArray[np.int16]:
    """People × coded items. Five answers are cut from the level; others are spread over what they may be."""
    turned = {key for scale in definition.scales for key in scale.reversed}
    columns = []
    for item in definition.coded_items:
        latent = levels + draw.normal(0, NOISE, len(levels))
        if item.key in turned:
            latent = -latent
        codes = np.array(item.codes or range(item.low, item.high + 1))
        if len(codes) == 5:
            column = codes[np.searchsorted(CUTS, latent)]
        else:
            rank = np.clip((latent + 2.5) / 5, 0, 0.999)
            column = codes[(rank * len(codes)).astype(int)]
        column = np.where(draw.random(len(levels)) < SKIPPED, NOT_ANSWERED, column)
        if item.not_yet:
            column = np.where(draw.random(len(levels)) < NOT_YET, NOT_RELEVANT, column)
        columns.append(column.astype("<i2"))
    return np.column_stack(columns)


def fill(before: Wave, after: Wave, phase: str, families: int, seed: int) -> int:
    """Responses of both waves to every questionnaire of each, without participation. How many rows."""
    draw = np.random.default_rng(seed)
    people = cohort(families, draw)
    pairs = [draw.bytes(16) for _person in range(len(people))]
    homes = [draw.bytes(16) for _home in range(families)]
    stays = draw.random(len(people)) >= LOST
    made = 0
    for wave, levels, who in (
        (before, people.levels, np.ones(len(people), dtype=bool)),
        (after, people.levels + TRUTH, stays),
    ):
        for row in wave.instruments.select_related("version"):
            vectors = answers(row.version.frozen, levels, draw)
            rows = (
                Response(
                    study=wave.study_id,
                    wave=wave.code,
                    phase=phase,
                    role=wave.audience,
                    version=row.version_id,
                    pair_id=pairs[place],
                    household_id=homes[people.households[place]],
                    cluster_id=int(people.groups[place]) + 1,
                    vector=vectors[place].tobytes(),
                )
                for place in np.flatnonzero(who)
            )
            made += _put(rows)
    return made


def _put(rows: Iterator[Response]) -> int:
    """By rising drawn ids, as closing does. Two alike among 63 bits do not happen."""
    drawn = list(rows)
    ids = [drawn_id() for _response in drawn]
    with transaction.atomic(using="answers"):
        for response, pk in zip(drawn, sorted(ids), strict=True):
            response.id = pk
        Response.objects.bulk_create(drawn, batch_size=AT_ONCE)
    return len(drawn)
