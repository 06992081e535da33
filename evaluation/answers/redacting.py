"""Takes out of a text who it is about: the names of those in the group, addresses, and long numbers.

A name is taken in any case, whole words only, with what Norwegian hangs on to it («Olas», «Jonas’»,
«Ola-gutten», «Olaen», «Vikfamilien»). The choice is safety: a «Dag» in the group costs every «dag» in its
texts, and a date written with eight digits goes with the telephone numbers. What is spared is the definite
forms, in small letters, of names that are also everyday words: «dagen», «livet», «berget».

Not found: nicknames, names of people who are not in the group, and who a story is about when nobody is named.
That is why every text field asks for no names, and why texts go to nobody but the research partner.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

NAME, NUMBER = "[navn]", "[nummer]"
SHORTEST = 2  # letters of a name
# parts of names that alone name nobody, and are words of every text
PARTICLES = "af al av da de del den der di du el en et i la le og ten ter van von zu"
# names that are also everyday words: «livet» and «dagen» in small letters are not about them
WORDS = """
    alv arne ask aud bakk bakke bakken berg birk bjørk bjørn bo bjerk brekk bru dag dahl dal dalen eik eli
    eng even fjell foss frost gard gro grønn gull hagen hammer haug hav hjelm holm holt horn krog lie lin liv
    lund lys løv mai mo moe myr nes odd ro rose ruud rød sand sol stein storm strand sund svan ulv unn vang
    vik vold vår ås øy ørn
"""
NAMES_NOBODY, ARE_WORDS = frozenset(PARTICLES.split()), frozenset(WORDS.split())
GENITIVE = r"(?:['’`´]?s|s['’`´]|['’`´])"
DEFINITE = r"(?:['’-]?(?:en|et|a|n|ane|ene|er|ar|erne|arne))s?"
FOLDED = {
    "å": ("aa", "a"),
    "ø": ("oe", "o"),
    "æ": ("ae", "e"),
    "ö": ("ø", "o"),
    "ä": ("æ", "a"),
    "ü": ("y", "u"),
}
# signs that are not seen, in which a name could hide: soft hyphens, joiners, directions, variants, tags
_UNSEEN = """00ad 034f 061c 115f-1160 17b4-17b5 180b-180f 200b-200f 202a-202e 2060-206f 3164 fe00-fe0f feff
    ffa0 fff9-fffb e0000-e0fff"""
UNSEEN = {
    sign: None
    for first, _, last in (each.partition("-") for each in _UNSEEN.split())
    for sign in range(int(first, 16), int(last or first, 16) + 1)
}
# a word of letters and numbers: «_» is a sign beside it, as a space is
BEGINS, ENDS = r"(?<![^\W_])", r"(?![^\W_])"
MAIL = re.compile(r"[\w.+%-]+\s?@\s?[\w-]+(?:\.[\w-]+)+")
LONG_NUMBER = re.compile(BEGINS + r"(?:\+|\()?\d(?:[ .()/\-\u00a0\u2009]{0,2}\d){7,}")
SEVERAL = re.compile(rf"{re.escape(NAME)}(?:[\s_-]+{re.escape(NAME)})+")


def redact(text: str, names: Iterable[str]) -> str:
    """The text without names and numbers. ``names``: whole names as they are registered, or parts of them."""
    text = _as_seen(text)
    text = LONG_NUMBER.sub(NUMBER, MAIL.sub(NAME, text))
    pattern = _pattern(frozenset(names))
    if pattern is None:
        return text
    return SEVERAL.sub(NAME, pattern.sub(_taken, text))


def _as_seen(text: str) -> str:
    """Unseen signs first: one between a letter and its accent keeps them apart."""
    return unicodedata.normalize("NFC", text.translate(UNSEEN))


def _taken(found: re.Match[str]) -> str:
    """A definite form in small letters of a name that is an everyday word is that word."""
    word, ending = found["name"], found["ending"] or ""
    is_word = word.casefold() in ARE_WORDS and word.islower() and re.fullmatch(DEFINITE, ending)
    return found[0] if is_word else NAME


@lru_cache(maxsize=64)
def _pattern(names: frozenset[str]) -> re.Pattern[str] | None:
    parts = sorted({part for name in names for part in _parts(name)}, key=lambda part: (-len(part), part))
    if not parts:
        return None
    either = "|".join(map(re.escape, parts))
    ending = rf"(?P<ending>{GENITIVE}|{DEFINITE}|s?famili\w*)?"
    return re.compile(rf"{BEGINS}(?P<name>{either}){ending}(?:-\w+)*{ENDS}", re.IGNORECASE)


def _parts(name: str) -> set[str]:
    """The words of a name, as they may be spelt."""
    words = {word.strip("'’.").casefold() for word in re.split(r"[\s\-,/_]+", _as_seen(name))}
    kept = {word for word in words if len(word) >= SHORTEST and word not in NAMES_NOBODY}
    return {spelt for word in kept for spelt in _spellings(word)}


def _spellings(word: str) -> set[str]:
    spellings = {word}
    for sign, others in FOLDED.items():
        spellings |= {known.replace(sign, other) for known in spellings for other in others}
    spellings |= {known.replace("aa", "å") for known in spellings}
    return spellings | {_without_accents(known) for known in spellings}


def _without_accents(word: str) -> str:
    kept = (sign if sign in "åøæ" else unicodedata.normalize("NFD", sign)[0] for sign in word)
    return "".join(kept)
