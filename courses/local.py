"""What differs between municipalities: the places that texts leave for a number or a note."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Value
from django.utils.translation import get_language

from courses.models import Fact, HelpNumber
from courses.models.facts import tel_of

if TYPE_CHECKING:
    from collections.abc import Iterable


def local_facts(keys: Iterable[str], municipality: int | None) -> dict[str, list[dict[str, Any]]]:
    """The municipality's (by its id) number, or else its note, under each key. One query; none without keys.

    A key that nothing is known about is left out.
    """
    wanted = {"municipality": municipality, "key__in": set(keys)}
    if municipality is None or not wanted["key__in"]:
        return {}
    nothing = Value("")
    numbers = HelpNumber.objects.filter(**wanted).order_by()
    notes = Fact.objects.filter(**wanted).order_by()
    rows = numbers.values_list("key", "number", "label", "label_nn", "hours", "hours_nn", "is_example").union(
        notes.values_list("key", nothing, "text", "text_nn", nothing, nothing, Value(False)), all=True
    )
    found: dict[str, list[dict[str, Any]]] = {}
    nynorsk = get_language() == "nn"
    for key, number, label, label_nn, hours, hours_nn, example in sorted(rows, key=lambda row: not row[1]):
        fact = {
            "label": (nynorsk and label_nn) or label,
            "number": number,
            "tel": tel_of(number),
            "note": (nynorsk and hours_nn) or hours,
            "example": bool(example),
        }
        if number or key not in found:
            found.setdefault(key, []).append(fact)
    return found
