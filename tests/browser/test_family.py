"""A family's way: in with a mailed code, read, note, try at home, out again. With and without JavaScript."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import be, mailed_code

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.browser.conftest import NewPage
    from tests.browser.serving import Site

pytestmark = pytest.mark.browser

MODULE = "/kurs/en-god-start/den-nye-familien/"
NOTED = f"{MODULE}hele-familien/"  # has a field for a note
TASK = f"{MODULE}forste-tretti-dager/"  # has a home task
WORDS = "Kveldene er roligst når vi spiser tidlig.\n\n  Det hjalp å si det høyt."


def log_in_with_code(page: Page, site: Site, address: str) -> None:
    page.goto("/")
    page.get_by_role("link", name="Logg inn", exact=True).click()
    page.get_by_label("E-post eller mobilnummer").fill(address)
    page.get_by_role("button", name="Send meg koden").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Skriv koden")
    page.get_by_label("Kode", exact=True).fill(mailed_code(site, address))
    page.get_by_role("button", name="Logg inn").click()
    page.wait_for_url("**/min/")


def write_note(page: Page, words: str) -> None:
    page.get_by_label("Notatet ditt").fill(words)
    page.get_by_role("button", name="Lagre notatet").click()
    expect(page.locator(".note__save [role=status]")).to_contain_text("Lagret")


def test_a_family_logs_in_with_a_mailed_code_reads_and_writes_a_note_only_they_see(
    own_site: Site, new_page: NewPage
) -> None:
    page = new_page(own_site)
    log_in_with_code(page, own_site, "nora@example.no")
    expect(page.get_by_role("heading", level=1)).to_have_text("Hei, Nora")
    page.get_by_role("link", name="Modul 1: Den nye familien").click()
    page.get_by_role("link", name="Når én flytter inn").click()

    write_note(page, WORDS)
    page.reload()
    expect(page.get_by_label("Notatet ditt")).to_have_value(WORDS)
    page.get_by_role("button", name="Lest", exact=True).click()
    page.wait_for_url(f"**{MODULE}det-barnet-har-med-seg/")
    page.get_by_role("link", name="Forrige").click()
    expect(page.locator(".bar")).to_contain_text("Lest")

    page.get_by_role("button", name="Logg ut").click()
    page.wait_for_url(own_site.url + "/")  # the phone's own stores are cleared first
    page.go_back()
    expect(page.get_by_role("heading", level=1)).to_have_text("Logg inn")
    assert "Kveldene" not in page.content()
    page.goto("/min/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Logg inn")


def test_two_adults_of_one_family_never_see_each_others_notes(own_site: Site, new_page: NewPage) -> None:
    hanne, eirik = new_page(own_site), new_page(own_site)
    be(hanne, "Hanne")
    hanne.goto(NOTED)
    write_note(hanne, "Bare for meg.")
    be(eirik, "Eirik")
    eirik.goto(NOTED)
    expect(eirik.get_by_label("Notatet ditt")).to_have_value("")
    write_note(eirik, "Bare for Eirik.")
    hanne.reload()
    expect(hanne.get_by_label("Notatet ditt")).to_have_value("Bare for meg.")


def test_the_whole_journey_works_without_javascript(own_site: Site, new_page: NewPage) -> None:
    page = new_page(own_site, java_script_enabled=False)
    be(page, "Nora")
    page.get_by_role("link", name="Modul 1: Den nye familien").click()
    page.get_by_role("link", name="Når én flytter inn").click()
    page.get_by_label("Notatet ditt").fill(WORDS)
    page.get_by_role("button", name="Lagre notatet").click()
    page.goto(NOTED)
    expect(page.get_by_label("Notatet ditt")).to_have_value(WORDS)
    page.get_by_role("button", name="Lest", exact=True).click()
    expect(page).to_have_url(f"{own_site.url}{MODULE}det-barnet-har-med-seg/")

    page.goto(TASK)
    page.get_by_role("button", name="Vi har prøvd").click()
    expect(page.locator(".task__state")).to_contain_text("Prøvd")
    page.get_by_role("button", name="Angre").first.click()
    expect(page.get_by_role("button", name="Vi har prøvd")).to_be_visible()

    page.get_by_role("link", name="Tekst og språk").click()
    page.get_by_text("Nynorsk").click()
    page.get_by_role("button", name="Lagre").click()
    expect(page.locator("html")).to_have_attribute("lang", "nn")
    page.goto(NOTED)
    expect(page.get_by_role("heading", level=1)).to_have_text(
        "Når éin flyttar inn, flyttar heile familien på seg"
    )
    page.goto(f"{MODULE}kartet/")
    expect(page.get_by_text("finst ikkje på nynorsk")).to_be_visible()
    page.locator("form[action='/logg-ut/'] button").click()
    page.goto("/min/")
    expect(page).to_have_url(f"{own_site.url}/logg-inn/?next=/min/")


def test_a_note_that_is_too_long_comes_back_with_every_word(site: Site, new_page: NewPage) -> None:
    page, words = new_page(site, java_script_enabled=False), "ord " * 6000
    be(page, "Eirik")
    page.goto(NOTED)
    page.get_by_label("Notatet ditt").fill(words)
    page.get_by_role("button", name="Lagre notatet").click()
    field = page.get_by_label("Notatet ditt")
    expect(field).to_have_attribute("aria-invalid", "true")
    assert field.input_value().strip() == words.strip(), "some words are lost"


def test_a_wrong_code_says_how_many_tries_are_left(own_site: Site, new_page: NewPage) -> None:
    page = new_page(own_site)
    page.goto("/logg-inn/")
    page.get_by_label("E-post eller mobilnummer").fill("nora@example.no")
    page.get_by_role("button", name="Send meg koden").click()
    right = mailed_code(own_site, "nora@example.no")
    page.get_by_label("Kode", exact=True).fill(f"{(int(right) + 1) % 10**6:06}")
    page.get_by_role("button", name="Logg inn").click()
    expect(page.get_by_text("2 forsøk igjen").first).to_be_visible()
    page.get_by_label("Kode", exact=True).fill(f"{right[:3]} {right[3:]}")
    page.get_by_role("button", name="Logg inn").click()
    page.wait_for_url("**/min/")
