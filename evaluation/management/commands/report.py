"""``manage.py report``: a release as a Word report (``releases/reports.py``)."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError

from courses.models import Language
from evaluation.models import Release
from evaluation.releases.reports import for_municipality, report

if TYPE_CHECKING:
    from argparse import ArgumentParser


class Command(BaseCommand):
    help = "Skriver en Word-rapport av en offentliggjøring. Den sier det samme hver gang."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("release", type=int, help="Offentliggjøringens nummer.")
        parser.add_argument("--out", type=Path, required=True, help="Fil som skrives (.docx).")
        parser.add_argument("--language", choices=Language.values, default=Language.NB, help="Skriftspråk.")
        parser.add_argument(
            "--technical", action="store_true", help="Med teknisk vedlegg, for forskningspartneren."
        )
        parser.add_argument("--municipality", type=int, help="Bare for en kommune, der den kan vises.")

    def handle(self, *args: Any, **options: Any) -> None:
        found = Release.objects.filter(pk=options["release"]).select_related("study", "wave").first()
        if found is None:
            raise CommandError(f"Offentliggjøring {options['release']} finnes ikke.")
        if options["municipality"] is not None:
            written = for_municipality(found, options["municipality"], options["language"])
            if written is None:
                raise CommandError("Kommunen har for få svar til å vises for seg.")
        else:
            written = report(found, options["language"], technical=options["technical"])
        options["out"].write_bytes(written)
        self.stdout.write(f"Skrev {options['out']} ({len(written) // 1024} KB).")
