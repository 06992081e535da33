"""CPU per request of every server process, page by page, in rounds that take turns.

A shared machine is noisy in seconds and much less so in CPU, and ratios within one run say most.
"""

from __future__ import annotations

import shutil
import statistics
import subprocess
import sys
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from tests.benchmarks.forms import form_in
from tests.benchmarks.requests import cookies_of, get
from tests.browser.serving import ROOT, environment, serving_in

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.benchmarks.forms import Form
    from tests.browser.serving import Site

ROUNDS = 9
REQUESTS = 40  # a page in a round
PART = "/kurs/en-god-start/den-nye-familien/hele-familien/"
PAGES = {  # name: (address, who asks)
    "part": (PART, "familie"),
    "Min side": ("/min/", "familie"),
    "module": ("/kurs/en-god-start/den-nye-familien/", "familie"),
    "evening": ("/kveld/3/", "kontaktperson"),
    "coach view": ("/gruppe/1/", "kontaktperson"),
    "release": ("/resultater/1/", "leder"),
    "own course": ("/min/kurset/", "familie"),
    "front": ("/", ""),
    "help": ("/hjelp/", ""),
}

PROJECTS = {"project, 10 municipalities": (7, 10), "project, 400 municipalities": (397, 10)}  # the demo has 3


def project_of(folder: Path, name: str) -> Path:
    """A copy of the demo with more municipalities, and so many groups in each."""
    copy, size = folder.with_name(f"{folder.name}-{PROJECTS[name][0]}"), map(str, PROJECTS[name])
    shutil.copytree(folder, copy)
    command = [sys.executable, "-m", "tests.benchmarks.project_data", *size]
    subprocess.run(command, cwd=ROOT, env=environment(copy), check=True)
    return copy


def cpu_of(site: Site) -> float:
    """Milliseconds of CPU that gunicorn and its workers have used, from /proc."""
    tasks = [task for pid in (site.pid, *site.workers()) for task in Path(f"/proc/{pid}/task").iterdir()]
    return sum(int((task / "schedstat").read_text(encoding="ascii").split()[0]) for task in tasks) / 1e6


def _round(site: Site, visit: Callable[[], object]) -> float:
    before = cpu_of(site)
    for _ in range(REQUESTS):
        visit()
    return (cpu_of(site) - before) / REQUESTS


def measure(folder: Path) -> dict[str, dict[str, float]]:
    """Per page: median ms, least and most of the rounds, and the median of the ratios to the bare page."""
    with ExitStack() as sites:
        site = sites.enter_context(serving_in(folder, workers=1))
        floor = sites.enter_context(serving_in(folder, workers=1, application="tests.benchmarks.bare_wsgi"))
        people = {persona for _address, persona in PAGES.values()} - {""}
        cookies = {persona: cookies_of(site.url, persona) for persona in people} | {"": ""}
        wanted = {"bare page": (floor, "/bare/", cookies["familie"])}
        wanted |= {name: (site, address, cookies[persona]) for name, (address, persona) in PAGES.items()}
        for name in PROJECTS:
            copy = project_of(folder, name)
            sites.callback(shutil.rmtree, copy)
            big = sites.enter_context(serving_in(copy, workers=1))
            wanted[name] = (big, "/prosjekt/", cookies_of(big.url, "prosjektleder"))
        visits: dict[str, tuple[Site, Callable[[], object]]] = {
            name: (server, partial(get, server.url, address, cookie))
            for name, (server, address, cookie) in wanted.items()
        }
        form = form_in(site)
        visits["form"] = (site, partial(get, site.url, form.address, form.cookies))
        for _server, visit in visits.values():
            for _ in range(10):  # templates and caches are warm
                visit()
        visits["form, sent"] = (site, form.send_anew)
        rounds = [_all_round(visits, form) for _ in range(ROUNDS)]
    return {
        name: {
            "ms": round(statistics.median(one[name] for one in rounds), 2),
            "least": round(min(one[name] for one in rounds), 2),
            "most": round(max(one[name] for one in rounds), 2),
            "ratio": round(statistics.median(one[name] / one["bare page"] for one in rounds), 2),
        }
        for name in rounds[0]
    }


def _all_round(visits: dict[str, tuple[Site, Callable[[], object]]], form: Form) -> dict[str, float]:
    """Milliseconds a visit to each page. What was sent is opened again for the next."""
    found = {name: _round(*visit) for name, visit in visits.items()}
    form.open_again()
    return found
