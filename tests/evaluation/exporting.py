"""The command that exports, as a test calls it, and the name of what it writes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management import call_command

from evaluation.models import Release

NAME = "piloten-T1-pilot"


def export(release: Release, out: Path, kind: str = "csv", **options: Any) -> None:
    call_command("export", release.pk, format=kind, out=out, verbosity=0, **options)
