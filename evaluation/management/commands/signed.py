"""``manage.py signed``: what somebody answered with her name, for herself when she asks to see it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from courses.auditing import Action, record
from courses.models import User
from evaluation.answers.vectors import decode
from evaluation.instruments.definition import NOT_YET
from evaluation.models import InstrumentVersion, Response, Study

if TYPE_CHECKING:
    from argparse import ArgumentParser
    from collections.abc import Iterator

    from evaluation.instruments.definition import Answer, Item


class Command(BaseCommand):
    requires_system_checks: list[str] = []  # its user may see no page, and needs none
    help = (
        "Skriver ut svarene en ansatt har gitt med navnet sitt, til henne selv. Kjøres av den som kan lese"
        " svarene; nettstedet kan det ikke. Nummeret står på siden hennes, «Det vi vet om deg», og der ser"
        " hun også at de er hentet fram."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("number", type=int, help="Nummeret svarene ligger under.")

    def handle(self, *args: Any, number: int, **options: Any) -> None:
        try:
            lines = _lines(number)
            record(None, Action.SIGNED, about=[number])  # first: she sees who has opened what is hers
        except DatabaseError as error:
            raise CommandError(f"En database svarte ikke ({error}). Kjør kommandoen igjen.") from error
        self.stdout.write("\n".join(lines))


def _lines(number: int) -> list[str]:
    """Raises CommandError where nothing is hers to see."""
    rows = Response.objects.filter(named=number).order_by("study", "wave", "occasion", "pk")
    lines = [line for row in rows for line in _told(row)]
    if not lines:
        raise CommandError(f"Ingen svar er talt opp med navn under nummer {number}.")
    if not User.objects.filter(pk=number).exists():
        raise CommandError(f"Ingen har nummer {number} lenger. Svarene slettes neste gang svar telles opp.")
    return lines


def _told(row: Response) -> Iterator[str]:
    """Its questionnaire, and each question with the answer, in Bokmål. Two queries."""
    study = Study.objects.get(pk=row.study)
    definition = InstrumentVersion.objects.get(pk=row.version).frozen
    answers = decode(definition, bytes(row.vector))
    yield f"{study.name_nb}, {row.wave}: {definition.title.nb}"
    for item in definition.coded_items:
        if item.key in answers:
            yield f"- {item.text.nb}: {_words(item, answers[item.key])}"
    yield ""


def _words(item: Item, answer: Answer) -> str:
    if answer == NOT_YET:
        return "ikke aktuelt ennå"
    names: dict[object, str] = {choice.code: choice.label.nb for choice in item.choices}
    chosen = answer if isinstance(answer, list) else [answer]
    return ", ".join(names.get(code) or str(code) for code in chosen)
