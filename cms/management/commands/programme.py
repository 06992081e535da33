"""``programme load DIR``, ``programme export DIR``, ``programme lix DIR``: content as files."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from cms.packages import PackageError, export, load
from cms.packages.readability import HEAVY, measures

if TYPE_CHECKING:
    from argparse import ArgumentParser

FIXTURES = Path(__file__).resolve().parents[3] / "fixtures"


class Command(BaseCommand):
    help = "Tar innhold inn fra filer, skriver det ut som filer, eller måler hvor lett det er å lese."

    def add_arguments(self, parser: ArgumentParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        taking = verbs.add_parser(
            "load", help="Ett program, eller en mappe med programmes/ og pages/. Alt eller ingenting."
        )
        taking.add_argument("dir", type=Path)
        giving = verbs.add_parser("export", help="Skriver alt publisert innhold slik load leser det.")
        giving.add_argument("dir", type=Path)
        weighing = verbs.add_parser("lix", help="LIX og ord for hver del.")
        weighing.add_argument("dir", type=Path, nargs="?", default=FIXTURES)

    def handle(self, *args: Any, verb: str, dir: Path, **options: Any) -> None:
        try:
            {"load": self.load, "export": self.export, "lix": self.lix}[verb](dir)
        except PackageError as error:
            raise CommandError(_("Ingenting er endret.") + f"\n{error}") from error

    def load(self, root: Path) -> None:
        outcome = load(root)
        self.stdout.write(
            _("%(created)d nye, %(changed)d endret, %(unchanged)d som før.")
            % {"created": outcome.created, "changed": outcome.changed, "unchanged": outcome.unchanged}
        )
        for name in outcome.drafts:
            self.stdout.write(_("Hadde et upublisert utkast, som nå ligger i historikken: %s") % name)
        for name in outcome.left:
            self.stdout.write(_("Finnes i databasen, ikke i filene: %s") % name)

    def export(self, root: Path) -> None:
        tree = export(root)
        self.stdout.write(_("%(files)d filer i %(root)s.") % {"files": len(tree.files), "root": root})
        for name in tree.left_out:
            self.stdout.write(_("Ikke publisert, derfor ikke med: %s") % name)
        for path in tree.strangers:
            self.stdout.write(_("Lå i mappa fra før og hører ikke til: %s") % path)
        for problem in tree.unloadable:
            self.stdout.write(_("Må rettes før pakken kan lastes inn igjen: %s") % problem)

    def lix(self, root: Path) -> None:
        found = list(measures(root))
        for part in found:
            heavy = "  " + _("tung") if part.lix > HEAVY else ""
            self.stdout.write(f"{part.lix:5.1f} {part.words:5d}  {part.path}{heavy}")
        if found:
            mean = sum(part.lix for part in found) / len(found)
            words = sum(part.words for part in found)
            self.stdout.write(
                f"{mean:5.1f} {words:5d}  " + _("gjennomsnitt og ord i alt, %d deler") % len(found)
            )
