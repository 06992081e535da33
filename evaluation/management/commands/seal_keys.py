"""``manage.py seal_keys``: the keys that open and pair answers, in SEAL_KEY_FILE (``answers/keys.py``)."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError
from django.utils import timezone

from evaluation.answers import ceremony, kept_keys, keys, unpairing
from evaluation.answers.two_people import NIGHT, TWO, NotTwoError, two_names
from evaluation.models import Study

if TYPE_CHECKING:
    from argparse import ArgumentParser

REFUSED = (
    *(keys.NoKeyError, ceremony.NotAShareError, ceremony.AnswersWaitError),
    *(NotTwoError, unpairing.StillPairedError, unpairing.NotToldError, unpairing.NotLostError),
)


class Command(BaseCommand):
    requires_system_checks: list[str] = []  # its user may see no page, and needs none
    help = (
        "Nøklene til svarene. make: en nøkkel til hvert planlagt måletidspunkt. ceremony STUDIE: lager"
        " koblingsnøkkelen med to vitner, skriver sertifikatet til --out og to andeler ved siden av det."
        " shares STUDIE: legger koblingsnøkkelen tilbake fra begge andelene. sunset STUDIE: sletter den for"
        " godt og skriver beviset til --out. unpair: når ingen studie har koblingsnøkkel lenger og tallene er"
        " gitt ut, sletter den «pairs» i KEY_FILE for godt, tar koblingen ut av alle svar og skriver beviset"
        " til --out. unpair --lost: «pairs» er tapt for godt, og ingen kopi finnes; tar ut koblingen som"
        " ingen nøkkel åpner, så det kan telles opp og gis ut videre. Må sies på nytt dagen etter."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("action", choices=["make", "ceremony", "shares", "sunset", "unpair"])
        parser.add_argument("study", nargs="?", help="Studiens kortnavn.")
        parser.add_argument("--witness", action="append", default=[], help="Navn. To av dem.")
        parser.add_argument("--share", action="append", default=[], type=Path, help="En andel. Begge to.")
        parser.add_argument("--lost", action="store_true", help="Med unpair: «pairs» er tapt for godt.")
        parser.add_argument("--out", type=Path, help="Filen sertifikatet eller beviset skrives til.")

    def handle(self, *args: Any, action: str, **options: Any) -> None:
        try:
            if action == "make":
                self.stdout.write(f"{kept_keys.make_missing()} måletidspunkter fikk nøkkel.")
                return
            if action == "unpair":
                self._unpair(options)
                return
            study = Study.objects.filter(key=options["study"] or "").first()
            if study is None:
                raise CommandError("Si hvilken studie, med kortnavnet.")
            {"ceremony": self._ceremony, "shares": self._shares, "sunset": self._sunset}[action](
                study, options
            )
        except REFUSED as error:
            raise CommandError(str(error)) from error
        except DatabaseError as error:
            raise CommandError(f"En database svarte ikke ({error}). Kjør kommandoen igjen.") from error
        except OSError as error:
            raise CommandError(f"{error.filename}: {error.strerror}. Ingenting er endret.") from error

    def _ceremony(self, study: Study, options: dict[str, Any]) -> None:
        witnesses, out = two_names(options["witness"], "--witness"), _out(options)
        if study.key_fingerprint or study.sunset_done_on:
            raise CommandError(f"«{study}» har hatt sin seremoni. Fingeravtrykk: {study.key_fingerprint}.")
        for path in ceremony.hold(study, witnesses, out):
            self.stdout.write(f"Skrev {path}.")
        self.stdout.write(
            "Gi hver andel til ett vitne, på hvert sitt sted, og slett filene her. Begge trengs; én alene"
            " sier ingenting."
        )

    def _shares(self, study: Study, options: dict[str, Any]) -> None:
        if len(options["share"]) != TWO:
            raise CommandError("Begge andelene trengs: --share FIL --share FIL.")
        keys.restore_pair_key(study, ceremony.joined(*(path.read_text() for path in options["share"])))
        self.stdout.write(f"Koblingsnøkkelen til «{study}» er på plass i nøkkelfilen.")

    def _sunset(self, study: Study, options: dict[str, Any]) -> None:
        witnesses, out = two_names(options["witness"], "--witness"), _out(options)
        if study.sunset_done_on and not ceremony.unnamed_proof(out).exists():
            raise CommandError(f"Koblingsnøkkelen til «{study}» ble slettet {study.sunset_done_on:%d.%m.%Y}.")
        ceremony.end(study, witnesses, out)
        self.stdout.write(f"Koblingsnøkkelen til «{study}» er slettet. Beviset ligger i {out}.")

    def _unpair(self, options: dict[str, Any]) -> None:
        witnesses, out = two_names(options["witness"], "--witness"), _out(options)
        if options["lost"]:
            self.stdout.write(_told(unpairing.give_up(witnesses, out), out))
            return
        lost = unpairing.end(witnesses, out)
        self.stdout.write(f"«pairs» er slettet, og {lost} svar kobles ikke lenger. Beviset ligger i {out}.")


def _told(lost: unpairing.Lost, out: Path) -> str:
    withdrawn = (
        f" Opptil {lost.withdrawals} som har trukket svarene sine, kan ikke få dem slettet."
        if lost.withdrawals
        else ""
    )
    if lost.is_done:
        return (
            f"{lost.answers} svar kobles ikke lenger.{withdrawn} Det er skrevet ned i {out}. Kjør «manage.py"
            " keys make» om «pairs» mangler i nøkkelfilen."
        )
    return (
        f"Det er notert at «pairs» er tapt. {lost.answers} svar mister koblingen.{withdrawn} Ingenting er"
        f" endret ennå. Let etter en kopi av {settings.KEY_FILE}, og se at stien er riktig. Er den tapt for"
        f" godt, kjør den samme kommandoen fra {timezone.localdate() + NIGHT:%d.%m.%Y}."
    )


def _out(options: dict[str, Any]) -> Path:
    out: Path | None = options["out"]
    if out is None:
        raise CommandError("Si hvor det skal skrives: --out FIL.")
    if out.exists():
        raise CommandError(f"{out} finnes fra før og er ikke rørt.")
    return out
