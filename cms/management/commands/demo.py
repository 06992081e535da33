"""``manage.py demo``: the programmes, edition 1.0 of each, and the demo's invented people."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from cms.demo import make_demo
from cms.demo_results import make_results
from cms.publishing import publish_edition
from courses.models import Programme
from evaluation.answers.due import end_windows
from evaluation.models import InstrumentVersion


class Command(BaseCommand):
    help = "Fyller demoen med programmet og oppdiktede mennesker. Gjør ingenting når de er der fra før."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("Demodata lages bare med DEMO=1, aldri der det finnes virkelige mennesker.")
        if not Programme.objects.exists():
            call_command("programme", "load", str(settings.BASE_DIR / "fixtures"), stdout=self.stdout)
        for programme in Programme.objects.filter(editions=None):
            publish_edition(programme=programme, version="1.0", by=None, reason="Første utgave.")
        if not InstrumentVersion.objects.exists():
            folder = str(settings.BASE_DIR / "fixtures" / "instruments")
            call_command("instruments", "load", folder, stdout=self.stdout)
        make_demo()
        if not connection.in_atomic_block:  # a test takes it back
            end_windows()
            make_results()
        self.stdout.write("Demoen er klar.")
