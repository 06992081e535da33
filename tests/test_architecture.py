"""The house stands as drawn: arrows point one way, rooms stay small, the top level stays short."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
APPS = ("courses", "evaluation", "cms")

# What may be imported in some places only. templates ⇢ cms → evaluation → courses, and nothing imports tests.
ONLY_IN = {
    "tests": (),
    "cms": ("cms/",),
    "wagtail": ("cms/",),
    "wagtailmedia": ("cms/",),
    "evaluation": ("evaluation/", "cms/"),
    "pandas": ("evaluation/releases/exports/sav_files.py",),
    "docx": ("courses/documents/", "evaluation/documents/", "evaluation/releases/"),
}
# Rules and numbers that need no Django to be understood or tested.
PURE = (
    "courses/progress.py",
    "courses/documents/prose.py",
    "evaluation/figures/scoring.py",
    "evaluation/figures/statistics.py",
    "evaluation/figures/disclosure.py",
)
TOP_LEVEL = {
    *("manage.py", "pyproject.toml", "requirements.lock", "Makefile", "README.md", "LICENSE"),
    *("courses", "evaluation", "cms", "templates", "fixtures", "tests", "docs", "deploy"),
    "var",  # made, not kept
}
NOT_ROOMS = {"utils.py", "helpers.py", "services"}
FILE_LINES, FUNCTION_LINES = 300, 40
# path, or path:function, → why it may be longer. Empty is how it should be.
LONGER: dict[str, str] = {
    "cms/settings.py": "one settings file, driven by the environment, is the decision (design §3)",
}


def sources() -> dict[str, str]:
    """Every Python file of the apps by its path; migrations are Django's."""
    paths = [path for app in APPS for path in (ROOT / app).rglob("*.py")]
    kept = [path for path in paths if not {"migrations", "node_modules"} & set(path.parts)]
    return {path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8") for path in kept}


def imported(source: str) -> set[str]:
    """Top-level names that a module imports, wherever in the file; relative imports stay at home."""
    nodes = list(ast.walk(ast.parse(source)))
    plain = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    from_ = {
        node.module for node in nodes if isinstance(node, ast.ImportFrom) and node.module and not node.level
    }
    return {name.split(".")[0] for name in plain | from_}


@pytest.mark.parametrize("package", ONLY_IN)
def test_imports_point_down(package: str) -> None:
    wrong = {path for path, source in sources().items() if package in imported(source)}
    assert not {path for path in wrong if not path.startswith(ONLY_IN[package])}


def test_rules_and_numbers_are_pure() -> None:
    present = {path: source for path, source in sources().items() if path in PURE}
    assert not {path for path, source in present.items() if imported(source) & {"django", "pandas"}}


def test_files_are_short() -> None:
    lines = {path: source.count("\n") for path, source in sources().items()}
    assert not {path: count for path, count in lines.items() if count > FILE_LINES and path not in LONGER}


def test_functions_are_short() -> None:
    lengths = {
        f"{path}:{node.name}": node.end_lineno - node.lineno + 1
        for path, source in sources().items()
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno
    }
    assert not {
        name: count for name, count in lengths.items() if count > FUNCTION_LINES and name not in LONGER
    }


def test_every_exception_is_still_needed() -> None:
    assert all(reason for reason in LONGER.values())
    assert {name.split(":")[0] for name in LONGER} <= set(sources())


def test_top_level_is_what_the_readme_draws() -> None:
    present = {path.name for path in ROOT.iterdir() if not path.name.startswith(".")}
    assert present - {"__pycache__"} <= TOP_LEVEL


def test_rooms_are_named_for_what_they_hold() -> None:
    assert not {path for path in sources() if NOT_ROOMS & set(Path(path).parts)}
