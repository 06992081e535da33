"""Questionnaires in and out as files: a folder of YAML and XLSForm ⇄ rows. Loading is all or nothing."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from courses.problems import PackageError, Problem
from evaluation.instruments import rows, xlsform_reading, yaml_files, yaml_writing
from evaluation.instruments.drafts import Draft
from evaluation.models.guards import FrozenError
from evaluation.models.instruments import Instrument, InstrumentVersion

if TYPE_CHECKING:
    from pathlib import Path
    from typing import Literal

    Change = Literal["created", "changed", "unchanged"]

READ = (".yaml", ".yml", ".xlsx", ".xls")  # the last to say what it must be saved as


@dataclass
class Outcome:
    """How many questionnaires were new, changed, and as before."""

    created: int = 0
    changed: int = 0
    unchanged: int = 0


def load(folder: Path) -> Outcome:
    """Every questionnaire of a folder. Raises PackageError with every fault of every file."""
    outcome, problems = Outcome(), list[Problem]()
    with transaction.atomic():
        for name, draft in _drafts(folder):
            try:
                change = store(draft)[1]
            except FrozenError as error:
                problems.append(Problem(name, 0, sent_already(draft, error)))
            else:
                setattr(outcome, change, getattr(outcome, change) + 1)
        if problems:
            raise PackageError(problems)
    return outcome


def _drafts(folder: Path) -> list[tuple[str, Draft]]:
    problems: list[Problem] = []
    drafts: list[tuple[str, Draft]] = []
    for path in sorted(folder.iterdir()) if folder.is_dir() else []:
        if path.suffix.lower() in READ:
            try:
                drafts.append((path.name, read(path.name, path.read_bytes())))
            except PackageError as error:
                problems += error.problems
    if not drafts and not problems:
        problems.append(Problem(str(folder), 0, _("Mappa har ingen skjemaer, verken .yaml eller .xlsx.")))
    if problems:
        raise PackageError(problems)
    return drafts


def read(name: str, content: bytes) -> Draft:
    """By the file's ending. Raises PackageError."""
    if name.lower().endswith((".xlsx", ".xls")):
        return xlsform_reading.read(content, name)
    return yaml_files.of_bytes(content, name)


def sent_already(draft: Draft, error: FrozenError) -> str:
    """What to do about a file that would change what was sent."""
    return _("Versjon %(n)d av «%(key)s»: %(why)s") % {
        "n": draft.definition.version,
        "key": draft.definition.key,
        "why": error,
    }


@transaction.atomic
def store(draft: Draft, *, as_next: bool = False) -> tuple[InstrumentVersion, Change]:
    """The draft's version, made or made to say what the draft says.

    Raises FrozenError when that version was sent and says something else; ``as_next`` makes it the newest
    draft instead, whatever number the file has.
    """
    instrument, _made = Instrument.objects.get_or_create(key=draft.definition.key)
    versions = InstrumentVersion.objects.filter(instrument=instrument).order_by("number")
    if as_next:
        newest = versions.last()
        number = 1 if newest is None else newest.number + (newest.frozen_at is not None)
        draft = replace(draft, definition=replace(draft.definition, version=number))
    version = versions.filter(number=draft.definition.version).first()
    if version is None:
        version = InstrumentVersion(instrument=instrument, number=draft.definition.version)
        change: Change = "created"
    else:
        change = "unchanged" if of_version(version).says_the_same_as(draft) else "changed"
    if change != "unchanged":
        rows.write(version, draft)
    return version, change


def of_version(version: InstrumentVersion) -> Draft:
    """What was sent, or what the editor's rows say; with the names of its lists of answers."""
    draft = rows.read(version)
    return draft if version.definition is None else Draft(version.frozen, draft.lists)


def export(folder: Path) -> list[Path]:
    """Every version as a YAML file: the newest by its key alone, older ones with their number."""
    folder.mkdir(parents=True, exist_ok=True)
    written, newest = [], dict[str, int]()
    versions = InstrumentVersion.objects.select_related("instrument").order_by("instrument__key", "-number")
    for version in versions:
        key = version.instrument.key
        old = newest.setdefault(key, version.number) != version.number
        path = folder / (f"{key}.{version.number}.yaml" if old else f"{key}.yaml")
        path.write_text(yaml_writing.text_of(of_version(version)), encoding="utf-8")
        written.append(path)
    return written
