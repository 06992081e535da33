"""The contact person's pages for a group: made in one form, moved, and shut for everybody else."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from courses.models import Assignment, Enrolment, Group, SchoolHoliday
from courses.scheduling import wall
from tests.editions import make_edition
from tests.evening_factories import FamilyInvitationFactory, InvitedAdultFactory
from tests.factories import (
    AssignmentFactory,
    EnrolmentFactory,
    EveningFactory,
    GroupFactory,
    RoleFactory,
)

if TYPE_CHECKING:
    from courses.models import Adult, Edition, Municipality, User
    from tests.people import LogIn

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 9, 1, 10, 0, tzinfo=timezone.get_default_timezone())


@pytest.fixture(autouse=True)
def _in_september() -> object:
    with time_machine.travel(NOW, tick=True):
        yield


def filled(edition: Edition, places: list[Municipality], leader: User, **other: Any) -> dict[str, Any]:
    given = {
        "name": "Torsdagsgruppa",
        "edition": edition.pk,
        "phase": "pilot",
        "municipalities": [place.pk for place in places],
        "seats": 12,
        "first_day": "2026-09-17",
        "clock": "18:00",
        "rhythm": "2",
        "minutes": 135,
        "place": "Biblioteket",
        "video_link": "",
        "day_1": "2026-09-17",
        "day_2": "2026-10-01",
        "leader": leader.pk,
        "co_leader": "",
        "stand_in": "",
        "stand_in_until": "",
    }
    return given | other


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


def test_two_groups_at_once_for_one_contact_person_are_pointed_out(
    logged_in: LogIn, edition: Edition, municipality: Municipality, contact_person: User, group: Group
) -> None:
    EveningFactory(group=group, starts_at=datetime(2026, 9, 17, 19, tzinfo=timezone.get_default_timezone()))
    client = logged_in(contact_person)
    page = client.post("/gruppe/ny/", filled(edition, [municipality], contact_person), follow=True)
    assert f"leder også {group.name} samtidig" in page.content.decode()


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
