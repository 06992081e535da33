"""A form in the demo, answered by hand: what the tests of forms and the drops of the network share."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from typing import TYPE_CHECKING, Any

from tests.browser.conftest import be
from tests.browser.scripts import script
from tests.browser.serving import ROOT, environment

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Locator, Page

SECRET = "Hemmelig ord om hverdagen"  # a canary: nowhere in clear
ON_DEVICE = script("on_device")  # every database, storage and cache of the page's origin, as text
DRAFTS = script("drafts")  # how many drafts lie on the device


def make_form(folder: Path, names: str, items: int = 0) -> str:
    """The address of a form that everybody with one of the names is asked to answer."""
    command = [sys.executable, "-m", "tests.form_data", names, str(items)]
    said = subprocess.run(
        command, cwd=ROOT, env=environment(folder), check=True, stdout=subprocess.PIPE, text=True
    )
    return f"/skjema/{said.stdout.split()[-1]}/"


def _rows(folder: Path, question: str, address: str) -> list[Any]:
    with sqlite3.connect(folder / "people.sqlite3", timeout=20) as database:
        return [row[0] for row in database.execute(question, [address.strip("/").split("/")[1]]).fetchall()]


def sealed(folder: Path, address: str) -> int:
    """How many answers to the form at that address are in."""
    return int(
        _rows(folder, "SELECT count(*) FROM evaluation_sealedanswer WHERE occasion_id = ?", address)[0]
    )


def states(folder: Path, address: str) -> list[str]:
    """What becomes of each who is asked, in the order they were asked."""
    question = "SELECT state FROM evaluation_participation WHERE occasion_id = ? ORDER BY id"
    return _rows(folder, question, address)


def open_form(page: Page, address: str, person: str = "Eirik") -> None:
    be(page, person)
    page.goto(address)
    page.locator(".answering[data-cards]").wait_for()


def current(page: Page) -> Locator:
    return page.locator(".q[data-current]")


def state(page: Page) -> Locator:
    return page.locator("[data-state]")


def tap(page: Page, label: str) -> None:
    """Taps an answer and waits for the next question."""
    card = current(page)
    name = card.get_attribute("data-q")
    card.get_by_role("radio", name=label, exact=True).click()
    page.locator(f".q[data-current]:not([data-q='{name}']), [data-card=summary][data-current]").wait_for()


def press(page: Page, button: str) -> None:
    page.get_by_role("button", name=button, exact=True).click()


def answer_all(page: Page, words: str = SECRET) -> None:
    """From the first words to the summary; the question that another opens is left out."""
    press(page, "Begynn")
    for label in ("Enig", "Helt enig", "Verken eller", "7"):
        tap(page, label)
    current(page).locator("input").fill("3")
    press(page, "Neste")
    current(page).locator("textarea").fill(words)
    press(page, "Neste")
    page.locator("[data-card=summary][data-current]").wait_for()
