"""«Vis hvis»: whether every condition can come true. A path that nobody can walk is a fault."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from evaluation.instruments.places import Fault, Where

if TYPE_CHECKING:
    from collections.abc import Iterator

    from evaluation.instruments.definition import Condition, Definition, Item


def condition_faults(definition: Definition) -> Iterator[Fault]:
    """An item is reached when the item its condition names is reached and can be answered so.

    Each item has one condition on an earlier one, so a chain asks every item on its way for one answer
    only, and the chain is open when each link is.
    """
    earlier: dict[str, Item] = {}
    dead: set[str] = set()
    for item in definition.items:
        if item.show_if is not None:
            where = Where("item", item.key)
            later = {each.key for each in definition.items} - set(earlier)
            sentences = list(_of_link(item.show_if, earlier, later))
            if item.show_if.item in dead:
                dead.add(item.key)
                sentences = [
                    _("Vises aldri, fordi spørsmålet «%s» aldri vises.") % item.show_if.item,
                    *sentences,
                ]
            elif sentences and not _can_come_true(item.show_if, earlier):
                dead.add(item.key)
            yield from (Fault(where, sentence) for sentence in sentences)
        earlier.setdefault(item.key, item)


def _of_link(condition: Condition, earlier: dict[str, Item], later: set[str]) -> Iterator[str]:
    asked = earlier.get(condition.item)
    if asked is None:
        yield (
            _("Vises aldri: «vis hvis» viser til «%s», som ikke kommer før dette spørsmålet.")
            if condition.item in later
            else _("Vises aldri: «vis hvis» viser til «%s», som ikke finnes.")
        ) % condition.item
    elif asked.kind == "text":
        yield _("Vises aldri: «vis hvis» kan ikke vise til «%s», som er en tekst.") % condition.item
    elif not condition.any_of:
        yield _("Vises aldri: «vis hvis» mangler hvilke svar på «%s» som gjelder.") % condition.item
    elif strange := [code for code in condition.any_of if not can_be_answered(asked, code)]:
        sentence = (
            _("«Vis hvis» viser til svar «%(item)s» ikke har: %(codes)s.")
            if len(strange) < len(condition.any_of)
            else _("Vises aldri: «%(item)s» kan ikke besvares med %(codes)s.")
        )
        yield sentence % {"item": condition.item, "codes": ", ".join(map(str, strange))}


def _can_come_true(condition: Condition, earlier: dict[str, Item]) -> bool:
    asked = earlier.get(condition.item)
    return asked is not None and any(can_be_answered(asked, code) for code in condition.any_of)


def can_be_answered(item: Item, code: int) -> bool:
    """Whether the code is an answer to the item; a text has none."""
    if item.kind == "number":
        return item.low <= code <= item.high
    return code in item.codes and item.kind != "text"
