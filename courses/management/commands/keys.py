"""``manage.py keys``: the file with the keys that live outside the databases (``courses/keys.py``)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from courses.key_files import stored
from courses.keys import (
    IN_USE,
    add_missing,
    add_next_key,
    drop_older_keys,
    has_next_key,
    keys,
    make_key_file,
    take_next_key,
)
from courses.ledger import LedgerError, ledger_file
from courses.notes import rewrap_all

if TYPE_CHECKING:
    from argparse import ArgumentParser
    from pathlib import Path

COPY = "Ta en kopi som ligger et annet sted enn databasene."
WAITS = "En ny nøkkel venter i filen. Kopier filen, og kjør «manage.py keys rewrap» først."
LOCKED = {
    "pairs": (
        "«pairs» er ikke laget: det finnes svar som er låst med en eldre nøkkel, og en ny åpner dem ikke."
        " Legg den gamle tilbake i {0} fra kopien."
    ),
    "ledger": (
        "«ledger» er ikke laget: slettelista {1} er skrevet med en eldre nøkkel, og med en ny ville de som er"
        " slettet, komme tilbake med en sikkerhetskopi. Legg den gamle tilbake i {0} fra kopien. Er den tapt"
        " for godt, slett sikkerhetskopiene fra før i dag, og flytt slettelista til side."
    ),
}
TOUCHED_NOTHING = "{} finnes fra før og er ikke rørt."


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
        """No new key where something is locked with one that is gone: it would open nothing of that."""
        path = settings.KEY_FILE
        there = _names_in(path)
        try:
            gone = [name for name, is_used in IN_USE.items() if name not in there and is_used()]
        except (DatabaseError, LedgerError) as error:
            raise CommandError(
                f"Det er ikke til å se om noe er låst med en nøkkel som er borte ({error}). Ingen er laget."
            ) from error
        if not path.exists():
            make_key_file(path, without=gone)
            self.stdout.write(f"Laget {path}. {COPY}")
        elif added := add_missing(path, without=gone):
            self.stdout.write(f"La til {', '.join(added)} i {path}. {COPY}")
        elif not gone:
            raise CommandError(TOUCHED_NOTHING.format(path))
        if gone:
            raise CommandError(" ".join(LOCKED[name].format(path, ledger_file()) for name in gone))

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


def _names_in(path: Path) -> set[str]:
    """What the file has a key for, when there is one. Raises CommandError when it cannot be read."""
    try:
        return set(stored(path))
    except FileNotFoundError:
        return set()
    except (OSError, ValueError) as error:
        raise CommandError(TOUCHED_NOTHING.format(path)) from error
