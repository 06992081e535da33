"""From a release to files in a folder: all or none, over nothing that is there, and never unlogged."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from courses.auditing import Action, record
from evaluation.releases.exports import csv_files, ddi_files, r_script, texts
from evaluation.releases.exports.dataset import datasets
from evaluation.releases.exports.errors import NotExportedError
from evaluation.releases.releasing import is_unchanged

if TYPE_CHECKING:
    from collections.abc import Callable

    from courses.models import User
    from evaluation.models import Release
    from evaluation.releases.exports.dataset import Dataset

TAMPERED = (
    "Tallene i offentliggjøring {pk} er ikke slik de ble offentliggjort: kontrollsummen stemmer ikke. Derfor"
    " lages det ingen fil. Finn ut hva som har skjedd, og hent tilbake databasen fra en sikkerhetskopi."
)
OWNER_ALONE = 0o600
FORMATS = ("csv", "xlsx", "sav", "ddi")
WITH_SCRIPT = ("csv", "sav")  # what R reads by itself


def export(
    release: Release, kind: str, out: Path, language: str, by: User | None, *, with_texts: bool = False
) -> list[Path]:
    """The files that were written, readable by their owner alone. Reads the answers database.

    ``by`` is who asked for it, None when the command did it by itself. ``with_texts`` adds what people wrote:
    for the research partner alone, which the caller has made sure of (R9). Raises NotExportedError.
    """
    _check(out)
    if not is_unchanged(release):
        raise NotExportedError(TAMPERED.format(pk=release.pk))
    found = datasets(release)
    try:
        out.mkdir(parents=True, exist_ok=True, mode=0o700)
        with tempfile.TemporaryDirectory(dir=out, prefix=".") as begun:
            made = _write(found, kind, Path(begun), language)
            if with_texts:
                made += texts.write(release, found, Path(begun))
            _check_free(out, made)
            record(by, Action.EXPORTED, detail=f"data {release.pk}, {kind}{', tekster' * with_texts}")
            return [_moved(path, out) for path in made]
    except OSError as error:
        raise NotExportedError(
            f"Kan ikke skrive i {out} ({error.strerror}). Velg en annen mappe, eller gi deg skriverett der."
        ) from error


def _write(found: list[Dataset], kind: str, folder: Path, language: str) -> list[Path]:
    write, made = _writer(kind), []
    for each in found:
        made += write(each, folder, language)
        if kind in WITH_SCRIPT:
            made += r_script.write(each, folder, f"{each.name}.{kind}")
    return made


def _writer(kind: str) -> Callable[[Dataset, Path, str], list[Path]]:
    """Here, and not above: each of the two is heavy, and asked for by itself."""
    if kind == "xlsx":
        from evaluation.releases.exports import xlsx_files

        return xlsx_files.write
    if kind == "sav":
        from evaluation.releases.exports import sav_files

        return sav_files.write
    return ddi_files.write if kind == "ddi" else csv_files.write


def _check(out: Path) -> None:
    if out.exists() and not out.is_dir():
        raise NotExportedError(f"{out} er en fil, ikke en mappe. Velg en mappe.")


def _check_free(out: Path, made: list[Path]) -> None:
    taken = [path.name for path in made if (out / path.name).exists()]
    if taken:
        raise NotExportedError(
            f"I {out} finnes fra før: {', '.join(taken)}. Ingenting er skrevet over. Velg en tom mappe."
        )


def _moved(path: Path, out: Path) -> Path:
    path.chmod(OWNER_ALONE)
    return Path(shutil.move(path, out / path.name))
