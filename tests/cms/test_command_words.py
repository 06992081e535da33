"""How a command is written is told in Norwegian, also where it was written wrongly."""

from __future__ import annotations

import argparse
import inspect
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from django.conf import settings

from cms.command_words import WORDS

if TYPE_CHECKING:
    from pathlib import Path

ENGLISH = (
    "usage",
    "error",
    "argument",
    "required",
    "positional",
    "show this",
    "choose",
    "expected",
    "invalid",
)


def said(folder: Path, *words: str) -> tuple[int, str]:
    """The exit code and everything ``manage.py`` says, but Django's own options in a help text."""
    ran = subprocess.run(
        [sys.executable, "manage.py", *words],
        cwd=settings.BASE_DIR,
        env=os.environ | {"DEMO": "1", "DATA_DIR": str(folder), "COLUMNS": "200"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return ran.returncode, (ran.stdout + ran.stderr).partition("\n  --version")[0]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["papers", "en-studie"], "manage.py papers: Dette mangler: --out"),
        (["erase", "1", "--alt"], "manage.py erase: Dette kjennes ikke: --alt"),
        (["seal_keys", "lag"], "manage.py seal_keys: action: 'lag' finnes ikke. Velg mellom 'make', "),
        (["instruments", "hent"], "manage.py instruments: verb: 'hent' finnes ikke. Velg mellom 'load', "),
        (["instruments", "load"], "manage.py instruments load: Dette mangler: dir"),
        (["report", "en"], "manage.py report: release: 'en' kan ikke brukes her (int)"),
        (["report", "1", "--out"], "manage.py report: --out: Her må det stå noe etter."),
    ],
)
def test_a_command_that_is_written_wrongly_says_why_in_norwegian(
    tmp_path: Path, words: list[str], told: str
) -> None:
    code, text = said(tmp_path, *words)
    assert code == 2
    assert text.startswith(f"bruk: manage.py {words[0]} ")
    assert told in text
    assert not [word for word in ENGLISH if word in text]


@pytest.mark.parametrize("command", ["report", "instruments"])
def test_the_help_of_a_command_has_norwegian_headings(tmp_path: Path, command: str) -> None:
    code, text = said(tmp_path, command, "--help")
    assert code == 0
    for heading in (
        f"bruk: manage.py {command}",
        "det som skrives uten strek:",
        "valg:",
        "Viser denne hjelpen.",
    ):
        assert heading in text
    assert not [word for word in ENGLISH if word in text]


@pytest.mark.parametrize("english", WORDS)
def test_every_sentence_is_one_that_argparse_says(english: str) -> None:
    assert repr(english)[1:-1] in inspect.getsource(argparse)
