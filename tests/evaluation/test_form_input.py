"""What is wrong with a posted form is said where it stands; what was typed is never lost."""

from __future__ import annotations

import re
from datetime import timedelta
from io import BytesIO
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import pytest
from django.db import OperationalError, connection
from django.test import Client
from django.utils import timezone

from courses.models import Adult
from evaluation.answers import sealing
from evaluation.models import Occasion, Participation
from evaluation.views import marks
from tests.evaluation.form_posts import SCRIPT, address, answers_to, boxes, state_of
from tests.study_factories import participation

if TYPE_CHECKING:
    from tests.people import LogIn

pytestmark = pytest.mark.django_db(databases=["default", "answers"])


@pytest.mark.parametrize(
    ("key", "value", "words"),
    [
        ("t01", "6", "Velg blant svarene i lista."),
        ("t01", "0x1", "Skriv et helt tall."),
        ("t01", ["1", "2"], "Velg ett svar."),
        ("tall", "11", "Velg blant svarene i lista."),
        ("tall", "-1", "Velg blant svarene i lista."),
        ("ord", "a" * 1_000_000, "tegn for lang"),
    ],
)
def test_an_answer_off_the_scale_is_said_where_it_stands_and_the_rest_is_kept(
    browser: Client,
    adult: Adult,
    invited: Participation,
    asked: Occasion,
    key: str,
    value: Any,
    words: str,
) -> None:
    given = answers_to(asked, adult, t02="5") | answers_to(asked, adult, **{key: value})
    page = browser.post(address(asked), given)
    assert page.status_code == 422
    text = page.content.decode()
    name = next(name for name in given if name.endswith(key))
    assert f'href="#q-{name}"' in text
    assert words in text
    assert re.search(r't02" value="5" checked', text)
    told = browser.post(address(asked), given, headers=SCRIPT)
    assert told.status_code == 422
    assert words in told.json()["faults"][name]
    assert state_of(invited) == "open"
    assert boxes() == 0


@pytest.mark.parametrize("names", [["999999-t01"], ["t99"], ["<script>"], [f"x{n}" for n in range(9_990)]])
def test_questions_that_are_not_in_the_form_are_refused(
    browser: Client, adult: Adult, invited: Participation, asked: Occasion, names: list[str]
) -> None:
    given = answers_to(asked, adult, t01="4") | dict.fromkeys(names, "1")
    page = browser.post(address(asked), given)
    assert page.status_code == 422
    assert "spørsmål vi ikke kjenner" in page.content.decode()
    assert "<script>" not in page.content.decode().split("<body>")[1]
    assert boxes() == 0


def test_ten_thousand_fields_and_more_are_refused_before_they_are_read(
    browser: Client, adult: Adult, invited: Participation, asked: Occasion
) -> None:
    given = answers_to(asked, adult, t01="4") | {f"x{n}": "1" for n in range(10_001)}
    assert browser.post(address(asked), given).status_code == 400
    assert boxes() == 0


def test_a_form_that_belongs_to_another_adult_is_refused_kindly_and_nothing_is_taken(
    logged_in: LogIn, adult: Adult, other_adult: Adult, invited: Participation, asked: Occasion
) -> None:
    theirs = participation(asked, other_adult)
    other = logged_in(other_adult)
    given = answers_to(asked, adult, t01="4")
    page = other.post(address(asked), given)
    assert page.status_code == 409
    assert "Skjemaet hører til en annen" in page.content.decode()
    told = other.post(address(asked), given, headers=SCRIPT)
    assert (told.status_code, told.json()) == (409, {"status": "other"})
    for end in ("nokkel/", "nei/"):
        told = other.post(address(asked, end=end), given, headers=SCRIPT)
        assert (told.status_code, told.json()) == (409, {"status": "other"})
    assert "Skjemaet hører til en annen" in other.post(address(asked, end="nei/"), given).content.decode()
    assert (state_of(invited), state_of(theirs), boxes()) == ("open", "open", 0)


@pytest.mark.parametrize("mark", ["", "x", "x:y", None])
def test_a_form_without_a_mark_of_ours_is_not_taken(
    browser: Client, adult: Adult, invited: Participation, asked: Occasion, mark: str | None
) -> None:
    given = answers_to(asked, adult, t01="4") | {"mark": mark or ""}
    if mark is None:  # one of ours, of another form
        given["mark"] = marks.mark_of(adult.user, asked.pk + 1)
    assert browser.post(address(asked), given).status_code == 409
    assert boxes() == 0


