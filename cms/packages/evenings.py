"""The facilitator's layer: ``evening`` in module.yaml ⇄ the field values of ModulePage."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from cms.checks import run_sheet_problems
from cms.models import CoreElement, ModulePage, RunSheetItem
from cms.packages.contents import CORE_ELEMENT, RUN_SHEET
from cms.rendering import lines_of
from courses.yamls import Key, Lined, checked, texts_of

if TYPE_CHECKING:
    from courses.problems import Place

EVENING_KEYS = {
    "minutes": Key(int, ModulePage._meta.get_field("evening_minutes")),
    "plan": Key(list),
    "materials": Key(list),
    "core_elements": Key(list),
}
ITEM_TYPES = {"minutes": int, "ask": list, "cut_first": bool}
ITEM_KEYS = {
    name: Key(ITEM_TYPES.get(name, str), None if name == "ask" else RunSheetItem._meta.get_field(name))
    for name in RUN_SHEET
}
CORE_KEYS = {name: Key(str, CoreElement._meta.get_field(name)) for name in CORE_ELEMENT}


def read_evening(data: Any, place: Place, line: int) -> dict[str, Any]:
    """Field values of ModulePage. What is wrong goes to ``place``."""
    evening = checked(data, EVENING_KEYS, place, line) if data is not None else Lined()
    plan = [_item(item, place, evening.line_of("plan")) for item in evening.get("plan", [])]
    cores = [
        dict(checked(core, CORE_KEYS, place, evening.line_of("core_elements")))
        for core in evening.get("core_elements", [])
    ]
    minutes = evening.get("minutes", 0)
    if minutes and all("minutes" in item for item in plan):
        for sentence in run_sheet_problems([item["minutes"] for item in plan], minutes):
            place.add(evening.line_of("minutes"), sentence)
    if data is not None and not plan:
        place.add(line, _("Kveldsplanen er tom."))
    _check_cores(plan, [core.get("key", "") for core in cores], place, evening)
    materials = texts_of(evening.get("materials"), "materials", place, evening.line_of("materials"))
    return {
        "evening_minutes": minutes,
        "materials": "\n".join(materials),
        "run_sheet": plan,
        "core_elements": cores,
    }


def _item(data: Any, place: Place, line: int) -> dict[str, Any]:
    item = checked(data, ITEM_KEYS, place, line)
    return {**item, "ask": "\n".join(texts_of(item.get("ask"), "ask", place, item.line_of("ask")))}


def _check_cores(plan: list[dict[str, Any]], keys: list[str], place: Place, evening: Lined) -> None:
    """The plan's core elements exist, and no key stands twice: adherence is counted by key."""
    if len(set(keys)) < len(keys):
        place.add(evening.line_of("core_elements"), _("Et kortnavn på et kjerneelement er brukt to ganger."))
    for item in plan:
        if (core := item.get("core")) and core not in keys:
            sentence = _("«%(title)s» viser til kjerneelementet «%(core)s», som ikke finnes i core_elements.")
            place.add(evening.line_of("plan"), sentence % {"title": item.get("title", ""), "core": core})


def written_evening(content: dict[str, Any]) -> dict[str, Any]:
    """``evening`` as it stands in the file, from field values of ModulePage."""
    return {
        "minutes": content["evening_minutes"],
        "plan": [{**item, "ask": lines_of(item["ask"])} for item in content["run_sheet"]],
        "materials": lines_of(content["materials"]),
        "core_elements": content["core_elements"],
    }
