"""Word reports: real styles, captions and headings, words for every picture, and the same each time."""

from __future__ import annotations

import re
from io import BytesIO
from typing import TYPE_CHECKING, Any
from zipfile import ZipFile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from docx import Document
from docx.oxml.ns import qn
from wagtail.documents import get_document_model

from evaluation.models import Release
from evaluation.releases import words_of_method
from evaluation.releases.reports import TemplateError, place_report, steering_report, technical_report
from tests.evaluation import snapshots
from tests.study_factories import study, wave

if TYPE_CHECKING:
    from pathlib import Path

    from django.test import Client

    from courses.models import User
    from tests.people import LogIn

pytestmark = pytest.mark.django_db(databases=["default", "answers"])


@pytest.fixture
def made() -> Release:
    return snapshots.released(wave(study(key="piloten"), code="T1"))


def opened(content: bytes | None) -> Any:
    assert content is not None
    return Document(BytesIO(content))


def template(*, without: str = "", footer: str = "") -> bytes:
    document = Document()
    for name in ("List Bullet", "List Number", "Caption", "Subtitle"):
        document.add_paragraph("Eksempel", style=name)
    document.styles["Heading 1"].font.name = "Courier New"
    if without:
        style = document.styles[without].element
        style.getparent().remove(style)
    document.sections[0].footer.paragraphs[0].text = footer
    out = BytesIO()
    document.save(out)
    return out.getvalue()


@pytest.mark.parametrize("language", ["nb", "nn"])
def test_a_report_has_real_headings_captions_and_lists_in_its_language(made: Release, language: str) -> None:
    document = opened(steering_report(made, language))
    styles = {paragraph.style.name for paragraph in document.paragraphs}
    assert {"Title", "Heading 1", "Heading 2", "List Bullet", "List Number", "Caption"} <= styles
    assert document.core_properties.language == f"{language}-NO"
    captions = [each.text for each in document.paragraphs if each.style.name == "Caption"]
    assert captions[0].startswith("Figur 1. ")
    assert len([each for each in captions if each.startswith("Tabell")]) == len(document.tables)


def test_every_picture_and_table_says_what_it_shows_and_every_header_is_repeated(made: Release) -> None:
    document = opened(steering_report(made, "nb"))
    pictures = document.element.body.findall(f".//{qn('wp:docPr')}")
    assert len(pictures) >= 6
    assert all(len(each.get("descr", "")) > 15 for each in pictures)
    for table in document.tables:
        assert table._tbl.tblPr.find(qn("w:tblCaption")).get(qn("w:val"))
        assert table.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None


def test_no_column_is_narrower_than_its_longest_word(made: Release) -> None:
    """«Kjerneelementer» was broken at the edge of its column."""
    from evaluation.releases.canvas import width_of
    from evaluation.releases.report_writing import LETTERS

    for table in opened(steering_report(made, "nb")).tables:
        for column in table.columns:
            longest = max(
                (width_of(word, LETTERS) for cell in column.cells for word in cell.text.split()), default=0
            )
            assert column.width.mm >= longest


def test_the_steering_group_is_told_findings_decisions_and_limits_and_no_exact_n(made: Release) -> None:
    said = "\n".join(each.text for each in opened(steering_report(made, "nb")).paragraphs)
    for told in ("Det viktigste", "Til beslutning", "Dette kan tallene ikke si", "12. januar 2026"):
        assert told in said
    assert "effekt" not in said.lower()
    assert "3,4123" not in said


def test_a_few_pages_have_no_list_of_contents_and_codes_stand_behind_their_names(made: Release) -> None:
    steering, technical = opened(steering_report(made, "nb")), opened(technical_report(made, "nb"))
    lists = [
        [each.text for each in paper.paragraphs if each.style.name.lower() == "toc 1"]
        for paper in (steering, technical)
    ]
    assert lists[0] == []
    assert "Skalaene" in lists[1]
    said = "\n".join(each.text for each in technical.paragraphs)
    assert "(hverdag), skala trygg" in said
    assert re.search(r"Tabell \d+\. .+ \(trygg1\)", said)
    assert "waves" not in "".join(cell.text for table in technical.tables for cell in table._cells)


def test_the_appendix_has_every_decimal_and_the_formula_of_each(made: Release) -> None:
    document = opened(technical_report(made, "nb"))
    cells = {cell.text for table in document.tables for row in table.rows for cell in row.cells}
    assert {"3,4123", "0,712345", "0,3377", "43"} <= cells
    assert any("Student" in cell for cell in cells)
    assert {"alfa: 95 prosents intervall", "0,77 til 0,9"} <= cells


