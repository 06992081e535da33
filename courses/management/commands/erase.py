"""``manage.py erase ADULT``: an adult leaves the service, by the id of the adult."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from courses.archiving import ArchiveError, has_something, write_archive
from courses.erasing import HoldsRoleError, erase
from courses.ledger import LedgerError, ledger_file
from courses.models import Adult

if TYPE_CHECKING:
    from argparse import ArgumentParser


class Command(BaseCommand):
    help = "Sletter en voksen og alt som er lagret om henne. Kan ikke angres."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("adult", type=int, help="Nummeret på den voksne.")
        parser.add_argument(
            "--archive-out",
            type=Path,
            help="Mappe for det arkivet skal ha først: oppmøte og kursbevis. Uten: ARCHIVE_DIR.",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        rows = Adult.objects.select_related("user", "family__municipality")
        adult = rows.filter(pk=options["adult"]).first()
        if adult is None:
            raise CommandError(f"Det finnes ingen voksen med nummer {options['adult']}.")
        if adult.user.roles.active().exists():
            raise CommandError("Hun har en rolle i prosjektet. Avslutt rollen først, på prosjektsiden.")
        if settings.RESTORING.exists():  # whoever is to be erased again may have been read already
            raise CommandError("En sikkerhetskopi legges tilbake nå. Ingen er slettet: prøv igjen etterpå.")
        folder = options["archive_out"] or settings.ARCHIVE_DIR
        try:
            kept = write_archive(adult, folder) if has_something(adult) else []
            row = erase(adult)
        except HoldsRoleError as error:  # given between the two
            raise CommandError(
                "Hun har en rolle i prosjektet. Avslutt rollen først, på prosjektsiden."
            ) from error
        except (ArchiveError, LedgerError) as error:
            raise CommandError(str(error)) from error
        for path in kept:
            self.stdout.write(f"Til arkivet: {path}")
        self.stdout.write(
            f"Slettet. Linjen under står også i {ledger_file()}: ta vare på fila utenfor databasene."
        )
        self.stdout.write("Gjenopprettes en eldre sikkerhetskopi, viser den hvem som slettes på nytt.")
        self.stdout.write(f"{row.erased_on} {row.mark}")
