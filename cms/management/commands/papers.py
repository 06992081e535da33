"""``manage.py papers STUDY --out docs/``: drafts of what the law asks for, from a study's settings."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError

from cms.legal_papers import EXAMPLE, facts_of, papers
from evaluation.models import Study

if TYPE_CHECKING:
    from argparse import ArgumentParser


class Command(BaseCommand):
    help = "Utkast til DPIA, protokoll, databehandleravtale og ordning mellom kommunene, som Markdown."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("study", nargs="?", help="Kortnavnet på studien.")
        parser.add_argument("--example", action="store_true", help="Den oppdiktede studien i docs/.")
        parser.add_argument("--out", type=Path, required=True, help="Mappen de legges i.")

    def handle(self, *args: Any, **options: Any) -> None:
        if bool(options["study"]) == options["example"]:
            raise CommandError("Si kortnavnet på en studie, eller --example.")
        facts = EXAMPLE if options["example"] else facts_of(self._study(options["study"]))
        options["out"].mkdir(parents=True, exist_ok=True)
        for name, text in papers(facts).items():
            path = options["out"] / name
            path.write_text(text, encoding="utf-8")
            self.stdout.write(str(path))

    def _study(self, key: str) -> Study:
        study = Study.objects.filter(key=key).first()
        if study is None:
            known = ", ".join(Study.objects.values_list("key", flat=True)) or "ingen"
            raise CommandError(f"Ingen studie heter «{key}». De som finnes: {known}.")
        return study
