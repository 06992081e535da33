"""``manage.py keys``: the file with the keys that live outside the databases (``courses/keys.py``)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand, CommandError

from courses.keys import (
    add_missing,
    add_next_key,
    drop_older_keys,
    has_next_key,
    keys,
    make_key_file,
    take_next_key,
)
from courses.notes import rewrap_all

if TYPE_CHECKING:
    from argparse import ArgumentParser

COPY = "Ta en kopi som ligger et annet sted enn databasene."
WAITS = "En ny nøkkel venter i filen. Kopier filen, og kjør «manage.py keys rewrap» først."


class Command(BaseCommand):
    help = (
        "Nøkkelfilen (KEY_FILE). make: lager den, eller legger til det som mangler, og rører ikke det andre."
        " rotate: legger en ny nøkkel til notatene i filen, så den kan kopieres. Den brukes ikke ennå."
        " rewrap: tar den nye nøkkelen i bruk. De gamle blir stående i filen."
        " drop: fjerner de gamle, når ingen sikkerhetskopi fra før rewrap skal kunne åpnes lenger."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("action", choices=["make", "rotate", "rewrap", "drop"])

    def handle(self, *args: Any, action: str, **options: Any) -> None:
        if action == "make":
            self._make()
            return
        try:
            keys("notes")  # says what is wrong with the file before anything is written
        except ImproperlyConfigured as error:
            raise CommandError(str(error)) from error
        {"rotate": self._rotate, "rewrap": self._rewrap, "drop": self._drop}[action]()

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
        if not add_next_key(settings.KEY_FILE, "notes"):
            raise CommandError(WAITS)
        self.stdout.write(
            f"En ny nøkkel ligger i {settings.KEY_FILE} og er ikke i bruk ennå. {COPY}"
            " Legg filen på alle maskinene, og kjør så «manage.py keys rewrap»."
        )

    def _rewrap(self) -> None:
        """Also without a key that waits: the last time may have stopped halfway."""
        taken = take_next_key(settings.KEY_FILE, "notes")
        done, shut = rewrap_all()
        self.stdout.write(f"{done} voksnes nøkler er låst med den nyeste nøkkelen i {settings.KEY_FILE}.")
        if taken:
            self.stdout.write("Legg filen på alle maskinene igjen: den nye nøkkelen står først nå.")
        if shut:
            self.stdout.write(f"{shut} lot seg ikke åpne med noen nøkkel i filen og er ikke rørt.")

    def _drop(self) -> None:
        if has_next_key(settings.KEY_FILE, "notes"):
            raise CommandError(WAITS)
        done, shut = rewrap_all()
        if shut:
            raise CommandError(f"{shut} voksnes nøkler åpner seg ikke. Ingen nøkkel er fjernet.")
        older = drop_older_keys(settings.KEY_FILE, "notes")
        self.stdout.write(f"{older} eldre nøkler er fjernet; {done} voksnes nøkler ble låst om først.")
