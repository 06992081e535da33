"""Rows around an evening that the database refuses: what test_people tries, constraint by constraint."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from courses import models
from tests import evening_factories as around
from tests import factories as made

TODAY = date(2026, 10, 1)
YESTERDAY = TODAY - timedelta(days=1)


class AttendanceMarkFactory(DjangoModelFactory):
    evening = factory.SubFactory(made.EveningFactory)
    adult = factory.SubFactory(made.AdultFactory)
    state = "present"
    marked_at = factory.LazyFunction(timezone.now)

    class Meta:
        model = models.AttendanceMark


class AuditEventFactory(DjangoModelFactory):
    actor = factory.SubFactory(made.UserFactory)
    about = factory.SubFactory(made.UserFactory)
    action = models.AuditEvent.Action.OPENED
    on = TODAY

    class Meta:
        model = models.AuditEvent


class CoreElementTickFactory(DjangoModelFactory):
    log = factory.SubFactory(around.EveningLogFactory)
    key = "rammer"
    done = "yes"

    class Meta:
        model = models.CoreElementTick


class CertificateFactory(DjangoModelFactory):
    adult = factory.SubFactory(made.AdultFactory)
    group = factory.SubFactory(made.GroupFactory)
    code = factory.Sequence(lambda n: f"AAAA-BBBB-{n:04}")
    minutes = 810
    evenings_there = 6

    class Meta:
        model = models.Certificate


class SignUpFactory(DjangoModelFactory):
    gathering = factory.SubFactory(around.GatheringFactory)
    user = factory.SubFactory(made.UserFactory)

    class Meta:
        model = models.SignUp


class SchoolHolidayFactory(DjangoModelFactory):
    municipality = factory.SubFactory(made.MunicipalityFactory)
    name = "Høstferie"
    first_day = last_day = TODAY

    class Meta:
        model = models.SchoolHoliday


class MunicipalPhaseFactory(DjangoModelFactory):
    municipality = factory.SubFactory(made.MunicipalityFactory)
    number = 3

    class Meta:
        model = models.MunicipalPhase


class YearCountFactory(DjangoModelFactory):
    municipality = factory.SubFactory(made.MunicipalityFactory)
    year = 2026
    foster_homes = 30
    new_foster_homes = 6
    unplanned_moves = 2

    class Meta:
        model = models.YearCount


class BodyMeetingFactory(DjangoModelFactory):
    body = "steering"
    held_on = TODAY

    class Meta:
        model = models.BodyMeeting


class MeetingPaperFactory(DjangoModelFactory):
    meeting = factory.SubFactory(BodyMeetingFactory)
    title = "Referat"
    kind = "pdf"

    class Meta:
        model = models.MeetingPaper


BAD_ROWS: dict[str, tuple[Any, dict[str, Any]]] = {
    "user_channel_known": (made.UserFactory, {"channel": "fax"}),
    "attendance_mark_state_known": (AttendanceMarkFactory, {"state": "late"}),
    "attendance_mark_not_in_future": (
        AttendanceMarkFactory,
        {"marked_at": timezone.now() + timedelta(days=400)},
    ),
    "invited_adult_seat_one_or_two": (around.InvitedAdultFactory, {"seat": 3}),
    "invited_adult_reachable": (around.InvitedAdultFactory, {"email": None}),
    "invited_adult_null_not_empty": (around.InvitedAdultFactory, {"mobile": ""}),
    "message_has_one_recipient": (around.MessageFactory, {"user": None}),
    "message_state_known": (around.MessageFactory, {"state": "lost"}),
    "message_kind_known": (around.MessageFactory, {"kind": "advert"}),
    "core_element_done_known": (CoreElementTickFactory, {"done": "well"}),
    "catch_up_state_known": (around.CatchUpFactory, {"state": "late"}),
    "gathering_refresher_has_group": (around.GatheringFactory, {"kind": "refresher"}),
    "gathering_lasts": (around.GatheringFactory, {"minutes": 0}),
    "sign_up_state_known": (SignUpFactory, {"state": "perhaps"}),
    "call_request_time_known": (around.CallRequestFactory, {"wished_time": "night"}),
    "school_holiday_ends_after_start": (SchoolHolidayFactory, {"last_day": YESTERDAY}),
    "municipal_phase_1_to_5": (MunicipalPhaseFactory, {"number": 6}),
    "municipal_phase_ends_after_start": (
        MunicipalPhaseFactory,
        {"starts_on": TODAY, "ends_on": YESTERDAY},
    ),
    "year_count_new_among_all": (YearCountFactory, {"new_foster_homes": 31}),
    "body_meeting_body_known": (BodyMeetingFactory, {"body": "board"}),
    "meeting_paper_kind_known": (MeetingPaperFactory, {"kind": "exe"}),
}
TWICE: dict[str, tuple[Any, list[str]]] = {
    "invited_adult_seat_once": (around.InvitedAdultFactory, ["invitation", "seat"]),
    "message_once_per_user": (around.MessageFactory, ["user", "thing", "step"]),
    "message_once_per_invited": (
        # one recipient: the invited adult
        lambda **values: around.MessageFactory(
            **{"user": None, "invited": values.pop("invited", None) or around.InvitedAdultFactory()} | values
        ),
        ["invited", "thing", "step"],
    ),
    "audit_once_a_day": (AuditEventFactory, ["actor", "about", "action", "on"]),
    "core_element_ticked_once": (CoreElementTickFactory, ["log", "key"]),
    "catch_up_once_per_evening": (around.CatchUpFactory, ["adult", "evening"]),
    "certificate_once_per_group": (CertificateFactory, ["adult", "group"]),
    "sign_up_once": (SignUpFactory, ["gathering", "user"]),
    "call_request_one_open": (around.CallRequestFactory, ["adult"]),
    "school_holiday_once_per_first_day": (SchoolHolidayFactory, ["municipality", "first_day"]),
    "municipal_phase_once": (MunicipalPhaseFactory, ["municipality", "number"]),
    "year_count_once": (YearCountFactory, ["municipality", "year"]),
}
