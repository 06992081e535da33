"""The minute plan of an evening, from the facilitator's layer of the group's own edition."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.utils import timezone
from django.utils.translation import get_language

from courses.models import EditionModule

if TYPE_CHECKING:
    from courses.models import Evening


@dataclass(frozen=True)
class RunSheetRow:
    """One point of the plan with its slot."""

    number: int  # from 1
    starts_at: datetime  # local time
    ends_at: datetime
    minutes: int
    title: str
    do: str = ""
    ask: tuple[str, ...] = ()
    material: str = ""
    core: str = ""  # key of the core element it covers
    core_text: str = ""
    cut_first: bool = False
    if_hard: str = ""


@dataclass(frozen=True)
class CoreElement:
    """What must happen for the evening to be this evening, and the last point of the plan that covers it."""

    key: str
    text: str
    point: RunSheetRow | None = None


@dataclass(frozen=True)
class RunSheet:
    """The plan in one language. Empty rows: the edition has no plan for this module."""

    number: int  # of the module
    title: str
    language: str  # of title and plan
    hue: str
    rows: tuple[RunSheetRow, ...]
    materials: tuple[str, ...]
    core_elements: tuple[CoreElement, ...]

    def row_at(self, when: datetime) -> RunSheetRow | None:
        """Where one should be; None before the evening and after it."""
        moment = when.timestamp()  # two clock times of one zone compare wrongly on the night clocks go back
        return next(
            (row for row in self.rows if row.starts_at.timestamp() <= moment < row.ends_at.timestamp()), None
        )

    @property
    def cuts(self) -> tuple[RunSheetRow, ...]:
        return tuple(row for row in self.rows if row.cut_first)


def run_sheet_of(evening: Evening, language: str | None = None) -> RunSheet:
    """The plan for an evening, in Bokmål where Nynorsk is missing. One query; reads group and module too
    unless fetched with the evening (``group``, ``module__programme``).
    """
    wanted = language or get_language()
    rows = {
        row.language: row
        for row in EditionModule.objects.filter(
            edition=evening.group.edition_id, module=evening.module_id, language__in={"nb", wanted}
        ).only("language", "title", "position", "evening")
    }
    chosen = rows.get(wanted)
    if chosen is None or not chosen.evening.get("plan"):
        chosen = rows.get("nb") or chosen
    if chosen is None:
        return RunSheet(evening.module.number, str(evening.module), "nb", evening.module.hue, (), (), ())
    return _run_sheet(evening, chosen)


def _run_sheet(evening: Evening, words: EditionModule) -> RunSheet:
    data: dict[str, Any] = words.evening
    texts = {core["key"]: core["text"] for core in data.get("core_elements", [])}
    rows = _slots(evening.starts_at, data.get("plan", []), texts)
    points = {row.core: row for row in rows if row.core}
    evening.module.number = words.position  # as the edition froze it
    return RunSheet(
        number=words.position,
        title=words.title,
        language=words.language,
        hue=evening.module.hue,
        rows=rows,
        materials=tuple(data.get("materials", [])),
        core_elements=tuple(CoreElement(key, text, points.get(key)) for key, text in texts.items()),
    )


def _slots(begins: datetime, plan: list[dict[str, Any]], texts: dict[str, str]) -> tuple[RunSheetRow, ...]:
    rows: list[RunSheetRow] = []
    for number, item in enumerate(plan, 1):
        ends = begins + timedelta(minutes=item["minutes"])
        rows.append(
            RunSheetRow(
                number=number,
                starts_at=timezone.localtime(begins),
                ends_at=timezone.localtime(ends),
                minutes=item["minutes"],
                title=item["title"],
                do=item.get("do", ""),
                ask=tuple(item.get("ask", ())),
                material=item.get("material", ""),
                core=item.get("core", ""),
                core_text=texts.get(item.get("core", ""), ""),
                cut_first=bool(item.get("cut_first")),
                if_hard=item.get("if_hard", ""),
            )
        )
        begins = ends
    return tuple(rows)
