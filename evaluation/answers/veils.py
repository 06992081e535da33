"""What says that two rows are of one person, or of one household: locked apart in every row.

Equal ids would tell too much by themselves. Who has a row before and none after is somebody of whom the
people database says that she did not answer again; two rows of one household are the only couple of a small
group. So each id lies in its row locked together with something drawn: no two rows look alike, and only who
holds the key file (``courses/keys.py``) can pair the answers, both databases in hand or not. It is another
key than the one that makes the ids: that one goes at the sunset, and the figures outlive it. The file may
hold several, the newest first: that one locks, and each opens what it has locked.
"""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError, connections, router

from courses.keys import keys
from evaluation.answers import unpaired
from evaluation.answers.keys import NoKeyError
from evaluation.models import IdentityMode, Occasion, Response

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cryptography.hazmat.primitives.ciphers import Cipher
    from cryptography.hazmat.primitives.ciphers.modes import ECB

ID_BYTES = 8
BLOCK = 16  # a block of AES: any two that differ look unrelated
MARK = bytes(3)  # ends every block, so that another key is found out, and which of several it is
KEY = "pairs"
SOME = 50  # rows by which another key is found out


def require() -> None:
    """Raises NoKeyError without the key, and with another than what is counted was locked with."""
    unveiled(
        b"".join(map(bytes, Response.objects.exclude(pair_id=None).values_list("pair_id", flat=True)[:SOME]))
    )


def is_used() -> bool:
    """Whether answers are locked with a key, so that another would not open them. For whoever may not read
    answers: whether any were counted that are, since the last end of all pairing. False before there are
    tables. Raises OperationalError where the databases do not answer, and LedgerError."""
    try:
        return bool(Response.objects.exclude(pair_id=None).exists())
    except DatabaseError:
        connection = connections[router.db_for_read(Occasion)]
    with connection.cursor() as cursor:
        if Occasion._meta.db_table not in connection.introspection.table_names(cursor):
            return False
    counted = Occasion.objects.filter(identity=IdentityMode.LINKED).exclude(batch=None)
    if day := unpaired.last_day():  # it waits for all sunsets, and nothing is paired after one
        counted = counted.exclude(wave__study__sunset_done_on__lte=day)
    return bool(counted.exists())


def veiled(ids: Iterable[bytes]) -> list[bytes]:
    """16 bytes for each id of 8, never the same twice. Raises NoKeyError without the key."""
    plain = b"".join(each + secrets.token_bytes(BLOCK - ID_BYTES - len(MARK)) + MARK for each in ids)
    locking = _ciphers()[0].encryptor()
    locked = locking.update(plain) + locking.finalize()
    return [locked[at : at + BLOCK] for at in range(0, len(locked), BLOCK)]


def unveiled(blocks: bytes) -> bytes:
    """Blocks of 16 one after another, opened: each begins with its id of 8 bytes.

    Raises NoKeyError without a key, and where none in the file is the one a block was locked with: without
    that everybody would seem to have answered once.
    """
    newest, *older = _ciphers()
    plain = _opened(newest, blocks)
    for cipher in older:
        if _fits(plain):
            break
        plain = _filled(plain, _opened(cipher, blocks))
    if not _fits(plain):
        raise NoKeyError(
            f"Nøkkelen «{KEY}» i {settings.KEY_FILE} er ikke den svarene ble låst med. Legg den rette"
            " tilbake. Er noe låst med den som står der, skal begge stå i en liste, den nyeste først. Er den"
            " tapt for godt: «manage.py seal_keys unpair --lost»."
        )
    return plain


def opens(block: bytes) -> bool:
    """Whether some key in the file is the one it was locked with. Raises NoKeyError without a key."""
    return any(_fits(_opened(cipher, block)) for cipher in _ciphers())


def _opened(cipher: Cipher[ECB], blocks: bytes) -> bytes:
    opening = cipher.decryptor()
    return opening.update(blocks) + opening.finalize()


def _fits(plain: bytes) -> bool:
    """Whether every block has its mark."""
    return not any(plain[place::BLOCK].strip(b"\0") for place in range(BLOCK - len(MARK), BLOCK))


def _filled(plain: bytes, other: bytes) -> bytes:
    """The blocks that have no mark as another key opens them."""
    return b"".join(
        (plain if plain[at : at + BLOCK].endswith(MARK) else other)[at : at + BLOCK]
        for at in range(0, len(plain), BLOCK)
    )


def ids_of(blocks: Iterable[bytes]) -> list[bytes]:
    """The id in each. Raises as ``unveiled``."""
    plain = unveiled(b"".join(map(bytes, blocks)))
    return [plain[at : at + ID_BYTES] for at in range(0, len(plain), BLOCK)]


def _ciphers() -> list[Cipher[ECB]]:
    """Of every key in the file; the first locks."""
    from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

    # every block is by itself and none is alike another, so that there is nothing to chain
    try:
        return [Cipher(algorithms.AES(each), modes.ECB()) for each in keys(KEY)]  # noqa: S305
    except (ImproperlyConfigured, OSError) as error:
        raise NoKeyError(str(error)) from error
