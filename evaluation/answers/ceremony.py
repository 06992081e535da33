"""A study's pairing key is made before two people, shared between them, and destroyed before two people.

Each share is as random as the key: one alone says nothing, both together are it (exclusive or). What is
written is in Norwegian, for the binder it goes into.
"""

from __future__ import annotations

import base64
import binascii
import os
import re
import secrets
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils import timezone

from evaluation.answers import kept_keys, keys, withdrawing

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from evaluation.answers.two_people import Two
    from evaluation.models import Study

LINE = "Andel: "
HOW = "manage.py seal_keys sunset {key} --witness NAVN --witness NAVN --out FIL"


class NotAShareError(Exception):
    """What was read is not a share."""


def hold(study: Study, witnesses: Two, out: Path) -> list[Path]:
    """Makes the key, and writes the certificate and the two shares beside it. Raises OSError before
    anything is made when there is nowhere to write, and NoKeyError."""
    shares = [out.with_name(f"{out.stem}-andel-{number}{out.suffix or '.txt'}") for number in (1, 2)]
    out.parent.mkdir(parents=True, exist_ok=True)
    for path in shares:
        _write(path, "")  # there is room, and nothing lies there
    key = keys.make_pair_key(study)
    for path, share in zip(shares, split(key), strict=True):
        path.write_text(_share(study, path.stem[-1], share), encoding="utf-8")
    _write(out, _certificate(study, witnesses))
    keys.record_use(f"nøkkelseremoni, studie {study.pk} ({' og '.join(witnesses)})")
    return [out, *shares]


class AnswersWaitError(Exception):
    """Answers wait that the key is to pair: counted after it is gone, they would be without a pair."""


def end(study: Study, witnesses: Two, out: Path) -> None:
    """Destroys the key and leaves the proof. Raises AnswersWaitError, NoKeyError, and OSError before
    anything is destroyed when there is no room for the proof.

    The proof lies whole on the disk before, and gets its name after: killed between, the next run gives it.
    """
    if waits := list(_waiting(study)):
        raise AnswersWaitError(" ".join([*waits, "Ingenting er endret."]))
    _destroy(study, witnesses, out)


def end_alone(study: Study) -> None:
    """The same on its day where the key is the machine's own and nobody signs: the proof lies beside the
    key file. Raises NoKeyError and OSError. Once more it only gives a proof its name; and a proof that stands
    is the true one, whatever a copy from before that day says."""
    out = proof_beside(study)
    if out.exists():
        keys.sunset(study, ())
    elif not study.sunset_done_on:
        _destroy(study, (), out)
    elif unnamed_proof(out).exists():
        unnamed_proof(out).replace(out)


def proof_beside(study: Study) -> Path:
    path: Path = settings.SEAL_KEY_FILE.with_name(f"koblingsnokkel-{study.key}-slettet.txt")
    return path


def _destroy(study: Study, witnesses: tuple[str, ...], out: Path) -> None:
    keys.require_file(study)
    withdrawing.carry_out_last(study)
    unnamed = unnamed_proof(out)
    if not study.sunset_done_on:
        write_proof(unnamed, _proof(study, witnesses))
    keys.sunset(study, witnesses)
    unnamed.replace(out)


def _waiting(study: Study) -> Iterator[str]:
    """What is still to be paired, in words: the forms people may answer yet, and what they have answered."""
    waiting = [each for each in kept_keys.still_to_pair().filter(wave__study=study) if keys.opens(each)]
    now = timezone.now()
    answering = [each for each in waiting if each.state == each.State.OPEN and each.closes_at > now]
    for each in answering:
        closes = f"{timezone.localtime(each.closes_at):%d.%m.%Y kl. %H.%M}"
        yield f"Skjemaet til måletidspunkt {each.pk} er åpent til {closes}. Vent til svarene er talt opp."
    if which := ", ".join(str(each.pk) for each in waiting if each not in answering):
        yield (
            f"Svar til måletidspunkt {which} er ikke talt opp, og ville mistet koblingen. Kjør «manage.py"
            " close --due» først."
        )


