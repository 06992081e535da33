"""What the documents are made of: an edition's modules in one language, with the facilitator's layer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from courses.documents.prose import Block, Exercise, blocks_of, exercises_in
from courses.editions import words_of
from courses.models import EditionModule

if TYPE_CHECKING:
    from collections.abc import Iterable

    from courses.editions import ModuleWords, PartWords
    from courses.models import Edition

EveningOf = dict[str, Any]  # EditionModule.evening


@dataclass(frozen=True)
class Point:
    """One point of the minute plan."""

    minutes: int
    title: str
    do: str
    ask: tuple[str, ...]
    material: str
    core: str  # the core element it covers, in words
    cut_first: bool
    if_hard: str


@dataclass(frozen=True)
class Task:
    """What families try at home."""

    title: str
    blocks: list[Block]
    language: str


@dataclass(frozen=True)
class ModuleMaterial:
    """A module for whoever leads its evening. ``language`` is that of title, ingress and goals."""

    module: int  # its id
    number: int
    title: str
    ingress: str
    goals: list[str]
    language: str
    points: tuple[Point, ...]
    materials: list[str]
    core_elements: list[str]
    plan_language: str  # of the plan, the materials and the core elements
    exercises: list[tuple[Exercise, str]]  # with their language
    tasks: list[Task]

    @property
    def minutes(self) -> int:
        return sum(point.minutes for point in self.points)


def material_of(edition: Edition, language: str) -> list[ModuleMaterial]:
    """Every module in order, in Bokmål where Nynorsk is missing. One query, and the edition's words."""
    layers: dict[int, dict[str, EveningOf]] = {}
    rows = EditionModule.objects.filter(edition=edition, language__in={"nb", language})
    for module, code, evening in rows.values_list("module_id", "language", "evening"):
        layers.setdefault(module, {})[code] = evening
    return [
        _module(words, layers[words.module.pk], language) for words in words_of(edition, language).values()
    ]


def _module(words: ModuleWords, layers: dict[str, EveningOf], language: str) -> ModuleMaterial:
    evening, plan_language = _in_language(layers, language)
    cores = {core["key"]: core["text"] for core in evening.get("core_elements", [])}
    return ModuleMaterial(
        module=words.module.pk,
        number=words.module.number,
        title=words.title,
        ingress=words.ingress,
        goals=words.goals,
        language=words.language,
        points=tuple(_point(item, cores) for item in evening.get("plan", [])),
        materials=list(evening.get("materials", [])),
        core_elements=list(cores.values()),
        plan_language=plan_language,
        exercises=list(_exercises(words.parts)),
        tasks=list(_tasks(words.parts)),
    )


def _in_language(layers: dict[str, EveningOf], language: str) -> tuple[EveningOf, str]:
    """A plan nobody has written in Nynorsk was frozen as a copy of the Bokmål one (cms/publishing.py)."""
    own, bokmal = layers.get(language, {}), layers.get("nb", {})
    if own.get("plan") and (language == "nb" or own != bokmal):
        return own, language
    return bokmal or own, "nb"


def _point(item: dict[str, Any], cores: dict[str, str]) -> Point:
    return Point(
        minutes=item["minutes"],
        title=item["title"],
        do=item.get("do", ""),
        ask=tuple(item.get("ask", ())),
        material=item.get("material", ""),
        core=cores.get(item.get("core", ""), ""),
        cut_first=bool(item.get("cut_first")),
        if_hard=item.get("if_hard", ""),
    )


def _exercises(parts: Iterable[PartWords]) -> Iterable[tuple[Exercise, str]]:
    for part in parts:
        for segment in part.segments:
            if segment["kind"] == "html":
                yield from ((exercise, part.language) for exercise in exercises_in(segment["html"]))


def _tasks(parts: Iterable[PartWords]) -> Iterable[Task]:
    for part in parts:
        for segment in part.segments:
            if segment["kind"] == "home_task":
                yield Task(segment["title"], blocks_of(segment["html"]), part.language)
