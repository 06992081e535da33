"""Who is asked at an occasion: settled when it opens, and again when a message about it goes.

Half-way and after the course only those are asked who have begun: who were asked before in the study, have
read something, or may have been at an evening. To anybody else it would be a form before the first evening.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from courses.models import Attendance, Evening, ReadingEvent, Role, User
from courses.outbox import whom
from courses.progress import COUNTS_AS_THERE
from evaluation.models import Audience, Consent, IdentityMode, Information, Participation
from evaluation.windows import is_before_course

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from evaluation.models import Occasion, Study

DOING = (ReadingEvent.Kind.READ, ReadingEvent.Kind.TRIED)
AWAY = (Attendance.State.ABSENT, Attendance.State.EXCUSED)
# at another occasion of the same wave: not asked twice. «handed» may be counted yet
ANSWERING = ("open", "done", "declined", "paper", "handed")


def askable(occasion: Occasion, *, anywhere: bool = False) -> QuerySet[User]:
    """Those who may be asked today. Nobody by name where the form is anonymous. No query by itself.

    Adults who take part and have not paused; contact persons with a duty in the group; leaders of its
    municipalities, or of the region's. In research only those whose consent to the letter in force stands.
    ``anywhere``: adults in any group of the programme, for whoever was asked may have changed group since.
    """
    users = User.objects.filter(is_active=True)
    if occasion.identity == IdentityMode.ANONYMOUS:
        return users.none()
    users = users.filter(pk__in=audience_of(occasion, anywhere=anywhere))
    study = occasion.wave.study
    return users.filter(pk__in=consenting(study)) if study.is_research else users


def audience_of(occasion: Occasion, *, anywhere: bool = False) -> QuerySet[User]:
    """The ids of those it is for, whether they have agreed to anything or not."""
    audience, group = occasion.wave.audience, occasion.group_id
    if audience == Audience.ADULT:
        taking = whom.adults_in(group or 0)
        if anywhere:
            taking = whom.adults_of(occasion.wave.study.programme_id)
        if not is_before_course(occasion.wave):
            taking = taking.filter(_has_begun(occasion.wave.study))
        return taking.values("adult__user")
    if audience == Audience.CONTACT_PERSON:
        return whom.leaders_of(group or 0)
    leaders = Role.objects.active().filter(kind=Role.Kind.LEADER)
    where = Q(municipality__groups=group) if group else Q(municipality__region=occasion.wave.study.region_id)
    return leaders.filter(where).values("user")


def _has_begun(study: Study) -> Q:
    """Of enrolments. Not marked is not absent from the day after; tonight only a mark says that she is there.
    Whoever was asked before and then stayed away is asked as well, or nothing would be known of those who
    leave: who of them answered is not known, for those on paper look like those who did not."""
    marks = Attendance.objects.filter(evening=OuterRef("pk"), adult=OuterRef(OuterRef("adult")))
    held = Evening.objects.filter(
        Q(starts_at__date__lt=timezone.localdate()) | Exists(marks.filter(state__in=COUNTS_AS_THERE)),
        group=OuterRef("group"),
        cancelled_at=None,
        starts_at__lte=timezone.now(),
        starts_at__date__gte=OuterRef("starts_on"),
    )
    read = ReadingEvent.objects.filter(
        adult=OuterRef("adult"), part__edition__programme=study.programme_id, kind__in=DOING
    )
    before = Participation.objects.filter(user=OuterRef("adult__user"), occasion__wave__study=study.pk)
    return Q(Exists(held.exclude(Exists(marks.filter(state__in=AWAY))))) | Q(Exists(read)) | Q(Exists(before))


def not_asked_yet(occasion: Occasion) -> QuerySet[User]:
    """Those of ``askable`` who have not been asked in this wave: whoever changes group is asked once.

    Staff who lead in both phases are asked in each, and after each evening of what is asked of evenings.
    """
    asked = Participation.objects.filter(occasion__wave=occasion.wave_id)
    if occasion.evening_id is not None:
        asked = asked.filter(occasion=occasion.pk)
    elif occasion.wave.audience != Audience.ADULT and occasion.group:
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