def unnamed_proof(out: Path) -> Path:
    """Where the proof lies until the key is destroyed."""
    return out.with_name(f"{out.name}.part")


def write_proof(unnamed: Path, text: str) -> None:
    """Over one of a run that was killed. Raises OSError when there is no room."""
    unnamed.parent.mkdir(parents=True, exist_ok=True)
    unnamed.unlink(missing_ok=True)
    _write(unnamed, text)


def split(key: bytes) -> tuple[bytes, bytes]:
    one = secrets.token_bytes(len(key))
    return one, bytes(a ^ b for a, b in zip(key, one, strict=True))


def joined(one: str, other: str) -> bytes:
    """The key of two shares as they were written. Raises NotAShareError."""
    pair = [_read(text) for text in (one, other)]
    if len(pair[0]) != len(pair[1]):
        raise NotAShareError("Andelene hører ikke sammen.")
    return bytes(a ^ b for a, b in zip(*pair, strict=True))


def _read(text: str) -> bytes:
    found = re.search(rf"^{LINE}(\S+)$", text, re.MULTILINE)
    try:
        return base64.b64decode(found[1] if found else "-", validate=True)
    except binascii.Error:
        raise NotAShareError("Filen er ikke en andel av en nøkkel.") from None


def _write(path: Path, text: str) -> None:
    """A new file that its owner alone reads. Raises FileExistsError."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


def _certificate(study: Study, witnesses: Two) -> str:
    return f"""KOBLINGSNØKKEL – SERTIFIKAT

Studie: {study} ({study.key})
Dato: {_today()}
Nøkkelens fingeravtrykk (SHA-256): {study.key_fingerprint}
Nøkkelfil: {settings.SEAL_KEY_FILE}
Nøkkelen skal slettes: {study.sunset_on:%d.%m.%Y}

Nøkkelen ble trukket tilfeldig på maskinen i dag. Den kobler «før» og «etter» i denne studien og brukes
ikke til noe annet. Den ligger utenfor begge databasene og er ikke skrevet ut. To andeler er laget. Hvert
vitne tar vare på én; begge trengs for å lage nøkkelen på nytt, og én alene sier ingenting.

{signed(witnesses)}"""


def _proof(study: Study, witnesses: tuple[str, ...]) -> str:
    return f"""KOBLINGSNØKKEL – BEVIS FOR SLETTING

Studie: {study} ({study.key})
Dato: {_today()}
Fingeravtrykket til nøkkelen som er slettet (SHA-256): {study.key_fingerprint}
Nøkkelfil: {settings.SEAL_KEY_FILE}

Nøkkelen er tatt ut av nøkkelfilen, og den gamle filen er overskrevet. Systemet kan ikke lenger regne ut
hvilke svar som hører til hvem. Dette er bare sant når også andelene og kopiene er borte:

[ ] Andel 1 er makulert     [ ] Andel 2 er makulert     [ ] Kopier av nøkkelfilen er slettet

Nøkkelen «pairs» er en annen, felles for alle studier. Den kan si at to svar er fra samme person eller hjem,
og ikke hvem. Den trengs til tallene er gitt ut, og slettes for seg: «manage.py seal_keys unpair».

{signed(witnesses)}"""


def signed(witnesses: tuple[str, ...]) -> str:
    if not witnesses:
        return "Slettet av systemet selv da dagen kom. Ingen var vitne.\n"
    return "".join(f"Vitne: {name}\nUnderskrift: ______________________________\n\n" for name in witnesses)


def _share(study: Study, number: str, share: bytes) -> str:
    return f"""KOBLINGSNØKKEL – ANDEL {number} AV 2

Studie: {study} ({study.key})
Dato: {_today()}
Den hele nøkkelens fingeravtrykk (SHA-256): {study.key_fingerprint}
{LINE}{base64.b64encode(share).decode("ascii")}

Oppbevares innelåst, på et annet sted enn den andre andelen. Makuleres {study.sunset_on:%d.%m.%Y}.
"""


def _today() -> str:
    return f"{timezone.localdate():%d.%m.%Y}"