@pytest.mark.parametrize("language", ["nb", "nn"])
def test_the_appendix_has_a_table_of_evenings_with_the_answers_in_words(made: Release, language: str) -> None:
    """«bands 2: endring 0,4» said neither which answer nor in which language."""
    phase = {"why": "", "difference": {"mean": 0.21, "interval": {"low": -0.1, "high": 0.5}}}
    about = snapshots.scale("trygg", "Trygg i oppdraget")
    scale = {
        key: about[key]
        for key in ("instrument", "version", "scale", "title", "items", "low", "high", "better")
    }
    made.technical |= {"dose": [snapshots.dose()], "phases": [scale | phase]}
    tables = [
        [[cell.text for cell in row.cells] for row in table.rows]
        for table in opened(technical_report(made, language)).tables
    ]
    rows = [row for table in tables for row in table]
    assert ["Fem eller seks", "10–19", "0,4"] in rows
    assert ["Fire", "–", "–"] in rows
    assert ["95 prosents intervall", "−0,1 til 0,5"] in rows
    dose = next(table for table in tables if ["rho", "0,21"] in table)
    phases = next(table for table in tables if any("0,21" in row and row[0] != "rho" for row in table))
    first = {row[0] for table in (dose, phases) for row in table}
    assert not {"fra", "til", "frå", "antall spørsmål", "tal spørsmål"} & first
    assert not [name for name in first if "bands" in name or name.endswith((" 1", " 2"))]


