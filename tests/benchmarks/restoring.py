"""How long a backup takes, and to have it back on an empty machine where one who was erased since stays away.

    python -m tests.benchmarks.restoring [--postgres]

By the clock, from commands of their own. The demo on files of SQLite; with ``--postgres`` sixty invented
families with their answers, as the demo refuses a real server.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.benchmarks.figures import database
from tests.browser.serving import ROOT, environment, make_demo
from tests.on_real_servers import postgresql, production_settings

if TYPE_CHECKING:
    from collections.abc import Mapping

FAMILIES = 60
KEYS = ("demo-keys.json", "keys.json", "seal-keys.json", "erased.txt")  # brought along beside the copy
EDITIONS = """  # as the demo does
from courses.models import Programme
from cms.publishing import publish_edition
for programme in Programme.objects.filter(editions=None):
    publish_edition(programme=programme, version="1.0", by=None, reason="Første utgave.")
"""
ONE = """
from courses.models import Adult
adult = Adult.objects.filter(user__roles=None).exclude(user__email="").first()
print("one:", adult.pk, adult.user.email)
"""
LEFT = """
from courses.models import User
from evaluation.models import Response
print("left:", User.objects.count(), Response.objects.count(), User.objects.filter(email="{email}").count())
"""


def measure(template: Path) -> dict[str, Any]:
    """Seconds of the backup and of having it back, its size, and who is there. On files."""
    with tempfile.TemporaryDirectory(prefix="egs-restore-") as name:
        source, target = Path(name) / "source", Path(name) / "target"
        shutil.copytree(template, source)
        target.mkdir()
        return _there_and_back(source, target, environment(source), environment(target))


def measure_postgres() -> dict[str, Any]:
    """The same from a server to one whose databases are empty."""
    with (
        tempfile.TemporaryDirectory(prefix="egs-restore-") as one,
        tempfile.TemporaryDirectory(prefix="egs-restore-") as other,
        database(Path(one), postgres=True) as source,
    ):
        rehearse(source)
        Path(other).chmod(0o711)
        with postgresql(Path(other)) as addresses:
            there = os.environ | addresses | production_settings(Path(other))
            return _there_and_back(Path(one), Path(other), source, there)


def rehearse(surroundings: Mapping[str, str]) -> None:
    """Sixty invented families in an empty, migrated database."""
    _said(surroundings, "keys", "make")
    _said(surroundings, "createcachetable")
    _said(surroundings, "programme", "load", "fixtures")
    _said(surroundings, "instruments", "load", "fixtures/instruments")
    _said(surroundings, "shell", "--verbosity", "0", "--command", EDITIONS)
    _said(surroundings, "bulk", "--families", str(FAMILIES))


def _there_and_back(
    source: Path, target: Path, here: Mapping[str, str], there: Mapping[str, str]
) -> dict[str, Any]:
    """Raises RuntimeError when what is there afterwards is not what was here, without the one who left."""
    out = source / "out"
    backup = _seconds(here, "backup", "--out", str(out))
    one = _said(here, "shell", "--verbosity", "0", "--command", ONE)
    adult, email = re.findall(r"one: (\d+) (\S+)", one)[0]
    _said(here, "erase", adult)
    for name in KEYS:
        if (source / name).exists():
            shutil.copy2(source / name, target / name)  # with its strict rights
    (file,) = out.iterdir()
    restored = _seconds(there, "restore", str(file))
    look = ["shell", "--verbosity", "0", "--command", LEFT.format(email=email)]
    left = [re.findall(r"left: (\d+) (\d+) (\d+)", _said(each, *look))[0] for each in (here, there)]
    if left[0] != left[1] or left[1][2] != "0":
        raise RuntimeError(f"Not the same here and there: {left}")
    people, answers = int(left[1][0]), int(left[1][1])
    size = round(file.stat().st_size / 1e6, 1)
    return {"backup": backup, "restore": restored, "MB": size, "people": people, "answers": answers}


def _seconds(surroundings: Mapping[str, str], *arguments: str) -> float:
    began = time.monotonic()
    _said(surroundings, *arguments)
    return round(time.monotonic() - began, 1)


def _said(surroundings: Mapping[str, str], *arguments: str) -> str:
    command = [sys.executable, "manage.py", *arguments]
    done = subprocess.run(
        command, cwd=ROOT, env=dict(surroundings), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    if done.returncode:
        raise RuntimeError(f"{command!r} ended with {done.returncode}:\n{done.stdout}")
    return done.stdout


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--postgres", action="store_true")
    if parser.parse_args().postgres:
        print(json.dumps(measure_postgres()))
        return
    with tempfile.TemporaryDirectory(prefix="egs-restore-demo-") as name:
        make_demo(Path(name))
        print(json.dumps(measure(Path(name))))


if __name__ == "__main__":
    main()
