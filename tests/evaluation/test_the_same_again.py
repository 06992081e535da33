"""The same answers are the same release in another process, and the same rows the same file another day."""

from __future__ import annotations

import shutil
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import openpyxl
import pikepdf
import pytest
import time_machine
from django.utils import timezone

from evaluation.releases.exports import xlsx_files
from evaluation.releases.exports.dataset import datasets
from evaluation.releases.reports import place_report, steering_report
from tests.browser.serving import environment
from tests.evaluation import snapshots
from tests.evaluation.export_rows import released
from tests.evaluation.exporting import NAME, export
from tests.migrated import lay_out
from tests.study_factories import study, wave

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.django_db(databases=["default", "answers"])
DRAWN = ("respondent", "husstand", "gruppe")  # what each export draws anew


def in_a_process(folder: Path, **surroundings: str) -> str:
    folder.mkdir()
    lay_out(folder)
    said = subprocess.run(
        [sys.executable, "-m", "tests.evaluation.one_release"],
        cwd=ROOT,
        env=environment(folder, **surroundings),
        check=True,
        stdout=subprocess.PIPE,
        text=True,
        timeout=300,
    )
    return said.stdout.strip()


def test_two_processes_with_databases_of_their_own_work_out_the_same_bytes(tmp_path: Path) -> None:
    """Another order of every set and dictionary, another time zone, more threads, other drawn ids."""
    one = in_a_process(tmp_path / "one", PYTHONHASHSEED="1", TZ="UTC", OPENBLAS_NUM_THREADS="1")
    two = in_a_process(tmp_path / "two", PYTHONHASHSEED="2", TZ="Pacific/Auckland", OPENBLAS_NUM_THREADS="2")
    assert len(one) == 64
    assert one == two


def test_rows_that_are_written_to_a_workbook_twice_are_the_same_file(tmp_path: Path) -> None:
    (data,) = datasets(released(24))
    written = []
    for days in (0, 400):
        with time_machine.travel(timezone.now() + timedelta(days=days)):
            (path,) = xlsx_files.write(data, tmp_path, "nb")
            written.append(path.read_bytes())
    assert written[0] == written[1]


def test_two_exports_of_a_release_have_the_same_answers_under_other_ids(tmp_path: Path) -> None:
    made = released(24)
    books = []
    for name in ("one", "two"):
        export(made, tmp_path / name, "xlsx")
        books.append(openpyxl.load_workbook(tmp_path / name / f"{NAME}.xlsx"))
    first, second = [sorted_rows(book["data"]) for book in books]
    assert first == second
    for sheet in ("kodebok nb", "kodebok nn"):
        one, two = ([row for row in book[sheet].values] for book in books)
        assert one == two
    ids = [[row[0] for row in book["data"].iter_rows(min_row=2, values_only=True)] for book in books]
    assert not set(ids[0]) & set(ids[1])


def sorted_rows(sheet: object) -> list[tuple[str, ...]]:
    """Without what is drawn, and in an order of their own."""
    heads, *rows = sheet.values  # type: ignore[attr-defined]
    kept = [place for place, head in enumerate(heads) if head not in DRAWN]
    return [
        tuple(heads[place] for place in kept),
        *sorted(tuple(str(row[place]) for place in kept) for row in rows),
    ]


@pytest.mark.parametrize("language", ["nb", "nn"])
def test_a_steering_group_gets_six_to_eight_pages_and_a_municipality_one(
    tmp_path: Path, language: str
) -> None:
    made = snapshots.released(wave(study(key="piloten"), code="T1"))
    assert 6 <= pages_of(steering_report(made, language), tmp_path) <= 8
    of_place = place_report(made, 1, language)
    assert of_place is not None
    assert pages_of(of_place, tmp_path) == 1


def pages_of(content: bytes, folder: Path) -> int:
    """As whoever prints it has it."""
    office = shutil.which("soffice") or shutil.which("libreoffice")
    assert office, "libreoffice-writer-nogui is missing: `make test` says how to install it"
    (folder / "rapport.docx").write_bytes(content)
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    command = [office, profile, "--headless", "--convert-to", "pdf", "--outdir", str(folder)]
    subprocess.run([*command, str(folder / "rapport.docx")], check=True, capture_output=True, timeout=300)
    with pikepdf.open(folder / "rapport.pdf") as pdf:
        return len(pdf.pages)
