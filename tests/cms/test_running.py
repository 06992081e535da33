"""`make run`: the web and its worker begin and end together, and it is said which of them ended."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

LASTING = "import time; time.sleep(60)"
PROGRAM = (
    "import sys; from cms.running import run\n"
    "sys.exit(run({'web': [sys.executable, '-c', sys.argv[1]],"
    " 'worker': [sys.executable, '-c', sys.argv[2]]}, 'both are here'))"
)


def started(web: str, worker: str, *, in_background: bool = False) -> subprocess.Popen[str]:
    """As a shell starts it; in the background with SIGINT ignored."""
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, web, worker],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=(lambda: signal.signal(signal.SIGINT, signal.SIG_IGN)) if in_background else None,  # type: ignore[arg-type,return-value]
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "both are here\n"
    return process


def writes(number: Path) -> str:
    """A half that writes its own number there, and stays."""
    return f"import os; open({str(number)!r}, 'w').write(str(os.getpid())); {LASTING}"


def is_there(number: Path) -> bool:
    until = time.monotonic() + 10
    while not (number.exists() and number.read_text()) and time.monotonic() < until:
        time.sleep(0.05)
    try:
        os.kill(int(number.read_text()), 0)
    except ProcessLookupError:
        return False
    return True


@pytest.mark.parametrize(
    ("ends", "words", "status"),
    [
        (("import sys; sys.exit(3)", LASTING), "The web ended by itself (status 3), so the worker", 3),
        ((LASTING, "pass"), "The worker ended by itself (status 0), so the web", 1),
    ],
)
def test_when_one_half_ends_the_other_does_and_a_line_says_which(
    ends: tuple[str, str], words: str, status: int
) -> None:
    process = started(*ends)
    _out, said = process.communicate(timeout=30)
    assert words in said
    assert process.returncode == status


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("in_background", [False, True])
def test_asked_to_end_both_end_without_a_word_also_when_started_in_the_background(
    tmp_path: Path, number: signal.Signals, in_background: bool
) -> None:
    pid = tmp_path / "pid"
    process = started(LASTING, writes(pid), in_background=in_background)
    assert is_there(pid)
    process.send_signal(number)
    _out, said = process.communicate(timeout=30)
    assert (process.returncode, said) == (0, "")
    assert not is_there(pid)
