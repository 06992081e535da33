"""Private notes: sealed with a key per adult, which is itself wrapped by one outside the databases.

AES-256-GCM. The adult and the place of the note are bound to the ciphertext, so that a row moved to
another person or question does not open. Texts are padded, so that a row's size tells little.
"""

from __future__ import annotations

import secrets
import unicodedata
from typing import TYPE_CHECKING

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.db import transaction
from django.utils.translation import gettext as _

from courses.keys import key
from courses.models import Note, NoteKey
from courses.prepared import INTEGER, TEXT, Prepared

if TYPE_CHECKING:
    from courses.models import Adult, Module

LONGEST = 20_000  # characters
PAD_TO = 1024  # bytes
NONCE_BYTES = 12


class NoteTooLongError(ValueError):
    """The note is longer than there is room for; the message says by how much."""


def _seal(secret: bytes, plain: bytes, bound_to: str) -> bytes:
    nonce = secrets.token_bytes(NONCE_BYTES)
    return nonce + AESGCM(secret).encrypt(nonce, plain, bound_to.encode())


def _open(secret: bytes, sealed: bytes, bound_to: str) -> bytes:
    sealed = bytes(sealed)
    return AESGCM(secret).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], bound_to.encode())


def _padded(text: str) -> bytes:
    raw = text.encode("utf-8")
    length = len(raw).to_bytes(4, "big")
    return (length + raw).ljust(-(-(len(raw) + 4) // PAD_TO) * PAD_TO, b"\0")


def _unpadded(plain: bytes) -> str:
    length = int.from_bytes(plain[:4], "big")
    return plain[4 : 4 + length].decode("utf-8")


def cleaned(text: str) -> str:
    """The text without what no one typed: control characters, lone surrogates, Windows line ends."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(
        sign for sign in text if sign in "\n\t" or unicodedata.category(sign) not in ("Cc", "Cs")
    ).strip()


def _adults_key(adult: Adult) -> bytes:
    """The adult's own key; made at the first note. Two queries at most."""
    row = NoteKey.objects.filter(adult=adult).first()
    if row is None:
        fresh = secrets.token_bytes(32)
        wrapped = _seal(key("notes"), fresh, f"adult {adult.pk}")
        row, _made = NoteKey.objects.get_or_create(adult=adult, defaults={"wrapped": wrapped})
    return _open(key("notes"), row.wrapped, f"adult {adult.pk}")


def _place(adult: Adult, module_id: int, part_key: str, block: str) -> str:
    return f"{adult.pk}/{module_id}/{part_key}/{block}"


@transaction.atomic
def write_note(*, adult: Adult, module: Module, part_key: str, block: str, text: str) -> None:
    """Store a note, or remove it when the text is empty. Raises NoteTooLongError and stores nothing."""
    text = cleaned(text)
    if len(text) > LONGEST:
        raise NoteTooLongError(
            _(
                "Notatet er på %(long)s tegn, og det er plass til %(room)s. Det er ikke lagret ennå."
                " Teksten din står her fortsatt: kort den ned, og lagre på nytt."
            )
            % {"long": len(text), "room": LONGEST}
        )
    own = {"adult": adult, "module": module, "part_key": part_key, "block": block}
    if not text:
        Note.objects.filter(**own).delete()
        return
    sealed = _seal(_adults_key(adult), _padded(text), _place(adult, module.pk, part_key, block))
    Note.objects.update_or_create(**own, defaults={"sealed": sealed})


_sealed_in_part = Prepared(
    lambda adult, module, part: Note.objects.filter(adult=adult, module=module, part_key=part).values_list(
        "block", "sealed", "adult__note_key__wrapped"
    ),
    adult=INTEGER,
    module=INTEGER,
    part=TEXT,
)


def notes_of(adult: Adult, module_id: int, part_key: str) -> dict[str, str]:
    """The adult's notes in one part, by block. One query; none of it is ever logged or exported.

    A note that no longer opens (its key was destroyed or moved) is left out.
    """
    rows = _sealed_in_part(adult=adult.pk, module=module_id, part=part_key)
    texts = {}
    for block, sealed, wrapped in rows:
        if wrapped is None:
            continue
        try:
            own = _open(key("notes"), wrapped, f"adult {adult.pk}")
            texts[block] = _unpadded(_open(own, sealed, _place(adult, module_id, part_key, block)))
        except InvalidTag:
            continue
    return texts
