"""What the tests ask a page: functions in JavaScript, one a file."""

from __future__ import annotations

from pathlib import Path


def script(name: str) -> str:
    """A function for ``page.evaluate``."""
    lines = (Path(__file__).parent / f"{name}.js").read_text(encoding="utf-8").splitlines()
    return "\n".join(line for line in lines if not line.startswith("//"))
