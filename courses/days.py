"""Today, said as people say it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from datetime import datetime

AFTERNOON = 16  # from this hour on it is «i kveld»


def tonight(at: datetime) -> str:
    """«i kveld» or «i dag» for what begins today; empty for every other day."""
    local = timezone.localtime(at)
    if local.date() != timezone.localdate():
        return ""
    return _("i kveld") if local.hour >= AFTERNOON else _("i dag")
