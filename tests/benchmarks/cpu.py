"""CPU per request of every server process, page by page, in rounds that take turns.

A shared machine is noisy in seconds and much less so in CPU, and ratios within one run say most.
"""

from __future__ import annotations

import statistics
from pathlib import Path
from typing import TYPE_CHECKING

from tests.benchmarks.requests import cookies_of, get
from tests.browser.serving import serving_in

if TYPE_CHECKING:
    from tests.browser.serving import Site

ROUNDS = 9
REQUESTS = 40  # a page in a round
PART = "/kurs/en-god-start/den-nye-familien/hele-familien/"
PAGES = {  # name: (address, logged in)
    "part": (PART, True),
    "Min side": ("/min/", True),
    "module": ("/kurs/en-god-start/den-nye-familien/", True),
    "front": ("/", False),
    "help": ("/hjelp/", False),
}


def cpu_of(site: Site) -> float:
    """Milliseconds of CPU that gunicorn and its workers have used, from /proc."""
    tasks = [task for pid in (site.pid, *site.workers()) for task in Path(f"/proc/{pid}/task").iterdir()]
    return sum(int((task / "schedstat").read_text(encoding="ascii").split()[0]) for task in tasks) / 1e6


def _round(site: Site, address: str, cookies: str) -> float:
    before = cpu_of(site)
    for _ in range(REQUESTS):
        get(site.url, address, cookies)
    return (cpu_of(site) - before) / REQUESTS


def measure(folder: Path) -> dict[str, dict[str, float]]:
    """Per page: median ms, least and most of the rounds, and the median of the ratios to the bare page."""
    with (
        serving_in(folder, workers=1) as site,
        serving_in(folder, workers=1, application="tests.benchmarks.bare_wsgi") as floor,
    ):
        cookies = cookies_of(site.url, "familie")
        wanted = {"bare page": (floor, "/bare/", cookies)}
        wanted |= {
            name: (site, address, cookies if known else "") for name, (address, known) in PAGES.items()
        }
        for server, address, cookie in wanted.values():
            for _ in range(10):  # templates and caches are warm
                get(server.url, address, cookie)
        rounds = [{name: _round(*page) for name, page in wanted.items()} for _ in range(ROUNDS)]
    return {
        name: {
            "ms": round(statistics.median(one[name] for one in rounds), 2),
            "least": round(min(one[name] for one in rounds), 2),
            "most": round(max(one[name] for one in rounds), 2),
            "ratio": round(statistics.median(one[name] / one["bare page"] for one in rounds), 2),
        }
        for name in wanted
    }
