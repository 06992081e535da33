"""Measures the site against its budgets, prints a table, writes JSON, and ends with 1 where one is broken.

    python -m tests.benchmarks.run --out FILE [--only cpu,wire]      (`make bench OUT=FILE`)

Everything runs on servers of its own on loopback. Times belong to the machine; ratios within a run tell most.
"""

from __future__ import annotations

import argparse
import json
import platform
import subprocess
import sys
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.benchmarks import axe_matrix, cpu, figures, forms, lighthouse, reports, restoring, start, wire
from tests.browser.serving import ROOT, environment, make_demo

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@dataclass(frozen=True)
class Line:
    """One figure and, where there is one, its budget."""

    what: str
    value: float
    unit: str
    most: float | None = None
    least: float | None = None
    note: str = ""

    @property
    def is_kept(self) -> bool:
        return (self.most is None or self.value <= self.most) and (
            self.least is None or self.value >= self.least
        )

    def __str__(self) -> str:
        bound = (
            f"≤ {self.most:g}"
            if self.most is not None
            else f"≥ {self.least:g}"
            if self.least is not None
            else ""
        )
        verdict = "" if not bound else "kept" if self.is_kept else "BROKEN"
        return f"{self.what:<44} {self.value:>9g} {self.unit:<9} {bound:<8} {verdict:<7} {self.note}".rstrip()


def cpu_lines(folder: Path) -> Iterator[Line]:
    ratios = {
        "part": 3,
        "Min side": 5,
        "front": 2,
        "help": 2,
        "module": 3,
        "evening": 6,
        "coach view": 6,
        "release": 4,
        "own course": 6,
        "form": 3,
        "form, sent": 4,
        "project, 10 municipalities": 6,
        "project, 400 municipalities": 60,
    }
    for name, found in cpu.measure(folder).items():
        note = f"{found['ms']} ms CPU, rounds {found['least']}–{found['most']}"
        yield Line(f"CPU, {name}", found["ratio"], "× bare", most=ratios.get(name), note=note)


def query_lines(folder: Path) -> Iterator[Line]:
    command = [sys.executable, "-m", "tests.benchmarks.queries"]
    said = subprocess.run(
        command, cwd=ROOT, env=environment(folder), check=True, stdout=subprocess.PIPE, text=True
    )
    found = json.loads(said.stdout.splitlines()[-1])
    budgets = {
        "part": 8,
        "Min side": 14,
        "module": 8,
        "front": 4,
        "help": 4,
        "own course": 16,
        "coach view": 13,
        "form": 10,
        "project": 21,
    }
    for name, count in found["small"].items():
        yield Line(f"queries, {name}", count, "", most=budgets[name])
    for name, count in found["big"].items():
        note = "40 parts in a module, 200 families: the same as 1 and 2"
        if name == "form":
            note = "200 questions: the same as 10"
        if name == "project":
            note = "400 municipalities, 4 000 groups: the same as 10 and 100"
        yield Line(f"queries, {name}, big", count, "", most=found["small"][name], note=note)


def outbox_lines(folder: Path) -> Iterator[Line]:
    own = folder / "outbox"  # its figures are of every message there is
    own.mkdir()
    said = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks.outbox"],
        cwd=ROOT,
        env=environment(own),
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    found = json.loads(said.stdout.splitlines()[-1])
    killed, raced = found["killed"], found["raced"]
    note = f"{killed['messages']} messages; {killed['sent again']} sent again"
    yield Line("outbox, workers killed", killed["kills"], "", least=100, note=note)
    yield Line("outbox, sent again", killed["sent again"], "", most=killed["kills"])
    for fault in ("never sent", "under another Message-ID", "to somebody else", "not marked sent"):
        yield Line(f"outbox, {fault}", killed[fault], "", most=0)
    note = f"{raced['done first']} done first, {raced['sent first']} sent first"
    yield Line("outbox, races", raced["races"], "", least=500, note=note)
    for fault in ("sent to someone who was done", "sent twice", "not sent to someone who was not done"):
        yield Line(f"outbox, {fault}", raced[fault], "", most=0)


def form_lines(folder: Path) -> Iterator[Line]:
    for name, template in (("SQLite", folder), ("PostgreSQL", None)):
        found = forms.load(template)
        what = f"forms, 32 clients, {name}"
        note = f"{found['forms']} forms sent twice at once; median {found['median']} s, p99 {found['p99']} s"
        yield Line(f"{what}, errors", len(found["faults"]), "", most=0, note=note)
        yield Line(f"{what}, rows", found["rows"], "", least=found["forms"], most=found["forms"])


def figure_lines(_folder: Path) -> Iterator[Line]:
    """A database of its own, PostgreSQL; each ten times the respondents of the one before."""
    before: dict[str, Any] | None = None
    for found in figures.measure([10_000, 100_000, 1_000_000], postgres=True, rounds=5):
        n, least, most = found["respondents"], *found["ratios"]
        what = f"figures, {n} respondents"
        note = f"product {found['product s']} s, floor {found['floor s']} s; rounds {least}–{most}"
        budget = 3 if n > 10_000 else None  # of few it is the number of scales and places that costs
        yield Line(what, found["ratio"], "× floor", most=budget, note=note)
        note = f"floor {found['floor MB']} MB"
        yield Line(f"{what}, memory", found["product MB"], "MB", most=1_500, note=note)
        note = "the whole in a process of its own; no budget: nobody waits for it"
        yield Line(f"{what}, with bootstrap and mixed models", found["slow s"], "s", note=note)
        if before:
            growth = round(found["product s"] / before["product s"], 1)
            yield Line(f"{what}, growth", growth, "×", most=10, note="of ten times as many")
        before = found


