"""Each Word file opened again: what it says to whoever holds it, and what it leaves out."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.utils import timezone
from django.utils.formats import date_format
from docx.oxml.ns import qn

from courses.documents import certificate, handouts, material, run_sheet
from courses.documents.paper import Paper
from courses.documents.prose import blocks_of
from tests import factories as made
from tests.courses.word_files import addresses, client, contact_person_role, fetched, group
from tests.documents import BEGINS, PLAN, course_group, opened, with_facilitators_layer, words_in

if TYPE_CHECKING:
    from django.test import Client

    from courses.models import Group


__all__ = ["client", "contact_person_role", "group"]
pytestmark = pytest.mark.django_db
# what tells a stranger what the course is for (reliability.md I4)
TELLING = ("foster", "barnevern", "fylke", "omsorg", "barn", "kommune")


def one(client: Client, group: Group, name: str) -> bytes:
    content: bytes = client.get(addresses(group)[name]).content
    return content


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
