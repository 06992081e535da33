"""Invented data with the real codebook and a known truth, to rehearse analysis before there are any.

A person's safety is a level of her household, of her group and of herself; the course moves it by ``TRUTH``
on the latent scale. Answers are cut from it. Nothing here is about anybody, and no real table is read.
The same seed gives the same people and answers; only the ids of the rows are drawn anew, as closing does.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from django.db import connections, transaction

from evaluation.answers.vectors import NOT_ANSWERED, NOT_RELEVANT, NOT_SHOWN
from evaluation.answers.veils import ID_BYTES, veiled

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

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
FAMILIES_IN_GROUP = 6
ATTENDED = "oppmote"  # key of the item on how many evenings
LEANS = {"vil-tenke-tilbake": -0.8, "tilbake": -0.6}  # most say yes, and that they were less safe then
MISSED, LEVELS_OF_ATTENDED = (
    np.array([0.05, 0.3]),
    np.array([-2.0, 0.0, 2.0]),
)  # shares up to; of three answers
AT_ONCE = 50_000  # rows of one statement


@dataclass(frozen=True)
class Cohort:
    """People as columns: household and group as numbers, where they stand before, and who answers after."""

    households: NDArray[np.int64]
    groups: NDArray[np.int64]
    levels: NDArray[np.float64]
    stays: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.households)

    def first(self, people: int) -> Cohort:
        return Cohort(
            self.households[:people], self.groups[:people], self.levels[:people], self.stays[:people]
        )


def cohort(families: int, draw: Generator) -> Cohort:
    """``families`` households of one or two adults, six in each group."""
    households = np.repeat(np.arange(families), 1 + (draw.random(families) < COUPLES))
    groups = households // FAMILIES_IN_GROUP
    levels = (
        draw.normal(0, HOME**0.5, families)[households]
        + draw.normal(0, GROUP**0.5, families // FAMILIES_IN_GROUP + 1)[groups]
        + draw.normal(0, SELF**0.5, len(households))
    )
    return Cohort(households, groups, levels, draw.random(len(households)) >= LOST)


def answers(definition: Definition, levels: NDArray[np.float64], draw: Generator) -> NDArray[np.int16]:
    """People × coded items. Five answers are cut from the level; others are spread over what they may be."""
    turned = {key for scale in definition.scales for key in scale.reversed}
    given: dict[str, NDArray[np.int16]] = {}
    for item in definition.coded_items:
        latent = levels + draw.normal(0, NOISE, len(levels))
        if item.key in turned:
            latent = -latent
        codes = np.array(item.codes or range(item.low, item.high + 1))
        if item.key == ATTENDED:  # most were there, whatever they feel
            latent = LEVELS_OF_ATTENDED[np.searchsorted(MISSED, draw.random(len(levels)))]
        elif item.key in LEANS:
            latent = LEANS[item.key] + draw.normal(0, NOISE, len(levels))
        if len(codes) == 5:
            column = codes[np.searchsorted(CUTS, latent)]
        else:
            rank = np.clip((latent + 2.5) / 5, 0, 0.999)
            column = codes[(rank * len(codes)).astype(int)]
        column = np.where(draw.random(len(levels)) < SKIPPED, NOT_ANSWERED, column)
        if item.not_yet:
            column = np.where(draw.random(len(levels)) < NOT_YET, NOT_RELEVANT, column)
        if item.show_if:
            column = np.where(np.isin(given[item.show_if.item], item.show_if.any_of), column, NOT_SHOWN)
        given[item.key] = column.astype("<i2")
    return np.column_stack(list(given.values()))


def fill(before: Wave, after: Wave, phase: str, families: int, seed: int) -> int:
    """Responses of both waves of so many families, of the whole region. How many rows."""
    draw = np.random.default_rng(seed)
    return put(before, after, phase, cohort(families, draw), draw)


def put(
    before: Wave, after: Wave, phase: str, people: Cohort, draw: Generator, places: Sequence[int] = ()
) -> int:
    """Responses to every questionnaire of both waves, without participation. How many rows.

    ``places``: the municipality of each group in turn; none for the region.
    """
    ids = _Ids.of(people, draw, places)
    made = 0
    for wave, levels, who in (
        (before, people.levels, np.ones(len(people), dtype=bool)),
        (after, people.levels + TRUTH, people.stays),
    ):
        for row in wave.instruments.select_related("version"):
            vectors = answers(row.version.frozen, levels, draw)
            common = (wave.study_id, wave.code, phase, wave.audience, row.version_id)
            made += _put(common, ids, np.flatnonzero(who), vectors)
    return made


@dataclass(frozen=True)
class _Ids:
    """What stands beside each person's answers, the same in both waves."""

    pairs: list[bytes]
    homes: list[bytes]
    clusters: list[int]
    buckets: list[int | None]

    @classmethod
    def of(cls, people: Cohort, draw: Generator, places: Sequence[int]) -> _Ids:
        pairs = [draw.bytes(ID_BYTES) for _person in range(len(people))]
        homes = [draw.bytes(ID_BYTES) for _home in range(int(people.households.max(initial=-1)) + 1)]
        groups = people.groups.tolist()
        return cls(
            pairs,
            [homes[home] for home in people.households],
            [group + 1 for group in groups],
            [places[group % len(places)] if places else None for group in groups],
        )


COLUMNS = (
    "id", "study", "wave", "phase", "role", "version", "edition", "module",
    "bucket", "pair_id", "household_id", "cluster_id", "vector",
)  # fmt: skip


def _put(common: tuple[Any, ...], ids: _Ids, who: NDArray[np.int64], vectors: NDArray[np.int16]) -> int:
    """By rising drawn ids, as closing does. Two alike among 63 bits do not happen."""
    drawn = np.sort(np.frombuffer(secrets.token_bytes(8 * len(who)), dtype="<u8") >> 1).tolist()
    with transaction.atomic(using="answers"):
        for start in range(0, len(who), AT_ONCE):
            chunk = slice(start, start + AT_ONCE)
            people = who[chunk].tolist()
            pairs, homes = (veiled(of[at] for at in people) for of in (ids.pairs, ids.homes))
            _insert(
                (pk, *common, "", "", ids.buckets[at], pair, home, ids.clusters[at], vectors[at].tobytes())
                for pk, at, pair, home in zip(drawn[chunk], people, pairs, homes, strict=True)
            )
    return len(who)


def _insert(rows: Iterable[tuple[Any, ...]]) -> None:
    """A row as an object would take ten times as long."""
    from evaluation.models import Response  # the rest is numbers, and needs no database

    table, names = Response._meta.db_table, ", ".join(COLUMNS)
    with connections["answers"].cursor() as cursor:
        if cursor.db.vendor == "postgresql":
            with cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
        else:
            places = ", ".join(["%s"] * len(COLUMNS))
            cursor.executemany(f"INSERT INTO {table} ({names}) VALUES ({places})", rows)  # noqa: S608
