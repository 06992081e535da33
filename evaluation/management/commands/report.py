"""``manage.py report``: a release as a Word report (``releases/reports.py``)."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError

from courses.models import Language
from evaluation.management.own_file import own_file
from evaluation.models import Release
from evaluation.releases.releasing import is_unchanged
from evaluation.releases.reports import TemplateError, place_report, steering_report, technical_report

if TYPE_CHECKING:
    from argparse import ArgumentParser


class Command(BaseCommand):
    help = "Skriver en Word-rapport av en offentliggjøring. Den sier det samme hver gang."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("release", type=int, help="Offentliggjøringens nummer.")
        parser.add_argument("--out", type=Path, help="Fil som skrives (.docx).")
        parser.add_argument("--language", choices=Language.values, default=Language.NB, help="Skriftspråk.")
        parser.add_argument(
            "--technical", action="store_true", help="Teknisk vedlegg i stedet, for forskningspartneren."
        )
        parser.add_argument("--municipality", type=int, help="Én side om en kommune, der den kan vises.")
        parser.add_argument("--template", type=Path, help="Egen Word-mal (.docx) i stedet for vår.")

    def handle(self, *args: Any, **options: Any) -> None:
        found = Release.objects.filter(pk=options["release"]).select_related("study", "wave").first()
        if found is None:
            raise CommandError(f"Offentliggjøring {options['release']} finnes ikke.")
        if options["out"] is None:
            raise CommandError("Si hvor rapporten skal skrives: --out FIL.docx.")
        if not is_unchanged(found):
            raise CommandError("Tallene er ikke slik de ble offentliggjort: kontrollsummen stemmer ikke.")
        with own_file(options["out"]) as write:
            try:
                written = self._written(found, options)
            except (TemplateError, OSError) as error:
                raise CommandError(str(error)) from None
            if written is None:
                raise CommandError("Kommunen har for få svar til å vises for seg.")
            write(written)
        self.stdout.write(f"Skrev {options['out']} ({len(written) // 1024} KB).")

    def _written(self, found: Release, options: dict[str, Any]) -> bytes | None:
        template = options["template"].read_bytes() if options["template"] else b""
        if options["municipality"] is not None:
            return place_report(found, options["municipality"], options["language"], template)
        makes = technical_report if options["technical"] else steering_report
        return makes(found, options["language"], template)
