"""The contact person's pages for a group: changed, moved, and shut for everybody else."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from courses.models import Assignment, Group, SchoolHoliday
from courses.scheduling import wall
from tests.courses.september import NOW, in_september
from tests.evening_factories import FamilyInvitationFactory, InvitedAdultFactory
from tests.factories import AssignmentFactory, EnrolmentFactory, EveningFactory, GroupFactory, RoleFactory

if TYPE_CHECKING:
    from courses.models import Adult, Edition, Municipality, User
    from tests.people import LogIn


__all__ = ["in_september"]
pytestmark = pytest.mark.django_db


def test_a_stand_in_sees_the_group_until_her_day_and_not_after_it(
    logged_in: LogIn, group: Group, municipality: Municipality
) -> None:
    stand_in = RoleFactory(municipality=municipality).user
    today = timezone.localdate()
    duty = AssignmentFactory(group=group, user=stand_in, duty="stand-in", ends_on=today)
    address = reverse("evenings:dates", args=[group.pk])
    assert logged_in(stand_in).get(address).status_code == 200
    Assignment.objects.filter(pk=duty.pk).update(
        starts_on=today - timedelta(days=3), ends_on=today - timedelta(days=1)
    )
    assert logged_in(stand_in).get(address).status_code == 404


def test_contact_persons_are_changed_and_new_seats_go_to_those_who_wait(
    logged_in: LogIn, group: Group, municipality: Municipality, contact_person: User
) -> None:
    waiting = InvitedAdultFactory(
        invitation__group=group, invitation__municipality=municipality, invitation__waiting=True
    ).invitation
    colleague = RoleFactory(municipality=municipality).user
    given = {
        "name": "Nytt navn",
        "phase": "implementation",
        "seats": 14,
        "leader": contact_person.pk,
        "stand_in": colleague.pk,
        "stand_in_until": "2026-09-30",
    }
    client = logged_in(contact_person)
    client.post(reverse("evenings:edit_group", args=[group.pk]), given)
    group.refresh_from_db()
    waiting.refresh_from_db()
    assert (group.name, group.seats, waiting.waiting) == ("Nytt navn", 14, False)
    assert set(group.assignments.current().values_list("user", "duty")) == {
        (contact_person.pk, "leader"),
        (colleague.pk, "stand-in"),
    }
    shown = client.get(reverse("evenings:edit_group", args=[group.pk])).content.decode()
    assert 'value="2026-09-30"' in shown
    client.post(
        reverse("evenings:edit_group", args=[group.pk]), given | {"stand_in": "", "stand_in_until": ""}
    )
    assert [row.user for row in group.assignments.current()] == [contact_person]


def test_an_evening_is_moved_by_its_form_and_the_rest_go_along_when_asked(
    logged_in: LogIn, edition: Edition, group: Group, contact_person: User
) -> None:
    modules = [row.module for row in edition.modules.filter(language="nb").order_by("position")]
    first, second = (
        EveningFactory(group=group, module=module, starts_at=NOW + timedelta(days=days))
        for module, days in zip(modules, (10, 24), strict=True)
    )
    client = logged_in(contact_person)
    address = reverse("evenings:change_evening", args=[group.pk, first.pk])
    assert 'value="10:00"' in client.get(address).content.decode()
    given = {"day": "2026-09-12", "clock": "17:30", "minutes": 120, "place": "Kinoen", "series": "on"}
    assert client.post(address, given)["Location"] == reverse("evenings:dates", args=[group.pk])
    second.refresh_from_db()
    assert (wall(second.starts_at), second.place) == (datetime(2026, 9, 26, 17, 30), "Kinoen")
    page = client.post(address, given | {"day": "2026-08-12"})
    assert page.status_code == 422
    assert "Tidspunktet har vært" in page.content.decode()
    page = client.post(address, given | {"day": "2026-09-26", "series": ""})
    assert "Gruppa har allerede en kveld da" in page.content.decode()
    client.post(reverse("evenings:cancel_evening", args=[group.pk, first.pk]))
    assert "Avlyst" in client.get(reverse("evenings:dates", args=[group.pk])).content.decode()


def test_an_evening_held_offers_no_change(
    logged_in: LogIn, edition: Edition, group: Group, contact_person: User
) -> None:
    module = edition.programme.modules.first()
    evening = EveningFactory(group=group, module=module, starts_at=NOW - timedelta(days=3))
    client = logged_in(contact_person)
    change = reverse("evenings:change_evening", args=[group.pk, evening.pk])
    assert change not in client.get(reverse("evenings:dates", args=[group.pk])).content.decode()
    client.post(reverse("evenings:cancel_evening", args=[group.pk, evening.pk]))
    evening.refresh_from_db()
    assert evening.cancelled_at is None


GROUP_ROUTES = ["edit_group", "dates", "invite", "import_families", "import_template"]


@pytest.mark.parametrize("name", GROUP_ROUTES)
def test_a_contact_person_of_another_municipality_finds_nothing(
    logged_in: LogIn, group: Group, other_contact_person: User, name: str
) -> None:
    assert (
        logged_in(other_contact_person).get(reverse(f"evenings:{name}", args=[group.pk])).status_code == 404
    )


def test_nor_does_she_change_anything_there(
    logged_in: LogIn, group: Group, adult: Adult, other_contact_person: User, other_group: Group
) -> None:
    invited = InvitedAdultFactory(invitation__group=group)
    evening = EveningFactory(group=group)
    client = logged_in(other_contact_person)
    for group_id in (group.pk, other_group.pk):  # her own group's number opens no other group's rows
        addresses = [
            reverse("evenings:resend_invitation", args=[group_id, invited.pk]),
            reverse("evenings:withdraw_family", args=[group_id, invited.invitation_id]),
            reverse("evenings:cancel_evening", args=[group_id, evening.pk]),
            reverse("evenings:change_evening", args=[group_id, evening.pk]),
        ]
        assert [client.post(address).status_code for address in addresses] == [404] * 4
        assert client.get(reverse("evenings:show_code", args=[group_id, invited.pk])).status_code == 404
    invited.refresh_from_db()
    evening.refresh_from_db()
    assert (invited.issue, invited.invitation.withdrawn_at, evening.cancelled_at) == (1, None, None)


def test_a_contact_person_who_takes_a_course_leads_nothing_there(
    logged_in: LogIn, group: Group, other_contact_person: User
) -> None:
    EnrolmentFactory(group=group, adult__user=other_contact_person)
    client = logged_in(other_contact_person)
    assert client.get(reverse("evenings:invite", args=[group.pk])).status_code == 404
    assert group.name not in client.get("/gruppe/").content.decode()


def test_the_project_leader_may_change_every_group(
    logged_in: LogIn, group: Group, project_leader: User
) -> None:
    assert logged_in(project_leader).get(reverse("evenings:dates", args=[group.pk])).status_code == 200


def test_lists_ask_as_much_for_many_as_for_few(
    logged_in: LogIn, edition: Edition, group: Group, municipality: Municipality, contact_person: User
) -> None:
    client = logged_in(contact_person)

    def fill(families: int) -> None:
        for _ in range(families):
            made = GroupFactory(edition=edition, municipalities=[municipality])
            AssignmentFactory(group=made, user=contact_person)
            EveningFactory(group=group, starts_at=timezone.now() + timedelta(days=20))
            invitation = FamilyInvitationFactory(group=group, municipality=municipality)
            InvitedAdultFactory(invitation=invitation)
            InvitedAdultFactory(invitation=invitation, seat=2, used_at=timezone.now())
            EnrolmentFactory(group=group)

    def queries() -> dict[str, int]:
        counts = {}
        for name, args in (("groups", []), ("dates", [group.pk]), ("invite", [group.pk])):
            address = reverse(f"evenings:{name}", args=args)
            client.get(address)
            with CaptureQueriesContext(
                connection,
            ) as captured:
                assert client.get(address).status_code == 200
            counts[name] = len(captured)
        return counts

    fill(2)
    few = queries()
    fill(12)
    assert queries() == few
    print(few)


def test_school_holidays_are_typed_in_once_and_only_for_ones_own(
    logged_in: LogIn, municipality: Municipality, other_municipality: Municipality, contact_person: User
) -> None:
    client = logged_in(contact_person)
    given = {
        "municipality": municipality.pk,
        "name": "vinterferie",
        "first_day": "2027-02-22",
        "last_day": "2027-02-26",
    }
    assert client.post("/gruppe/ferier/", given).status_code == 302
    assert "Vinterferie" in client.get("/gruppe/ferier/").content.decode()
    for wrong, words in (
        ({}, "allerede en ferie"),
        ({"municipality": other_municipality.pk}, "Velg kommunen."),
        ({"first_day": "2027-03-01"}, "Siste dag kan ikke være før"),
        ({"first_day": "2027-03-01", "last_day": "2037-03-01"}, "hundre dager"),
        ({"name": ""}, "Fyll ut feltet."),
    ):
        page = client.post("/gruppe/ferier/", given | wrong)
        assert page.status_code == 422
        assert words in page.content.decode()
    theirs = SchoolHoliday.objects.create(
        municipality=other_municipality,
        name="høstferie",
        first_day=date(2026, 10, 5),
        last_day=date(2026, 10, 9),
    )
    assert client.post(reverse("evenings:remove_school_holiday", args=[theirs.pk])).status_code == 404
    own = SchoolHoliday.objects.get(municipality=municipality)
    client.post(reverse("evenings:remove_school_holiday", args=[own.pk]))
    assert list(SchoolHoliday.objects.all()) == [theirs]
