"""Rows become columns whatever is missing from them, and the benchmark's two sides count the same people."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from evaluation.answers.veils import veiled
from evaluation.figures import tables
from evaluation.figures.disclosure import Population
from evaluation.figures.tables import paired, read
from evaluation.models import Response

pytestmark = pytest.mark.django_db(databases=["default", "answers"])


def put(pk: int, wave: str = "T0", **columns: Any) -> None:
    veils = {name: veiled([columns.pop(name)])[0] for name in ("pair_id", "household_id") if name in columns}
    Response.objects.create(
        id=pk,
        study=1,
        wave=wave,
        phase="pilot",
        version=1,
        **{"role": "adult", "vector": np.array([pk, 3], dtype="<i2").tobytes()} | columns | veils,
    )


def test_nobody_is_columns_of_nobody() -> None:
    found = read(1, "T0", "pilot", 1, 2)
    assert len(found) == 0
    assert found.answers.shape == (0, 2)
    assert len(paired(found, found).before) == 0


def test_rows_come_as_they_are_in_one_chunk_or_many(monkeypatch: pytest.MonkeyPatch) -> None:
    for pk in range(1, 8):
        put(pk, pair_id=bytes([pk]) * 8, household_id=bytes([pk // 2 + 1]) * 8, cluster_id=pk % 2 + 900)
    whole = read(1, "T0", "pilot", 1, 2)
    monkeypatch.setattr(tables, "AT_ONCE", 2)
    parts = read(1, "T0", "pilot", 1, 2)
    for name in ("answers", "pair_ids", "households", "clusters", "buckets"):
        assert np.array_equal(getattr(whole, name), getattr(parts, name)), name
    assert sorted(whole.answers[:, 0].tolist()) == list(range(1, 8))


def test_adults_whose_home_nobody_knows_are_as_few_families_as_they_could_be() -> None:
    """Two seats in each home: they fill the one where one answered, and then sit two by two."""
    for pk in range(1, 6):
        put(pk)
    assert read(1, "T0", "pilot", 1, 2).population == Population(5, 3)
    for pk in range(6, 8):
        put(pk, household_id=b"h" * 8)
    put(8, household_id=b"i" * 8)
    assert read(1, "T0", "pilot", 1, 2).population == Population(8, 4)


@pytest.mark.parametrize("columns", [{"role": "contact-person"}, {"module": "kveld-1"}])
def test_staff_and_evening_forms_have_no_homes_and_count_by_the_head(columns: dict[str, str]) -> None:
    for pk in range(1, 6):
        put(pk, **columns)
    assert read(1, "T0", "pilot", 1, 2).population.families == 5


def test_a_wave_with_one_row_that_is_not_linked_is_not_paired() -> None:
    put(1, pair_id=b"a" * 8)
    put(2)
    put(3, wave="T1", pair_id=b"a" * 8)
    before, after = (read(1, wave, "pilot", 1, 2) for wave in ("T0", "T1"))
    assert not len(before.pair_ids)
    assert not len(paired(before, after).before)


def test_pairs_stand_row_by_row_and_who_left_apart() -> None:
    for pk, key in ((1, b"a"), (2, b"b"), (3, b"c")):
        put(pk, pair_id=key * 8)
    for pk, key in ((4, b"c"), (5, b"a")):
        put(pk, wave="T1", pair_id=key * 8, cluster_id=77)
    pairs = paired(*(read(1, wave, "pilot", 1, 2) for wave in ("T0", "T1")))
    both = zip(pairs.before.answers[:, 0].tolist(), pairs.after.answers[:, 0].tolist(), strict=True)
    assert set(both) == {(1, 5), (3, 4)}
    assert pairs.left.answers[:, 0].tolist() == [2]
    assert pairs.groups.tolist() == [1, 1]


def test_the_benchmarks_floor_counts_those_the_product_counts() -> None:
    from evaluation.releases.asked import asked
    from tests.benchmarks import figures

    figures.fill([300])
    waves = figures.waves_of(300)
    (each,) = asked(waves[1], "pilot")
    assert each.pairs is not None
    whole = (each.pairs.before.answers[:, :3] > 0).all(axis=1) & (each.pairs.after.answers[:, :3] > 0).all(
        axis=1
    )
    assert figures.floor(waves)[0].sum() == whole.sum() > 150
    told, _whole = figures.product(waves)
    assert all(row["why"] == "" for row in told["scales"])
