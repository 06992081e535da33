"""The form after an evening, on a telephone that nobody has logged in on: with script, and without."""

from __future__ import annotations

import re
import sqlite3
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from docx import Document
from playwright.sync_api import expect

from tests.browser.axe import violations
from tests.browser.conftest import be
from tests.browser.forms import ON_DEVICE, SECRET, current, press
from tests.browser.serving import ROOT, environment

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Page

    from tests.browser.conftest import NewPage
    from tests.browser.serving import Site

pytestmark = pytest.mark.browser
THANKS = "Takk! Svaret ditt er mottatt"
OPENED = """
from datetime import timedelta
from django.utils import timezone
from evaluation.answers import keys
from evaluation.models import Occasion
at = Occasion.objects.filter(identity="anonymous", state="planned", evening__cancelled_at=None).first()
keys.make_seal_key(at)
now = timezone.now()
Occasion.objects.filter(pk=at.pk).update(
    state="open", opens_at=now - timedelta(hours=1), closes_at=now + timedelta(days=1))
print(at.nonce, at.evening_id)
"""


@pytest.fixture
def opened(own_site: Site) -> tuple[str, str]:
    """The form's address, and that of its code."""
    nonce, evening = _run(own_site.folder).split()[-2:]
    return f"/kveldssvar/{nonce}/", f"/kveld/{evening}/skjema/"


def _run(folder: Path) -> str:
    command = [sys.executable, "manage.py", "shell", "-v", "0", "-c", OPENED]
    said = subprocess.run(
        command, cwd=ROOT, env=environment(folder), check=True, stdout=subprocess.PIPE, text=True
    )
    return said.stdout


def received(site: Site, address: str) -> int:
    with sqlite3.connect(site.folder / "people.sqlite3") as database:
        rows = database.execute(
            "SELECT received FROM evaluation_occasion WHERE nonce = ?", [address.split("/")[2]]
        )
        return int(rows.fetchone()[0])


def answer(page: Page, address: str) -> None:
    page.goto(address)
    page.locator(".answering[data-cards]").wait_for()
    expect(page.get_by_text("Svarene er anonyme.").first).to_be_visible()
    press(page, "Begynn")
    for label in ("Litt enig", "Helt enig", "Helt enig", "Litt uenig", "Passe"):
        card = current(page)
        name = card.get_attribute("data-q")
        card.get_by_role("radio", name=label, exact=True).click()
        page.locator(f".q[data-current]:not([data-q='{name}'])").wait_for()
    current(page).locator("textarea").fill(SECRET)
    press(page, "Neste")


def test_it_is_answered_in_a_minute_sent_once_and_leaves_nothing_on_the_telephone(
    own_site: Site, new_page: NewPage, opened: tuple[str, str]
) -> None:
    address, _code = opened
    page = new_page(own_site)
    answer(page, address)
    assert violations(page) == []
    page.context.set_offline(True)
    press(page, "Send svarene")
    expect(page.locator("[data-state]")).to_have_text("Ikke sendt ennå. Vi prøver igjen av oss selv.")
    page.context.set_offline(False)
    expect(page.get_by_role("heading", level=1)).to_have_text(THANKS)
    assert violations(page) == []
    assert received(own_site, address) == 1
    assert SECRET not in str(page.evaluate(ON_DEVICE))
    assert {cookie["name"] for cookie in page.context.cookies()} == {"kveld"}
    page.get_by_role("link", name="En til skal svare på denne telefonen").click()
    answer(page, address)
    press(page, "Send svarene")
    expect(page.get_by_role("heading", level=1)).to_have_text(THANKS)
    page.goto(address)
    expect(page.get_by_role("heading", level=1)).to_have_text("Herfra er det sendt to svar")
    assert received(own_site, address) == 2


COUNTED = "UPDATE courses_evening SET head_count = ? WHERE id = ?"


def count_heads(site: Site, code: str, heads: int) -> None:
    with sqlite3.connect(site.folder / "people.sqlite3") as database:
        database.execute(COUNTED, [heads, code.split("/")[2]])


