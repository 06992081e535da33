"""Theme evenings, courses for staff and refreshers: who sees them, seats, and who was there."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from courses import gatherings
from courses.models import Gathering, Message, SignUp
from courses.outbox.letters import words_of
from courses.scheduling import InThePastError
from tests.courses.gathered import page_of, state, theme
from tests.evening_factories import GatheringFactory
from tests.factories import AdultFactory, EnrolmentFactory, FamilyFactory, RoleFactory, UserFactory

if TYPE_CHECKING:
    from courses.models import Adult, Group, Municipality, User
    from tests.people import LogIn


__all__ = ["theme"]
pytestmark = pytest.mark.django_db


def test_the_last_seat_goes_to_one_and_the_next_waits_until_it_is_given_back(
    theme: Gathering, adult: Adult, neighbour: Adult
) -> None:
    gatherings.sign_up(theme, adult.user)
    gatherings.sign_up(theme, adult.user)
    gatherings.sign_up(theme, neighbour.user)
    assert (state(theme, adult.user), state(theme, neighbour.user)) == ("signed-up", "waiting")
    gatherings.sign_off(theme, adult.user)
    assert (state(theme, adult.user), state(theme, neighbour.user)) == ("withdrawn", "signed-up")
    assert Message.objects.filter(
        user=neighbour.user, thing=f"gathering:{theme.pk}", step__startswith="seat"
    ).exists()
    gatherings.sign_up(theme, adult.user)
    assert state(theme, adult.user) == "waiting"


def test_each_seat_somebody_waited_for_is_told_also_to_who_wants_fewer_messages(
    theme: Gathering, adult: Adult, neighbour: Adult
) -> None:
    type(neighbour.user).objects.filter(pk=neighbour.user_id).update(fewer_messages=True)
    for day in (0, 1):
        with time_machine.travel(timezone.now() + timedelta(days=day), tick=False):
            gatherings.sign_up(theme, adult.user)
            gatherings.sign_up(theme, neighbour.user)
            gatherings.sign_off(theme, adult.user)
            gatherings.sign_off(theme, neighbour.user)
    gatherings.sign_up(theme, neighbour.user)
    told = Message.objects.filter(user=neighbour.user, step__startswith="seat-")
    assert told.count() == 2
    assert "Det ble en plass til deg" in words_of(told[0], timezone.now()).sentences[0]


def test_words_of_a_cancelled_gathering_can_be_put_right_without_bringing_it_back(theme: Gathering) -> None:
    gatherings.cancel(theme)
    same = {"starts_at": theme.starts_at, "minutes": theme.minutes}
    assert gatherings.change(theme, same | {"title": "Søvn, kvelder og morgener"})
    theme.refresh_from_db()
    assert theme.cancelled_at
    assert theme.title == "Søvn, kvelder og morgener"
    assert not gatherings.change(theme, same)


def test_a_gathering_that_only_lasts_longer_is_not_said_to_be_moved(theme: Gathering, adult: Adult) -> None:
    gatherings.sign_up(theme, adult.user)
    assert gatherings.change(theme, {"starts_at": theme.starts_at, "minutes": theme.minutes + 30})
    assert not Message.objects.filter(kind="change").exists()


def test_who_arranges_a_theme_evening_sees_who_comes_from_her_municipality_and_marks_them(
    logged_in: LogIn, municipality: Municipality, contact_person: User, theme: Gathering
) -> None:
    Gathering.objects.update(seats=None)
    theme.refresh_from_db()
    near = AdultFactory(family=FamilyFactory(municipality=municipality), user__first_name="Nora")
    hidden = AdultFactory(
        family=FamilyFactory(municipality=municipality, shielded=True),
        alias="Deltaker A",
        user__first_name="Liv",
    )
    far = AdultFactory(user__first_name="Fjernberg")
    rows = [gatherings.sign_up(theme, person.user) for person in (near, hidden, far)]
    Gathering.objects.update(starts_at=timezone.now() - timedelta(hours=1))
    client = logged_in(contact_person)
    text = client.get(page_of(theme)).content.decode()
    assert "Nora" in text
    assert "Deltaker A" in text
    assert not any(name in text for name in ("Liv", "Fjernberg"))
    marks = {f"there_{row.pk}": "yes" for row in rows}
    client.post(reverse("evenings:mark_gathering", args=[theme.pk]), marks)
    assert [SignUp.objects.get(pk=row.pk).was_there for row in rows] == [True, True, None]
    contact_person.roles.update(municipality=far.family.municipality)
    seen = SignUp.objects.visible_to(type(contact_person).objects.get(pk=contact_person.pk))
    assert set(seen) == {rows[2]}


def test_more_seats_go_to_those_who_wait(theme: Gathering) -> None:
    users = UserFactory.create_batch(3)
    for user in users:
        gatherings.sign_up(theme, user)
    values = {"seats": 2, "starts_at": theme.starts_at, "minutes": theme.minutes}
    assert gatherings.change(theme, values)
    assert [state(theme, user) for user in users] == ["signed-up", "signed-up", "waiting"]
    assert gatherings.change(theme, values | {"seats": None})
    assert state(theme, users[2]) == "signed-up"


@pytest.mark.parametrize("what", ["begun", "cancelled"])
def test_nobody_signs_up_or_off_when_it_is_too_late(theme: Gathering, adult: Adult, what: str) -> None:
    if what == "begun":
        Gathering.objects.update(starts_at=timezone.now())
    else:
        gatherings.cancel(theme)
    for act in (gatherings.sign_up, gatherings.sign_off):
        with pytest.raises(InThePastError):
            act(theme, adult.user)


def test_a_change_raises_the_sequence_and_a_cancelled_one_comes_back(theme: Gathering) -> None:
    gatherings.cancel(theme)
    gatherings.cancel(theme)
    theme.refresh_from_db()
    assert theme.sequence == 1
    at = timezone.now() + timedelta(days=30)
    gatherings.change(theme, {"starts_at": at, "minutes": 90})
    theme.refresh_from_db()
    assert (theme.cancelled_at, theme.sequence, theme.starts_at) == (None, 2, at)
    with pytest.raises(InThePastError):
        gatherings.change(theme, {"starts_at": timezone.now() - timedelta(days=1), "minutes": 90})
    assert not gatherings.change(theme, {"starts_at": at, "minutes": 90})


def test_a_family_signs_up_and_off_by_one_button(logged_in: LogIn, theme: Gathering, adult: Adult) -> None:
    client = logged_in(adult)
    assert "Søvn og kvelder" in client.get("/samlinger/").content.decode()
    answer = client.post(reverse("evenings:sign_up", args=[theme.pk]), follow=True)
    assert "Du er påmeldt. Velkommen!" in answer.content.decode()
    answer = client.post(reverse("evenings:sign_off", args=[theme.pk]), follow=True)
    assert "Du er meldt av." in answer.content.decode()


def test_a_family_sees_no_names_and_arranges_nothing(
    logged_in: LogIn, theme: Gathering, adult: Adult, neighbour: Adult
) -> None:
    gatherings.sign_up(theme, neighbour.user)
    client = logged_in(adult)
    text = client.get(page_of(theme)).content.decode()
    assert neighbour.user.first_name not in text
    assert "Hvem kommer" not in text
    assert client.get(reverse("evenings:change_gathering", args=[theme.pk])).status_code == 403


def test_who_was_there_is_marked_afterwards_and_not_marked_is_not_absent(
    logged_in: LogIn, group: Group, contact_person: User, adult: Adult, other_adult: Adult, neighbour: Adult
) -> None:
    refresher = GatheringFactory(kind="refresher", group=group)
    rows = [gatherings.sign_up(refresher, person.user) for person in (adult, other_adult, neighbour)]
    Gathering.objects.update(starts_at=timezone.now() - timedelta(hours=1))
    address = reverse("evenings:mark_gathering", args=[refresher.pk])
    client = logged_in(contact_person)
    client.post(address, {f"there_{rows[0].pk}": "yes", f"there_{rows[1].pk}": "no"})
    assert list(SignUp.objects.order_by("pk").values_list("was_there", flat=True)) == [True, False, None]
    client.post(address, {f"there_{rows[1].pk}": ""})
    rows[1].refresh_from_db()
    assert rows[1].was_there is None


def test_a_shielded_familys_adult_stands_there_by_her_alias(
    logged_in: LogIn, group: Group, contact_person: User, municipality: Municipality
) -> None:
    family = FamilyFactory(shielded=True, municipality=municipality)
    hidden = EnrolmentFactory(
        group=group, adult__family=family, adult__alias="Deltaker A", adult__user__first_name="Liv"
    ).adult
    refresher = GatheringFactory(kind="refresher", group=group)
    gatherings.sign_up(refresher, hidden.user)
    text = logged_in(contact_person).get(page_of(refresher)).content.decode()
    assert "Deltaker A" in text
    assert "Liv" not in text


def test_lists_ask_as_much_for_many_as_for_few(
    logged_in: LogIn, group: Group, municipality: Municipality, project_leader: User, theme: Gathering
) -> None:
    client = logged_in(project_leader)

    def fill(count: int) -> None:
        for _ in range(count):
            GatheringFactory().municipalities.set([municipality])
            gatherings.sign_up(theme, EnrolmentFactory(group=group).adult.user)

    def queries(address: str) -> int:
        client.get(address)
        with CaptureQueriesContext(connection) as captured:
            assert client.get(address).status_code == 200
        return len(captured)

    fill(2)
    few = [queries("/samlinger/"), queries(page_of(theme))]
    fill(10)
    assert [queries("/samlinger/"), queries(page_of(theme))] == few


def test_staff_without_a_place_see_an_honest_empty_page(logged_in: LogIn) -> None:
    editor = RoleFactory(kind="editor", municipality=None).user
    assert "Ingen samlinger er satt opp nå." in logged_in(editor).get("/samlinger/").content.decode()
