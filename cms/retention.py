"""What is kept, how long, and by which rule: one table, which the job keeps to and /personvern/ shows.

``retain()`` removes what is over its time; ``rows_over()`` counts what still is. Nothing else decides.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib.sessions.models import Session
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cms.lasting import asked_in_ended_studies, of_ended_studies, people_over
from courses.archiving import ArchiveError, write_archive
from courses.erasing import HoldsRoleError, erase_user
from courses.forgetting import KEPT as INVITED_KEPT
from courses.forgetting import forget_invited, forget_waiting, over_at_the_door, over_in_line
from courses.ledger import LedgerError
from courses.models import (
    AuditEvent,
    Family,
    Invitation,
    PrivacyReport,
    User,
    WalkIn,
)
from courses.outbox.rows import forget_old, old_rows
from evaluation.answers.keeping_names import empty_names
from evaluation.models import HouseholdSalt, PairSalt, PaperEnvelope

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from django.db.models import QuerySet
    from django.utils.functional import _StrPromise

log = logging.getLogger(__name__)
REPORTS_KEPT, REPORTS_LONGEST = timedelta(days=90), timedelta(days=365)
AUDIT_KEPT = timedelta(days=730)
WALK_INS_KEPT = timedelta(days=90)
OUR_CHOICE = _("Vårt valg: ikke lenger enn det trengs")


class NotKeptError(Exception):
    """A line of the table could not be kept to; the log says which and why."""


@dataclass(frozen=True)
class Keeping:
    """One line of the table. ``over`` finds what is past its time; without it somebody else keeps to it."""

    key: str
    what: _StrPromise
    how_long: _StrPromise
    rule: _StrPromise
    over: Callable[[datetime], Any] | None = None
    remove: Callable[[datetime], int] | None = None  # without it the rows of ``over`` are deleted


def _sessions(now: datetime) -> QuerySet[Session]:
    return Session.objects.filter(expire_date__lt=now)


def _staff_invitations(now: datetime) -> QuerySet[Invitation]:
    over = now - INVITED_KEPT
    return Invitation.objects.filter(Q(used_at__lt=over) | Q(withdrawn_at__lt=over) | Q(expires_at__lt=over))


def _walk_ins(now: datetime) -> QuerySet[WalkIn]:
    return WalkIn.objects.filter(evening__starts_at__lt=now - WALK_INS_KEPT).exclude(name="")


def _people(now: datetime) -> QuerySet[User]:
    return User.objects.filter(pk__in=people_over(now))


def _erase_people(now: datetime) -> int:
    """One at a time: what is wrong with one keeps nobody else."""
    gone = 0
    for user in _people(now).select_related("adult__family__municipality"):
        try:
            if hasattr(user, "adult"):
                write_archive(user.adult, settings.ARCHIVE_DIR)
            erase_user(user)
            gone += 1
        except (ArchiveError, LedgerError, HoldsRoleError):
            log.exception("retention: user %s could not be erased", user.pk)
    return gone


def _reports(now: datetime) -> QuerySet[PrivacyReport]:
    longest = timezone.localdate(now - REPORTS_LONGEST)
    return PrivacyReport.objects.filter(Q(sent_at__lt=now - REPORTS_KEPT) | Q(made_on__lt=longest))


def _audit(now: datetime) -> QuerySet[AuditEvent]:
    return AuditEvent.objects.filter(on__lt=timezone.localdate(now - AUDIT_KEPT))


ENDED = _("Til koblingsnøkkelen slettes")
TABLE: tuple[Keeping, ...] = (
    Keeping(
        "sessions",
        _("At du er logget inn"),
        _("8 timer, eller 30 dager når du har valgt «Husk denne telefonen»"),
        OUR_CHOICE,
        _sessions,
    ),
    Keeping(
        "messages",
        _("At du fikk en beskjed, og når. Teksten lagres ikke"),
        _("90 dager, eller til det den gjelder, er over"),
        OUR_CHOICE,
        old_rows,
        lambda now: forget_old(now),
    ),
    Keeping(
        "invited",
        _("Navn og adresse til den som er invitert og ikke kommer inn"),
        _("90 dager etter at lenken er utløpt eller trukket"),
        OUR_CHOICE,
        over_at_the_door,
        forget_invited,
    ),
    Keeping(
        "waiting",
        _("Navn og adresse til den som står på venteliste"),
        _("90 dager etter at gruppa er ferdig"),
        OUR_CHOICE,
        over_in_line,
        forget_waiting,
    ),
    Keeping(
        "staff-invitations",
        _("Invitasjoner til dem som jobber med kurset"),
        _("90 dager etter at den er brukt eller utløpt"),
        OUR_CHOICE,
        _staff_invitations,
    ),
    Keeping(
        "walk-ins",
        _("Fornavnet til en som kom uten å stå på lista"),
        _("til vi vet hvem det er, høyst 90 dager"),
        OUR_CHOICE,
        _walk_ins,
        lambda now: empty_names(_walk_ins(now)),
    ),
    Keeping(
        "people",
        _("Kontoen din, med alt som hører til: gruppe, lesing, avtaler, notater, samtykker"),
        _("seks måneder etter siste kveld, siste skjema eller siste avtale"),
        _("Barnevernsloven om opplæring og oppfølging"),
        _people,
        _erase_people,
    ),
    Keeping(
        "archive",
        _("Oppmøtet og kursbeviset ditt"),
        _("til kontoen slettes. Da får kommunens arkiv det, og det slettes her"),
        _("Arkivlova og kommunens dokumentasjonsplan"),
    ),
    Keeping(
        "families",
        _("Hvem som er familie"),
        _("til den siste voksne er slettet"),
        OUR_CHOICE,
        lambda now: Family.objects.filter(adults=None),
    ),
    Keeping(
        "participation",
        _("At du ble spurt om et skjema, og om du svarte"),
        ENDED,
        _("Studiens informasjonsskriv"),
        asked_in_ended_studies,
    ),
    Keeping(
        "pair-salts",
        _("Tilfeldige tall som kobler før og etter, uten navn"),
        ENDED,
        _("Studiens informasjonsskriv"),
        of_ended_studies(PairSalt, "study"),
    ),
    Keeping(
        "household-salts",
        _("Det samme for en husstand"),
        ENDED,
        _("Studiens informasjonsskriv"),
        of_ended_studies(HouseholdSalt, "study"),
    ),
    Keeping(  # what nobody has counted goes by closing alone, which knows why (evaluation/answers/due.py)
        "sealed",
        _("Forseglede svar som venter på å bli talt opp, og navnene som da tas ut av dem"),
        _("til skjemaet er lukket og talt opp. Blir det for få til å telles, slettes de"),
        _("Studiens informasjonsskriv"),
    ),
    Keeping(
        "answers",
        _("Svar uten navn, når de er talt opp"),
        _("så lenge tjenesten finnes. Når koblingsnøkkelen er slettet, kan ingen finne ut hvem de er fra"),
        _("Studiens informasjonsskriv"),
    ),
    Keeping(  # evaluation/answers/signed.py
        "signed",
        _("Svar som ansatte gir med navnet sitt, og at de ble spurt"),
        _("til kontoen slettes. Det som er skrevet med egne ord, lagres uten navn, som andre svar"),
        _("Studiens informasjonsskriv"),
    ),
    Keeping(  # evaluation/answers/kept_keys.py
        "seal-keys",
        _("Nøkkelen som åpner de forseglede svarene til et skjema"),
        _("en uke etter at skjemaet er talt opp, aldri lenger enn til koblingsnøkkelen slettes"),
        _("Så svarene ikke går tapt om databasen må hentes fra en sikkerhetskopi"),
    ),
    Keeping(  # evaluation/answers/unpairing.py; one key for all studies, so that no sunset takes it
        "pairs-key",
        _("Nøkkelen som kan si at to svar er fra samme person eller hjem, men ikke hvem"),
        _("til alle koblingsnøkler er slettet og tallene er gitt ut. Da sletter to personer den, med bevis"),
        _("Så vi kan regne ut endring fra før til etter"),
    ),
    Keeping(
        "envelopes",
        _("Hvem et skjema på papir er skrevet ut til, forseglet, og koden på ark som er ført inn"),
        _("til skjemaet er lukket og talt opp"),
        _("Studiens informasjonsskriv"),
        of_ended_studies(PaperEnvelope, "occasion__wave__study"),
    ),
    Keeping(
        "audit",
        _("Hvem som har åpnet siden om deg, skrevet ut en liste eller endret noe"),
        _("to år"),
        _("Personvernforordningen artikkel 32"),
        _audit,
    ),
    Keeping(
        "reports",
        _("En melding om avvik. Teksten slettes når den er sendt"),
        _("90 dager etter at den er sendt, aldri over et år"),
        _("Personvernforordningen artikkel 33"),
        _reports,
    ),
    Keeping(
        "ledger",
        _("En kode som viser at noen er slettet, eller har trukket seg fra forskning. Den sier ikke hvem"),
        _("så lenge tjenesten finnes"),
        _("Så ingen kommer tilbake fra en sikkerhetskopi"),
    ),
    Keeping("logs", _("Tekniske logger, uten navn"), _("30 dager"), _("Den som driver maskinene")),
    Keeping("backups", _("Sikkerhetskopier"), _("35 dager"), _("Den som driver maskinene")),
)


def retain(now: datetime | None = None, *, leave: frozenset[str] = frozenset()) -> dict[str, int | None]:
    """Removes what is over its time, but for the keys in ``leave``. How many rows went, by key.

    None for a line that failed: it is logged, and stops no other.
    """
    now = now or timezone.now()
    removed: dict[str, int | None] = {}
    for kept in TABLE:
        if kept.over is not None and kept.key not in leave:
            try:
                removed[kept.key] = kept.remove(now) if kept.remove else int(kept.over(now).delete()[0])
            except Exception:
                log.exception("retention: %s failed", kept.key)
                removed[kept.key] = None
    return removed


def rows_over(now: datetime | None = None) -> dict[str, int]:
    """How many rows are over their time, by key: nothing when the job does its work."""
    now = now or timezone.now()
    counted = {kept.key: kept.over(now).count() for kept in TABLE if kept.over is not None}
    return {key: count for key, count in counted.items() if count}


def keep_to_the_table() -> None:
    """What ``manage.py work`` does every hour. The demo's invented people stay, whatever the clock says.

    Raises NotKeptError, after all the others, for a line that failed.
    """
    from cms.backups.restoring import drop_aside  # here: pages that show the table need none of it

    drop_aside()
    removed = retain(leave=frozenset({"people"}) if settings.DEMO else frozenset())
    if None in removed.values():
        raise NotKeptError