def test_what_there_is_no_seat_for_stays_on_the_screen_and_is_sent_when_the_count_is_put_right(
    own_site: Site, new_page: NewPage, opened: tuple[str, str]
) -> None:
    address, code = opened
    count_heads(own_site, code, 0)
    page = new_page(own_site)
    answer(page, address)
    press(page, "Send svarene")
    expect(page.locator("[data-state]")).to_contain_text("like mange svar som det ble talt voksne i rommet")
    expect(page.locator("[data-answered]")).to_contain_text(SECRET)
    count_heads(own_site, code, 1)
    press(page, "Send svarene")
    expect(page.get_by_role("heading", level=1)).to_have_text(THANKS)
    assert received(own_site, address) == 1


def test_it_is_answered_without_script(own_site: Site, new_page: NewPage, opened: tuple[str, str]) -> None:
    address, _code = opened
    page = new_page(own_site, java_script_enabled=False)
    page.goto(address)
    page.get_by_role("radio", name="Litt enig").first.check()
    page.locator("textarea").fill("Fin kveld.")
    press(page, "Send svarene")
    expect(page.get_by_role("heading", level=1)).to_have_text(THANKS)
    assert received(own_site, address) == 1


def test_the_code_is_on_the_wall_with_its_address(
    own_site: Site, new_page: NewPage, opened: tuple[str, str]
) -> None:
    address, code = opened
    page = new_page(own_site, viewport={"width": 1280, "height": 800})
    be(page, "Solveig")
    page.goto(code)
    picture = page.get_by_role("img", name="QR-kode som åpner skjemaet")
    box = picture.bounding_box()
    assert box is not None
    assert box["width"] >= 400
    assert box["y"] + box["height"] <= 800
    assert violations(page) == []
    typed = page.locator(".code__address").inner_text()
    page.goto(f"{own_site.url}/{typed.partition('/')[2]}")
    page.wait_for_url(f"**{address}")


def code_on(sheet: Path) -> str:
    words = " ".join(line.text for line in Document(str(sheet)).paragraphs)
    found = re.search(r"Kode (\w{4}\s\w{4}\s\w{4})", words)
    assert found
    return found[1]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_where_it_is_answered_on_a_telephone_or_put_in_from_paper(
    own_site: Site, new_page: NewPage, opened: tuple[str, str], scheme: str
) -> None:
    """The keying page with its faults too; the sheet's code stands on the sheet alone."""
    address, code = opened
    page = new_page(own_site, bypass_csp=True, service_workers="block", color_scheme=scheme)
    page.goto(address)
    page.locator(".answering[data-cards]").wait_for()
    found = violations(page)
    be(page, "Torill")
    page.goto(code)
    page.goto(page.locator("a[href^='/skjema/']").last.get_attribute("href") or "")
    with page.expect_download() as printed:
        page.get_by_role("button", name="Skriv ut et ark").click()
    expect(page.get_by_text("Arket lastes ned.")).to_be_visible()
    found += violations(page)
    be(page, "Solveig")
    page.goto("/prosjekt/papir/")
    page.get_by_label("Koden på arket").fill(code_on(printed.value.path()))
    press(page, "Fortsett")
    found += violations(page)
    page.get_by_role("combobox").first.select_option("1")
    press(page, "Sammenlign og forsegl")
    expect(page.get_by_role("alert")).to_contain_text("Andre føring mangler.")
    found += violations(page)
    page.get_by_role("combobox").first.select_option("")
    press(page, "Sammenlign og forsegl")
    expect(page.get_by_role("region", name="Ingen svar er ført inn. Er arket tomt?")).to_be_visible()
    found += violations(page)
    press(page, "Ja, arket er tomt")
    expect(page.get_by_text("Arket er ført inn og forseglet.")).to_be_visible()
    assert received(own_site, address) == 1
    assert not found, "\n".join(found)
