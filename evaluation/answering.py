"""One's own form: what it hangs on, the key of its draft, saying no and changing one's mind.

Sending it is ``evaluation/answers/sealing.py``. Nothing here knows an answer.
"""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from django.db import transaction
from django.db.models import Case, Count, Exists, F, Max, OuterRef, Q, Value, When
from django.utils import timezone

from courses.outbox import rows
from courses.prepared import INTEGER, Prepared
from evaluation.figures.disclosure import Population
from evaluation.models import Audience, Consent, IdentityMode, Information, Occasion, Participation
from evaluation.study_words import at_evening

if TYPE_CHECKING:
    from datetime import date, datetime

    from courses.models import User

State = Participation.State
UNANSWERED = (State.OPEN, State.PAPER)  # whoever is given paper may answer here instead
KEY_BYTES = 32
DECLINED = "declined"  # why her reminders were taken out


class OwnForm(NamedTuple):
    """One's participation at an occasion, with what its pages say."""

    occasion_id: int
    state: Any  # Participation.State
    occasion_state: Any  # Occasion.State
    opens_at: datetime
    closes_at: datetime
    identity: Any  # IdentityMode
    wave_id: int
    wave_nb: str
    wave_nn: str
    audience: Any  # Audience
    study_id: int
    study_nb: str
    study_nn: str
    sunset_on: date
    is_research: bool
    evening: int | None  # the evening's number, where it is asked after each
    place: str | None  # the family's municipality, as the help page knows it
    contact: str  # the name of whoever answers for the study

    @property
    def standing(self) -> str:
        """«open», «done», «declined», «planned» or «closed»: what can be done here now."""
        if self.state == State.DONE:
            return "done"
        now = timezone.now()
        if self.occasion_state == Occasion.State.PLANNED or now < self.opens_at:
            return "planned"
        if self.state == State.MISSED or not self._is_taking(now):
            return "closed"
        return "declined" if self.state == State.DECLINED else "open"

    def _is_taking(self, now: datetime) -> bool:
        return self.occasion_state == Occasion.State.OPEN and now < self.closes_at

    @property
    def is_named(self) -> bool:
        return self.identity == IdentityMode.NAMED

    @property
    def is_of_adults(self) -> bool:
        return self.audience == Audience.ADULT

    @property
    def has_letter(self) -> bool:
        """Whether she is to have read the letter first: families always, staff where it asks for consent."""
        return self.is_of_adults or self.is_research

    def wave_name(self, language: str) -> str:
        return at_evening((language == "nn" and self.wave_nn) or self.wave_nb, self.evening)

    def study_name(self, language: str) -> str:
        return (language == "nn" and self.study_nn) or self.study_nb


_own = Prepared(
    lambda user, occasion: Participation.objects.filter(user=user, occasion=occasion).values_list(
        "occasion_id",
        "state",
        "occasion__state",
        "occasion__opens_at",
        "occasion__closes_at",
        "occasion__identity",
        "occasion__wave_id",
        "occasion__wave__name_nb",
        "occasion__wave__name_nn",
        "occasion__wave__audience",
        "occasion__wave__study_id",
        "occasion__wave__study__name_nb",
        "occasion__wave__study__name_nn",
        "occasion__wave__study__sunset_on",
        "occasion__wave__study__is_research",
        "occasion__evening__module__number",
        "user__adult__family__municipality__slug",
        "occasion__wave__study__contact_name",
    ),
    user=INTEGER,
    occasion=INTEGER,
)
_letter = Prepared(
    lambda study, user: (
        Information.objects.filter(study=study)
        .order_by("-number")
        .values_list(Exists(Consent.objects.filter(letter=OuterRef("pk"), user=user, withdrawn_on=None)))[:1]
    ),
    study=INTEGER,
    user=INTEGER,
)
_asked = Prepared(
    lambda occasion: (
        Participation.objects.filter(occasion=occasion)
        .order_by()
        .values("occasion")
        .annotate(
            adults=Count("pk"),
            families=Count("user__adult__family", distinct=True),
            alone=Count("pk", filter=Q(user__adult__family=None)),  # staff: nobody's household
        )
        .values_list("adults", "families", "alone")
    ),
    occasion=INTEGER,
)


