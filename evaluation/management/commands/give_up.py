"""``manage.py give_up``: an occasion whose key is lost for good waits no more (``answers/giving_up.py``)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError
from django.utils import timezone

from evaluation.answers import giving_up, keys
from evaluation.answers.two_people import NIGHT, NotTwoError, two_names
from evaluation.models import Occasion
from evaluation.study_words import occasion_name

if TYPE_CHECKING:
    from argparse import ArgumentParser


class Command(BaseCommand):
    requires_system_checks: list[str] = []  # its user may see no page, and needs none
    help = (
        "Gir opp et måletidspunkt der nøkkelen er tapt for godt. De forseglede svarene slettes uåpnet, og"
        " målingen kan offentliggjøres uten dem. Uten --by sies det bare hva som går tapt. To må bekrefte, og"
        " bekrefte på nytt dagen etter."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("occasion", type=int, help="Måletidspunktets nummer.")
        parser.add_argument("--by", action="append", default=[], help="Navn på den som bekrefter. To av dem.")
        parser.add_argument("--file-is-lost", action="store_true", help="Hele nøkkelfilen er tapt for godt.")

    def handle(self, *args: Any, occasion: int, by: list[str], file_is_lost: bool, **options: Any) -> None:
        rows = Occasion.objects.select_related("wave", "group", "evening__module")
        found = rows.filter(pk=occasion).first()
        if found is None:
            raise CommandError(f"Måletidspunkt {occasion} finnes ikke.")
        try:
            waiting = giving_up.lost_in(found, file_is_lost=file_is_lost)
            if not by:
                raise CommandError(_warning(found, waiting))
            lost = giving_up.give_up(found, two_names(by, "--by"), file_is_lost=file_is_lost)
        except (keys.NoKeyError, giving_up.NotLostError, NotTwoError) as error:
            raise CommandError(str(error)) from error
        except DatabaseError as error:
            raise CommandError(f"En database svarte ikke ({error}). Kjør kommandoen igjen.") from error
        except OSError as error:
            raise CommandError(f"{error.filename}: {error.strerror}. Kjør kommandoen igjen.") from error
        if lost is None:
            self.stdout.write(_noted(found, waiting))
        else:
            self.stdout.write(
                f"{_named(found)}: gitt opp, {_answers(lost)} er slettet uåpnet og tapt for godt."
            )


def _named(occasion: Occasion) -> str:
    return f"Måletidspunkt {occasion.pk} ({occasion.wave.name_nb}, {occasion_name(occasion)})"


def _answers(lost: int) -> str:
    return "ett forseglet svar" if lost == 1 else f"opptil {lost} forseglede svar"


def _noted(occasion: Occasion, waiting: int) -> str:
    tomorrow = timezone.localdate() + NIGHT
    return (
        f"{_named(occasion)}: det er notert at dere vil gi opp {_answers(waiting)}."
        f" {giving_up.where_it_was_sought(occasion)}. Ingenting er slettet. Kjør den samme kommandoen fra"
        f" {tomorrow:%d.%m.%Y}; da slettes svarene for godt."
    )


def _warning(occasion: Occasion, lost: int) -> str:
    return (
        f"{_named(occasion)}: nøkkelen er ikke her. {giving_up.where_it_was_sought(occasion)}. Derfor kan"
        f" {_answers(lost)} ikke åpnes, og går tapt for godt når dere gir opp. Let etter en kopi av"
        " nøkkelfilen først, og se at stien er riktig. Er nøkkelen tapt, må to bekrefte:"
        f" «manage.py give_up {occasion.pk} --by NAVN --by NAVN». Ingenting er endret."
    )
