"""What is done for good with keys and answers is done by two people, by name."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    Two = tuple[str, str]

TWO = 2
LONGEST_NAME = 70  # signs: whole in a line of the audit trail


class NotTwoError(Exception):
    """Not two people by name; its text says what lacks."""


def two_names(given: Sequence[str], option: str) -> Two:
    """Raises NotTwoError for one person, or the same one twice."""
    names = [" ".join(name.split()) for name in given if name.strip()]
    if len(names) != TWO or names[0].casefold() == names[1].casefold():
        raise NotTwoError(f"To personer trengs: {option} NAVN {option} NAVN. Ingenting er endret.")
    if max(map(len, names)) > LONGEST_NAME:
        raise NotTwoError(f"Et navn kan ha høyst {LONGEST_NAME} tegn. Ingenting er endret.")
    return names[0], names[1]
