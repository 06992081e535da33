"""Rows of the answers database as whole columns: read once, in one pass, and never a row as an object."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from typing import TYPE_CHECKING

import numpy as np
from django.db import connections, transaction
from django.db.models import BigIntegerField, BinaryField, Value
from django.db.models.functions import Coalesce

from evaluation.answers.veils import unveiled
from evaluation.figures.disclosure import Population, fewest_homes
from evaluation.figures.scoring import rows_in_common, slots
from evaluation.models.answers import Response

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from numpy.typing import NDArray

    from evaluation.figures.scoring import Ids, Matrix

AT_ONCE = 10_000  # rows fetched together: as many as the processor's cache holds
NO_ID = bytes(16)
UNKNOWN = 0  # the home of an adult of whom nothing says with whom she lives
REGION = 0  # a bucket or cluster that is none: those below the limit


@dataclass(frozen=True)
class Answered:
    """What one wave and phase answered to one questionnaire version; row i is one person throughout."""

    answers: Matrix
    pair_ids: Ids  # of nobody for forms that are not linked
    households: NDArray[np.int64]  # a number for each household of these rows; of adults it may be UNKNOWN
    clusters: NDArray[np.int64]
    buckets: NDArray[np.int64]
    modules: tuple[str, ...]  # of evening forms; of others none

    def __len__(self) -> int:
        return len(self.answers)

    @property
    def population(self) -> Population:
        return population(self.households)

    def rows(self, places: NDArray[np.int64]) -> Answered:
        answers = np.empty((len(places), self.answers.shape[1]), self.answers.dtype, order="F")
        for item in range(answers.shape[1]):  # a column at a time, as they lie
            answers[:, item] = self.answers[:, item][places]
        return Answered(
            answers,
            self.pair_ids[places] if len(self.pair_ids) else self.pair_ids,
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

    @cached_property
    def groups(self) -> NDArray[np.int64]:
        """The clusters at «after», which are drawn, as small numbers; nought for whoever is in none."""
        numbers = np.unique(self.after.clusters, return_inverse=True)[1].astype(np.int64)
        return np.where(self.after.clusters == REGION, 0, numbers + 1)


def population(households: NDArray[np.int64]) -> Population:
    """Of people told by the small numbers of their households."""
    sizes = np.bincount(households, minlength=UNKNOWN + 1)
    alone, known = np.count_nonzero(sizes[1:] == 1), np.count_nonzero(sizes[1:])
    return Population(len(households), fewest_homes(int(known), int(alone), unknown=int(sizes[UNKNOWN])))


def read(study: int, wave: str, phase: str, version: int, items: int) -> Answered:
    """One query, streamed, and a short one where somebody has no household; ``items`` is how many slots the
    version's vector has."""
    chunks = [
        (
            np.frombuffer(b"".join(vectors), dtype="<i2").reshape(-1, items),
            _ids(pairs),
            _ids(homes),
            np.array(clusters, dtype=np.int64),
            np.array(buckets, dtype=np.int64),
            modules if any(modules) else (),
        )
        for rows in _chunks(study, wave, phase, version)
        for vectors, pairs, homes, clusters, buckets, modules in [zip(*rows, strict=True)]
    ]
    vectors, pairs, homes, clusters, buckets, modules = zip(*chunks, strict=True) if chunks else ((),) * 6
    none, nobody = np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.uint64)
    pair_ids, ids = np.concatenate([nobody, *pairs]), np.concatenate([nobody, *homes])
    live_somewhere = not any(modules) and not ids.all() and _are_adults(study, wave)
    return Answered(
        slots(vectors, items),
        pair_ids if pair_ids.all() else nobody,
        _numbered(ids, live_somewhere=live_somewhere),
        np.concatenate([none, *clusters]),
        np.concatenate([none, *buckets]),
        tuple(chain.from_iterable(modules)),
    )


def paired(before: Answered, after: Answered) -> Pairs:
    """Pairs by pair id; nobody where either was not linked."""
    first, second = rows_in_common(before.pair_ids, after.pair_ids)
    alone = np.ones(len(before), dtype=bool)
    alone[first] = False
    return Pairs(before.rows(first), after.rows(second), before.rows(np.flatnonzero(alone)))


def _chunks(study: int, wave: str, phase: str, version: int) -> Iterator[list[tuple[Any, ...]]]:
    """Rows by so many at a time. PostgreSQL sends them as they are, not as hexadecimal text."""
    nobody, nowhere = Value(NO_ID, BinaryField()), Value(REGION, BigIntegerField())
    rows = Response.objects.filter(study=study, wave=wave, phase=phase, version=version).order_by()
    columns = rows.values_list(
        "vector",
        Coalesce("pair_id", nobody),
        Coalesce("household_id", nobody),
        Coalesce("cluster_id", nowhere),
        Coalesce("bucket", nowhere),
        "module",
    )
    sql, params = columns.query.sql_with_params()
    # in a transaction: without one the server would first write the whole answer to a file
    with transaction.atomic(using="answers"), _cursor(sql, params) as cursor:
        while chunk := cursor.fetchmany(AT_ONCE):
            yield chunk


@contextmanager
def _cursor(sql: str, params: tuple[Any, ...]) -> Iterator[Any]:
    connection = connections["answers"]
    if connection.vendor != "postgresql":
        with connection.chunked_cursor() as cursor:
            cursor.execute(sql, params)
            yield cursor
        return
    from psycopg import ServerCursor

    with ServerCursor(connection.connection, "answers") as cursor:  # Django's own gives bytes as text
        cursor.execute(sql, params, binary=True)
        yield cursor


def _ids(column: tuple[bytes, ...]) -> Ids:
    """Of veiled ids; nought where there was none."""
    veils = np.frombuffer(b"".join(column), dtype="<u8").reshape(-1, 2)
    ids, known = np.zeros(len(veils), dtype=np.uint64), veils.any(axis=1)
    ids[known] = np.frombuffer(unveiled(veils[known].tobytes()), dtype="<u8")[::2]
    return ids


def _are_adults(study: int, wave: str) -> bool:
    """Whether it is families that answer, and not staff, who have no home here."""
    roles = Response.objects.filter(study=study, wave=wave).order_by().values_list("role", flat=True)
    return "adult" in roles[:1]


def _numbered(homes: NDArray[np.uint64], *, live_somewhere: bool) -> NDArray[np.int64]:
    """Households as small numbers from 1. A row without one is its own, or UNKNOWN where people have them."""
    numbers = np.unique(homes, return_inverse=True)[1].astype(np.int64) + 1
    alone = homes == 0
    numbers[alone] = UNKNOWN if live_somewhere else len(homes) + 1 + np.arange(int(alone.sum()))
    return numbers
