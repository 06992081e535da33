"""What people wrote, for the research partner alone: a file without any number, in drawn order.

A text was parted from its writer's other answers when it was counted, and cannot be joined with them again;
so those are here of everybody who answered the questionnaires of the file, not of the pairs alone. Those of
the anonymous evening form, of the whole region, come along when every evening of the phase is counted.
"""

from __future__ import annotations

import csv
import secrets
from typing import TYPE_CHECKING

from evaluation.models import IdentityMode
from evaluation.models.answers import TextAnswer
from evaluation.releases.exports.cells import never_a_formula, one_line
from evaluation.releases.occasions import open_occasions

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from evaluation.instruments.definition import Definition
    from evaluation.models import Release
    from evaluation.releases.exports.dataset import Dataset

HEADINGS = ("skjema", "måling", "spørsmål", "tekst")


def write(release: Release, found: list[Dataset], folder: Path) -> list[Path]:
    """Nothing where nobody wrote anything. Reads the answers database."""
    asked = [
        (wave, each.version, each.definition)
        for of in found
        for each in of.questionnaires
        for wave in each.waves
    ]
    rows = [row for each in (*asked, *_of_evenings(release)) for row in _rows(release, *each)]
    if not rows:
        return []
    secrets.SystemRandom().shuffle(rows)
    path = folder / f"{found[0].name}-tekster.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEADINGS)
        writer.writerows([never_a_formula(cell) for cell in row] for row in rows)
    return [path]


def _of_evenings(release: Release) -> Iterator[tuple[str, int, Definition]]:
    for wave in release.study.waves.filter(identity=IdentityMode.ANONYMOUS):
        if not open_occasions(wave, release.phase):
            for row in wave.instruments.select_related("version"):
                yield wave.code, row.version_id, row.version.frozen


def _rows(release: Release, wave: str, version: int, of: Definition) -> Iterator[tuple[str, str, str, str]]:
    texts = TextAnswer.objects.filter(study=release.study_id, phase=release.phase, wave=wave, version=version)
    asked = {item.key: one_line(item.text.nb) for item in of.text_items}
    for key, text in texts.values_list("item", "text"):
        yield one_line(of.title.nb), wave, asked.get(key, key), text
