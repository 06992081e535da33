"""``manage.py retain``: removes what is over its time by the table in ``cms/retention.py``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand

from cms.retention import retain, rows_over

if TYPE_CHECKING:
    from argparse import ArgumentParser


class Command(BaseCommand):
    help = "Sletter det som har ligget lenger enn det skal. --dry-run bare teller."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="Tell, men slett ingenting.")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["dry_run"]:
            for key, count in rows_over().items():
                self.stdout.write(f"{key}: {count}")
            return
        removed = retain()
        for key, gone in removed.items():
            if gone:
                self.stdout.write(f"{key}: {gone} slettet")
        failed = [key for key, gone in removed.items() if gone is None]
        left = dict.fromkeys([*failed, *rows_over()])  # each once
        if left:
            self.stderr.write(f"Noe ble liggende: {', '.join(left)}. Se loggen.")
            raise SystemExit(1)
