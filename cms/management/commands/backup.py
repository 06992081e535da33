"""``manage.py backup``: both databases and the files in one archive. Keys are never in it."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from cms.backups.making import drop_old, make_backup
from cms.backups.manifest import BackupError

if TYPE_CHECKING:
    from argparse import ArgumentParser

KEPT_DAYS = 35


class Command(BaseCommand):
    help = "Tar sikkerhetskopi av begge databasene og filene."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--out", type=Path, default=settings.DATA_DIR / "backups", help="Mappen den legges i."
        )
        parser.add_argument(
            "--without-inbox",
            action="store_true",
            help="Uten forseglede svar: for kopier som skal ligge lenger enn 35 dager.",
        )
        parser.add_argument(
            "--keep-days",
            type=int,
            default=KEPT_DAYS,
            help="Eldre kopier i mappen slettes. 0: ingen slettes.",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        began = time.monotonic()
        try:
            path = make_backup(options["out"], inbox=not options["without_inbox"])
        except BackupError as error:
            raise CommandError(str(error)) from error
        except OSError as error:
            raise CommandError(f"{error.filename}: {error.strerror}. Ingen kopi er laget.") from error
        took = time.monotonic() - began
        self.stdout.write(f"{path} ({path.stat().st_size / 1e6:.1f} MB, {took:.1f} sekunder)")
        self.stdout.write(
            "Nøklene er ikke med. Ta vare på KEY_FILE, nøklene til svarene og slettelista et annet sted."
        )
        self.stdout.write("Fila er ikke kryptert: legg den på en kryptert disk, et annet sted enn maskinen.")
        if settings.S3_BUCKET:
            self.stdout.write("Filene ligger i bøtta (S3) og er ikke med: bruk versjonering der.")
        if options["keep_days"] and (gone := drop_old(options["out"], options["keep_days"])):
            self.stdout.write(f"{gone} kopier eldre enn {options['keep_days']} dager er slettet.")
