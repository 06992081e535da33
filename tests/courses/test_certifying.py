"""Certificates follow the completion rule, one per adult, with a code that says nothing about anybody."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from courses.certifying import SIGNS, certificate_of, new_code, normal_code, settle
from courses.models import Adult, Attendance, Certificate, Enrolment, Evening, Group
from tests import factories as made
from tests.documents import attended, course_group

if TYPE_CHECKING:
    from courses.models import User
    from tests.people import LogIn

pytestmark = pytest.mark.django_db


@pytest.fixture
def group() -> Group:
    """Six modules, five evenings required, modules 1 and 6 among them; each evening 135 minutes."""
    return course_group()


@pytest.fixture
def adult(group: Group) -> Adult:
    return made.EnrolmentFactory(group=group, adult__user__first_name="Berit").adult


def test_five_of_six_evenings_with_the_obligatory_ones_give_a_certificate(adult: Adult, group: Group) -> None:
    attended(adult, group, "present partly - made-up present present")
    found = certificate_of(adult, group)
    assert found is not None
    assert (found.evenings_there, found.made_up, found.minutes) == (5, 1, 5 * 135)
    assert found.issued_on == timezone.localdate()


@pytest.mark.parametrize(
    "marks",
    [
        "present present present present present -",  # the last module is obligatory
        "- present present present present present",
        "present present - - present present",
        "present present excused absent unknown present",
        "- - - - - -",
    ],
)
def test_a_course_that_is_not_done_gives_none(adult: Adult, group: Group, marks: str) -> None:
    attended(adult, group, marks)
    assert certificate_of(adult, group) is None
    assert not Certificate.objects.exists()


def test_the_same_certificate_is_issued_once(adult: Adult, group: Group) -> None:
    attended(adult, group, "present " * 6)
    first, again = certificate_of(adult, group), certificate_of(adult, group)
    assert first == again
    assert Certificate.objects.count() == 1


def test_two_adults_of_one_family_get_one_each(adult: Adult, group: Group) -> None:
    other = made.EnrolmentFactory(group=group, adult__family=adult.family, adult__seat=2).adult
    attended(adult, group, "present " * 6)
    attended(other, group, "present present made-up present present present")
    rows = settle(group)
    assert {row.adult_id: row.made_up for row in rows} == {adult.pk: 0, other.pk: 1}
    assert len({row.code for row in rows}) == 2


def test_a_corrected_mark_changes_the_numbers_and_keeps_the_code(adult: Adult, group: Group) -> None:
    attended(adult, group, "present " * 6)
    before = certificate_of(adult, group)
    Attendance.objects.filter(adult=adult, evening__module__number=3).update(state="absent")
    after = certificate_of(adult, group)
    assert before is not None
    assert after is not None
    assert (before.code, before.minutes - after.minutes) == (after.code, 135)


def test_a_certificate_that_stood_on_a_mistake_is_taken_back(adult: Adult, group: Group) -> None:
    attended(adult, group, "present present present present - present")
    assert certificate_of(adult, group)
    Attendance.objects.filter(adult=adult, evening__module__number=6).update(state="absent")
    assert certificate_of(adult, group) is None
    assert not Certificate.objects.exists()


def test_a_changed_rule_takes_nothing_back(adult: Adult, group: Group) -> None:
    attended(adult, group, "present present present present - present")
    assert certificate_of(adult, group)
    programme = group.edition.programme
    programme.evenings_required = 6
    programme.save()
    assert certificate_of(adult, Group.objects.get(pk=group.pk))


def test_evenings_of_a_former_group_count_and_give_one_certificate_only(adult: Adult, group: Group) -> None:
    attended(adult, group, "present present present - - -")
    yesterday = timezone.localdate() - timedelta(days=1)
    Enrolment.objects.filter(adult=adult).update(starts_on=yesterday, ends_on=timezone.localdate())
    later = course_group(edition=group.edition)
    made.EnrolmentFactory(group=later, adult=adult)
    attended(adult, later, "- - - present present present")
    assert settle(group) == []
    assert [row.evenings_there for row in settle(later)] == [6]


def test_evenings_that_gave_a_certificate_give_no_second_one(
    adult: Adult, group: Group, logged_in: LogIn
) -> None:
    attended(adult, group, "present " * 6)
    assert certificate_of(adult, group)
    yesterday = timezone.localdate() - timedelta(days=1)
    Enrolment.objects.filter(adult=adult).update(starts_on=yesterday, ends_on=yesterday)
    again = course_group(edition=group.edition)
    made.EnrolmentFactory(group=again, adult=adult)
    assert settle(again) == []
    assert (
        logged_in(adult).get(f"/min/kursbevis/{group.pk}.docx").status_code == 200
    )  # the first still stands


def test_a_contact_person_in_training_gets_one_without_a_family() -> None:
    group = course_group(modules=3, programme__audience="contact-persons", programme__evenings_required=3)
    adult = made.AdultFactory(family=None, seat=None)
    made.EnrolmentFactory(group=group, adult=adult)
    attended(adult, group, "present present present")
    assert certificate_of(adult, group) is not None


def test_settling_costs_the_same_queries_for_any_number_of_families() -> None:
    def queries(adults: int) -> int:
        group = course_group()
        for _number in range(adults):
            attended(made.EnrolmentFactory(group=group).adult, group, "present " * 6)
        settle(group)
        with CaptureQueriesContext(connection) as captured:
            assert len(settle(Group.objects.select_related("edition__programme").get(pk=group.pk))) == adults
        return len(captured)

    assert queries(1) == queries(12)


# --- the code


def test_codes_are_long_random_and_easy_to_read() -> None:
    codes = {new_code() for _number in range(2_000)}
    assert len(codes) == 2_000
    assert all(re.fullmatch(rf"[{SIGNS}]{{4}}-[{SIGNS}]{{4}}-[{SIGNS}]{{4}}", code) for code in codes)
    assert not set("01OILU") & set(SIGNS)
    assert set("".join(codes)) - {"-"} == set(SIGNS)


@pytest.mark.parametrize("typed", ["abcd-efgh-2345", " ABCD EFGH 2345 ", "abcdefgh2345", "ABCD–EFGH–2345"])
def test_a_code_may_be_typed_in_any_way(typed: str) -> None:
    assert normal_code(typed) == "ABCD-EFGH-2345"


@pytest.fixture
def certificate(adult: Adult, group: Group) -> Certificate:
    attended(adult, group, "present present made-up present present present")
    found = certificate_of(adult, group)
    assert found
    return found


def test_the_public_page_says_what_a_certificate_is_for_and_never_whose(certificate: Certificate) -> None:
    name = certificate.group.edition.programme.name
    pages = [
        Client().get(f"/kursbevis/{certificate.code}/"),
        Client().get("/kursbevis/", {"kode": certificate.code.lower().replace("-", " ")}),
    ]
    for page in pages:
        text = page.content.decode()
        assert page.status_code == 200
        assert "Kursbeviset er ekte" in text
        assert name in text
        assert "13 timer og 30 minutter" in text
        assert "Berit" not in text
        assert certificate.group.name not in text
        assert page["X-Robots-Tag"] == "noindex, nofollow"
        assert 'name="robots" content="noindex' in text


BAD_CODES = [
    "AAAA-AAAA-AAAA",
    "x",
    "!!!!",
    "0" * 5_000,
    "\x00",
    "' OR 1=1 --",
    "ABCD-EFGH-234",
    "æøå",
    "%00",
    "🙂" * 9,
]


@pytest.mark.parametrize("code", BAD_CODES)
def test_unknown_and_impossible_codes_get_the_same_answer(certificate: Certificate, code: str) -> None:
    unknown = Client().get("/kursbevis/", {"kode": "ZZZZ-ZZZZ-ZZZZ"})
    page = Client().get("/kursbevis/", {"kode": code})
    assert page.status_code == unknown.status_code == 422

    def bare(text: str) -> str:
        return re.sub(r'value="[^"]*"', "", text)

    assert bare(page.content.decode()) == bare(unknown.content.decode())


def test_every_code_costs_the_same_queries(certificate: Certificate) -> None:
    def queries(code: str) -> int:
        cache.clear()
        with CaptureQueriesContext(connection) as captured:
            Client().get("/kursbevis/", {"kode": code})
        return sum("courses_certificate" in query["sql"] for query in captured)

    assert {queries(code) for code in [certificate.code, *BAD_CODES]} == {1}


def test_guessing_is_stopped() -> None:
    cache.clear()
    statuses = [Client().get(f"/kursbevis/{new_code()}/").status_code for _number in range(31)]
    assert statuses == [422] * 30 + [429]
    assert Client().get("/kursbevis/").status_code == 200
    cache.clear()


# --- whose file


def test_one_fetches_ones_own_and_nobody_elses(certificate: Certificate, logged_in: LogIn) -> None:
    group = certificate.group
    attended(other := made.EnrolmentFactory(group=group).adult, group, "present - - - - -")
    page = logged_in(certificate.adult).get(f"/min/kursbevis/{group.pk}.docx")
    assert page.status_code == 200
    assert page["Content-Disposition"] == 'attachment; filename="kursbevis.docx"'
    assert "no-store" in page["Cache-Control"]
    assert logged_in(other).get(f"/min/kursbevis/{group.pk}.docx").status_code == 404
    assert logged_in(made.AdultFactory()).get(f"/min/kursbevis/{group.pk}.docx").status_code == 404
    assert logged_in(made.UserFactory()).get(f"/min/kursbevis/{group.pk}.docx").status_code == 404


def test_a_contact_person_fetches_those_of_her_groups_alone(
    contact_person: User, other_contact_person: User, certificate: Certificate, logged_in: LogIn
) -> None:
    group = certificate.group
    group.municipalities.set([contact_person.roles.get().municipality])
    address = f"/gruppe/{group.pk}/kursbevis.docx"
    assert logged_in(contact_person).get(address).status_code == 200
    assert logged_in(other_contact_person).get(address).status_code == 404
    assert logged_in(certificate.adult).get(address).status_code == 403
    assert Evening.objects.filter(group=group).count() == 6
