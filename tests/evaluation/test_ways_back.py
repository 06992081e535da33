"""Whoever changes her mind finds the way: to the letter she answered, and to the form she said no to."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.utils import timezone

from evaluation import informing
from evaluation.models import Consent, Occasion, Participation
from tests import study_factories as made
from tests.evaluation.form_posts import address, answers_to

if TYPE_CHECKING:
    from django.test import Client

    from courses.models import Adult, Group, User
    from evaluation.models import Study
    from tests.people import LogIn

pytestmark = pytest.mark.django_db(databases=["default", "answers"])


@pytest.fixture
def research(group: Group) -> Study:
    region = group.municipalities.get().region
    row = made.study(programme=group.edition.programme, region=region, is_research=True, partner="NORCE")
    made.wave(row)
    informing.keep_letter(row)
    return row


def letter(study: Study) -> str:
    return f"/min/undersokelse/{study.pk}/"


def answer(browser: Client, study: Study, **fields: str) -> None:
    found = informing.letter_of(study)
    assert found is not None
    browser.post(letter(study), {"mark": found.checksum} | fields)


# --- the letter
@pytest.mark.parametrize("fields", [{}, {"agrees": "yes"}])
def test_a_letter_that_was_answered_is_linked_once_from_what_we_know(
    browser: Client, research: Study, fields: dict[str, str]
) -> None:
    assert f'href="{letter(research)}"' not in browser.get("/min/opplysninger/").content.decode()
    answer(browser, research, **fields)
    page = browser.get("/min/opplysninger/").content.decode()
    assert page.count(f'href="{letter(research)}"') == 1
    assert f"Les brevet om «{research.name_nb}»" in page
    assert browser.get(letter(research)).status_code == 200


def test_each_page_of_a_form_leads_to_the_letter(
    browser: Client, adult: Adult, research: Study, group: Group
) -> None:
    at = made.occasion(wave=research.waves.get(), group=group)
    answer(browser, research, agrees="yes")
    pages = [browser.get(address(at))]
    browser.post(address(at, end="nei/"))
    pages += [browser.get(address(at))]
    browser.post(address(at, end="likevel/"))
    browser.post(address(at), answers_to(at, adult, t01="4"))
    pages += [browser.get(address(at, end="takk/"))]
    Participation.objects.update(state="missed")
    pages += [browser.get(address(at))]
    assert [f'href="{letter(research)}"' in page.content.decode() for page in pages] == [True] * 4


# --- the no
def test_a_form_she_said_no_to_stands_quietly_on_min_side_until_it_closes(
    browser: Client, adult: Adult, asked: Occasion, invited: Participation
) -> None:
    back = f'<a href="{address(asked)}">Ombestem deg'
    assert back not in browser.get("/min/").content.decode()
    browser.post(address(asked, end="nei/"))
    page = browser.get("/min/").content.decode()
    assert f"Du har sagt nei til «{asked.wave.name_nb}»." in page
    assert back in page
    assert "Svar på skjemaet" not in page
    assert "Jeg vil svare likevel" in browser.get(address(asked)).content.decode()
    Occasion.objects.filter(pk=asked.pk).update(closes_at=timezone.now() - timedelta(minutes=1))
    assert back not in browser.get("/min/").content.decode()


def test_who_withdrew_from_a_linked_form_finds_the_letter_again(
    browser: Client, research: Study, group: Group
) -> None:
    at = made.occasion(wave=research.waves.get(), group=group)
    answer(browser, research, agrees="yes")
    browser.post(f"{letter(research)}trekk/")
    assert address(at) not in browser.get("/min/").content.decode()  # it waits for her yes to the letter
    assert f'href="{letter(research)}' in browser.get("/min/opplysninger/").content.decode()
    assert f'href="{letter(research)}?next=' in browser.get(address(at)).content.decode()


def test_no_way_back_is_shown_to_a_signed_form_she_has_withdrawn_from(
    contact_person: User, logged_in: LogIn, research: Study, group: Group
) -> None:
    wave = made.wave(research, code="M", audience="contact-person", identity="named")
    found = informing.keep_letter(research)
    for day in (None, timezone.localdate()):
        Consent.objects.all().delete()
        at = made.occasion(wave=wave, group=group, identity="named")
        made.participation(at, contact_person, state="declined")
        Consent.objects.create(
            user=contact_person,
            letter=found,
            purpose="research",
            language="nb",
            given_on=timezone.localdate(),
            withdrawn_on=day,
        )
        page = logged_in(contact_person).get("/min/").content.decode()
        assert (f'<a href="{address(at)}">Ombestem deg' in page) == (day is None)
        at.delete()


# --- the name
def test_a_signed_form_says_who_can_read_it_and_promises_no_more(
    contact_person: User, logged_in: LogIn, research: Study, group: Group
) -> None:
    type(research).objects.filter(pk=research.pk).update(is_research=False, contact_name="Siri Strand")
    wave = made.wave(research, code="M", audience="contact-person", identity="named")
    at = made.occasion(wave=wave, group=group, identity="named")
    made.participation(at, contact_person)
    browser = logged_in(contact_person)
    page = browser.get(address(at)).content.decode()
    assert "De som drifter databasen, kan lese svarene. Vil du se dine, spør du Siri Strand." in page
    assert "ingen får vite hva du velger" not in page
    browser.post(address(at, end="nei/"))
    assert "ingen får vite det" not in browser.get(address(at)).content.decode()


def test_a_form_without_a_name_still_says_that_nobody_is_told_of_a_no(
    browser: Client, asked: Occasion, invited: Participation
) -> None:
    assert "ingen får vite hva du velger" in browser.get(address(asked)).content.decode()
