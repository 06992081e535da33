"""``manage.py release``: lets a wave of a study out, once for each phase (``releases/releasing.py``)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError

from courses.models import Group
from evaluation.management.own_file import own_file
from evaluation.models import Study, Wave
from evaluation.releases import releasing
from evaluation.releases.people import may_count

if TYPE_CHECKING:
    from argparse import ArgumentParser


class Command(BaseCommand):
    help = (
        "Offentliggjør en måling i en fase. Det kan bare gjøres én gang, og når alle gruppenes måletidspunkt"
        " er talt opp. --preview FIL skriver det som blir offentliggjort. Etter det ligger tallene fast."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("study", nargs="?", help="Studiens kortnavn.")
        parser.add_argument("--wave", help="Målingens kode, for eksempel T1.")
        parser.add_argument("--phase", choices=Group.Phase.values, help="Fasen.")
        parser.add_argument(
            "--drafts", action="store_true", help="Regn ut forhåndsvisningene noen har bedt om."
        )
        parser.add_argument("--preview", type=Path, help="Fil som forhåndsvisningen skrives til (JSON).")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["drafts"]:
            self.stdout.write(f"Regnet ut {releasing.work_out_drafts()} forhåndsvisninger.")
        elif options["study"] and options["wave"] and options["phase"]:
            self._release(options["study"], options["wave"], options["phase"], options["preview"])
        else:
            raise CommandError("Si hvilken studie, --wave og --phase, eller --drafts.")

    def _release(self, study: str, wave: str, phase: str, preview: Path | None) -> None:
        found = Wave.objects.filter(study__key=study, code=wave).select_related("study").first()
        if found is None:
            if not Study.objects.filter(key=study).exists():
                raise CommandError(f"Ingen studie har kortnavnet «{study}».")
            raise CommandError(f"Studien «{study}» har ingen måling «{wave}».")
        try:
            if preview is not None:
                self._preview(found, phase, preview)
                return
            made = releasing.release(found, phase, releasing.content_of(found, phase))
        except releasing.ReleasedBeforeError as error:
            raise CommandError(f"{error} Se offentliggjøring {error.release.pk}.") from None
        except releasing.NotReadyError as error:
            raise CommandError(str(error)) from None
        self.stdout.write(
            f"Offentliggjøring {made.pk}: {found} i fasen {phase}. Kontrollsum {made.checksum}."
        )

    def _preview(self, of: Wave, phase: str, path: Path) -> None:
        """The numbers stand from when they are shown: not before the file can be written."""
        with own_file(path) as write:
            if may_count():
                releasing.ask(of, phase)
            content = releasing.content_of(of, phase)
            told = {"snapshot": content["snapshot"], "technical": content["technical"]}
            write(json.dumps(told, ensure_ascii=False, indent=1, sort_keys=True).encode())
            releasing.show(of, phase, content)
        self.stdout.write(f"Skrevet til {path}. Ikke offentliggjort, men nå ligger tallene fast.")
