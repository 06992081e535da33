"""A group is made in one form with all that hangs on it; what is wrong is said and nothing is lost."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import pytest
from django.urls import reverse
from django.utils import timezone

from courses.models import Enrolment, Group, SchoolHoliday
from courses.scheduling import wall
from tests.courses.september import filled, in_september
from tests.editions import make_edition
from tests.factories import EveningFactory, RoleFactory

if TYPE_CHECKING:
    from courses.models import Edition, Municipality, User
    from tests.people import LogIn


__all__ = ["in_september"]
pytestmark = pytest.mark.django_db


def test_a_contact_person_makes_a_group_with_all_that_hangs_on_it(
    logged_in: LogIn, edition: Edition, municipality: Municipality, contact_person: User
) -> None:
    client = logged_in(contact_person)
    page = client.post("/gruppe/ny/", filled(edition, [municipality], contact_person))
    group = Group.objects.get(name="Torsdagsgruppa")
    assert page["Location"] == reverse("evenings:invite", args=[group.pk])
    evenings = list(group.evenings.select_related("module").order_by("starts_at"))
    assert [wall(row.starts_at) for row in evenings] == [datetime(2026, 9, 17, 18), datetime(2026, 10, 1, 18)]
    assert [row.module.number for row in evenings] == [1, 2]
    assert {row.place for row in evenings} == {"Biblioteket"}
    assert [row.title for row in group.gatherings.order_by("starts_at")] == [
        "Oppfriskning etter seks uker",
        "Oppfriskning etter seks måneder",
    ]
    assert group.assignments.get().user == contact_person
    assert "Torsdagsgruppa" in client.get("/gruppe/").content.decode()


def test_asked_to_suggest_the_form_fills_the_days_and_makes_nothing(
    logged_in: LogIn, edition: Edition, municipality: Municipality, contact_person: User, group: Group
) -> None:
    SchoolHoliday.objects.create(
        municipality=municipality,
        name="høstferie",
        first_day=date(2026, 10, 1),
        last_day=date(2026, 10, 2),
    )
    asked = filled(edition, [municipality], contact_person, name="", day_1="", day_2="", suggest="1")
    page = logged_in(contact_person).post("/gruppe/ny/", asked)
    text = page.content.decode()
    assert page.status_code == 200
    assert 'value="2026-09-17"' in text
    assert 'value="2026-10-08"' in text
    assert "torsdag 8. oktober" in text
    assert "hopper over 1 uke" in text
    assert "Fyll ut feltet" not in text
    assert list(Group.objects.all()) == [group]


def test_without_days_the_form_suggests_before_it_makes_anything(
    logged_in: LogIn, edition: Edition, municipality: Municipality, contact_person: User, group: Group
) -> None:
    asked = filled(edition, [municipality], contact_person, day_1="", day_2="")
    page = logged_in(contact_person).post("/gruppe/ny/", asked)
    assert page.status_code == 200
    assert 'value="2026-10-01"' in page.content.decode()
    assert list(Group.objects.all()) == [group]


def test_a_holiday_that_is_chosen_all_the_same_is_shown_beside_the_day(
    logged_in: LogIn, edition: Edition, municipality: Municipality, contact_person: User
) -> None:
    asked = filled(edition, [municipality], contact_person, name="", day_2="2027-05-17")
    page = logged_in(contact_person).post("/gruppe/ny/", asked)
    assert page.status_code == 422
    assert "grunnlovsdag" in page.content.decode()


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"name": ""}, "Fyll ut feltet."),
        ({"day_1": "2026-08-20"}, "Tidspunktet har vært"),
        ({"day_2": "2062-10-01"}, "mer enn tre år"),
        ({"day_2": "2026-09-17"}, "allerede en kveld denne dagen"),
        ({"day_2": ""}, "Velg en dato."),
        ({"day_2": "2026-02-30"}, "Skriv en dato som finnes."),
        ({"day_2": "2026-10-25", "clock": "02:30"}, "Klokka stilles den natta"),
        ({"clock": "i kveld"}, "Skriv klokkeslettet"),
        ({"minutes": "0"}, "mellom 15 og 480"),
        ({"seats": "tolv"}, "mellom 1 og 60"),
        ({"municipalities": []}, "Velg minst én kommune"),
        ({"municipalities": ["x"]}, "Velg minst én kommune"),
        ({"edition": "x"}, "Velg en utgave."),
        ({"leader": ""}, "Velg hvem som leder gruppa."),
        ({"stand_in": "CO"}, "En vikar trenger en sluttdato."),
        ({"stand_in": "CO", "stand_in_until": "2026-08-01"}, "Datoen har vært"),
        ({"leader": "CO"}, "Du må være en av dem"),
        ({"co_leader": "SELF"}, "tre forskjellige"),
        ({"video_link": "javascript:alert(1)"}, "Lenken er ikke hel"),
        ({"place": "x" * 121}, "Skriv litt kortere"),
        ({"suggest": "1", "first_day": ""}, "Velg datoen for den første kvelden."),
        ({"suggest": "1", "first_day": "2026-08-01"}, "Datoen har vært"),
        ({"suggest": "1", "first_day": "2062-08-01"}, "mer enn tre år"),
        ({"suggest": "1", "first_day": "2026-10-25", "clock": "02:30"}, "Klokka stilles"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_nothing_is_lost(
    logged_in: LogIn,
    edition: Edition,
    municipality: Municipality,
    contact_person: User,
    group: Group,
    wrong: dict[str, Any],
    words: str,
) -> None:
    colleague = RoleFactory(municipality=municipality).user
    names = {"CO": colleague.pk, "SELF": contact_person.pk}
    given = {
        key: names.get(value, value) if isinstance(value, str) else value for key, value in wrong.items()
    }
    page = logged_in(contact_person).post(
        "/gruppe/ny/", filled(edition, [municipality], contact_person) | given
    )
    text = page.content.decode()
    assert page.status_code == 422
    assert words in text
    assert 'value="Biblioteket"' in text or "place" in wrong
    assert list(Group.objects.all()) == [group]


def test_a_contact_person_makes_no_group_outside_her_own_municipality(
    logged_in: LogIn,
    edition: Edition,
    municipality: Municipality,
    other_municipality: Municipality,
    contact_person: User,
) -> None:
    client = logged_in(contact_person)
    page = client.post("/gruppe/ny/", filled(edition, [other_municipality], contact_person))
    assert "Minst én av kommunene må være din egen." in page.content.decode()
    both = filled(edition, [municipality, other_municipality], contact_person)
    assert client.post("/gruppe/ny/", both).status_code == 302


def test_two_groups_at_once_for_one_contact_person_are_pointed_out(
    logged_in: LogIn, edition: Edition, municipality: Municipality, contact_person: User, group: Group
) -> None:
    EveningFactory(group=group, starts_at=datetime(2026, 9, 17, 19, tzinfo=timezone.get_default_timezone()))
    client = logged_in(contact_person)
    page = client.post("/gruppe/ny/", filled(edition, [municipality], contact_person), follow=True)
    assert f"leder også {group.name} samtidig" in page.content.decode()


def test_a_programme_with_another_number_of_modules_asks_for_as_many_days(
    logged_in: LogIn, municipality: Municipality, contact_person: User
) -> None:
    short = make_edition(modules=1, version="1.0", programme__slug="kort")
    client = logged_in(contact_person)
    page = client.post("/gruppe/ny/", filled(short, [municipality], contact_person, suggest="1"))
    assert "day_2" not in page.content.decode()
    client.post("/gruppe/ny/", filled(short, [municipality], contact_person))
    assert Group.objects.get(edition=short).evenings.count() == 1
    assert Enrolment.objects.count() == 0
