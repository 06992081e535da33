"""A questionnaire of sixty items and four hundred answers: no query for an item anywhere on their way."""

from __future__ import annotations

import random
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.db import connections
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from evaluation import opening
from evaluation.answers import closing, sealing
from evaluation.instruments import loading, yaml_writing
from evaluation.instruments.drafts import Draft
from evaluation.models import InstrumentVersion, Occasion, Participation, Response
from tests import crowds
from tests import study_factories as made
from tests.factories import EveningFactory
from tests.paired import pairs_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from courses.models import Adult, Group
    from evaluation.models import Wave

pytestmark = pytest.mark.django_db(databases=["default", "answers"])
ITEMS, ADULTS = (5, 60), (20, 200)


@contextmanager
def counted(into: dict[str, int], step: str) -> Iterator[None]:
    before = into.get(step, 0)
    with (
        CaptureQueriesContext(connections["default"]) as people,
        CaptureQueriesContext(connections["answers"]) as answers,
    ):
        yield
    into[step] = before + len(people) + len(answers)


def imported(items: int, folder: Path) -> InstrumentVersion:
    """From a file, as the project leader takes one in."""
    asked = made.definition([made.statement(f"t{number:02}") for number in range(items)])
    (folder / "skjema.yaml").write_text(yaml_writing.text_of(Draft(asked)), encoding="utf-8")
    loading.load(folder)
    return InstrumentVersion.objects.get(instrument__key=asked.key)


def answered(wave: Wave, adults: list[Adult], chance: random.Random) -> Occasion:
    occasion = Occasion.objects.get(wave=wave)
    version = InstrumentVersion.objects.get(pk=wave.instruments.get().version_id)
    for adult in adults:
        given = {item.key: chance.randint(1, 5) for item in version.frozen.items}
        sealing.submit(user=adult.user, occasion_id=occasion.pk, forms=[(version, given)])
    return occasion


def walked(items: int, many: int, group: Group, folder: Path) -> dict[str, int]:
    """Queries of each step: import, opening for all, closing of both waves. Everybody is paired."""
    queries: dict[str, int] = {}
    folder.mkdir()
    with counted(queries, "import"):
        version = imported(items, folder)
    study = made.study(programme=group.edition.programme, region=group.municipalities.first().region)
    adults = crowds.adults(group, many, municipality=group.municipalities.first())
    now = timezone.now()
    for code, after in (("T0", -1), ("T1", 0)):
        made.wave(study, code=code, opens_after_days=after, open_for_days=30, versions=[version])
    opening.plan_occasions(study, now)
    with counted(queries, "open"):
        assert opening.open_due(now)["opened"] == 2
    assert Participation.objects.filter(occasion__wave__study=study).count() == 2 * many
    chance = random.Random(items)
    for wave in study.waves.all():
        occasion = answered(wave, adults, chance)
        with counted(queries, "close"):
            assert closing.close(occasion).taken == many
    of_wave = [set(pairs_of(Response.objects.filter(study=study.pk, wave=code))) for code in ("T0", "T1")]
    assert len(of_wave[0]) == many
    assert of_wave[0] == of_wave[1]  # all of them, and none with another
    return queries


def test_sixty_items_and_four_hundred_answers_cost_no_query_for_an_item(group: Group, tmp_path: Path) -> None:
    EveningFactory(group=group, starts_at=timezone.now() - timedelta(days=2))  # both are open at any hour
    (few_items, many_items), (few, many) = ITEMS, ADULTS
    small = walked(few_items, few, group, tmp_path / "small")
    group.enrolments.all().delete()
    wide = walked(many_items, few, group, tmp_path / "wide")
    group.enrolments.all().delete()
    both = walked(many_items, many, group, tmp_path / "both")
    assert wide["import"] <= small["import"] + 1  # SQLite takes 999 values in a statement
    assert wide["open"] <= small["open"]
    assert wide["close"] <= small["close"]
    assert both["import"] == wide["import"]
    for step in ("open", "close"):  # rows are put in many at a time
        assert (both[step] - wide[step]) * 20 <= 2 * (many - few), step
