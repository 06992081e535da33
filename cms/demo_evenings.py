"""The demo around its groups: marks, logs, catch-up, guidance, invitations, gatherings and the project.

All invented, from ``fixtures/demo.yaml``; made after the people of ``cms/demo.py``, in its transaction.
"""

from __future__ import annotations

import io
import uuid
import zipfile
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape

from django.core.files.base import ContentFile
from django.utils import timezone

from cms.papers import washed
from courses import catching_up, enrolling, messaging, scheduling
from courses.models import (
    Adult,
    Attendance,
    AttendanceMark,
    BodyMeeting,
    CatchUp,
    CoreElementTick,
    EditionModule,
    Evening,
    EveningLog,
    Gathering,
    Group,
    GuidanceMeeting,
    MeetingPaper,
    MunicipalPhase,
    SchoolHoliday,
    SignUp,
    User,
    YearCount,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from courses.models import Municipality

WORD_MAIN = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
RELS = "application/vnd.openxmlformats-package.relationships+xml"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def make_evenings(
    demo: dict[str, Any], places: Mapping[str, Municipality], staff: Mapping[str, User], today: date
) -> None:
    """Everything that hangs on the demo's evenings and municipalities."""
    running, coming, staff_course, tonight = (Group.objects.get(name=row["name"]) for row in demo["groups"])
    for evening in staff_course.evenings.filter(starts_at__lt=timezone.now()).select_related("module"):
        make_log(evening, {"minutes_off": 0}, staff["prosjektleder"])
    held = list(running.evenings.filter(starts_at__lt=timezone.now()).select_related("module"))
    _make_marks(held, staff[demo["groups"][0]["leaders"][0]])
    for row in demo["logs"]:
        make_log(held[row["evening"] - 1], row, staff[row["by"]])
    for number, heads in demo["head_counts"].items():
        Evening.objects.filter(pk=held[number - 1].pk).update(head_count=heads)
    _make_catch_ups(held, staff[demo["groups"][0]["leaders"][0]])
    _make_first(tonight, staff[demo["groups"][-1]["leaders"][0]])
    _make_talks(demo, staff, today)
    for row in demo["gatherings"]:
        _make_gathering(row, places, today)
    scheduling.make_refreshers(running)
    for row in demo["invitations"]:
        adults = [enrolling.AdultToInvite(**adult) for adult in row["adults"]]
        place = coming.municipalities.get()
        enrolling.invite_family(group=coming, municipality=place, adults=adults, by=staff["kontaktperson-2"])
    for evening in Evening.objects.filter(starts_at__gt=timezone.now()):
        messaging.plan_evening(evening)
    make_project(demo, places, staff, today)


def _at(day: date, hour: int) -> datetime:
    return datetime.combine(day, time(hour), tzinfo=timezone.get_default_timezone())


# --- the evenings held


def _make_marks(held: list[Evening], by: User) -> None:
    """A tap for each mark; whoever made up for an evening was first marked as not there."""
    marks = []
    for row in Attendance.objects.filter(evening__in=held).exclude(state="unknown").select_related("evening"):
        begins = row.evening.starts_at
        states = [(row.state, begins + timedelta(minutes=5))]
        if row.state == Attendance.State.MADE_UP:
            states = [("absent", begins + timedelta(minutes=20)), (row.state, begins + timedelta(days=6))]
        marks += [
            AttendanceMark(
                evening=row.evening,
                adult_id=row.adult_id,
                state=state,
                by=by,
                client_id=uuid.uuid4(),
                marked_at=at,
                received_at=at + timedelta(seconds=20),
            )
            for state, at in states
        ]
        Attendance.objects.filter(pk=row.pk).update(marked_by=by, marked_at=states[-1][1])
    AttendanceMark.objects.bulk_create(marks)


def make_log(evening: Evening, row: dict[str, Any], by: User) -> None:
    """A log with every core element ticked, as the rows of the demo say."""
    layer = EditionModule.objects.get(edition=evening.group.edition, module=evening.module, language="nb")
    keys = [element["key"] for element in layer.evening.get("core_elements", [])]
    log = EveningLog.objects.create(
        evening=evening,
        by=by,
        written_at=evening.starts_at + timedelta(minutes=evening.minutes + 10),
        minutes_off=row["minutes_off"],
        changed=row.get("changed", ""),
        why=row.get("why", ""),
        wants_guidance=row.get("wants_guidance", False),
    )
    not_done = set(keys[-row["not_done"] :]) if "not_done" in row else set()
    CoreElementTick.objects.bulk_create(
        CoreElementTick(
            log=log,
            key=key,
            done="no" if key in not_done else "partly" if key in row.get("partly", []) else "yes",
        )
        for key in keys
    )


def _make_first(group: Group, by: User) -> None:
    """The first evening of the group that meets tonight: marked, with a log and what was missed."""
    first = group.evenings.select_related("module").earliest("starts_at")
    _make_marks([first], by)
    make_log(first, {"minutes_off": 0}, by)
    _make_catch_ups([first], by)


def _make_catch_ups(held: list[Evening], by: User) -> None:
    """Offers for those who missed an evening; one that is done, with its talk."""
    for evening in held:
        catching_up.offer(evening)
        made_up = Attendance.objects.filter(evening=evening, state=Attendance.State.MADE_UP)
        for row in made_up.select_related("adult"):
            done = evening.starts_at + timedelta(days=6)
            CatchUp.objects.update_or_create(
                adult=row.adult,
                evening=evening,
                defaults={
                    "state": CatchUp.State.DONE,
                    "read_at": done - timedelta(days=1),
                    "call_at": done,
                    "done_at": done,
                    "confirmed_by": by,
                },
            )


# --- between the evenings


def _make_talks(demo: dict[str, Any], staff: Mapping[str, User], today: date) -> None:
    """A guidance meeting that was held and the next one, and a call somebody waits for."""
    row = demo["guidance"]
    family = Adult.objects.get(user__email="hanne@example.no").family
    for days in (row["past"], row["next"]):
        meeting = GuidanceMeeting.objects.create(
            family=family,
            contact_person=staff["kontaktperson"],
            at=_at(today + timedelta(days=days), row["hour"]),
        )
        if days > 0:
            messaging.plan_guidance(meeting)
    call = demo["call"]
    adult = Adult.objects.get(user__email=call["email"])
    asked = adult.call_requests.create(
        wished_on=today + timedelta(days=call["days"]), wished_time=call["time"]
    )
    messaging.plan_call_request(asked)


def _make_gathering(row: dict[str, Any], places: Mapping[str, Municipality], today: date) -> None:
    gathering = Gathering.objects.create(
        kind=row["kind"],
        title=row["title"],
        about=row["about"],
        starts_at=_at(today + timedelta(weeks=row["weeks"]), 18 if row["kind"] == "theme-evening" else 10),
        minutes=120 if row["kind"] == "theme-evening" else 300,
        place=row["place"],
        seats=row["seats"],
    )
    gathering.municipalities.set(places[slug] for slug in row["municipalities"])
    SignUp.objects.bulk_create(
        SignUp(gathering=gathering, user=user) for user in User.objects.filter(email__in=row["signed_up"])
    )
    messaging.plan_gathering(gathering)


# --- the project


def make_project(
    demo: dict[str, Any], places: Mapping[str, Municipality], staff: Mapping[str, User], today: date
) -> None:
    for slug, row in demo["phases"].items():
        _make_phases(places[slug], row, today)
    for slug, numbers in demo["year_counts"].items():
        homes, new, moves = numbers
        YearCount.objects.create(
            municipality=places[slug],
            year=today.year - 1,
            foster_homes=homes,
            new_foster_homes=new,
            unplanned_moves=moves,
        )
    autumn = today.year if today.month >= 8 else today.year - 1
    for row in demo["school_holidays"]:
        first, last = _holiday(autumn, row)
        SchoolHoliday.objects.bulk_create(
            SchoolHoliday(municipality=place, name=row["name"], first_day=first, last_day=last)
            for place in places.values()
        )
    for row in demo["meetings"]:
        _make_meeting(row, staff["prosjektleder"], today)


def _holiday(autumn: int, row: dict[str, Any]) -> tuple[date, date]:
    """First and last day in the school year that begins in ``autumn``; summer is its end."""
    (month, day), (last_month, last_day) = row["from"], row["to"]
    first_year = autumn if month >= 8 else autumn + 1
    last_year = autumn if last_month >= 8 and month >= 8 else autumn + 1
    return date(first_year, month, day), date(last_year, last_month, last_day)


def _make_phases(place: Municipality, row: dict[str, Any], today: date) -> None:
    monday = today - timedelta(days=today.weekday())
    for number, weeks in enumerate(row["weeks"], start=1):
        first, last = weeks or (None, None)
        MunicipalPhase.objects.create(
            municipality=place,
            number=number,
            starts_on=monday + timedelta(weeks=first) if first is not None else None,
            ends_on=monday + timedelta(weeks=last, days=-1) if last is not None else None,
            responsible=row["who"] if weeks else "",
        )


def _make_meeting(row: dict[str, Any], by: User, today: date) -> None:
    meeting = BodyMeeting.objects.create(
        body=row["body"], held_on=today + timedelta(days=row["days"]), title=row["title"]
    )
    for paper in row["papers"]:
        content, kind = washed(ContentFile(a_paper(paper["text"])))
        made = MeetingPaper(meeting=meeting, title=paper["title"], kind=kind, by=by)
        made.file.save(f"{uuid.uuid4().hex}.{kind}", ContentFile(content), save=True)


def a_paper(paragraphs: list[str]) -> bytes:
    """The least Word document there is: some paragraphs."""
    body = "".join(f"<w:p><w:r><w:t>{escape(words)}</w:t></w:r></w:p>" for words in paragraphs)
    parts = {
        "[Content_Types].xml": (
            f'<Types xmlns="{PACKAGE}/content-types">'
            f'<Default Extension="rels" ContentType="{RELS}"/>'
            f'<Override PartName="/word/document.xml" ContentType="{WORD_MAIN}"/></Types>'
        ),
        "_rels/.rels": (
            f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="rId1"'
            f' Type="{OFFICE}/officeDocument" Target="word/document.xml"/></Relationships>'
        ),
        "word/document.xml": f'<w:document xmlns:w="{WORD}"><w:body>{body}</w:body></w:document>',
    }
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, part in parts.items():
            packed.writestr(name, f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n{part}')
    return target.getvalue()
