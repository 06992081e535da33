"""The keys that open answers, in a file of their own outside both databases (``SEAL_KEY_FILE``).

``{"seal 12": …, "pair 3": …}``, 32 bytes each. Every occasion has a seal key: the public half lies with it,
the private half here, until a week after its answers were counted (``kept_keys.py``); then it is destroyed,
and no old copy of the inbox can be opened. Every study has a pairing key from its ceremony to its sunset.

**Embedded default**: the file lies in DATA_DIR beside the databases, with mode 600, and is made by itself.
Then whoever can read the whole disk can open what waits and pair what is counted: what is kept from the
leaders, the contact persons and a lost copy of one database is not kept from whoever runs the machine.
**SEAL_KEY_FILE set**: ``work`` and the web process neither make keys nor close; ``manage.py seal_keys`` and
``manage.py close`` do, as a user of their own who alone can read the file.
"""

from __future__ import annotations

import base64
import hashlib
import secrets
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import transaction
from django.utils import timezone

from courses.key_files import held, replace, stored, version
from courses.models import AuditEvent
from evaluation.answers import boxes
from evaluation.models import IdentityMode, Occasion, Study

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from courses.key_files import Stored

KEY_BYTES = 32
SEAL, COUNTED = "seal", "counted"  # before an occasion's number, in the file


class NoKeyError(Exception):
    """The key is missing or is not the right one; nothing was moved. Its text says what to do."""


def make_seal_key(occasion: Occasion) -> bytes:
    """The public half of the occasion's key, made when there is none. The private half is safe by then.

    In the embedded default the study's pairing key is made with it. Raises NoKeyError when the study has
    had no key ceremony, and when the file cannot be used.
    """
    if occasion.public_key:
        return bytes(occasion.public_key)
    if occasion.identity == IdentityMode.LINKED:
        _require_pair_key(occasion.wave.study)
    if occasion.pk in counted_marks():  # another's, which had the number before a restore
        destroy_seal_key(occasion)
    private = _made(_seal_name(occasion), boxes.new_private_key())
    public = boxes.public_half(private)
    Occasion.objects.filter(pk=occasion.pk, public_key=None).update(public_key=public)
    occasion.public_key = public
    return public


def make_missing() -> int:
    """Keys for the planned occasions that have none. How many were made. Raises NoKeyError after all of
    them, with what each study lacks: one without its ceremony keeps no key from the others."""
    waiting = Occasion.objects.filter(state=Occasion.State.PLANNED, public_key=None)
    made, lacking = 0, set()
    for occasion in waiting.select_related("wave__study"):
        try:
            make_seal_key(occasion)
            made += 1
        except NoKeyError as error:
            lacking.add(str(error))
    if lacking:
        raise NoKeyError("\n".join([f"{made} måletidspunkter fikk nøkkel.", *sorted(lacking)]))
    return made


def seal_key(occasion: Occasion) -> bytes:
    """The private half. Raises NoKeyError when it is missing, or belongs to another public half."""
    private = _found(_seal_name(occasion))
    if private is None:
        raise NoKeyError(
            f"Nøkkelen til måletidspunkt {occasion.pk} mangler i {settings.SEAL_KEY_FILE}."
            " Legg tilbake filen, og kjør «manage.py close» igjen. Ingenting er flyttet. Er nøkkelen tapt for"
            f" godt, sier «manage.py give_up {occasion.pk}» hva dere kan gjøre."
        )
    if boxes.public_half(private) != bytes(occasion.public_key or b""):
        raise NoKeyError(
            f"Nøkkelen til måletidspunkt {occasion.pk} i {settings.SEAL_KEY_FILE} er ikke den svarene er"
            " forseglet med. Finn riktig fil, og kjør «manage.py close» igjen. Ingenting er flyttet."
        )
    return private


def has_seal_key(occasion: Occasion) -> bool:
    return _found(_seal_name(occasion)) is not None


def opens(occasion: Occasion) -> bool:
    """Whether the right private half is there."""
    try:
        return bool(seal_key(occasion))
    except NoKeyError:
        return False


def destroy_seal_key(occasion: Occasion) -> None:
    """After this nothing opens the occasion's boxes, wherever a copy of them lies."""
    destroy_seal_keys([occasion.pk])


def destroy_seal_keys(occasions: Iterable[int]) -> None:
    _destroyed(*(f"{kind} {pk}" for pk in occasions for kind in (SEAL, COUNTED)))


def with_seal_key() -> set[int]:
    """The ids of the occasions whose private halves are here. Raises NoKeyError."""
    return set(_named(SEAL))


def mark_counted(pk: int, mark: str) -> None:
    """Puts the mark beside the key (``kept_keys.py``)."""
    with held(settings.SEAL_KEY_FILE):
        replace(settings.SEAL_KEY_FILE, _content() | {f"{COUNTED} {pk}": mark}, wipe=True)


def counted_marks() -> dict[int, str]:
    """By occasion id. Raises NoKeyError."""
    return {pk: str(mark) for pk, mark in _named(COUNTED).items()}


def _named(kind: str) -> dict[int, str | list[str]]:
    with held(settings.SEAL_KEY_FILE):
        content = _content()
    names = {name: name.removeprefix(f"{kind} ") for name in content}
    return {int(pk): content[name] for name, pk in names.items() if pk != name and pk.isdigit()}


def make_pair_key(study: Study) -> bytes:
    """The study's pairing key, made once; its fingerprint stands with the study. Raises NoKeyError after
    the sunset, or when a key with another fingerprint was made before and is gone from the file."""
    if study.sunset_done_on or (study.key_fingerprint and _found(_pair_name(study)) is None):
        return pair_key(study)
    key = _made(_pair_name(study), secrets.token_bytes(KEY_BYTES))
    Study.objects.filter(pk=study.pk, key_fingerprint="").update(key_fingerprint=fingerprint(key))
    study.refresh_from_db(fields=["key_fingerprint"])
    return pair_key(study)


