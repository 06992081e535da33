"""Lighthouse as on a phone, in its own throttling: the median of five for each page."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
from typing import TYPE_CHECKING, Any

from tests.benchmarks.cpu import PART
from tests.benchmarks.requests import cookies_of
from tests.browser.chromium import FLAGS, path
from tests.browser.serving import ROOT, environment, serving_in

if TYPE_CHECKING:
    from pathlib import Path

    from tests.browser.serving import Site

RUNS = 5
TRIES = 8  # Lighthouse now and then misses the start of its own trace (NO_NAVSTART): nothing was measured
PAGES = {"front": ("/", False), "Min side": ("/min/", True), "part": (PART, True)}
CATEGORIES = ["performance", "accessibility", "best-practices"]
PROGRAM = ROOT / "tests" / "benchmarks" / "node_modules" / ".bin" / "lighthouse"


def _run(site: Site, address: str, cookies: str) -> dict[str, Any]:
    command = [str(PROGRAM), site.url + address, "--output=json", "--quiet", "--no-enable-error-reporting"]
    command += [
        f"--only-categories={','.join(CATEGORIES)}",
        f"--chrome-flags=--headless=new {' '.join(FLAGS)}",
    ]
    command += ["--disable-storage-reset"]  # every run has a profile of its own
    if cookies:
        command += [f"--extra-headers={json.dumps({'Cookie': cookies})}"]
    surroundings = {"CHROME_PATH": path(), "PATH": f"{ROOT / '.venv' / 'bin'}:{os.environ['PATH']}"}
    for _ in range(TRIES):
        said = subprocess.run(
            command, env=environment(site.folder, **surroundings), capture_output=True, text=True, timeout=240
        )
        if "NO_NAVSTART" not in said.stderr:
            break
    if said.returncode:
        raise RuntimeError(said.stderr[-2000:])
    report: dict[str, Any] = json.loads(said.stdout)
    if report.get("runtimeError"):
        raise RuntimeError(str(report["runtimeError"]))
    assert report["finalDisplayedUrl"] == site.url + address, report["finalDisplayedUrl"]
    return report


def _median(reports: list[dict[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {
        name: round(100 * statistics.median(report["categories"][name]["score"] for report in reports))
        for name in CATEGORIES
    }
    lcp = [report["audits"]["largest-contentful-paint"]["numericValue"] / 1000 for report in reports]
    found["lcp"] = round(statistics.median(lcp), 2)
    found["lcp runs"] = [round(one, 2) for one in lcp]
    found["short of full"] = sorted(_short_of_full(reports[-1]))
    return found


def _short_of_full(report: dict[str, Any]) -> set[str]:
    """The audits that count and did not give full marks."""
    references = [
        one for name in CATEGORIES for one in report["categories"][name]["auditRefs"] if one["weight"]
    ]
    scores = {one["id"]: report["audits"][one["id"]]["score"] for one in references}
    return {name for name, score in scores.items() if score is not None and score < 0.9}


def measure(folder: Path, runs: int = RUNS) -> dict[str, dict[str, Any]]:
    with serving_in(folder, workers=2, options=["--preload"]) as site:
        cookies = cookies_of(site.url, "familie")
        return {
            name: _median([_run(site, address, cookies if known else "") for _ in range(runs)])
            for name, (address, known) in PAGES.items()
        }