@pytest.mark.parametrize(
    ("changed", "words", "status"),
    [
        ({"state": "closed"}, "Skjemaet er lukket", "closed"),
        ({"state": "counted"}, "Skjemaet er lukket", "closed"),
        ({"closes_at": timezone.now() - timedelta(minutes=1)}, "Skjemaet er lukket", "closed"),
        (
            {"opens_at": timezone.now() + timedelta(days=1)},
            "Skjemaet er ikke åpnet ennå",
            "planned",
        ),
    ],
)
def test_a_form_that_is_not_open_says_so_and_takes_nothing(
    browser: Client,
    adult: Adult,
    invited: Participation,
    asked: Occasion,
    changed: dict[str, Any],
    words: str,
    status: str,
) -> None:
    Occasion.objects.filter(pk=asked.pk).update(**changed)
    assert words in browser.get(address(asked)).content.decode()
    told = browser.post(address(asked), answers_to(asked, adult, t01="4"), headers=SCRIPT)
    assert told.json() == {"status": status}
    assert told.status_code in (409, 410)
    assert browser.post(address(asked), answers_to(asked, adult, t01="4")).status_code in (409, 410)
    assert browser.post(address(asked, end="nokkel/")).status_code in (409, 410)
    assert browser.post(address(asked, end="nei/")).status_code == 302
    assert (state_of(invited), boxes()) == ("open", 0)


def test_a_form_that_was_missed_says_that_it_is_closed(
    browser: Client, adult: Adult, asked: Occasion
) -> None:
    participation(asked, adult, state="missed")
    assert "Skjemaet er lukket" in browser.get(address(asked)).content.decode()


# --- what must not be lost
def test_answers_sent_after_the_session_has_ended_come_back_and_can_be_sent(
    adult: Adult, invited: Participation, asked: Occasion
) -> None:
    given = answers_to(asked, adult, t01="4", ord="Fint.")
    page = Client().post(address(asked), given)
    assert page.status_code == 401
    text = page.content.decode()
    assert "Svarene dine er med" in text
    for name, value in given.items():
        assert f'name="{name}" value="{value}"' in text


def test_with_the_database_away_the_answers_stay_on_the_page_and_a_time_to_try_again_is_told(
    browser: Client,
    adult: Adult,
    invited: Participation,
    asked: Occasion,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def away(**_given: object) -> None:
        raise OperationalError("gone")

    given = answers_to(asked, adult, t01="4", ord="<Fint>")
    browser.raise_request_exception = False
    monkeypatch.setattr(sealing, "submit", away)
    page = browser.post(address(asked), given)
    assert (page.status_code, page["Retry-After"]) == (503, "20")
    assert "no-store" in page["Cache-Control"]
    assert 'value="&lt;Fint&gt;"' in page.content.decode()
    assert "Send svarene" in page.content.decode()
    assert state_of(invited) == "open"
    monkeypatch.undo()
    assert browser.post(address(asked), given).status_code == 302


def test_with_the_database_away_from_the_first_query_it_is_a_503_and_not_a_500(
    browser: Client, adult: Adult, invited: Participation, asked: Occasion
) -> None:
    def away(*_given: object) -> None:
        raise OperationalError("gone")

    browser.raise_request_exception = False
    given = answers_to(asked, adult, t01="4")
    with connection.execute_wrapper(away):
        pages = [browser.get(address(asked)), browser.post(address(asked), given)]
    assert [page.status_code for page in pages] == [503, 503]
    assert [page["Retry-After"] for page in pages] == ["20", "20"]
    assert "Content-Security-Policy" in pages[0]
    assert 'value="4"' in pages[1].content.decode()


def test_half_a_form_whose_line_went_is_not_taken_for_the_whole(
    browser: Client, adult: Adult, invited: Participation, asked: Occasion
) -> None:
    body = urlencode(answers_to(asked, adult, t01="4", ord="Fint.")).encode()
    cut = {"wsgi.input": BytesIO(body[:-9]), "CONTENT_LENGTH": str(len(body))}
    form = "application/x-www-form-urlencoded"
    assert browser.generic("POST", address(asked), body, form, **cut).status_code == 400
    assert (state_of(invited), boxes()) == ("open", 0)
    assert browser.post(address(asked), body, content_type=form).status_code == 302
