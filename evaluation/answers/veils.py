"""What says that two rows are of one person, or of one household: locked apart in every row.

Equal ids would tell too much by themselves. Who has a row before and none after is somebody of whom the
people database says that she did not answer again; two rows of one household are the only couple of a small
group. So each id lies in its row locked together with something drawn: no two rows look alike, and only who
holds the key file (``courses/keys.py``) can pair the answers, both databases in hand or not. It is another
key than the one that makes the ids: that one goes at the sunset, and the figures outlive it.
"""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from courses.keys import key
from evaluation.answers.keys import NoKeyError
from evaluation.models import Response

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cryptography.hazmat.primitives.ciphers import Cipher
    from cryptography.hazmat.primitives.ciphers.modes import ECB

ID_BYTES = 8
BLOCK = 16  # a block of AES: any two that differ look unrelated
MARK = bytes(2)  # ends every block, so that another key is found out
KEY = "pairs"
SOME = 50  # rows by which another key is found out


def require() -> None:
    """Raises NoKeyError without the key, and with another than what is counted was locked with."""
    unveiled(
        b"".join(map(bytes, Response.objects.exclude(pair_id=None).values_list("pair_id", flat=True)[:SOME]))
    )


def veiled(ids: Iterable[bytes]) -> list[bytes]:
    """16 bytes for each id of 8, never the same twice. Raises NoKeyError without the key."""
    plain = b"".join(each + secrets.token_bytes(BLOCK - ID_BYTES - len(MARK)) + MARK for each in ids)
    locking = _cipher().encryptor()
    locked = locking.update(plain) + locking.finalize()
    return [locked[at : at + BLOCK] for at in range(0, len(locked), BLOCK)]


def unveiled(blocks: bytes) -> bytes:
    """Blocks of 16 one after another, opened: each begins with its id of 8 bytes.

    Raises NoKeyError without the key, and under another than they were locked with: without that
    everybody would seem to have answered once.
    """
    opening = _cipher().decryptor()
    plain = opening.update(blocks) + opening.finalize()
    for place in range(BLOCK - len(MARK), BLOCK):
        if plain[place::BLOCK].strip(b"\0"):
            raise NoKeyError(
                f"Nøkkelen «{KEY}» i {settings.KEY_FILE} er ikke den svarene ble låst med. "
                "Legg den rette tilbake."
            )
    return plain


def ids_of(blocks: Iterable[bytes]) -> list[bytes]:
    """The id in each. Raises as ``unveiled``."""
    plain = unveiled(b"".join(map(bytes, blocks)))
    return [plain[at : at + ID_BYTES] for at in range(0, len(plain), BLOCK)]


def _cipher() -> Cipher[ECB]:
    from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

    # every block is by itself and none is alike another, so that there is nothing to chain
    try:
        return Cipher(algorithms.AES(key(KEY)), modes.ECB())  # noqa: S305
    except (ImproperlyConfigured, OSError) as error:
        raise NoKeyError(str(error)) from error
