"""What pairs «før» with «etter» without a name: a drawn salt per person and study, and a key kept elsewhere.

The salts lie with the people and travel inside the sealed box; the key lies outside both databases. Only
whoever has salt and key can compute the id that lies, veiled, beside an answer. When the key is destroyed
(``keys.sunset``) or the salt goes with its person, nobody can.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from typing import TYPE_CHECKING, Any

from evaluation.answers.veils import ID_BYTES
from evaluation.models import HouseholdSalt, IdentityMode, PairSalt, Participation, Withdrawal

if TYPE_CHECKING:
    from collections.abc import Iterable

    from courses.models import User

SALT_BYTES = 16


def pair_salt(user: User, study_id: int) -> bytes:
    """The person's salt in the study, drawn the first time it is needed. One query, three the first time."""
    of = {"user_id": user.pk, "study_id": study_id}
    found = PairSalt.objects.filter(**of).values_list("salt", flat=True)
    if not found:  # two at once: the first is kept, and both read it
        PairSalt.objects.bulk_create([PairSalt(**of, salt=_drawn())], ignore_conflicts=True)
        found = found.all()
    return bytes(found[0])


def household_salt(family_id: int, study_id: int) -> bytes:
    """The same for a household."""
    of = {"family_id": family_id, "study_id": study_id}
    found = HouseholdSalt.objects.filter(**of).values_list("salt", flat=True)
    if not found:
        HouseholdSalt.objects.bulk_create([HouseholdSalt(**of, salt=_drawn())], ignore_conflicts=True)
        found = found.all()
    return bytes(found[0])


def taken_back(user: User, study_id: int) -> None:
    """Her salt becomes a withdrawal without a name, by which closing finds what was counted even when she
    has left since. When she agrees again another is drawn: what she took back stays away."""
    salts = PairSalt.objects.filter(user=user.pk, study=study_id)
    _put_in({"study_id": study_id, "salt": bytes(salt)} for salt in salts.values_list("salt", flat=True))
    signed = Participation.objects.filter(
        user=user.pk, occasion__wave__study=study_id, occasion__identity=IdentityMode.NAMED
    )
    signed_taken_back(signed.select_related("occasion__wave"))
    salts.delete()


def signed_taken_back(rows: Iterable[Participation]) -> None:
    """The same of signed forms, found by her number and the occasion. ``rows`` with occasion and wave."""
    _put_in(
        {"study_id": row.occasion.wave.study_id, "named": row.user_id, "occasion_id": row.occasion_id}
        for row in rows
    )


def _put_in(withdrawals: Iterable[dict[str, Any]]) -> None:
    rows = [Withdrawal(id=secrets.randbits(62) + 1, **each) for each in withdrawals]
    # without a conflict to look for nothing is asked back: the web process may put in, and not read
    Withdrawal.objects.bulk_create(rows, ignore_conflicts=True)


def pair_id(key: bytes, salt: bytes, study_id: int) -> bytes:
    """What says that answers of a study are one person's: 8 bytes, veiled in every row (``veils.py``)."""
    return _id(key, b"pair", salt, study_id)


def household_id(key: bytes, salt: bytes, study_id: int) -> bytes:
    return _id(key, b"household", salt, study_id)


def _id(key: bytes, purpose: bytes, salt: bytes, study_id: int) -> bytes:
    message = purpose + salt + study_id.to_bytes(8, "big")
    return hmac.new(key, message, hashlib.sha256).digest()[:ID_BYTES]


def _drawn() -> bytes:
    return secrets.token_bytes(SALT_BYTES)
