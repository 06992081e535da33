"""How many evenings, by what the answers are coded as: the order they are listed in says nothing."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from evaluation.instruments.definition import Choice, Words
from evaluation.models import Occasion, Response, Wave
from evaluation.synthetic import fill
from tests.evaluation.change_told import BANDS, PILOT, one, told
from tests.paired import pair_of
from tests.study_factories import frozen_version, occasion, statement, study, wave

pytestmark = pytest.mark.django_db(databases=["default", "answers"])

DO_NOT_KNOW = Choice(9, Words("Vet ikke", "Veit ikkje"))


def asked(choices: tuple[Choice, ...]) -> tuple[Wave, Wave]:
    made = study(key="piloten", primary_outcome="trygg.trygg")
    trygg = frozen_version(items=[statement(f"t{number:02}") for number in range(1, 13)], key="trygg")
    once = frozen_version(items=[one("oppmote", choices)], key="etter-kurset")
    found = []
    for order, (code, versions) in enumerate((("T0", [trygg]), ("T1", [trygg, once]))):
        found.append(each := wave(made, code=code, order=order, versions=versions))
        Occasion.objects.filter(pk=occasion(wave=each).pk).update(state=Occasion.State.COUNTED)
    fill(*found, PILOT, 60, seed=5)
    return found[0], found[1]


def dose(waves: tuple[Wave, Wave], moves: dict[int, int]) -> dict[str, Any]:
    """With what each of the codes moved."""
    versions = {row.version.instrument.key: row.version_id for row in waves[1].instruments.all()}
    before = {pair_of(row): row for row in Response.objects.filter(wave="T0", version=versions["trygg"])}
    says = {pair_of(row): row for row in Response.objects.filter(version=versions["etter-kurset"])}
    after = Response.objects.filter(wave="T1", version=versions["trygg"])
    for nth, row in enumerate(after.order_by("pk")):
        pair, code = pair_of(row), list(moves)[nth % len(moves)]
        start = np.array([2, 2 + nth % 2] * 6, dtype="<i2")
        Response.objects.filter(pk=before[pair].pk).update(vector=start.tobytes())
        Response.objects.filter(pk=row.pk).update(vector=(start + np.int16(moves[code])).tobytes())
        Response.objects.filter(pk=says[pair].pk).update(vector=np.array([code], "<i2").tobytes())
    (found,) = told(waves[1])[0]["dose"]
    return dict(found)


@pytest.mark.parametrize("choices", [BANDS, BANDS[::-1]], ids=["least first", "most first"])
def test_more_evenings_are_more_in_whichever_order_they_are_listed(choices: tuple[Choice, ...]) -> None:
    row = dose(asked(choices), {1: 0, 2: 1, 3: 2})
    assert (row["why"], row["rho"]) == ("", 1.0)
    assert [band["label"]["nb"] for band in row["bands"]] == [choice.label.nb for choice in choices]


def test_who_does_not_know_how_many_was_not_at_the_most_evenings() -> None:
    """Their code is the highest, and they moved least."""
    row = dose(asked((*BANDS, DO_NOT_KNOW)), {1: 0, 2: 1, 3: 2, 9: 0})
    assert row["rho"] == 1.0
    assert "Vet ikke" not in [band["label"]["nb"] for band in row["bands"]]
