"""Who arranges a theme evening or a course for staff, where, and who is shown it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.urls import reverse
from django.utils import timezone

from courses.models import Gathering
from tests.courses.gathered import page_of, state, theme

if TYPE_CHECKING:
    from courses.models import Adult, Municipality, User
    from tests.people import LogIn


__all__ = ["theme"]
pytestmark = pytest.mark.django_db


def test_a_gathering_of_another_municipality_is_not_there(
    logged_in: LogIn, theme: Gathering, stranger: Adult, other_contact_person: User
) -> None:
    for person in (stranger, other_contact_person):
        client = logged_in(person)
        assert client.get(page_of(theme)).status_code == 404
        assert client.post(reverse("evenings:sign_up", args=[theme.pk])).status_code == 404
        assert "Søvn" not in client.get("/samlinger/").content.decode()
    client = logged_in(other_contact_person)
    for name in ("change_gathering", "cancel_gathering", "mark_gathering"):
        assert client.post(reverse(f"evenings:{name}", args=[theme.pk])).status_code == 404


def made(place: Municipality, **other: Any) -> dict[str, Any]:
    day = timezone.localdate() + timedelta(days=20)
    return {
        "kind": "theme-evening",
        "title": "Søvn",
        "municipalities": [place.pk],
        "day": day.isoformat(),
        "clock": "18.00",
        "minutes": 120,
        "seats": "",
    } | other


def test_a_contact_person_arranges_a_theme_evening_in_her_own_municipality(
    logged_in: LogIn,
    municipality: Municipality,
    other_municipality: Municipality,
    contact_person: User,
    adult: Adult,
) -> None:
    client = logged_in(contact_person)
    client.post("/samlinger/ny/", made(municipality))
    gathering = Gathering.objects.get()
    assert list(gathering.municipalities.all()) == [municipality]
    for wrong, words in (
        ({"kind": "staff-course"}, "Velg hva slags samling."),
        ({"kind": "refresher"}, "Velg hva slags samling."),
        ({"municipalities": [other_municipality.pk]}, "din egen"),
        ({"title": ""}, "Fyll ut feltet."),
        ({"day": "2020-01-01"}, "Tidspunktet har vært"),
        ({"seats": "-1"}, "Skriv et tall"),
        ({"minutes": "9999"}, "mellom 15 og 480"),
    ):
        page = client.post("/samlinger/ny/", made(municipality, **wrong))
        assert page.status_code == 422
        assert words in page.content.decode()
    assert Gathering.objects.count() == 1
    client.post(
        reverse("evenings:change_gathering", args=[gathering.pk]), made(municipality) | {"place": "Kinoen"}
    )
    gathering.refresh_from_db()
    assert gathering.place == "Kinoen"
    assert "Kinoen" in logged_in(adult).get(page_of(gathering)).content.decode()
    client.post(reverse("evenings:cancel_gathering", args=[gathering.pk]))
    assert "Avlyst" in client.get(page_of(gathering)).content.decode()


def test_a_course_for_staff_is_the_project_leaders_and_is_shown_to_staff_alone(
    logged_in: LogIn, municipality: Municipality, project_leader: User, contact_person: User, adult: Adult
) -> None:
    logged_in(project_leader).post(
        "/samlinger/ny/", made(municipality, kind="staff-course", title="Veilederkurs")
    )
    course = Gathering.objects.get()
    assert logged_in(adult).get(page_of(course)).status_code == 404
    client = logged_in(contact_person)
    client.post(reverse("evenings:sign_up", args=[course.pk]))
    assert state(course, contact_person) == "signed-up"
    assert client.get(reverse("evenings:change_gathering", args=[course.pk])).status_code == 404
    text = logged_in(project_leader).get(page_of(course)).content.decode()
    assert contact_person.first_name in text
