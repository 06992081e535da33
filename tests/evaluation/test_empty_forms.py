"""A form without one answer is asked about once: it may be meant, and it may be a slip of the thumb."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from django.test import Client

from tests.evaluation import evening_answers, form_posts
from tests.evaluation.evening_answers import at, evening
from tests.evaluation.form_posts import SCRIPT, answers_to, boxes, state_of
from tests.study_factories import frozen_version, occasion, participation, statement, wave

if TYPE_CHECKING:
    from django.http import HttpResponse

    from courses.models import Adult, Group
    from evaluation.models import Occasion, Participation

__all__ = ["at", "evening"]
pytestmark = pytest.mark.django_db(databases=["default", "answers"])
ASKED = "Du har ikke svart på noe. Vil du sende likevel?"
AGAIN = {"empty": "1"}  # what «Send uten svar» sends along


def asked_about(page: HttpResponse) -> bool:
    """Whether the question stands on the page to be seen; script has it there hidden on every form."""
    (box,) = re.findall(r"<section[^>]*data-empty[^>]*>", page.content.decode())
    return " hidden" not in box


# --- a form of one's own
def test_an_empty_form_is_asked_about_and_not_taken_until_it_is_sent_again(
    browser: Client, adult: Adult, invited: Participation, asked: Occasion
) -> None:
    address, empty = form_posts.address(asked), answers_to(asked, adult, t01="", ord="  ")
    assert not asked_about(browser.get(address))
    page = browser.post(address, empty)
    assert (page.status_code, asked_about(page)) == (422, True)
    assert ASKED in page.content.decode()
    assert re.search(r'<button[^>]*name="empty" value="1"[^>]*>Send uten svar<', page.content.decode())
    first = re.search(r'href="#(q-[^"]+t01)"[^>]*>Nei, jeg vil svare<', page.content.decode())
    assert first
    assert f'id="{first.group(1)}"' in page.content.decode()
    assert (state_of(invited), boxes()) == ("open", 0)
    assert browser.post(address, empty | AGAIN)["Location"].endswith("/takk/")
    assert (state_of(invited), boxes()) == ("done", 1)


def test_whoever_answers_instead_of_sending_it_empty_is_not_asked_again(
    browser: Client, adult: Adult, invited: Participation, asked: Occasion
) -> None:
    address = form_posts.address(asked)
    browser.post(address, answers_to(asked, adult))
    assert browser.post(address, answers_to(asked, adult, t01="4")).status_code == 302
    assert (state_of(invited), boxes()) == ("done", 1)


def test_one_answer_is_an_answer_also_that_it_does_not_apply_yet(
    browser: Client, adult: Adult, group: Group
) -> None:
    later = occasion(wave=wave(versions=[frozen_version([statement("a", not_yet=True)])]), group=group)
    invited = participation(later, adult)
    given = answers_to(later, adult, a="not-yet")
    assert browser.post(form_posts.address(later), given).status_code == 302
    assert (state_of(invited), boxes()) == ("done", 1)


def test_script_is_told_that_it_is_empty_and_can_send_it_all_the_same(
    browser: Client, adult: Adult, invited: Participation, asked: Occasion
) -> None:
    address, empty = form_posts.address(asked), answers_to(asked, adult)
    told = browser.post(address, empty, headers=SCRIPT)
    assert (told.status_code, told.json()) == (422, {"status": "empty"})
    assert (state_of(invited), boxes()) == ("open", 0)
    assert browser.post(address, empty | AGAIN, headers=SCRIPT).json() == {"status": "received"}


# --- after an evening
def test_an_empty_evening_form_takes_no_seat_until_it_is_sent_again(at: Occasion) -> None:
    address, browser = evening_answers.address(at), Client()
    sent = {"mark": evening_answers.mark_in(browser.get(address))}
    page = browser.post(address, sent)
    assert (page.status_code, asked_about(page)) == (422, True)
    assert evening_answers.mark_in(page) == sent["mark"]  # the same sheet, so sent twice it counts once
    assert browser.post(address, sent, headers=SCRIPT).json() == {"status": "empty"}
    assert evening_answers.received(at) == 0
    assert "kveld" not in browser.cookies  # nor one of the two that a telephone may send
    for _twice in range(2):
        assert browser.post(address, sent | AGAIN).status_code == 302
    assert evening_answers.received(at) == 1
