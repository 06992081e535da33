"""The coach view: who needs a call and why, coarse words, and thirty families ask no more than three."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
import time_machine
from django.utils import timezone

from courses.models import Adult, CatchUp, Enrolment, Group, GuidanceMeeting, User
from courses.notes import write_note
from tests import evening_factories as around
from tests import factories as made
from tests.courses.coach_pages import LONG_AGO, coach, page_of
from tests.courses.test_neighbours import evening_of

if TYPE_CHECKING:
    from django.test import Client

    from tests.people import LogIn


__all__ = ["coach"]
pytestmark = pytest.mark.django_db


def reasons(client: Client, group: Group) -> dict[str, list[str]]:
    return {row["names"]: row["reasons"] for row in page_of(client, group).context["to_call"]}


@pytest.fixture
def well(group: Group, adult: Adult) -> GuidanceMeeting:
    """A family with nothing to call about: its next guidance is agreed."""
    return around.GuidanceMeetingFactory(family=adult.family)


# --- who needs a call
def test_nobody_needs_a_call_when_all_is_well(coach: Client, group: Group, well: GuidanceMeeting) -> None:
    evening_of(group, days=5)
    assert reasons(coach, group) == {}
    assert page_of(coach, group).context["guidance"] == []
    assert "Ingen akkurat nå." in page_of(coach, group).content.decode()


def test_whoever_has_no_telephone_is_written_to_and_that_is_said(
    coach: Client, group: Group, well: GuidanceMeeting, adult: Adult
) -> None:
    around.CallRequestFactory(adult=adult)
    text = page_of(coach, group).content.decode()
    assert f'href="mailto:{adult.user.email}"' in text
    assert "ingen telefon registrert" in text
    User.objects.filter(pk=adult.user_id).update(mobile="+4740000001")
    text = page_of(coach, group).content.decode()
    assert "mailto:" not in text
    assert 'href="tel:' in text


def test_whoever_asked_for_a_call_stands_first_with_her_wish(
    coach: Client, group: Group, well: GuidanceMeeting, adult: Adult, neighbour: Adult
) -> None:
    around.GuidanceMeetingFactory(family=neighbour.family, at=timezone.now() - timedelta(days=1))
    around.CallRequestFactory(adult=adult, wished_time="morning")
    found = reasons(coach, group)
    assert next(iter(found)) == "Berit"
    assert found["Berit"] == ["Har bedt om en samtale, formiddag"]


def test_whoever_has_not_begun_to_read_is_named_two_days_before_and_not_earlier(
    coach: Client, group: Group, well: GuidanceMeeting, adult: Adult
) -> None:
    evening = evening_of(group, days=3)
    assert reasons(coach, group) == {}
    type(evening).objects.update(starts_at=timezone.now() + timedelta(days=1, hours=23))
    assert reasons(coach, group) == {"Berit": ["Har ikke begynt å lese til kvelden"]}
    said = made.AttendanceFactory(adult=adult, evening=evening, state="excused")
    assert reasons(coach, group) == {}  # she cannot come
    said.delete()
    made.ReadingEventFactory(adult=adult, part=group.edition.parts.filter(module__number=1)[0])
    assert reasons(coach, group) == {}


@pytest.mark.parametrize(
    ("state", "why"), [("absent", "Var ikke med sist"), ("excused", "Meldte forfall sist")]
)
def test_whoever_missed_the_last_evening_is_named_until_she_has_begun_to_catch_up(
    coach: Client, group: Group, well: GuidanceMeeting, adult: Adult, state: str, why: str
) -> None:
    held = evening_of(group, days=-3)
    made.AttendanceFactory(adult=adult, evening=held, state=state)
    catch_up = around.CatchUpFactory(adult=adult, evening=held)
    assert reasons(coach, group) == {"Berit": [f"{why}, og kan ta igjen kvelden"]}
    CatchUp.objects.filter(pk=catch_up.pk).update(state="under-way")
    assert reasons(coach, group) == {}


@pytest.mark.parametrize("state", ["unknown", "partly", "present", "made-up"])
def test_not_marked_is_not_missed(
    coach: Client, group: Group, well: GuidanceMeeting, adult: Adult, state: str
) -> None:
    made.AttendanceFactory(adult=adult, evening=evening_of(group, days=-3), state=state)
    assert reasons(coach, group) == {}


def dateless(client: Client, group: Group) -> dict[str, list[str]]:
    return {row["names"]: row["reasons"] for row in page_of(client, group).context["guidance"]}


def test_a_passed_date_of_guidance_wants_a_new_one_and_none_for_a_fortnight_wants_the_first(
    coach: Client, group: Group, adult: Adult
) -> None:
    assert dateless(coach, group) == {}
    Enrolment.objects.update(starts_on=timezone.localdate() - timedelta(days=14))
    assert dateless(coach, group) == {"Berit": ["Ingen veiledning er avtalt ennå"]}
    last = around.GuidanceMeetingFactory(family=adult.family, at=timezone.now() - timedelta(days=1))
    [said] = dateless(coach, group)["Berit"]
    assert said.startswith("Veiledningen ")
    GuidanceMeeting.objects.filter(pk=last.pk).update(cancelled_at=timezone.now())
    assert dateless(coach, group) == {"Berit": ["Ingen veiledning er avtalt ennå"]}


def test_guidance_without_a_date_is_nothing_to_call_about_before_the_evening(
    coach: Client, group: Group, adult: Adult
) -> None:
    Enrolment.objects.update(starts_on=timezone.localdate() - timedelta(days=14))
    evening_of(group, days=3)
    assert reasons(coach, group) == {}
    assert list(dateless(coach, group)) == ["Berit"]
    text = page_of(coach, group).content.decode()
    assert "Ingen som haster." in text
    assert (
        text.index("Ring disse før")
        < text.index("Avtal veiledning")
        < text.index("Ingen veiledning er avtalt")
    )


@pytest.mark.parametrize(("later", "heading"), [(0, "to_call"), (1, "call_later")])
def test_a_call_wished_for_after_the_evenings_day_is_not_called_one_before_it(
    coach: Client, group: Group, well: GuidanceMeeting, adult: Adult, later: int, heading: str
) -> None:
    evening = evening_of(group, days=3)
    day = timezone.localdate(evening.starts_at) + timedelta(days=later)
    call = around.CallRequestFactory(adult=adult, wished_on=day, wished_time="morning")
    context = page_of(coach, group).context
    rows = {name: [row["names"] for row in context[name]] for name in ("to_call", "call_later")}
    assert rows == {"to_call": [], "call_later": []} | {heading: ["Berit"]}
    assert f"/ringt/{call.pk}/" in page_of(coach, group).content.decode()


@pytest.mark.usefixtures("adult")
def test_once_an_evening_has_begun_nobody_is_called_to_read_for_it_and_the_heading_is_the_nexts(
    group: Group, contact_person: User, logged_in: LogIn
) -> None:
    with time_machine.travel("2027-03-11T17:30:00+01:00", tick=False) as clock:
        evening = made.EveningFactory(
            group=group,
            module=group.edition.programme.modules.get(number=1),
            starts_at=timezone.now() + timedelta(minutes=30),
        )
        evening_of(group, 2, days=6)
        coach = logged_in(contact_person)
        assert reasons(coach, group) == {"Berit": ["Har ikke begynt å lese til kvelden"]}
        text = page_of(coach, group).content.decode()
        assert "Ring disse før i kveld" in text
        assert "Kurskveld 1, i kveld kl. 18.00" in " ".join(text.split())
        clock.shift(timedelta(minutes=31))
        coach = logged_in(contact_person)
        page = page_of(coach, group)
        assert reasons(coach, group) == {}
        assert "Ring disse før onsdag" in page.content.decode()
        assert page.context["next_evening"]["pk"] == evening.pk  # still the one to open


def test_who_is_invited_and_not_in_yet_is_named_and_who_waits_for_a_seat_is_not(
    coach: Client, group: Group, municipality: Any
) -> None:
    couple = around.FamilyInvitationFactory(group=group, municipality=municipality)
    around.InvitedAdultFactory(invitation=couple, name="Astrid")
    around.InvitedAdultFactory(invitation=couple, name="Odd", seat=2)
    around.InvitedAdultFactory(invitation__group=group, invitation__waiting=True, name="Sist")
    around.InvitedAdultFactory(invitation__group=group, name="Inne", used_at=timezone.now())
    around.InvitedAdultFactory(invitation__group=group, invitation__withdrawn_at=timezone.now(), name="Borte")
    assert reasons(coach, group) == {"Astrid og Odd": ["Invitert, men har ikke kommet inn ennå"]}
    invited = page_of(coach, group).context["invited"]
    assert [(row["names"], row["waiting"]) for row in invited] == [("Astrid og Odd", False), ("Sist", True)]


def test_a_pause_is_left_in_peace_unless_she_asks_for_a_call(
    coach: Client, group: Group, adult: Adult
) -> None:
    made.AttendanceFactory(adult=adult, evening=evening_of(group, days=-3), state="absent")
    Enrolment.objects.update(paused_on=timezone.localdate(), starts_on=timezone.localdate() - LONG_AGO)
    assert reasons(coach, group) == {}
    around.CallRequestFactory(adult=adult)
    assert list(reasons(coach, group)) == ["Berit"]


def test_two_adults_are_one_call_and_each_reason_says_whose_it_is(
    coach: Client, group: Group, well: GuidanceMeeting, adult: Adult, other_adult: Adult
) -> None:
    around.CallRequestFactory(adult=other_adult)
    assert reasons(coach, group) == {"Berit og Jan": ["Jan: har bedt om en samtale, når som helst"]}


# --- what she sees, and what she does not
def test_reading_is_coarse_and_made_up_stands_apart(coach: Client, group: Group, adult: Adult) -> None:
    made.AttendanceFactory(adult=adult, evening=evening_of(group, days=-9), state="made-up")
    made.AttendanceFactory(adult=adult, evening=evening_of(group, 2, days=-3), state="present")
    for part in group.edition.parts.filter(module__number=1):
        made.ReadingEventFactory(adult=adult, part=part)
    first = group.edition.parts.get(module__number=2, position=1)
    made.ReadingEventFactory(adult=adult, part=first)
    made.ReadingEventFactory(adult=adult, part=first, kind="unread")
    made.ReadingEventFactory(adult=adult, part=group.edition.parts.get(module__number=2, position=2))
    [household] = page_of(coach, group).context["households"]
    [person] = household["people"]
    assert person["reading"] == "1 lest, 2 i gang"
    assert person["attendance"] == "1 tatt igjen, 2 til stede"
    assert [cell["there"] for cell in person["modules"]] == ["made-up", "there"]


def test_what_was_read_and_taken_back_is_not_begun(coach: Client, group: Group, adult: Adult) -> None:
    part = group.edition.parts.get(module__number=1, position=1)
    made.ReadingEventFactory(adult=adult, part=part)
    made.ReadingEventFactory(adult=adult, part=part, kind="unread")
    [household] = page_of(coach, group).context["households"]
    assert household["people"][0]["reading"] == "1–2 ikke begynt"


def test_what_anyone_wrote_is_nowhere(coach: Client, group: Group, adult: Adult) -> None:
    module = group.edition.programme.modules.get(number=1)
    write_note(adult=adult, module=module, part_key="del-1", block="r1", text="Hemmelig strev.")
    assert "strev" not in page_of(coach, group).content.decode()
    assert "strev" not in coach.get(f"/gruppe/{group.pk}/deltaker/{adult.pk}/").content.decode()


def test_a_shielded_adult_is_her_alias_without_number_or_address(
    coach: Client, group: Group, adult: Adult
) -> None:
    adult.family.shielded = True
    adult.family.save()
    Adult.objects.filter(pk=adult.pk).update(alias="Deltaker A")
    User.objects.filter(pk=adult.user_id).update(mobile="+4740000009")
    around.CallRequestFactory(adult=adult)
    for text in (
        page_of(coach, group).content.decode(),
        coach.get(f"/gruppe/{group.pk}/deltaker/{adult.pk}/").content.decode(),
    ):
        assert "Deltaker A" in text
        assert not {word for word in ("Berit", "40000009", "400 00 009", adult.user.email) if word in text}
