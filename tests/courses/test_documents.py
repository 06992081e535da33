"""Each Word file opened again: styles, header rows, language, alt text, and whom it is given to."""

from __future__ import annotations

import shutil
import subprocess
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from docx.oxml.ns import qn

from courses.documents.styles import TABLE_STYLE
from tests import factories as made
from tests.courses.word_files import (
    BY_EVENING,
    BY_GROUP,
    addresses,
    client,
    contact_person_role,
    fetched,
    group,
)
from tests.documents import attended, opened, words_in
from tests.evening_factories import FamilyInvitationFactory, InvitedAdultFactory

if TYPE_CHECKING:
    from pathlib import Path

    from django.test import Client

    from courses.models import Group, User
    from tests.people import LogIn


__all__ = ["client", "contact_person_role", "group"]
pytestmark = pytest.mark.django_db


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
