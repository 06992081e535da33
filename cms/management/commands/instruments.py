"""``instruments load DIR``, ``instruments export DIR``: questionnaires as files."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from courses.problems import PackageError
from evaluation.instruments.loading import export, load

if TYPE_CHECKING:
    from argparse import ArgumentParser


class Command(BaseCommand):
    help = "Tar skjemaer inn fra YAML og XLSForm, eller skriver dem ut som YAML."

    def add_arguments(self, parser: ArgumentParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        taking = verbs.add_parser("load", help="Alle .yaml og .xlsx i en mappe. Alt eller ingenting.")
        taking.add_argument("dir", type=Path)
        giving = verbs.add_parser("export", help="Skriver alle versjoner av alle skjemaer.")
        giving.add_argument("dir", type=Path)

    def handle(self, *args: Any, verb: str, dir: Path, **options: Any) -> None:
        try:
            {"load": self.load, "export": self.export}[verb](dir)
        except PackageError as error:
            raise CommandError(_("Ingenting er endret.") + f"\n{error}") from error

    def load(self, folder: Path) -> None:
        outcome = load(folder)
        self.stdout.write(
            _("%(created)d nye, %(changed)d endret, %(unchanged)d som før.")
            % {"created": outcome.created, "changed": outcome.changed, "unchanged": outcome.unchanged}
        )

    def export(self, folder: Path) -> None:
        files = export(folder)
        self.stdout.write(_("%(files)d filer i %(root)s.") % {"files": len(files), "root": folder})
