"""``manage.py restore FILE``: a backup put back, with everybody erased since then erased again."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from cms.backups.making import backups_in
from cms.backups.manifest import BackupError
from cms.backups.restoring import newest_good, restore

if TYPE_CHECKING:
    from argparse import ArgumentParser

    from cms.backups.putting_right import Again


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
        again = done.again
        self.stdout.write(
            f"Etter slettelista: {again.erased} slettet på nytt, {again.withdrawn} samtykker trukket på nytt."
        )
        self._tell_of_keys(again)
        self._tell_of_lost(again)
        if again.stopped:
            self.stdout.write(
                f"{again.stopped} beskjeder skulle gått siden kopien ble laget, og er stoppet: de kan ha"
                " gått. Send dem igjen fra gruppas side hvis de trengs."
            )
        if done.moved_to:
            self.stdout.write(
                f"Det som var her, ligger i {done.moved_to}. Slett mappen når alt er sett over:"
                " etter en uke gjør work det."
            )
        self.stdout.write(f"Det tok {time.monotonic() - began:.1f} sekunder.")

    def _tell_of_keys(self, again: Again) -> None:
        if again.unopenable is None:
            self.stdout.write(
                f"Nøklene i {settings.SEAL_KEY_FILE} kan ikke leses herfra. Den som har dem, kjører"
                " «manage.py close --due», som sier om noen mangler."
            )
        elif again.unopenable:
            which = ", ".join(f"måletidspunkt {pk} ({boxes} svar)" for pk, boxes in again.unopenable)
            self.stdout.write(
                f"Mangler nøkkel: {which}. Svarene kan ikke åpnes før nøkkelen ligger i"
                f" {settings.SEAL_KEY_FILE}. En uke etter at et skjema er talt opp, er den slettet for godt."
            )

    def _tell_of_lost(self, again: Again) -> None:
        """Of a copy without the inbox; and of sheets, which any copy may be too old for."""
        if again.lost.again:
            self.stdout.write(
                f"Kopien er uten forseglede svar. Skjemaet er fortsatt åpent for {_listed(again.lost.again)}:"
                " de som hadde svart, kan svare på nytt. Be dem om det."
            )
        if again.lost.for_good:
            self.stdout.write(
                f"Kopien er uten forseglede svar. Skjemaet er lukket for {_listed(again.lost.for_good)}:"
                " svarene er tapt, og studien og rapporten sier det. Har du en kopi med dem, legg den tilbake"
                " innen en uke: til da er nøkkelen her."
            )
        if again.sheets:
            which = ", ".join(map(str, again.sheets))
            self.stdout.write(
                f"Ark på papir som er skrevet ut før nå, kan ikke føres inn for måletidspunkt {which}: kopien"
                " vet ikke hvem de tilhører. Be kontaktpersonene skrive ut nye."
            )

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


def _listed(answers: dict[int, int]) -> str:
    return ", ".join(f"måletidspunkt {pk} (opptil {many} svar)" for pk, many in answers.items())
