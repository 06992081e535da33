"""The information letter of a study: made from its settings, kept as it was, read and agreed to.

A letter that nobody has read is written over when the settings change; one that somebody has read stays, and
a change of the settings makes the next. In research a new letter is a new question: nobody has agreed to it.
"""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from django.db import transaction
from django.db.models import Q
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.http import url_has_allowed_host_and_scheme

from courses.access import active_roles
from courses.models import Enrolment, Language, Region
from evaluation import answering
from evaluation.answering import UNANSWERED
from evaluation.answers import sealing, withdrawing
from evaluation.audiences import current_letter
from evaluation.models import Consent, IdentityMode, Information, Occasion, Participation, Study

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from courses.models import User

Purpose = Consent.Purpose
TEMPLATE = "evaluation/information/letter.txt"


class ChangedLetterError(Exception):
    """The letter somebody answers is not the one in force any more."""


class Piece(NamedTuple):
    kind: Literal["heading", "list", "text"]
    lines: list[str]


# --- the letter
def written(study: Study) -> tuple[str, str]:
    """The letter as the settings say now, in Bokmål and Nynorsk. One query."""
    waves = list(study.waves.all())
    return _in_language(study, waves, "nb"), _in_language(study, waves, "nn")


def _in_language(study: Study, waves: list[Any], language: str) -> str:
    def said(name: str) -> str:
        return str((language == "nn" and getattr(study, f"{name}_nn")) or getattr(study, f"{name}_nb"))

    context = {
        "study": study,
        "name": said("name"),
        "purpose": said("purpose"),
        "waves": [
            {
                "name": wave.name_in(language),
                "audience": wave.get_audience_display,
                "anonymous": wave.identity == IdentityMode.ANONYMOUS,
                "named": wave.identity == IdentityMode.NAMED,
            }
            for wave in waves
        ],
        "linked": any(wave.identity == IdentityMode.LINKED for wave in waves),
        "anonymous": any(wave.identity == IdentityMode.ANONYMOUS for wave in waves),
        "named": any(wave.identity == IdentityMode.NAMED for wave in waves),
    }
    with translation.override(language):
        text = render_to_string(TEMPLATE, context)
    return re.sub(r"\n{3,}", "\n\n", text).strip() + "\n"


def checksum(nb: str, nn: str) -> str:
    return hashlib.sha256(f"{nb}\0{nn}".encode()).hexdigest()


@transaction.atomic
def keep_letter(study: Study) -> Information:
    """The letter in force, made or renewed when the settings say something else than it does."""
    Study.objects.select_for_update().get(pk=study.pk)  # two workers make one letter
    nb, nn = written(study)
    mark, newest = checksum(nb, nn), letter_of(study)
    if newest is not None and newest.checksum == mark:
        return newest
    fresh = {"body_nb": nb, "body_nn": nn, "checksum": mark, "made_on": timezone.localdate()}
    if newest is not None and not newest.consents.exists():
        Information.objects.filter(pk=newest.pk).update(**fresh)
        newest.refresh_from_db()
        return newest
    return Information.objects.create(study=study, number=newest.number + 1 if newest else 1, **fresh)


def letter_of(study: Study) -> Information | None:
    """The letter in force. One query."""
    return current_letter(study).first()


def pieces(body: str) -> list[Piece]:
    """A letter's headings («# »), lists («- ») and paragraphs."""
    found = []
    for block in body.strip().split("\n\n"):
        lines = [line.strip() for line in block.splitlines() if line.strip()]
        if lines and all(line.startswith("- ") for line in lines):
            found.append(Piece("list", [line.removeprefix("- ") for line in lines]))
        elif lines:
            kind: Literal["heading", "text"] = "heading" if lines[0].startswith("# ") else "text"
            found.append(Piece(kind, [" ".join(lines).removeprefix("# ")]))
    return found


# --- who is told, and what she has said
def studies_for(user: User) -> QuerySet[Study]:
    """Studies that ask her something, or have asked. Reads her roles."""
    took = Enrolment.objects.filter(adult__user=user.pk)
    as_adult = Q(
        programme__editions__groups__enrolments__in=took,
        region__municipalities__groups__enrolments__in=took,
        waves__audience="adult",
    )
    asked = Q(waves__occasions__participations__in=Participation.objects.visible_to(user))
    answered = Q(letters__consents__in=Consent.objects.visible_to(user))
    regions = {role.municipality.region_id for role in active_roles(user) if role.municipality}
    kinds = {role.kind for role in active_roles(user)} & {"contact-person", "leader"}
    at_work = Q(region__in=regions, waves__audience__in=kinds)
    led = led_by(user).values("pk")
    fitting = Study.objects.filter(as_adult | asked | answered | at_work | Q(pk__in=led))
    return Study.objects.filter(pk__in=fitting.values("pk"))


