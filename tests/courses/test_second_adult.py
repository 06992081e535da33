"""«Inviter den andre voksne»: a partner who is invited later joins the family, takes a seat or waits."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.utils import timezone

from courses import enrolling, second_adult, welcoming
from courses.enrolling import AdultToInvite, AlreadyInvitedError, FullGroupError
from courses.models import Family, FamilyInvitation, InvitedAdult
from courses.seats import fill_all_seats, seats_left
from courses.second_adult import NoSecondError
from tests.evening_factories import FamilyInvitationFactory, InvitedAdultFactory
from tests.factories import AdultFactory

if TYPE_CHECKING:
    from courses.models import Adult, Enrolment, Group, User
    from tests.people import LogIn

pytestmark = pytest.mark.django_db

ASTRID = AdultToInvite("Astrid", email="astrid@example.no")
BO = AdultToInvite("Bo", email="bo@example.no")
WORDS = "Inviter den andre voksne"


def invite(group: Group, *adults: AdultToInvite) -> FamilyInvitation:
    place = group.municipalities.get()
    return enrolling.invite_family(group=group, municipality=place, adults=adults or (ASTRID,), by=None)


def let_in(invited: InvitedAdult) -> Enrolment:
    return enrolling.accept(invited_id=invited.pk, user=welcoming.user_at_door(invited))


def page_of(group: Group, invitation: FamilyInvitation) -> str:
    return f"/gruppe/{group.pk}/inviter/{invitation.pk}/den-andre/"


def test_who_is_invited_beside_one_who_has_come_in_joins_her_family(group: Group) -> None:
    first = invite(group)
    astrid = let_in(first.adults.get()).adult
    left = seats_left(group)
    later = second_adult.invite_beside(first, BO, None)
    assert seats_left(group) == left - 1
    bo = let_in(later.adults.get()).adult
    assert (bo.family, bo.seat) == (astrid.family, 2)
    assert Family.objects.count() == 1


def test_who_is_invited_beside_one_who_has_not_come_in_yet_is_on_the_same_invitation(group: Group) -> None:
    first = invite(group)
    assert second_adult.invite_beside(first, BO, None) == first
    astrid, bo = first.adults.order_by("seat")
    assert let_in(bo).adult.family == let_in(astrid).adult.family


def test_beside_one_who_waits_the_two_wait_together(group: Group) -> None:
    group.seats = 1
    group.save()
    let_in(invite(group).adults.get())
    waiting = invite(group, AdultToInvite("Kari", email="kari@example.no"))
    second_adult.invite_beside(waiting, BO, None)
    group.seats = 2
    group.save()
    assert fill_all_seats() == 0
    group.seats = 3
    group.save()
    assert fill_all_seats() == 1


def test_the_second_waits_when_the_group_is_full(group: Group) -> None:
    group.seats = 1
    group.save()
    first = invite(group)
    with pytest.raises(FullGroupError):
        second_adult.invite_beside(first, BO, None)
    let_in(first.adults.get())
    assert second_adult.invite_beside(first, BO, None).waiting


def test_a_third_is_refused_and_so_is_a_second_while_one_is_invited(group: Group) -> None:
    first = invite(group)
    let_in(first.adults.get())
    second_adult.invite_beside(first, BO, None)
    with pytest.raises(NoSecondError):
        second_adult.invite_beside(first, AdultToInvite("Per", email="per@example.no"), None)
    let_in(InvitedAdult.objects.get(email="bo@example.no"))
    with pytest.raises(NoSecondError):
        second_adult.invite_beside(first, AdultToInvite("Per", email="per@example.no"), None)
    with pytest.raises(NoSecondError):
        second_adult.invite_beside(
            invite(group, *(AdultToInvite(n, email=f"{n}@example.no") for n in "ab")), BO, None
        )


@pytest.mark.parametrize("how", ["expired", "withdrawn", "erased"])
def test_nobody_is_invited_beside_whoever_is_not_there(group: Group, how: str) -> None:
    first = invite(group)
    if how == "expired":
        first.adults.update(expires_at=timezone.now() - timedelta(minutes=1))
    if how == "withdrawn":
        enrolling.withdraw(first)
    if how == "erased":
        first.adults.update(used_at=timezone.now())
    with pytest.raises(NoSecondError):
        second_adult.invite_beside(first, BO, None)


def test_an_address_that_is_here_already_is_refused(group: Group) -> None:
    first = invite(group)
    with pytest.raises(AlreadyInvitedError):
        second_adult.invite_beside(first, ASTRID, None)


def test_the_page_invites_and_offers_it_only_where_there_is_room(
    logged_in: LogIn, group: Group, contact_person: User
) -> None:
    first = invite(group)
    client = logged_in(contact_person)
    assert WORDS in client.get(f"/gruppe/{group.pk}/inviter/").content.decode()
    assert client.get(page_of(group, first)).status_code == 200
    given = {"name_1": "Bo", "address_1": "bo@example.no"}
    assert client.post(page_of(group, first), given).status_code == 302
    assert WORDS not in client.get(f"/gruppe/{group.pk}/inviter/").content.decode()
    page = client.post(page_of(group, first), given | {"address_1": "per@example.no"})
    assert page.status_code == 422
    assert "Familien har alt to voksne" in page.content.decode()
    assert first.adults.count() == 2


def test_a_couple_with_an_invitation_each_is_offered_nothing_more(
    logged_in: LogIn, group: Group, contact_person: User
) -> None:
    first = invite(group)
    let_in(first.adults.get())
    client = logged_in(contact_person)
    assert WORDS in client.get(f"/gruppe/{group.pk}/inviter/").content.decode()
    let_in(second_adult.invite_beside(first, BO, None).adults.get())
    assert WORDS not in client.get(f"/gruppe/{group.pk}/inviter/").content.decode()


@pytest.mark.parametrize("wrong", [{"name_1": ""}, {"address_1": "bo"}, {"address_1": "astrid@example.no"}])
def test_what_is_wrong_is_said_and_nothing_is_lost(
    logged_in: LogIn, group: Group, contact_person: User, wrong: dict[str, str]
) -> None:
    first = invite(group)
    given = {"name_1": "Bo", "address_1": "bo@example.no"} | wrong
    page = logged_in(contact_person).post(page_of(group, first), given)
    assert page.status_code == 422
    assert first.adults.count() == 1


def test_from_the_page_of_a_participant_the_other_is_invited_into_her_family(
    logged_in: LogIn, group: Group, adult: Adult, contact_person: User
) -> None:
    client = logged_in(contact_person)
    person = f"/gruppe/{group.pk}/deltaker/{adult.pk}/"
    assert WORDS in client.get(person).content.decode()
    Family.objects.filter(pk=adult.family_id).update(shielded=True)
    given = {"name_1": "Bo", "address_1": "bo@example.no", "alias_1": "Deltaker B"}
    assert client.post(f"{person}den-andre/", given).status_code == 302
    invited = InvitedAdult.objects.select_related("invitation").get()
    assert (invited.alias, invited.invitation.shielded) == ("Deltaker B", True)
    assert let_in(invited).adult.family_id == adult.family_id
    assert WORDS not in client.get(person).content.decode()


def test_another_groups_household_is_not_there(logged_in: LogIn, group: Group, contact_person: User) -> None:
    elsewhere, stranger = InvitedAdultFactory(invitation=FamilyInvitationFactory()).invitation, AdultFactory()
    client = logged_in(contact_person)
    assert client.get(page_of(group, elsewhere)).status_code == 404
    assert client.post(page_of(elsewhere.group, elsewhere), {}).status_code == 404
    assert client.post(f"/gruppe/{group.pk}/deltaker/{stranger.pk}/den-andre/", {}).status_code == 404
