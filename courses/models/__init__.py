"""The rows of courses/, one file per thing they hold."""

from courses.models.evenings import Attendance, Evening
from courses.models.facts import Fact, HelpNumber, Word
from courses.models.families import Adult, Family
from courses.models.groups import Assignment, Enrolment, Group
from courses.models.people import Invitation, Role, TextSize, User
from courses.models.places import Language, Municipality, Region
from courses.models.programmes import (
    Correction,
    Edition,
    EditionModule,
    EditionPart,
    Module,
    PartText,
    Programme,
)
from courses.models.reading import EarlyOpening, Erasure, Note, NoteKey, ReadingEvent

__all__ = [
    "Adult",
    "Assignment",
    "Attendance",
    "Correction",
    "EarlyOpening",
    "Edition",
    "EditionModule",
    "EditionPart",
    "Enrolment",
    "Erasure",
    "Evening",
    "Fact",
    "Family",
    "Group",
    "HelpNumber",
    "Invitation",
    "Language",
    "Module",
    "Municipality",
    "Note",
    "NoteKey",
    "PartText",
    "Programme",
    "ReadingEvent",
    "Region",
    "Role",
    "TextSize",
    "User",
    "Word",
]
