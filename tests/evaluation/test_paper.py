"""A form on paper is printed with a code that tells nobody whose it is, or who has answered."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from courses.models import Adult, AuditEvent, Group, User
from evaluation import answering, papers
from evaluation.answers import inbox
from evaluation.documents.paper_form import paper_form
from evaluation.instruments.definition import Choice, Condition, Item, Words
from evaluation.models import KeyedSheet, Occasion, PaperEnvelope, Participation
from tests.crowds import adults, answer
from tests.evaluation.sheets import GIVEN, at, code_of, desk, from_elsewhere, people, put_in, text_of
from tests.factories import EnrolmentFactory
from tests.study_factories import definition, occasion, statement, text_item, wave

if TYPE_CHECKING:
    from django.http import HttpResponse
    from django.test import Client

    from tests.people import LogIn

__all__ = ["at", "desk", "from_elsewhere", "people"]
pytestmark = pytest.mark.django_db(databases=["default", "answers"])
FILE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def test_a_sheet_is_printed_with_a_code_and_never_a_name(
    at: Occasion, people: list[Adult], logged_in: LogIn, contact_person: User
) -> None:
    browser, adult = logged_in(contact_person), people[0]
    page = browser.get(f"/skjema/{at.pk}/papir/").content.decode()
    assert all(person.shown_name in page for person in people)
    sheet = browser.post(f"/skjema/{at.pk}/papir.docx", {"adult": adult.pk})
    assert sheet["Content-Type"] == FILE
    assert sheet["Cache-Control"] == "no-store, private"
    text = text_of(sheet.content)
    assert text.count(f"Kode {papers.spaced(code_on(sheet))}") == 2
    assert "Nøkkelen som kan si hvilke som er dine, slettes" in text
    for words in ("1. Utsagn t01", "3. Utsagn t03", "Helt uenig", "☐", "Fra 0 til 10", "Skriv uten navn."):
        assert words in text
    assert adult.user is not None
    assert adult.user.first_name not in text
    assert "Den som fører inn arket, ser svarene, men ikke hvem du er." in text
    assert "kan se hva du svarte" not in text  # whoever puts it in reads it
    assert Participation.objects.get(occasion=at, user=adult.user).state == "paper"


def test_the_sheet_is_in_the_written_language_of_whoever_answers(
    at: Occasion, people: list[Adult], logged_in: LogIn, contact_person: User
) -> None:
    User.objects.filter(pk=people[0].user_id).update(language="nn")
    sheet = logged_in(contact_person).post(f"/skjema/{at.pk}/papir.docx", {"adult": people[0].pk})
    text = text_of(sheet.content)
    assert "Utsegn t01" in text
    assert "Heilt usamd" in text


def test_nobody_can_tell_by_the_paper_who_has_answered_or_said_no(
    at: Occasion, people: list[Adult], group: Group, logged_in: LogIn, contact_person: User
) -> None:
    answer(people[1], at, {"t01": 3})
    Participation.objects.filter(occasion=at, user=people[2].user).update(state="declined")
    people.append(EnrolmentFactory(group=group).adult)  # not asked
    browser = logged_in(contact_person)
    before = browser.get(f"/skjema/{at.pk}/papir/").content.decode()
    sizes, names = set(), set()
    for adult in (people[0], people[1], people[2], people[-1]):
        page = browser.post(f"/skjema/{at.pk}/papir.docx", {"adult": adult.pk})
        assert page.status_code == 200
        assert re.fullmatch(r'attachment; filename="skjema-[0-9a-f]{8}\.docx"', page["Content-Disposition"])
        names.add(page["Content-Disposition"])
        sizes.add(len(text_of(page.content)))
    assert len(sizes) == 1
    assert len(names) == 4  # of several sheets none takes another's place among the downloads
    assert {len(bytes(row.box)) for row in PaperEnvelope.objects.all()} == {8_192}
    strip = re.compile(r'name="csrfmiddlewaretoken" value="[^"]*"|Skrevet ut(?=<)')
    after = browser.get(f"/skjema/{at.pk}/papir/").content.decode()
    assert strip.sub("", after) == strip.sub("", before)
    states = Participation.objects.filter(occasion=at, user__in=[people[1].user, people[2].user])
    assert sorted(states.values_list("state", flat=True)) == ["declined", "done"]


def test_a_sheet_is_not_printed_for_somebody_elsewhere_or_by_somebody_else(
    at: Occasion,
    people: list[Adult],
    stranger: Adult,
    logged_in: LogIn,
    contact_person: User,
    other_contact_person: User,
) -> None:
    address = f"/skjema/{at.pk}/papir.docx"
    for wrong in (stranger.pk, "", "x", "-1", "9" * 40, "١"):
        assert logged_in(contact_person).post(address, {"adult": wrong}).status_code == 404
    assert logged_in(other_contact_person).post(address, {"adult": people[0].pk}).status_code == 404
    assert logged_in(other_contact_person).get(f"/skjema/{at.pk}/papir/").status_code == 404
    named = occasion(wave=wave(at.wave.study, code="M", audience="contact-person", identity="named"))
    closed = occasion(wave=at.wave, state="closed")
    for other in (named, closed):
        assert logged_in(contact_person).get(f"/skjema/{other.pk}/papir/").status_code == 404
    assert not PaperEnvelope.objects.exists()


def test_whoever_is_given_paper_is_not_reminded_and_may_still_answer_here(
    at: Occasion, people: list[Adult]
) -> None:
    papers.code_for(people[0], at)
    assert answer(people[0], at, {"t01": 1}).is_new


def test_nothing_in_the_people_database_tells_whose_a_code_is(
    at: Occasion, people: list[Adult], desk: Client
) -> None:
    """A copy of it each night, or the order in which rows were written, tied them while a code had a row."""
    codes = [code_of(adult, at) for adult in people[:3]]
    assert tables_with(codes) == set()
    before = list(Participation.objects.order_by("pk").values())
    put_in(desk, at, codes[1], GIVEN)
    assert tables_with(codes) == {"evaluation_keyedsheet"}
    assert {field.name for field in KeyedSheet._meta.fields} == {"id", "occasion", "code"}
    assert list(KeyedSheet.objects.values_list("code", flat=True)) == [codes[1]]
    assert KeyedSheet.objects.get().pk > 2**32  # drawn
    assert list(Participation.objects.order_by("pk").values()) == before
    assert inbox.opened(at).on_paper == {people[1].user_id}  # the closing job alone can


def tables_with(codes: list[str]) -> set[str]:
    """Those of the people database in which one of the codes stands anywhere."""
    found = set()
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')  # noqa: S608
            rows = repr([[bytes(v) if isinstance(v, memoryview) else v for v in row] for row in cursor])
            found |= {table for code in codes if code in rows}
    return found


def code_on(sheet: HttpResponse) -> str:
    found = re.search(r"Kode (\w{4}) (\w{4}) (\w{4})", text_of(sheet.content))
    assert found
    return "".join(found.groups())


def test_a_draft_on_her_phone_opens_after_a_sheet_was_printed_for_her(
    at: Occasion, people: list[Adult]
) -> None:
    assert people[0].user is not None
    key = answering.draft_key(people[0].user, at.pk)
    papers.code_for(people[0], at)
    assert answering.draft_key(people[0].user, at.pk) == key


def test_the_list_does_not_ask_more_for_more_people(
    at: Occasion, group: Group, logged_in: LogIn, contact_person: User
) -> None:
    browser, counts = logged_in(contact_person), []
    browser.get(f"/skjema/{at.pk}/papir/")
    for _ in range(2):
        with CaptureQueriesContext(connection) as seen:
            browser.get(f"/skjema/{at.pk}/papir/")
        counts.append(len(seen))
        adults(group, 10)
    assert counts[0] == counts[1]


def test_every_kind_of_question_stands_on_the_paper() -> None:
    several = Item(
        "hva",
        "several",
        Words("Hva brukte dere?", "Kva brukte de?"),
        "del",
        choices=(Choice(1, Words("Ark", "Ark")), Choice(2, Words("Film", "Film"))),
        not_yet=True,
    )
    number = Item("ar", "number", Words("Hvor mange år?"), "del", low=0, high=40)
    hidden = statement("t09", show_if=Condition("t01", (1, 2)))
    asked_for = definition([statement("t01", not_yet=True), hidden, several, number, text_item()])
    text = text_of(paper_form("Skjema", [asked_for], "ABCD EFGH", ["Uten navn."], "nb"))
    for words in (
        "Ikke aktuelt ennå",
        "Gjelder hvis du svarte «Helt uenig» eller «Uenig» på «Utsagn t01».",
        "2. Utsagn t09",
        "Sett gjerne flere kryss.",
        "Film",
        "Et helt tall fra 0 til 40",
        "5. Noe mer? Uten navn.",
    ):
        assert words in text


def test_a_print_leaves_a_trace_for_whoever_printed_and_for_whom_it_is(
    at: Occasion, people: list[Adult], logged_in: LogIn, contact_person: User
) -> None:
    browser = logged_in(contact_person)
    assert ">Skrevet ut<" not in browser.get(f"/skjema/{at.pk}/papir/").content.decode()
    sheet = browser.post(f"/skjema/{at.pk}/papir.docx", {"adult": people[0].pk})
    assert browser.get(f"/skjema/{at.pk}/papir/").content.decode().count(">Skrevet ut<") == 1
    assert ">Skrevet ut<" not in logged_in(contact_person).get(f"/skjema/{at.pk}/papir/").content.decode()
    assert code_on(sheet) not in str(dict(browser.session))
    seen = AuditEvent.objects.get(action="printed")
    assert (seen.actor, seen.about) == (contact_person, people[0].user)


def test_neither_the_file_nor_the_page_ties_a_code_to_whom_it_was_printed_for(
    at: Occasion, people: list[Adult], logged_in: LogIn, contact_person: User
) -> None:
    """A name of the file in the list of downloads, with the time it came, beside the same time by a name."""
    browser = logged_in(contact_person)
    sheet = browser.post(f"/skjema/{at.pk}/papir.docx", {"adult": people[0].pk})
    assert code_on(sheet).lower() not in sheet["Content-Disposition"].lower()
    page = browser.get(f"/skjema/{at.pk}/papir/").content.decode()
    assert "Koden knyttes til personen bare i en forseglet konvolutt i systemet. Ikke skriv den ned." in page
    assert "også for deg" not in page
    assert not re.search(r"Skrevet ut[^<]*\d", page)
    assert not re.search(r"\d\d\.\d\d", str(browser.session["printed_sheets"]))


def test_every_date_on_the_way_is_the_last_minute_that_counts(
    at: Occasion, people: list[Adult], logged_in: LogIn, contact_person: User
) -> None:
    Occasion.objects.filter(pk=at.pk).update(closes_at="2099-12-09T22:59:00Z")
    browser = logged_in(contact_person)
    page = browser.get(f"/skjema/{at.pk}/papir/").content.decode()
    sheet = text_of(browser.post(f"/skjema/{at.pk}/papir.docx", {"adult": people[0].pk}).content)
    for text in (page, sheet):
        assert "senest 9. desember kl. 23.59" in text
        assert "før 9. desember" not in text


def test_what_a_group_can_be_given_on_paper_is_found_from_its_page(
    at: Occasion, group: Group, logged_in: LogIn, contact_person: User, other_contact_person: User
) -> None:
    browser, address = logged_in(contact_person), f"/gruppe/{group.pk}/papir/"
    assert f'href="{address}"' in browser.get(f"/gruppe/{group.pk}/").content.decode()
    assert f'href="/skjema/{at.pk}/papir/"' in browser.get(address).content.decode()
    Occasion.objects.filter(pk=at.pk).update(state="closed")
    assert "Ingen skjemaer kan skrives ut nå." in browser.get(address).content.decode()
    assert logged_in(other_contact_person).get(address).status_code == 404
