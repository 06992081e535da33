"""Whose answers are whose, as only the key file can tell: the veiled ids of rows, opened for a test."""

from __future__ import annotations

from typing import TYPE_CHECKING

from evaluation.answers.veils import ids_of
from evaluation.models import Response

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from django.db.models import QuerySet


def pair_of(row: Response) -> bytes:
    return ids_of([row.pair_id])[0]


def pairs_of(rows: Iterable[Response]) -> list[bytes]:
    return ids_of(row.pair_id for row in rows)


def homes_of(rows: Iterable[Response]) -> list[bytes]:
    return ids_of(row.household_id for row in rows)


def rows_of(pairs: Collection[bytes]) -> QuerySet[Response]:
    """All rows of those people."""
    rows = list(Response.objects.exclude(pair_id=None))
    mine = [row.pk for row, pair in zip(rows, pairs_of(rows), strict=True) if pair in pairs]
    return Response.objects.filter(pk__in=mine)
