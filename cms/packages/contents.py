"""What a package holds, whichever side it comes from. Language codes are keys: {"nb": …, "nn": …}."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

# part file's word → PartPage field
THREADS = {
    "child-heard": "hears_child",
    "school": "about_school",
    "mental-health": "about_mental_health",
    "kinship": "for_kinship",
}
RUN_SHEET = ("minutes", "title", "do", "ask", "material", "core", "cut_first", "if_hard")
CORE_ELEMENT = ("key", "text")


@dataclass
class Piece:
    """One block of a body. Rich text in ``values`` is canonical Markdown; a picture or document is a
    file name when it comes from a file, a primary key when it comes from a page."""

    kind: str  # the block's name in cms/blocks.py
    values: dict[str, Any]
    id: str = ""  # reflections and home tasks only: notes and «prøvd» hang on it
    line: int = field(default=0, compare=False)


@dataclass
class PartFile:
    slug: str
    position: int
    path: str
    texts: dict[str, dict[str, Any]]  # language → field values of PartPage, ``body`` as pieces


@dataclass
class ModuleFolder:
    slug: str
    number: int
    path: str
    obligatory: bool
    illustration: str
    texts: dict[str, dict[str, Any]]  # language → field values of ModulePage, children as lists of values
    parts: list[PartFile]


@dataclass
class ProgrammeFolder:
    slug: str
    path: str
    row: dict[str, Any]  # field values of courses.Programme
    texts: dict[str, dict[str, Any]]  # language → field values of ProgrammePage
    modules: list[ModuleFolder]
    files: Path  # the folder of pictures and documents


@dataclass
class InfoFile:
    slug: str
    path: str
    texts: dict[str, dict[str, Any]]  # language → field values of InfoPage
    files: Path


@dataclass
class Package:
    """None: the package says nothing of it, so nothing of it is touched."""

    programmes: list[ProgrammeFolder]
    pages: list[InfoFile] | None = None
    numbers: list[dict[str, Any]] | None = None  # field values of HelpNumber, in order
    words: list[dict[str, Any]] | None = None  # field values of Word
