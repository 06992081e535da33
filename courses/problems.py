"""What is wrong with a package: everything at once, each with its file and line, in plain words."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.utils.translation import gettext as _


@dataclass(frozen=True, order=True)
class Problem:
    path: str
    line: int  # 0: the file or the page as a whole
    sentence: str

    def __str__(self) -> str:
        if not self.line:
            return f"{self.path}: {self.sentence}"
        return _("%(path)s, linje %(line)d: %(sentence)s") % {
            "path": self.path,
            "line": self.line,
            "sentence": self.sentence,
        }


class PackageError(Exception):
    """The package cannot be taken in or written out. Nothing was changed."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = sorted(set(problems))
        super().__init__("\n".join(str(problem) for problem in self.problems))


@dataclass
class Report:
    """Collects problems while reading goes on."""

    problems: list[Problem] = field(default_factory=list)

    def at(self, path: str, offset: int = 0) -> Place:
        return Place(self, path, offset)

    def raise_if_any(self) -> None:
        if self.problems:
            raise PackageError(self.problems)


@dataclass(frozen=True)
class Place:
    """One file of a report. ``offset`` is the number of lines before the text that is being read."""

    report: Report
    path: str
    offset: int = 0

    def add(self, line: int, sentence: str) -> None:
        self.report.problems.append(Problem(self.path, line + self.offset if line else 0, sentence))

    def after(self, lines: int) -> Place:
        return Place(self.report, self.path, self.offset + lines)
