"""An invented study is made whole, the same each time, and never beside real families or answers."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from django.core.management import CommandError, call_command

from courses.models import Adult, Attendance, Evening, Family, Group, ReadingEvent, Region
from evaluation.answers.vectors import NOT_SHOWN
from evaluation.instruments.yaml_files import of_bytes
from evaluation.models import Occasion, Participation, Response, Study, Wave
from evaluation.releases import releasing
from evaluation.synthetic import answers as invented
from tests.editions import make_edition
from tests.factories import FamilyFactory
from tests.paired import homes_of, pairs_of
from tests.study_factories import frozen_version, study, wave

if TYPE_CHECKING:
    from pytest_django.fixtures import SettingsWrapper

pytestmark = pytest.mark.django_db(databases=["default", "answers"])


@pytest.fixture
def programme(settings: SettingsWrapper) -> None:
    settings.DEMO = False
    make_edition(modules=3, parts=2, programme__audience="families")
    frozen_version(key="trygg")


def bulk(families: int = 24, seed: int = 1, **more: Any) -> None:
    call_command("bulk", families=families, seed=seed, **more)


def counts() -> list[int]:
    people = (Family, Adult, Group, Evening, Attendance, ReadingEvent)
    return [rows.objects.count() for rows in (*people, Occasion, Participation, Response)]


def values() -> list[tuple[Any, ...]]:
    rows = list(Response.objects.order_by("pk"))
    ids = zip(rows, pairs_of(rows), homes_of(rows), strict=True)
    return sorted((row.wave, row.cluster_id, pair, home, bytes(row.vector)) for row, pair, home in ids)


def test_a_study_has_people_evenings_marks_reading_and_answers(programme: None) -> None:
    bulk()
    assert all(counts())
    assert Family.objects.count() == 24
    assert Evening.objects.count() == 3 * Group.objects.count() == 12
    assert Attendance.objects.count() == 3 * Adult.objects.count()
    done = Participation.objects.filter(state="done")
    for code in ("T0", "T1"):
        answered = Response.objects.filter(wave=code).count()
        assert done.filter(occasion__wave__code=code).count() == answered > 0


def test_the_same_again_changes_nothing(programme: None) -> None:
    bulk()
    before, answers = counts(), values()
    bulk()
    assert (counts(), values()) == (before, answers)


def test_the_same_seed_gives_the_same_answers_and_another_gives_others(programme: None) -> None:
    bulk(seed=7)
    first, marks = values(), list(Attendance.objects.order_by("pk").values_list("state", flat=True))
    Response.objects.all().delete()
    Study.objects.update(key="oppdiktet-borte")  # as in a database that never had it
    Region.objects.filter(studies__key="oppdiktet-borte").update(name="Borte")
    Attendance.objects.all().delete()
    bulk(seed=7)
    assert values() == first
    assert list(Attendance.objects.order_by("pk").values_list("state", flat=True)) == marks
    Response.objects.all().delete()
    bulk(seed=8)
    assert values() != first


def test_more_may_answer_than_there_are_families(programme: None) -> None:
    bulk(families=6, responses=500)
    assert Family.objects.count() == 6
    assert Response.objects.filter(wave="T0").count() == 500
    assert 350 < Response.objects.filter(wave="T1").count() < 450


def test_what_was_made_can_be_released(programme: None) -> None:
    bulk(families=60)
    (after,) = Wave.objects.filter(code="T1")
    content = releasing.content_of(after, "pilot", slow=False)
    (scale,) = content["snapshot"]["scales"]
    assert scale["change"] > 0


def test_nothing_is_made_beside_real_families(programme: None) -> None:
    FamilyFactory()
    with pytest.raises(CommandError, match="virkelige familier"):
        bulk()
    assert not Study.objects.exists()


def test_nothing_is_made_beside_real_answers(programme: None) -> None:
    from evaluation.synthetic import fill

    made, version = study(), frozen_version()
    real = [wave(made, code=code, versions=[version]) for code in ("T0", "T1")]
    fill(real[0], real[1], "pilot", 5, seed=1)
    with pytest.raises(CommandError, match="virkelige svar"):
        bulk()


def test_the_demo_may_have_more_than_its_own(programme: None, settings: SettingsWrapper) -> None:
    FamilyFactory()
    settings.DEMO = True
    with pytest.raises(CommandError, match="--yes"):
        bulk(families=6)
    assert Family.objects.count() == 1
    bulk(families=6, yes=True)
    assert Family.objects.count() == 7


def test_without_a_programme_or_questionnaires_it_says_what_lacks(settings: SettingsWrapper) -> None:
    settings.DEMO = False
    with pytest.raises(CommandError, match="utgave"):
        bulk()
    make_edition(programme__audience="families")
    with pytest.raises(CommandError, match="spørreskjemaer"):
        bulk()


@pytest.mark.parametrize("wrong", [{"families": -1}, {"families": 10**6}, {"seed": -1}, {"responses": -5}])
def test_numbers_that_make_no_sense_are_refused(wrong: dict[str, int]) -> None:
    with pytest.raises(CommandError, match="under 0"):
        call_command("bulk", **wrong)


def test_a_question_that_hangs_on_another_is_answered_only_by_those_it_was_shown_to() -> None:
    content = Path("fixtures/instruments/etter-kurset.yaml").read_bytes()
    definition = of_bytes(content, "etter-kurset.yaml").definition
    draw = np.random.default_rng(3)
    keys = [item.key for item in definition.coded_items]
    rows = invented(definition, draw.normal(size=200), draw)
    said_yes = rows[:, keys.index("vil-tenke-tilbake")] == 1
    not_shown = rows[:, keys.index("tilbake")] == NOT_SHOWN
    assert 100 < said_yes.sum() < 200
    assert (said_yes != not_shown).all()
