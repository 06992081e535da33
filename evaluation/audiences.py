"""Who is asked at an occasion: settled when it opens, and again when a message about it goes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Q

from courses.models import Role, User
from courses.outbox import whom
from evaluation.models import Audience, Consent, IdentityMode, Information, Participation

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from evaluation.models import Occasion, Study

ANSWERING = ("open", "done", "declined", "paper")  # at another occasion of the same wave: not asked twice


def askable(occasion: Occasion) -> QuerySet[User]:
    """Those who may be asked today. Nobody by name where the form is anonymous. No query by itself.

    Adults who take part and have not paused; contact persons with a duty in the group; leaders of its
    municipalities, or of the region's. In research only adults whose consent to the letter in force stands.
    """
    users = User.objects.filter(is_active=True)
    if occasion.identity == IdentityMode.ANONYMOUS:
        return users.none()
    users = users.filter(pk__in=_audience(occasion))
    study = occasion.wave.study
    if study.is_research and occasion.wave.audience == Audience.ADULT:
        return users.filter(pk__in=consenting(study))
    return users


def _audience(occasion: Occasion) -> QuerySet[User]:
    audience, group = occasion.wave.audience, occasion.group_id
    if audience == Audience.ADULT:
        return whom.adults_in(group or 0).values("adult__user")
    if audience == Audience.CONTACT_PERSON:
        return whom.leaders_of(group or 0)
    leaders = Role.objects.active().filter(kind=Role.Kind.LEADER)
    where = Q(municipality__groups=group) if group else Q(municipality__region=occasion.wave.study.region_id)
    return leaders.filter(where).values("user")


def not_asked_yet(occasion: Occasion) -> QuerySet[User]:
    """Those of ``askable`` who have not been asked in this wave: whoever changes group is asked once.

    Staff who lead in both phases are asked in each.
    """
    asked = Participation.objects.filter(occasion__wave=occasion.wave_id)
    if occasion.wave.audience != Audience.ADULT and occasion.group:
        asked = asked.filter(occasion__group__phase=occasion.group.phase)
    answering = asked.filter(Q(occasion=occasion.pk) | Q(state__in=ANSWERING))
    return askable(occasion).exclude(pk__in=answering.values("user"))


def current_letter(study: Study) -> QuerySet[Information]:
    """The letter in force, as a query of one row or none."""
    return Information.objects.filter(study=study).order_by("-number")[:1]


def consenting(study: Study) -> QuerySet[Consent]:
    """The ids of those who have agreed to the letter in force, and not withdrawn."""
    given = Consent.objects.filter(purpose=Consent.Purpose.RESEARCH, withdrawn_on=None)
    return given.filter(letter__in=current_letter(study).values("pk")).values("user")
