"""An answer goes in: sealed with a public key, in the transaction that says «mottatt», read by nobody here.

The web process can put a box into the inbox and cannot open it; on PostgreSQL its role cannot even read the
inbox (deploy/postgresql-roles.sql). No time is stored, and a second identical post finds nothing open any
more: that one conditional UPDATE makes every retry safe, so that no key of idempotency travels or is kept.

**Against closing.** Closing sets the occasion's state and then takes every participation that is still open.
A submit that came first holds its participation's row: closing waits for it, and reads the inbox afterwards.
One that comes later finds the occasion closed, or its participation missed. Anonymous forms hold the
occasion's own row in the same way. On SQLite all of this is one writer at a time.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from django.db import IntegrityError, connections, router, transaction
from django.db.models import F
from django.db.models.functions import Greatest
from django.utils import timezone

from courses.models import Adult
from courses.outbox.rows import take_out
from evaluation.answers import boxes, pairing, paper_codes, taking_part
from evaluation.models import (
    Consent,
    IdentityMode,
    KeyedSheet,
    Occasion,
    PaperEnvelope,
    Participation,
    ReleaseDraft,
    SealedAnswer,
    WaveInstrument,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from django.db.models import Model, QuerySet

    from courses.models import User
    from evaluation.instruments.definition import Answer
    from evaluation.models import InstrumentVersion, Study

    Forms = Sequence[tuple[InstrumentVersion, Mapping[str, Answer]]]

State = Participation.State
RESEARCH = Consent.Purpose.RESEARCH
LARGEST_ID = 2**63 - 1


class NotInvitedError(Exception):
    """Not asked at this occasion, or has said no to it."""


class FormClosedError(Exception):
    """The occasion does not take answers: not opened yet, or closed."""


class FormFullError(Exception):
    """As many anonymous forms as there were people in the room have come already."""


@dataclass(frozen=True)
class Receipt:
    """What may be said of it: nothing else is known. «already»: an answer was there from before."""

    state: Literal["received", "already"]

    @property
    def is_new(self) -> bool:
        return self.state == "received"


RECEIVED, ALREADY = Receipt("received"), Receipt("already")


def submit(*, user: User, occasion_id: int, forms: Forms) -> Receipt:
    """Seals a person's answers, which ``checking.check`` has passed, one pair for each questionnaire.

    Seven queries, however long the forms. Raises NotInvitedError and FormClosedError; whatever else is
    raised, nothing was stored. The receipt may be shown when this has returned outside a transaction.
    """
    occasion = _occasion(occasion_id)
    if occasion is None:
        raise NotInvitedError
    if occasion.state != Occasion.State.OPEN:
        return _nothing_open(user, occasion_id)
    box = sealed_box(occasion, {"kind": "answers", "forms": _plain(forms)} | _who(user, occasion))
    with transaction.atomic():
        if not taking_part.answered(user=user.pk, occasion=occasion_id):
            return _nothing_open(user, occasion_id)
        put_box(occasion_id, box)
        take_out("done", user=user, thing=f"form:{occasion_id}")
    return RECEIVED


def submit_anonymous(*, occasion: Occasion, forms: Forms, limit: int, sheet: int | None = None) -> Receipt:
    """Seals one of an evening's anonymous forms. ``limit``: how many the evening may have at most, unless
    it was more when another was sent.

    ``sheet`` is the number that was drawn for the page it was filled in on: it becomes the box's own, so that
    the same page sent again is «already», full or not. Raises FormClosedError and FormFullError.
    """
    fresh = _occasion(occasion.pk)
    if fresh is None or fresh.state != Occasion.State.OPEN or fresh.identity != IdentityMode.ANONYMOUS:
        raise FormClosedError
    box = sealed_box(fresh, {"kind": "answers", "forms": _plain(forms)})
    try:
        with transaction.atomic():
            put_box(occasion.pk, box, sheet)
            open_now = Occasion.objects.filter(pk=occasion.pk, state=Occasion.State.OPEN)
            if not _take_seat(open_now, limit):
                raise FormFullError if open_now.exists() else FormClosedError
    except IntegrityError:
        if sheet is None:
            raise
        return ALREADY
    return RECEIVED


def _take_seat(open_now: QuerySet[Occasion], limit: int) -> bool:
    """Counts one more, where there is room. The number of seats only rises: by a head count that could go
    down again whoever writes it would find out how many have answered."""
    seats = Greatest("seats", limit)
    return bool(open_now.filter(received__lt=seats).update(received=F("received") + 1, seats=seats))


def has_come(*, occasion: Occasion, sheet: int) -> bool:
    """Whether this sheet's box waits at the occasion, for a page whose answer never came. After counting
    nobody can tell. Put in and taken back again: the web process may not look into the inbox.
    """
    try:
        with transaction.atomic():
            put_box(occasion.pk, b"", sheet)
            transaction.set_rollback(True)
    except IntegrityError:
        return True
    return False


def make_envelope(*, user: User, occasion_id: int) -> str:
    """A code to print on a person's form of paper. It and whose it is go into a box together, and the code
    nowhere else (``paper_codes.py``). She is «på papir» now, and not reminded. Raises as ``submit`` does.
    """
    occasion = _occasion(occasion_id)
    if occasion is None:
        raise NotInvitedError
    code = paper_codes.draw(occasion)
    agreed = Consent.objects.filter(user=user.pk, letter__study=occasion.wave.study_id, withdrawn_on=None)
    whose = {"kind": "envelope", "code": code, "user": user.pk}
    whose |= {"agreed": agreed.filter(purpose=RESEARCH).exists()} | _who(user, occasion)
    box = sealed_box(occasion, whose, length=boxes.STEP)
    with transaction.atomic():
        waiting = Participation.objects.filter(user=user.pk, occasion__in=taking_part.still_open(occasion_id))
        # what she has begun on her phone stays hers: a sheet is printed by somebody else
        if not waiting.filter(state__in=[State.OPEN, State.PAPER]).update(state=State.PAPER, has_sheet=True):
            _nothing_open(user, occasion_id)
            raise NotInvitedError
        take_out("paper", user=user, thing=f"form:{occasion_id}")
        PaperEnvelope.objects.create(id=drawn_id(), occasion_id=occasion_id, box=box)
    return code


def make_blank_envelope(*, occasion_id: int) -> str:
    """A code that is nobody's, like any other to look at: for whoever has answered or said no already, whom
    nobody may tell from the rest. What comes back on it is left out. Raises FormClosedError.
    """
    occasion = _occasion(occasion_id)
    if occasion is None or occasion.state != Occasion.State.OPEN:
        raise FormClosedError
    return paper_codes.draw(occasion)


def submit_paper(*, occasion_id: int, code: str, forms: Forms, limit: int = 0) -> Receipt:
    """Seals what two people have keyed alike from a form of paper; only closing learns whose it is.

    ``code``: one of this occasion's. An evening's is anonymous as those on the screen: it counts among the
    ``limit``, and nothing in its box leads to the sheet. Raises FormClosedError and FormFullError.
    """
    occasion = _occasion(occasion_id)
    if occasion is None or occasion.state != Occasion.State.OPEN:
        raise FormClosedError
    anonymous = occasion.identity == IdentityMode.ANONYMOUS
    whose = {"kind": "answers"} if anonymous else {"kind": "paper", "code": code}
    box = sealed_box(occasion, whose | {"forms": _plain(forms)})
    with transaction.atomic():
        # the occasion's row is held, as an anonymous form holds it: closing waits for this one too
        open_now = Occasion.objects.filter(pk=occasion.pk, state=Occasion.State.OPEN)
        if not open_now.update(received=F("received")):
            raise FormClosedError
        once = {"defaults": {"id": drawn_id()}, "occasion": occasion, "code": code}
        if not KeyedSheet.objects.get_or_create(**once)[1]:
            return ALREADY
        if anonymous and not _take_seat(open_now, limit):
            raise FormFullError
        put_box(occasion.pk, box)
    return RECEIVED


def withdraw(user: User, study: Study, on: date | None = None) -> None:
    """A person takes her answers out of research: no more is asked, and none of hers is counted.

    What waits sealed is left out when it is opened: a sealed message says so. What has been counted is
    deleted by the closing job, which alone can find it (``withdrawing.carry_out``). A text that was counted
    cannot be found by anybody. Where a form is open, what she sent is as if she had said no: if she agrees
    again, it may be hers to answer once more.
    ``on``: the day it was, when it is heard again after a restore.
    """
    with transaction.atomic():
        taking_part.hold(study.pk)  # whoever is asking her meanwhile has stored it, and it is taken back
        given = Consent.objects.filter(user=user, letter__study=study, purpose=RESEARCH)
        given.filter(withdrawn_on=None).update(withdrawn_on=on or timezone.localdate())
        asked = Participation.objects.filter(user=user, occasion__wave__study=study)
        uncounted = [Occasion.State.OPEN, Occasion.State.CLOSED]
        waiting = asked.filter(occasion__state__in=uncounted).select_related("occasion__wave")
        for participation in waiting.order_by("occasion_id"):  # as whoever else takes several: no deadlock
            occasion = participation.occasion
            given = [State.DONE] if occasion.state == Occasion.State.OPEN else []
            states = [State.OPEN, State.PAPER, State.DECLINED, *given]  # of a no as well: her sheet is out
            hers = asked.filter(pk=participation.pk, state__in=states)
            hers.update(state=State.DECLINED, draft_key=None, has_sheet=False)
            take_out("declined", user=user, thing=f"form:{occasion.pk}")
            put_box(occasion.pk, sealed_box(occasion, {"kind": "withdraw"} | _who(user, occasion)))
        ReleaseDraft.objects.take_back(study)
        pairing.taken_back(user, study.pk)  # last: the boxes bear her salt


def drawn_id() -> int:
    """63 random bits: an id that says nothing of when, or after whom."""
    return secrets.randbelow(LARGEST_ID) + 1


def _occasion(pk: int) -> Occasion | None:
    return Occasion.objects.filter(pk=pk).select_related("wave").first()


def _nothing_open(user: User, occasion_id: int) -> Receipt:
    """Why nothing was there to take: answered before, or one of the errors."""
    own = Participation.objects.filter(user=user.pk, occasion=occasion_id)
    found = own.values_list("state", flat=True).first()
    if found == State.DONE:
        return ALREADY
    if found is None or found == State.DECLINED or taking_part.still_open(occasion_id).exists():
        raise NotInvitedError  # still open: no consent stands
    raise FormClosedError


def _plain(forms: Forms) -> list[dict[str, Any]]:
    return [{"version": version.pk, "answers": dict(answers)} for version, answers in forms]


def _who(user: User, occasion: Occasion) -> dict[str, Any]:
    """What travels with the answers, inside the seal, by the occasion's identity mode."""
    if occasion.identity == IdentityMode.NAMED:
        return {"named": user.pk}
    study_id = occasion.wave.study_id
    who: dict[str, Any] = {"pair_salt": pairing.pair_salt(user, study_id).hex()}
    if occasion.wave.audience == "adult":
        adult = Adult.objects.filter(user=user.pk, family__isnull=False).select_related("family").first()
        if adult is not None and adult.family is not None:
            who["household_salt"] = pairing.household_salt(adult.family.pk, study_id).hex()
            who["municipality"] = adult.family.municipality_id
    return who


def sealed_box(occasion: Occasion, content: dict[str, Any], length: int | None = None) -> bytes:
    """``content`` sealed for the occasion, as long as every box of its. One query."""
    asked = WaveInstrument.objects.filter(wave=occasion.wave_id).select_related("version")
    length = length or boxes.size(each.version.frozen for each in asked)
    return boxes.seal(bytes(occasion.public_key or b""), content, length)


def put_box(
    occasion_id: int, box: bytes, drawn: int | None = None, *, into: type[Model] = SealedAnswer
) -> None:
    """By SQL of our own: Django asks for the id back, which takes the right to read the inbox."""
    using = router.db_for_write(into)
    quoted = connections[using].ops.quote_name
    columns = ", ".join(quoted(name) for name in ("id", "occasion_id", "box"))
    statement = f"INSERT INTO {quoted(into._meta.db_table)} ({columns}) VALUES (%s, %s, %s)"  # noqa: S608 - our own names
    with connections[using].cursor() as cursor:
        cursor.execute(statement, [drawn or drawn_id(), occasion_id, box])
