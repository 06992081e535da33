"""What is said of the course and of whom was asked is true of this release, and of no more than it counts."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from django.core.management import call_command
from django.utils.translation import override
from docx import Document

from evaluation.models import Criterion, Occasion, Release, Response
from evaluation.releases import words, words_of_lights, words_of_programme
from evaluation.releases.reports import steering_report
from evaluation.releases.working_out import work_out
from evaluation.synthetic import fill
from evaluation.views.release_told import everything
from tests.evaluation import snapshots
from tests.evaluation.release_rows import PILOT, facts, families, group_of, held, modules, row, second_wave
from tests.evening_factories import EveningLogFactory
from tests.factories import AttendanceFactory, ModuleFactory, UserFactory
from tests.study_factories import frozen_version, occasion, participation, statement, study, wave

if TYPE_CHECKING:
    from collections.abc import Iterator

    from courses.models import Group, Module
    from evaluation.models import Wave

pytestmark = pytest.mark.django_db(databases=["default", "answers"])


@pytest.fixture(autouse=True)
def _bokmål() -> Iterator[None]:
    with override("nb"):
        yield


@pytest.fixture
def after() -> Wave:
    return second_wave()


# --- what was changed
def two_modules(after: Wave) -> list[Module]:
    return [ModuleFactory(programme=after.study.programme, number=number) for number in (1, 2)]


def three_groups(after: Wave) -> list[Group]:
    return [group_of(after) for _each in range(3)]


def said_of_changes(after: Wave) -> str:
    told, _whole = facts(after, modules(after))
    return str(words_of_programme.reach(row(told, "adaptations"), "nb"))


def test_no_evening_is_said_to_be_as_planned_where_a_module_may_not_be_told_of(after: Wave) -> None:
    """Two groups changed the second module: that may not be told, nor may it be denied."""
    first, second = two_modules(after)
    for nth, group in enumerate(three_groups(after)):
        EveningLogFactory(evening=held(group, module=first))
        evening = held(group, module=second)
        if nth < 2:
            EveningLogFactory(evening=evening, changed="Vi droppet hele øvelsen", why="tid")
    assert said_of_changes(after) == (
        "I modulene der minst tre grupper har ført logg, er ingen kvelder ført som endret fra planen."
    )


def test_an_evening_nobody_has_logged_is_not_said_to_be_as_planned(after: Wave) -> None:
    (module, _other), groups = two_modules(after), three_groups(after)
    for group in groups:
        EveningLogFactory(evening=held(group, module=module))
    assert said_of_changes(after) == "Ingen kvelder ble endret fra planen."
    unlogged = held(group_of(after), module=module)
    assert said_of_changes(after).startswith("I modulene der minst tre grupper har ført logg")
    EveningLogFactory(evening=unlogged, changed="Kortere runde.")
    assert said_of_changes(after) == "1 kveld ble endret fra planen."


# --- enough evenings
@pytest.mark.parametrize(
    ("required", "said"),
    [(1, "minst 1 av 2 kvelder"), (2, "minst 2 av 2 kvelder"), (5, "minst 5 kvelder")],
)
def test_enough_evenings_are_as_many_as_the_course_asks_for(after: Wave, required: int, said: str) -> None:
    after.study.programme.evenings_required = required
    after.study.programme.save()
    Criterion.objects.create(study=after.study, measure="attendance", green=80, red=60)
    group = group_of(after)
    enrolled = families(group, 6)
    for module in two_modules(after):
        evening = held(group, module=module)
        for each in enrolled:
            AttendanceFactory(adult=each.adult, evening=evening, state="present")
    call_command("release", after.study.key, wave=after.code, phase=PILOT)
    told = Release.objects.get().snapshot
    (light,) = told["criteria"]
    assert words_of_lights.measure(light, "nb") == f"Voksne med {said}, medregnet dem de tok igjen"
    assert f"av de voksne har {said}, medregnet" in words_of_programme.reach(
        row(told["reaim"], "enough"), "nb"
    )


# --- whom it is of
def of_contact_persons() -> Release:
    made = study(key="piloten")
    version = frozen_version(items=[statement(f"t{n}") for n in range(3)])
    asked = wave(made, code="KP", identity="named", audience="contact-person", versions=[version])
    at = occasion(wave=asked, group=None)
    for _each in range(24):
        participation(at, UserFactory())
    Occasion.objects.filter(pk=at.pk).update(state="counted")
    about: dict[str, Any] = {"study": made.pk, "wave": "KP", "phase": PILOT, "role": "contact-person"}
    draw = np.random.default_rng(1)
    Response.objects.bulk_create(
        Response(
            pk=900 + nth,
            version=version.pk,
            edition="",
            module="",
            vector=draw.integers(1, 6, 3).astype("<i2").tobytes(),
            **about,
        )
        for nth in range(21)
    )
    call_command("release", "piloten", wave="KP", phase=PILOT)
    return Release.objects.get()


@pytest.mark.parametrize("language", ["nb", "nn"])
def test_contact_persons_are_not_called_adults_in_families(language: str) -> None:
    made = of_contact_persons()
    assert made.snapshot["audience"] == "contact-person"
    with override(language):
        shown = everything(made.snapshot, [])
    said = " ".join([shown["answered"], *shown["limits"], *shown["method"]])
    assert "kontaktpersoner" in shown["answered"].lower() or "kontaktpersonar" in shown["answered"].lower()
    for wrong in (
        "voksne ble spurt",
        "vaksne blei spurde",
        "uten kurs",
        "utan kurs",
        "hjem",
        "heim",
        "famili",
    ):
        assert wrong not in said, wrong
    paper = Document(BytesIO(steering_report(made, language)))
    report = "\n".join(each.text for each in paper.paragraphs)
    for wrong in ("To voksne i samme hjem", "To vaksne i same heim", "uten kurs", "utan kurs"):
        assert wrong not in report


def test_adults_without_a_change_are_not_promised_that_homes_were_counted_once() -> None:
    told = snapshots.snapshot()
    assert "hvert hjem" in " ".join(everything(told, [])["limits"])
    levels = [each | {"mean": 3.4} for each in told["scales"]]
    for each in levels:
        each.pop("change", None)
    said = " ".join(everything(told | {"scales": levels}, [])["limits"])
    assert "hvert hjem" not in said
    assert "«endring»" not in said
    assert "familier uten kurs" in said


def test_nothing_is_said_of_homes_where_staff_have_changed(after: Wave) -> None:
    fill(after.study.waves.get(code="T0"), after, PILOT, 30, seed=5)
    assert "households" in work_out(after, PILOT, slow=False)[0]["scales"][0]
    after.study.waves.update(audience="contact-person")
    after.refresh_from_db()
    (row,) = work_out(after, PILOT, slow=False)[0]["scales"]
    assert (row["why"], "change" in row) == ("", True)
    assert "hjem" not in " ".join(words.closer(row))


# --- homes
@pytest.mark.parametrize("language", ["nb", "nn"])
def test_a_change_of_homes_without_an_interval_ends_there(language: str) -> None:
    scale = snapshots.scale("trygg", "Trygg", households={"why": "", "change": 0.6, "interval": None})
    with override(language):
        said = " ".join(words.closer(scale))
    assert "–" not in said
    assert ("0,6 til det bedre." if language == "nb" else "0,6 til det betre.") in said
