"""What is let out has been seen: the preview has every sentence, number and picture of a release's pages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.utils.formats import date_format
from lxml import html

from evaluation.models import Occasion, Release, ReleaseDraft, Wave
from evaluation.releases import releasing
from evaluation.releases.pictures import pictures
from tests.evaluation import snapshots
from tests.evaluation.release_rows import two_counted
from tests.study_factories import frozen_version, occasion, study, wave

if TYPE_CHECKING:
    from django.test import Client

    from courses.models import User
    from tests.people import LogIn

pytestmark = pytest.mark.django_db(databases=["default", "answers"])
PAGES = ("", "hvem/", "skalaer/", "moduler/", "faser/", "endringer/", "metode/", "kommune/1/")
SCALES = ("trygg", "kunnskap", "samarbeid", "avlastning")
TOLD = "//*[self::p or self::li or self::dd or self::td or self::th][not(.//p or .//li or .//a)]"


@pytest.fixture
def client(logged_in: LogIn, project_leader: User) -> Client:
    return logged_in(project_leader)


@pytest.fixture
def after() -> Wave:
    return wave(study(key="piloten"), code="T1")


def page(client: Client, address: str) -> html.HtmlElement:
    response = client.get(address)
    assert response.status_code == 200, address
    return html.fromstring(response.content.decode()).xpath("//div[@class='stack']")[0]


def in_words(element: html.HtmlElement) -> str:
    return " ".join(element.text_content().split())


def preview(of: Wave) -> str:
    content: dict[str, Any] = {"snapshot": snapshots.snapshot(), "technical": snapshots.technical()}
    content["pictures"] = pictures(content["snapshot"])
    ReleaseDraft.objects.create(wave=of, phase="pilot", state=ReleaseDraft.State.READY, content=content)
    return f"/resultater/utkast/{of.pk}/pilot/"


def test_the_preview_has_all_that_any_page_of_the_release_says(client: Client, after: Wave) -> None:
    shown = page(client, preview(after))
    words = in_words(shown)
    drawn = {each.get("src").rsplit("/", 1)[-1] for each in shown.iter("img")}
    made = snapshots.released(after, phase="implementation")
    for address in (*PAGES, *(f"skalaer/hverdag-{key}/" for key in SCALES)):
        there = page(client, f"/resultater/{made.pk}/{address}")
        for element in there.xpath("." + TOLD):
            if "Kontrollsum" not in (said := in_words(element)):
                assert said in words, address
        assert {each.get("src").rsplit("/", 1)[-1] for each in there.iter("img")} <= drawn, address


def test_the_preview_names_who_is_told_more_and_has_no_id_twice(client: Client, after: Wave) -> None:
    shown = page(client, preview(after))
    assert "teknisk vedlegg" in in_words(shown)
    ids = shown.xpath(".//@id")
    assert len(ids) == len(set(ids))


def test_the_preview_that_has_been_let_out_leads_to_the_release(client: Client, after: Wave) -> None:
    made = snapshots.released(after)
    response = client.get(f"/resultater/utkast/{after.pk}/pilot/")
    assert (response.status_code, response["Location"]) == (302, f"/resultater/{made.pk}/")
    assert client.get(f"/resultater/utkast/{after.pk}/implementation/").status_code == 404


def test_a_second_tab_that_lets_it_out_is_told_that_it_is_out_since_when_and_is_led_there(
    client: Client, after: Wave
) -> None:
    address = preview(after)
    draft = ReleaseDraft.objects.get()
    seen = releasing.checksum(draft.content["snapshot"], draft.content["technical"])
    sent = {"checksum": seen, "read": "1"}
    assert "De kan ikke endres" in client.post(f"{address}ut/", sent, follow=True).content.decode()
    made = Release.objects.get()
    for again in (sent, {"checksum": seen}, {}):
        second = client.post(f"{address}ut/", again, follow=True)
        assert second.redirect_chain == [(f"/resultater/{made.pk}/", 302)]
        said = [str(each) for each in second.context["messages"]]
        assert said == [
            f"Denne målingen ble offentliggjort {date_format(made.made_on, 'j. F Y')}, og det kan bare"
            " gjøres én gang."
        ]
    assert Release.objects.count() == 1


def test_a_second_tab_that_asks_for_a_preview_of_what_is_out_is_told_so(client: Client, after: Wave) -> None:
    made = snapshots.released(after)
    page = client.post(f"/resultater/utkast/{after.pk}/pilot/be/", follow=True)
    assert page.redirect_chain == [(f"/resultater/{made.pk}/", 302)]
    assert "ble offentliggjort" in page.content.decode()


def test_letting_out_what_nobody_has_a_preview_of_is_not_found(client: Client, after: Wave) -> None:
    assert client.post(f"/resultater/utkast/{after.pk}/pilot/ut/").status_code == 404
    assert client.post("/resultater/utkast/99999/pilot/ut/").status_code == 404


def test_a_first_wave_waits_for_the_next_until_that_is_out(client: Client) -> None:
    _first, second = two_counted()
    said = "vises sammen med neste måling"
    assert said in client.get("/resultater/").content.decode()
    released: Release = snapshots.released(second, drawn=False)
    assert released.phase == "pilot"
    assert said not in client.get("/resultater/").content.decode()


def test_a_first_wave_waits_on_for_the_questionnaire_that_only_a_later_one_asks_again(client: Client) -> None:
    made, soon, later = study(key="den-andre"), frozen_version(key="soon"), frozen_version(key="later")
    asks = {"T0": [soon, later], "T1": [soon], "T2": [later]}
    waves = [
        wave(made, code=code, order=order, versions=versions, name_nb=code)
        for order, (code, versions) in enumerate(asks.items())
    ]
    for each in waves:
        at = occasion(wave=each)
        Occasion.objects.filter(pk=at.pk).update(state=Occasion.State.COUNTED)
    snapshots.released(waves[1], drawn=False)
    assert "T0, pilot: vises sammen med neste måling" in client.get("/resultater/").content.decode()
    snapshots.released(waves[2], drawn=False)
    assert "T0, pilot" not in client.get("/resultater/").content.decode()
