"""What comes first on Min side for whoever is in the middle of something, joined late or is in training."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests import factories as made
from tests.cms.test_min_side import attend, evening, read

if TYPE_CHECKING:
    from courses.models import Adult, Group
    from tests.people import LogIn

pytestmark = pytest.mark.django_db
CATCH_UP = "Kvelder du ikke var på, kan du ta igjen. Spør kontaktpersonen din."


def last_open(adult: Adult, module: int, position: int) -> None:
    enrolment = adult.enrolments.get()
    enrolment.last_part = enrolment.group.edition.parts.get(module__number=module, position=position)
    enrolment.save()


def test_what_she_was_in_the_middle_of_comes_before_the_evenings_module(
    adult: Adult, group: Group, logged_in: LogIn
) -> None:
    evening(group, 1, days=-7)
    evening(group, 2, days=3)
    read(adult, 1, 1)
    last_open(adult, 1, 3)
    page = logged_in(adult).get("/min/")
    following = page.context["next_thing"]
    assert following["url"].endswith("/modul-1/del-3/")
    assert following["button"] == "Les videre"
    assert following["also_text"].startswith("Før kvelden på ")
    assert following["also_text"].endswith(": 9 minutter i «Modul 2 på nb»")
    assert f'href="{following["also_url"]}"' in page.content.decode()
    assert following["also_url"].endswith("/modul-2/")


def test_a_module_that_is_finished_gives_way_to_the_evenings(
    adult: Adult, group: Group, logged_in: LogIn
) -> None:
    evening(group, 1, days=-7)
    evening(group, 2, days=3)
    read(adult, 1, 1, 2, 3)
    last_open(adult, 1, 3)
    following = logged_in(adult).get("/min/").context["next_thing"]
    assert "/modul-2/" in following["url"]
    assert "also_text" not in following


def test_whoever_joins_late_is_welcomed_and_told_of_the_evenings_reading(
    adult: Adult, group: Group, logged_in: LogIn
) -> None:
    evening(group, 1, days=-7)
    evening(group, 2, days=3)
    page = logged_in(adult).get("/min/")
    assert page.context["next_thing"]["kicker"] == "Velkommen. Begynn her"
    assert page.context["next_thing"]["also_url"].endswith("/modul-2/")
    assert CATCH_UP in page.context["completion_words"]


def test_whoever_has_been_at_an_evening_is_not_welcomed_as_if_she_were_new(
    adult: Adult, group: Group, logged_in: LogIn
) -> None:
    attend(adult, evening(group, 1, days=-7), "present")
    assert logged_in(adult).get("/min/").context["next_thing"]["kicker"] == "Begynn her"


@pytest.mark.parametrize(("state", "said"), [("present", False), ("made-up", False), ("absent", True)])
def test_the_way_to_catch_up_is_told_only_to_whoever_missed_an_evening(
    adult: Adult, group: Group, logged_in: LogIn, state: str, *, said: bool
) -> None:
    attend(adult, evening(group, 1, days=-3), state)
    evening(group, 2, days=3)
    assert (CATCH_UP in logged_in(adult).get("/min/").context["completion_words"]) is said


def test_an_evening_that_nobody_has_marked_is_said_to_be_so(
    adult: Adult, group: Group, logged_in: LogIn
) -> None:
    evening(group, 1, days=-3)
    evening(group, 2, days=3)
    seen = dict(logged_in(adult).get("/min/").context["seen_by_contact_person"])
    assert seen["Kvelder du var med på"] == "kveld 1 er ikke ført ennå"


def test_a_family_that_comes_early_is_welcomed_and_told_when_it_begins(
    adult: Adult, group: Group, logged_in: LogIn
) -> None:
    evening(group, 1, days=60)
    evening(group, 2, days=74)
    page = logged_in(adult).get("/min/")
    following = page.context["next_thing"]
    assert following["kicker"] == "Velkommen"
    assert following["title"].startswith("Modul 1 åpner ")
    assert "Du kan åpne den før" in following["text"]
    assert "Du er klar" not in page.content.decode()
    module = logged_in(adult).get(following["url"]).content.decode()
    assert "Åpne likevel" in module


def test_whoever_has_read_what_is_open_is_ready_and_not_welcomed_again(
    adult: Adult, group: Group, logged_in: LogIn
) -> None:
    evening(group, 1, days=3)
    evening(group, 2, days=74)
    read(adult, 1, 1, 2, 3)
    assert logged_in(adult).get("/min/").context["next_thing"]["kicker"] == "Du er klar"


def test_staff_in_training_are_led_by_whoever_leads_the_course(group: Group, logged_in: LogIn) -> None:
    evening(group, 1, days=-3)
    trainee = made.EnrolmentFactory(group=group, adult__family=None, adult__seat=None).adult
    page = logged_in(trainee).get("/min/")
    words = page.content.decode()
    assert "Dette ser den som leder kurset om deg" in words
    assert "kontaktpersonen" not in words
    assert "Spør den som leder kurset." in page.context["completion_words"]
    assert page.context["next_thing"]["kicker"] == "Begynn her"
