"""What the project stands on: packages with reasons, a lock that is whole, files that know no machine."""

from __future__ import annotations

import json
import os
import re
import tomllib
from pathlib import Path

import pytest
from django.conf import settings

from tests.conftest import DATA_DIR
from tests.lock import LOCK, PYPROJECT, ROOT, fingerprint, is_current

MADE = {".git", ".venv", "var", "node_modules", "__pycache__", "egs"}
# written in halves, so that this file may be searched as well
ADDRESSES = (
    "pypi" + ".org",
    "pythonhosted" + ".org",
    "npmjs" + ".org",
    "npmjs" + ".com",
    "deb.debian" + ".org",
)
MACHINES = ("/ro" + "ot/", "/ho" + "me/")


def requirements() -> list[str]:
    tables = tomllib.loads(PYPROJECT.read_text(encoding="utf-8"))
    return tables["project"]["dependencies"] + tables["dependency-groups"]["dev"]


def locked() -> dict[str, str]:
    """Package name → its block in the lock: the pinned version and the hashes."""
    blocks = re.findall(r"^([a-z0-9-]+)==(.*(?:\n +.*)*)", LOCK.read_text(encoding="utf-8"), flags=re.M)
    return {name: block for name, block in blocks}


def texts() -> dict[str, str]:
    """Every text file that is kept in the repository."""
    found = {}
    for folder, folders, names in os.walk(ROOT):
        folders[:] = [name for name in folders if name not in MADE and not name.endswith("_cache")]
        for path in (Path(folder, name) for name in names):
            content = path.read_bytes()
            if b"\0" not in content:
                found[path.relative_to(ROOT).as_posix()] = content.decode("utf-8", errors="replace")
    return found


@pytest.mark.parametrize("requirement", requirements())
def test_package_says_why_it_is_here(requirement: str) -> None:
    lines = PYPROJECT.read_text(encoding="utf-8").splitlines()
    beside = next(line.split(f'"{requirement}"', 1)[1] for line in lines if f'"{requirement}"' in line)
    assert re.match(r",\s+# \S.{7,}", beside)


def test_lock_is_made_from_this_pyproject() -> None:
    assert is_current(PYPROJECT.read_text(encoding="utf-8"), LOCK.read_text(encoding="utf-8"))


def test_lock_grows_old_with_a_package_but_not_with_a_comment() -> None:
    pyproject = PYPROJECT.read_text(encoding="utf-8")
    assert fingerprint(pyproject.replace("# the test runner", "# runs tests")) == fingerprint(pyproject)
    assert fingerprint(pyproject.replace('"nh3>=', '"nh4>=')) != fingerprint(pyproject)


def test_lock_pins_every_package_with_hashes() -> None:
    names = {
        re.split(r"[^A-Za-z0-9_-]", requirement)[0].lower().replace("_", "-")
        for requirement in requirements()
    }
    assert names <= locked().keys()
    assert all("--hash=sha256:" in block for block in locked().values())


def test_lock_names_no_address() -> None:
    assert not re.search(r"https?:|file:|--(extra-)?index|--find-links", LOCK.read_text(encoding="utf-8"))


@pytest.mark.parametrize("folder", ["cms/assets", "tests/browser", "tests/benchmarks"])
def test_lock_of_npm_packages_has_hashes_and_names_no_address(folder: str) -> None:
    lock = json.loads((ROOT / folder / "package-lock.json").read_text(encoding="utf-8"))
    packages = {name: package for name, package in lock["packages"].items() if name}
    assert all("integrity" in package and "resolved" not in package for package in packages.values())


@pytest.mark.parametrize("word", [*ADDRESSES, *MACHINES])
def test_repository_knows_no_registry_and_no_machine(word: str) -> None:
    assert not {path for path, text in texts().items() if word in text}


def test_ci_is_runnable() -> None:
    assert os.access(ROOT / ".ci" / "run", os.X_OK)


def test_settings_read_the_surroundings_of_this_worker() -> None:
    assert settings.DATA_DIR == DATA_DIR
