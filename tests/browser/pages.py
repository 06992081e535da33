"""The page types of the site, each with one address and who opens it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.browser.conftest import be

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Page

COURSE = "/kurs/en-god-start"


@dataclass(frozen=True)
class PageType:
    name: str
    address: str
    status: int = 200


PUBLIC = [
    PageType("front", "/"),
    PageType("help", "/hjelp/"),
    PageType("log in", "/logg-inn/"),
    PageType("log in with password", "/logg-inn/passord/"),
    PageType("privacy", "/personvern/"),
    PageType("accessibility", "/tilgjengelighet/"),
    PageType("practical", "/praktisk/"),
    PageType("word list", "/ord/"),
    PageType("preferences", "/innstillinger/"),
    PageType("offline", "/uten-nett/"),
    PageType("demo", "/demo/"),
    PageType("mailbox", "/demo/postkasse/"),
    PageType("not found", "/finnes-ikke/", 404),
]
FAMILY = [
    PageType("Min side", "/min/"),
    PageType("module", f"{COURSE}/den-nye-familien/"),
    PageType("module that is not open", f"{COURSE}/veien-videre/"),
    PageType("part with a note", f"{COURSE}/den-nye-familien/hele-familien/"),
    PageType("part with a check and a local fact", f"{COURSE}/den-nye-familien/kartet/"),
    PageType("part with a home task", f"{COURSE}/den-nye-familien/forste-tretti-dager/"),
    PageType("ways to log in", "/min/innlogging/"),
    PageType("passkey, new", "/min/innlogging/passnokler/ny/"),
    PageType("say again who it is", "/min/innlogging/bekreft/"),
    PageType("not for you", "/prosjekt/", 403),
]
PROJECT_LEADER = [PageType("start page of staff", "/min/"), PageType("project", "/prosjekt/")]
CONTACT_PERSON = [
    PageType("start page of a contact person", "/min/"),
    PageType("part as staff see it", f"{COURSE}/den-nye-familien/hele-familien/"),
]
IN_TRAINING = [  # in Nynorsk, with texts that are in Bokmål alone
    PageType("Min side in Nynorsk", "/min/"),
    PageType("part that falls back to Bokmål", "/kurs/kontaktpersonkurs/hva-er-veiledning/fire-hatter/"),
]
OTHER_STAFF = [PageType("start page", "/min/")]
BY_PERSON = {
    "": PUBLIC,
    "Eirik": FAMILY,
    "Torill": CONTACT_PERSON,
    "Solveig": PROJECT_LEADER,
    "Gunnhild": IN_TRAINING,
}
EVERYBODY = BY_PERSON | dict.fromkeys(["Hanne", "Nora"], FAMILY) | dict.fromkeys(
    ["Hans", "Ragnhild", "Arne", "Else"], OTHER_STAFF
)  # fmt: skip


def write_in(page: Page, language: str) -> None:
    """Chooses Bokmål («nb») or Nynorsk («nn») as anybody would."""
    page.goto("/innstillinger/")
    page.locator(f"label[for=language-{language}]").click()
    page.get_by_role("button", name="Lagre").click()
    page.locator(f"html[lang={language}]").wait_for()


def visited(page: Page, person: str, language: str = "") -> Iterator[PageType]:
    """Goes to every page type of a person in turn and yields it while it is on the screen."""
    if person:
        be(page, person)
    if language:
        write_in(page, language)
    for page_type in EVERYBODY[person]:
        response = page.goto(page_type.address)
        assert response is not None
        assert response.status == page_type.status, f"{page_type.name}: {response.status}"
        yield page_type


def come_to_code_page(page: Page) -> None:
    """The page that asks for the mailed code; nobody has the address."""
    page.goto("/logg-inn/")
    page.get_by_label("E-post eller mobilnummer").fill("ingen@example.no")
    page.get_by_role("button", name="Send meg koden").click()
    page.wait_for_url("**/logg-inn/kode/**")
