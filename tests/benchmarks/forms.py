"""The form a family answers: its CPU, its bytes, and many who send at once over gunicorn and SQLite.

A form is taken once: between two sends the benchmark opens the participation again, in a process of its own.
"""

from __future__ import annotations

import http.client
import re
import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from time import perf_counter
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from tests.benchmarks.requests import cookies_of, get
from tests.browser.forms import make_form, sealed
from tests.browser.serving import ROOT, environment, serving

if TYPE_CHECKING:
    from pathlib import Path

    from tests.browser.serving import Site

PERSON, PERSONA = "Hanne", "familie"
ITEMS = 12
CLIENTS, FORMS_EACH = 32, 10
BOTH = [b'{"status": "already"}', b'{"status": "received"}']  # what a double click is told


@dataclass(frozen=True)
class Form:
    """One person's form on a site: how it is asked for, and what is sent."""

    site: Site
    address: str
    cookies: str
    body: str

    @classmethod
    def of(cls, site: Site, address: str, cookies: str) -> Form:
        page = get(site.url, address, cookies).decode()
        fields = dict.fromkeys(re.findall(r'name="(\d+-t\d+)"', page), "4")
        mark = re.search(r'name="mark" value="([^"]+)"', page)
        assert mark is not None
        return cls(site, address, cookies, urlencode(fields | {"mark": mark.group(1)}))

    def send(self) -> tuple[int, bytes]:
        token = re.search(r"csrf=([^;]+)", self.cookies)
        connection = http.client.HTTPConnection(self.site.url.removeprefix("http://"), timeout=60)
        headers = {
            "Cookie": self.cookies,
            "X-CSRFToken": token.group(1) if token else "",
            "Content-Type": "application/x-www-form-urlencoded",
            "Accept": "application/json",
        }
        connection.request("POST", self.address, self.body, headers)
        answer = connection.getresponse()
        said = answer.status, answer.read()
        connection.close()
        return said

    def send_anew(self) -> None:
        """Opens it again, and sends. Raises AssertionError when it is not taken."""
        self.open_again()
        said = self.send()
        assert said == (200, b'{"status": "received"}'), said

    def open_again(self) -> None:
        with sqlite3.connect(self.site.folder / "people.sqlite3", timeout=20) as database:
            database.execute("UPDATE evaluation_participation SET state = 'open' WHERE state = 'done'")


def form_in(site: Site, items: int = ITEMS) -> Form:
    address = make_form(site.folder, PERSON, items)
    return Form.of(site, address, cookies_of(site.url, PERSONA))


def _crowd(site: Site) -> list[tuple[str, str]]:
    """Address and cookies of many people who are asked, each with a session."""
    command = [sys.executable, "-m", "tests.form_data", "crowd", str(CLIENTS * FORMS_EACH)]
    said = subprocess.run(
        command, cwd=ROOT, env=environment(site.folder), check=True, stdout=subprocess.PIPE, text=True
    )
    address, *cookies = said.stdout.split()
    return [(address, f"s={cookie}; csrf={'c' * 32}") for cookie in cookies]


def load(template: Path) -> dict[str, Any]:
    """32 clients, each with ten forms, each opened once and sent twice at once. Errors, rows and times."""
    with serving(template, workers=4, options=["--preload"]) as site:
        people = _crowd(site)
        times: list[float] = []
        faults: list[str] = []

        def answer(person: tuple[str, str]) -> None:
            try:
                began = perf_counter()
                form = Form.of(site, *person)
                with ThreadPoolExecutor(2) as both:
                    said = list(both.map(lambda _: form.send(), range(2)))
                times.append(perf_counter() - began)
                if sorted(body for _status, body in said) != BOTH:
                    faults.append(str(said))
            except Exception as error:  # whatever it is, it is counted
                faults.append(repr(error))

        with ThreadPoolExecutor(CLIENTS) as clients:
            list(clients.map(answer, people))
        times.sort()
        return {
            "forms": len(people),
            "faults": faults,
            "rows": sealed(site.folder, people[0][0]),
            "median": round(times[len(times) // 2], 2) if times else 0,
            "p99": round(times[int(len(times) * 0.99)], 2) if times else 0,
        }
