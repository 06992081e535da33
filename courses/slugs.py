"""Norwegian names in addresses."""

from __future__ import annotations

LETTERS = str.maketrans({"æ": "ae", "ø": "o", "å": "a"})


def in_plain_letters(name: str) -> str:
    """«Storøy» → «storoy»: small letters, and none of ours alone."""
    return name.lower().translate(LETTERS)
