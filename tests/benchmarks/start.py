"""A fresh server: how soon it answers with compiled bytecode, what a worker weighs, what it has imported."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import time
from pathlib import Path

from tests.benchmarks.cpu import PART, cpu_of
from tests.benchmarks.requests import cookies_of, get
from tests.browser.serving import ROOT, environment, serving_in

STARTS = 5
HEAVY = (
    *("pandas", "scipy", "numpy", "docx", "pikepdf"),  # not lxml: Wagtail loads it
    *("pyreadstat", "xlsxwriter", "openpyxl", "icalendar", "holidays", "segno"),
)
# what a web worker has imported once it has answered
IMPORTED = """
import json, sys
from cms.wsgi import application
from django.test import Client
assert Client(headers={"host": "localhost"}).get("/hjelp/").status_code == 200
print(json.dumps(sorted(set(sys.argv[1:]) & set(sys.modules))))
"""


def memory_of(pid: int) -> dict[str, float]:
    """Megabytes: RSS, and what is the process's own share of it (PSS)."""
    rows = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines()[1:]
    kilobytes = {row.split(":")[0]: int(row.split()[1]) for row in rows}
    return {"rss": round(kilobytes["Rss"] / 1024, 1), "pss": round(kilobytes["Pss"] / 1024, 1)}


def measure(folder: Path) -> dict[str, object]:
    """The quickest of several starts: what others on the machine add is not ours."""
    compile_all = [sys.executable, "-m", "compileall", "-q", "cms", "courses", "evaluation"]
    subprocess.run(compile_all, cwd=ROOT, check=True)  # as an installation does
    seconds, cpu, fresh = [], [], []
    for _ in range(STARTS):
        began = time.monotonic()
        with serving_in(folder, workers=1) as site:
            get(site.url, "/hjelp/")
            seconds.append(time.monotonic() - began)
            cpu.append(cpu_of(site) / 1000)
            fresh.append(memory_of(site.workers()[0])["rss"])
    with serving_in(folder, workers=1) as site:
        cookies = cookies_of(site.url, "familie")
        for _ in range(500):
            get(site.url, PART, cookies)
        later = memory_of(site.workers()[0])["rss"]
    command = [sys.executable, "-c", IMPORTED, *HEAVY]
    said = subprocess.run(
        command, cwd=ROOT, env=environment(folder), check=True, capture_output=True, text=True
    )
    return {
        "seconds": round(min(seconds), 2),
        "cpu seconds": round(min(cpu), 2),
        "fresh MB": statistics.median(fresh),
        "MB after 500 parts": later,
        "heavy imports": json.loads(said.stdout),
    }
