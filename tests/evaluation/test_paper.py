"""A form on paper: a code that tells nobody whose it is, keyed twice from elsewhere, and sealed once."""

from __future__ import annotations

import re
from datetime import timedelta
from io import BytesIO
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from docx import Document

from courses.erasing import erase
from courses.models import Adult, AuditEvent, Group, Municipality, User
from evaluation import papers
from evaluation.answers import closing, inbox, sealing
from evaluation.answers.vectors import decode
from evaluation.documents.paper_form import paper_form
from evaluation.instruments.definition import Choice, Condition, Item, Words
from evaluation.models import (
    Consent,
    Occasion,
    PaperEnvelope,
    Participation,
    Response,
    SealedAnswer,
    Study,
)
from tests.crowds import adults, answer, asked, version_of
from tests.factories import (
    AssignmentFactory,
    EnrolmentFactory,
    EveningFactory,
    MunicipalityFactory,
    RoleFactory,
)
from tests.study_factories import (
    AGREE,
    definition,
    evening_wave,
    frozen_version,
    information,
    occasion,
    participation,
    statement,
    study,
    text_item,
    wave,
)

if TYPE_CHECKING:
    from django.http import HttpResponse
    from django.test import Client

    from tests.people import LogIn

pytestmark = pytest.mark.django_db(databases=["default", "answers"])
FILE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
GIVEN = {"t01": "4", "t02": "2", "tall": "7", "ord": "Kanarifugl i fjellet"}


@pytest.fixture
def people(group: Group, municipality: Municipality) -> list[Adult]:
    return adults(group, 6, families=4, municipality=municipality)


@pytest.fixture
def at(people: list[Adult], group: Group, municipality: Municipality) -> Occasion:
    return asked(people, wave=wave(study(region=municipality.region)), group=group)


@pytest.fixture
def from_elsewhere(at: Occasion, municipality: Municipality) -> User:
    place = MunicipalityFactory(region=municipality.region)
    return RoleFactory(kind="contact-person", municipality=place).user


@pytest.fixture
def desk(logged_in: LogIn, from_elsewhere: User) -> Client:
    return logged_in(from_elsewhere)


def text_of(content: bytes) -> str:
    file = Document(BytesIO(content))
    cells = [cell.text for table in file.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(p.text for p in file.paragraphs), *cells, file.sections[0].footer.paragraphs[0].text])


def code_of(adult: Adult, at: Occasion) -> str:
    assert adult.user is not None
    return sealing.make_envelope(user=adult.user, occasion_id=at.pk)


def keyed(at: Occasion, code: str, first: dict[str, str], second: dict[str, str]) -> dict[str, Any]:
    prefix = f"{version_of(at.wave).pk}-"
    both = {f"a-{prefix}{key}": value for key, value in first.items()}
    both |= {f"b-{prefix}{key}": value for key, value in second.items()}
    return both | {"code": code, "keyed": "1"}


def put_in(desk: Client, at: Occasion, code: str, first: dict[str, str], second: Any = None) -> HttpResponse:
    return desk.post("/prosjekt/papir/", keyed(at, code, first, first if second is None else second))


# --- handing out
def test_a_sheet_is_printed_with_a_code_and_never_a_name(
    at: Occasion, people: list[Adult], logged_in: LogIn, contact_person: User
) -> None:
    browser, adult = logged_in(contact_person), people[0]
    page = browser.get(f"/skjema/{at.pk}/papir/").content.decode()
    assert all(person.shown_name in page for person in people)
    sheet = browser.post(f"/skjema/{at.pk}/papir.docx", {"adult": adult.pk})
    assert sheet["Content-Type"] == FILE
    assert sheet["Cache-Control"] == "no-store, private"
    text, envelope = text_of(sheet.content), PaperEnvelope.objects.get()
    assert text.count(f"Kode {papers.spaced(envelope.code)}") == 2
    assert "Svarene lagres uten navn. Systemet kan koble før og etter til nøkkelen slettes" in text
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
    assert PaperEnvelope.objects.count() == 4
    strip = re.compile(r'name="csrfmiddlewaretoken" value="[^"]*"|Skrevet ut(?=<)')
    after = browser.get(f"/skjema/{at.pk}/papir/").content.decode()
    assert strip.sub("", after) == strip.sub("", before)
    states = Participation.objects.filter(occasion=at, user__in=[people[1].user, people[2].user])
    assert sorted(states.values_list("state", flat=True)) == ["declined", "done"]


