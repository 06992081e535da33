"""The sentences of a release are true of the figure they stand with: why, how sure, and which way."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.utils.translation import override

from evaluation.criteria_forms import CriteriaForm
from evaluation.models import Criterion, Release
from evaluation.releases import (
    criteria,
    reach,
    words,
    words_of_dose,
    words_of_lights,
    words_of_method,
    words_of_modules,
    words_of_programme,
    words_of_reasons,
    words_of_spread,
)
from evaluation.releases.pictures import pictures
from tests.evaluation import snapshots
from tests.study_factories import study, wave

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.test import Client

    from courses.models import User
    from tests.people import LogIn

pytestmark = pytest.mark.django_db(databases=["default", "answers"])


@pytest.fixture(autouse=True)
def _bokmål() -> Iterator[None]:
    with override("nb"):
        yield


@pytest.fixture
def client(logged_in: LogIn, project_leader: User) -> Client:
    return logged_in(project_leader)


def released(**more: Any) -> Release:
    return snapshots.released(wave(study(), code="T1"), snapshots.snapshot(**more), drawn=False)


def page(client: Client, made: Release, address: str) -> str:
    return str(client.get(f"/resultater/{made.pk}/{address}").content.decode())


# --- why
def test_items_that_are_hidden_say_each_their_own_reason(client: Client) -> None:
    rows = [snapshots.item(f"trygg{n}", "Jeg vet.") | {"why": why} for n, why in enumerate(("alike",) * 2, 1)]
    made = released(items=[*rows, snapshots.item("trygg3", "Jeg tåler.") | {"why": "beside"}])
    shown = page(client, made, "skalaer/hverdag-trygg/")
    assert "2 spørsmål vises ikke for seg. Svarene er så like" in shown
    assert "1 spørsmål vises ikke for seg. Sammen med en tidligere" in shown
    assert "for få svar til" not in shown.lower()


def test_municipalities_that_all_are_shown_are_not_said_to_lack_answers(client: Client) -> None:
    assert "De andre kommunene har for få svar" not in page(client, released(), "skalaer/")


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ({"why": "with-pairs"}, "Vises sammen med neste måling"),
        ({"why": "", "alone": True}, "Sammen med en tidligere"),
        ({"why": "beside"}, "Sammen med en tidligere"),
        ({"why": "few"}, "Ingen kommune har nok svar"),
    ],
)
def test_where_no_municipality_is_told_of_the_reason_is_the_true_one(row: dict[str, Any], said: str) -> None:
    assert words_of_reasons.no_places([row]).startswith(said)


# --- how many evenings
def dose(rho: float, low: float, high: float, code: str) -> str:
    row = {"why": "", "rho": rho, "interval": [low, high], "words": code, "better": "high"}
    return words_of_dose.dose(row)


def test_a_correlation_is_printed_with_the_decimal_it_is_told_with() -> None:
    assert "Rangkorrelasjonen er 0,3," in dose(0.3, 0.1, 0.5, "some")


def test_a_correlation_whose_interval_holds_nought_is_called_unsure() -> None:
    told = dose(0.3, 0.0, 0.6, "some")
    assert "usikker" in told
    assert "viss sammenheng" not in told


@pytest.mark.parametrize(("rho", "way"), [(0.6, "større bedring"), (-0.6, "mindre bedring")])
def test_a_correlation_says_which_way_it_goes(rho: float, way: str) -> None:
    assert way in dose(rho, *sorted((rho - 0.2, rho + 0.2)), "strong")
    row = {"why": "", "rho": rho, "interval": [rho, rho], "words": "strong", "better": "neither"}
    assert "bedring" not in words_of_dose.dose(row)


# --- low is good, and neither is
@pytest.mark.parametrize(
    ("value", "light"), [(1.9, "green"), (2, "green"), (2.5, "yellow"), (3, "yellow"), (3.1, "red")]
)
def test_a_light_of_a_scale_where_low_is_good_is_green_below_and_red_above(value: float, light: str) -> None:
    made = study()
    Criterion.objects.create(study=made, measure="outcome", scale="skjema.stress", green=2, red=3)
    scale = {"instrument": "skjema", "scale": "stress", "title": {"nb": "Stress"}, "better": "low"}
    row = scale | {"why": "", "after": value}
    ((told,), _whole) = criteria.lights(made, [row], reach.Flow(()), None, None)
    assert told["light"] == light
    assert "grønt til og med 2,0, rødt over 3,0" in words_of_lights.criterion(told)


def test_limits_of_a_scale_that_the_wave_does_not_ask_are_still_said_the_way_it_goes() -> None:
    """Green to 2 and red above 3: its direction is seen of the limits themselves."""
    made = study()
    Criterion.objects.create(study=made, measure="outcome", scale="skjema.stress", green=2, red=3)
    ((told,), _whole) = criteria.lights(made, [], reach.Flow(()), None, None)
    assert (told["light"], told["better"]) == ("none", "low")
    assert "grønt til og med 2,0, rødt over 3,0" in words_of_lights.criterion(told)


def test_a_change_on_a_scale_without_a_better_end_is_neither_better_nor_worse() -> None:
    row = snapshots.scale("stil", "Stil", better="neither")
    for verdict in ("better", "worse"):
        said = " ".join(
            [words.finding(row | {"verdict": verdict}, "nb"), *words.closer(row), words_of_spread.spread(row)]
        )
        assert not {"bedre", "dårligere", "bedring"} & set(said.lower().replace(":", "").split())
    assert "høyere etter enn før" in words.finding(row, "nb")


def test_who_had_the_highest_score_could_not_improve_only_where_high_is_good() -> None:
    row = snapshots.scale("stress", "Stress", better="low", ceiling=True, floor=False)
    assert "ikke vise bedring" not in " ".join(words.closer(row))
    assert "ikke vise bedring" in " ".join(words.closer(row | {"ceiling": False, "floor": True}))


def test_right_is_better_only_where_something_is() -> None:
    rows = [snapshots.scale("stil", "Stil", better="neither"), snapshots.scale("trygg", "Trygg")]
    drawn = {
        each["name"]: each for each in pictures(snapshots.snapshot(scales=rows)) if each["language"] == "nb"
    }
    first, second = (drawn[f"endring-{nth}"]["svg"] for nth in (1, 2))  # the primary outcome comes first
    assert ("er bedre." in first, "er bedre." in second) == (True, False)
    assert "Dårligere" not in drawn["spredning-hverdag-stil"]["svg"]


@pytest.mark.parametrize(
    ("green", "red", "low_is_good", "is_valid"),
    [(2, 3, True, True), (3, 2, True, False), (3, 2, False, True), (2, 3, False, False)],
)
def test_limits_are_set_the_way_the_scale_goes(
    green: float, red: float, *, low_is_good: bool, is_valid: bool
) -> None:
    given = {"primary_outcome": "skjema.stress", "outcome_green": green, "outcome_red": red}
    low = {"skjema.stress"} if low_is_good else set()
    made = study()
    form = CriteriaForm(made, [("skjema.stress", "Stress")], low, set(), given)
    assert form.is_valid() is is_valid
    if is_valid:
        made.criteria.create(**form.criteria()[0])  # the database allows it too


def test_a_scale_without_a_better_end_has_no_limits_and_may_still_be_the_primary_outcome() -> None:
    stil = {"primary_outcome": "skjema.stil"}
    made, scales = study(), [("skjema.stil", "Stil")]
    form = CriteriaForm(made, scales, set(), {"skjema.stil"}, stil | {"outcome_green": 3, "outcome_red": 2})
    assert not form.is_valid()
    assert "er verken høyt eller lavt bra" in str(form.errors["outcome_green"])
    assert CriteriaForm(made, scales, set(), {"skjema.stil"}, stil).is_valid()


# --- what a reader would otherwise have to guess
def test_where_no_primary_outcome_is_chosen_it_is_said_and_no_number_seems_hidden(client: Client) -> None:
    told = snapshots.snapshot()
    told["study"]["primary_outcome"] = ""
    told["reaim"] = [each | ({"row": None} if each["what"] == "change" else {}) for each in told["reaim"]]
    shown = page(client, released(**told), "hvem/")
    assert "ikke valgt et hovedutfall" in shown
    assert "kan ikke vises" not in shown


def test_two_minutes_say_how_large_the_change_is_and_for_how_many(client: Client) -> None:
    shown = page(client, released(), "")
    assert "Endringen er liten" in shown
    assert "Omtrent likt: de fleste" in shown


def test_an_interval_that_goes_beyond_nought_does_not_make_no_change_as_likely(client: Client) -> None:
    shown = page(client, released(), "kommune/1/")
    assert "eller går det begge veier, vet vi ikke om det har vært en endring." in shown
    assert "like gjerne" not in shown


def test_the_answers_to_each_question_say_which_time_they_are_from(client: Client) -> None:
    made = snapshots.released(wave(study(), code="T1"))
    shown = page(client, made, "skalaer/hverdag-trygg/")
    assert "svarene på hvert spørsmål (Etter siste kveld)" in shown
    assert "«helt enig» i denne målingen" in shown
    assert "Svarene på de andre spørsmålene (Etter siste kveld)" in page(client, made, "skalaer/")


def test_whoever_cannot_read_the_appendix_is_told_who_can(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(words_of_method, "covers_too_little", lambda: ["Noe"])
    assert "vedlegget, som forskningspartneren har" in page(client, released(), "metode/")


# --- one of something
@pytest.mark.parametrize(
    ("language", "minutes", "said"),
    [
        ("nb", 1, "I snitt 1 minutt lengre enn planlagt."),
        ("nb", -1, "I snitt 1 minutt kortere enn planlagt."),
        ("nb", 12, "I snitt 12 minutter lengre enn planlagt."),
        ("nn", -1, "I snitt 1 minutt kortare enn planlagt."),
        ("nn", -12, "I snitt 12 minutt kortare enn planlagt."),
    ],
)
def test_one_minute_is_a_minute(language: str, minutes: int, said: str) -> None:
    with override(language):
        assert said in words_of_modules.held({"minutes_off": minutes})


@pytest.mark.parametrize(
    ("what", "one", "more"),
    [
        (
            "adoption",
            "1 av 1 kommune i regionen har hatt en gruppe.",
            "1 av regionens 3 kommuner har hatt en gruppe.",
        ),
        (
            "leaders",
            "1 av 1 kontaktperson har ledet en gruppe.",
            "1 av 3 kontaktpersoner har ledet en gruppe.",
        ),
        ("evenings", "1 av 1 planlagt kveld ble holdt.", "1 av 3 planlagte kvelder ble holdt."),
    ],
)
def test_of_one_there_is_one(what: str, one: str, more: str) -> None:
    for of, said in ((1, one), (3, more)):
        assert words_of_programme.reach({"what": what, "part": 1, "of": of}, "nb") == said
    enough = {"measure": "attendance", "needed": 1, "planned": 1}
    assert "minst 1 av 1 kveld," in words_of_lights.measure(enough, "nb")


# --- what the numbers cannot say
HOMES = {"told": {"why": "", "change": 0.3, "interval": None}, "hidden": {"why": "homes"}}


@pytest.mark.parametrize(
    ("households", "is_said"),
    [
        (("told",), True),
        (("hidden",), False),
        (("hidden", "hidden"), False),
        (("hidden", "told"), True),
        ((), False),
    ],
)
def test_homes_are_said_to_be_counted_once_where_some_scale_tells_of_it(
    households: tuple[str, ...], *, is_said: bool
) -> None:
    rows = [snapshots.scale("trygg", "Trygg", households=HOMES[each]) for each in households]
    bare = snapshots.scale("stress", "Stress")
    bare.pop("households")
    hidden = snapshots.scale("stil", "Stil", why="few")  # and its homes with it
    limits = " ".join(words_of_method.limits(snapshots.snapshot(scales=[*rows, bare, hidden])))
    assert ("med hvert hjem telt én gang" in limits) is is_said
    assert ("mer usikre enn «trolig mellom» sier" in limits) is not is_said


def test_a_municipality_is_not_promised_that_its_homes_were_counted_once(client: Client) -> None:
    """They are in the region's figures alone."""
    made = snapshots.snapshot()
    for each in made["sites"]:
        each.pop("households", None)
    assert "hvert hjem telt" not in page(client, released(sites=made["sites"]), "kommune/1/")


def test_whoever_grows_stricter_with_herself_is_told_of_in_words_true_of_either_end(client: Client) -> None:
    """Where low is good a number goes up, and not down."""
    said = page(client, released(scales=[snapshots.scale("stress", "Stress", better="low")]), "")
    assert "kan bli strengere med seg selv" in said
    assert "tallet gå ned" not in said
