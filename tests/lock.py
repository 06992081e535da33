"""requirements.lock remembers which pyproject.toml it was made from.

``make lock`` compiles and writes the first lines; ``make lint`` compares, without network.
"""

from __future__ import annotations

import hashlib
import json
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PYPROJECT, LOCK = ROOT / "pyproject.toml", ROOT / "requirements.lock"
MADE_FROM = "# pyproject-dependencies: sha256 "
HEADER = "# Every package of pyproject.toml and theirs, with hashes. Made by `make lock`, never by hand.\n"


def fingerprint(pyproject: str) -> str:
    """Hash of what the lock depends on: the packages asked for and the oldest Python, not the comments."""
    tables = tomllib.loads(pyproject)
    asked = {
        "python": tables["project"]["requires-python"],
        "run": tables["project"]["dependencies"],
        "groups": tables["dependency-groups"],
    }
    return hashlib.sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()


def is_current(pyproject: str, lock: str) -> bool:
    return f"{MADE_FROM}{fingerprint(pyproject)}\n" in lock


def main(arguments: list[str]) -> int:
    """``--stamp``: write the first lines. Without: say whether the lock is current, 0 or 1."""
    pyproject, lock = PYPROJECT.read_text(), LOCK.read_text()
    if arguments == ["--stamp"]:
        packages = "".join(line for line in lock.splitlines(keepends=True) if not line.startswith("#"))
        LOCK.write_text(f"{HEADER}{MADE_FROM}{fingerprint(pyproject)}\n{packages}")
        return 0
    if is_current(pyproject, lock):
        return 0
    print("requirements.lock is older than pyproject.toml: run `make lock`", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
