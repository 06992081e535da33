"""What a sealed answer looks like: JSON, padded to one length for a whole occasion, in a sealed box.

Everybody's box at an occasion is equally long, so that its length says nothing of what is in it: 8 KiB, or
the next multiple when the questionnaires leave room for more text than that.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from evaluation.instruments.definition import LONGEST_TEXT

if TYPE_CHECKING:
    from collections.abc import Iterable

    from evaluation.instruments.definition import Definition

STEP = 8_192  # bytes
ADDED = 48  # by the sealing: a key of its own for each box, and its seal
AROUND = 600  # bytes of what travels beside the answers: salts, ids, and the names of these
LONGEST_SIGN = 4  # bytes of a sign in UTF-8; quotes, backslashes and line ends take two


class UnopenableError(Exception):
    """The box was not sealed for this key, or is not whole."""


def size(definitions: Iterable[Definition]) -> int:
    """Bytes of every box at an occasion that asks these: room for the longest form there can be."""
    longest = AROUND + sum(_longest(definition) for definition in definitions)
    return STEP * -(-(longest + ADDED) // STEP)


def _longest(definition: Definition) -> int:
    texts = len(definition.text_items) * LONGEST_TEXT * LONGEST_SIGN
    keys = sum(len(item.key) + 8 for item in definition.items)
    codes = sum(8 * max(1, len(item.choices)) + 8 for item in definition.coded_items)
    return 60 + texts + keys + codes


def room_for(content: dict[str, Any]) -> int:
    """Bytes of a box that is no answer's: as few steps as hold ``content``."""
    return STEP * -(-(len(_plain(content)) + ADDED) // STEP)


def _plain(content: dict[str, Any]) -> bytes:
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()


def seal(public_key: bytes, content: dict[str, Any], length: int) -> bytes:
    """A box of exactly ``length`` bytes that the private half of the key alone opens.

    Raises ValueError when the content does not fit: answers that nobody has checked.
    """
    from nacl.public import PublicKey, SealedBox

    plain = _plain(content)
    room = length - ADDED
    if len(plain) > room:
        raise ValueError(f"{len(plain)} bytes do not fit in {room}")
    return bytes(SealedBox(PublicKey(public_key)).encrypt(plain.ljust(room)))


def open_box(private_key: bytes, box: bytes) -> dict[str, Any]:
    """What was sealed. Raises UnopenableError."""
    from nacl.exceptions import CryptoError
    from nacl.public import PrivateKey, SealedBox

    try:
        content = json.loads(SealedBox(PrivateKey(private_key)).decrypt(bytes(box)))
    except (CryptoError, ValueError, RecursionError) as error:
        raise UnopenableError from error
    if not isinstance(content, dict):
        raise UnopenableError
    return content


def new_private_key() -> bytes:
    from nacl.public import PrivateKey

    return bytes(PrivateKey.generate())


def public_half(private_key: bytes) -> bytes:
    from nacl.public import PrivateKey

    return bytes(PrivateKey(private_key).public_key)
