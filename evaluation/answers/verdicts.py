"""What an evening's anonymous form may tell its contact persons, made in the moment it is counted (R8)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from evaluation.figures.evening import verdict
from evaluation.models import EveningVerdict, IdentityMode

if TYPE_CHECKING:
    from evaluation.answers.inbox import Inbox


def give_verdict(inbox: Inbox) -> None:
    """In the transaction that counts the occasion. One verdict for an evening, never changed."""
    if inbox.occasion.identity != IdentityMode.ANONYMOUS:
        return
    snapshot = verdict([(form.definition, form.answers) for sheet in inbox.sheets for form in sheet.forms])
    EveningVerdict.objects.get_or_create(occasion=inbox.occasion, defaults={"snapshot": snapshot})
