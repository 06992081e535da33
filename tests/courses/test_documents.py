"""Each Word file opened again: styles, header rows, language, alt text, and what it says and leaves out."""

from __future__ import annotations

import shutil
import subprocess
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.formats import date_format
from docx.oxml.ns import qn

from courses.documents import certificate, handouts, material, run_sheet
from courses.documents.paper import Paper
from courses.documents.prose import blocks_of
from courses.documents.styles import TABLE_STYLE
from tests import factories as made
from tests.documents import BEGINS, PLAN, attended, course_group, opened, with_facilitators_layer, words_in
from tests.evening_factories import FamilyInvitationFactory, InvitedAdultFactory

if TYPE_CHECKING:
    from pathlib import Path

    from django.test import Client

    from courses.models import Group, User
    from tests.people import LogIn

pytestmark = pytest.mark.django_db

BY_EVENING = ("kveldsplan", "oppmote", "ark")
BY_GROUP = ("hefte", "brev", "kursbevis")
# what tells a stranger what the course is for (reliability.md I4)
TELLING = ("foster", "barnevern", "fylke", "omsorg", "barn", "kommune")


@pytest.fixture
def group(contact_person_role: User) -> Group:
    """Six evenings with plan, exercises and home tasks; two families, one shielded; Astrid invited."""
    group = course_group(languages=("nb", "nn"), programme__name="En god start", version="1.0", mark="Utkast")
    with_facilitators_layer(group.edition)
    group.municipalities.set([contact_person_role.roles.get().municipality])
    made.AssignmentFactory(group=group, user=contact_person_role)
    started = timezone.localdate() - timedelta(days=365)
    for name, shielded in (("Berit", False), ("Hemmelig", True)):
        adult = made.EnrolmentFactory(
            group=group,
            starts_on=started,
            adult__user__first_name=name,
            adult__user__mobile=f"+4740000{shielded:03d}",
            adult__family__shielded=shielded,
            adult__alias="Deltaker A" if shielded else "",
        ).adult
        attended(adult, group, "present present made-up present present present")
    InvitedAdultFactory(invitation=FamilyInvitationFactory(group=group), name="Astrid")
    InvitedAdultFactory(invitation=FamilyInvitationFactory(group=group, shielded=True), name="Skjult")
    return group


@pytest.fixture
def contact_person_role(municipality: Any) -> User:
    return made.RoleFactory(kind="contact-person", municipality=municipality, user__first_name="Torill").user


@pytest.fixture
def client(contact_person_role: User, group: Group, logged_in: LogIn) -> Client:
    return logged_in(contact_person_role)


def addresses(group: Group, language: str = "nb") -> dict[str, str]:
    evening = group.evenings.get(module__number=3)
    found = {name: f"/kveld/{evening.pk}/{name}.docx?sprak={language}" for name in BY_EVENING}
    found["oppmote-uten-navn"] = f"/kveld/{evening.pk}/oppmote.docx?navn=nei&sprak={language}"
    return found | {name: f"/gruppe/{group.pk}/{name}.docx?sprak={language}" for name in BY_GROUP}


def fetched(client: Client, group: Group, language: str = "nb") -> dict[str, bytes]:
    files = {}
    for name, address in addresses(group, language).items():
        page = client.get(address)
        assert page.status_code == 200, name
        files[name] = page.content
    return files


def one(client: Client, group: Group, name: str) -> bytes:
    content: bytes = client.get(addresses(group)[name]).content
    return content


# --- every document


@pytest.mark.parametrize(("language", "code"), [("nb", "nb-NO"), ("nn", "nn-NO")])
def test_every_file_is_a4_in_its_language_with_title_and_author(
    client: Client, group: Group, language: str, code: str
) -> None:
    for name, content in fetched(client, group, language).items():
        document = opened(content)
        properties, section = document.core_properties, document.sections[0]
        defaults = document.styles.element.find(qn("w:docDefaults")).find(qn("w:rPrDefault"))
        assert [lang.get(qn("w:val")) for lang in defaults.iter(qn("w:lang"))] == [code], name
        assert properties.language == code
        assert document.settings.element.find(qn("w:themeFontLang")).get(qn("w:val")) == code
        assert (properties.author, properties.last_modified_by) == ("En god start", "En god start")
        assert properties.title
        assert properties.comments == ""
        assert (round(section.page_width.mm), round(section.page_height.mm)) == (210, 297)