def test_what_comes_back_on_a_sheet_of_somebody_who_said_no_is_left_out(
    at: Occasion, people: list[Adult], desk: Client
) -> None:
    Participation.objects.filter(occasion=at, user=people[2].user).update(state="declined")
    put_in(desk, at, papers.code_for(people[2], at), GIVEN)
    opened = inbox.opened(at)
    assert (opened.sealed, len(opened.sheets)) == (1, 0)


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
    browser.post(f"/skjema/{at.pk}/papir.docx", {"adult": people[0].pk})
    assert browser.get(f"/skjema/{at.pk}/papir/").content.decode().count(">Skrevet ut<") == 1
    assert ">Skrevet ut<" not in logged_in(contact_person).get(f"/skjema/{at.pk}/papir/").content.decode()
    assert PaperEnvelope.objects.get().code not in str(dict(browser.session))
    seen = AuditEvent.objects.get(action="printed")
    assert (seen.actor, seen.about) == (contact_person, people[0].user)


def test_neither_the_file_nor_the_page_ties_a_code_to_whom_it_was_printed_for(
    at: Occasion, people: list[Adult], logged_in: LogIn, contact_person: User
) -> None:
    """A name of the file in the list of downloads, with the time it came, beside the same time by a name."""
    browser = logged_in(contact_person)
    sheet = browser.post(f"/skjema/{at.pk}/papir.docx", {"adult": people[0].pk})
    assert PaperEnvelope.objects.get().code.lower() not in sheet["Content-Disposition"].lower()
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


# --- putting in
def test_keyed_alike_it_is_sealed_once_and_can_be_shredded(
    at: Occasion, people: list[Adult], desk: Client
) -> None:
    code = code_of(people[0], at)
    typed = f" {code[:4].lower()}-{code[4:].lower()} "
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
    assert not PaperEnvelope.objects.get().keyed
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


@pytest.mark.parametrize("code", ["", "FINNESIKKE", "\x00", "A" * 5_000, "æøå", "<script>"])
def test_a_code_that_is_not_there_is_answered_kindly(at: Occasion, desk: Client, code: str) -> None:
    page = desk.post("/prosjekt/papir/", {"code": code})
    assert page.status_code == 422
    assert "Vi finner ikke koden her." in page.content.decode()


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
    for near, typed in ((contact_person, code), (beside, code), (beside, "A" * 8)):
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


# --- what becomes of it
def test_of_paper_and_digital_by_one_person_the_digital_is_kept(
    at: Occasion, people: list[Adult], desk: Client
) -> None:
    code = code_of(people[0], at)
    answer(people[0], at, {"t01": 1})
    for adult in people[1:]:
        answer(adult, at, {"t01": 5})
    assert put_in(desk, at, code, {"t01": "3"}).status_code == 302
    result = closing.close(at)
    assert (result.sealed, result.taken, result.left_out) == (7, 6, 1)
    asked_for = version_of(at.wave).frozen
    given = sorted(decode(asked_for, bytes(row.vector))["t01"] for row in Response.objects.all())
    assert given == [1, 5, 5, 5, 5, 5]


def test_two_sheets_of_one_person_are_one_answer(at: Occasion, people: list[Adult], desk: Client) -> None:
    for adult in people[1:]:
        answer(adult, at, {"t01": 5})
    for code in (code_of(people[0], at), code_of(people[0], at)):
        put_in(desk, at, code, {"t01": "3"})
    assert closing.close(at).taken == 6
    assert not PaperEnvelope.objects.exists()


