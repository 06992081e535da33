"""What the release may not say of an item, the research file does not say either, row by row."""

from __future__ import annotations

import csv
import shutil
import subprocess
from typing import TYPE_CHECKING

import numpy as np
import pytest

from evaluation.answers.vectors import NOT_ANSWERED
from evaluation.models import Release, Response, Wave
from evaluation.releases import words_of_method
from evaluation.releases.exports import codebook
from tests.evaluation.export_rows import ITEMS, answered, let_out, version_of, waves
from tests.evaluation.exporting import NAME, export
from tests.paired import homes_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

pytestmark = pytest.mark.django_db(databases=["default", "answers"])

PLACE = {item.key: place for place, item in enumerate(ITEMS) if item.kind != "text"}
PLACE |= {"oppmote": 0, "tilbake": 1}


def columns(release: Release, out: Path) -> dict[str, list[str]]:
    export(release, out)
    with (out / f"{NAME}.csv").open(encoding="utf-8", newline="") as file:
        found = list(csv.DictReader(file))
    return {name: [row[name] for row in found] for name in found[0]}


def put(of: Wave, key: str, code: str, answers: Sequence[int]) -> None:
    """The first rows' answers to one item at one wave; the others' stay as they are."""
    asked_once = key in ("oppmote", "tilbake")
    version = version_of(of.study, "om-kurset" if asked_once else "trygg-i-oppdraget")
    rows = Response.objects.filter(wave=code, version=version.pk).order_by("pk")
    for row, answer in zip(rows, answers, strict=False):
        slots = np.frombuffer(row.vector, dtype="<i2").copy()
        slots[PLACE[key]] = answer
        row.vector = slots.tobytes()
        row.save()


@pytest.fixture
def after() -> Wave:
    _first, second = waves()
    answered(second.study, 24)
    return second


@pytest.mark.parametrize(
    "given",
    [[5] * 40, [5] * 33 + [1] * 3, [NOT_ANSWERED] * 28],
    ids=["all", "nearly all", "seven or eight answered"],
)
def test_an_item_that_is_not_told_with_its_spread_is_not_in_the_file(
    after: Wave, tmp_path: Path, given: list[int]
) -> None:
    put(after, "tilbake", "T1", given)
    release = let_out(after)
    assert not release.technical["look_back"][0].get("counts")
    told = columns(release, tmp_path)
    assert "tilbake_T1" not in told
    assert {"oppmote_T1", "dager_T1", "hjelp_1_T0"} <= set(told)


def test_neither_is_a_choice_that_all_but_one_household_made(after: Wave, tmp_path: Path) -> None:
    put(after, "hjelp", "T1", [0b01] * 40)
    put(after, "dager", "T0", [12] * 40)
    told = columns(let_out(after), tmp_path)
    assert not [name for name in told if name.startswith(("hjelp", "dager"))]


def test_how_many_evenings_are_no_background_where_the_item_may_not_stand(
    after: Wave, tmp_path: Path
) -> None:
    put(after, "oppmote", "T1", [5] * 40)
    assert not [name for name in columns(let_out(after), tmp_path) if name.startswith("oppmote")]


@pytest.mark.parametrize("whose", ["all", "all but one household"])
def test_of_a_told_scale_with_an_item_all_answered_alike_only_the_score_is_there(
    after: Wave, tmp_path: Path, whose: str
) -> None:
    """The score and the other items would give that one."""
    put(after, "t01", "T1", [4] * 40)
    if whose != "all":
        version = version_of(after.study, "trygg-i-oppdraget")
        rows = list(Response.objects.filter(wave="T1", version=version.pk).order_by("pk"))
        homes = homes_of(rows)
        alone = next(nth for nth, home in enumerate(homes) if list(homes).count(home) == 1)
        put(after, "t01", "T1", [1 if nth == alone else 4 for nth in range(40)])
    release = let_out(after)
    assert [row["why"] for row in release.technical["scales"]] == ["", ""]
    told = columns(release, tmp_path)
    assert {"skala_trygg_T0", "skala_trygg_T1", "t04_T1"} <= set(told)
    assert not [name for name in told if name.startswith(("t01", "t02", "t03"))]
    if shutil.which("Rscript"):
        ran = ["Rscript", "--vanilla", f"{NAME}.R"]
        assert b"avvik" in subprocess.run(ran, cwd=tmp_path, capture_output=True, check=True).stdout


def test_items_of_a_told_scale_stand_where_they_are_not_alike(after: Wave, tmp_path: Path) -> None:
    put(after, "t01", "T1", [4] * 33)
    told = columns(let_out(after), tmp_path)
    assert {"t01_T0", "t01_T1", "t02_T1", "t03_T1", "skala_trygg_T1"} <= set(told)


def test_the_codebook_and_the_method_say_what_is_not_there() -> None:
    rules = " ".join(rule.nb for rule in codebook.RULES)
    assert "Spørsmål utenfor en skala er med bare der offentliggjøringen viser svarene på det" in rules
    assert "står bare skåren" in rules
    assert "bare skåren" in " ".join(words_of_method.data_sets(1))
