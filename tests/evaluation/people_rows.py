"""A study of before and after of any questionnaire, with each person's answers put straight into the rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from django.core.management import call_command

from evaluation.answers.veils import ID_BYTES, veiled
from evaluation.models import Occasion, Release, Response
from tests.study_factories import frozen_version, occasion, study, wave

if TYPE_CHECKING:
    from collections.abc import Sequence

    from evaluation.instruments.definition import Item, Scale


def let_out(
    items: Sequence[Item], scales: tuple[Scale, ...] | None, answers: dict[str, Any], homes: Any = None
) -> Release:
    """``answers`` has T0 and T1 with a row of codes for each person; each lives alone but for ``homes``."""
    made = study(key="piloten")
    version = frozen_version(items=items, **({} if scales is None else {"scales": scales}))
    for order, code in enumerate(("T0", "T1")):
        after = wave(made, code=code, order=order, versions=[version])
    Occasion.objects.filter(pk=occasion(wave=after).pk).update(state=Occasion.State.COUNTED)
    people = [number.to_bytes(ID_BYTES, "little") for number in range(1, 1 + len(answers["T0"]))]
    lives = people if homes is None else [int(home).to_bytes(ID_BYTES, "little") for home in homes]
    Response.objects.bulk_create(
        Response(
            pk=1 + nth + 10_000 * order,
            study=made.pk,
            wave=code,
            phase="pilot",
            role="adult",
            version=version.pk,
            vector=np.array(given, dtype="<i2").tobytes(),
            pair_id=pair,
            household_id=home,
        )
        for order, (code, rows) in enumerate(answers.items())
        for nth, (given, pair, home) in enumerate(zip(rows, veiled(people), veiled(lives), strict=True))
    )
    call_command("release", "piloten", wave="T1", phase="pilot")
    return Release.objects.get(wave=after)
