"""Words on their way into a file: without what no file can hold, and never a formula."""

from __future__ import annotations

import re
import unicodedata

# what spreadsheets take for the start of a formula, also in full width; after quotes and blanks too
STARTS_A_FORMULA = re.compile(r"[\s'\"`´’‘“”«»]*[=+\-@|%＝＋－＠｜]")
NOT_IN_A_FILE = re.compile(r"[^\t\n\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]|[\u007f-\u009f]")


def plain(text: str) -> str:
    """Without control characters, lone surrogates and what XML may not hold; with plain line ends."""
    lines = unicodedata.normalize("NFC", text).replace("\r\n", "\n").replace("\r", "\n")
    return NOT_IN_A_FILE.sub("", lines).strip()


def one_line(text: str) -> str:
    return " ".join(plain(text).split())


def never_a_formula(text: str) -> str:
    """For csv, where a cell has no type: with an apostrophe first if a spreadsheet would calculate it."""
    kept = plain(text)
    return f"'{kept}" if STARTS_A_FORMULA.match(kept) else kept


def wrapped(text: str, most: int) -> list[str]:
    """Lines of at most ``most`` bytes of UTF-8; a longer word is cut."""
    lines = [""]
    for word in (shortened(each, most) for each in plain(text).split()):
        longer = f"{lines[-1]} {word}".strip()
        if len(longer.encode()) <= most:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def shortened(text: str, most: int) -> str:
    """At most ``most`` bytes of UTF-8, on one line: SPSS counts bytes."""
    kept = one_line(text)
    if len(kept.encode()) <= most:
        return kept
    return kept.encode()[: most - len("…".encode())].decode(errors="ignore").rstrip() + "…"
