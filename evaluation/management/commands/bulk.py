"""``manage.py bulk``: a whole invented study, to rehearse results with (``evaluation/rehearsal.py``)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from evaluation.rehearsal import NotRehearsedError, rehearse

if TYPE_CHECKING:
    from argparse import ArgumentParser

MOST_FAMILIES = 20_000


class Command(BaseCommand):
    help = (
        "Lager en oppdiktet studie med familier, grupper, kvelder, lesing og svar før og etter, til å øve på"
        " resultater. Aldri der det er virkelige familier eller svar. Det samme én gang til gjør ingenting."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--families", type=int, default=60, help="Familier med alt rundt dem (60).")
        parser.add_argument(
            "--responses",
            type=int,
            help="Hvor mange som svarer før; fire av fem også etter. Flere enn de voksne: bare svarene deres"
            " lages. Uten tall svarer alle voksne.",
        )
        parser.add_argument(
            "--yes", action="store_true", help="I demoen: ja, selv om det ikke kan tas bort igjen."
        )
        parser.add_argument("--seed", type=int, default=1, help="Samme tall gir de samme svarene (1).")

    def handle(self, *args: Any, **options: Any) -> None:
        families, responses, seed = options["families"], options["responses"], options["seed"]
        if not 0 <= families <= MOST_FAMILIES or seed < 0 or (responses is not None and responses < 0):
            raise CommandError(f"--families er fra 0 til {MOST_FAMILIES}, og ingen av tallene er under 0.")
        if settings.DEMO and not options["yes"]:
            raise CommandError(
                f"I demoen blir {families} oppdiktede familier stående sammen med demoens egne, til den lages"
                " på nytt i en tom mappe. Gjenta med --yes hvis det er i orden."
            )
        try:
            made = rehearse(families, responses, seed)
        except NotRehearsedError as error:
            raise CommandError(str(error)) from None
        if made.was_there:
            self.stdout.write(f"«{made.study.key}» er der fra før. Ingenting er endret.")
            return
        self.stdout.write(
            f"Laget «{made.study.key}»: {made.adults} voksne i {families} familier og {made.responses} svar."
        )
