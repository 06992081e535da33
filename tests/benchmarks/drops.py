"""The network goes at six moments of a form, twenty times each: nothing is lost, and what is said is true.

python -m tests.benchmarks.drops [ROUNDS]      (`make drops`; the tests run one round)

load, typing, just before the send, in the middle of its body, before the reply, after the reply. A proxy of
our own stands between Chromium and the site and cuts the connection where it is told to.
"""

from __future__ import annotations

import contextlib
import json
import re
import socket
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

from playwright.sync_api import Error, expect, sync_playwright

from tests.browser.chromium import launch
from tests.browser.conftest import PHONE, be
from tests.browser.forms import current, make_form, press, sealed, state, tap
from tests.browser.serving import make_demo, serving
from tests.on_real_servers import free_port

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

    from tests.browser.serving import Site

MOMENTS = ("load", "typing", "before the send", "mid body", "before the reply", "after the reply")
ROUNDS = 20
AWAY = 1.5  # seconds without network, at least
SOON = 30  # seconds after the network's return until it is received, at most
WORDS = "Ærlig talt: øvelsen på «grensen» hjalp. 12 % mer ro – takk!"
TRUE = {  # what may be said before it is received, and needs the answers to be on the device
    "Lagret på denne telefonen",
    "Ikke sendt ennå. Svarene er lagret på denne telefonen, og vi prøver igjen av oss selv.",
}


