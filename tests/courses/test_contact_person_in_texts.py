"""A text that leaves room for the contact person names her, and says what to do where there is none."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.utils import timezone

from courses.models import Group, PartText, User
from tests import factories as made
from tests.courses.reading_pages import PART, shown
from tests.courses.test_reading_queries import PART_BUDGET

if TYPE_CHECKING:
    from courses.models import Adult
    from tests.people import LogIn

pytestmark = pytest.mark.django_db


@pytest.fixture
def asks_for_contact_person(group: Group) -> None:
    """The local fact of the first part is the contact person."""
    for text in PartText.objects.filter(part__edition=group.edition, part__key="del-1"):
        text.segments = [
            part | {"fact": "kontaktperson"} if part["kind"] == "local" else part for part in text.segments
        ]
        text.save()


@pytest.mark.usefixtures("asks_for_contact_person")
def test_the_contact_person_is_named_where_a_text_leaves_room_for_her(
    adult: Adult, contact_person: User, other_contact_person: User, logged_in: LogIn
) -> None:
    User.objects.filter(pk=contact_person.pk).update(first_name="Ingrid", mobile="+4740000001")
    User.objects.filter(pk=other_contact_person.pk).update(first_name="Annensteds")
    text = shown(logged_in(adult).get(PART))
    assert "Ingrid" in text
    assert 'href="tel:40000001"' in text
    assert "Annensteds" not in text
    assert "Ring 116 117." not in text


@pytest.mark.usefixtures("asks_for_contact_person")
def test_a_name_without_a_number_stands_beside_what_to_do(
    adult: Adult, contact_person: User, logged_in: LogIn
) -> None:
    text = shown(logged_in(adult).get(PART))
    assert contact_person.first_name in text
    assert "Ring 116 117." in text


@pytest.mark.usefixtures("asks_for_contact_person")
def test_whoever_has_left_the_group_and_staff_see_no_name(
    adult: Adult, contact_person: User, leader: User, logged_in: LogIn
) -> None:
    User.objects.filter(pk=contact_person.pk).update(first_name="Ingrid")
    yesterday = timezone.localdate() - timedelta(days=1)
    adult.enrolments.update(starts_on=yesterday, ends_on=yesterday)
    for person in (adult, leader):
        assert "Ingrid" not in shown(logged_in(person).get(PART))


@pytest.mark.usefixtures("asks_for_contact_person")
def test_a_part_that_names_the_contact_person_stays_within_the_budget(
    adult: Adult, contact_person: User, logged_in: LogIn, django_assert_max_num_queries: Any
) -> None:
    made.HelpNumberFactory(key="kontaktperson", municipality=adult.family.municipality)
    client = logged_in(adult)
    client.get(PART.replace("del-1", "del-2"))
    with django_assert_max_num_queries(PART_BUDGET):
        client.get(PART)