def led_by(user: User) -> QuerySet[Study]:
    """The studies of the regions where she is project leader. Reads her roles."""
    places = {role.municipality_id for role in active_roles(user) if role.kind == "project-leader"}
    if None in places:
        return Study.objects.all()
    return Study.objects.filter(region__municipalities__in=places).distinct()


def regions_led_by(user: User) -> QuerySet[Region]:
    """Where she may set up a study. Reads her roles."""
    places = {role.municipality_id for role in active_roles(user) if role.kind == "project-leader"}
    rows = Region.objects.order_by("name")
    return rows if None in places else rows.filter(municipalities__in=places).distinct()


def standing(user: User, letter: Information) -> frozenset[str]:
    """What she has said to this very letter: «information», «research», both or nothing. One query."""
    own = Consent.objects.visible_to(user).filter(letter=letter, withdrawn_on=None)
    return frozenset(own.values_list("purpose", flat=True))


def has_agreed(user: User, study: Study) -> bool:
    """Whether a consent of hers stands, to any letter: then there is something to withdraw. One query."""
    own = Consent.objects.visible_to(user).filter(letter__study=study, withdrawn_on=None)
    return own.filter(purpose=Purpose.RESEARCH).exists()


@transaction.atomic
def acknowledge(user: User, letter: Information, *, mark: str, agrees: bool) -> None:
    """«Jeg har lest dette», and in research, apart from it, yes or nothing. Again is the same.

    ``mark``: the checksum of the letter she was shown. Raises ChangedLetterError. A consent to an older
    letter is not renewed by silence: it stays as it was and no longer counts, and what she was asked under
    it waits no more.
    """
    study = Study.objects.select_for_update().get(pk=letter.study_id)
    newest = letter_of(study)
    if newest is None or newest.checksum != mark:
        raise ChangedLetterError
    purposes = [Purpose.INFORMATION, *([Purpose.RESEARCH] if agrees and study.is_research else [])]
    language = user.language if user.language in Language.values else Language.NB
    today = timezone.localdate()
    stood = not study.is_research or answering.consent_stands(user, study.pk)
    Consent.objects.bulk_create(
        [
            Consent(user=user, letter=newest, purpose=purpose, language=language, given_on=today)
            for purpose in purposes
        ],
        ignore_conflicts=True,
    )
    if study.is_research and str(Purpose.RESEARCH) not in standing(user, newest):
        _ask_no_more(user, study)
    elif not stood:
        _ask_again(user, study)


def _ask_no_more(user: User, study: Study) -> None:
    asked = Participation.objects.filter(user=user, occasion__wave__study=study, state__in=UNANSWERED)
    for occasion in list(asked.order_by("occasion_id").values_list("occasion", flat=True)):
        answering.decline(user, occasion, herself=False)


def _ask_again(user: User, study: Study) -> None:
    """What she was taken out of is hers again, where it is still open; not a form that she refused herself:
    she was told that nothing more comes of it."""
    open_now = Participation.objects.filter(
        user=user,
        occasion__wave__study=study,
        occasion__state=Occasion.State.OPEN,
        state=Participation.State.DECLINED,
        said_no=False,
    )
    for occasion in list(open_now.order_by("occasion_id").values_list("occasion", flat=True)):
        answering.undo_decline(user, occasion)


def withdraw(user: User, study: Study) -> bool:
    """One tap, no reason: no more forms, and what can be found is taken out. False: nothing stood."""
    if not has_agreed(user, study):
        return False
    with transaction.atomic():
        sealing.withdraw(user, study)
        transaction.on_commit(withdrawing.note_withdrawals, robust=True)
    return True


def way_back(asked: str, default: str) -> str:
    """Where to go on to: a path of ours, or the default."""
    ours = asked.startswith("/") and url_has_allowed_host_and_scheme(asked, allowed_hosts=None)
    return asked if ours and "\\" not in asked else default