class Cutter:
    """A proxy on loopback. ``cut``: «», «all» (no network), «body» or «reply» (of the next send)."""

    def __init__(self, upstream: int) -> None:
        self.upstream, self.cut, self.sends, self.body = upstream, "", 0, b""
        self.listener = socket.create_server(("127.0.0.1", free_port()))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _address = self.listener.accept()
                threading.Thread(target=self._serve, args=[client], daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        """One request a connection: the site is asked to close each."""
        with contextlib.suppress(OSError), client:
            client.settimeout(30)
            if self.cut == "all":
                return
            head, body = self._read(client)
            is_send = head.startswith(b"POST /skjema/") and b"nokkel" not in head.split(b"\r\n")[0]
            with socket.create_connection(("127.0.0.1", self.upstream), 30) as server:
                if is_send and self.cut == "body":
                    self.cut = "all"
                    server.sendall(head + body[: len(body) // 2])
                    return
                self.sends += is_send
                self.body = body if is_send else self.body
                server.sendall(head + body)
                reply = b"".join(iter(lambda: server.recv(65536), b""))
            if is_send and self.cut == "reply":
                self.cut = "all"
                return
            client.sendall(reply)

    def _read(self, client: socket.socket) -> tuple[bytes, bytes]:
        """The head, told to close its connection, and the body."""
        data = b""
        while b"\r\n\r\n" not in data:
            more = client.recv(65536)
            if not more:
                raise OSError
            data += more
        head, _, body = data.partition(b"\r\n\r\n")
        lines = [line for line in head.split(b"\r\n") if not line.lower().startswith(b"connection:")]
        length = next(
            (int(line.split(b":")[1]) for line in lines if line.lower().startswith(b"content-length:")), 0
        )
        while len(body) < length:
            body += client.recv(65536)
        return b"\r\n".join([*lines, b"Connection: close", b"", b""]), body

    def close(self) -> None:
        self.listener.close()


@contextlib.contextmanager
def through(site: Site) -> Iterator[Cutter]:
    cutter = Cutter(int(site.url.rpartition(":")[2]))
    try:
        yield cutter
    finally:
        cutter.close()


def drop(browser: Browser, site: Site, moment: str) -> dict[str, Any]:
    """One form with one drop. What was untrue or lost, and the seconds from the network's return."""
    address = make_form(site.folder, "Eirik")
    with through(site) as cutter:
        context = browser.new_context(viewport=PHONE, base_url=f"http://127.0.0.1:{cutter.port}")
        try:
            return _dropped(context.new_page(), site, cutter, address, moment)
        finally:
            context.close()


def _dropped(page: Page, site: Site, cutter: Cutter, address: str, moment: str) -> dict[str, Any]:
    faults: list[str] = []
    be(page, "Eirik")
    if moment == "load":
        cutter.cut = "all"
        with contextlib.suppress(Error):
            page.goto(address)
        time.sleep(AWAY)
        cutter.cut = ""
    page.goto(address)
    page.locator(".answering[data-cards]").wait_for()
    _answer(page, cutter, moment)
    if moment == "typing" and not _comes_true(page):
        faults.append(f"while typing: {state(page).text_content()}")
    returned = _send(page, site, cutter, address, moment, faults)
    page.get_by_role("heading", name="Takk! Svarene dine er mottatt").wait_for(timeout=60_000)
    seconds = time.monotonic() - returned
    if sealed(site.folder, address) != 1:
        faults.append(f"{sealed(site.folder, address)} rows")
    if WORDS not in [value for values in parse_qs(cutter.body.decode()).values() for value in values]:
        faults.append(f"not every character: {cutter.body.decode()[-200:]}")
    if seconds > SOON:
        faults.append(f"{seconds:.0f} s")
    return {"moment": moment, "faults": faults, "seconds": round(seconds, 1), "sends": cutter.sends}


def _comes_true(page: Page) -> bool:
    """Whether the device is soon said to have it all; «Lagrer …» is as true until then."""
    last = time.monotonic() + 10
    while (said := state(page).text_content()) not in TRUE and time.monotonic() < last:
        if said not in ("Lagrer …", "Ikke sendt ennå. Vi prøver igjen av oss selv."):
            return False
        page.wait_for_timeout(50)
    return said in TRUE


def _answer(page: Page, cutter: Cutter, moment: str) -> None:
    press(page, "Begynn")
    for label in ("Enig", "Helt enig", "Enig", "7"):
        tap(page, label)
    press(page, "Hopp over")
    field = current(page).locator("textarea")
    half = len(WORDS) // 2
    field.press_sequentially(WORDS[:half])
    if moment == "typing":
        cutter.cut = "all"
    field.press_sequentially(WORDS[half:])
    expect(state(page)).to_have_text(re.compile("^Lagret"), timeout=60_000)
    press(page, "Neste")
    page.locator("[data-card=summary][data-current]").wait_for()


def _send(page: Page, site: Site, cutter: Cutter, address: str, moment: str, faults: list[str]) -> float:
    """Sends, with the network gone as the moment wants; the time when it was back."""
    cut = {"typing": "all", "before the send": "all", "mid body": "body", "before the reply": "reply"}
    cutter.cut = cut.get(moment, "")
    press(page, "Send svarene")
    if moment == "after the reply":
        page.get_by_role("heading", name="Takk! Svarene dine er mottatt").wait_for(timeout=60_000)
        cutter.cut = "all"
        time.sleep(AWAY)
        if sealed(site.folder, address) != 1:
            faults.append("said before it was true")
    elif cutter.cut:
        expect(state(page)).to_have_text(re.compile("^Ikke sendt"), timeout=60_000)
        if not _comes_true(page):
            faults.append(f"without network: {state(page).text_content()}")
        if moment in ("typing", "before the send", "mid body") and sealed(site.folder, address):
            faults.append("received without network")
        time.sleep(AWAY)
    cutter.cut = ""
    return time.monotonic()


def run(site: Site, rounds: int) -> list[dict[str, Any]]:
    with sync_playwright() as playwright, launch(playwright) as browser:
        found = []
        for _ in range(rounds):
            for moment in MOMENTS:
                found.append(drop(browser, site, moment))
                print(json.dumps(found[-1], ensure_ascii=False), flush=True)
        return found


def main() -> int:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS
    with tempfile.TemporaryDirectory(prefix="egs-drops-") as name:
        make_demo(Path(name))
        with serving(Path(name), options=["--preload"]) as site:
            found = run(site, rounds)
    wrong = [one for one in found if one["faults"]]
    slowest = max(one["seconds"] for one in found)
    print(f"\n{len(found)} drops, {len(wrong)} with a fault; received at most {slowest} s after the return")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
