"""A real server and a real Chromium. The demo is made once for the run; each test has a context of its own.

``site`` is shared by tests that change nothing others look at; ``own_site`` has fresh data and processes
for one test.
"""

from __future__ import annotations

import fcntl
import os
import re
import time
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import pytest
from playwright.sync_api import ViewportSize, expect, sync_playwright

from tests.browser.chromium import launch
from tests.browser.serving import make_demo, serving, start_afresh

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser, BrowserContext, Page

    from tests.browser.serving import Site

PATIENCE = 45_000  # milliseconds; the machines that run this are shared
PHONE = ViewportSize(width=390, height=844)


@pytest.fixture(scope="session")
def demo_data(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """A folder with the demo, made by whichever worker comes first and copied by every site."""
    base = tmp_path_factory.getbasetemp()
    folder = (base if worker_id == "master" else base.parent) / "demo"
    with (folder.parent / "demo.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "ready").exists():
            folder.mkdir()
            make_demo(folder)
            (folder / "ready").touch()
    return folder


@pytest.fixture(scope="session")
def site(demo_data: Path) -> Iterator[Site]:
    with serving(demo_data, options=["--preload"]) as site:
        yield site


@pytest.fixture(scope="session")
def _server(demo_data: Path) -> Iterator[Site]:
    with serving(demo_data, options=["--preload"]) as site:
        yield site


@pytest.fixture
def own_site(_server: Site, demo_data: Path) -> Site:
    start_afresh(_server, demo_data)
    return _server


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright, launch(playwright) as browser:
        yield browser


class NewPage(Protocol):
    def __call__(self, site: Site, **options: Any) -> Page: ...


@pytest.fixture
def new_page(chromium: Browser) -> Iterator[NewPage]:
    """Opens a page in a browser context of its own, a phone unless told otherwise.

    Without motion: the mouse misses what is still unfolding when the machine is slow.
    """
    with ExitStack() as stack:

        def open_page(site: Site, **options: Any) -> Page:
            given = {"viewport": PHONE, "base_url": site.url, "locale": "nb-NO", "reduced_motion": "reduce"}
            given |= options
            context: BrowserContext = stack.enter_context(chromium.new_context(**given))
            context.set_default_timeout(PATIENCE)
            return context.new_page()

        yield open_page


def until(page: Page, ask: Callable[[], object], wanted: object) -> None:
    """Asks again while the page works on, until the answer is the one wanted."""
    last = time.monotonic() + PATIENCE / 1000
    while (answer := ask()) != wanted and time.monotonic() < last:
        page.wait_for_timeout(50)
    assert answer == wanted


def be(page: Page, name: str) -> None:
    """Be one of the demo's invented people."""
    response = page.goto("/demo/")
    assert response is not None
    assert response.ok, f"the demo's door: {response.status}"
    page.get_by_role("button", name=f"Gå inn som {name}").click()
    page.wait_for_url("**/min/")


def mailed_code(site: Site, address: str) -> str:
    """The code in the newest mail to an address."""
    mails = sorted((site.folder / "mailbox").glob("*"), key=os.path.getmtime, reverse=True)
    for mail in mails:
        text = mail.read_text(encoding="utf-8")
        if f"To: {address}" in text:
            found = re.search(r"\b(\d{6})\b", text.partition("\n\n")[2])
            if found:
                return found.group(1)
    raise AssertionError(f"no code was mailed to {address}")
