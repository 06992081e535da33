"""Passkeys with Chromium's virtual authenticator, by the name localhost: a passkey needs one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import mailed_code

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.browser.conftest import NewPage
    from tests.browser.serving import Site

pytestmark = pytest.mark.browser


def with_authenticator(page: Page) -> None:
    """A phone that has a fingerprint reader, and a finger on it."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    abilities = {
        "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
        "isUserVerified": True, "automaticPresenceSimulation": True,
    }  # fmt: skip
    session.send("WebAuthn.addVirtualAuthenticator", {"options": abilities})


def ask_for_code(page: Page, site: Site, address: str) -> None:
    page.goto("/logg-inn/")
    page.get_by_label("E-post eller mobilnummer").fill(address)
    page.get_by_role("button", name="Send meg koden").click()
    page.get_by_label("Kode", exact=True).fill(mailed_code(site, address))
    page.get_by_role("button", name="Logg inn").click()


def make_passkey(page: Page) -> None:
    page.get_by_role("link", name="Lag passnøkkel").click()
    page.get_by_role("button", name="Lag passnøkkel").click()


def log_out(page: Page, site: Site) -> None:
    page.get_by_role("button", name="Logg ut").click()
    page.wait_for_url(site.by_name + "/")


def log_in_with_passkey(page: Page) -> None:
    page.goto("/logg-inn/")
    page.get_by_role("button", name="Bruk passnøkkel").click()


def test_a_family_makes_a_passkey_and_logs_in_with_it(own_site: Site, new_page: NewPage) -> None:
    page = new_page(own_site, base_url=own_site.by_name)
    with_authenticator(page)
    ask_for_code(page, own_site, "nora@example.no")
    page.wait_for_url("**/min/")
    make_passkey(page)
    page.wait_for_url("**/min/")
    expect(page.get_by_text("Raskere inn neste gang")).to_have_count(0)
    log_out(page, own_site)
    log_in_with_passkey(page)
    page.wait_for_url("**/min/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Hei, Nora")


def test_the_project_leader_needs_a_second_factor_and_a_passkey_is_both(
    own_site: Site, new_page: NewPage
) -> None:
    page = new_page(own_site, base_url=own_site.by_name)
    with_authenticator(page)
    ask_for_code(page, own_site, "solveig@example.no")
    page.wait_for_load_state()
    page.goto("/prosjekt/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Ett trinn til")
    make_passkey(page)
    page.wait_for_url("**/min/innlogging/reservekoder/**")
    page.goto("/prosjekt/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Prosjektet")
    log_out(page, own_site)
    log_in_with_passkey(page)
    page.wait_for_url("**/min/")
    page.goto("/prosjekt/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Prosjektet")
    page.goto("/cms/")
    expect(page).to_have_url(f"{own_site.by_name}/cms/")
