"""The year's numbers on the page: own ones exactly, others' small ones never, nowhere in what is sent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from courses.models import YearCount
from tests.factories import MunicipalityFactory, RoleFactory

if TYPE_CHECKING:
    from django.test import Client

    from courses.models import Municipality, User
    from tests.people import LogIn

pytestmark = pytest.mark.django_db
LAST_YEAR = timezone.localdate().year - 1


def typed(place: Municipality, homes: int, new: int, moves: int, year: int = LAST_YEAR) -> YearCount:
    return YearCount.objects.create(
        municipality=place, year=year, foster_homes=homes, new_foster_homes=new, unplanned_moves=moves
    )


@pytest.fixture
def numbers(municipality: Municipality, other_municipality: Municipality) -> None:
    """Three municipalities of one region; Fjell has three unplanned moves."""
    typed(municipality, 38, 9, 6)
    typed(other_municipality, 24, 7, 3)
    typed(MunicipalityFactory(name="Øy", slug="oy", region=municipality.region), 19, 5, 7)


def cells(client: Client, address: str = "/prosjekt/tall/") -> dict[str, list[Any]]:
    return {row["name"]: row["cells"] for row in client.get(address).context["rows"]}


def test_project_leader_of_the_region_sees_no_small_number(
    logged_in: LogIn, project_leader: User, numbers: None
) -> None:
    page = logged_in(project_leader).get("/prosjekt/tall/")
    assert {row["name"]: row["cells"] for row in page.context["rows"]} == {
        "Fjell": [24, 7, "hidden"],
        "Vika": [38, 9, 6],
        "Øy": [19, 5, 7],
    }
    assert page.context["totals"] == [81, 21, None]  # the sum would tell


def test_leader_sees_her_own_and_cannot_work_out_anothers(
    logged_in: LogIn, leader: User, numbers: None, other_municipality: Municipality
) -> None:
    client = logged_in(leader)
    assert cells(client) == {"Vika": [38, 9, 6], "Fjell": [24, 7, "hidden"], "Øy": [19, 5, 7]}
    assert client.get("/prosjekt/tall/").context["totals"] == [81, 21, None]
    other = RoleFactory(kind="leader", municipality=other_municipality).user
    assert cells(logged_in(other))["Fjell"] == [24, 7, 3]
    assert cells(logged_in(other))["Vika"] == [38, 9, 6]


def test_sum_is_not_shown_until_all_have_typed(
    logged_in: LogIn, leader: User, numbers: None, municipality: Municipality
) -> None:
    MunicipalityFactory(region=municipality.region)
    page = logged_in(leader).get("/prosjekt/tall/")
    assert page.context["totals"] == [None, None, None]
    assert "1 kommune har ikke ført tallene sine" in page.content.decode()


def test_page_without_numbers(logged_in: LogIn, leader: User) -> None:
    assert "Ingen har ført tall ennå." in logged_in(leader).get("/prosjekt/tall/").content.decode()


def test_years_are_chosen_by_address(
    logged_in: LogIn, leader: User, numbers: None, municipality: Municipality
) -> None:
    typed(municipality, 30, 2, 1, year=LAST_YEAR - 1)
    client = logged_in(leader)
    assert cells(client, f"/prosjekt/tall/?aar={LAST_YEAR - 1}")["Vika"] == [30, 2, 1]
    assert cells(client, "/prosjekt/tall/?aar=abc&region=x")["Vika"] == [38, 9, 6]


def form(**more: Any) -> dict[str, Any]:
    return {"year": LAST_YEAR, "foster_homes": 12, "new_foster_homes": 3, "unplanned_moves": 0} | more


def test_leader_types_and_corrects_her_own(
    logged_in: LogIn, leader: User, municipality: Municipality
) -> None:
    client = logged_in(leader)
    assert client.post("/prosjekt/tall/vika/", form())["Location"] == "/prosjekt/tall/"
    client.post("/prosjekt/tall/vika/", form(unplanned_moves=2))
    row = YearCount.objects.get()
    assert (row.municipality, row.unplanned_moves, row.by) == (municipality, 2, leader)
    text = client.get(f"/prosjekt/tall/vika/?aar={LAST_YEAR}").content.decode()
    assert "2 utilsiktede flyttinger" in text
    assert 'value="12"' in text


def test_project_leader_of_the_region_may_type_but_sees_nothing_by_it(
    logged_in: LogIn, project_leader: User, numbers: None
) -> None:
    client = logged_in(project_leader)
    text = client.get(f"/prosjekt/tall/fjell/?aar={LAST_YEAR}").content.decode()
    assert "utilsiktede flyttinger</li>" not in text
    assert 'value="24"' not in text
    assert 'value="3"' not in text
    assert client.post("/prosjekt/tall/fjell/", form()).status_code == 302
    assert YearCount.objects.get(municipality__slug="fjell").foster_homes == 12


def test_leader_types_for_no_other(logged_in: LogIn, leader: User, numbers: None) -> None:
    client = logged_in(leader)
    assert client.get("/prosjekt/tall/fjell/").status_code == 404
    assert client.post("/prosjekt/tall/fjell/", form()).status_code == 404
    assert YearCount.objects.get(municipality__slug="fjell").foster_homes == 24


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"foster_homes": ""}, "Skriv et tall. Null er også et tall."),
        ({"foster_homes": "-1"}, "under null"),
        ({"foster_homes": "mange"}, "Skriv et helt tall."),
        ({"foster_homes": "99999999999999999999"}, "for stort"),
        ({"foster_homes": "50000"}, "for stort"),
        ({"new_foster_homes": "13"}, "Det kan ikke være flere nye"),
        ({"year": str(LAST_YEAR + 2)}, "Skriv et år fra"),
        ({"year": "1999"}, "Skriv et år fra"),
    ],
)
def test_bad_numbers_are_said_at_their_field(
    logged_in: LogIn, leader: User, wrong: dict[str, str], said: str
) -> None:
    page = logged_in(leader).post("/prosjekt/tall/vika/", form(**wrong))
    assert page.status_code == 422
    assert said in page.content.decode()
    assert not YearCount.objects.exists()


def test_page_asks_the_same_number_of_questions(
    logged_in: LogIn, project_leader: User, numbers: None, municipality: Municipality
) -> None:
    client = logged_in(project_leader)

    def asked() -> int:
        with CaptureQueriesContext(connection) as captured:
            client.get("/prosjekt/tall/")
        return len(captured)

    asked()
    few = asked()
    for number in range(20):
        typed(MunicipalityFactory(region=municipality.region), 10 + number, 5, 2)
    assert asked() == few
