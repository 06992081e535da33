"""What contact persons see of an evening: nothing while it is open, nothing of a few, and then rule R8."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from courses.models import Evening
from evaluation.answers import closing, sealing
from evaluation.figures.evening import TOO_FEW, verdict
from evaluation.models import EveningVerdict, Occasion
from tests.crowds import version_of
from tests.factories import EveningFactory
from tests.study_factories import definition, evening_wave, occasion

if TYPE_CHECKING:
    from django.test import Client

    from courses.models import Group, User
    from tests.people import LogIn

pytestmark = pytest.mark.django_db(databases=["default", "answers"])
ASKED = definition()
ANSWERS = st.fixed_dictionaries(
    {},
    optional={
        "t01": st.integers(1, 5),
        "t02": st.integers(1, 5),
        "t03": st.integers(1, 5),
        "tall": st.integers(0, 10),
        "ord": st.text(max_size=20),
    },
)


@given(st.lists(ANSWERS, max_size=7))
def test_of_fewer_than_eight_nothing_is_told_and_always_the_same(forms: list[dict[str, Any]]) -> None:
    assert verdict([(ASKED, answers) for answers in forms]) == TOO_FEW


@given(st.lists(ANSWERS, min_size=8, max_size=11))
def test_below_twelve_nobody_is_told_how_answers_are_spread(forms: list[dict[str, Any]]) -> None:
    told = verdict([(ASKED, answers) for answers in forms])
    assert told["n"] == "8–11"
    assert all(not {"percent", "mostly", "answers"} & set(item) for item in told["items"])


@settings(max_examples=150)
@given(st.lists(ANSWERS, min_size=8, max_size=30), st.randoms(use_true_random=False))
def test_no_text_no_exact_number_and_no_order_is_told(forms: list[dict[str, Any]], chance: Any) -> None:
    told = verdict([(ASKED, answers) for answers in forms])
    assert told["n"] in ("8–11", "12–19", "20+")
    assert "ord" not in {item["item"] for item in told["items"]}
    for item in told["items"]:
        answered = sum(item["item"] in answers for answers in forms)
        assert answered >= 8
        assert "mean" not in item or round(item["mean"], 1) == item["mean"]
    chance.shuffle(forms)
    assert verdict([(ASKED, answers) for answers in forms]) == told


@given(st.sampled_from([1, 5]), st.integers(8, 19), st.integers(0, 2))
def test_a_mean_never_tells_that_all_but_a_household_answered_alike(end: int, many: int, others: int) -> None:
    forms = [{"t01": end}] * (many - others) + [{"t01": 3}] * others
    told = verdict([(ASKED, answers) for answers in forms])
    assert all("mean" not in item and not item.get("percent") for item in told["items"])


# --- the page
@pytest.fixture
def evening(group: Group) -> Evening:
    return EveningFactory(group=group, starts_at=timezone.now() - timedelta(hours=2), head_count=14)


@pytest.fixture
def at(evening: Evening) -> Occasion:
    return occasion(wave=evening_wave(), evening=evening)


@pytest.fixture
def browser(logged_in: LogIn, contact_person: User) -> Client:
    return logged_in(contact_person)


def answer(at: Occasion, many: int) -> None:
    for n in range(many):
        given = {"t01": n % 5 + 1, "t02": 4 - n % 2, "tall": n % 11, "ord": "Kanarifugl"}
        sealing.submit_anonymous(occasion=at, forms=[(version_of(at.wave), given)], limit=100)


def page_of(browser: Client, at: Occasion) -> str:
    text = browser.get(f"/kveld/{at.evening_id}/skjema/").content.decode()
    return re.sub(r'name="csrfmiddlewaretoken" value="[^"]*"', "", text)


def test_while_it_is_open_the_page_is_the_code_and_the_same_whoever_answers(
    browser: Client, at: Occasion
) -> None:
    page = page_of(browser, at)
    assert f"/k/{at.wall_code}<" in page  # short enough to be typed
    assert "data:image/svg+xml" in page
    assert "14 kan svare" in page
    for many in (1, 4, 9):
        answer(at, many)
        assert page_of(browser, at) == page


def test_after_it_has_closed_none_and_seven_look_alike_counted_or_not(browser: Client, at: Occasion) -> None:
    seen = set()
    for state in ("closed", "counted", "dropped"):
        Occasion.objects.filter(pk=at.pk).update(state=state)
        seen.add(page_of(browser, at))
    EveningVerdict.objects.create(occasion=at, snapshot=TOO_FEW)
    seen.add(page_of(browser, at))
    assert len(seen) == 1
    assert "For få svar, eller ikke talt opp ennå." in seen.pop()


@pytest.mark.parametrize("many", [0, 3, 7])
def test_the_pages_of_evenings_with_few_are_the_same_bytes(browser: Client, at: Occasion, many: int) -> None:
    answer(at, many)
    closing.close(at)
    Occasion.objects.filter(pk=at.pk).update(received=0)
    page = page_of(browser, at)
    EveningVerdict.objects.all().delete()
    Occasion.objects.filter(pk=at.pk).update(state="counted")
    assert page_of(browser, at) == page


def test_from_eight_there_are_means_and_from_twelve_how_they_are_spread(
    browser: Client, at: Occasion, group: Group
) -> None:
    answer(at, 8)
    closing.close(at)
    page = page_of(browser, at)
    assert "8–11 har svart" in page
    assert "i snitt, fra 1 til 5" in page
    assert "<progress" not in page
    more = occasion(wave=at.wave, evening=EveningFactory(group=group, module__number=9))
    answer(more, 13)
    closing.close(more)
    page = page_of(browser, more)
    assert "12–19 har svart" in page
    assert "<progress" in page
    assert "Helt enig" in page
    assert "Kanarifugl" not in page


def test_the_page_is_for_those_who_lead_the_evening(
    at: Occasion, logged_in: LogIn, other_contact_person: User, project_leader: User, leader: User
) -> None:
    address = f"/kveld/{at.evening_id}/skjema/"
    assert logged_in(other_contact_person).get(address).status_code == 404
    assert logged_in(project_leader).get(address).status_code == 200
    assert logged_in(leader).get(address).status_code == 403


def test_an_evening_that_nobody_asks_about_says_so(browser: Client, evening: Evening) -> None:
    page = browser.get(f"/kveld/{evening.pk}/skjema/").content.decode()
    assert "Det er ikke noe skjema for denne kvelden" in page


def test_the_way_to_it_is_on_the_evenings_page(browser: Client, at: Occasion) -> None:
    assert f"/kveld/{at.evening_id}/skjema/" in browser.get(f"/kveld/{at.evening_id}/").content.decode()


@pytest.mark.parametrize("seats", [7, 8])
def test_where_fewer_than_eight_can_answer_nobody_is_promised_a_verdict(
    browser: Client, at: Occasion, seats: int
) -> None:
    Evening.objects.filter(pk=at.evening_id).update(head_count=seats)
    told = {
        "the form": browser.get(f"/kveldssvar/{at.nonce}/").content.decode(),
        "the receipt": browser.get(f"/kveldssvar/{at.nonce}/takk/").content.decode(),
        "the code": page_of(browser, at),
    }
    Occasion.objects.filter(pk=at.pk).update(state="closed")
    told["afterwards"] = page_of(browser, at)
    few = {where for where, text in told.items() if "færre enn åtte svare" in text}
    assert few == (set(told) if seats == 7 else set())
    promised = {where for where, text in told.items() if "minst åtte har svart" in text}
    assert promised == ({"the form", "the receipt", "afterwards"} if seats == 8 else set())
    assert ("ikke talt opp ennå" in told["afterwards"]) is (seats == 8)


def test_how_many_can_answer_is_said_to_be_counted_only_where_somebody_has_counted(
    browser: Client, at: Occasion
) -> None:
    assert "det dere har talt i rommet" in page_of(browser, at)
    Evening.objects.filter(pk=at.evening_id).update(head_count=None)
    page = page_of(browser, at)
    assert "det dere har talt i rommet" not in page
    assert "Det er ikke ført hvor mange som er i rommet ennå" in page
