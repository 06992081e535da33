"""A total and its parts: where a part is hidden nothing is told that it could be worked out from."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from evaluation.figures.sharing import blocks, sharing
from evaluation.figures.statistics.change import Difference
from evaluation.instruments.definition import Definition, Scale, Words
from evaluation.instruments.yaml_files import of_bytes
from evaluation.models import InstrumentVersion, Response, Wave
from evaluation.releases import scale_rows, words_of_places, words_of_reasons
from evaluation.releases.working_out import work_out
from evaluation.synthetic import cohort, fill, put
from tests.evaluation.release_rows import PILOT, counted
from tests.factories import MunicipalityFactory
from tests.study_factories import definition, frozen_version, statement, study, version_of_definition, wave

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

pytestmark = pytest.mark.django_db(databases=["default", "answers"])
OWN = Path(__file__).parents[2] / "fixtures/instruments/trygg-i-oppdraget.yaml"
ITEMS = [f"t{n}" for n in range(1, 7)]
PARTS = {f"m{n}": ITEMS[2 * n - 2 : 2 * n] for n in (1, 2, 3)}
Rows = dict[str, dict[str, Any]]


def scale(key: str, items: Sequence[str], **more: Any) -> Scale:
    return Scale(key, Words(key), tuple(items), 1, 5, len(items), **more)


def waves(*scales: Scale, version: InstrumentVersion | None = None, codes: str = "T0 T1") -> list[Wave]:
    """Waves that ask six statements, or ``version``."""
    made = study(key="piloten")
    version = version or frozen_version(items=[statement(key) for key in ITEMS], scales=scales)
    found = [wave(made, code=code, order=n, versions=[version]) for n, code in enumerate(codes.split())]
    for each in found:
        counted(each)
    return found


def total_and(*parts: str) -> list[Scale]:
    return [scale("trygg", ITEMS), *(scale(key, PARTS[key]) for key in parts)]


def answer(code: str, of: Callable[[NDArray[np.int16], Response], None]) -> None:
    """Everybody's answers at one wave: whole, of chance, and then as ``of`` changes them."""
    rows, draw = list(Response.objects.filter(wave=code).order_by("pk")), np.random.default_rng(1)
    for row in rows:
        vector = draw.integers(2, 6, len(bytes(row.vector)) // 2).astype("<i2")
        of(vector, row)
        row.vector = vector.tobytes()
    Response.objects.bulk_update(rows, ["vector"])


def last_two(value: int) -> Callable[[NDArray[np.int16], Response], None]:
    return lambda vector, _row: vector.__setitem__(slice(4, 6), value)


def told(of: Wave, table: str = "scales") -> tuple[Rows, Rows]:
    """By scale, for everybody and for research."""
    both = work_out(of, PILOT, slow=False)
    one, two = ({row["scale"]: row for row in part[table]} for part in both)
    return one, two


def as_they_came(_vector: NDArray[np.int16], _row: Response) -> None: ...


def why(rows: Rows) -> dict[str, str]:
    return {key: row["why"] for key, row in rows.items()}


# --- what shares questions
def test_parts_share_with_the_total_and_not_with_each_other() -> None:
    near = sharing(definition([statement(key) for key in ITEMS], scales=tuple(total_and(*PARTS))))
    assert {key: [each.key for each in found] for key, found in near.items()} == {
        "trygg": ["trygg", "m1", "m2", "m3"],
        "m1": ["m1", "trygg"],
        "m2": ["m2", "trygg"],
        "m3": ["m3", "trygg"],
    }


def test_what_is_left_of_a_total_is_judged_though_it_is_no_scale() -> None:
    near = sharing(definition([statement(key) for key in ITEMS], scales=tuple(total_and("m1", "m2"))))
    (rest,) = near["trygg"][3:]
    assert (rest.items, rest.low, rest.high, rest.min_answered) == (("t5", "t6"), 1, 5, 2)


@pytest.mark.parametrize("turned", [(), ("t2",)])
def test_scales_that_share_nothing_are_judged_alone(turned: tuple[str, ...]) -> None:
    parts = [replace(each, reversed=turned if "t2" in each.items else ()) for each in total_and(*PARTS)[1:]]
    given = definition([statement(key) for key in ITEMS], scales=tuple(parts))
    assert [len(each) for each in sharing(given).values()] == [1, 1, 1]
    assert [each.items for each in blocks(given)] == [each.items for each in given.scales]


def test_questions_that_one_scale_turns_and_another_does_not_are_no_block() -> None:
    turned = scale("snudd", ITEMS[:2], reversed=("t1",))
    given = definition([statement(key) for key in ITEMS], scales=(scale("rett", ITEMS[:2]), turned))
    assert [each.items for each in blocks(given)] == [("t1",), ("t2",)]


def test_the_programmes_own_modules_are_the_blocks_of_its_total() -> None:
    near = sharing(of_bytes(OWN.read_bytes(), OWN.name).definition)
    assert [each.key for each in near["trygg"]] == ["trygg", "m1", "m2", "m3", "m4", "m5", "m6"]
    assert {len(found) for key, found in near.items() if key != "trygg"} == {2}


# --- the region
@pytest.mark.parametrize("value", [5, 3])
def test_the_total_is_not_told_where_everybody_answered_a_part_alike(value: int) -> None:
    before, after = waves(*total_and(*PARTS))
    fill(before, after, PILOT, 40, seed=3)
    answer("T0", as_they_came)
    answer("T1", last_two(value))
    for rows in told(after):
        assert why(rows) == {"trygg": "shared", "m1": "", "m2": "", "m3": "alike"}
        assert "after" not in rows["trygg"]
        assert "change" not in rows["trygg"]


def test_the_counts_of_what_is_hidden_are_not_told_and_those_of_the_other_parts_are() -> None:
    before, after = waves(*total_and(*PARTS))
    fill(before, after, PILOT, 40, seed=3)
    answer("T0", as_they_came)
    answer("T1", last_two(5))
    for part in work_out(after, PILOT, slow=False):
        assert [row["item"] for row in part["items"] if row["why"]] == ["t5", "t6"]


def test_no_part_is_told_where_the_total_is_alike() -> None:
    before, after = waves(*total_and(*PARTS))
    fill(before, after, PILOT, 40, seed=3)
    answer("T0", as_they_came)
    answer("T1", lambda vector, _row: vector.__setitem__(slice(3, 6), 6 - vector[:3]))
    for part in work_out(after, PILOT, slow=False):
        assert why({row["scale"]: row for row in part["scales"]}) == {
            "trygg": "alike",
            **dict.fromkeys(PARTS, "shared"),
        }
        assert all(row["why"] for row in part["items"])


def test_a_total_and_all_parts_but_one_that_is_no_scale_tell_nothing_where_that_one_is_alike() -> None:
    before, after = waves(*total_and("m1", "m2"))
    fill(before, after, PILOT, 40, seed=3)
    answer("T0", as_they_came)
    answer("T1", last_two(5))
    for part in work_out(after, PILOT, slow=False):
        rows = {row["scale"]: row for row in part["scales"]}
        assert why(rows) == {"trygg": "shared", "m1": "", "m2": ""}
        assert [row["item"] for row in part["items"] if row["why"]] == ["t5", "t6"]


def test_a_total_and_its_parts_are_told_where_all_may_be() -> None:
    before, after = waves(*total_and(*PARTS))
    fill(before, after, PILOT, 40, seed=3)
    answer("T0", as_they_came)
    answer("T1", as_they_came)
    assert not any(each for rows in told(after) for each in why(rows).values())


def test_levels_without_a_before_follow_the_same_rule() -> None:
    (only,) = waves(*total_and(*PARTS), codes="T1")
    fill(only, only, PILOT, 40, seed=3)
    Response.objects.filter(pk__in=list(Response.objects.values_list("pk", flat=True)[40:])).delete()
    answer("T1", last_two(5))
    for rows in told(only):
        assert why(rows) == {"trygg": "shared", "m1": "", "m2": "", "m3": "alike"}


def ninety_homes() -> Wave:
    """Who answered a total and its parts as they came, before and at the wave that is given back."""
    before, after = waves(*total_and(*PARTS))
    fill(before, after, PILOT, 90, seed=3)
    answer("T0", as_they_came)
    answer("T1", as_they_came)
    return after


# --- those who left, and homes
def test_who_left_is_not_told_of_the_total_where_it_may_not_be_of_a_part(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    after = ninety_homes()
    assert {row["left"]["why"] for row in told(after)[0].values()} == {""}
    found = scale_rows.moved

    def at_the_end(given: Definition, of: Scale, *rest: Any, **more: Any) -> Any:
        here = found(given, of, *rest, **more)
        end = Difference(5 - here.before.mean, None, None)
        return replace(here, stayed_or_left=end) if of.key == "m3" else here

    monkeypatch.setattr(scale_rows, "moved", at_the_end)
    one, two = told(after)
    assert {key: row["left"]["why"] for key, row in one.items()} == {
        "trygg": "shared",
        "m1": "",
        "m2": "",
        "m3": "alike",
    }
    assert [key for key, row in two.items() if row["stayed_or_left"]] == ["m1", "m2"]


def test_homes_are_not_counted_once_of_the_total_where_they_may_not_be_of_a_part(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    after = ninety_homes()
    found = scale_rows.moved

    def few_homes(given: Definition, of: Scale, *rest: Any, **more: Any) -> Any:
        here = found(given, of, *rest, **more)
        return replace(here, of_households=None) if of.key == "m3" else here

    monkeypatch.setattr(scale_rows, "moved", few_homes)
    one, two = told(after)
    assert {key: row["households"]["why"] for key, row in one.items()} == {
        "trygg": "shared",
        "m1": "",
        "m2": "",
        "m3": "homes",
    }
    assert [key for key, row in two.items() if row["of_households"]] == ["m1", "m2"]


# --- municipalities
def own_questionnaire() -> InstrumentVersion:
    return version_of_definition(of_bytes(OWN.read_bytes(), OWN.name).definition)


@pytest.mark.parametrize("is_one_small", [False, True])
def test_of_a_municipality_where_a_module_is_hidden_the_total_is_not_told(is_one_small: bool) -> None:
    """The programme's own questionnaire: six modules split the questions of the total. Where only one
    municipality were hidden it would be what is left of the region.
    """
    before, after = waves(version=own_questionnaire())
    places = [MunicipalityFactory(region=before.study.region).pk for _place in range(4)]
    draw = np.random.default_rng(4)
    put(before, after, PILOT, cohort(48, draw), draw, places)

    def sure(vector: NDArray[np.int16], row: Response) -> None:
        if row.bucket == places[0]:  # whom to call, and not alone
            vector[10:12] = 5, 1

    answer("T0", as_they_came)
    answer("T1", sure)
    if is_one_small:
        there = Response.objects.filter(wave="T1", bucket=places[1]).order_by("pk")
        Response.objects.filter(pk__in=list(there.values_list("pk", flat=True)[4:])).delete()
    for part in work_out(after, PILOT, slow=False):
        assert not any(row["why"] for row in part["scales"])
        there = {row["scale"] for row in part["sites"] if row["municipality"] == places[0]}
        assert there == {"m1", "m2", "m3", "m4", "m5"}
        elsewhere = {row["municipality"] for row in part["sites"] if row["scale"] == "trygg"}
        assert elsewhere == {row["municipality"] for row in part["sites"] if row["scale"] == "m6"}
        assert len(elsewhere) == int(is_one_small)


def test_of_every_municipality_the_total_is_told_where_all_parts_are() -> None:
    before, after = waves(version=own_questionnaire())
    places = [MunicipalityFactory(region=before.study.region).pk for _place in range(4)]
    draw = np.random.default_rng(4)
    put(before, after, PILOT, cohort(48, draw), draw, places)
    answer("T0", as_they_came)
    answer("T1", as_they_came)
    for part in work_out(after, PILOT, slow=False):
        assert len(part["sites"]) == 4 * 7


@pytest.mark.parametrize("told", [7, 5])
def test_a_municipality_says_that_a_scale_is_left_out_where_one_is(told: int) -> None:
    region = [{"why": "", "change": 0.1, "interval": None, "rounded": False} for _scale in range(7)]
    said = " ".join(words_of_places.of_places(region[:told], region))
    assert ("En skala som ikke står her" in said) is (told < 7)


def test_a_page_says_why_a_total_is_not_told() -> None:
    assert "spørsmål felles med noe som ikke kan vises" in words_of_reasons.why("shared")
