"""``manage.py demo``: the programmes, edition 1.0 of each, and the demo's invented people."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from cms.demo import make_demo
from cms.publishing import publish_edition
from courses.models import Programme


class Command(BaseCommand):
    help = "Fyller demoen med programmet og oppdiktede mennesker. Gjør ingenting når de er der fra før."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("Demodata lages bare med DEMO=1, aldri der det finnes virkelige mennesker.")
        if not Programme.objects.exists():
            call_command("programme", "load", str(settings.BASE_DIR / "fixtures"), stdout=self.stdout)
        for programme in Programme.objects.filter(editions=None):
            publish_edition(programme=programme, version="1.0", by=None, reason="Første utgave.")
        make_demo()
        self.stdout.write("Demoen er klar.")
