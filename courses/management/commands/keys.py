"""``manage.py keys``: the file with the keys that live outside the databases (``courses/keys.py``)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand, CommandError

from courses.keys import add_key, add_missing, drop_older_keys, keys, make_key_file
from courses.notes import rewrap_all

if TYPE_CHECKING:
    from argparse import ArgumentParser

COPY = "Ta en kopi som ligger et annet sted enn databasene."


class Command(BaseCommand):
    help = (
        "Nøkkelfilen (KEY_FILE). make: lager den, eller legger til det som mangler, og rører ikke det andre."
        " rotate: ny nøkkel til notatene, de gamle blir stående i filen."
        " drop: fjerner de gamle, når ingen sikkerhetskopi fra før rotate skal kunne åpnes lenger."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("action", choices=["make", "rotate", "drop"])

    def handle(self, *args: Any, action: str, **options: Any) -> None:
        if action == "make":
            self._make()
            return
        try:
            keys("notes")  # says what is wrong with the file before anything is written
        except ImproperlyConfigured as error:
            raise CommandError(str(error)) from error
        if action == "rotate":
            self._rotate()
        else:
            self._drop()

    def _make(self) -> None:
        path = settings.KEY_FILE
        try:
            make_key_file(path)
        except FileExistsError as error:
            try:
                added = add_missing(path)
            except ValueError:
                added = []
            if not added:
                raise CommandError(f"{path} finnes fra før og er ikke rørt.") from error
            self.stdout.write(f"La til {', '.join(added)} i {path}. {COPY}")
        else:
            self.stdout.write(f"Laget {path}. {COPY}")

    def _rotate(self) -> None:
        add_key(settings.KEY_FILE, "notes")
        done, shut = rewrap_all()
        self.stdout.write(f"Ny nøkkel i {settings.KEY_FILE}; {done} voksnes nøkler er låst med den. {COPY}")
        if shut:
            self.stdout.write(f"{shut} lot seg ikke åpne med noen nøkkel i filen og er ikke rørt.")

    def _drop(self) -> None:
        done, shut = rewrap_all()
        if shut:
            raise CommandError(f"{shut} voksnes nøkler åpner seg ikke. Ingen nøkkel er fjernet.")
        older = drop_older_keys(settings.KEY_FILE, "notes")
        self.stdout.write(f"{older} eldre nøkler er fjernet; {done} voksnes nøkler ble låst om først.")