def report_lines(folder: Path) -> Iterator[Line]:
    for name, (cpu_seconds, seconds) in reports.measure(folder).items():
        note = f"{reports.FAMILIES} families, a fresh process; {seconds} s by the clock, more where busy"
        yield Line(f"report, {name}, CPU", cpu_seconds, "s", most=5, note=note)


def restore_lines(folder: Path) -> Iterator[Line]:
    for name, found in (
        ("demo, SQLite", restoring.measure(folder)),
        ("PostgreSQL", restoring.measure_postgres()),
    ):
        note = f"{found['MB']} MB, {found['people']} people, {found['answers']} answers; with the start of it"
        yield Line(f"backup, {name}", found["backup"], "s", note=note)
        note = "on an empty machine; who was erased since is not there"
        yield Line(f"restore, {name}", found["restore"], "s", most=3600, note=note)


def wire_lines(folder: Path) -> Iterator[Line]:
    budgets = {"part": 70, "Min side": 70, "front": 60, "help": 60, "form": 60}
    for name, found in wire.measure(folder).items():
        first, repeat = found["first"], found["repeat"]
        kinds = ", ".join(f"{kind} {size}" for kind, size in first.items() if kind not in ("kb", "requests"))
        yield Line(f"wire, {name}, first visit", first["kb"], "KB", most=budgets[name], note=kinds)
        yield Line(f"wire, {name}, requests", first["requests"], "", most=10)
        yield Line(f"wire, {name}, JavaScript", first.get("script", 0), "KB", most=12)
        note = f"{repeat['requests']} requests; the HTML would be {repeat['html packed']} KB with gzip"
        yield Line(f"wire, {name}, repeat visit", repeat["kb"], "KB", most=8, note=note)


def start_lines(folder: Path) -> Iterator[Line]:
    found: dict[str, Any] = start.measure(folder)
    note = f"{found['cpu seconds']} s of CPU: on a busy machine the seconds are longer"
    yield Line("start, first answer", found["seconds"], "s", note=note)
    yield Line("start, CPU to the first answer", found["cpu seconds"], "s", most=1)
    yield Line("memory, fresh worker", found["fresh MB"], "MB RSS", most=120)
    yield Line("memory, after 500 parts", found["MB after 500 parts"], "MB RSS", most=1.3 * found["fresh MB"])
    yield Line(
        "heavy imports in a web worker",
        len(found["heavy imports"]),
        "",
        most=0,
        note=str(found["heavy imports"]),
    )


def lighthouse_lines(folder: Path) -> Iterator[Line]:
    for name, found in lighthouse.measure(folder).items():
        note = f"short of full: {found['short of full']}" if found["short of full"] else ""
        for category in lighthouse.CATEGORIES:
            yield Line(f"Lighthouse, {name}, {category}", found[category], "", least=100, note=note)
        yield Line(f"Lighthouse, {name}, LCP", found["lcp"], "s", most=1.5, note=str(found["lcp runs"]))


def axe_lines(folder: Path) -> Iterator[Line]:
    found = axe_matrix.measure(folder)
    for words in found["violations"]:
        print(words)
    note = f"{found['looks']} looks: page types × 3 widths × light/dark × nb/nn"
    yield Line("axe violations", len(found["violations"]), "", most=0, note=note)


MEASURES: dict[str, Callable[[Path], Iterator[Line]]] = {
    "cpu": cpu_lines,
    "queries": query_lines,
    "outbox": outbox_lines,
    "forms": form_lines,
    "figures": figure_lines,
    "reports": report_lines,
    "restore": restore_lines,
    "wire": wire_lines,
    "start": start_lines,
    "lighthouse": lighthouse_lines,
    "axe": axe_lines,
}


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--out", type=Path, required=True, help="where the JSON is written")
    parser.add_argument("--only", default=",".join(MEASURES), help="some of: %(default)s")
    given = parser.parse_args()
    lines: list[Line] = []
    with tempfile.TemporaryDirectory(prefix="egs-bench-") as name:
        folder = Path(name)
        make_demo(folder)
        for measure in given.only.split(","):
            for line in MEASURES[measure](folder):
                print(line, flush=True)
                lines.append(line)
    broken = [line.what for line in lines if not line.is_kept]
    report = {
        "machine": f"{platform.machine()}, Python {platform.python_version()}",
        "broken": broken,
        "lines": [asdict(line) | {"kept": line.is_kept} for line in lines],
    }
    given.out.parent.mkdir(parents=True, exist_ok=True)
    given.out.write_text(json.dumps(report, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    print(f"\n{len(lines)} figures, {len(broken)} broken{': ' + ', '.join(broken) if broken else ''}")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
