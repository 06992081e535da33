"""``manage.py keys make``: the file with the keys that live outside the databases."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from courses.keys import make_key_file

if TYPE_CHECKING:
    from argparse import ArgumentParser


class Command(BaseCommand):
    help = "Lager nøkkelfilen (KEY_FILE). Skriver aldri over en som finnes."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("action", choices=["make"])

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            make_key_file(settings.KEY_FILE)
        except FileExistsError as error:
            raise CommandError(f"{settings.KEY_FILE} finnes fra før og er ikke rørt.") from error
        self.stdout.write(f"Laget {settings.KEY_FILE}. Ta en kopi som ligger et annet sted enn databasene.")