def test_every_table_has_our_style_and_a_header_row_that_is_repeated(client: Client, group: Group) -> None:
    tables = 0
    for content in fetched(client, group).values():
        for table in opened(content).tables:
            tables += 1
            assert table.style.name == TABLE_STYLE
            first, *others = table.rows
            assert first._tr.trPr.find(qn("w:tblHeader")) is not None
            assert all(row._tr.trPr.find(qn("w:tblHeader")) is None for row in others)
            assert all(row._tr.trPr.find(qn("w:cantSplit")) is not None for row in table.rows)
            assert all(cell.text.strip() for cell in first.cells)
    assert tables >= 10


def test_every_picture_says_what_it_shows(client: Client, group: Group) -> None:
    for name, content in fetched(client, group).items():
        pictures = list(opened(content).element.body.iter(qn("wp:docPr")))
        assert len(pictures) == {"brev": 1, "kursbevis": 1}.get(name, 0), name
        assert all(picture.get("descr") for picture in pictures)


def test_headings_are_styles_in_order_and_nothing_is_faked(client: Client, group: Group) -> None:
    for name, content in fetched(client, group).items():
        levels = [
            int(paragraph.style.name[-1])
            for paragraph in opened(content).paragraphs
            if paragraph.style.name.startswith("Heading")
        ]
        steps = zip([0, *levels], levels, strict=False)
        assert all(after - before <= 1 for before, after in steps), (name, levels)
        for paragraph in opened(content).paragraphs:
            assert all(run.font.size is None and run.font.name is None for run in paragraph.runs)


def test_pages_are_numbered_where_there_can_be_several(client: Client, group: Group) -> None:
    for name, content in fetched(client, group).items():
        foot = opened(content).sections[0].footer._element
        fields = [(node.text or "").strip() for node in foot.iter(qn("w:instrText"))]
        assert fields == ([] if name in ("brev", "kursbevis") else ["PAGE", "NUMPAGES"]), name


def test_file_names_tell_one_from_another_and_nothing_else(client: Client, group: Group) -> None:
    names = [client.get(address)["Content-Disposition"] for address in addresses(group).values()]
    wanted = ["kveldsplan-3", "oppmote-3", "ark-3", "oppmote-3-uten-navn", "hefte", "brev", "kursbevis"]
    assert names == [f'attachment; filename="{name}.docx"' for name in wanted]


def test_no_file_holds_a_place_an_address_a_telephone_or_a_shielded_name(
    client: Client, group: Group, contact_person_role: User
) -> None:
    group.evenings.update(place="Hemmelighuset 4", video_link="https://video.example.no/x")
    for name, content in fetched(client, group).items():
        text = words_in(content)
        for secret in ("Hemmelig", "Deltaker A", "Skjult", "video.example", "40000", "@", group.name):
            assert secret not in text, (name, secret)


def test_what_is_not_written_in_nynorsk_stands_in_bokmal_says_so_and_is_marked(
    client: Client, group: Group
) -> None:
    files = fetched(client, group, "nn")
    for name in ("kveldsplan", "hefte"):
        assert "ikkje skrive på nynorsk enno" in words_in(files[name]), name
        marked = [node.get(qn("w:val")) for node in opened(files[name]).element.body.iter(qn("w:lang"))]
        assert marked
        assert set(marked) == {"nb-NO"}
    assert "ikkje skrive" not in words_in(fetched(client, group, "nb")["hefte"])


def test_without_a_wish_the_file_comes_in_the_readers_own_language(
    client: Client, group: Group, contact_person_role: User
) -> None:
    address = f"/gruppe/{group.pk}/hefte.docx"
    assert opened(client.get(address).content).core_properties.language == "nb-NO"
    contact_person_role.language = "nn"
    contact_person_role.save()
    assert opened(client.get(address).content).core_properties.language == "nn-NO"
    assert opened(client.get(address + "?sprak=en").content).core_properties.language == "nn-NO"


@pytest.mark.parametrize("name", [*BY_EVENING, *BY_GROUP])
def test_nobody_who_does_not_lead_the_group_gets_a_file(
    group: Group, client: Client, logged_in: LogIn, municipality: Any, name: str
) -> None:
    address = addresses(group)[name]
    same_place = made.RoleFactory(kind="contact-person", municipality=municipality).user
    taker = made.RoleFactory(kind="contact-person", municipality=municipality).user
    made.EnrolmentFactory(group=group, adult=made.AdultFactory(user=taker, family=None, seat=None))
    assert logged_in(same_place).get(address).status_code == 404
    assert logged_in(taker).get(address).status_code == 404
    assert logged_in(group.enrolments.first().adult).get(address).status_code == 403
    assert logged_in(made.RoleFactory(kind="leader").user).get(address).status_code == 403


