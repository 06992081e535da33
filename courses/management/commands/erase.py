"""``manage.py erase ADULT``: an adult leaves the service, by the id of the adult."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError

from courses.erasing import HoldsRoleError, erase
from courses.models import Adult

if TYPE_CHECKING:
    from argparse import ArgumentParser


class Command(BaseCommand):
    help = "Sletter en voksen og alt som er lagret om henne. Kan ikke angres."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("adult", type=int, help="Nummeret på den voksne.")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            adult = Adult.objects.select_related("user", "family").get(pk=options["adult"])
        except Adult.DoesNotExist as error:
            raise CommandError(f"Det finnes ingen voksen med nummer {options['adult']}.") from error
        try:
            row = erase(adult)
        except HoldsRoleError as error:
            raise CommandError(
                "Hun har en rolle i prosjektet. Avslutt rollen først, på prosjektsiden."
            ) from error
        self.stdout.write(
            "Slettet. Ta vare på linjen under et annet sted enn databasen: gjenopprettes en eldre"
        )
        self.stdout.write("sikkerhetskopi, viser den hvem som må slettes på nytt.")
        self.stdout.write(f"{row.erased_on} {row.mark}")
