"""A figure of some of the people beside that of all tells of who is left: nobody, or enough to be told of."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from evaluation.models import Response, Wave
from evaluation.releases import left_unsaid, scale_rows, words
from evaluation.releases.working_out import work_out
from evaluation.synthetic import cohort, put
from tests.evaluation.release_rows import PILOT
from tests.evaluation.test_scales_that_share import scale, total_and, waves

pytestmark = pytest.mark.django_db(databases=["default", "answers"])
OF_GROUPS = ("intraclass", "robust", "mixed")


def asked(homes: int, *parts: str) -> Wave:
    """So many homes, in groups, before and after."""
    before, after = waves(*(total_and(*parts) if parts else [scale("trygg", ["t1", "t2", "t3"])]))
    draw = np.random.default_rng(4)
    put(before, after, PILOT, cohort(homes, draw), draw)
    return after


def of_no_group(after: Wave, people: int, *, alike: bool = False) -> None:
    """Some of those who answered both times were counted in a pool."""
    rows = list(Response.objects.filter(wave=after.code).order_by("-pk")[:people])  # the last is whole
    for row in rows:
        Response.objects.filter(pk=row.pk).update(cluster_id=None)
        if alike:
            Response.objects.filter(pk=row.pk).update(vector=np.full(6, 3, "<i2").tobytes())


def told(after: Wave) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    one, two = work_out(after, PILOT, slow=True)
    return list(zip(one["scales"], two["scales"], strict=True))


@pytest.mark.parametrize(
    ("people", "alike", "is_told"), [(0, False, True), (1, False, False), (9, False, True), (9, True, False)]
)
def test_groups_are_told_of_where_those_of_no_group_are_nobody_or_enough(
    people: int, alike: bool, is_told: bool
) -> None:
    after = asked(90)
    of_no_group(after, people, alike=alike)
    ((row, whole),) = told(after)
    assert ("interval" in row["clusters"]) is is_told
    assert [whole[name] is not None for name in OF_GROUPS] == [is_told] * 3
    assert (str(left_unsaid.OTHERS["robust"]) in left_unsaid.sentences(whole)) is not is_told


def test_nor_of_a_scale_that_shares_questions_with_one_where_they_are_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    after = asked(90, "m1", "m2")
    found = scale_rows.moved

    def none_of_m2(definition: Any, of: Any, *rest: Any, **more: Any) -> Any:
        from dataclasses import replace

        here = found(definition, of, *rest, **more)
        return replace(here, robust=None) if of.key == "m2" else here

    monkeypatch.setattr(scale_rows, "moved", none_of_m2)
    rows = {row["scale"]: (row, whole) for row, whole in told(after)}
    assert {key: row["clusters"]["why"] for key, (row, _whole) in rows.items()} == {
        "trygg": "shared",
        "m1": "",
        "m2": "few-groups",
    }
    assert all(rows["trygg"][1][name] is None for name in OF_GROUPS)


# --- at an end of the scale
def at_the_top(homes: int, many: int) -> tuple[dict[str, Any], dict[str, Any]]:
    """So many of the people had the highest score before."""
    after = asked(homes)
    for place, row in enumerate(Response.objects.filter(wave="T0").order_by("pk")):
        vector = np.frombuffer(bytes(row.vector), "<i2").copy()
        vector[:3] = 5 if place < many else (2, 3, 2 + place % 3)
        Response.objects.filter(pk=row.pk).update(vector=vector.tobytes())
    (row,) = told(after)
    return row


@pytest.mark.parametrize(("homes", "many", "is_said"), [(5, 2, False), (24, 4, False), (24, 6, True)])
def test_many_at_the_top_are_at_least_five_of_ten(homes: int, many: int, is_said: bool) -> None:
    row, _whole = at_the_top(homes, many)
    assert row["why"] == ""
    assert any("øverste skår" in said for said in words.closer(row)) is is_said


@pytest.mark.parametrize(("homes", "is_told"), [(5, False), (24, True)])
def test_how_many_stand_at_the_ends_is_a_distribution_with_its_limit(homes: int, is_told: bool) -> None:
    _row, whole = at_the_top(homes, 4)
    assert [whole[wave]["ends"] is not None for wave in ("before", "after")] == [is_told] * 2
    assert (str(left_unsaid.ENDS) in left_unsaid.sentences(whole)) is not is_told
