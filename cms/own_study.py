"""What the evaluation holds beside a name: what she agreed to, and that she was asked. Never answers."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django.db.models import Max
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from cms.own_sections import Section, day
from evaluation.models import Consent, HouseholdSalt, IdentityMode, Occasion, PairSalt, Participation, Study
from evaluation.study_words import at_evening

if TYPE_CHECKING:
    from courses.models import User


def consents(user: User) -> Section:
    rows, links = [], {}
    for row in Consent.objects.visible_to(user).select_related("letter__study").order_by("given_on", "pk"):
        said = {"day": day(row.given_on), "number": row.letter.number}
        if row.purpose == Consent.Purpose.INFORMATION:
            words = _("lest %(day)s, brev %(number)s") % said
        else:
            words = _("ja til forskning %(day)s, brev %(number)s") % said
        if row.withdrawn_on:
            words += ", " + _("trukket tilbake %(day)s") % {"day": day(row.withdrawn_on)}
        name = _name(row.letter.study)
        rows.append((name, words))
        letter = reverse("answers:information", args=[row.letter.study_id])
        links[letter] = _("Les brevet om «%(study)s»") % {"study": name}
    title = _("Brev du har lest, og det du har sagt ja til")
    to_letters = [(name, letter) for letter, name in links.items()]
    return Section("consents", title, rows, _("Ingen brev ennå."), links=to_letters)


def _name(study: Study) -> str:
    return (study.name_nn or study.name_nb) if get_language() == "nn" else study.name_nb


def forms(user: User) -> Section:
    asked = _asked(user)
    signed = _signed(user, asked)
    rows = [
        (f"{_name(row.occasion.wave.study)}: {_form(row.occasion)}", _state(row, is_signed=row in signed))
        for row in asked
    ]
    if signed:
        rows.append((_("Nummeret svarene med navnet ditt ligger under"), str(user.pk)))
    salts = PairSalt.objects.visible_to(user).count()
    salts += HouseholdSalt.objects.filter(family__adults__user=user).count()
    if salts:
        kept = _("%(n)s lagret") % {"n": salts}
        rows.append((_("Tilfeldige tall som kobler før og etter, uten navn"), kept))
    empty = _("Du er ikke spurt om noe skjema ennå.")
    return Section("forms", _("Skjemaer"), rows, empty, _note([row.occasion for row in asked]))


def has_signed(user: User) -> bool:
    """Whether answers of hers may lie with her name."""
    return bool(_signed(user, _asked(user)))


def _asked(user: User) -> list[Participation]:
    rows = Participation.objects.visible_to(user).order_by("occasion__opens_at", "pk")
    return list(rows.select_related("occasion__wave__study", "occasion__evening__module"))


def _signed(user: User, asked: list[Participation]) -> list[Participation]:
    """Where she has answered with her name, and it is neither taken back nor deleted unread. One query."""
    left = Consent.objects.visible_to(user).filter(purpose=Consent.Purpose.RESEARCH)
    days = left.filter(withdrawn_on__isnull=False).values_list("letter__study").annotate(Max("withdrawn_on"))
    taken_back = dict(days.order_by())
    return [
        row
        for row in asked
        if row.occasion.identity == IdentityMode.NAMED
        and row.state == Participation.State.DONE
        and row.occasion.state != Occasion.State.DROPPED
        and timezone.localdate(row.occasion.opens_at) > taken_back.get(row.occasion.wave.study_id, date.min)
    ]


def _state(row: Participation, *, is_signed: bool) -> str:
    words = [str(row.get_state_display())]
    if is_signed:
        words.append(_("lagret med navnet ditt"))
    if row.has_sheet:
        words.append(_("et skjema på papir er skrevet ut til deg"))
    return ", ".join(words)


def _note(occasions: list[Occasion]) -> str:
    """Where her answers are, and whom she asks for those with her name: this page may not read them."""
    named = [each for each in occasions if each.identity == IdentityMode.NAMED]
    if not named:
        return _(
            "Her står at du ble spurt, og om du svarte. Hva du svarte, er ikke lagret sammen med navnet ditt."
        )
    studies = {each.wave.study_id: each.wave.study for each in named}.values()
    asked = dict.fromkeys(f"{study.contact_name}, {study.contact_email}" for study in studies)
    words = _(
        "Her står at du ble spurt, og om du svarte. Svar med navnet ditt ligger i en egen database, som"
        " nettsiden ikke kan lese. Derfor står de ikke her. Be om å få dem fra %(whom)s. De slettes når"
        " kontoen din slettes. Det du skrev med egne ord, lagres uten navn når svarene telles opp, og kan"
        " ikke finnes igjen."
    ) % {"whom": _(" eller ").join(asked)}
    if len(named) < len(occasions):
        words += " " + _("Svar uten navn kan ikke slås opp på navnet ditt.")
    return words


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
