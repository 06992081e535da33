"""«Meld avvik»: what somebody tells goes to the municipality's privacy officer, and is then forgotten here.

A report waits as a row until its mail has gone; then its text and address are blanked. Where no privacy
officer is written down, it goes to a project leader of the place, and the page says so.
"""

from __future__ import annotations

import logging
import smtplib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.core.cache import cache
from django.core.mail import EmailMessage
from django.db.models import F, Q
from django.utils import formats, timezone, translation
from django.utils.translation import gettext as _

from courses.models import PrivacyReport, Role

if TYPE_CHECKING:
    from courses.models import Municipality

logger = logging.getLogger(__name__)
FIRST_WAIT, LONGEST_WAIT = 60, 6 * 3600  # seconds; four times as long after each try


@dataclass(frozen=True)
class Officer:
    """Who gets what is told of a municipality. ``stands_in``: a project leader, in want of an officer."""

    name: str
    email: str
    stands_in: bool


def officer_of(place: Municipality) -> Officer | None:
    """The privacy officer; without one a project leader, of the place before the region. A query at most."""
    if place.privacy_officer_email:
        return Officer(place.privacy_officer, place.privacy_officer_email, stands_in=False)
    leaders = Role.objects.active().filter(
        Q(municipality=place) | Q(municipality=None),
        kind=Role.Kind.PROJECT_LEADER,
        user__is_active=True,
        user__email__isnull=False,
    )
    role = leaders.select_related("user").order_by(F("municipality").asc(nulls_last=True), "pk").first()
    return Officer(role.user.first_name, str(role.user.email), stands_in=True) if role else None


def send_reports() -> int:
    """Mails what waits; one that did not go waits longer each time. How many went."""
    waiting = PrivacyReport.objects.filter(sent_at=None).exclude(text="")
    return sum(_send(row) for row in waiting.select_related("municipality").order_by("pk"))


def _send(row: PrivacyReport) -> bool:
    if cache.get(_key(row)):
        return False
    officer = officer_of(row.municipality)
    mine = PrivacyReport.objects.filter(pk=row.pk, sent_at=None, tries=row.tries)
    # whoever raises the number has this try: two workers do not send the same
    if officer is None or not mine.update(tries=min(row.tries + 1, 30_000)):
        return False
    cache.set(_key(row), True, min(FIRST_WAIT * 4 ** min(row.tries, 8), LONGEST_WAIT))
    try:
        _mail(row, officer).send()
    except (OSError, smtplib.SMTPException):  # never what it says, nor to whom
        logger.warning("privacy report %s did not go, try %s", row.pk, row.tries + 1)
        return False
    PrivacyReport.objects.filter(pk=row.pk).update(sent_at=timezone.now(), text="", reply_to="")
    return True


def _key(row: PrivacyReport) -> str:
    return f"privacy-report-waits-{row.pk}"


def _mail(row: PrivacyReport, officer: Officer) -> EmailMessage:
    """In the municipality's written language, to one recipient."""
    with translation.override(row.municipality.written_language):
        answer = (
            _("Den som skrev, vil gjerne ha svar til %(address)s.") % {"address": row.reply_to}
            if row.reply_to
            else _("Den som skrev, har ikke bedt om svar.")
        )
        why = (
            _("Du får meldingen fordi %(place)s ikke har ført opp et personvernombud i En god start.")
            if officer.stands_in
            else _("Du får meldingen som personvernombud i %(place)s.")
        )
        lines = [
            _("Noen har meldt fra om et mulig avvik i En god start %(day)s.")
            % {"day": formats.date_format(row.made_on, "j. F Y")},
            row.text,
            answer,
            why % {"place": row.municipality.name},
            _("Teksten er nå slettet i tjenesten. Et avvik skal som regel vurderes innen 72 timer."),
        ]
        return EmailMessage(
            subject=_("Melding om personvern i En god start"),
            body="\n\n".join(lines) + "\n",
            to=[officer.email],
            reply_to=[row.reply_to] if row.reply_to else None,
        )


def unsent() -> int:
    """How many wait to be mailed."""
    return PrivacyReport.objects.filter(sent_at=None).exclude(text="").count()
