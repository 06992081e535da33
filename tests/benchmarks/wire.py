"""What a phone fetches: the first visit to a page with an empty cache, and the next."""

from __future__ import annotations

import gzip
from collections import defaultdict
from typing import TYPE_CHECKING, Any

from playwright.sync_api import sync_playwright

from tests.benchmarks.cpu import PART
from tests.benchmarks.forms import ITEMS
from tests.browser.chromium import launch
from tests.browser.conftest import PHONE, be
from tests.browser.forms import make_form
from tests.browser.serving import serving_in

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser

    from tests.browser.serving import Site

PAGES = {"part": PART, "Min side": "/min/", "front": "/", "help": "/hjelp/"}


def _visit(page: Any, session: Any, address: str) -> dict[str, float]:
    """Bytes on the wire by kind, headers included, of one visit."""
    kinds: dict[str, str] = {}
    bytes_of: dict[str, float] = defaultdict(float)
    fetched: set[str] = set()

    def began(event: dict[str, Any]) -> None:
        kinds[event["requestId"]] = event.get("type", "Other")

    def ended(event: dict[str, Any]) -> None:
        if event["encodedDataLength"]:
            fetched.add(event["requestId"])
        bytes_of[kinds.get(event["requestId"], "Other")] += event["encodedDataLength"]

    session.on("Network.requestWillBeSent", began)
    session.on("Network.loadingFinished", ended)
    answer = page.goto(address)
    page.evaluate("scrollTo(0, document.body.scrollHeight)")
    page.wait_for_load_state("networkidle")
    session.remove_listener("Network.requestWillBeSent", began)
    session.remove_listener("Network.loadingFinished", ended)
    kilobytes = {kind.lower(): round(size / 1024, 1) for kind, size in bytes_of.items() if size}
    packed = round(len(gzip.compress(answer.body(), 6)) / 1024, 1)
    total = round(sum(bytes_of.values()) / 1024, 1)
    return {"requests": len(fetched), "kb": total, "html packed": packed, **kilobytes}


def _page(browser: Browser, site: Site, address: str) -> dict[str, dict[str, float]]:
    """The service worker is left out: it fetches for later, behind the page. It is counted by itself."""
    context = browser.new_context(base_url=site.url, viewport=PHONE, service_workers="block")
    page = context.new_page()
    if address.startswith(("/kurs/", "/min/", "/skjema/")):
        be(page, "Hanne")
    session = context.new_cdp_session(page)
    session.send("Network.enable")
    session.send("Network.clearBrowserCache")
    found = {"first": _visit(page, session, address)}
    page.goto("about:blank")
    found["repeat"] = _visit(page, session, address)
    context.close()
    return found


def measure(folder: Path) -> dict[str, dict[str, dict[str, float]]]:
    with (
        serving_in(folder, workers=2, options=["--preload"]) as site,
        sync_playwright() as playwright,
        launch(playwright) as browser,
    ):
        pages = PAGES | {"form": make_form(folder, "Hanne", ITEMS)}
        return {name: _page(browser, site, address) for name, address in pages.items()}
