"""Forms in the outbox: asked once, reminded at most twice, and only whoever has not answered."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
import time_machine

from courses import messaging
from courses.models import Message, User
from courses.outbox.rows import forget_old
from courses.outbox.sending import send_due
from evaluation import answering, informing, opening
from evaluation.answers import sealing
from evaluation.asking_consent import tell_of_letter
from evaluation.models import Consent, Occasion, Participation, Study
from evaluation.own_forms import own_forms
from tests import study_factories as made
from tests.factories import EveningFactory
from tests.posts import Sink, sink

if TYPE_CHECKING:
    from courses.models import Adult, Group
    from tests.people import LogIn

__all__ = ["sink"]
pytestmark = pytest.mark.django_db
OSLO = ZoneInfo("Europe/Oslo")
NOON = datetime(2026, 10, 5, 12, tzinfo=OSLO)


@pytest.fixture(autouse=True)
def _noon():
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def occasion(group: Group, adult: Adult) -> Occasion:
    """Open for a fortnight from now; the adult has been asked."""
    study = made.study(programme=group.edition.programme, region=group.municipalities.get().region)
    row = made.occasion(
        wave=made.wave(study), group=group, opens_at=NOON, closes_at=NOON + timedelta(days=14, hours=6)
    )
    opening.ask(row, NOON)
    return row


def later(days: float) -> time_machine.travel:
    return time_machine.travel(NOON + timedelta(days=days), tick=False)


def test_asked_at_once_and_reminded_twice_before_it_closes(sink: Sink, occasion: Occasion, adult: Adult):
    for day in range(15):
        with later(day):
            send_due()
    subjects = [mail["Subject"] for mail in sink.messages]
    assert subjects == ["Et kort skjema til deg", "Et skjema venter på deg", "Skjemaet lukker snart"]
    assert set(sink.recipients) == {adult.user.email}
    first = sink.messages[0].get_content()
    assert "omtrent 3 minutter" in first
    assert "Du kan svare til mandag 19. oktober kl. 18.00." in first
    assert f"/skjema/{occasion.pk}/" in first


def test_asking_again_tells_nobody_twice(sink: Sink, occasion: Occasion):
    for _again in range(3):
        opening.ask(occasion, NOON)
        send_due()
    assert len(sink.mails) == 1
    assert Message.objects.count() == 3


def happened(adult: Adult, occasion: Occasion) -> dict[str, object]:
    """What may come between planning and sending → why the message is then not needed."""
    user, now = User.objects.get(pk=adult.user_id), NOON.date()
    version = occasion.wave.instruments.get().version
    rows = Occasion.objects.filter(pk=occasion.pk)
    yesterday = now - timedelta(days=1)
    return {
        "answered": lambda: sealing.submit(user=user, occasion_id=occasion.pk, forms=[(version, {"t01": 3})]),
        "declined": lambda: answering.decline(user, occasion.pk),
        "on paper": lambda: Participation.objects.update(state="paper"),
        "closed": lambda: rows.update(state="closed"),
        "time is out": lambda: rows.update(opens_at=NOON - timedelta(days=3), closes_at=NOON),
        "pause": lambda: adult.enrolments.update(paused_on=now),
        "silence": lambda: messaging.silence(adult),
        "left": lambda: adult.enrolments.update(starts_on=yesterday, ends_on=yesterday),
        "locked out": lambda: User.objects.update(is_active=False),
        "asked no more": lambda: Participation.objects.all().delete(),
    }


@pytest.mark.parametrize(
    ("what", "why"),
    [
        ("answered", "done"),
        ("declined", "declined"),
        ("on paper", "done"),
        ("closed", "over"),
        ("time is out", "over"),
        ("pause", "left"),
        ("silence", "silenced"),
        ("left", "left"),
        ("locked out", "left"),
        ("asked no more", "gone"),
    ],
)
def test_it_is_decided_when_it_is_sent(sink: Sink, occasion: Occasion, adult: Adult, what: str, why: str):
    happened(adult, occasion)[what]()  # type: ignore[operator]
    send_due()
    assert not sink.mails
    row = Message.objects.get(step="asked")
    assert (row.state, row.why) == ("skipped", why)


def test_consent_withdrawn_or_to_an_older_letter_ends_the_messages(
    sink: Sink, occasion: Occasion, adult: Adult
):
    study = occasion.wave.study
    Study.objects.update(is_research=True)
    study.refresh_from_db()
    letter = informing.keep_letter(study)
    informing.acknowledge(adult.user, letter, mark=letter.checksum, agrees=True)
    assert send_due() == {"sent": 1}
    Study.objects.update(purpose_nb="Noe helt annet.")
    study.refresh_from_db()
    assert informing.keep_letter(study).number == letter.number + 1
    with later(7):
        assert send_due() == {"skipped": 1}
    assert len(sink.mails) == 1


def test_withdrawing_takes_the_waiting_messages_out(sink: Sink, occasion: Occasion, adult: Adult):
    Study.objects.update(is_research=True)
    letter = informing.keep_letter(Study.objects.get())
    informing.acknowledge(adult.user, letter, mark=letter.checksum, agrees=True)
    assert informing.withdraw(adult.user, letter.study)
    for day in range(14):
        with later(day):
            send_due()
    assert not sink.mails
    assert Participation.objects.get().state == "declined"
    assert Consent.objects.get(purpose="research").withdrawn_on == NOON.date()


def test_one_who_ends_a_pause_is_reminded_after_all(sink: Sink, occasion: Occasion, adult: Adult):
    enrolment = adult.enrolments.get()
    enrolment.paused_on = NOON.date()
    enrolment.save()
    messaging.silence(adult)
    assert not send_due()
    enrolment.paused_on = None
    enrolment.save()
    messaging.plan_enrolment(enrolment)
    assert send_due() == {"sent": 1}


def test_one_who_wants_fewer_messages_is_asked_still(sink: Sink, occasion: Occasion):
    User.objects.update(fewer_messages=True)
    assert send_due() == {"sent": 1}


def test_last_reminder_waits_when_the_closing_is_put_off(sink: Sink, occasion: Occasion):
    send_due()
    with later(8):
        send_due()
    Occasion.objects.update(closes_at=NOON + timedelta(days=28))
    with later(12.3):
        assert send_due() == {"planned": 1}
    assert len(sink.mails) == 2
    with later(26.1):
        assert send_due() == {"sent": 1}


def test_moved_evening_moves_the_last_reminder(occasion: Occasion, group: Group):
    module = group.edition.programme.modules.get(number=1)
    EveningFactory(group=group, module=module, starts_at=NOON + timedelta(days=20))
    opening.plan_occasions(occasion.wave.study, NOON)
    occasion.refresh_from_db()
    assert occasion.closes_at == NOON + timedelta(days=20)
    assert Message.objects.get(step="reminder-2").due_at == NOON + timedelta(days=18)


def test_in_research_one_is_told_once_of_each_letter_and_not_after_choosing(
    sink: Sink, occasion: Occasion, adult: Adult, neighbour: Adult
):
    Message.objects.all().delete()
    Study.objects.update(is_research=True)
    study = Study.objects.get()
    letter = informing.keep_letter(study)
    assert [tell_of_letter(study, NOON) for _again in range(2)] == [2, 0]
    informing.acknowledge(neighbour.user, letter, mark=letter.checksum, agrees=False)
    assert send_due() == {"sent": 1, "skipped": 1}
    assert sink.messages[0]["Subject"] == "Noe å lese og velge"
    assert sink.recipients == [adult.user.email]
    Study.objects.update(purpose_nb="Noe nytt.")
    study.refresh_from_db()
    informing.keep_letter(study)
    assert tell_of_letter(study, NOON) == 2
    assert send_due() == {"sent": 2}


def test_whoever_says_nothing_is_not_told_again_while_the_study_lasts(
    occasion: Occasion, adult: Adult, neighbour: Adult
):
    Message.objects.all().delete()
    Study.objects.update(is_research=True, ends_on=(NOON + timedelta(days=200)).date())
    study = Study.objects.get()
    informing.keep_letter(study)
    assert tell_of_letter(study, NOON) == 2
    Message.objects.filter(user=adult.user).update(state="sent", sent_at=NOON)
    Message.objects.filter(user=neighbour.user).update(state="skipped", due_at=NOON)
    later = NOON + timedelta(days=180)
    Occasion.objects.update(closes_at=later + timedelta(days=3))
    assert forget_old(later) == 0
    assert tell_of_letter(study, later) == 0
    assert forget_old(NOON + timedelta(days=200)) == 0
    assert forget_old(NOON + timedelta(days=201)) == 2


def test_nobody_is_told_of_a_letter_in_a_pause_or_long_before(occasion: Occasion, adult: Adult):
    Study.objects.update(is_research=True)
    study = Study.objects.get()
    informing.keep_letter(study)
    adult.enrolments.update(paused_on=NOON.date())
    assert tell_of_letter(study, NOON) == 0
    adult.enrolments.update(paused_on=None)
    Occasion.objects.all().delete()
    coming = {"opens_at": NOON + timedelta(days=8), "closes_at": NOON + timedelta(days=20)}
    made.occasion(wave=study.waves.get(), group=occasion.group, state="planned", **coming)
    assert tell_of_letter(study, NOON) == 0
    assert tell_of_letter(study, NOON + timedelta(days=1)) == 1


def test_nobody_is_told_of_a_letter_before_the_study_begins(occasion: Occasion, adult: Adult):
    Study.objects.update(is_research=True, starts_on=NOON.date() + timedelta(days=2))
    study = Study.objects.get()
    informing.keep_letter(study)
    assert tell_of_letter(study, NOON) == 0
    assert not own_forms(adult.user, "nb", occasion.group_id).letters
    assert tell_of_letter(study, NOON + timedelta(days=2)) == 1
    with time_machine.travel(NOON + timedelta(days=2), tick=False):
        assert own_forms(adult.user, "nb", occasion.group_id).letters


def test_contact_person_sees_no_message_about_forms(
    occasion: Occasion, contact_person: User, logged_in: LogIn, group: Group
):
    client, row = logged_in(contact_person), Message.objects.get(step="asked")
    page = client.get(f"/gruppe/{group.pk}/meldinger/").content.decode()
    assert "skjema" not in page.lower()
    assert client.get(f"/gruppe/{group.pk}/meldinger/{row.pk}/").status_code == 404


def test_one_sees_ones_own(occasion: Occasion, adult: Adult, logged_in: LogIn):
    page = logged_in(adult).get("/min/beskjeder/").content.decode()
    assert "Et skjema" in page
    assert "Påminnelse om et skjema" in page


@pytest.mark.parametrize("step", ["asked", "reminder"])
def test_what_did_not_arrive_she_sees_herself_and_nobody_else(
    occasion: Occasion, adult: Adult, group: Group, contact_person: User, project_leader: User,
    logged_in: LogIn, step: str,
):  # fmt: skip
    """Else it would be told that she is asked, and had not answered."""
    first, words = logged_in(adult).get("/min/").content.decode(), "kom ikke fram til deg"
    assert words not in first
    Message.objects.filter(step=step).update(state="dead", why="refused")
    assert words in logged_in(adult).get("/min/").content.decode()
    own = logged_in(adult).get("/min/beskjeder/").content.decode()
    assert "Kom ikke fram til deg" in own
    assert "adressen tok ikke imot" in own
    for person, address in (
        (contact_person, f"/gruppe/{group.pk}/meldinger/"),
        (contact_person, f"/gruppe/{group.pk}/"),
        (project_leader, "/prosjekt/"),
    ):
        page = logged_in(person).get(address, follow=True).content.decode()
        assert "adressen tok ikke imot" not in page
        assert "om et skjema" not in page.lower()
