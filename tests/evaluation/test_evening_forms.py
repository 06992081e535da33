"""An evening's anonymous form: one minute, no name, no more of them than there were people in the room."""

from __future__ import annotations

import logging
import re
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from courses.models import Attendance, Evening, User, WalkIn
from evaluation import evening_forms
from evaluation.answers import boxes, keys
from evaluation.models import Occasion, SealedAnswer
from tests.crowds import adults, version_of
from tests.evaluation.evening_answers import SCRIPT, address, at, evening, filled, mark_in, received
from tests.factories import EveningFactory
from tests.study_factories import evening_wave, frozen_version, occasion, statement, text_item

if TYPE_CHECKING:
    from django.http import HttpResponse

    from courses.models import Adult, Group
    from tests.people import LogIn

__all__ = ["at", "evening"]
pytestmark = pytest.mark.django_db(databases=["default", "answers"])
LAW = "Kanarifugl i fjellet"


def send(browser: Client, at: Occasion, **given: Any) -> HttpResponse:
    return browser.post(address(at), filled(browser, at, **given), headers=SCRIPT)


# --- what it is
def test_the_form_is_answered_without_a_login_and_says_that_it_is_anonymous(at: Occasion) -> None:
    browser = Client(enforce_csrf_checks=True)
    page = browser.get(address(at))
    text = page.content.decode()
    assert "Svarene er anonyme." in text
    assert "ikke hvem du er, hvilken telefon du bruker, eller når du svarte" in text
    assert "Utsagn t01" in text
    assert page.cookies == {}
    answered = browser.post(address(at), filled(browser, at, t01="5", ord=LAW))
    assert answered.status_code == 302
    receipt = browser.get(answered["Location"]).content.decode()
    assert "Takk! Svaret ditt er mottatt" in receipt
    assert received(at) == 1


def test_what_is_stored_is_the_answers_and_nothing_else(at: Occasion) -> None:
    send(Client(), at, t01="5", tall="7", ord=LAW)
    row = SealedAnswer.objects.get()
    assert {field.name for field in SealedAnswer._meta.fields} == {"id", "occasion", "box"}
    assert row.pk > 2**32  # drawn
    content = boxes.open_box(keys.seal_key(at), bytes(row.box))
    assert content == {
        "kind": "answers",
        "forms": [{"version": version_of(at.wave).pk, "answers": {"t01": 5, "tall": 7, "ord": LAW}}],
    }
    assert not Session.objects.exists()


def test_the_device_remembers_a_number_that_all_who_sent_one_have_alike(at: Occasion) -> None:
    said = [send(Client(), at) for _ in range(3)]
    values = {page.cookies["kveld"].value for page in said}
    assert len(values) == 1
    cookie = said[0].cookies["kveld"]
    assert cookie["path"] == address(at)
    assert cookie["httponly"]
    assert set(said[0].cookies) == {"kveld"}


def test_whoever_is_logged_in_answers_as_anonymously(at: Occasion, adult: Adult, logged_in: LogIn) -> None:
    browser = logged_in(adult)
    seats = [len(User.objects.values()), len(Session.objects.values())]
    with CaptureQueriesContext(connection) as seen:
        assert send(browser, at).json() == {"status": "received"}
    written = [q["sql"] for q in seen if q["sql"].startswith(("INSERT", "UPDATE"))]
    assert [sql.split('"')[1] for sql in written] == ["evaluation_sealedanswer", "evaluation_occasion"]
    assert adult.user is not None
    assert str(adult.user.username) not in " ".join(written)
    assert seats == [len(User.objects.values()), len(Session.objects.values())]


def test_nobody_reads_there_who_is_logged_in(at: Occasion, adult: Adult, logged_in: LogIn) -> None:
    browser = logged_in(adult)
    session = Session.objects.get()
    kept = session.get_decoded()
    kept["seen"] -= 20 * 60  # the next page anywhere else would write when she was seen
    session.session_data = Session.objects.encode(kept)
    session.save()
    before = Session.objects.values().get()
    with CaptureQueriesContext(connection) as seen:
        send(browser, at)
        for each in (f"{address(at)}takk/", "/k/", f"/k/{at.wall_code}/"):
            assert browser.get(each).cookies.keys() <= {"kveld"}
    tables = " ".join(query["sql"] for query in seen)
    assert "django_session" not in tables
    assert "courses_user" not in tables
    assert Session.objects.values().get() == before
    assert browser.get(reverse("cms:min_side")).status_code == 200  # and she is logged in still