def own_form(user: User, occasion_id: int) -> OwnForm | None:
    """None for whoever is not asked there. One query."""
    found = _own(user=user.pk, occasion=occasion_id)
    return OwnForm(*found[0]) if found else None


def has_read_letter(own: OwnForm, user: User) -> bool | None:
    """Whether she has acknowledged the study's newest letter; None where it has none. One query."""
    found = _letter(study=own.study_id, user=user.pk)
    return bool(found[0][0]) if found else None


def is_small(own: OwnForm) -> bool:
    """Whether so few are asked that their answers cannot be opened for the group alone. One query."""
    (adults, families, alone), *_rest = _asked(occasion=own.occasion_id) or [[0, 0, 0]]
    return not Population(adults, families + alone).may_have_mean


def draft_key(user: User, occasion_id: int) -> bytes | None:
    """The 32 bytes that lock her draft on her device, made the first time; None where nothing is open.

    Gone with the sending, so that what is left on a device opens no more.
    """
    own = Participation.objects.filter(user=user, occasion=occasion_id, state__in=UNANSWERED)
    own.filter(draft_key=None).update(draft_key=secrets.token_bytes(KEY_BYTES))
    found = own.values_list("draft_key", flat=True).first()
    return bytes(found) if found else None


def consent_stands(user: User, study_id: int) -> bool:
    """Whether she has agreed to research, not withdrawn, and not read a newer letter without agreeing to it.
    One query."""
    said = Consent.objects.filter(user=user, letter__study=study_id, withdrawn_on=None)
    found = list(said.values_list("letter__number", "purpose"))
    return bool(found) and (max(found)[0], Consent.Purpose.RESEARCH) in found


def withdrawn_on(own: OwnForm, user: User) -> date | None:
    """The last day she withdrew from research since the form opened: what she had sent by then is taken out.
    One query, outside research none."""
    if not own.is_research:
        return None
    research = Consent.objects.filter(
        user=user, letter__study=own.study_id, purpose=Consent.Purpose.RESEARCH
    ).filter(withdrawn_on__gte=timezone.localdate(own.opens_at))
    return research.aggregate(last=Max("withdrawn_on"))["last"]


def barred(own: OwnForm, user: User) -> Literal["", "consent", "withdrawn"]:
    """Why a no cannot be taken back: no consent stands, or her withdrawal lies sealed beside the form. That
    is by her name where forms are signed, and would take what she sends now with it; elsewhere by a salt
    that she has no more."""
    if own.is_research and own.is_named and withdrawn_on(own, user):
        return "withdrawn"
    return "consent" if own.is_research and not consent_stands(user, own.study_id) else ""


@transaction.atomic
def decline(user: User, occasion_id: int, *, herself: bool = True) -> bool:
    """«Jeg vil ikke svare», no reason asked: no more reminders, and no draft. False when nothing was open.

    Not ``herself``: no consent of hers stands, and when one does the form is hers again.
    """
    said = Participation.objects.filter(user=user, occasion=occasion_id, state__in=UNANSWERED).update(
        state=State.DECLINED, draft_key=None, said_no=herself
    )
    if said:
        rows.take_out(DECLINED, user=user, thing=thing(occasion_id))
    return bool(said)


@transaction.atomic
def undo_decline(user: User, occasion_id: int) -> bool:
    """She will answer after all. False when she had not said no, the form has closed, or ``barred``."""
    own = own_form(user, occasion_id)
    if own is None or barred(own, user):
        return False
    # the occasion's row is held: closing waits for her, and takes her with the others
    here = Occasion.objects.filter(pk=occasion_id, state=Occasion.State.OPEN, closes_at__gt=timezone.now())
    if not here.update(received=F("received")):
        return False
    # a sheet that was handed out before may be in here: until it is counted she is asked nowhere else
    again = Case(When(has_sheet=True, then=Value(State.PAPER)), default=Value(State.OPEN))
    no = Participation.objects.filter(user=user, occasion=occasion_id, state=State.DECLINED)
    back = no.update(state=again, said_no=False)
    if back:
        rows.bring_back(Q(user=user, thing=thing(occasion_id), why=DECLINED))
    return bool(back)


def thing(occasion_id: int) -> str:
    """What the outbox calls a form."""
    return f"form:{occasion_id}"
