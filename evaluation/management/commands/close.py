"""``manage.py close``: answers that have waited sealed are opened in one batch (``answers/closing.py``)."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError
from django.utils import timezone

from evaluation.answers import ceremony, closing, due, kept_keys, keys
from evaluation.models import Occasion

if TYPE_CHECKING:
    from argparse import ArgumentParser

    from evaluation.answers.closing import ClosingResult


class Command(BaseCommand):
    requires_system_checks: list[str] = []  # its user may see no page, and needs none
    help = (
        "Lukker et måletidspunkt og teller svarene opp, samlet og i tilfeldig rekkefølge. Kan avbrytes og"
        " kjøres igjen. --due teller alt der fristen er ute. Med SEAL_KEY_FILE satt kjøres dette av en egen"
        " bruker som alene kan lese nøkkelfilen, og helst uten nett."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("occasion", nargs="?", type=int, help="Måletidspunktets nummer.")
        parser.add_argument("--yes", action="store_true", help="Spør ikke, også om det lukkes før tiden.")
        parser.add_argument("--due", action="store_true", help="Alle der fristen er ute, og de som venter.")

    def handle(self, *args: Any, occasion: int | None, **options: Any) -> None:
        if (occasion is None) is not options["due"]:
            raise CommandError("Si hvilket måletidspunkt, eller --due.")
        if occasion is not None and not options["yes"] and sys.stdin.isatty():
            self._ask_before_time(occasion)
        faults: list[str] = []
        try:
            for result in due.count_everything(faults) if occasion is None else self._close(occasion):
                self._tell(result)
        except keys.NoKeyError as error:
            raise CommandError(str(error)) from error
        except DatabaseError as error:
            raise CommandError(f"En database svarte ikke ({error}). Kjør kommandoen igjen.") from error
        except OSError as error:
            raise CommandError(f"{error.filename}: {error.strerror}. Kjør kommandoen igjen.") from error
        self._tell_of_days()
        if faults:
            raise CommandError("\n".join(dict.fromkeys(faults)))

    def _close(self, pk: int) -> list[ClosingResult]:
        found = Occasion.objects.filter(pk=pk).first()
        if found is None:
            raise CommandError(f"Måletidspunkt {pk} finnes ikke.")
        try:
            result = closing.close(found)
        except closing.NotOpenedError:
            raise CommandError(f"Måletidspunkt {pk} er ikke åpnet ennå.") from None
        kept_keys.destroy_over()
        return [result]

    def _ask_before_time(self, pk: int) -> None:
        """Of whoever types a number: a form that is closed is not opened again."""
        found = Occasion.objects.select_related("wave").filter(pk=pk, state=Occasion.State.OPEN).first()
        if found is None or found.closes_at <= timezone.now():
            return
        until = timezone.localtime(found.closes_at)
        answer = input(
            f"Måletidspunkt {pk} ({found.wave.name_nb}) er lovet åpent til {until:%d.%m.%Y kl. %H.%M}. De som"
            " ikke har svart, kan ikke svare siden. Lukke nå? Skriv ja: "
        )
        if answer.strip().lower() != "ja":
            raise CommandError("Ingenting er lukket.")

    def _tell_of_days(self) -> None:
        if settings.SEAL_KEYS_APART:
            for study in due.keys_over_their_day():
                self.stdout.write(
                    f"Koblingsnøkkelen til «{study}» skulle vært slettet {study.sunset_on:%d.%m.%Y}. To"
                    f" vitner kjører «{ceremony.HOW.format(key=study.key)}», og makulerer andelene og alle"
                    " kopier."
                )

    def _tell(self, result: ClosingResult) -> None:
        which = ", ".join(str(pk) for pk in result.occasions)
        if result.state == "waiting":
            self.stdout.write(
                f"Måletidspunkt {which}: lukket. For få svar til å åpnes alene; de venter forseglet på andre"
                " i regionen."
            )
        elif result.state == "dropped":
            self.stdout.write(
                f"Måletidspunkt {which}: studien er over, og det ble for få. Svarene er slettet, og ingen har"
                " sett dem."
            )
        else:
            self.stdout.write(
                f"Måletidspunkt {which}: talt opp. {result.sealed} forseglet, {result.taken} talt med,"
                f" {result.left_out} holdt utenfor."
            )
