"""The form a family answers: shown to whom it belongs, taken once, and nothing typed is lost."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from courses.models import Adult, Message, User
from evaluation.figures.disclosure import ADULTS_FOR_MEAN, FAMILIES_FOR_MEAN
from evaluation.instruments.definition import Condition, Item, LowHelp, Words
from evaluation.models import Consent, Occasion, Participation
from evaluation.views import marks
from tests.evaluation.form_posts import SCRIPT, address, answers_to, boxes, state_of
from tests.study_factories import (
    AGREE,
    frozen_version,
    information,
    occasion,
    participation,
    statement,
    text_item,
    wave,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpResponse

    from courses.models import Group

pytestmark = pytest.mark.django_db(databases=["default", "answers"])


# --- who sees it
def test_the_form_says_what_it_promises_and_asks_every_question(
    browser: Client, invited: Participation, asked: Occasion
) -> None:
    page = browser.get(address(asked)).content.decode()
    assert "Nøkkelen som kan si hvilke som er dine, slettes" in page
    assert "Ingen leder, kontaktperson eller kommune kan se hva du svarte." in page
    assert "anonym" not in page
    for text in (
        "Utsagn t01",
        "Utsagn t02",
        "Utsagn t03",
        "Fra 0 til 10",
        "Noe mer? Uten navn.",
        "Helt uenig",
    ):
        assert text in page
    assert "Jeg vil ikke svare" in page


def test_the_form_is_asked_in_nynorsk(
    browser: Client, adult: Adult, invited: Participation, asked: Occasion
) -> None:
    User.objects.filter(pk=adult.user_id).update(language="nn")
    page = browser.get(address(asked)).content.decode()
    assert "Utsegn t01" in page
    assert "Heilt usamd" in page


@pytest.mark.parametrize("end", ["", "takk/"])
def test_whoever_is_not_asked_gets_a_404(
    browser: Client, asked: Occasion, neighbour: Adult, end: str
) -> None:
    participation(asked, neighbour)
    assert browser.get(address(asked, end=end)).status_code == 404
    assert browser.post(address(asked), answers_to(asked, browser_user(browser))).status_code == 404
    assert browser.post(address(asked, end="nokkel/")).status_code == 404
    assert browser.post(address(asked, end="nei/")).status_code == 404


def browser_user(browser: Client) -> User:
    return User.objects.get(pk=browser.session["_auth_user_id"])


def test_a_letter_that_is_not_read_comes_first(
    browser: Client, adult: Adult, invited: Participation, asked: Occasion
) -> None:
    letter = information(asked.wave.study)
    answer = browser.get(address(asked))
    assert answer.status_code == 302
    assert answer["Location"].endswith(f"?next=%2Fskjema%2F{asked.pk}%2F")
    Consent.objects.create(
        user=adult.user, letter=letter, purpose="information", language="nb", given_on=timezone.localdate()
    )
    assert browser.get(address(asked)).status_code == 200


def test_a_small_group_is_told_before_it_answers_what_becomes_of_its_answers(
    browser: Client, invited: Participation, asked: Occasion, make_families: Callable[[int], None]
) -> None:
    """A condition and no certainty: more may come to be asked, and then it is opened alone."""
    words = "Så lenge færre enn fem voksne eller fire familier har svart, åpner vi ikke svarene fra gruppa"
    text = browser.get(address(asked)).content.decode()
    assert words in text
    assert "Dere er få" not in text
    assert (ADULTS_FOR_MEAN, FAMILIES_FOR_MEAN) == (5, 4)
    make_families(4)
    assert words not in browser.get(address(asked)).content.decode()


def test_after_half_an_hour_away_the_form_asks_who_it_is(
    browser: Client, invited: Participation, asked: Occasion
) -> None:
    session = browser.session
    session["notes_shut"] = True
    session.save()
    answer = browser.get(address(asked))
    assert answer["Location"].startswith(reverse("account_reauthenticate"))
    assert browser.post(address(asked, end="nokkel/")).status_code == 403


# --- sending
def test_a_form_is_sent_once_and_a_replay_changes_nothing(
    browser: Client, adult: Adult, invited: Participation, asked: Occasion
) -> None:
    given = answers_to(asked, adult, t01="4", t02="5", tall="0", ord="Fint.")
    assert browser.post(address(asked), given).url == address(asked, end="takk/")
    assert state_of(invited) == "done"
    assert boxes() == 1
    assert browser.post(address(asked), given).url == address(asked, end="takk/")
    assert browser.post(address(asked), given, headers=SCRIPT).json() == {"status": "already"}
    assert boxes() == 1
    receipt = browser.get(address(asked, end="takk/")).content.decode()
    assert "Takk! Svarene dine er mottatt" in receipt
    assert "kan ikke endres eller vises igjen" in receipt
    assert "Fint." not in receipt
    assert browser.get(address(asked)).url == address(asked, end="takk/")


def test_what_is_taken_reaches_the_sealing_as_answers_without_nul_and_lone_surrogates(
    browser: Client, adult: Adult, invited: Participation, asked: Occasion, sealed: list[Any]
) -> None:
    given = answers_to(asked, adult, t01="4", tall="10", ord="ORD")
    body = urlencode(given).replace("ORD", "+a%00b%ED%B0%80%0D%0Ac+")
    browser.post(address(asked), body, content_type="application/x-www-form-urlencoded")
    (answers,) = sealed
    assert answers.pop("ord") in ("ab\nc", "ab\ufffd\ufffd\ufffd\nc")
    assert answers == {"t01": 4, "tall": 10}


def test_a_reminder_that_waits_is_taken_out_when_the_form_is_sent_or_declined(
    browser: Client, adult: Adult, invited: Participation, asked: Occasion
) -> None:
    message = Message.objects.create(
        user=adult.user,
        kind="form",
        thing=f"form:{asked.pk}",
        step="reminder",
        due_at=timezone.now() + timedelta(days=2),
        message_id="<a@b>",
    )
    browser.post(address(asked, end="nei/"))
    message.refresh_from_db()
    assert message.state == "skipped"
    browser.post(address(asked, end="likevel/"))
    message.refresh_from_db()
    assert message.state == "planned"
    browser.post(address(asked), answers_to(asked, adult, t01="4"))
    message.refresh_from_db()
    assert message.state == "skipped"


def test_a_no_is_one_tap_and_can_be_taken_back(
    browser: Client, adult: Adult, invited: Participation, asked: Occasion
) -> None:
    Participation.objects.filter(pk=invited.pk).update(draft_key=b"k" * 32)
    browser.post(address(asked, end="nei/"))
    assert state_of(invited) == "declined"
    assert invited.draft_key is None
    page = browser.get(address(asked))
    assert "Du har sagt at du ikke vil svare" in page.content.decode()
    sent = browser.post(address(asked), answers_to(asked, adult, t01="4"), headers=SCRIPT)
    assert (sent.status_code, sent.json()) == (409, {"status": "declined"})
    browser.post(address(asked, end="likevel/"))
    assert state_of(invited) == "open"
    assert "Utsagn t01" in browser.get(address(asked)).content.decode()


def test_whoever_has_answered_cannot_say_no_afterwards(
    browser: Client, adult: Adult, invited: Participation, asked: Occasion
) -> None:
    browser.post(address(asked), answers_to(asked, adult, t01="4"))
    browser.post(address(asked, end="nei/"))
    browser.post(address(asked, end="likevel/"))
    assert state_of(invited) == "done"


def test_a_form_on_paper_may_be_answered_here_instead(browser: Client, adult: Adult, asked: Occasion) -> None:
    invited = participation(asked, adult, state="paper")
    assert "Du har bedt om skjemaet på papir" in browser.get(address(asked)).content.decode()
    browser.post(address(asked), answers_to(asked, adult, t01="4"))
    assert state_of(invited) == "done"


# --- branches
def test_a_question_that_an_answer_opens_is_marked_and_a_hidden_answer_is_not_taken(
    browser: Client, adult: Adult, group: Group, sealed: list[Any]
) -> None:
    first = Item("f", "one", Words("Har dere barn hos dere?"), "del", choices=AGREE[:2])
    second = statement("g", show_if=Condition("f", (1,)))
    at = occasion(wave=wave(versions=[frozen_version([first, second])]), group=group)
    participation(at, adult)
    version = at.wave.instruments.get().version
    page = browser.get(address(at)).content.decode()
    assert f'data-if="{version.pk}-f" data-codes="1"' in page
    assert "Gjelder hvis du svarte «Helt uenig» på «Har dere barn hos dere?»." in page
    browser.post(address(at), answers_to(at, adult, f="2", g="4"))
    assert sealed == [{"f": 2}]


# --- the draft's key, and what only the device knows
def test_the_key_of_a_draft_is_made_once_and_goes_with_the_sending(
    browser: Client, adult: Adult, invited: Participation, asked: Occasion
) -> None:
    first = browser.post(address(asked, end="nokkel/")).json()
    assert len(bytes.fromhex(first["key"])) == 32
    assert browser.post(address(asked, end="nokkel/")).json() == first
    browser.post(address(asked), answers_to(asked, adult, t01="4"))
    invited.refresh_from_db()
    assert invited.draft_key is None
    assert browser.post(address(asked, end="nokkel/")).json() == {"status": "already"}


def test_help_for_a_low_score_comes_with_the_key_and_stands_on_no_page(
    browser: Client, adult: Adult, group: Group
) -> None:
    help_text = LowHelp("trygg", 2.5, Words("Snakk med noen."))
    version = frozen_version([statement("a"), statement("b")], low_help=help_text)
    at = occasion(wave=wave(versions=[version]), group=group)
    participation(at, adult)
    assert "Snakk med noen." not in browser.get(address(at)).content.decode()
    assert browser.post(address(at, end="nokkel/")).json()["low"] == [
        {
            "text": "Snakk med noen.",
            "below": 2.5,
            "least": 1,
            "times": 1,
            "items": {f"{version.pk}-a": None, f"{version.pk}-b": None},
        }
    ]


# --- cost
def queries(browser: Client, at: Occasion) -> int:
    browser.get(address(at))
    with CaptureQueriesContext(connection) as captured:
        assert browser.get(address(at)).status_code == 200
    return len(captured)


def test_the_form_costs_the_same_few_queries_with_200_questions_as_with_10(
    browser: Client, adult: Adult, group: Group
) -> None:
    costs = []
    for number in (10, 200):
        items = [*(statement(f"t{n}") for n in range(number)), text_item()]
        at = occasion(wave=wave(versions=[frozen_version(items)]), group=group)
        participation(at, adult)
        costs.append(queries(browser, at))
    assert costs[0] == costs[1] <= 10


def test_two_questionnaires_are_asked_after_one_another(browser: Client, adult: Adult, group: Group) -> None:
    versions = [frozen_version([statement("a")], title=Words("Først")), frozen_version([statement("a")])]
    at = occasion(wave=wave(versions=versions), group=group)
    invited = participation(at, adult)
    page: HttpResponse = browser.get(address(at))
    text = page.content.decode()
    assert text.index("<h2>Først</h2>") < text.index("<h2>Trygg i oppdraget</h2>")
    given = {"mark": marks.mark_of(adult.user, at.pk)} | {f"{version.pk}-a": "2" for version in versions}
    assert browser.post(address(at), given).status_code == 302
    assert state_of(invited) == "done"