def test_an_interval_that_covers_too_little_is_said_so(
    made: Release, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = {
        "d_av": {"coverage": 86.4, "studies": 2000, "model": "normal"},
        "t": {"coverage": 95.1, "studies": 2000, "model": "normal"},
    }
    monkeypatch.setattr(words_of_method, "_measured", lambda: found)
    document = opened(technical_report(made, "nb"))
    said = "\n".join(each.text for each in document.paragraphs)
    assert "«d_av» det sanne tallet i bare 86,4\u00a0% av tilfellene" in said
    assert "«t»" not in said
    assert any(cell.text == "95,1\u00a0%" for row in document.tables[-1].rows for cell in row.cells)


def test_one_page_is_written_of_a_municipality_that_may_be_told_of_alone(made: Release) -> None:
    said = [each.text for each in opened(place_report(made, 1, "nb")).paragraphs]
    assert said[0] == "Fjellvik"
    assert any("Hvert tall er avrundet for seg" in line for line in said)
    assert not any(paragraph.startswith("Trygg i oppdraget") for paragraph in said[4:])  # once: in the table
    assert place_report(made, 2, "nb") is None
    assert place_report(made, 99, "nb") is None


@pytest.mark.parametrize(
    ("primary", "first"),
    [("hverdag.trygg", "Trygg i oppdraget"), ("", "Stress"), ("hverdag.annet", "Stress")],
)
def test_a_municipality_leads_with_the_primary_outcome_where_it_is_told_and_else_with_the_first_told(
    logged_in: LogIn, project_leader: User, primary: str, first: str
) -> None:
    names = {"stil": "Stil", "stress": "Stress", "trygg": "Trygg i oppdraget"}
    scales = [snapshots.scale(key, name) for key, name in names.items()]
    here = [each | {"municipality": 1, "name": "Fjellvik"} for each in scales]
    told = snapshots.snapshot(scales=scales, sites=[here[0] | {"why": "few"}, *here[1:]])
    told["study"]["primary_outcome"] = primary
    made = snapshots.released(wave(study(key="piloten"), code="T1"), told, drawn=False)
    paper = opened(place_report(made, 1, "nb"))
    lead = [each.text for each in paper.paragraphs][3]
    assert lead.startswith(f"{first}: fra ")
    assert paper.tables[0].rows[1].cells[0].text == first
    page = logged_in(project_leader).get(f"/resultater/{made.pk}/kommune/1/").content.decode()
    assert f"{first}: fra " in page
    others = set(names.values()) - {first}
    assert not [name for name in others if f"{name}: fra " in page]


@pytest.mark.parametrize("makes", [steering_report, technical_report])
def test_a_report_is_the_same_each_time_but_for_when_it_was_written(made: Release, makes: Any) -> None:
    def parts() -> dict[str, bytes]:
        with ZipFile(BytesIO(makes(made, "nb"))) as file:
            return {name: file.read(name) for name in file.namelist() if name != "docProps/core.xml"}

    assert parts() == parts()


def test_a_report_is_written_of_a_release_that_tells_nothing(made: Release) -> None:
    hidden = snapshots.snapshot()["scales"][-1]
    lists = ("items", "sites", "modules", "phases", "criteria", "reaim", "changes", "questionnaires")
    none: dict[str, Any] = {name: [] for name in lists}
    told = snapshots.snapshot(scales=[hidden], flow={"why": "few", "waves": []}, **none)
    bare = snapshots.released(made.wave, told, phase="implementation")
    said = "\n".join(each.text for each in opened(steering_report(bare, "nb")).paragraphs)
    assert "For få svar til å vise tall." in said
    assert not re.search(r"None|nan", said)


def test_control_characters_in_what_was_written_break_no_file(made: Release) -> None:
    odd = snapshots.snapshot(changes=[{"module": 1, "changed": "=cmd|'x'\x00\x0b\ud800", "why": "\u202e"}])
    released = Release(
        study=made.study, wave=made.wave, phase="pilot", snapshot=odd, technical={}, checksum="x"
    )
    released.pk = made.pk
    assert "=cmd|'x'" in "\n".join(each.text for each in opened(steering_report(released, "nb")).paragraphs)


# --- the project leader's own template
def test_a_template_gives_its_styles_and_its_foot_and_none_of_its_text(made: Release) -> None:
    document = opened(steering_report(made, "nb", template(footer="Fjellregionen")))
    assert document.styles["Heading 1"].font.name == "Courier New"
    assert document.sections[0].footer.paragraphs[0].text == "Fjellregionen"
    assert "Eksempel" not in [each.text for each in document.paragraphs]
    assert document.tables[0].style.name == "En god start-tabell"


def test_a_template_without_a_style_is_refused_and_the_style_is_named(made: Release) -> None:
    with pytest.raises(TemplateError, match="Caption"):
        steering_report(made, "nb", template(without="Caption"))


def test_what_is_no_word_file_is_refused(made: Release) -> None:
    for content in (b"%PDF-1.7", b"PK\x03\x04broken", b"x" * 100):
        with pytest.raises(TemplateError, match="Word-fil"):
            steering_report(made, "nb", content)


def test_a_template_uploaded_among_the_documents_is_used_and_a_bad_one_explained(
    logged_in: LogIn, project_leader: User, made: Release
) -> None:
    client: Client = logged_in(project_leader)
    address, kept = f"/resultater/{made.pk}/rapport.docx", get_document_model().objects
    first = SimpleUploadedFile("mal.docx", template(footer="Vår fot"))
    kept.create(title="Rapportmal", file=first)
    assert opened(client.get(address).content).sections[0].footer.paragraphs[0].text == "Vår fot"
    kept.create(title="rapportmal", file=SimpleUploadedFile("mal2.docx", template(without="Subtitle")))
    refused = client.get(address)
    assert refused.status_code == 409
    assert "Malen mangler disse stilene: Subtitle" in refused.content.decode()


def test_the_command_writes_each_kind_and_says_what_is_wrong(made: Release, tmp_path: Path) -> None:
    out = tmp_path / "r.docx"
    kinds: list[dict[str, Any]] = [{}, {"technical": True}, {"municipality": 1}, {"language": "nn"}]
    for more in kinds:
        call_command("report", made.pk, out=out, **more)
        opened(out.read_bytes())
    bad = tmp_path / "bad.docx"
    bad.write_bytes(b"no")
    refused: dict[str, dict[str, Any]] = {
        "for få svar": {"municipality": 2},
        "Word-fil": {"template": bad},
        "No such file": {"template": tmp_path / "none.docx"},
    }
    for message, more in refused.items():
        with pytest.raises(CommandError, match=message):
            call_command("report", made.pk, out=out, **more)
    with pytest.raises(CommandError, match="finnes ikke"):
        call_command("report", made.pk + 1)  # also where nobody has said where to
    with pytest.raises(CommandError, match="Si hvor rapporten skal skrives: --out"):
        call_command("report", made.pk)


def test_a_release_that_was_tampered_with_is_not_reported(made: Release, tmp_path: Path) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("UPDATE evaluation_release SET checksum = 'x' WHERE id = %s", [made.pk])
    with pytest.raises(CommandError, match="kontrollsummen"):
        call_command("report", made.pk, out=tmp_path / "r.docx")
