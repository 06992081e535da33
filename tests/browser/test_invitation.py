"""From the invitation's button to the first part: two adults, two browsers, no password, few taps."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from django.core.signing import Signer
from playwright.sync_api import expect

from courses.welcoming import SIGNER
from tests.browser.conftest import be, mailed_code

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.browser.conftest import NewPage
    from tests.browser.serving import Site

pytestmark = pytest.mark.browser

MOST_TAPS, MOST_FIELDS = 6, 2  # for both adults together


class Hand:
    """Counts what one adult does."""

    def __init__(self, page: Page) -> None:
        self.page, self.taps, self.fields = page, 0, 0

    def tap(self, role: str, name: str) -> None:
        self.taps += 1
        self.page.get_by_role(role, name=name, exact=True).click()  # type: ignore[arg-type]

    def type(self, label: str, words: str) -> None:
        self.fields += 1
        self.page.get_by_label(label, exact=True).fill(words)


def invite_a_couple(page: Page) -> None:
    be(page, "Torill")
    page.goto("/gruppe/")
    page.get_by_role("link", name="Torsdagsgruppa").click()
    page.goto(f"{page.url}inviter/")
    page.get_by_label("Fornavn").first.fill("Astrid")
    page.get_by_label("E-post eller mobilnummer").first.fill("astrid@example.no")
    page.get_by_text("Én voksen til").click()
    page.get_by_label("Fornavn").nth(1).fill("Ole")
    page.get_by_label("E-post eller mobilnummer").nth(1).fill("ole@example.no")
    if page.get_by_label("Kommune").count():
        page.get_by_label("Kommune").select_option(label="Fjellvik")
    page.get_by_role("button", name="Inviter", exact=True).click()
    expect(page.locator(".messages")).to_contain_text("Invitasjonen er på vei")


def links(site: Site) -> dict[str, str]:
    """Each invited address's own link, as its mail holds it."""
    signer = Signer(key=(site.folder / "demo-secret").read_text(encoding="ascii"), salt=SIGNER.salt)
    with closing(sqlite3.connect(site.folder / "people.sqlite3")) as database:
        invited = database.execute("SELECT email, nonce FROM courses_invitedadult").fetchall()
    return {email: f"/velkommen/{signer.sign(nonce)}/" for email, nonce in invited}


def come_in(hand: Hand, site: Site, link: str, address: str) -> None:
    hand.page.goto(link)  # the invitation's button opens this page
    hand.tap("button", "Send meg en kode")
    hand.type("Kode", mailed_code(site, address))
    hand.tap("button", "Logg inn")
    hand.page.wait_for_url("**/min/")


def test_two_adults_come_from_the_button_to_the_first_part_with_six_taps_and_two_fields(
    own_site: Site, new_page: NewPage
) -> None:
    invite_a_couple(new_page(own_site))
    link = links(own_site)
    hands = [Hand(new_page(own_site)), Hand(new_page(own_site))]
    for hand, (name, address) in zip(
        hands, (("Astrid", "astrid@example.no"), ("Ole", "ole@example.no")), strict=True
    ):
        come_in(hand, own_site, link[address], address)
        expect(hand.page.get_by_role("heading", level=1)).to_have_text(f"Hei, {name}")
        hand.taps += 1
        hand.page.locator(".next .ds-button").click()
        hand.page.wait_for_url("**/kurs/en-god-start/**")
        expect(hand.page.get_by_role("button", name="Lest", exact=True)).to_be_visible()
    taps, fields = sum(hand.taps for hand in hands), sum(hand.fields for hand in hands)
    print(f"invitation to first part, two adults: {taps} taps, {fields} typed fields, no password")
    assert taps <= MOST_TAPS
    assert fields <= MOST_FIELDS
    hands[1].page.goto("/min/")
    expect(hands[1].page.locator("main")).to_contain_text("Astrid")  # one family


def test_it_works_without_javascript_and_the_link_is_used_afterwards(
    own_site: Site, new_page: NewPage
) -> None:
    invite_a_couple(new_page(own_site))
    link = links(own_site)["astrid@example.no"]
    hand = Hand(new_page(own_site, java_script_enabled=False))
    come_in(hand, own_site, link, "astrid@example.no")
    other = new_page(own_site)
    other.goto(link)
    expect(other.get_by_role("heading", level=1)).to_have_text("Du er allerede med")
