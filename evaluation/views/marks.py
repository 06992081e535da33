"""A form knows whose it is: on a phone that two share, nobody sends what the other one answered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.signing import BadSignature, Signer

if TYPE_CHECKING:
    from courses.models import User

SIGNER = Signer(salt="egs.form.whose")


def mark_of(user: User, occasion_id: int) -> str:
    """Signed; the user's own random name is all it holds."""
    return SIGNER.sign(f"{occasion_id}.{user.username}")


def is_own(mark: str, user: User, occasion_id: int) -> bool:
    return _whose(mark) == f"{occasion_id}.{user.username}"


def is_of_another(mark: str, user: User, occasion_id: int) -> bool:
    """Whether we made it, and not for her."""
    whose = _whose(mark)
    return bool(whose) and whose != f"{occasion_id}.{user.username}"


def _whose(mark: str) -> str:
    try:
        return SIGNER.unsign(mark)
    except BadSignature:
        return ""