def test_queries_are_the_same_for_any_number_of_families(client: Client, group: Group) -> None:
    def queries() -> dict[str, int]:
        counted = {}
        for name, address in addresses(group).items():
            client.get(address)
            with CaptureQueriesContext(connection) as captured:
                client.get(address)
            counted[name] = len(captured)
        return counted

    few = queries()
    for _number in range(10):
        attended(made.EnrolmentFactory(group=group).adult, group, "present " * 6)
        InvitedAdultFactory(invitation=FamilyInvitationFactory(group=group))
    assert queries() == few
    assert max(few.values()) <= 16


def test_libreoffice_opens_every_file_and_makes_pages_of_it(
    client: Client, group: Group, tmp_path: Path
) -> None:
    office = shutil.which("soffice") or shutil.which("libreoffice")
    assert office, "libreoffice-writer-nogui is missing: `make test` says how to install it"
    for language in ("nb", "nn"):
        for name, content in fetched(client, group, language).items():
            (tmp_path / f"{name}-{language}.docx").write_bytes(content)
    files = sorted(tmp_path.glob("*.docx"))
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    command = [
        office,
        profile,
        "--headless",
        "--convert-to",
        "pdf",
        "--outdir",
        str(tmp_path),
        *map(str, files),
    ]
    subprocess.run(command, check=True, capture_output=True, timeout=300)
    made_of = {path.stem: path.read_bytes() for path in tmp_path.glob("*.pdf")}
    assert sorted(made_of) == [path.stem for path in files]
    assert all(pdf.startswith(b"%PDF") and b"/Type/Page" in pdf for pdf in made_of.values())


# --- one by one


def test_run_sheet_says_when_what_and_what_to_cut(client: Client, group: Group) -> None:
    document = opened(one(client, group, "kveldsplan"))
    text = words_in(one(client, group, "kveldsplan"))
    plan = document.tables[1]
    assert [cell.text for cell in plan.rows[0].cells] == [
        "Klokka",
        "Min",
        "Hva og hvordan",
        "Spørsmål og materiell",
    ]
    assert [row.cells[0].text for row in plan.rows[1:]] == ["18.00", "18.15", "18.45"]
    assert [row.cells[1].text for row in plan.rows[1:]] == ["15", "30", "15"]
    assert "torsdag 10. desember 2026 kl. 18.00–20.15" in text
    assert "Kutt dette først" in plan.rows[3].cells[2].text
    assert "Kjerneelement: Alle har tegnet et kart." in plan.rows[2].cells[2].text
    assert "Hvis det tar av: Ta en pause." in plan.rows[2].cells[2].text
    assert plan.rows[1].cells[3].text == "Hvordan kom du hit?\nMateriell: Kaffe"
    assert "Utgave 1.0 · Utkast" in text
    boxes = [paragraph.text for paragraph in document.paragraphs if paragraph.style.name == "Sjekkliste"]
    assert boxes == PLAN["materials"]


def test_run_sheet_keeps_the_clock_on_the_night_summer_time_ends() -> None:
    begins = BEGINS.replace(month=10, day=25, hour=1, minute=30)  # 03.00 becomes 02.00
    group = course_group(modules=1)
    with_facilitators_layer(group.edition)
    [module] = material.material_of(group.edition, "nb")
    content = run_sheet.run_sheet(run_sheet.Occasion(1, begins, 60, ""), module, [], "nb")
    assert [row.cells[0].text for row in opened(content).tables[1].rows[1:]] == ["01.30", "01.45", "02.15"]


def test_run_sheet_has_the_help_numbers_of_the_place(client: Client, group: Group, municipality: Any) -> None:
    made.HelpNumberFactory(label="Legevakt", key="legevakt", number="116 117")
    made.HelpNumberFactory(municipality=municipality)
    made.HelpNumberFactory(municipality=made.MunicipalityFactory(name="Langtvekk"))
    text = words_in(one(client, group, "kveldsplan"))
    assert "116 117" in text
    assert "Barnevernvakta, Vika" in text
    assert "Langtvekk" not in text


def test_attendance_list_has_first_names_and_room_for_more_or_seats_alone(
    client: Client, group: Group
) -> None:
    files = fetched(client, group)
    [named] = opened(files["oppmote"]).tables
    [bare] = opened(files["oppmote-uten-navn"]).tables
    assert [row.cells[1].text for row in named.rows] == ["Fornavn", "Berit", "", "", "", ""]
    assert [row.cells[0].text for row in bare.rows] == ["Plass", *map(str, range(1, group.seats + 1))]
    assert "Berit" not in words_in(files["oppmote-uten-navn"])


