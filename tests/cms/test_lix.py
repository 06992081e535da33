"""LIX: words per sentence plus long words per hundred words."""

from __future__ import annotations

from io import StringIO
from typing import TYPE_CHECKING

import pytest
from django.core.management import CommandError, call_command

from cms.packages.readability import lix, measures
from tests.cms.packages import MODULE_FOLDER, PART, put

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("", 0.0),
        ("Vi er her.", 3.0),
        ("Vi er her. Du er der.", 3.0),
        ("Vi er her: du er der.", 3.0),
        ("«Er du her?» sier hun.", 2.5),
        ("Barnevernstjenesten hjelper.", 2 + 100.0),
        ("Hun heter Kari", 3.0),
        ("fosterhjem er ord", 3 + 100 / 3),
    ],
)
def test_lix_counts_sentences_and_long_words(text: str, value: float) -> None:
    assert lix(text) == pytest.approx(value)


def test_a_part_is_measured_as_families_meet_it(tmp_path: Path) -> None:
    first, second = measures(put(tmp_path))
    assert first.path == f"{MODULE_FOLDER}/1-en-del.md"
    assert first.words == second.words > 20
    assert 5 < first.lix < 15


def test_command_prints_each_part_and_marks_the_heavy(tmp_path: Path) -> None:
    heavy = " ".join(["Omsorgsovertakelsen forutsetter barnevernstjenestens forvaltningskompetanse"] * 8)
    put(tmp_path, {f"{MODULE_FOLDER}/2-en-del-til.md": PART.replace("Spis sammen.", heavy)})
    out = StringIO()
    call_command("programme", "lix", str(tmp_path), stdout=out)
    lines = out.getvalue().splitlines()
    assert [line.endswith("tung") for line in lines[:2]] == [False, True]
    assert "gjennomsnitt" in lines[2]


def test_command_says_what_is_wrong_with_the_files(tmp_path: Path) -> None:
    put(tmp_path, {f"{MODULE_FOLDER}/module.yaml": "title: [\n"})
    with pytest.raises(CommandError, match=r"module\.yaml, linje"):
        call_command("programme", "lix", str(tmp_path))
