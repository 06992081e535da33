"""``manage.py export``: what a release counted, as data for research (``releases/exports/``)."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError
from django.db import ProgrammingError

from courses.access import has_role
from courses.models import Language, User
from evaluation.models import Release
from evaluation.releases.exports.errors import NotExportedError
from evaluation.releases.exports.writing import FORMATS, export

if TYPE_CHECKING:
    from argparse import ArgumentParser

RESEARCHER = "researcher"
MAY_EXPORT = (RESEARCHER, "project-leader")
ONLY_RESEARCH = "Tekstene er bare til forskningspartneren. Si --by med e-postadressen til en forsker."


class Command(BaseCommand):
    help = (
        "Henter ut svarene som en offentliggjøring har talt med, til forskningspartneren: nye numre hver"
        " gang, ingen små grupper, tekster bare med --texts. Det blir skrevet i loggen. Filer skrives aldri"
        " over."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("release", type=int, help="Offentliggjøringens nummer.")
        parser.add_argument("--format", choices=FORMATS, required=True, help="Slag fil.")
        parser.add_argument("--out", type=Path, required=True, help="Mappe filene legges i.")
        parser.add_argument(
            "--language",
            choices=Language.values,
            default=Language.NB,
            help="I sav; de andre har begge.",
        )
        parser.add_argument(
            "--texts",
            action="store_true",
            help="Også det folk har skrevet, i en egen fil: bare til forskningspartneren, så si --by.",
        )
        parser.add_argument("--by", metavar="E-POST", help="Hvem som henter ut. Ellers står kommandoen selv.")

    def handle(self, *args: Any, **options: Any) -> None:
        release = self._release(options["release"])
        by, with_texts = self._user(options["by"], release) if options["by"] else None, options["texts"]
        if with_texts and (by is None or not has_role(by, RESEARCHER)):
            raise CommandError(ONLY_RESEARCH)
        how = options["format"], options["out"], str(options["language"]), by
        try:
            made = export(release, *how, with_texts=with_texts)
        except NotExportedError as error:
            raise CommandError(str(error)) from None
        for path in made:
            self.stdout.write(f"Skrev {path} ({-(-path.stat().st_size // 1024)} KB).")

    def _release(self, pk: int) -> Release:
        known = Release.objects.select_related("study", "wave")
        found = known.filter(pk=pk).first()
        if found is None:
            others = known.defer("snapshot", "technical")
            told = ", ".join(
                f"{each.pk} ({each.study.key}, {each.wave.code}, {each.phase})" for each in others
            )
            raise CommandError(
                f"Offentliggjøring {pk} finnes ikke." + (f" Disse finnes: {told}." if told else "")
            )
        return found

    def _user(self, email: str, release: Release) -> User:
        try:
            found = User.objects.filter(email__iexact=email, is_active=True).first()
            may = found is not None and has_role(found, *MAY_EXPORT)
            sees = may and Release.objects.visible_to(found).filter(pk=release.pk).exists()
        except ProgrammingError:
            raise CommandError(
                "Databasebrukeren som kjører dette, får ikke lese hvem som finnes. Kjør uten --by."
                " Med --texts må en databasebruker som får det, kjøre."
            ) from None
        if found is None or not sees:
            raise CommandError(f"Ingen forskningspartner eller prosjektleder har e-postadressen {email}.")
        return found