def pair_key(study: Study) -> bytes:
    """Raises NoKeyError when it is missing, destroyed, or another than the study's."""
    if study.sunset_done_on:
        raise NoKeyError(f"Koblingsnøkkelen til «{study}» ble slettet {study.sunset_done_on:%d.%m.%Y}.")
    key = _found(_pair_name(study))
    if key is None:
        raise NoKeyError(
            f"Koblingsnøkkelen til «{study}» mangler i {settings.SEAL_KEY_FILE}. Legg den tilbake med"
            f" «manage.py seal_keys shares {study.key}». Ingenting er flyttet."
        )
    if fingerprint(key) != study.key_fingerprint:
        raise NoKeyError(
            f"Koblingsnøkkelen til «{study}» i {settings.SEAL_KEY_FILE} har et annet fingeravtrykk enn"
            " studien. Finn riktig fil. Ingenting er flyttet."
        )
    return key


def restore_pair_key(study: Study, key: bytes) -> None:
    """Puts a key from its two shares back. Raises NoKeyError when it is not the study's."""
    if study.sunset_done_on or fingerprint(key) != study.key_fingerprint:
        raise NoKeyError(f"Andelene gir ikke koblingsnøkkelen til «{study}». Ingenting er endret.")
    with held(settings.SEAL_KEY_FILE):
        replace(settings.SEAL_KEY_FILE, _content() | {_pair_name(study): _text(key)}, wipe=True)
    record_use(f"koblingsnøkkel lagt tilbake, studie {study.pk}")


def sunset(study: Study, witnesses: tuple[str, ...]) -> bool:
    """Destroys the pairing key: nobody can compute who is whose any more. False when it was done before.

    First the keys, those kept of what is counted too, then the date: killed between, the next run finds no
    key and sets the date. Raises NoKeyError without the file.
    """
    if study.sunset_done_on:
        return False
    require_file(study)
    counted = Occasion.objects.filter(wave__study=study, state=Occasion.State.COUNTED)
    destroy_seal_keys(counted.values_list("pk", flat=True))
    _destroyed(_pair_name(study))
    with transaction.atomic():
        today = timezone.localdate()
        done = Study.objects.filter(pk=study.pk, sunset_done_on=None).update(sunset_done_on=today)
        if done:
            by = f" ({' og '.join(witnesses)})" if witnesses else ""
            record_use(f"koblingsnøkkel slettet, studie {study.pk}{by}")
    study.refresh_from_db(fields=["sunset_done_on"])
    return bool(done)


def require_file(study: Study) -> None:
    """Raises NoKeyError where a key was made and its file is not here: it would come back with the file."""
    path: Path = settings.SEAL_KEY_FILE
    if study.key_fingerprint and not path.exists():
        raise NoKeyError(f"Nøkkelfilen {path} mangler. Legg den tilbake. Ingenting er endret.")


def fingerprint(key: bytes) -> str:
    return hashlib.sha256(key).hexdigest()


def record_use(what: str) -> None:
    """One line in the audit trail: which key was used, on which day. Nobody's name is about it."""
    AuditEvent.objects.create(action=AuditEvent.Action.KEY_USED, detail=what[:120])


def _require_pair_key(study: Study) -> None:
    if not settings.SEAL_KEYS_APART:
        make_pair_key(study)
    elif not study.key_fingerprint:
        raise NoKeyError(
            f"«{study}» har ingen koblingsnøkkel ennå. Hold nøkkelseremonien først:"
            f" «manage.py seal_keys ceremony {study.key} --witness … --witness … --out FIL»."
        )


def _seal_name(occasion: Occasion) -> str:
    return f"{SEAL} {occasion.pk}"


def _pair_name(study: Study) -> str:
    return f"pair {study.pk}"


def _text(key: bytes) -> str:
    return base64.b64encode(key).decode("ascii")


def _content() -> Stored:
    """What the file holds; nothing while there is none. Raises NoKeyError when it must not be used."""
    path: Path = settings.SEAL_KEY_FILE
    if not path.exists():
        return {}
    try:
        version(path, remedy="")
        return stored(path)
    except (ImproperlyConfigured, OSError, ValueError) as error:
        reason = str(error) if isinstance(error, ImproperlyConfigured) else "Den kan ikke leses."
        raise NoKeyError(f"Nøkkelfilen {path} kan ikke brukes: {reason} Ingenting er flyttet.") from error


def _found(name: str) -> bytes | None:
    with held(settings.SEAL_KEY_FILE):
        text = _content().get(name)
    if text is None:
        return None
    try:
        key = base64.b64decode(str(text), validate=True)
    except ValueError:
        key = b""
    if len(key) != KEY_BYTES:
        raise NoKeyError(f"Nøkkelen «{name}» i {settings.SEAL_KEY_FILE} er skadet. Ingenting er flyttet.")
    return key


def _made(name: str, fresh: bytes) -> bytes:
    """The key of the name; ``fresh`` becomes it when there is none."""
    with held(settings.SEAL_KEY_FILE):
        content = _content()
        if name not in content:
            replace(settings.SEAL_KEY_FILE, content | {name: _text(fresh)}, wipe=True)
    return _found(name) or fresh


def _destroyed(*names: str) -> None:
    with held(settings.SEAL_KEY_FILE):
        content = _content()
        left = {name: key for name, key in content.items() if name not in names}
        if left != content:
            replace(settings.SEAL_KEY_FILE, left, wipe=True)
