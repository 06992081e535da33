"""The project page of a leader: her own municipality, coarsely, nothing below five families; no change."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.utils import timezone

from cms import project_words as words
from courses.models import BodyMeeting
from courses.projecting import Marks, Standing
from tests.cms.project_desk import log, row_of, text_of
from tests.factories import AttendanceFactory, EnrolmentFactory, FamilyFactory, RoleFactory

if TYPE_CHECKING:
    from courses.models import Adult, EveningLog, Group, Municipality, User
    from tests.people import LogIn


__all__ = ["log"]
pytestmark = pytest.mark.django_db


# --- the leader's look


@pytest.fixture
def five_families(group: Group, municipality: Municipality, log: EveningLog) -> list[Adult]:
    adults = [
        EnrolmentFactory(group=group, adult__family=family).adult
        for family in FamilyFactory.create_batch(5, municipality=municipality)
    ]
    for adult, state in zip(adults, ["present", "present", "partly", "made-up", "absent"], strict=True):
        AttendanceFactory(adult=adult, evening=log.evening, state=state)
    return adults


def test_leader_sees_her_own_municipality_coarsely(
    logged_in: LogIn, leader: User, five_families: list[Adult], other_group: Group
) -> None:
    client = logged_in(leader)
    text = text_of(client, "/prosjekt/")
    assert "Vika" in text
    assert "Fjell" not in text
    row = row_of(client, "Vika")
    assert (row["Familier"], row["Oppmøte"], row["Tatt igjen"]) == ("5–9", "omtrent 80 %", "noen")
    assert "vises fra fem familier" in text


def test_who_leads_elsewhere_sees_a_group_of_the_municipality_she_is_leader_of_coarsely(
    logged_in: LogIn,
    leader: User,
    five_families: list[Adult],
    other_municipality: Municipality,
    group: Group,
    other_group: Group,
) -> None:
    RoleFactory(user=leader, kind="project-leader", municipality=other_municipality)
    client = logged_in(leader)
    assert row_of(client, group.name, key="groups")["Oppmøte"] == "omtrent 80 %"
    rows = client.get("/prosjekt/grupper/").context["groups"]
    urls = {row["name"]: row["url"] for row in rows}
    assert urls == {group.name: "", other_group.name: f"/gruppe/{other_group.pk}/"}


def test_below_five_families_a_leader_sees_nothing_of_what_they_did(
    logged_in: LogIn, leader: User, five_families: list[Adult]
) -> None:
    five_families[0].family.delete()  # type: ignore[union-attr]
    row = row_of(logged_in(leader), "Vika")
    assert (row["Familier"], row["Oppmøte"], row["Tatt igjen"]) == ("færre enn 5 nå", "–", "–")


def test_leader_sees_no_wish_no_change_and_no_link_to_a_group(
    logged_in: LogIn, leader: User, group: Group, log: EveningLog
) -> None:
    text = text_of(logged_in(leader), "/prosjekt/")
    for hidden in (
        "Ønsker veiledning",
        "Kortere pause",
        f"/gruppe/{group.pk}/",
        "Ny kommune",
        "Folk og roller",
    ):
        assert hidden not in text


@pytest.mark.parametrize("families", range(5))
def test_of_a_course_that_is_over_it_is_said_that_it_is_and_not_that_few_took_part(families: int) -> None:
    over = Standing(families=families, held=6)
    cells = words.group_cells("pilot", "Vika", None, over, exact=False, training=False)
    assert dict(zip(words.group_labels(), cells, strict=True))["Familier"] == "kurset er ferdig"
    place = dict(zip(words.place_labels(), words.place_cells(over, exact=False), strict=True))
    assert place["Familier"] == "færre enn 5 nå"


@pytest.mark.parametrize(
    ("share", "said"), [((19, 0, 20), "de fleste"), ((4, 1, 10), "omtrent 50 %"), ((0, 0, 5), "omtrent 0 %")]
)
def test_nearly_all_is_said_as_most(share: tuple[int, int, int], said: str) -> None:
    standing = Standing(families=9, marks=Marks(*share))
    assert (
        dict(zip(words.place_labels(), words.place_cells(standing, exact=False), strict=True))["Oppmøte"]
        == said
    )


# --- who may


def pages(group: Group, log: EveningLog) -> dict[str, str]:
    meeting = BodyMeeting.objects.create(body="steering", held_on=timezone.localdate())
    return {
        "/prosjekt/": "get",
        "/prosjekt/grupper/": "get",
        "/prosjekt/endringer/": "get",
        "/prosjekt/folk/": "get",
        "/prosjekt/ny-kommune/": "get",
        "/prosjekt/kommune/vika/": "get",
        "/prosjekt/kommune/vika/faser/": "post",
        "/prosjekt/tall/": "get",
        "/prosjekt/tall/vika/": "post",
        "/prosjekt/moter/nytt/": "post",
        f"/prosjekt/moter/{meeting.pk}/": "get",
        f"/prosjekt/moter/{meeting.pk}/papir/": "post",
        f"/prosjekt/moter/{meeting.pk}/bort/": "post",
        f"/prosjekt/onske/{log.pk}/gitt/": "post",
    }


@pytest.mark.parametrize("role", ["contact_person", "editor", "researcher", "user_group", "adult"])
def test_others_are_refused_everywhere(
    role: str, request: pytest.FixtureRequest, logged_in: LogIn, group: Group, log: EveningLog
) -> None:
    client = logged_in(request.getfixturevalue(role))
    for address, method in pages(group, log).items():
        # a contact person and the user group have meetings of their own; this one is not among them
        expected = (403, 404) if "/moter/" in address else (403,)
        assert getattr(client, method)(address).status_code in expected, address


def test_leader_of_another_municipality_is_refused_or_finds_nothing(
    logged_in: LogIn, group: Group, log: EveningLog, other_municipality: Municipality
) -> None:
    client = logged_in(RoleFactory(kind="leader", municipality=other_municipality).user)
    own = {"/prosjekt/", "/prosjekt/grupper/", "/prosjekt/tall/"}
    for address, method in pages(group, log).items():
        page = getattr(client, method)(address)
        if address in own:
            assert group.name not in page.content.decode()
        elif address.startswith("/prosjekt/moter/") and method == "get":
            assert page.status_code == 200  # the steering group is the region's
        else:
            assert page.status_code in (403, 404), address
    assert "Vika" not in text_of(client, "/prosjekt/")


def test_leader_changes_nothing(logged_in: LogIn, leader: User, group: Group, log: EveningLog) -> None:
    client = logged_in(leader)
    changing = [address for address, method in pages(group, log).items() if method == "post"]
    for address in changing:
        assert client.post(address).status_code == (422 if "tall" in address else 403), address


def test_local_project_leader_stays_in_her_municipality(
    logged_in: LogIn, other_municipality: Municipality, group: Group, log: EveningLog
) -> None:
    client = logged_in(RoleFactory(kind="project-leader", municipality=other_municipality).user)
    assert "Vika" not in text_of(client, "/prosjekt/")
    for address in ("kommune/vika/", "kommune/vika/faser/", "tall/vika/", "ny-kommune/"):
        assert client.get(f"/prosjekt/{address}").status_code == 404
    assert client.post(f"/prosjekt/onske/{log.pk}/gitt/").status_code == 404
    assert client.get("/prosjekt/kommune/fjell/faser/").status_code == 200
    assert "Kortere pause" not in text_of(client, "/prosjekt/endringer/")
