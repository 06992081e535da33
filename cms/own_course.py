"""What Min side shows of catching up and guidance, and what the contact person sees of them. One query."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from django.db.models import BigIntegerField, F, Value
from django.db.models.functions import Cast
from django.utils import formats, timezone
from django.utils.translation import gettext as _

from courses.calling import wish_words
from courses.coaching import Call
from courses.models import CallRequest, CatchUp, GuidanceMeeting
from courses.prepared import INTEGER, Prepared

if TYPE_CHECKING:
    from courses.course import ModuleView
    from courses.reading import Reader

UNDER_WAY = str(CatchUp.State.UNDER_WAY)

DAY, NUMBER = CallRequest._meta.get_field("wished_on"), BigIntegerField()
# PostgreSQL takes two bare NULLs of a union for text, and then refuses the third's number
NO_NUMBER = Cast(Value(None, NUMBER), NUMBER)
COLUMNS = ("what", "at", "day", "word", "row", "module")
# guidance meetings, an open «ring meg» (its day and time of day) and catch-ups not done: one query
agreed = Prepared(
    lambda family, adult: (
        GuidanceMeeting.objects.filter(family=family, cancelled_at=None)
        .order_by()
        .annotate(
            what=Value("guidance"),
            day=Value(None, DAY),
            word=Value(""),
            row=NO_NUMBER,
            module=NO_NUMBER,
        )
        .values_list(*COLUMNS)
        .union(
            CallRequest.objects.filter(adult=adult, answered_at=None)
            .order_by()
            .annotate(
                what=Value("call"),
                at=F("asked_at"),
                day=F("wished_on"),
                word=F("wished_time"),
                row=NO_NUMBER,
                module=NO_NUMBER,
            )
            .values_list(*COLUMNS),
            CatchUp.objects.filter(adult=adult)
            .exclude(state="done")
            .order_by()
            .annotate(
                what=Value("catch-up"),
                at=F("evening__starts_at"),
                day=Value(None, DAY),
                word=F("state"),
                row=F("pk"),
                module=F("evening__module"),
            )
            .values_list(*COLUMNS),
            all=True,
        )
    ),
    family=INTEGER,
    adult=INTEGER,
)


@dataclass(frozen=True)
class OwnCourse:
    """The open catch-ups as (id, module's number, title, state), guidance next and last, and «ring meg»."""

    catch_ups: list[tuple[int, int, str, str]]
    next_at: datetime | None
    last_at: datetime | None
    call: Call | None
    paused_on: date | None

    @property
    def catch_up(self) -> dict[str, Any] | None:
        """The first that is open, for its card."""
        if not self.catch_ups:
            return None
        pk, number, title, state = self.catch_ups[0]
        return {"pk": pk, "number": number, "title": title, "begun": state == UNDER_WAY}

    def seen(self) -> list[tuple[str, str]]:
        """What the contact person sees of it, with today's values."""
        begun, offered = _("i gang"), _("tilbudt")
        catch_ups = ", ".join(
            f"{number}: {begun if state == UNDER_WAY else offered}"
            for _pk, number, _title, state in self.catch_ups
        )
        times = [
            words % {"day": formats.date_format(timezone.localtime(at), "j. F")}
            for words, at in ((_("neste %(day)s"), self.next_at), (_("sist %(day)s"), self.last_at))
            if at
        ]
        rows = [
            (_("Veiledning"), ", ".join(times) or _("ikke avtalt")),
            (_("Kvelder du kan ta igjen"), catch_ups or _("ingen")),
            (_("Om du har bedt om en samtale"), wish_words(self.call) if self.call else _("nei")),
        ]
        if self.paused_on:
            rows.append(
                (_("Pause"), _("siden %(day)s") % {"day": formats.date_format(self.paused_on, "j. F")})
            )
        return rows


def own_course(reader: Reader, views: list[ModuleView]) -> OwnCourse | None:
    """One query; None, and no query, for whoever has left."""
    adult, enrolment = reader.adult, reader.enrolment
    if adult is None or enrolment is None or reader.has_left:
        return None
    known = {view.words.module.pk: (view.progress.number, view.words.title) for view in views}
    rows, now = sorted(agreed(family=adult.family_id, adult=adult.pk), key=itemgetter(1)), timezone.now()
    catch_ups = [
        (pk, *known[module], state)
        for what, _at, _day, state, pk, module in rows
        if what == "catch-up" and module in known
    ]
    times = [at for what, at, *_rest in rows if what == "guidance"]
    coming, held = [at for at in times if at > now], [at for at in times if at <= now]
    calls = [Call(0, day, wish) for what, _at, day, wish, *_rest in rows if what == "call"]
    return OwnCourse(
        catch_ups,
        coming[0] if coming else None,
        held[-1] if held else None,
        calls[0] if calls else None,
        enrolment.paused_on,
    )
