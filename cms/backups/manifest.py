"""What a backup says of itself: its files with their hashes, and how many rows each table had."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.utils import timezone

if TYPE_CHECKING:
    from datetime import date

FORMAT = 1
NAME = "manifest.json"
LEFT_OUT = ("django_session", "cache")  # who was logged in, and counters: nobody wants them back
INBOX = (
    "evaluation_sealedanswer",
    "evaluation_sealednames",
    "evaluation_paperenvelope",
    "evaluation_keyedsheet",
)
ALIASES = ("default", "answers")  # copied in this order (evaluation/answers/unpaired.py)


class BackupError(Exception):
    """A backup that cannot be made or used; the message is a sentence for whoever runs the command."""


@dataclass
class Manifest:
    made_at: str
    engines: dict[str, str]  # alias → «sqlite» or «postgresql»
    media: str  # «local», or «s3» where the files are not in it
    inbox: bool  # whether sealed answers are in it
    rows: dict[str, dict[str, int]] = field(default_factory=dict)  # alias → table → rows
    files: dict[str, dict[str, Any]] = field(default_factory=dict)  # name → sha256, size
    format: int = FORMAT

    @property
    def made_on(self) -> date:
        return timezone.localdate(datetime.fromisoformat(self.made_at))

    def as_bytes(self) -> bytes:
        return json.dumps(asdict(self), ensure_ascii=False, indent=1, sort_keys=True).encode()


def manifest_from(content: bytes, where: str) -> Manifest:
    """Raises BackupError for what is no manifest, or is from a newer format."""
    try:
        data = json.loads(content)
        manifest = Manifest(**data)
    except (ValueError, TypeError) as error:
        raise BackupError(f"{where} er skadet: innholdslista kan ikke leses.") from error
    if manifest.format != FORMAT:
        raise BackupError(f"{where} er laget med en nyere utgave (format {manifest.format}).")
    return manifest