def test_no_line_is_logged_with_the_address_of_the_form(
    at: Occasion, caplog: pytest.LogCaptureFixture
) -> None:
    from cms.logs import WithoutTokens

    caplog.set_level(logging.DEBUG)
    browser = Client()
    for _ in range(3):
        browser.post(address(at), {"mark": "feil"})
    send(browser, at)
    for record in caplog.records:
        WithoutTokens().filter(record)
        assert at.nonce not in record.getMessage()


# --- how many there were
def test_until_somebody_has_counted_it_is_those_who_may_have_been_there(group: Group) -> None:
    people = adults(group, 6)
    evening = EveningFactory(group=group, head_count=None)
    assert evening_forms.seats_of(evening) == 6
    for adult, state in zip(people, ["present", "partly", "excused", "absent"], strict=False):
        Attendance.objects.create(evening=evening, adult=adult, state=state)
    WalkIn.objects.create(evening=evening, name="Grete")
    WalkIn.objects.create(evening=evening, name="")  # taken away again
    assert evening_forms.seats_of(evening) == 2 + 2 + 1
    evening.head_count = 4
    assert evening_forms.seats_of(evening) == 4


def test_a_room_that_was_counted_empty_has_no_seats(group: Group) -> None:
    adults(group, 6)
    assert evening_forms.seats_of(EveningFactory(group=group, head_count=0)) == 0


# --- when
@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"state": "planned"}, "Skjemaet er ikke åpnet ennå"),
        ({"state": "closed"}, "Skjemaet er lukket"),
        ({"state": "counted"}, "Skjemaet er lukket"),
        ({"closes_at": timedelta(minutes=-1)}, "Skjemaet er lukket"),
    ],
)
def test_before_and_after_its_window_it_says_so_kindly_and_takes_nothing(
    at: Occasion, fields: dict[str, Any], words: str
) -> None:
    browser = Client()
    form = filled(browser, at)
    changed = {
        key: timezone.now() + value if isinstance(value, timedelta) else value
        for key, value in fields.items()
    }
    Occasion.objects.filter(pk=at.pk).update(**changed)
    assert words in browser.get(address(at)).content.decode()
    refused = browser.post(address(at), form)
    assert refused.status_code in (409, 410)
    assert words in refused.content.decode()
    assert received(at) == 0


def test_a_cancelled_evening_asks_nobody(at: Occasion, evening: Evening) -> None:
    Evening.objects.filter(pk=evening.pk).update(cancelled_at=timezone.now())
    assert "Skjemaet er lukket" in Client().get(address(at)).content.decode()


# --- bad input
def test_a_code_that_is_not_there_is_a_404(at: Occasion, adult: Adult) -> None:
    linked = occasion()
    for nonce in ("finnes-ikke", linked.nonce, "%00", "x" * 4_000):
        assert Client().get(f"/kveldssvar/{nonce}/").status_code == 404


def test_a_page_of_another_evening_is_not_taken_here(at: Occasion) -> None:
    other = occasion(wave=at.wave, evening=EveningFactory(head_count=5))
    browser = Client()
    form = filled(browser, at) | {"mark": mark_in(browser.get(address(other)))}
    assert browser.post(address(at), form, headers=SCRIPT).json() == {"status": "gone"}
    assert "må åpnes på nytt" in browser.post(address(at), {}).content.decode()
    assert received(at) == 0


@pytest.mark.parametrize(
    "wrong", [{"t01": "9"}, {"t01": "x"}, {"ukjent": "1"}, {"ord": "a" * 2_001}, {"t01": ["1", "2"]}]
)
def test_what_does_not_fit_is_said_at_its_place_and_nothing_typed_is_lost(
    at: Occasion, wrong: dict[str, Any]
) -> None:
    browser = Client()
    form = filled(browser, at, **({"t02": "3"} | wrong))
    page = browser.post(address(at), form)
    assert page.status_code == 422
    text = page.content.decode()
    assert "Noe må rettes før vi kan sende" in text
    assert re.search(rf'name="{version_of(at.wave).pk}-t02" value="3" checked', text)
    assert received(at) == 0
    corrected = {k: v for k, v in form.items() if not any(k.endswith(f"-{name}") for name in wrong)}
    again = corrected | {"mark": mark_in(page)}
    assert browser.post(address(at), again, headers=SCRIPT).json() == {"status": "received"}


def test_queries_do_not_grow_with_the_questions(group: Group) -> None:
    counts = []
    for many in (3, 60):
        version = frozen_version([*(statement(f"s{n}") for n in range(many)), text_item()])
        evening = EveningFactory(group=group, head_count=8, module__number=many)
        at = occasion(wave=evening_wave(versions=[version], code=f"k{many}"), evening=evening)
        with CaptureQueriesContext(connection) as seen:
            send(Client(), at, s1="3")
        counts.append(len(seen))
    assert counts[0] == counts[1]
