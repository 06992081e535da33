"""``manage.py give_up``: an occasion whose key is lost for good waits no more (``answers/giving_up.py``)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from evaluation.answers import giving_up, keys
from evaluation.answers.ceremony import NotTwoError, two_names
from evaluation.models import Occasion
from evaluation.study_words import occasion_name

if TYPE_CHECKING:
    from argparse import ArgumentParser


class Command(BaseCommand):
    requires_system_checks: list[str] = []  # its user may see no page, and needs none
    help = (
        "Gir opp et måletidspunkt der nøkkelen er tapt for godt. De forseglede svarene slettes uåpnet, og"
        " målingen kan offentliggjøres uten dem. Uten --by sies det bare hva som går tapt. To må bekrefte."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("occasion", type=int, help="Måletidspunktets nummer.")
        parser.add_argument("--by", action="append", default=[], help="Navn på den som bekrefter. To av dem.")

    def handle(self, *args: Any, occasion: int, by: list[str], **options: Any) -> None:
        rows = Occasion.objects.select_related("wave", "group", "evening__module")
        found = rows.filter(pk=occasion).first()
        if found is None:
            raise CommandError(f"Måletidspunkt {occasion} finnes ikke.")
        try:
            lost = giving_up.lost_in(found)
            if not by:
                raise CommandError(_warning(found, lost))
            lost = giving_up.give_up(found, two_names(by, "--by"))
        except (keys.NoKeyError, giving_up.NotLostError, NotTwoError) as error:
            raise CommandError(str(error)) from error
        except DatabaseError as error:
            raise CommandError(f"En database svarte ikke ({error}). Kjør kommandoen igjen.") from error
        except OSError as error:
            raise CommandError(f"{error.filename}: {error.strerror}. Kjør kommandoen igjen.") from error
        self.stdout.write(f"{_named(found)}: gitt opp. {_answers(lost)} er slettet uåpnet og tapt for godt.")


def _named(occasion: Occasion) -> str:
    return f"Måletidspunkt {occasion.pk} ({occasion.wave.name_nb}, {occasion_name(occasion)})"


def _answers(lost: int) -> str:
    return f"{lost} forseglet svar" if lost == 1 else f"{lost} forseglede svar"


def _warning(occasion: Occasion, lost: int) -> str:
    return (
        f"{_named(occasion)}: nøkkelen er ikke her. {_answers(lost)} kan ikke åpnes, og går tapt for godt når"
        " dere gir opp. Let etter en kopi av nøkkelfilen først. Finnes den ikke, må to bekrefte:"
        f" «manage.py give_up {occasion.pk} --by NAVN --by NAVN». Ingenting er endret."
    )
