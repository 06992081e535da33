"""The outbox on pages: seen before it goes, stopped one by one, tried again; one's own choices."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from courses import messaging
from courses.models import Family, Message, User
from courses.views.messages import NEWEST
from tests.editions import make_families
from tests.evening_factories import CallRequestFactory, InvitedAdultFactory, MessageFactory
from tests.factories import AdultFactory, EnrolmentFactory, EveningFactory, RoleFactory

if TYPE_CHECKING:
    from courses.models import Adult, Evening, Group
    from tests.people import LogIn

pytestmark = pytest.mark.django_db


@pytest.fixture
def evening(group: Group, adult: Adult, neighbour: Adult) -> Evening:
    module = group.edition.programme.modules.get(number=1)
    evening = EveningFactory(group=group, module=module, starts_at=timezone.now() + timedelta(days=9))
    messaging.plan_evening(evening)
    return evening


def text_of(page) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.content.decode()))


def page_of(group: Group) -> str:
    return f"/gruppe/{group.pk}/meldinger/"


def test_contact_person_sees_what_will_be_sent_to_whom(
    logged_in: LogIn, contact_person: User, group: Group, evening: Evening, adult: Adult, neighbour: Adult
):
    text = text_of(logged_in(contact_person).get(page_of(group)))
    assert "Påminnelse: kurskveld 1" in text
    assert "2 personer" in text
    assert adult.user.first_name in text
    assert neighbour.user.first_name in text
    assert adult.user.email not in text


def test_shielded_adults_are_shown_by_their_alias(
    logged_in: LogIn, contact_person: User, group: Group, evening: Evening, adult: Adult
):
    Family.objects.filter(pk=adult.family_id).update(shielded=True)
    type(adult).objects.filter(pk=adult.pk).update(alias="Bjørk")
    invited = InvitedAdultFactory(
        invitation__group=group,
        invitation__municipality=adult.family.municipality,
        invitation__shielded=True,
        name="Hemmelig",
        alias="Rogn",
    )
    messaging.plan_invitation(invited)
    browser = logged_in(contact_person)
    pages = [page_of(group)]
    pages += [f"{page_of(group)}{row.pk}/" for row in Message.objects.all()]
    said = " ".join(text_of(browser.get(page)) for page in pages)
    assert "Bjørk" in said
    assert "Rogn" in said
    assert adult.user.first_name not in said
    assert "Hemmelig" not in said


def test_text_is_shown_before_it_goes_without_a_link_that_opens_anything(
    logged_in: LogIn, contact_person: User, group: Group, municipality
):
    invited = InvitedAdultFactory(invitation__group=group, invitation__municipality=municipality)
    messaging.plan_invitation(invited)
    row = Message.objects.get(step="invitation-1")
    page = logged_in(contact_person).get(f"{page_of(group)}{row.pk}/")
    assert "Du er invitert til «En god start»." in text_of(page)
    assert invited.nonce not in page.content.decode()
    assert "/velkommen/" not in page.content.decode()


def test_message_that_would_not_be_sent_says_why(
    logged_in: LogIn, contact_person: User, group: Group, evening: Evening, adult: Adult
):
    User.objects.filter(pk=adult.user_id).update(fewer_messages=True)
    row = Message.objects.get(user=adult.user)
    page = logged_in(contact_person).get(f"{page_of(group)}{row.pk}/")
    assert "Denne sendes ikke" in text_of(page)


def test_one_message_is_stopped_and_the_others_are_not(
    logged_in: LogIn, contact_person: User, group: Group, evening: Evening, adult: Adult
):
    row = Message.objects.get(user=adult.user)
    logged_in(contact_person).post(f"{page_of(group)}{row.pk}/stopp/")
    row.refresh_from_db()
    assert (row.state, row.why) == ("skipped", "stopped")
    assert Message.objects.filter(state="planned").count() == 1


def test_stopping_too_late_is_told(
    logged_in: LogIn, contact_person: User, group: Group, evening: Evening, adult: Adult
):
    row = Message.objects.get(user=adult.user)
    Message.objects.filter(pk=row.pk).update(state="sent", sent_at=timezone.now())
    page = logged_in(contact_person).post(f"{page_of(group)}{row.pk}/stopp/", follow=True)
    assert "For sent" in text_of(page)
    row.refresh_from_db()
    assert row.state == "sent"


@pytest.mark.parametrize("who", ["contact_person", "project_leader"])
def test_dead_message_is_seen_and_sent_again(
    request, logged_in: LogIn, who: str, group: Group, evening: Evening, adult: Adult
):
    row = Message.objects.get(user=adult.user)
    Message.objects.filter(pk=row.pk).update(state="dead", why="refused", tries=3)
    browser = logged_in(request.getfixturevalue(who))
    text = text_of(browser.get(page_of(group)))
    assert "Kom ikke fram" in text
    assert "adressen tok ikke imot" in text
    browser.post(f"{page_of(group)}{row.pk}/igjen/")
    row.refresh_from_db()
    assert (row.state, row.tries) == ("planned", 0)


def test_contact_persons_own_work_that_did_not_arrive_stands_there_and_nothing_else_of_hers(
    logged_in: LogIn, contact_person: User, group: Group, evening: Evening, adult: Adult
):
    User.objects.filter(pk=contact_person.pk).update(first_name="Kari")
    call = CallRequestFactory(adult=adult)
    at_work = [(f"evening:{evening.pk}", "change"), (f"call:{call.pk}", "guidance")]
    work = [MessageFactory(user=contact_person, thing=t, kind=k, state="dead") for t, k in at_work]
    MessageFactory(user=contact_person, thing="catch-up:1", step="offer", state="dead")
    client = logged_in(contact_person)
    page = client.get(page_of(group))
    assert {row["message"] for row in page.context["dead"]} == set(work)
    assert "Kari" in text_of(page)
    client.post(f"/gruppe/{group.pk}/meldinger/{work[0].pk}/igjen/")
    work[0].refresh_from_db()
    assert work[0].state == "planned"


def test_what_waits_is_never_left_out_however_much_has_been_sent(
    logged_in: LogIn, contact_person: User, group: Group, evening: Evening, adult: Adult
):
    old = timezone.now() - timedelta(days=5)
    Message.objects.bulk_create(
        Message(
            user=adult.user,
            kind="change",
            thing=f"evening:{evening.pk}",
            step=f"moved-{number}",
            due_at=old,
            sent_at=old,
            state="sent",
            message_id=f"<many{number}@example.no>",
        )
        for number in range(2 * NEWEST + 1)
    )
    page = logged_in(contact_person).get(page_of(group))
    assert sum(len(bundle["people"]) for bundle in page.context["planned"]) == 2
    assert sum(len(bundle["people"]) for bundle in page.context["over"]) == NEWEST
    mine = logged_in(adult).get("/min/beskjeder/")
    assert len(mine.context["planned"]) == 1


@pytest.mark.parametrize("what", ["", "{}/", "{}/stopp/", "{}/igjen/"])
def test_another_groups_contact_person_finds_nothing(
    logged_in: LogIn,
    other_contact_person: User,
    group: Group,
    other_group: Group,
    evening: Evening,
    what: str,
):
    browser, row = logged_in(other_contact_person), Message.objects.first()
    for place in (group, other_group) if what else (group,):
        path = page_of(place) + what.format(row.pk)
        answer = browser.post(path) if what.endswith("p/") or "igjen" in what else browser.get(path)
        assert answer.status_code == 404
    assert not Message.objects.exclude(state="planned").exists()


def test_contact_person_who_takes_the_course_herself_does_not_see_her_fellows_messages(
    logged_in: LogIn, group: Group, municipality, evening: Evening
):
    trainee = RoleFactory(kind="contact-person", municipality=municipality).user
    EnrolmentFactory(group=group, adult=AdultFactory(user=trainee, family=None, seat=None))
    assert logged_in(trainee).get(page_of(group)).status_code == 404


def test_family_is_kept_out(logged_in: LogIn, group: Group, evening: Evening, adult: Adult):
    assert logged_in(adult).get(page_of(group)).status_code in (302, 403, 404)


def test_page_costs_the_same_for_two_and_for_forty(
    logged_in: LogIn, contact_person: User, group: Group, evening: Evening
):
    browser = logged_in(contact_person)

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert browser.get(page_of(group)).status_code == 200
        return len(captured)

    queries()
    few = queries()
    make_families(group, 20)
    messaging.plan_evening(evening)
    messaging.plan_change(evening, "moved")
    assert Message.objects.count() >= 40
    assert queries() == few


# --- one's own
def test_own_page_shows_ones_own_messages_alone(
    logged_in: LogIn, evening: Evening, adult: Adult, neighbour: Adult
):
    MessageFactory(user=neighbour.user, thing="guidance:1", kind="guidance")
    text = text_of(logged_in(adult).get("/min/beskjeder/"))
    assert "Påminnelse: kurskveld 1" in text
    assert "avtale" not in text.lower().replace("avtaler", "")


def test_channel_and_fewer_are_chosen(logged_in: LogIn, adult: Adult):
    User.objects.filter(pk=adult.user_id).update(mobile="+4740000001")
    answer = logged_in(adult).post("/min/beskjeder/", {"channel": "sms", "fewer_messages": "on"})
    assert answer.status_code == 302
    adult.user.refresh_from_db()
    assert (adult.user.channel, adult.user.fewer_messages) == ("sms", True)


def test_channel_without_an_address_is_not_offered_and_not_taken(logged_in: LogIn, adult: Adult):
    browser = logged_in(adult)
    assert 'value="sms"' not in browser.get("/min/beskjeder/").content.decode()
    answer = browser.post("/min/beskjeder/", {"channel": "sms", "fewer_messages": "on"})
    assert answer.status_code == 422
    text = text_of(answer)
    assert "Velg en av måtene som står her." in text
    assert "checked" in answer.content.decode()
    adult.user.refresh_from_db()
    assert (adult.user.channel, adult.user.fewer_messages) == ("mail", False)


def test_nothing_but_the_choices_can_be_changed(logged_in: LogIn, adult: Adult):
    before = adult.user.email
    logged_in(adult).post(
        "/min/beskjeder/", {"channel": "mail", "email": "annen@example.no", "is_staff": "on"}
    )
    adult.user.refresh_from_db()
    assert (adult.user.email, adult.user.is_staff) == (before, False)


def test_own_page_costs_the_same_with_few_and_many(logged_in: LogIn, evening: Evening, adult: Adult):
    browser = logged_in(adult)

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            browser.get("/min/beskjeder/")
        return len(captured)

    queries()
    few = queries()
    for number in range(30):
        MessageFactory(user=adult.user, thing=f"evening:{evening.pk}", step=f"moved-{number}", kind="change")
    assert queries() == few