def test_handouts_are_exercises_and_home_tasks_with_lists_links_and_lines(
    client: Client, group: Group
) -> None:
    content = one(client, group, "ark")
    document = opened(content)
    styles = [(paragraph.style.name, paragraph.text) for paragraph in document.paragraphs]
    assert ("Heading 1", "Kartet") in styles
    assert ("Heading 1", "Et måltid") in styles
    assert ("List Number", "Rom") in styles
    assert ("List Bullet", "En gang") in styles
    assert sum(name == "Skrivelinje" for name, _text in styles) == 2 * handouts.LINES
    links = [row.target_ref for row in document.part.rels.values() if row.is_external]
    assert links == ["https://example.no/"]


def test_every_numbered_list_begins_at_one() -> None:
    paper = Paper("Prøve", "nb")
    for _number in range(3):
        paper.prose(blocks_of("<ol><li>En</li><li>To</li></ol><p>og</p><ol><li>Ny</li></ol>"))
    numbers = [
        paragraph._p.pPr.numPr.numId.val
        for paragraph in opened(paper.file()).paragraphs
        if paragraph.style.name == "List Number"
    ]
    assert len(numbers) == 9
    assert len(set(numbers)) == 6


def test_booklet_holds_every_module_and_a_list_of_contents_that_leads_to_them(
    client: Client, group: Group
) -> None:
    document = opened(one(client, group, "hefte"))
    text = words_in(one(client, group, "hefte"))
    chapters = [row.text for row in document.paragraphs if row.style.name == "Heading 1"]
    assert len(chapters) == 6
    contents = [row.text for row in document.paragraphs if row.style.name.lower() == "toc 1"]
    assert contents == chapters
    body = document.element.body
    names = {mark.get(qn("w:name")) for mark in body.iter(qn("w:bookmarkStart"))}
    anchors = [link.get(qn("w:anchor")) for link in body.iter(qn("w:hyperlink")) if link.get(qn("w:anchor"))]
    assert len(anchors) == 6
    assert set(anchors) <= names
    for words in (
        "Du kan tegne et kart.",
        "Store ark",
        "Spis sammen.",
        "Innsjekk",
    ):
        assert text.count(words) == 6


def test_letter_is_neutral_and_its_window_shows_the_name_alone(client: Client, group: Group) -> None:
    group.evenings.filter(module__number=6).update(starts_at=BEGINS.replace(year=2099))
    content = one(client, group, "brev")
    text, first = words_in(content), next(row.text for row in opened(content).paragraphs if row.text)
    assert first == "Astrid"
    assert not [word for word in TELLING if word in text.lower()]
    assert "torsdag 12. november 2099 kl. 18.00" in text
    assert "/velkommen/" in text
    assert "Torill" in text


def test_letter_about_a_course_under_way_has_the_evenings_to_come_and_says_when_it_began(
    client: Client, group: Group
) -> None:
    for number, evening in enumerate(group.evenings.order_by("starts_at")):
        evening.starts_at = timezone.now() + timedelta(days=14 * number - 20)
        evening.save()
    first, coming = group.evenings.earliest("starts_at"), group.evenings.filter(starts_at__gt=timezone.now())
    text = words_in(one(client, group, "brev"))
    began = date_format(timezone.localtime(first.starts_at), "j. F")
    assert f"et kurs som begynte {began}. Det er 4 kvelder igjen." in text
    assert text.count(" kl. ") == coming.count() == 4


def test_without_anybody_invited_the_letter_is_for_whoever_it_may_be(client: Client, group: Group) -> None:
    group.family_invitations.all().delete()
    text = words_in(one(client, group, "brev"))
    assert "/velkommen/" not in text
    assert "lenke som er din egen" in text


def test_certificate_has_name_hours_edition_and_code_and_no_child_or_grade(
    client: Client, group: Group
) -> None:
    text = words_in(one(client, group, "kursbevis"))
    for words in (
        "Berit",
        "Kurs: En god start",
        "Utgave: 1.0",
        "Kurskvelder: 6 av 6",
        "Av disse tatt igjen: 1 kveld",
    ):
        assert words in text
    assert "Kurstid: 13 timer og 30 minutter" in text
    assert not [word for word in ("barn", "karakter", "født", "poeng") if word in text.lower()]


def test_hours_are_said_as_people_say_them() -> None:
    said = [certificate.hours_words(minutes) for minutes in (45, 60, 61, 135, 810, 0)]
    assert said == ["45 minutter", "1 time", "1 time og 1 minutt", "2 timer og 15 minutter",
                    "13 timer og 30 minutter", "0 minutter"]  # fmt: skip
