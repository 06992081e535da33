"""Who opens, prints or changes is written down once a day, for the person it was about; never for oneself."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from courses.auditing import Action, record, record_adults
from courses.models import AuditEvent
from tests.evening_factories import CatchUpFactory
from tests.factories import EnrolmentFactory, UserFactory
from tests.plans import make_evening

if TYPE_CHECKING:
    from courses.models import Adult, Group, Role, User
    from tests.people import LogIn

pytestmark = pytest.mark.django_db


def lines(adult: Adult) -> list[tuple[str, int | None]]:
    """(what, by whom) about an adult."""
    return list(AuditEvent.objects.filter(about=adult.user).order_by("pk").values_list("action", "actor"))


def test_a_participants_page_leaves_one_line_a_day(
    logged_in: LogIn, adult: Adult, contact_person: User, group: Group
) -> None:
    client, address = logged_in(contact_person), f"/gruppe/{group.pk}/deltaker/{adult.pk}/"
    for _again in range(3):
        assert client.get(address).status_code == 200
    assert lines(adult) == [("opened", contact_person.pk)]
    with time_machine.travel(timezone.now() + timedelta(days=1)):
        logged_in(contact_person).get(address)
    assert lines(adult) == [("opened", contact_person.pk)] * 2


def test_nobody_reads_what_others_have_done_with_somebody_else(
    adult: Adult, neighbour: Adult, contact_person: User
) -> None:
    record(contact_person, Action.OPENED, about=[adult.user, neighbour.user])
    assert [row.about for row in AuditEvent.objects.visible_to(adult.user)] == [adult.user]
    assert not AuditEvent.objects.visible_to(contact_person)


def test_a_refused_page_leaves_no_line(logged_in: LogIn, stranger: Adult, contact_person: User, group: Group):
    assert logged_in(contact_person).get(f"/gruppe/{group.pk}/deltaker/{stranger.pk}/").status_code == 404
    assert not AuditEvent.objects.exists()


def test_a_list_on_paper_is_told_to_those_on_it_alone(
    logged_in: LogIn, adult: Adult, neighbour: Adult, contact_person: User, group: Group
) -> None:
    neighbour.family.shielded = True
    neighbour.family.save()
    evening = make_evening(group)
    logged_in(contact_person).get(f"/kveld/{evening.pk}/oppmote.docx?navn=nei")
    assert not AuditEvent.objects.exists()
    assert logged_in(contact_person).get(f"/kveld/{evening.pk}/oppmote.docx").status_code == 200
    assert lines(adult) == [("printed", contact_person.pk)]
    assert lines(neighbour) == []


def test_the_list_on_a_phone_is_told_too(logged_in: LogIn, adult: Adult, contact_person: User, group: Group):
    evening = make_evening(group)
    assert logged_in(contact_person).get(f"/kveld/{evening.pk}/ta-med/").status_code == 200
    assert lines(adult) == [("printed", contact_person.pk)]


def test_a_mark_and_a_pause_are_changes(logged_in: LogIn, adult: Adult, contact_person: User, group: Group):
    evening = make_evening(group)
    client = logged_in(contact_person)
    client.post(f"/kveld/{evening.pk}/merk/", {"mark": f"{adult.pk}:present"})
    assert lines(adult) == [("changed", contact_person.pk)]
    AuditEvent.objects.all().delete()
    client.post(f"/gruppe/{group.pk}/deltaker/{adult.pk}/pause/")
    assert lines(adult) == [("changed", contact_person.pk)]


def test_a_catch_up_page_is_the_persons_too(
    logged_in: LogIn, adult: Adult, contact_person: User, group: Group
):
    catch_up = CatchUpFactory(adult=adult, evening=make_evening(group))
    logged_in(contact_person).get(f"/gruppe/{group.pk}/ta-igjen/{catch_up.pk}/")
    assert lines(adult) == [("opened", contact_person.pk)]


def test_an_ended_role_is_told_to_its_holder(logged_in: LogIn, project_leader: User, leader: User) -> None:
    role: Role = leader.roles.get()
    logged_in(project_leader).post(f"/prosjekt/rolle/{role.pk}/avslutt/")
    assert list(AuditEvent.objects.values_list("about", "actor", "action")) == [
        (leader.pk, project_leader.pk, "changed")
    ]


def test_what_one_does_with_ones_own_leaves_no_line_but_a_copy_does() -> None:
    user = UserFactory()
    for action in Action.values:
        record(user, Action(action), about=[user])
    assert list(AuditEvent.objects.values_list("action", flat=True)) == ["downloaded"]


def test_figures_are_recorded_each_time_and_people_without_figures_are_not() -> None:
    user = UserFactory()
    for _again in range(2):
        record(user, Action.EXPORTED, detail="frigivelse 3, csv")
    record(user, Action.OPENED)
    assert (
        list(AuditEvent.objects.values_list("action", "about", "detail"))
        == [("exported", None, "frigivelse 3, csv")] * 2
    )


def test_one_query_whatever_the_number(group: Group, contact_person: User) -> None:
    people = [EnrolmentFactory(group=group).adult for _n in range(12)]

    def queries(of: list[Adult]) -> int:
        with CaptureQueriesContext(connection) as seen:
            record_adults(contact_person, Action.PRINTED, [adult.pk for adult in of])
        return len(seen)

    assert queries(people[:1]) == queries(people) == 2
    assert AuditEvent.objects.count() == 12
