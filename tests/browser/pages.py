"""The page types of the site, each with one address and who opens it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.browser.conftest import be

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Page

COURSE = "/kurs/en-god-start"
RELEASE = "/resultater/1"  # the demo's
FORM = "a[href^='/skjema/']"


@dataclass(frozen=True)
class PageType:
    name: str
    address: str
    status: int = 200
    link: str = ""  # the page is where this link (a selector) of the address leads: its id is the demo's


PUBLIC = [
    PageType("front", "/"),
    PageType("help", "/hjelp/"),
    PageType("log in", "/logg-inn/"),
    PageType("log in with password", "/logg-inn/passord/"),
    PageType("privacy", "/personvern/"),
    PageType("telling of a breach", "/personvern/avvik/"),
    PageType("accessibility", "/tilgjengelighet/"),
    PageType("practical", "/praktisk/"),
    PageType("word list", "/ord/"),
    PageType("preferences", "/innstillinger/"),
    PageType("offline", "/uten-nett/"),
    PageType("evening that is not on the phone", "/uten-nett/kveld/"),
    PageType("demo", "/demo/"),
    PageType("mailbox", "/demo/postkasse/"),
    PageType("link of an invitation that is not ours", "/velkommen/feil/", 404),
    PageType("check of a certificate", "/kursbevis/"),
    PageType("no such certificate", "/kursbevis/?kode=abcd", 422),
    PageType("not found", "/finnes-ikke/", 404),
]
FAMILY = [
    PageType("Min side", "/min/"),
    PageType("the whole course", f"{COURSE}/"),
    PageType("module", f"{COURSE}/den-nye-familien/"),
    PageType("module that is not open", f"{COURSE}/veien-videre/"),
    PageType("part with a note", f"{COURSE}/den-nye-familien/hele-familien/"),
    PageType("part with a check and a local fact", f"{COURSE}/den-nye-familien/kartet/"),
    PageType("part with a home task", f"{COURSE}/den-nye-familien/forste-tretti-dager/"),
    PageType("ways to log in", "/min/innlogging/"),
    PageType("passkey, new", "/min/innlogging/passnokler/ny/"),
    PageType("say again who it is", "/min/innlogging/bekreft/"),
    PageType("own course", "/min/kurset/"),
    PageType("what is held about one", "/min/opplysninger/"),
    PageType("asking to be erased", "/min/opplysninger/slett/"),
    PageType("own messages", "/min/beskjeder/"),
    PageType("own calendar", "/min/kalender/"),
    PageType("gatherings", "/samlinger/"),
    PageType("one gathering", "/samlinger/1/"),
    PageType("not for you", "/prosjekt/", 403),
]
PROJECT_LEADER = [
    PageType("start page of staff", "/min/"),
    PageType("project", "/prosjekt/"),
    PageType("people and roles", "/prosjekt/folk/"),
    PageType("all groups", "/prosjekt/grupper/"),
    PageType("changes from the plan", "/prosjekt/endringer/"),
    PageType("one municipality", "/prosjekt/kommune/fjellvik/"),
    PageType("phases of a municipality", "/prosjekt/kommune/fjellvik/faser/"),
    PageType("privacy officer of a municipality", "/prosjekt/kommune/fjellvik/personvern/"),
    PageType("who asks to be erased", "/prosjekt/sletting/"),
    PageType("new municipality", "/prosjekt/ny-kommune/"),
    PageType("numbers of the year", "/prosjekt/tall/"),
    PageType("numbers of a municipality", "/prosjekt/tall/fjellvik/"),
    PageType("meetings", "/prosjekt/moter/"),
    PageType("one meeting", "/prosjekt/moter/1/"),
    PageType("results", "/resultater/"),
    PageType("a release in two minutes", f"{RELEASE}/"),
    PageType("who answered", f"{RELEASE}/hvem/"),
    PageType("scales", f"{RELEASE}/skalaer/"),
    PageType("one scale", f"{RELEASE}/skalaer/trygg-i-oppdraget-trygg/"),
    PageType("modules of a release", f"{RELEASE}/moduler/"),
    PageType("pilot and implementation", f"{RELEASE}/faser/"),
    PageType("what changed in the programme", f"{RELEASE}/endringer/"),
    PageType("how it was worked out", f"{RELEASE}/metode/"),
    PageType("a municipality in a release", f"{RELEASE}/kommune/1/"),
]
CONTACT_PERSON = [
    PageType("start page of a contact person", "/min/"),
    PageType("groups", "/gruppe/"),
    PageType("new group", "/gruppe/ny/"),
    PageType("school holidays", "/gruppe/ferier/"),
    PageType("a group's dates", "/gruppe/1/datoer/"),
    PageType("one evening's date", "/gruppe/1/datoer/5/"),
    PageType("about a group", "/gruppe/1/endre/"),
    PageType("families of a group", "/gruppe/1/inviter/"),
    PageType("families from a spreadsheet", "/gruppe/1/inviter/ark/"),
    PageType("new gathering", "/samlinger/ny/"),
    PageType("coach view", "/gruppe/1/"),
    PageType("messages of a group", "/gruppe/1/meldinger/"),
    PageType("one participant", "/gruppe/1/deltaker/4/"),
    PageType("pausing a participant", "/gruppe/1/deltaker/4/pause/"),
    PageType("moving a participant", "/gruppe/1/deltaker/4/bytt-gruppe/"),
    PageType("part as staff see it", f"{COURSE}/den-nye-familien/hele-familien/"),
    PageType("evening that is over", "/kveld/1/"),
    PageType("evening to come", "/kveld/5/"),
    PageType("evening on the wall", "/kveld/1/vis/"),
    PageType("form of an evening that is counted", "/kveld/1/skjema/"),
    PageType("form of an evening to come, with its code", "/kveld/5/skjema/"),
    PageType("what can be given on paper", "/gruppe/1/papir/"),
    PageType("form on paper", "/gruppe/1/papir/", link=FORM),
    PageType("evening's form on paper", "/kveld/5/skjema/", link=FORM),
    PageType("sheet to put in", "/prosjekt/papir/"),
    PageType("log that is written", "/kveld/1/logg/"),
    PageType("log to write", "/kveld/3/logg/"),
    PageType("log of an evening to come", "/kveld/5/logg/"),
]
IN_TRAINING = [  # in Nynorsk, with texts that are in Bokmål alone
    PageType("Min side in Nynorsk", "/min/"),
    PageType("own training", "/kurs/kontaktpersonkurs/"),
    PageType("before the first evening", "/for-forste-kveld/"),
    PageType("part that falls back to Bokmål", "/kurs/kontaktpersonkurs/hva-er-veiledning/fire-hatter/"),
]
OTHER_STAFF = [PageType("start page", "/min/")]
ASKED = [PageType("form to answer", "/min/", link=FORM)]  # Eirik has answered his
BY_PERSON = {
    "": PUBLIC,
    "Eirik": FAMILY,
    "Torill": CONTACT_PERSON,
    "Solveig": PROJECT_LEADER,
    "Gunnhild": IN_TRAINING,
    "Hanne": ASKED,
}
# of those that show something else to who has read much, and to who has read nothing
WHAT_IS_READ = [
    page for page in FAMILY if page.address in ("/min/", "/min/kurset/") or page.address.startswith(COURSE)
]
EVERYBODY = BY_PERSON | {"Hanne": [*ASKED, *WHAT_IS_READ], "Nora": WHAT_IS_READ} | dict.fromkeys(
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
        if page_type.link:
            response = page.goto(page.locator(page_type.link).last.get_attribute("href") or "")
        assert response is not None
        assert response.status == page_type.status, f"{page_type.name}: {response.status}"
        yield page_type


def come_to_code_page(page: Page) -> None:
    """The page that asks for the mailed code; nobody has the address."""
    page.goto("/logg-inn/")
    page.get_by_label("E-post eller mobilnummer").fill("ingen@example.no")
    page.get_by_role("button", name="Send meg koden").click()
    page.wait_for_url("**/logg-inn/kode/**")
