"""A form that came back on paper is keyed twice, by somebody from elsewhere, and sealed once."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.utils import timezone

from courses.models import Adult, Group, Municipality, User
from evaluation import papers
from evaluation.answers import closing, paper_codes
from evaluation.models import KeyedSheet, Occasion, PaperEnvelope, SealedAnswer
from tests.evaluation.sheets import GIVEN, at, code_of, desk, from_elsewhere, keyed, people, put_in
from tests.factories import (
    AssignmentFactory,
    EnrolmentFactory,
    EveningFactory,
    MunicipalityFactory,
    RoleFactory,
)
from tests.study_factories import evening_wave, occasion, wave

if TYPE_CHECKING:
    from django.test import Client

    from tests.people import LogIn

__all__ = ["at", "desk", "from_elsewhere", "people"]
pytestmark = pytest.mark.django_db(databases=["default", "answers"])


# --- putting in
def test_keyed_alike_it_is_sealed_once_and_can_be_shredded(
    at: Occasion, people: list[Adult], desk: Client
) -> None:
    code = code_of(people[0], at)
    typed = f" {code[:6].lower()}-{code[6:].lower()} "
    page = desk.post("/prosjekt/papir/", {"code": typed})
    assert page.status_code == 200
    assert page.content.decode().count("Utsagn t01") == 2
    assert people[0].user is not None
    assert people[0].user.first_name not in page.content.decode()
    done = desk.post("/prosjekt/papir/", keyed(at, typed, GIVEN, GIVEN), follow=True)
    assert "Arket er ført inn og forseglet. Nå kan det makuleres." in done.content.decode()
    assert SealedAnswer.objects.count() == 1
    assert b"Kanarifugl" not in bytes(SealedAnswer.objects.get().box)


def test_where_the_two_differ_it_is_said_and_nothing_is_sealed(
    at: Occasion, people: list[Adult], desk: Client
) -> None:
    code = code_of(people[0], at)
    page = put_in(desk, at, code, GIVEN, GIVEN | {"t02": "3"})
    text = page.content.decode()
    assert page.status_code == 422
    assert text.count("Du har ført inn to ulike svar.") == 3  # in the list, and at both
    assert "Kanarifugl i fjellet" in text
    assert not SealedAnswer.objects.exists()
    assert not KeyedSheet.objects.exists()
    missing = {key: value for key, value in GIVEN.items() if key != "tall"}
    assert put_in(desk, at, code, missing, GIVEN).status_code == 422
    assert put_in(desk, at, code, GIVEN, GIVEN | {"ord": " Kanarifugl  i fjellet "}).status_code == 302


def test_what_is_off_the_scale_is_said_where_it_was_typed(
    at: Occasion, people: list[Adult], desk: Client
) -> None:
    page = put_in(desk, at, code_of(people[0], at), GIVEN, GIVEN | {"t01": "9"})
    assert page.status_code == 422
    assert "Velg blant svarene i lista." in page.content.decode()
    assert not SealedAnswer.objects.exists()


def test_the_same_sheet_is_not_put_in_twice(at: Occasion, people: list[Adult], desk: Client) -> None:
    code = code_of(people[0], at)
    put_in(desk, at, code, GIVEN)
    for again in (put_in(desk, at, code, GIVEN), desk.post("/prosjekt/papir/", {"code": code})):
        assert again.status_code == 422
        assert "Arket er ført inn før." in again.content.decode()
    assert SealedAnswer.objects.count() == 1


@pytest.mark.parametrize(
    "code", ["", "FINNESIKKE", "FINNESIKKEHR", "\x00", "A" * 12, "A" * 5_000, "æøå", "<script>"]
)
def test_a_code_that_is_not_there_is_answered_kindly(at: Occasion, desk: Client, code: str) -> None:
    page = desk.post("/prosjekt/papir/", {"code": code})
    assert page.status_code == 422
    assert "Vi finner ikke koden her." in page.content.decode()


def test_a_code_that_is_mistyped_in_one_sign_is_not_taken_for_another(
    at: Occasion, people: list[Adult], desk: Client
) -> None:
    code = code_of(people[0], at)
    for place, sign in enumerate(code):
        wrong = code[:place] + ("A" if sign != "A" else "B") + code[place + 1 :]
        assert "Vi finner ikke koden her." in desk.post("/prosjekt/papir/", {"code": wrong}).content.decode()
    assert desk.post("/prosjekt/papir/", {"code": code}).status_code == 200


def test_a_code_is_of_one_occasion_alone(at: Occasion, people: list[Adult], desk: Client) -> None:
    other = occasion(wave=wave(at.wave.study, code="T1"), group=at.group)
    code = code_of(people[0], at)
    assert paper_codes.is_of(code, at)
    assert not paper_codes.is_of(code, other)
    put_in(desk, at, code, GIVEN)
    assert list(SealedAnswer.objects.values_list("occasion", flat=True)) == [at.pk]


def test_after_close_nothing_is_put_in(at: Occasion, people: list[Adult], desk: Client) -> None:
    code = code_of(people[0], at)
    closing.shut(at)
    page = put_in(desk, at, code, GIVEN)
    assert page.status_code == 422
    assert "Skjemaet er lukket." in page.content.decode()
    assert not SealedAnswer.objects.exists()


# --- who puts it in
def test_nobody_from_the_groups_own_municipalities_puts_it_in(
    at: Occasion, people: list[Adult], group: Group, logged_in: LogIn, contact_person: User, desk: Client
) -> None:
    code = code_of(people[0], at)
    shared = MunicipalityFactory(region=at.wave.study.region)
    group.municipalities.add(shared)
    beside = RoleFactory(kind="contact-person", municipality=shared).user
    own = re.compile(r'(name="csrfmiddlewaretoken" )?value="[^"]*"| data-owner="[^"]*"')
    said = set()
    for near, typed in ((contact_person, code), (beside, code), (beside, "A" * 12)):
        page = logged_in(near).post("/prosjekt/papir/", {"code": typed})
        assert page.status_code == 422
        said.add(own.sub("", page.content.decode()))
    assert len(said) == 1  # that it is from here, or that there is such a sheet, is not told either
    assert desk.post("/prosjekt/papir/", {"code": code}).status_code == 200


def test_who_may_put_it_in(
    at: Occasion, group: Group, municipality: Municipality, from_elsewhere: User, project_leader: User
) -> None:
    assert papers.may_key(from_elsewhere, at)
    assert papers.may_key(project_leader, at)
    abroad = RoleFactory(kind="contact-person").user
    assert not papers.may_key(abroad, at)
    editor = RoleFactory(kind="editor", municipality=None).user
    assert not papers.may_key(editor, at)
    RoleFactory(kind="leader", municipality=municipality, user=from_elsewhere)
    assert not papers.may_key(User.objects.get(pk=from_elsewhere.pk), at)
    AssignmentFactory(group=group, user=project_leader)
    project_leader = User.objects.get(pk=project_leader.pk)
    assert not papers.may_key(project_leader, at)
    assert papers.led_occasion(project_leader, at.pk)


@pytest.mark.parametrize("has_left", [False, True])
def test_nobody_from_the_municipality_of_a_family_that_came_from_elsewhere_puts_it_in(
    at: Occasion, people: list[Adult], group: Group, from_elsewhere: User, has_left: bool
) -> None:
    home = from_elsewhere.roles.get().municipality
    assert home not in group.municipalities.all()
    code = code_of(people[0], at)  # of another: it is not asked whose it is
    assert papers.sheet_to_key(from_elsewhere, code)
    ends_on = timezone.localdate() if has_left else None
    EnrolmentFactory(group=group, adult__family__municipality=home, ends_on=ends_on)
    assert not papers.may_key(from_elsewhere, at)
    assert papers.sheet_to_key(from_elsewhere, code) is None


def test_nobody_both_prints_a_sheet_and_puts_it_in(
    at: Occasion,
    people: list[Adult],
    group: Group,
    logged_in: LogIn,
    contact_person: User,
    other_contact_person: User,
    from_elsewhere: User,
    project_leader: User,
) -> None:
    """Whoever prints for somebody sees the code on it."""
    evening = EveningFactory(group=group, starts_at=timezone.now() - timedelta(hours=2))
    tonight = occasion(wave=evening_wave(at.wave.study), group=group, evening=evening)
    for row in (at, tonight):
        for user in (contact_person, other_contact_person, from_elsewhere, project_leader):
            assert not (papers.led_occasion(user, row.pk) and papers.may_key(user, row))
        assert papers.led_occasion(contact_person, row.pk)
        assert papers.may_key(project_leader, row)
        browser = logged_in(project_leader)
        assert browser.get(f"/skjema/{row.pk}/papir/").status_code == 404
        assert browser.post(f"/skjema/{row.pk}/papir.docx", {"adult": people[0].pk}).status_code == 404
    assert not PaperEnvelope.objects.exists()


def test_the_project_leader_is_told_that_she_puts_in_what_others_print(
    at: Occasion, group: Group, logged_in: LogIn, project_leader: User
) -> None:
    page = logged_in(project_leader).get(f"/gruppe/{group.pk}/papir/").content.decode()
    assert "Du fører inn ark fra denne gruppa" in page
    assert 'href="/prosjekt/papir/"' in page
    assert f"/skjema/{at.pk}/papir/" not in page
    assert "Ingen skjemaer kan skrives ut nå." not in page


# --- without one answer
@pytest.mark.parametrize("typed", [{}, {"ord": " "}])
def test_a_sheet_keyed_empty_is_asked_about_before_it_is_sealed(
    at: Occasion, people: list[Adult], desk: Client, typed: dict[str, str]
) -> None:
    code = code_of(people[0], at)
    empty: dict[str, Any] = keyed(at, code, typed, {})
    page = desk.post("/prosjekt/papir/", empty)
    text = page.content.decode()
    assert page.status_code == 422
    assert "Ingen svar er ført inn. Er arket tomt?" in text
    assert 'name="keyed" value="empty"' in text
    assert (SealedAnswer.objects.count(), KeyedSheet.objects.count()) == (0, 0)
    done = desk.post("/prosjekt/papir/", empty | {"keyed": "empty"}, follow=True)
    assert "ført inn og forseglet" in done.content.decode()
    assert SealedAnswer.objects.count() == 1


@pytest.mark.parametrize(
    ("first", "second", "missing", "other"),
    [(GIVEN, {}, ("Andre", "b"), "Første"), ({"ord": " "}, GIVEN, ("Første", "a"), "Andre")],
)
@pytest.mark.parametrize("button", ["1", "empty"])
def test_a_sheet_keyed_once_is_said_to_lack_the_other_keying_and_what_is_typed_stays(
    at: Occasion,
    people: list[Adult],
    desk: Client,
    first: dict[str, str],
    second: dict[str, str],
    missing: tuple[str, str],
    other: str,
    button: str,
) -> None:
    sent = keyed(at, code_of(people[0], at), first, second) | {"keyed": button}
    page = desk.post("/prosjekt/papir/", sent)
    text = page.content.decode()
    assert page.status_code == 422
    title, which = missing
    assert text.count(f"{title} føring mangler.") == 2  # in the list, and where it is missing
    assert f'href="#keying-{which}"' in text
    assert f'id="keying-{which}"' in text
    assert f"{other} føring mangler." not in text
    assert "to ulike svar" not in text
    assert "Er arket tomt?" not in text
    assert "Kanarifugl i fjellet" in text
    assert text.count(" selected>") == 3  # two statements, and the number from a list
    assert SealedAnswer.objects.count() == 0


def test_a_keying_that_is_missing_is_said_together_with_what_is_wrong_in_the_other(
    at: Occasion, people: list[Adult], desk: Client
) -> None:
    text = put_in(desk, at, code_of(people[0], at), GIVEN | {"t01": "9"}, {}).content.decode()
    assert "Andre føring mangler." in text
    assert "Velg blant svarene i lista." in text


def test_a_fault_in_the_second_keying_is_led_to_where_it_stands(
    at: Occasion, people: list[Adult], desk: Client
) -> None:
    text = put_in(desk, at, code_of(people[0], at), GIVEN, GIVEN | {"t01": "9"}).content.decode()
    assert re.findall(r'<li><a href="#(.)-', text) == ["b"]
