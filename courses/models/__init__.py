"""The rows of courses/, one file per thing they hold."""

from courses.models.evenings import Attendance, AttendanceMark, Evening, WalkIn
from courses.models.facts import Fact, HelpNumber, Word
from courses.models.families import Adult, Family
from courses.models.gatherings import CallRequest, Gathering, GuidanceMeeting, SignUp
from courses.models.groups import Assignment, Enrolment, Group
from courses.models.invitations import FamilyInvitation, InvitedAdult
from courses.models.logs import CatchUp, Certificate, CoreElementTick, EveningLog
from courses.models.messages import Message
from courses.models.people import CalendarFeed, Channel, Invitation, Role, TextSize, User
from courses.models.places import Language, Municipality, Region
from courses.models.privacy import AuditEvent, PrivacyReport
from courses.models.programmes import (
    Correction,
    Edition,
    EditionModule,
    EditionPart,
    Module,
    PartText,
    Programme,
)
from courses.models.project import BodyMeeting, MeetingPaper, MunicipalPhase, SchoolHoliday, YearCount
from courses.models.reading import EarlyOpening, Erasure, Note, NoteKey, ReadingEvent

__all__ = [
    "Adult",
    "Assignment",
    "Attendance",
    "AttendanceMark",
    "AuditEvent",
    "BodyMeeting",
    "CalendarFeed",
    "CallRequest",
    "CatchUp",
    "Certificate",
    "Channel",
    "CoreElementTick",
    "Correction",
    "EarlyOpening",
    "Edition",
    "EditionModule",
    "EditionPart",
    "Enrolment",
    "Erasure",
    "Evening",
    "EveningLog",
    "Fact",
    "Family",
    "FamilyInvitation",
    "Gathering",
    "Group",
    "GuidanceMeeting",
    "HelpNumber",
    "Invitation",
    "InvitedAdult",
    "Language",
    "MeetingPaper",
    "Message",
    "Module",
    "MunicipalPhase",
    "Municipality",
    "Note",
    "NoteKey",
    "PartText",
    "PrivacyReport",
    "Programme",
    "ReadingEvent",
    "Region",
    "Role",
    "SchoolHoliday",
    "SignUp",
    "TextSize",
    "User",
    "WalkIn",
    "Word",
    "YearCount",
]
