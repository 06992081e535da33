"""People and roles: the database holds the rules, and a role's two rules agree."""

from __future__ import annotations

from datetime import date, timedelta
from functools import partial
from typing import Any

import factory
import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.utils import timezone

from courses.models import Role, User
from tests import evening_rows
from tests import factories as made

pytestmark = pytest.mark.django_db

TODAY = date(2026, 10, 1)
YESTERDAY = TODAY - timedelta(days=1)

# constraint → (factory, what makes the row bad). «twice»: the same row again breaks it.
BAD_ROWS: dict[str, tuple[Any, dict[str, Any]]] = {
    "municipality_language_known": (made.MunicipalityFactory, {"written_language": "en"}),
    "user_reachable": (made.UserFactory, {"email": None, "mobile": None}),
    "user_email_null_not_empty": (made.UserFactory, {"email": ""}),
    "user_mobile_international": (made.UserFactory, {"mobile": "40000000"}),
    "user_language_known": (made.UserFactory, {"language": "en"}),
    "user_text_size_known": (made.UserFactory, {"text_size": "huge"}),
    "role_kind_known": (made.RoleFactory, {"kind": "owner"}),
    "role_ends_after_start": (made.RoleFactory, {"starts_on": TODAY, "ends_on": YESTERDAY}),
    "role_near_families_has_municipality": (
        made.RoleFactory,
        {"kind": "contact-person", "municipality": None},
    ),
    "adult_seat_one_or_two": (made.AdultFactory, {"seat": 3}),
    "invitation_near_families_has_municipality": (made.InvitationFactory, {"kind": "leader"}),
    "invitation_used_or_withdrawn": (
        made.InvitationFactory,
        {"used_at": timezone.now(), "withdrawn_at": timezone.now()},
    ),
    "help_number_has_owner": (made.HelpNumberFactory, {"owner": ""}),
    "programme_audience_known": (made.ProgrammeFactory, {"audience": "children"}),
    "module_number_from_one": (made.ModuleFactory, {"number": 0}),
    "edition_has_version": (made.EditionFactory, {"version": ""}),
    "edition_module_language_known": (made.EditionModuleFactory, {"language": "en"}),
    "edition_part_counts_from_one": (made.EditionPartFactory, {"minutes": 0}),
    "part_text_language_known": (made.PartTextFactory, {"language": "en"}),
    "correction_has_reason": (made.CorrectionFactory, {"reason": ""}),
    "group_phase_known": (made.GroupFactory, {"phase": "trial"}),
    "group_has_a_seat": (made.GroupFactory, {"seats": 0}),
    "enrolment_ends_after_start": (made.EnrolmentFactory, {"starts_on": TODAY, "ends_on": YESTERDAY}),
    "assignment_duty_known": (made.AssignmentFactory, {"duty": "boss"}),
    "assignment_ends_after_start": (
        made.AssignmentFactory,
        {"starts_on": TODAY, "ends_on": YESTERDAY},
    ),
    "assignment_stand_in_ends": (made.AssignmentFactory, {"duty": "stand-in"}),
    "evening_lasts": (made.EveningFactory, {"minutes": 0}),
    "attendance_state_known": (made.AttendanceFactory, {"state": "late"}),
    "reading_event_block_for_tasks_only": (made.ReadingEventFactory, {"kind": "tried", "block": ""}),
} | evening_rows.BAD_ROWS
# constraint → (factory, the columns that a second row may not share)
TWICE: dict[str, tuple[Any, list[str]]] = {
    "role_held_once": (made.RoleFactory, ["user", "kind", "municipality"]),
    "role_held_once_in_region": (
        partial(made.RoleFactory, kind="editor", municipality=None),
        ["user", "kind"],
    ),
    "adult_at_most_two_in_family": (made.AdultFactory, ["family", "seat"]),
    "help_number_once_per_place": (
        partial(made.HelpNumberFactory, municipality=factory.SubFactory(made.MunicipalityFactory)),
        ["key", "municipality"],
    ),
    "help_number_once_nationally": (made.HelpNumberFactory, ["key"]),
    "fact_once_per_municipality": (made.FactFactory, ["key", "municipality"]),
    "module_slug_once": (made.ModuleFactory, ["programme", "slug"]),
    "module_number_once": (made.ModuleFactory, ["programme", "number"]),
    "edition_version_once": (made.EditionFactory, ["programme", "version"]),
    "edition_module_once_per_language": (made.EditionModuleFactory, ["edition", "module", "language"]),
    "edition_part_key_once": (made.EditionPartFactory, ["edition", "module", "key"]),
    "edition_part_position_once": (made.EditionPartFactory, ["edition", "module", "position"]),
    "part_text_once_per_language": (made.PartTextFactory, ["part", "language"]),
    "enrolment_once_at_a_time": (made.EnrolmentFactory, ["adult", "group"]),
    "assignment_once_at_a_time": (made.AssignmentFactory, ["group", "user"]),
    "evening_once_per_module": (made.EveningFactory, ["group", "module"]),
    "attendance_once_per_evening": (made.AttendanceFactory, ["adult", "evening"]),
    "early_opening_once": (made.EarlyOpeningFactory, ["adult", "module"]),
    "note_once_per_reflection": (made.NoteFactory, ["adult", "module", "part_key", "block"]),
} | evening_rows.TWICE


