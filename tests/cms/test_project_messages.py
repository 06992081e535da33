"""Messages that did not arrive and stand on no group's page: the project leader sees those in her places."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.evening_factories import GatheringFactory, InvitedAdultFactory, MessageFactory
from tests.factories import AdultFactory, FamilyFactory, RoleFactory

if TYPE_CHECKING:
    from courses.models import Adult, Message, Municipality, User
    from tests.people import LogIn

pytestmark = pytest.mark.django_db
PAGE = "/prosjekt/beskjeder/"


def lost(user: User) -> Message:
    message: Message = MessageFactory(
        user=user,
        thing=f"gathering:{GatheringFactory().pk}",
        step="announcement",
        state="dead",
        why="refused",
    )
    return message


@pytest.fixture
def outside(municipality: Municipality) -> Adult:
    """An adult of a family in no group."""
    family = FamilyFactory(municipality=municipality)
    adult: Adult = AdultFactory(family=family, user__first_name="Solveig")
    return adult


def test_what_belongs_to_no_group_is_seen_counted_and_sent_again(
    logged_in: LogIn, project_leader: User, contact_person: User, outside: Adult, adult: Adult
) -> None:
    rows = [lost(outside.user), lost(contact_person)]
    lost(adult.user)  # stands on her group's page
    MessageFactory(user=None, invited=InvitedAdultFactory(), thing="invited:1", state="dead")
    MessageFactory(user=outside.user, state="sent")
    client = logged_in(project_leader)
    assert "Kom ikke fram: 2" in client.get("/prosjekt/").content.decode()
    page = client.get(PAGE)
    assert [row["id"] for row in page.context["rows"]] == [row.pk for row in rows]
    text = page.content.decode()
    assert "Solveig" in text
    assert "I alt: 2" in text
    assert "adressen tok ikke imot" in text
    assert outside.user.email not in text
    answer = client.post(f"{PAGE}{rows[0].pk}/igjen/", follow=True)
    assert "Beskjeden står for tur igjen." in answer.content.decode()
    rows[0].refresh_from_db()
    assert (rows[0].state, rows[0].tries) == ("planned", 0)
    assert client.post(f"{PAGE}{rows[0].pk}/igjen/").status_code == 404
    rows[1].delete()
    assert "Kom ikke fram" not in client.get("/prosjekt/").content.decode()
    assert "Alt har kommet fram." in client.get(PAGE).content.decode()


def test_a_project_leader_of_one_municipality_sees_hers_alone(
    logged_in: LogIn, municipality: Municipality, other_municipality: Municipality, outside: Adult
) -> None:
    client = logged_in(RoleFactory(kind="project-leader", municipality=other_municipality).user)
    theirs = lost(outside.user)
    own = lost(RoleFactory(kind="leader", municipality=other_municipality).user)
    assert [row["id"] for row in client.get(PAGE).context["rows"]] == [own.pk]
    assert "Kom ikke fram: 1" in client.get("/prosjekt/").content.decode()
    assert client.post(f"{PAGE}{theirs.pk}/igjen/").status_code == 404


def test_a_shielded_family_stands_there_by_its_alias(
    logged_in: LogIn, project_leader: User, municipality: Municipality
) -> None:
    family = FamilyFactory(municipality=municipality, shielded=True)
    lost(AdultFactory(family=family, alias="Deltaker A", user__first_name="Liv").user)
    text = logged_in(project_leader).get(PAGE).content.decode()
    assert "Deltaker A" in text
    assert "Liv" not in text


def test_others_are_kept_out(logged_in: LogIn, contact_person: User, outside: Adult) -> None:
    message = lost(outside.user)
    for person in (contact_person, outside):
        assert logged_in(person).get(PAGE).status_code == 403
        assert logged_in(person).post(f"{PAGE}{message.pk}/igjen/").status_code == 403


def test_the_page_costs_the_same_for_few_and_for_many(
    logged_in: LogIn, project_leader: User, municipality: Municipality, outside: Adult
) -> None:
    client = logged_in(project_leader)

    def queries() -> int:
        client.get(PAGE)
        with CaptureQueriesContext(connection) as captured:
            client.get(PAGE)
        return len(captured)

    lost(outside.user)
    few = queries()
    for _again in range(10):
        lost(AdultFactory(family=FamilyFactory(municipality=municipality)).user)
    assert queries() == few
