"""An evening's form is not filled in more often than there were people, nor twice by one device."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from courses.models import Evening
from evaluation.models import Occasion, SealedAnswer
from tests.crowds import adults, version_of
from tests.evaluation.evening_answers import SCRIPT, address, at, evening, filled, mark_in, received
from tests.factories import EveningFactory
from tests.study_factories import evening_wave, occasion

if TYPE_CHECKING:
    from courses.models import Group

__all__ = ["at", "evening"]
pytestmark = pytest.mark.django_db(databases=["default", "answers"])


def test_no_more_than_two_from_one_device(at: Occasion) -> None:
    browser = Client()
    spare = [filled(browser, at) for _ in range(3)]
    assert [browser.post(address(at), form, headers=SCRIPT).json()["status"] for form in spare] == [
        "received",
        "received",
        "device",
    ]
    assert "Herfra er det sendt to svar" in browser.get(address(at)).content.decode()
    assert received(at) == 2


def test_a_device_that_has_sent_one_is_told_so_before_another_begins(at: Occasion) -> None:
    browser, said = Client(), "Det er sendt ett svar herfra."
    assert said not in browser.get(address(at)).content.decode()
    browser.post(address(at), filled(browser, at), headers=SCRIPT)
    assert said in browser.get(address(at)).content.decode()
    assert said not in Client().get(address(at)).content.decode()


def test_a_number_of_our_own_making_counts_for_nothing(at: Occasion) -> None:
    browser = Client()
    for value in ("0", "0:falskt", "-5", "x" * 3_000, "\x00"):
        browser.cookies["kveld"] = value
        assert browser.get(address(at)).status_code == 200


def test_never_more_than_there_were_heads(at: Occasion, evening: Evening) -> None:
    Evening.objects.filter(pk=evening.pk).update(head_count=3)
    waiting = [(browser := Client(), filled(browser, at)) for _ in range(5)]
    said = [browser.post(address(at), form, headers=SCRIPT) for browser, form in waiting]
    assert [page.json()["status"] for page in said] == ["received"] * 3 + ["full"] * 2
    assert [page.status_code for page in said][3:] == [409, 409]
    assert received(at) == 3


@pytest.mark.parametrize("counted", [True, False])
def test_what_there_was_no_seat_for_stays_on_the_page_with_the_reason_and_can_be_sent_later(
    at: Occasion, evening: Evening, counted: bool
) -> None:
    Evening.objects.filter(pk=evening.pk).update(head_count=1 if counted else None)
    if not counted:  # then the list decides
        adults(at.evening.group, 1)
    browser = Client()
    form = filled(browser, at, t01="4", ord="Kanarifugl i fjellet")
    first = Client()
    first.post(address(at), filled(first, at))
    page = browser.post(address(at), form)
    text = page.content.decode()
    why = "det ble talt voksne i rommet" if counted else "det er voksne på lista for kvelden"
    assert page.status_code == 409
    assert f"minst like mange svar som {why}" in text
    assert ("i rommet" in text) == counted
    assert "Kanarifugl i fjellet" in text
    assert 'value="4" checked' in text
    assert mark_in(page) == form["mark"]
    said = browser.post(address(at), form, headers=SCRIPT).json()
    assert said["status"] == "full"
    assert why in said["words"]
    Evening.objects.filter(pk=evening.pk).update(head_count=2)
    assert browser.post(address(at), form, headers=SCRIPT).json() == {"status": "received"}


def test_the_receipt_says_no_more_than_the_device_remembers(at: Occasion) -> None:
    receipt = f"{address(at)}takk/"
    thanks, one_more = "Takk! Svaret ditt er mottatt", "En til skal svare på denne telefonen"
    fresh = Client().get(receipt).content.decode()
    assert thanks not in fresh
    assert one_more not in fresh
    assert "Er svaret ditt sendt?" in fresh
    browser = Client()
    for offers in (True, False):
        form = browser.get(address(at)).content.decode()
        assert (one_more in form) == offers  # what script shows when it is sent
        browser.post(address(at), filled(browser, at))
        page = browser.get(receipt)
        assert thanks in page.content.decode()
        assert (one_more in page.content.decode()) == offers
        assert "no-cache" in page["Cache-Control"]
    assert "Nå er det sendt to svar herfra" in page.content.decode()
    Occasion.objects.filter(pk=at.pk).update(state="closed")
    closed = browser.get(receipt).content.decode()
    assert thanks in closed
    assert one_more not in closed


def test_whoever_changes_the_head_count_cannot_read_from_the_form_how_many_have_answered(
    at: Occasion, evening: Evening
) -> None:
    for _ in range(3):
        browser = Client()
        browser.post(address(at), filled(browser, at), headers=SCRIPT)
    for heads in range(8, -1, -1):
        Evening.objects.filter(pk=evening.pk).update(head_count=heads)
        probe = Client()
        form = filled(probe, at)  # the form is shown, whatever has come
        said = probe.post(address(at), form | {f"{version_of(at.wave).pk}-t01": "99"}, headers=SCRIPT)
        assert said.json()["status"] == "wrong"  # what is no answer asks nothing of the count
    Evening.objects.filter(pk=evening.pk).update(head_count=1)
    probe = Client()
    assert probe.post(address(at), filled(probe, at), headers=SCRIPT).json() == {"status": "received"}
    assert received(at) == 4


def test_a_head_count_that_was_too_low_is_put_right_while_the_form_is_open(
    at: Occasion, evening: Evening
) -> None:
    said = []
    for heads in (1, 1, 2, 2):
        Evening.objects.filter(pk=evening.pk).update(head_count=heads)
        browser = Client()
        said.append(browser.post(address(at), filled(browser, at), headers=SCRIPT).json()["status"])
    assert said == ["received", "full", "received", "full"]


def test_the_same_page_sent_again_is_one_answer_even_when_the_evening_is_full(
    at: Occasion, evening: Evening
) -> None:
    Evening.objects.filter(pk=evening.pk).update(head_count=1)
    browser = Client()
    form = filled(browser, at)
    assert browser.post(address(at), form, headers=SCRIPT).json() == {"status": "received"}
    for _ in range(3):
        assert Client().post(address(at), form, headers=SCRIPT).json() == {"status": "already"}
    assert received(at) == 1


@pytest.mark.parametrize(
    "fields", [{"state": "closed"}, {"closes_at": timedelta(minutes=-1)}, {"state": "open"}]
)
def test_a_page_whose_answer_was_lost_is_told_after_close_too_that_it_was_received(
    at: Occasion, fields: dict[str, Any]
) -> None:
    browser = Client()
    form, spare = filled(browser, at), [filled(browser, at) for _ in range(2)]
    assert Client().post(address(at), form, headers=SCRIPT).json() == {"status": "received"}
    for other in spare:
        browser.post(address(at), other, headers=SCRIPT)
    moved = {key: timezone.now() + value if key == "closes_at" else value for key, value in fields.items()}
    Occasion.objects.filter(pk=at.pk).update(**moved)
    page = browser.post(address(at), form, headers=SCRIPT)  # also from a device that has sent its two
    assert (page.status_code, page.json()) == (200, {"status": "already"})
    assert browser.post(address(at), form)["Location"] == f"{address(at)}takk/"
    assert received(at) == 3


def test_after_close_nobody_is_told_that_an_answer_which_may_have_come_did_not(at: Occasion) -> None:
    browser = Client()
    form, never = filled(browser, at), filled(browser, at)
    browser.post(address(at), form, headers=SCRIPT)
    SealedAnswer.objects.all().delete()  # as counting leaves it
    Occasion.objects.filter(pk=at.pk).update(state="counted")
    for sent in (form, never):
        page = browser.post(address(at), sent)
        assert page.status_code == 410
        assert "Kom svaret ditt fram før det, er det med" in page.content.decode()
    assert not SealedAnswer.objects.exists()


@pytest.mark.django_db(databases=["default", "answers"], transaction=True)
def test_thirty_at_once_behind_one_address_all_get_through_and_no_more(group: Group) -> None:
    evening = EveningFactory(group=group, head_count=30)
    at = occasion(wave=evening_wave(), evening=evening)
    forms = [filled(Client(), at) for _ in range(34)]

    def post(form: dict[str, Any]) -> str:
        try:
            return str(Client().post(address(at), form, headers=SCRIPT).json()["status"])
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as many:
        said = sorted(many.map(post, forms))
    assert said == ["full"] * 4 + ["received"] * 30
    assert received(at) == 30
