"""Rows of the answers database as whole columns: read once, in one pass, and never a row as an object."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from django.db import connections

from evaluation.figures.disclosure import Population
from evaluation.figures.scoring import matrix, rows_in_common
from evaluation.models.answers import Response

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from numpy.typing import NDArray

    from evaluation.figures.scoring import Matrix

AT_ONCE = 20_000  # rows fetched together
NO_HOME = bytes(16)
REGION = 0  # a bucket or cluster that is none: those below the limit


@dataclass(frozen=True)
class Answered:
    """What one wave and phase answered to one questionnaire version; row i is one person throughout."""

    answers: Matrix
    pair_ids: tuple[bytes, ...]  # empty for forms that are not linked
    households: NDArray[np.int64]  # a number for each household of these rows; each its own where not known
    clusters: NDArray[np.int64]
    buckets: NDArray[np.int64]
    modules: tuple[str, ...]  # of evening forms

    def __len__(self) -> int:
        return len(self.answers)

    @property
    def population(self) -> Population:
        return population(self.households)

    def rows(self, places: NDArray[np.int64]) -> Answered:
        return Answered(
            np.asfortranarray(self.answers[places]),
            tuple(self.pair_ids[place] for place in places) if self.pair_ids else (),
            self.households[places],
            self.clusters[places],
            self.buckets[places],
            tuple(self.modules[place] for place in places) if self.modules else (),
        )


@dataclass(frozen=True)
class Pairs:
    """The same people before and after, row by row, and those who were there before alone."""

    before: Answered
    after: Answered
    left: Answered


def population(households: NDArray[np.int64]) -> Population:
    """Of people told by the small numbers of their households."""
    return Population(len(households), int(np.count_nonzero(np.bincount(households))))


def read(study: int, wave: str, phase: str, version: int, items: int) -> Answered:
    """One query, streamed; ``items`` is how many slots the version's vector has."""
    vectors: list[bytes] = []
    pairs: list[bytes | None] = []
    homes: list[bytes | None] = []
    modules: list[str] = []
    clusters, buckets = [], []
    for rows in _chunks(study, wave, phase, version):
        vector, pair, home, cluster, bucket, module = zip(*rows, strict=True)
        vectors.append(b"".join(vector))
        pairs.extend(pair)
        homes.extend(home)
        clusters.append(np.array([each or REGION for each in cluster], dtype=np.int64))
        buckets.append(np.array([each or REGION for each in bucket], dtype=np.int64))
        modules.extend(module)
    linked = None not in pairs
    none = np.zeros(0, dtype=np.int64)
    return Answered(
        matrix(vectors, items),
        tuple(each for each in pairs if each is not None) if linked else (),
        _numbered(homes),
        np.concatenate(clusters) if clusters else none,
        np.concatenate(buckets) if buckets else none,
        tuple(modules),
    )


def paired(before: Answered, after: Answered) -> Pairs:
    """Pairs by pair id; nobody where either was not linked."""
    first = second = np.zeros(0, dtype=np.int64)
    if before.pair_ids and after.pair_ids:
        first, second = rows_in_common(before.pair_ids, after.pair_ids)
    alone = np.ones(len(before), dtype=bool)
    alone[first] = False
    return Pairs(before.rows(first), after.rows(second), before.rows(np.flatnonzero(alone)))


def _chunks(study: int, wave: str, phase: str, version: int) -> Iterator[list[tuple[Any, ...]]]:
    rows = Response.objects.filter(study=study, wave=wave, phase=phase, version=version)
    columns = ("vector", "pair_id", "household_id", "cluster_id", "bucket", "module")
    sql, params = rows.order_by().values_list(*columns).query.sql_with_params()
    with connections["answers"].chunked_cursor() as cursor:
        cursor.execute(sql, params)
        while chunk := cursor.fetchmany(AT_ONCE):
            yield chunk


def _numbered(homes: list[bytes | None]) -> NDArray[np.int64]:
    """Households as small numbers, by the first 64 of their 128 random bits; a row without one is its own."""
    known = np.frombuffer(b"".join(each or NO_HOME for each in homes), dtype="<u8")[::2]
    numbers = np.unique(known, return_inverse=True)[1].astype(np.int64)
    alone = known == 0
    numbers[alone] = len(known) + np.arange(int(alone.sum()))
    return numbers
