"""What somebody typed, without what no one types."""

from __future__ import annotations

import unicodedata

NOT_TYPED = ("Cc", "Cs")  # control characters, and halves of signs


def cleaned(text: str) -> str:
    """The text with plain line ends, and without control characters, lone surrogates and what Unicode has
    promised will never be a sign: no XML file could hold it."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(sign for sign in text if sign in "\n\t" or _is_sign(sign)).strip()


def _is_sign(sign: str) -> bool:
    code = ord(sign)
    never = code & 0xFFFE == 0xFFFE or 0xFDD0 <= code <= 0xFDEF
    return not never and unicodedata.category(sign) not in NOT_TYPED
