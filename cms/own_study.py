"""What the evaluation holds beside a name: what she agreed to, and that she was asked. Never answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from cms.own_sections import Section, day
from evaluation.models import Consent, HouseholdSalt, PairSalt, Participation, Study
from evaluation.study_words import at_evening

if TYPE_CHECKING:
    from courses.models import User
    from evaluation.models import Occasion


def consents(user: User) -> Section:
    rows = []
    for row in Consent.objects.visible_to(user).select_related("letter__study").order_by("given_on", "pk"):
        said = {"day": day(row.given_on), "number": row.letter.number}
        if row.purpose == Consent.Purpose.INFORMATION:
            words = _("lest %(day)s, brev %(number)s") % said
        else:
            words = _("ja til forskning %(day)s, brev %(number)s") % said
        if row.withdrawn_on:
            words += ", " + _("trukket tilbake %(day)s") % {"day": day(row.withdrawn_on)}
        rows.append((_name(row.letter.study), words))
    title = _("Brev du har lest, og det du har sagt ja til")
    return Section("consents", title, rows, _("Ingen brev ennå."))


def _name(study: Study) -> str:
    return (study.name_nn or study.name_nb) if get_language() == "nn" else study.name_nb


def forms(user: User) -> Section:
    asked = Participation.objects.visible_to(user).select_related(
        "occasion__wave__study", "occasion__evening__module"
    )
    rows = [
        (f"{_name(row.occasion.wave.study)}: {_form(row.occasion)}", str(row.get_state_display()))
        for row in asked.order_by("occasion__opens_at", "pk")
    ]
    salts = PairSalt.objects.visible_to(user).count()
    salts += HouseholdSalt.objects.filter(family__adults__user=user).count()
    if salts:
        kept = _("%(n)s lagret") % {"n": salts}
        rows.append((_("Tilfeldige tall som kobler før og etter, uten navn"), kept))
    note = _(
        "Her står at du ble spurt, og om du svarte. Hva du svarte, er ikke lagret sammen med navnet ditt."
    )
    return Section("forms", _("Skjemaer"), rows, _("Du er ikke spurt om noe skjema ennå."), note)


def _form(occasion: Occasion) -> str:
    number = occasion.evening.module.number if occasion.evening else None
    return at_evening(occasion.wave.name_in(get_language() or "nb"), number)


def studies_to_leave(user: User) -> list[Study]:
    """Studies whose research she has agreed to and not withdrawn from. One query."""
    return list(
        Study.objects.filter(
            letters__consents__user=user,
            letters__consents__purpose=Consent.Purpose.RESEARCH,
            letters__consents__withdrawn_on=None,
        ).distinct()
    )
