"""Whether scales can be computed from the items they name, and lie where they say."""

from __future__ import annotations

import math
from collections import Counter
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from evaluation.instruments.places import Fault, Where, code_faults

if TYPE_CHECKING:
    from collections.abc import Iterator

    from evaluation.instruments.definition import Definition, Item, Scale

NOT_NUMBERS = ("text", "several")  # kinds that no scale can count


def scale_faults(definition: Definition) -> Iterator[Fault]:
    """Every fault of every scale, where it stands."""
    yield from code_faults(Where("scale", scale.key) for scale in definition.scales)
    for scale in definition.scales:
        where = Where("scale", scale.key)
        yield from (Fault(where, sentence) for sentence in _of_scale(scale, definition))


def span(item: Item) -> tuple[int, int] | None:
    """The least and the greatest number an item gives; None when it gives none, or cannot yet."""
    if item.kind in NOT_NUMBERS:
        return None
    if item.kind == "number":
        return item.low, item.high
    return (min(item.codes), max(item.codes)) if item.codes else None


def possible(scale: Scale, definition: Definition) -> tuple[float, float] | None:
    """The least and the greatest score; None when items are missing or cannot be counted.

    A mean is of those answered, so with items of unlike ranges the extremes are those of the fewest answers
    that still count. A sum is of all of them: one of fewer is prorated, which items of like ranges allow.
    """
    items = [definition.item(key) for key in scale.items]
    spans = [span(item) if item else None for item in items]
    known = [each for each in spans if each is not None]
    if len(known) != len(spans) or not known or not 1 <= scale.min_answered <= len(known):
        return None
    lows, highs = sorted(low for low, _high in known), sorted((high for _low, high in known), reverse=True)
    if scale.method == "sum":
        least, greatest = float(sum(lows)), float(sum(highs))
    else:
        few = scale.min_answered
        least, greatest = sum(lows[:few]) / few, sum(highs[:few]) / few
    return least * scale.multiply, greatest * scale.multiply


def _leaves_its_range(scale: Scale, definition: Definition) -> bool:
    """Whether the sum may stand for items that were not answered, and they could not give the same."""
    items = [definition.item(key) for key in scale.items]
    spans = {span(item) for item in items if item}
    return scale.method == "sum" and scale.min_answered < len(items) and len(spans) > 1


def _of_scale(scale: Scale, definition: Definition) -> Iterator[str]:
    if not scale.title.nb.strip():
        yield _("Navnet på bokmål mangler.")
    yield from _of_scale_items(scale, definition)
    if not 1 <= scale.min_answered <= max(1, len(scale.items)):
        yield _("«Minst så mange besvart» må være fra 1 til %(n)d.") % {"n": max(1, len(scale.items))}
    if not (math.isfinite(scale.multiply) and scale.multiply > 0):
        yield _("«Ganges med» må være større enn null.")
        return
    yield from _of_range(scale, definition)


def _of_scale_items(scale: Scale, definition: Definition) -> Iterator[str]:
    if not scale.items:
        yield _("Skalaen har ingen spørsmål.")
    for key, count in Counter(scale.items).items():
        item = definition.item(key)
        if item is None:
            yield _("Spørsmålet «%s» finnes ikke.") % key
        elif item.kind in NOT_NUMBERS:
            yield _("Spørsmålet «%s» gir ikke et tall, og kan ikke være med i en skala.") % key
        if count > 1:
            yield _("Spørsmålet «%s» står flere ganger.") % key
    for key in scale.reversed:
        if key not in scale.items:
            yield _("«%s» er snudd, men er ikke blant spørsmålene i skalaen.") % key


def _of_range(scale: Scale, definition: Definition) -> Iterator[str]:
    if not (math.isfinite(scale.low) and math.isfinite(scale.high) and scale.low < scale.high):
        yield _("Lavest mulige skår må være lavere enn høyest mulige.")
        return
    found = possible(scale, definition)
    if found and not all(
        math.isclose(one, other, abs_tol=1e-9)
        for one, other in zip(found, (scale.low, scale.high), strict=True)
    ):
        yield _("Skalaen går fra %(low)g til %(high)g, men spørsmålene gir %(least)g til %(greatest)g.") % {
            "low": scale.low,
            "high": scale.high,
            "least": found[0],
            "greatest": found[1],
        }
    if _leaves_its_range(scale, definition):
        yield _(
            "Spørsmålene har ulike tall, og en sum av bare noen av dem kan havne utenfor skalaen."
            " Sett «Minst så mange besvart» til %(n)d."
        ) % {"n": len(scale.items)}
    if list(scale.cut_offs) != sorted(set(scale.cut_offs)):
        yield _("Grensene må stå i stigende rekkefølge.")
    if any(not scale.low < cut <= scale.high for cut in scale.cut_offs):
        yield _("En grense ligger utenfor skalaen.")
