"""The code on a form of paper. It proves that the sheet is ours and which occasion it is of, and is stored
nowhere when it is printed: six drawn signs, and six that check them.

HMAC-SHA-256 of the drawn ones, the occasion and its series, with a key outside the databases. So no row
tells, by what was written together with it, whose code it is. One in 31⁶ (9 × 10⁸) mistyped codes is another
occasion's.

Whether a sheet's envelope is here nobody can ask: a row by which its code could be looked up would tell, with
what was written beside it, whose it is. So the series is drawn anew by every restore, which may lack any
envelope, and sheets from before it are known as such and refused. An evening's sheet has no envelope, and
stays good.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from typing import TYPE_CHECKING

from courses.keys import key, keys
from evaluation.models import IdentityMode

if TYPE_CHECKING:
    from evaluation.models import Occasion

SIGNS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # none that looks like another on paper
DRAWN = CHECKING = 6
LENGTH = DRAWN + CHECKING
KEY = "ledger"  # what it keys there begins with another word


def draw(occasion: Occasion) -> str:
    """A new one. Raises ImproperlyConfigured without the key file, as whatever is locked with it does."""
    drawn = "".join(secrets.choice(SIGNS) for _ in range(DRAWN))
    return drawn + _checking(key(KEY), drawn, occasion.pk, _series(occasion))


def is_whole(code: str) -> bool:
    """Whether it looks like one."""
    return len(code) == LENGTH and set(code) <= set(SIGNS)


def is_of(code: str, occasion: Occasion) -> bool:
    """Whether we made it, for this occasion, since the last restore. Of what ``is_whole``."""
    return _is_in(code, occasion, _series(occasion))


def is_from_before(code: str, occasion: Occasion) -> bool:
    """Whether we made it for this occasion before a restore: whose it is may be nowhere any more."""
    return any(_is_in(code, occasion, each) for each in occasion.series_before)


def _series(occasion: Occasion) -> str:
    return occasion.nonce if occasion.identity == IdentityMode.ANONYMOUS else occasion.series


def _is_in(code: str, occasion: Occasion, series: str) -> bool:
    checking = [_checking(each, code[:DRAWN], occasion.pk, series) for each in keys(KEY)]
    return any(hmac.compare_digest(each, code[DRAWN:]) for each in checking)


def _checking(secret: bytes, drawn: str, occasion_id: int, series: str) -> str:
    digest = hmac.new(secret, f"sheet {occasion_id} {series} {drawn}".encode(), hashlib.sha256).digest()
    number, signs = int.from_bytes(digest), ""
    for _ in range(CHECKING):
        number, sign = divmod(number, len(SIGNS))
        signs += SIGNS[sign]
    return signs
