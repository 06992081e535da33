"""``manage.py restore FILE``: a backup put back, with everybody erased since then erased again."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError

from cms.backups.making import backups_in
from cms.backups.manifest import BackupError
from cms.backups.restoring import newest_good, restore

if TYPE_CHECKING:
    from argparse import ArgumentParser


class Command(BaseCommand):
    help = "Legger en sikkerhetskopi tilbake. De som er slettet siden, slettes på nytt før siden åpner."
    requires_system_checks: list[str] = []  # on an empty machine there is no database to look at
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, nargs="?", help="Sikkerhetskopien.")
        parser.add_argument("--latest", type=Path, metavar="DIR", help="Den nyeste hele i mappen.")
        parser.add_argument("--replace", action="store_true", help="Bytt ut det som er her.")
        parser.add_argument(
            "--without-ledger",
            action="store_true",
            help="Slettelista finnes ikke, og ingen er slettet siden.",
        )
        parser.add_argument("--into", type=Path, metavar="DIR", help="Til øvelse: en egen, tom mappe.")

    def handle(self, *args: Any, **options: Any) -> None:
        if (options["file"] is None) == (options["latest"] is None):
            raise CommandError("Si hvilken sikkerhetskopi, eller --latest MAPPE.")
        began = time.monotonic()
        file = options["file"] or self._latest(options["latest"])
        try:
            done = restore(
                file,
                replace=options["replace"],
                into=options["into"],
                without_ledger=options["without_ledger"],
            )
        except BackupError as error:
            raise CommandError(f"{error}{self._older(options['file'])}") from error
        self.stdout.write(f"Lagt tilbake: {done.file}, laget {done.made_at}.")
        self.stdout.write(f"Slettet på nytt etter slettelista: {done.erased}.")
        if done.stopped:
            self.stdout.write(
                f"{done.stopped} beskjeder skulle gått siden kopien ble laget, og er stoppet: de kan ha gått."
                " Send dem igjen fra gruppas side hvis de trengs."
            )
        if done.moved_to:
            self.stdout.write(
                f"Det som var her, ligger i {done.moved_to}. Slett mappen når alt er sett over:"
                " etter en uke gjør work det."
            )
        self.stdout.write(f"Det tok {time.monotonic() - began:.1f} sekunder.")

    def _latest(self, folder: Path) -> Path:
        """The newest that is whole; each that is not is told of."""
        for path, fault in newest_good(folder):
            if not fault:
                return path
            self.stderr.write(f"{fault} Prøver den forrige.")
        raise CommandError(f"Ingen hel sikkerhetskopi i {folder}.")

    def _older(self, file: Path | None) -> str:
        others = [path for path in backups_in(file.parent) if path != file] if file else []
        return f" Prøv en annen: {others[0]}, eller --latest {others[0].parent}." if others else ""
