"""Who sees whom: every queryset that holds people, for every role, own and others' rows."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.apps import apps
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from courses import models
from courses.models import Adult, Family, Role, User
from tests import evening_factories as evening_rows
from tests import factories as made

if TYPE_CHECKING:
    from django.db.models import Model

pytestmark = pytest.mark.django_db

PEOPLE = (User, Adult, Family)
# Who made or marked something is not what the row is about.
AUTHORS = {"published_by", "by", "invited_by", "marked_by"}

# viewer → what she sees of (her own or the group's family, its neighbour, a family in another group)
FAMILIES_SEEN: dict[str, tuple[bool, bool, bool]] = {
    "adult": (True, False, False),
    "other_adult": (True, False, False),
    "neighbour": (False, True, False),
    "stranger": (False, False, True),
    "contact_person": (True, True, False),
    "other_contact_person": (False, False, True),
    "project_leader": (True, True, True),
    "leader": (False, False, False),
    "editor": (False, False, False),
    "researcher": (False, False, False),
    "user_group": (False, False, False),
    "nobody": (False, False, False),
}
OWN_TO_ONE_ADULT = (models.Note, models.NoteKey, models.ReadingEvent, models.EarlyOpening)


@pytest.fixture
def nobody() -> AnonymousUser:
    return AnonymousUser()


def user_of(viewer: Any) -> Any:
    return viewer.user if isinstance(viewer, Adult) else viewer


def rows_about(adult: Adult) -> list[Model]:
    """One row of every kind that contact persons and families share about an adult."""
    evening = made.EveningFactory(group=adult.enrolments.get().group, module=made.ModuleFactory())
    return [adult, adult.family, made.AttendanceFactory(adult=adult, evening=evening)]


def is_seen(row: Model, viewer: Any) -> bool:
    manager: Any = type(row)._default_manager
    return bool(manager.visible_to(user_of(viewer)).filter(pk=row.pk).exists())


def reaches_people(model: type[Model], seen: frozenset[type[Model]] = frozenset()) -> bool:
    """Whether a row leads to a person through foreign keys, authors left out."""
    targets = {
        field.related_model
        for field in model._meta.get_fields()
        if (field.many_to_one or field.one_to_one) and field.concrete and field.name not in AUTHORS
    }
    return bool(targets & set(PEOPLE)) or any(
        reaches_people(target, seen | {model}) for target in targets - seen - {model}
    )


def test_every_model_that_leads_to_a_person_has_visible_to() -> None:
    rows = [model for app in ("courses", "evaluation") for model in apps.get_app_config(app).get_models()]
    holding = [model for model in rows if model in PEOPLE or reaches_people(model)]
    assert {models.Attendance, models.Note, models.Role} <= set(holding)
    assert not [model for model in holding if not hasattr(model._default_manager, "visible_to")]


@pytest.mark.parametrize("viewer", FAMILIES_SEEN)
def test_each_role_sees_the_families_it_works_with_and_no_other(
    viewer: str, request: pytest.FixtureRequest
) -> None:
    about = {name: rows_about(request.getfixturevalue(name)) for name in ("adult", "neighbour", "stranger")}
    person = request.getfixturevalue(viewer)
    request.getfixturevalue("contact_person")
    found = {name: {is_seen(row, person) for row in rows} for name, rows in about.items()}
    assert found == {name: {seen} for name, seen in zip(about, FAMILIES_SEEN[viewer], strict=True)}


@pytest.mark.parametrize("viewer", FAMILIES_SEEN)
def test_an_enrolment_is_its_adults_and_the_groups_leaders(
    viewer: str, request: pytest.FixtureRequest
) -> None:
    person, adult = request.getfixturevalue(viewer), request.getfixturevalue("adult")
    seen = viewer in ("adult", "contact_person", "project_leader")
    assert is_seen(adult.enrolments.get(), person) is seen


@pytest.mark.parametrize("viewer", FAMILIES_SEEN)
def test_only_the_adult_herself_sees_what_is_hers_alone(viewer: str, request: pytest.FixtureRequest) -> None:
    person, adult = request.getfixturevalue(viewer), request.getfixturevalue("adult")
    rows = [
        made.NoteFactory(adult=adult),
        made.NoteKeyFactory(adult=adult),
        made.ReadingEventFactory(adult=adult),
        made.EarlyOpeningFactory(adult=adult),
    ]
    assert {type(row) for row in rows} == set(OWN_TO_ONE_ADULT)
    assert {is_seen(row, person) for row in rows} == {viewer == "adult"}


@pytest.mark.parametrize("viewer", FAMILIES_SEEN)
def test_groups_and_evenings_are_seen_by_those_in_them(viewer: str, request: pytest.FixtureRequest) -> None:
    person, group = request.getfixturevalue(viewer), request.getfixturevalue("group")
    request.getfixturevalue("adult")
    request.getfixturevalue("neighbour")
    evening = made.EveningFactory(group=group, module=made.ModuleFactory())
    inside = viewer in ("adult", "other_adult", "neighbour", "contact_person", "project_leader")
    assert is_seen(evening, person) is inside
    assert is_seen(group, person) is (inside or viewer == "leader")


@pytest.mark.parametrize("viewer", FAMILIES_SEEN)
def test_families_see_who_leads_their_group(viewer: str, request: pytest.FixtureRequest) -> None:
    person, group = request.getfixturevalue(viewer), request.getfixturevalue("group")
    assignment = made.AssignmentFactory(group=group)
    inside = viewer in ("adult", "other_adult", "neighbour", "contact_person", "project_leader")
    assert is_seen(assignment, person) is inside


def test_nobody_sees_who_leads_a_group_that_has_no_families_yet(group: models.Group) -> None:
    assignment = made.AssignmentFactory(group=group)
    assert not is_seen(assignment, AnonymousUser())


@pytest.mark.parametrize("viewer", FAMILIES_SEEN)
def test_roles_and_invitations_are_the_project_leaders(viewer: str, request: pytest.FixtureRequest) -> None:
    person = request.getfixturevalue(viewer)
    for row in (made.RoleFactory(), made.InvitationFactory(), made.RoleFactory().user):
        assert is_seen(row, person) is (viewer == "project_leader")


def test_one_sees_ones_own_roles(contact_person: User) -> None:
    assert is_seen(contact_person.roles.get(), contact_person)
    assert is_seen(contact_person, contact_person)


def test_a_contact_person_loses_the_group_with_her_assignment(adult: Adult, contact_person: User) -> None:
    assert is_seen(adult, contact_person)
    yesterday = timezone.localdate() - timedelta(days=1)
    contact_person.assignments.update(starts_on=yesterday, ends_on=yesterday)
    assert not any(is_seen(row, contact_person) for row in rows_about(adult))


def test_a_contact_person_loses_the_group_with_her_role(adult: Adult, contact_person: User) -> None:
    yesterday = timezone.localdate() - timedelta(days=1)
    contact_person.roles.update(starts_on=yesterday, ends_on=yesterday)
    assert not any(is_seen(row, contact_person) for row in rows_about(adult))


def test_an_assignment_without_the_role_shows_nobody(adult: Adult, editor: User, group: models.Group) -> None:
    made.AssignmentFactory(group=group, user=editor)
    assert not any(is_seen(row, editor) for row in rows_about(adult))


def test_a_contact_person_of_the_municipality_sees_only_the_groups_she_leads(
    adult: Adult, municipality: models.Municipality
) -> None:
    colleague = made.RoleFactory(kind="contact-person", municipality=municipality).user
    assert not any(is_seen(row, colleague) for row in rows_about(adult))


def test_a_project_leader_of_one_municipality_sees_its_families_alone(
    adult: Adult, stranger: Adult, municipality: models.Municipality
) -> None:
    local = made.RoleFactory(kind="project-leader", municipality=municipality).user
    assert {is_seen(row, local) for row in rows_about(adult)} == {True}
    assert {is_seen(row, local) for row in rows_about(stranger)} == {False}
    assert not is_seen(stranger.user, local)


def test_an_ended_project_leader_sees_nobody(adult: Adult, project_leader: User) -> None:
    yesterday = timezone.localdate() - timedelta(days=1)
    Role.objects.filter(user=project_leader).update(starts_on=yesterday, ends_on=yesterday)
    assert not any(is_seen(row, project_leader) for row in rows_about(adult))


def leave(adult: Adult) -> None:
    """Her part in the group ended yesterday."""
    yesterday = timezone.localdate() - timedelta(days=1)
    adult.enrolments.update(starts_on=yesterday, ends_on=yesterday)


def test_a_contact_person_loses_an_adult_who_has_left_the_group(
    adult: Adult, neighbour: Adult, contact_person: User
) -> None:
    rows = [*rows_about(adult), adult.enrolments.get()]
    stays = [*rows_about(neighbour), neighbour.enrolments.get()]
    leave(adult)
    assert {is_seen(row, contact_person) for row in rows} == {False}
    assert {is_seen(row, contact_person) for row in stays} == {True}
    assert {is_seen(row, adult) for row in rows} == {True}


def test_a_contact_person_sees_of_a_split_family_who_is_in_her_group(
    adult: Adult, family: Family, contact_person: User, other_group: models.Group
) -> None:
    other = made.EnrolmentFactory(group=other_group, adult__family=family, adult__seat=2).adult
    mark = made.AttendanceFactory(adult=other, evening=made.EveningFactory(group=other_group))
    assert is_seen(adult, contact_person)
    assert is_seen(family, contact_person)
    assert not any(is_seen(row, contact_person) for row in (other, other.enrolments.get(), mark))
    leave(adult)
    assert not is_seen(family, contact_person)


def test_marks_of_a_group_one_does_not_lead_stay_there(
    adult: Adult, contact_person: User, other_group: models.Group
) -> None:
    mark = made.AttendanceFactory(adult=adult, evening=made.EveningFactory(group=other_group))
    assert not is_seen(mark, contact_person)


def test_who_has_left_no_longer_sees_the_group(adult: Adult, neighbour: Adult, group: models.Group) -> None:
    evening = made.EveningFactory(group=group, module=made.ModuleFactory())
    rows = [group, evening, made.AssignmentFactory(group=group)]
    leave(adult)
    assert {is_seen(row, adult) for row in rows} == {False}
    assert {is_seen(row, neighbour) for row in rows} == {True}


def test_a_duty_outside_the_municipality_of_the_role_shows_nobody(
    stranger: Adult, contact_person: User, other_group: models.Group
) -> None:
    made.AssignmentFactory(group=other_group, user=contact_person)
    rows = [*rows_about(stranger), other_group]
    assert not any(is_seen(row, contact_person) for row in rows)


def test_a_project_leader_of_one_municipality_sees_its_staff_alone(
    contact_person: User,
    other_contact_person: User,
    project_leader: User,
    editor: User,
    municipality: models.Municipality,
) -> None:
    local = made.RoleFactory(kind="project-leader", municipality=municipality).user
    trainee = made.EnrolmentFactory(adult__family=None, adult__seat=None).adult
    assert set(User.objects.visible_to(local)) == {local, contact_person}
    assert is_seen(trainee.user, project_leader)


def test_a_contact_person_in_training_sees_her_own_row_and_marks(group: models.Group) -> None:
    trainee = made.EnrolmentFactory(group=group, adult__family=None, adult__seat=None).adult
    other = made.EnrolmentFactory(group=group, adult__family=None, adult__seat=None).adult
    mark = made.AttendanceFactory(adult=trainee)
    assert is_seen(trainee, trainee)
    assert is_seen(mark, trainee)
    assert not is_seen(other, trainee)
    assert not is_seen(mark, other)


def test_two_municipalities_in_one_group_do_not_double_its_rows(
    adult: Adult, contact_person: User, group: models.Group, other_municipality: models.Municipality
) -> None:
    group.municipalities.add(other_municipality)
    made.EnrolmentFactory(group=group, adult__family=adult.family, adult__seat=2)
    for viewer in (adult.user, contact_person):
        for model in (models.Group, models.Family):
            assert model.objects.visible_to(viewer).count() == 1


@pytest.mark.parametrize("viewer", FAMILIES_SEEN)
def test_messages_are_their_readers_and_the_contact_persons_who_works_with_her(
    viewer: str,
    request: pytest.FixtureRequest,
    group: models.Group,
    other_group: models.Group,
) -> None:
    person, adult = request.getfixturevalue(viewer), request.getfixturevalue("adult")
    request.getfixturevalue("contact_person")
    message = evening_rows.MessageFactory(user=adult.user)
    hers, others = (
        evening_rows.MessageFactory(user=None, invited=invited)
        for invited in (
            evening_rows.InvitedAdultFactory(
                invitation__group=place, invitation__municipality=place.municipalities.get()
            )
            for place in (group, other_group)
        )
    )
    assert is_seen(message, person) is (viewer in ("adult", "contact_person", "project_leader"))
    assert is_seen(hers, person) is (viewer in ("contact_person", "project_leader"))
    assert is_seen(others, person) is (viewer in ("other_contact_person", "project_leader"))
