"""The code on a form of paper. It proves that the sheet is ours and which occasion it is of, and is stored
nowhere when it is printed: six drawn signs, and six that check them.

HMAC-SHA-256 of the drawn ones and the occasion, with a key outside the databases. So no row tells, by what
was written together with it, whose code it is. One in 31⁶ (9 × 10⁸) mistyped codes is another occasion's.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets

from courses.keys import key, keys

SIGNS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # none that looks like another on paper
DRAWN = CHECKING = 6
LENGTH = DRAWN + CHECKING
KEY = "ledger"  # what it keys there begins with another word


def draw(occasion_id: int) -> str:
    """A new one. Raises ImproperlyConfigured without the key file, as whatever is locked with it does."""
    drawn = "".join(secrets.choice(SIGNS) for _ in range(DRAWN))
    return drawn + _checking(key(KEY), drawn, occasion_id)


def is_whole(code: str) -> bool:
    """Whether it looks like one."""
    return len(code) == LENGTH and set(code) <= set(SIGNS)


def is_of(code: str, occasion_id: int) -> bool:
    """Whether we made it, for this occasion. Of what ``is_whole``."""
    checking = [_checking(each, code[:DRAWN], occasion_id) for each in keys(KEY)]
    return any(hmac.compare_digest(each, code[DRAWN:]) for each in checking)


def _checking(secret: bytes, drawn: str, occasion_id: int) -> str:
    digest = hmac.new(secret, f"sheet {occasion_id} {drawn}".encode(), hashlib.sha256).digest()
    number, signs = int.from_bytes(digest), ""
    for _ in range(CHECKING):
        number, sign = divmod(number, len(SIGNS))
        signs += SIGNS[sign]
    return signs
