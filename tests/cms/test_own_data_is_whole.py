"""Every table that holds a person has its place on «Det vi vet om deg», or a reason why it has none."""

from __future__ import annotations

import pytest
from django.apps import apps

from courses.models import Adult, Family, InvitedAdult, User

pytestmark = pytest.mark.django_db(databases=["default", "answers"])
# where each row that leads to a person by a foreign key is shown: the section, or why it is not hers to see
SHOWN = {
    "courses.Adult.user": "who",
    "courses.Adult.family": "who",
    "courses.CalendarFeed.user": "who",
    "courses.InvitedAdult.adult": "who",
    "courses.FamilyInvitation.family": "who",
    "mfa.Authenticator.user": "who",
    "account.EmailAddress.user": "none are made: her address is on the user",
    "courses.Enrolment.adult": "course",
    "courses.Certificate.adult": "course",
    "courses.Attendance.adult": "attendance",
    "courses.AttendanceMark.adult": "attendance",
    "courses.WalkIn.adult": "attendance",
    "courses.CatchUp.adult": "attendance",
    "courses.ReadingEvent.adult": "reading",
    "courses.EarlyOpening.adult": "reading",
    "courses.GuidanceMeeting.family": "agreements",
    "courses.CallRequest.adult": "agreements",
    "courses.SignUp.user": "agreements",
    "courses.Message.user": "messages",
    "courses.Message.invited": "messages",
    "courses.Note.adult": "notes",
    "courses.NoteKey.adult": "the key itself",
    "evaluation.Consent.user": "consents",
    "evaluation.Participation.user": "forms",
    "evaluation.PairSalt.user": "forms",
    "evaluation.HouseholdSalt.family": "forms",
    "courses.Role.user": "work",
    "courses.Assignment.user": "work",
    "courses.AuditEvent.about": "seen",
    "courses.InvitedAdult.invitation": "who",
}
WAGTAIL = ("wagtail", "taggit", "django", "admin", "auth")  # an editor's own things, in the editor


def paths_to_people() -> set[str]:
    """Every foreign key that goes away with a person, or should: those of staff who did something stay."""
    people = (User, Adult, Family, InvitedAdult)
    return {
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models()
        for field in model._meta.concrete_fields
        if field.related_model in people
        and not model._meta.app_label.startswith(WAGTAIL)
        and not (field.related_model is User and field.remote_field.on_delete.__name__ == "SET_NULL")
    }


def test_every_table_that_holds_a_person_has_its_place_on_the_page() -> None:
    assert paths_to_people() - SHOWN.keys() == set(), "say in SHOWN where it is shown, and show it"