def test_a_questionnaire_with_several_and_not_yet_is_keyed(
    people: list[Adult], group: Group, municipality: Municipality, desk: Client
) -> None:
    several = Item("hva", "several", Words("Hva?"), "del", choices=AGREE, not_yet=True)
    version = frozen_version([statement("t01", not_yet=True), several])
    at = occasion(wave=wave(study(region=municipality.region), versions=[version]), group=group)
    participation(at, people[0])
    code = code_of(people[0], at)
    both = {"t01": "not-yet", "hva": ["1", "3"]}
    assert put_in(desk, at, code, both, both | {"hva": ["1", "2"]}).status_code == 422
    assert put_in(desk, at, code, both).status_code == 302
    opened = inbox.opened(at)
    assert opened.sheets[0].forms[0].answers == {"t01": "not-yet", "hva": [1, 3]}


# --- of whoever has said no, or never said yes
@pytest.mark.parametrize("when", ["before keying", "after keying", "after close"])
def test_a_sheet_of_somebody_who_says_no_later_is_not_counted(
    at: Occasion, people: list[Adult], desk: Client, when: str
) -> None:
    for adult in people[1:]:
        answer(adult, at, {"t01": 5})
    code = code_of(people[0], at)
    no = Participation.objects.filter(occasion=at, user=people[0].user)
    if when == "before keying":
        no.update(state="declined")
    page = put_in(desk, at, code, GIVEN)
    assert page.status_code == 302  # who it is of is not told, so neither is that it will not be counted
    if when == "after close":
        closing.shut(at)
    if when != "before keying":
        no.update(state="declined")
    result = closing.close(Occasion.objects.get(pk=at.pk))
    assert (result.sealed, result.taken, result.left_out) == (6, 5, 1)
    assert no.get().state == "declined"


def test_a_sheet_of_somebody_who_is_not_asked_any_more_is_not_counted(
    at: Occasion, people: list[Adult], desk: Client
) -> None:
    for adult in people[1:]:
        answer(adult, at, {"t01": 5})
    put_in(desk, at, code_of(people[0], at), GIVEN)
    Participation.objects.filter(occasion=at, user=people[0].user).delete()
    assert closing.close(at).taken == 5


@pytest.mark.parametrize(("agreed", "says_no", "taken"), [(1, 0, 6), (0, 0, 5), (1, 1, 5)])
def test_a_sheet_of_somebody_who_was_erased_since_counts_as_one_from_the_screen_does(
    at: Occasion, people: list[Adult], desk: Client, agreed: bool, says_no: bool, taken: int
) -> None:
    """What she had agreed to is sealed with the sheet: her consent goes with her."""
    Study.objects.filter(pk=at.wave.study_id).update(is_research=True)
    letter, user = information(at.wave.study), people[0].user
    given = {"letter": letter, "purpose": "research", "language": "nb", "given_on": letter.made_on}
    if agreed:
        Consent.objects.create(user=user, **given)
    for adult in people[1:]:
        answer(adult, at, {"t01": 5})
    put_in(desk, at, code_of(people[0], at), GIVEN)
    if says_no:
        sealing.withdraw(user, at.wave.study)
    erase(people[0])
    assert closing.close(Occasion.objects.get(pk=at.pk)).taken == taken


@pytest.mark.parametrize(("agreed", "taken"), [(True, 6), (False, 5)])
def test_in_research_only_the_sheet_of_somebody_who_has_agreed_is_counted(
    at: Occasion, people: list[Adult], desk: Client, agreed: bool, taken: int
) -> None:
    Study.objects.filter(pk=at.wave.study_id).update(is_research=True)
    letter = information(at.wave.study)
    for adult in people[1:]:
        answer(adult, at, {"t01": 5})
    given = {"letter": letter, "purpose": "research", "language": "nb", "given_on": letter.made_on}
    Consent.objects.create(
        user=people[0].user, **given, withdrawn_on=None if agreed else timezone.localdate()
    )
    put_in(desk, at, code_of(people[0], at), GIVEN)
    assert closing.close(Occasion.objects.get(pk=at.pk)).taken == taken


def test_whoever_puts_it_in_is_told_that_it_may_not_be_counted(
    at: Occasion, people: list[Adult], desk: Client
) -> None:
    page = desk.post("/prosjekt/papir/", {"code": code_of(people[0], at)}).content.decode()
    assert "sagt nei eller ikke samtykket" in page
    done = desk.post("/prosjekt/papir/", keyed(at, code_of(people[1], at), GIVEN, GIVEN), follow=True)
    assert "sagt nei eller ikke samtykket" in done.content.decode()
