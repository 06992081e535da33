"""Nothing that lands in a mailbox, on a locked phone or in a shared calendar tells what the course is about.

Every mail, text message and calendar entry is written in both languages about things with the most telling
names there are, and searched for words that must not be there.
"""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.template.loader import render_to_string
from django.utils import timezone, translation

from courses import calendars, erasure_requests, messaging
from courses.login_words import NOTICES
from courses.models import Adult, Evening, Message, SignUp, User
from courses.outbox.letter_words import COMPOSERS
from courses.outbox.letters import compose
from courses.outbox.posting import mail_of
from courses.outbox.rows import URGENT
from evaluation import opening
from evaluation.asking_consent import tell_of_letter
from evaluation.instruments.definition import Words
from tests import study_factories
from tests.evening_factories import (
    CallRequestFactory,
    CatchUpFactory,
    GatheringFactory,
    GuidanceMeetingFactory,
    InvitedAdultFactory,
)
from tests.factories import EveningFactory, RoleFactory

if TYPE_CHECKING:
    from collections.abc import Iterator

    from courses.models import Group

pytestmark = pytest.mark.django_db
TELLING = re.compile(
    r"foster|barn|born\b|unge|omsorg|plasser(?:ing|t)|beredskap|kommune|tilsyn|flyttehjem|vern|forelder|foreldre"
    r"|storgata|vika|hemmelig|traume|tilknytning|avvisning|veiledning|rettleiing|samira",
    re.IGNORECASE,
)
# the letters of one GSM text message; anything else makes it three times as dear and splits it
GSM = set(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
LANGUAGES = ("nb", "nn")


PLACE = {"place": "Barnevernskontoret, Storgata 1", "video_link": "https://video.example.no/fosterhjem-vika"}


@pytest.fixture
def everything(group: Group, adult: Adult, neighbour: Adult, contact_person: User) -> list[Message]:
    """One message of every kind there is, about things with telling names."""
    group.name = "Fosterhjem i Vika, hemmelig"
    group.save()
    User.objects.filter(pk=neighbour.user_id).update(first_name="Samira")
    User.objects.filter(pk=adult.user_id).update(first_name="Berit")
    evening = _an_evening(group)
    _gatherings(group, adult, contact_person)
    _guidance(adult, contact_person)
    catch_up = CatchUpFactory(adult=adult, evening=evening, call_at=timezone.now() + timedelta(days=9))
    messaging.plan_catch_up(catch_up)
    messaging.plan_talk(catch_up)
    messaging.plan_call_request(CallRequestFactory(adult=adult))
    invited = InvitedAdultFactory(invitation__group=group, mobile="+4740000009", name="Astrid")
    messaging.plan_invitation(invited)
    waiting = InvitedAdultFactory(invitation__group=group, invitation__waiting=True, mobile="+4740000008")
    messaging.plan_waiting(waiting.invitation)
    _a_form(group)
    RoleFactory(kind="project-leader", municipality=None)
    erasure_requests.ask(adult)
    return list(Message.objects.all())


def _an_evening(group: Group) -> Evening:
    """Tomorrow: its reminder, every change there is, and a series that changed."""
    module, soon = group.edition.programme.modules.get(number=1), timezone.now() + timedelta(days=1)
    evening: Evening = EveningFactory(
        group=group, module=module, starts_at=soon, bring="bilde av barnet", **PLACE
    )
    messaging.plan_evening(evening)
    for number, what in enumerate(("moved", "place", "cancelled"), start=1):
        evening.sequence = number
        messaging.plan_change(evening, what)
    for what in ("moved", "place"):
        messaging.plan_series(what, [evening])
    return evening


def _gatherings(group: Group, adult: Adult, contact_person: User) -> None:
    """One of each kind: a seat, and another day."""
    for kind in ("refresher", "theme-evening", "staff-course"):
        gathering = GatheringFactory(
            kind=kind,
            title="Fosterhjemskveld om barn som flytter",
            about="Om fosterbarn.",
            group=group if kind == "refresher" else None,
            starts_at=timezone.now() + timedelta(days=20),
            **PLACE,
        )
        gathering.municipalities.add(adult.family.municipality)
        who = contact_person if kind == "staff-course" else adult.user
        messaging.plan_seat(SignUp.objects.create(gathering=gathering, user=who))
        messaging.plan_gathering_change(gathering, "moved")


def _guidance(adult: Adult, contact_person: User) -> None:
    """Agreed, moved, cancelled and agreed again."""
    now = timezone.now()
    soon = now + timedelta(days=1)
    meeting = GuidanceMeetingFactory(family=adult.family, contact_person=contact_person, at=soon)
    messaging.plan_guidance(meeting)
    for sequence, cancelled in ((1, None), (2, now), (2, None)):
        meeting.sequence, meeting.cancelled_at = sequence, cancelled
        messaging.plan_guidance(meeting)


def _a_form(group: Group) -> None:
    """Asked for today, with two reminders, in a study that tells what it is about."""
    study = study_factories.study(
        name_nb="Fosterhjem i Vika", name_nn="Fosterheimar i Vika", programme=group.edition.programme
    )
    told = {"name_nb": "Om fosterbarnet", "name_nn": "Om fosterbarnet"}
    questions = study_factories.frozen_version(title=Words("Tilknytning og omsorg"))
    wave = study_factories.wave(study, versions=[questions], **told)
    opening.ask(study_factories.occasion(wave=wave, group=group), timezone.now())
    asked = Message.objects.filter(kind="form", step="asked")
    asked.update(state="sent", sent_at=timezone.now())  # the reminders come after it
    asks = study_factories.study(
        name_nb="Forskning på fosterhjem", programme=group.edition.programme, is_research=True
    )
    study_factories.information(asks)
    study_factories.occasion(wave=study_factories.wave(asks), group=group)
    tell_of_letter(asks, timezone.now())


def moment_of(message: Message) -> object:
    """When it would be written: late enough to be due, early enough not to be over."""
    return max(timezone.now(), message.due_at)


def written(messages: list[Message], language: str, channel: str) -> Iterator[tuple[Message, str, bytes]]:
    """Every message that is wanted: its row, all its words, and its calendar file."""
    User.objects.update(language=language, channel=channel)
    for number, user in enumerate(User.objects.all()):
        User.objects.filter(pk=user.pk).update(mobile=f"+47400001{number:02}")
    for message in messages:
        row = Message.objects.select_related("user", "invited__invitation__municipality").get(pk=message.pk)
        if row.invited:
            type(row.invited.invitation.municipality).objects.update(written_language=language)
            row.invited.invitation.municipality.written_language = language
            if channel == "sms":
                row.invited.email = None
        # a change that another followed is not told; here each is wanted in its turn
        Message.objects.filter(thing=row.thing, pk__gt=row.pk, kind="change").update(kind="form")
        letter = compose(row, moment_of(row))
        Message.objects.filter(thing=row.thing, kind="form").update(kind="change")
        if letter.channel == "sms":
            yield row, letter.body, b""
        else:
            mail = mail_of(letter, "<1@example.no>")
            assert (len(mail.to), mail.cc, mail.bcc) == (1, [], [])
            yield row, f"{mail.from_email}\n{mail.subject}\n{mail.body}", letter.calendar


def wanted(messages: list[Message]) -> list[Message]:
    """Twins by text message go to those who read mail; they are written there."""
    return [message for message in messages if not message.step.endswith(URGENT[1])]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("channel", ["mail", "sms"])
def test_no_message_tells_what_it_is_about(everything: list[Message], language: str, channel: str):
    seen = set()
    for message, words, calendar in written(wanted(everything), language, channel):
        own = message.user.first_name if message.user else message.invited.name
        text = without_addresses(words).replace(f" {own}.", "") + calendar.decode().replace("\r\n ", "")
        found = TELLING.findall(text)
        assert not found, (message.thing, message.step, found)
        seen.add((message.thing.partition(":")[0], message.step.split("-")[0]))
    assert {thing for thing, _step in seen} == set(COMPOSERS)
    assert len(seen) >= 19


def without_addresses(words: str) -> str:
    """The path of a link is ours and looked at by itself; a token is random letters."""
    return re.sub(r"/(velkommen)/\S+", r"/\1/", words)


@pytest.mark.parametrize("language", LANGUAGES)
def test_text_messages_are_short_and_in_letters_that_every_phone_has(
    everything: list[Message], language: str
):
    for message, words, _calendar in written(wanted(everything), language, "sms"):
        assert set(words) <= GSM, (message.step, set(words) - GSM)
        assert len(words) <= 306, (message.step, len(words))


@pytest.mark.parametrize("language", LANGUAGES)
def test_nynorsk_is_nynorsk_and_bokmal_bokmal(everything: list[Message], language: str):
    other = {
        "nb": r"\b(ikkje|frå|vere|Mi side|helsing|tysdag|måndag)\b",
        "nn": r"\b(ikke|fra|være|Min side|hilsen|tirsdag|mandag|flyttet)\b",
    }
    for message, words, _calendar in written(wanted(everything), language, "mail"):
        assert not re.search(other[language], words, re.IGNORECASE), (message.step, words)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_feed_tells_what_it_is_about(
    everything: list[Message], adult: Adult, contact_person: User, language: str
):
    with translation.override(language):
        for user in (adult.user, contact_person):
            entries = calendars.entries_of(user)
            assert entries
            text = calendars.feed(entries).decode().replace("\r\n ", "")
            assert not TELLING.findall(text)
            assert "LOCATION" not in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_login_and_role_mails_tell_nothing_either(language: str):
    context = {
        "code": "123456",
        "name": "Arne",
        "by": "Solveig",
        "link": "https://kurs.example.no/x",
        "days": 14,
    }
    names = [
        "account/email/login_code_subject.txt",
        "account/email/login_code_message.txt",
        "account/email/notice_subject.txt",
        "courses/email/invitation_subject.txt",
        "courses/email/invitation_message.txt",
    ]
    with translation.override(language):
        said = [render_to_string(name, context) for name in names] + [
            str(words) for words in NOTICES.values()
        ]
        for words in said:
            assert not TELLING.findall(words)
