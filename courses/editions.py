"""The words of an edition in one language, kept in the memory of each web process.

An edition never changes but by a corrected wording, and each correction raises ``Edition.wording``. That
number comes fresh with every reader, so no process can show an old wording, and none asks for the words
of a page view again.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any

from django.utils.safestring import mark_safe

from courses.models import EditionModule, PartText

if TYPE_CHECKING:
    from courses.models import Edition, Module

KEPT = 24  # editions × languages; about 0.4 MB each


@dataclass(frozen=True)
class PartWords:
    """A part in the reader's language; its body in Bokmål where Nynorsk is missing."""

    key: str
    pk: int
    number: int  # from 1, within the module
    minutes: int
    title: str
    title_language: str
    ingress: str
    language: str  # of the segments
    revision: int  # of the text that the segments came from
    tasks: list[dict[str, str]]  # id and title of its home tasks
    segments: list[dict[str, Any]]  # never changed in place: they are shared by all readers

    def slots(self, kind: str) -> set[str]:
        """The ids of the slots of one kind."""
        return {segment["id"] for segment in self.segments if segment["kind"] == kind}


@dataclass(frozen=True)
class ModuleWords:
    """A module in the reader's language, with its parts in reading order."""

    module: Module  # with its programme; number, «må være med» and drawing as the edition froze them
    language: str  # of title, ingress and goals
    title: str
    ingress: str
    goals: list[str]
    parts: tuple[PartWords, ...]

    @cached_property
    def by_key(self) -> dict[str, PartWords]:
        return {part.key: part for part in self.parts}


def words_of(edition: Edition, language: str) -> dict[str, ModuleWords]:
    """The modules of an edition by slug, in order. Two queries the first time in a process, then none."""
    return _words(edition.pk, edition.wording, language)


@lru_cache(maxsize=KEPT)
def _words(edition: int, wording: int, language: str) -> dict[str, ModuleWords]:
    parts = _parts(edition, language)
    modules = (
        EditionModule.objects.filter(edition=edition, language__in={"nb", language})
        .select_related("module__programme")
        .defer("evening")
        .order_by("position", "language")  # «nn» after «nb», so that it stays
    )
    return {
        row.module.slug: ModuleWords(
            row.frozen_module, row.language, row.title, row.ingress, row.goals, tuple(parts[row.module_id])
        )
        for row in modules
    }


def _parts(edition: int, language: str) -> dict[int, list[PartWords]]:
    """Parts by module id. A text without words is not written in its language: only its heading is used."""
    rows = (
        PartText.objects.filter(part__edition=edition, language__in={"nb", language})
        .select_related("part")
        .order_by("part__position", "language")
    )
    texts: dict[int, dict[str, PartText]] = defaultdict(dict)
    for text in rows:
        texts[text.part_id][text.language] = text
    parts: dict[int, list[PartWords]] = defaultdict(list)
    for by_language in texts.values():
        heading = by_language.get(language) or by_language["nb"]
        body = heading if heading.segments else by_language["nb"]
        parts[heading.part.module_id].append(_part(heading, body))
    return parts


def _part(heading: PartText, body: PartText) -> PartWords:
    segments = [
        segment | {"html": mark_safe(segment["html"])}  # noqa: S308 - washed at publishing (cms/rendering.py)
        for segment in body.segments
    ]
    return PartWords(
        key=heading.part.key,
        pk=heading.part_id,
        number=heading.part.position,
        minutes=heading.part.minutes,
        title=heading.title,
        title_language=heading.language,
        ingress=heading.ingress,
        language=body.language,
        revision=body.revision,
        tasks=body.tasks,
        segments=segments,
    )


def forget_words() -> None:
    """Empties this process's memory of editions. For tests, where ids come back with other rows."""
    _words.cache_clear()
