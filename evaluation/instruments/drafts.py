"""A questionnaire as those who write it see it: the definition, and what its lists of answers are called.

The names of lists are for the editor's rows, YAML and XLSForm alone; whoever answers, seals or scores never
meets them. What stands in a field that its kind does not have is left out, so that a draft is one value
whichever way it came in.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from django.utils.text import slugify

from courses.typed import cleaned
from evaluation.instruments.definition import WITH_CHOICES, Choice, Words
from evaluation.instruments.places import CODE, Fault

if TYPE_CHECKING:
    from evaluation.instruments.definition import Definition, Item

Choices = tuple[Choice, ...]
WITH_ENDS = ("agreement", "zero-to-ten")


@dataclass(frozen=True)
class Draft:
    """``faults`` are those that rows alone can have, and the definition cannot show."""

    definition: Definition
    lists: Mapping[str, Choices] = field(default_factory=dict)
    faults: tuple[Fault, ...] = ()

    def list_names(self) -> dict[Choices, str]:
        """Every list of answers in use with one name each: the given one, or one made of its labels."""
        given = {choices: name for name, choices in reversed(list(self.lists.items()))}
        found: dict[Choices, str] = {}
        taken = set(self.lists)
        for item in self.definition.items:
            if item.choices and item.choices not in found:
                found[item.choices] = given.get(item.choices) or _made_up(item.choices, taken)
                taken.add(found[item.choices])
        return found

    def all_lists(self) -> dict[str, Choices]:
        """Every list by its name: those in use, and those that no item uses yet."""
        used = {name: choices for choices, name in self.list_names().items()}
        return used | {name: choices for name, choices in self.lists.items() if name not in used}

    def says_the_same_as(self, other: Draft) -> bool:
        return self.definition == other.definition and self.all_lists() == other.all_lists()


def _made_up(choices: Choices, taken: set[str]) -> str:
    """«helt-uenig-helt-enig», and the next free number when that is taken."""
    ends = [slugify(choice.label.nb)[:15].strip("-") for choice in (choices[0], choices[-1])]
    name = "-".join(end for end in ends if end)
    name = name if CODE.fullmatch(name) else f"svar-{name}".rstrip("-")
    number, free = 1, name
    while free in taken:
        number += 1
        free = f"{name}-{number}"
    return free


def tidy(text: str) -> str:
    """One spelling of a text, whichever file or form it came from."""
    return unicodedata.normalize("NFC", cleaned(text))


def words(nb: str, nn: str) -> Words:
    """What is the same in both languages is kept as it is: an editor may have looked at it."""
    return Words(tidy(nb), tidy(nn))


def fitting(item: Item) -> Item:
    """The item without what its kind does not have."""
    nothing = Words()
    return replace(
        item,
        choices=item.choices if item.kind in WITH_CHOICES else (),
        low=item.low if item.kind == "number" else 0,
        high=item.high if item.kind == "number" else 0,
        low_end=item.low_end if item.kind in WITH_ENDS else nothing,
        high_end=item.high_end if item.kind in WITH_ENDS else nothing,
    )
