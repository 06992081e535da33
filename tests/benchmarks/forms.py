"""The form a family answers: its CPU, its bytes, and many who send at once over gunicorn, to both databases.

    python -m tests.benchmarks.forms       the many, to PostgreSQL alone

A form is taken once: between two sends the benchmark opens the participation again, in a process of its own.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import re
import sqlite3
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from tests.benchmarks.figures import database
from tests.benchmarks.requests import cookies_of, get
from tests.benchmarks.restoring import rehearse
from tests.browser.forms import make_form
from tests.browser.serving import NOT_OURS, ROOT, environment, serving, serving_in

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tests.browser.serving import Site

PERSON, PERSONA = "Hanne", "familie"
ITEMS = 12
CLIENTS, FORMS_EACH = 32, 10
SERVER: dict[str, Any] = {"workers": 4, "options": ["--preload"]}
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


def _crowd(surroundings: Mapping[str, str]) -> list[tuple[str, str]]:
    """Address and cookies of many people who are asked, each with a session."""
    said = _said(surroundings, "-m", "tests.form_data", "crowd", str(CLIENTS * FORMS_EACH))
    address, *cookies = said.split()
    return [(address, f"s={cookie}; csrf={'c' * 32}") for cookie in cookies]


def _said(surroundings: Mapping[str, str], *arguments: str) -> str:
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        env=dict(surroundings),
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    ).stdout


@contextlib.contextmanager
def _on_files(template: Path) -> Iterator[tuple[Site, Mapping[str, str]]]:
    with serving(template, **SERVER) as site:
        yield site, environment(site.folder)


@contextlib.contextmanager
def _on_postgresql() -> Iterator[tuple[Site, Mapping[str, str]]]:
    """As in production, but for https: a server of its own, with invented families."""
    with (
        tempfile.TemporaryDirectory(prefix="egs-forms-") as name,
        database(Path(name), postgres=True) as surroundings,
    ):
        rehearse(surroundings)
        ours = {key: surroundings[key] for key in {*NOT_OURS, "DATA_DIR"} & set(surroundings) - {"PORT"}}
        with serving_in(Path(name), **SERVER, **ours, DEMO="0") as site:
            yield site, surroundings


COUNT = "from evaluation.models import SealedAnswer as S; print(S.objects.filter(occasion={}).count())"


def load(template: Path | None) -> dict[str, Any]:
    """32 clients, each with ten forms, each opened once and sent twice at once. Errors, rows and times.

    With ``template``'s demo on files, or without one on PostgreSQL."""
    with _on_files(template) if template else _on_postgresql() as (site, surroundings):
        people = _crowd(surroundings)
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
        look = COUNT.format(people[0][0].split("/")[2])
        rows = _said(surroundings, "manage.py", "shell", "--verbosity", "0", "--command", look)
        return {
            "forms": len(people),
            "faults": faults,
            "rows": int(rows),
            "median": round(times[len(times) // 2], 2) if times else 0,
            "p99": round(times[int(len(times) * 0.99)], 2) if times else 0,
        }


if __name__ == "__main__":
    print(json.dumps(load(None)))
