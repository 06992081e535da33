"""The help of a wellbeing frame that was filled by import: by its own rule, and on the device alone."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.browser.forms import make_form, open_form, press, tap
from tests.browser.one_form import THANKS
from tests.browser.serving import ROOT, environment

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.browser.conftest import NewPage
    from tests.browser.serving import Site

pytestmark = pytest.mark.browser


@pytest.fixture
def five(own_site: Site) -> str:
    """The address of a form with five questions that two people are asked."""
    command = [sys.executable, "-m", "tests.browser.low_form", "Eirik,Hanne"]
    said = subprocess.run(
        command, cwd=ROOT, env=environment(own_site.folder), check=True, stdout=subprocess.PIPE, text=True
    )
    return f"/skjema/{said.stdout.split()[-1]}/"


def answer(page: Page, address: str, person: str, labels: list[str]) -> list[str]:
    """Sends the form; what went out on the way. An empty label passes a question over."""
    open_form(page, address, person)
    sent: list[str] = []
    page.on("request", lambda request: sent.append(f"{request.url} {request.post_data or ''}"))
    press(page, "Begynn")
    for label in labels:
        tap(page, label) if label else press(page, "Hopp over")
    press(page, "Send svarene")
    expect(page.get_by_role("heading", level=1)).to_have_text(THANKS)
    return sent


def test_a_low_sum_of_five_shows_its_help_here_alone_and_a_higher_one_does_not(
    own_site: Site, new_page: NewPage, five: str
) -> None:
    page = new_page(own_site)  # 4 · (1 + 2 + 3 + 4 + 2) = 48
    sent = answer(page, five, "Eirik", ["Sjelden", "Av og til", "Ofte", "Oftest", "Av og til"])
    expect(page.locator("[data-low]")).to_contain_text("Svarene dine kan tyde på at du har det tungt nå.")
    assert not [words for words in sent if "tungt" in words]
    page.reload()
    expect(page.get_by_role("heading", level=1)).to_have_text(THANKS)
    expect(page.locator("[data-low]")).to_be_hidden()
    page = new_page(own_site)  # 4 · 13 = 52
    answer(page, five, "Hanne", ["Ofte", "Ofte", "Ofte", "Av og til", "Av og til"])
    expect(page.locator("[data-low]")).to_be_hidden()


def test_an_answer_that_is_not_asked_for_any_more_makes_no_score_low(
    own_site: Site, new_page: NewPage
) -> None:
    page = new_page(own_site)
    open_form(page, make_form(own_site.folder, "Eirik,Hanne"))
    press(page, "Begynn")
    for label in ("Uenig", "Helt uenig", "Helt uenig", "5", "Helt uenig"):  # the second opens the fifth
        tap(page, label)
    press(page, "Hopp over")
    press(page, "Hopp over")
    page.locator(".answered > div").nth(1).get_by_role("button").click()
    tap(page, "Verken eller")  # 2, 3 and 1; with what is hidden now the mean would be below 2
    press(page, "Send svarene")
    expect(page.get_by_role("heading", level=1)).to_have_text(THANKS)
    expect(page.locator("[data-low]")).to_be_hidden()