@pytest.mark.parametrize("name", BAD_ROWS)
def test_the_database_refuses_a_bad_row(name: str) -> None:
    make, bad = BAD_ROWS[name]
    make()  # the same row without the fault is let in
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        make(**bad)


# the factories make these names from the number, which must not be what is refused
OTHERWISE = {"module_number_once": {"slug": "annen"}, "edition_part_position_once": {"key": "annen"}}


@pytest.mark.parametrize("name", TWICE)
def test_the_database_refuses_the_same_row_twice(name: str) -> None:
    make, shared = TWICE[name]
    first = make()
    again = {column: getattr(first, column) for column in shared}
    with pytest.raises(IntegrityError) as refusal, transaction.atomic():
        make(**again, **OTHERWISE.get(name, {}))
    said = str(refusal.value)  # SQLite names the columns, or the index when it has a condition
    assert name in said or all(
        f"{first._meta.db_table}.{first._meta.get_field(column).column}" in said for column in shared
    )


def test_every_constraint_is_tried() -> None:
    rows = apps.get_app_config("courses").get_models()
    declared = {constraint.name for model in rows for constraint in model._meta.constraints}
    assert declared == {*BAD_ROWS, *TWICE, "user_email_unique"}


def test_an_address_belongs_to_one_person_whatever_its_letters() -> None:
    made.UserFactory(email="berit@example.no")
    with pytest.raises(IntegrityError), transaction.atomic():
        made.UserFactory(email="Berit@Example.no")


def test_a_person_is_reached_by_mobile_alone() -> None:
    user = User.objects.create_person(first_name="Jan", mobile="+4740000001")
    assert user.email is None
    assert not user.has_usable_password()


def test_a_user_name_tells_nothing_and_a_login_leaves_no_time() -> None:
    user = User.objects.create_person(first_name="Berit", email="berit@example.no")
    assert "berit" not in user.username
    assert "last_login" not in {field.name for field in User._meta.get_fields()}


def test_a_form_gives_small_letters_and_no_spaces() -> None:
    user = made.UserFactory.build(email="Berit@Example.NO", mobile="+47 400 00 001")
    user.clean()
    assert (user.email, user.mobile) == ("berit@example.no", "+4740000001")


def test_a_family_has_two_adults_and_no_third() -> None:
    family = made.FamilyFactory()
    for seat in (1, 2):
        made.AdultFactory(family=family, seat=seat)
    third = made.AdultFactory.build(family=family, seat=None, user=made.UserFactory())
    with pytest.raises(ValidationError):
        third.full_clean()


def test_a_contact_person_in_training_needs_no_family() -> None:
    assert made.AdultFactory(family=None, seat=None).pk


def test_a_role_that_ended_may_be_held_again() -> None:
    old = made.RoleFactory(starts_on=YESTERDAY, ends_on=TODAY)
    again = made.RoleFactory(user=old.user, kind=old.kind, municipality=old.municipality)
    assert again.pk != old.pk


def test_a_shielded_family_shows_its_alias_and_never_its_name() -> None:
    adult = made.AdultFactory(family__shielded=True, user__first_name="Berit")
    assert adult.shown_name == "Deltaker"
    adult.alias = "Kari"
    assert (adult.shown_name, adult.name) == ("Kari", "Berit")


@pytest.mark.parametrize(
    ("starts_on", "ends_on", "active"),
    [
        (TODAY, None, True),
        (TODAY, TODAY, True),
        (YESTERDAY, TODAY, True),
        (YESTERDAY, YESTERDAY, False),
        (TODAY + timedelta(days=1), None, False),
    ],
)
def test_a_role_is_in_force_from_its_first_day_to_its_last(
    starts_on: date, ends_on: date | None, active: bool
) -> None:
    role = made.RoleFactory(starts_on=starts_on, ends_on=ends_on)
    assert role.is_active(on=TODAY) is active
    assert Role.objects.active(on=TODAY).filter(pk=role.pk).exists() is active


def test_the_roles_of_today_are_read_whole_and_are_the_person_s_own() -> None:
    held = made.RoleFactory()
    made.RoleFactory(
        user=held.user,
        kind="leader",
        ends_on=timezone.localdate() - timedelta(days=1),
        starts_on=YESTERDAY - timedelta(days=365),
    )
    made.RoleFactory()
    (read,) = held.user.roles_today()
    names = [field.attname for field in Role._meta.concrete_fields]
    assert [getattr(read, name) for name in names] == [getattr(held, name) for name in names]


def test_the_rule_for_one_role_and_for_many_agree() -> None:
    days = [TODAY + timedelta(days=step) for step in range(4)]
    for starts_on in days:
        for ends_on in (None, *(day for day in days if day >= starts_on)):
            made.RoleFactory(starts_on=starts_on, ends_on=ends_on)
    for day in (YESTERDAY, *days, days[-1] + timedelta(days=1)):
        assert set(Role.objects.active(on=day)) == {
            role for role in Role.objects.all() if role.is_active(on=day)
        }


def test_no_row_here_is_about_a_child_or_says_where_a_family_lives() -> None:
    names = {
        f"{model.__name__}.{field.name}".lower()
        for model in apps.get_app_config("courses").get_models()
        for field in model._meta.get_fields()
        if isinstance(field, models.Field)
    }
    assert not {
        name for name in names if any(word in name for word in ("child", "address", "birth", "street"))
    }
