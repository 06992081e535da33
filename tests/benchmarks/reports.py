"""How long the reports of a pilot take: sixty families, from a fresh process to the Word file."""

from __future__ import annotations

import re
import resource
import shutil
import time
from typing import TYPE_CHECKING

from tests.browser.serving import manage

if TYPE_CHECKING:
    from pathlib import Path

FAMILIES = 60
ROUNDS = 3
PLACE = """  # the first municipality that may be told of
from evaluation.models import Release
sites = Release.objects.get(pk={release}).snapshot["sites"]
print(next(row["municipality"] for row in sites if not row["why"]))
"""


def measure(template: Path) -> dict[str, tuple[float, float]]:
    """Seconds, of CPU and by the clock, of ``manage.py report`` by kind and language: the least of
    ``ROUNDS``, in demo data apart.

    The study is invented; its answers, groups, evenings and logs are as many as a real pilot has.
    """
    folder = template / "reports"
    shutil.copytree(template, folder, ignore=shutil.ignore_patterns("reports"))
    made = _said(folder, "bulk", "--families", str(FAMILIES), "--yes")
    study = re.findall("«(.+?)»", made)[0]
    release = re.findall(r"\d+", _said(folder, "release", study, "--wave", "T1", "--phase", "pilot"))[0]
    place = _said(folder, "shell", "--verbosity", "0", "--command", PLACE.format(release=release)).strip()
    kinds = {"steering": [], "technical": ["--technical"], "municipality": ["--municipality", place]}
    return {
        f"{kind}, {language}": min(
            _seconds(folder, release, "--language", language, *more) for _round in range(ROUNDS)
        )
        for kind, more in kinds.items()
        for language in ("nb", "nn")
    }


def _seconds(folder: Path, release: str, *more: str) -> tuple[float, float]:
    began, before = time.monotonic(), _of_children()
    _said(folder, "report", release, "--out", str(folder / "report.docx"), *more)
    return round(_of_children() - before, 2), round(time.monotonic() - began, 2)


def _of_children() -> float:
    """Seconds of CPU of processes that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _said(folder: Path, *arguments: str) -> str:
    process = manage(folder, *arguments)
    said = process.communicate()[0]
    if process.returncode:
        raise RuntimeError(f"{process.args!r} ended with {process.returncode}:\n{said}")
    return said
