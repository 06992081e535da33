"""Private notes: sealed with a key per adult, which is itself wrapped by one outside the databases.

AES-256-GCM. The adult and the place of the note are bound to the ciphertext, so that a row moved to
another person or question does not open. Texts are padded, so that a row's size tells little.

A note that does not open today (a wrong key file, none at all) is there still: it is shown as shut, and
nothing is written over it. Only a note whose key was destroyed is gone.
"""

from __future__ import annotations

import hashlib
import logging
import secrets
from typing import TYPE_CHECKING, NamedTuple

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.core.exceptions import ImproperlyConfigured
from django.db import transaction
from django.utils.translation import gettext as _

from courses.keys import keys
from courses.models import Note, NoteKey
from courses.prepared import INTEGER, TEXT, Prepared
from courses.typed import cleaned

if TYPE_CHECKING:
    from courses.models import Adult, Module

logger = logging.getLogger(__name__)

LONGEST = 20_000  # characters
PAD_TO = 1024  # bytes
NONCE_BYTES = 12
KEY_ID_BYTES = 4
WRAPPED_BYTES = NONCE_BYTES + 32 + 16  # nonce, key, tag; before it the id of the key that wrapped it


class NoteTooLongError(ValueError):
    """The note is longer than there is room for; the message says by how much."""


class NotesClosedError(Exception):
    """What is stored cannot be opened now: it is neither shown, written over nor deleted."""


class NoteChangedError(Exception):
    """Somebody, perhaps oneself in another tab, stored something else since the page was shown."""

    def __init__(self, stored: str, mark: str) -> None:
        super().__init__("the note has changed")
        self.stored, self.mark = stored, mark


class Kept(NamedTuple):
    """A stored note: its text, None where it does not open, and the mark of this version."""

    text: str | None
    mark: str


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


def version_of(sealed: bytes) -> str:
    """Names one version of a note: every sealing is different, also of the same text."""
    return hashlib.sha256(bytes(sealed)).hexdigest()[:16]


def _note_keys() -> tuple[bytes, ...]:
    try:
        return keys("notes")
    except (ImproperlyConfigured, OSError) as error:
        logger.error("The notes are shut: %s", error)
        raise NotesClosedError from error


def _id_of(outer: bytes) -> bytes:
    return hashlib.sha256(b"note key " + outer).digest()[:KEY_ID_BYTES]


def _wrap(inner: bytes, adult: int) -> bytes:
    outer = _note_keys()[0]
    return _id_of(outer) + _seal(outer, inner, f"adult {adult}")


def _unwrap(wrapped: bytes, adult: int) -> bytes:
    """The adult's own key. Raises NotesClosedError when no key in the file opens it."""
    wrapped = bytes(wrapped)
    key_id, sealed = wrapped[:-WRAPPED_BYTES], wrapped[-WRAPPED_BYTES:]
    for outer in _note_keys():
        if key_id in (b"", _id_of(outer)):  # rows from before the ids have none
            try:
                return _open(outer, sealed, f"adult {adult}")
            except InvalidTag:
                continue
    raise NotesClosedError


def _adults_key(adult: Adult) -> tuple[bytes, bool]:
    """The adult's own key, and whether it was made now; her row is locked, so that two tabs take turns."""
    row = NoteKey.objects.select_for_update().filter(adult=adult).first()
    made = row is None
    if row is None:
        wrapped = _wrap(secrets.token_bytes(32), adult.pk)
        row, made = NoteKey.objects.get_or_create(adult=adult, defaults={"wrapped": wrapped})
    return _unwrap(row.wrapped, adult.pk), made


@transaction.atomic
def rewrap_all() -> tuple[int, int]:
    """Wraps every adult's key with the newest one. Returns how many were, and how many did not open."""
    newest, done, shut = _id_of(_note_keys()[0]), 0, 0
    for row in NoteKey.objects.select_for_update().order_by("pk"):
        if bytes(row.wrapped)[:-WRAPPED_BYTES] == newest:
            continue
        try:
            row.wrapped = _wrap(_unwrap(row.wrapped, row.adult_id), row.adult_id)
        except NotesClosedError:
            shut += 1
            continue
        row.save(update_fields=["wrapped"])
        done += 1
    return done, shut


def _place(adult: Adult, module_id: int, part_key: str, block: str) -> str:
    return f"{adult.pk}/{module_id}/{part_key}/{block}"


def _text_of(secret: bytes, sealed: bytes, place: str) -> str:
    try:
        return _unpadded(_open(secret, sealed, place))
    except InvalidTag as error:
        raise NotesClosedError from error


@transaction.atomic
def write_note(
    *, adult: Adult, module: Module, part_key: str, block: str, text: str, shown: str | None = None
) -> None:
    """Store a note, or remove it when the text is empty.

    ``shown`` is the mark of the version the writer had before her; None writes over whatever stands there.
    Raises NoteTooLongError, NotesClosedError or NoteChangedError, and has then stored nothing.
    """
    text = cleaned(text)
    if len(text) > LONGEST:
        raise NoteTooLongError(
            _(
                "Notatet er på %(long)s tegn, og det er plass til %(room)s. Det er ikke lagret ennå."
                " Teksten din står her fortsatt: kort den ned, og lagre på nytt."
            )
            % {"long": len(text), "room": LONGEST}
        )
    secret, fresh = _adults_key(adult)
    own = {"adult": adult, "module": module, "part_key": part_key, "block": block}
    place = _place(adult, module.pk, part_key, block)
    stored = Note.objects.filter(**own).first()
    if stored and not fresh:  # under a key made now nothing older opens: that key was destroyed
        there, mark = _text_of(secret, stored.sealed, place), version_of(stored.sealed)
        if shown not in (None, mark) and there != text:
            raise NoteChangedError(there, mark)
    if text:
        Note.objects.update_or_create(**own, defaults={"sealed": _seal(secret, _padded(text), place)})
    elif stored:
        stored.delete()


_sealed_in_part = Prepared(
    lambda adult, module, part: Note.objects.filter(adult=adult, module=module, part_key=part).values_list(
        "block", "sealed", "adult__note_key__wrapped"
    ),
    adult=INTEGER,
    module=INTEGER,
    part=TEXT,
)


def kept_notes(adult: Adult, module_id: int, part_key: str) -> dict[str, Kept]:
    """The adult's notes in one part, by block. One query; none of it is ever logged or exported.

    A note whose key was destroyed is left out; one that does not open now has no text.
    """
    notes = {}
    for block, sealed, wrapped in _sealed_in_part(adult=adult.pk, module=module_id, part=part_key):
        if wrapped is None:
            continue
        try:
            place = _place(adult, module_id, part_key, block)
            text: str | None = _text_of(_unwrap(wrapped, adult.pk), sealed, place)
        except NotesClosedError:
            text = None
        notes[block] = Kept(text, version_of(sealed))
    return notes


def notes_of(adult: Adult, module_id: int, part_key: str) -> dict[str, str]:
    """The texts of ``kept_notes`` that open. One query."""
    kept = kept_notes(adult, module_id, part_key)
    return {block: note.text for block, note in kept.items() if note.text is not None}
