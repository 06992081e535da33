"""What an editor has written goes out as files that load without change; what files cannot hold is told."""

from __future__ import annotations

import io
from io import StringIO
from typing import TYPE_CHECKING, Any

import pytest
from django.core.files.base import ContentFile
from django.core.management import CommandError, call_command
from PIL import Image
from wagtail.documents import get_document_model

from cms.models import ModulePage, Picture, Recording
from cms.packages import PackageError, export, load
from tests.cms.package_rows import MARKDOWN, YAML, part, rows
from tests.cms.packages import FILES, MODULE, MODULE_FOLDER, PART, files_in, put

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.django_db


def edit(page: Any, **values: Any) -> None:
    """Change and publish a page as an editor does."""
    for name, value in values.items():
        setattr(page, name, value)
    page.save_revision().publish()


def test_export_writes_what_load_read(tmp_path: Path) -> None:
    load(put(tmp_path / "in"))
    out = StringIO()
    call_command("programme", "export", str(tmp_path / "out"), stdout=out)
    assert files_in(tmp_path / "out") == {path: text.encode() for path, text in FILES.items()}
    assert len(out.getvalue().splitlines()) == 1


def test_export_of_an_editors_work_loads_without_change(tmp_path: Path) -> None:
    load(put(tmp_path / "in"))
    page = part()
    typed = (
        '<p data-block-key="1">Skrevet <b>her </b>nå.<br/>Ny linje</p><ul><li data-block-key="2">a</li></ul>'
    )
    stream = [
        {"type": "text", "value": typed, "id": "7d0a5ed6-7e52-4d2f-8f2c-1e1f6cf3b0c1"},
        {"type": "text", "value": "<p></p><p>Mer.</p>", "id": "8d0a5ed6-7e52-4d2f-8f2c-1e1f6cf3b0c1"},
        {
            "type": "reflection",
            "value": {"text": "<p>Hva?</p>"},
            "id": "9d0a5ed6-7e52-4d2f-8f2c-1e1f6cf3b0c1",
        },
        {
            "type": "fact",
            "value": {
                "text": "<p>Ja.</p>",
                "source": "Lov",
                "url": "https://x.no/",
                "review_on": "2027-05-01",
            },
            "id": "ad0a5ed6-7e52-4d2f-8f2c-1e1f6cf3b0c1",
        },
    ]
    edit(part("nn"), body=[])
    edit(page, body=page.body.stream_block.to_python(stream), ingress="Ny ingress.\r\n")
    module = ModulePage.objects.get(locale__language_code="nb")
    edit(module, goals="Ett mål\r\n\r\nEtt til \r\n")
    before = rows()
    export(tmp_path / "out")
    written = files_in(tmp_path / "out")[f"{MODULE_FOLDER}/1-en-del.md"].decode()
    assert "Skrevet **her** nå.\\\nNy linje\n\n- a\n\nMer.\n" in written
    assert '::: reflection id="9d0a5ed6-7e52-4d2f-8f2c-1e1f6cf3b0c1"' in written
    outcome = load(tmp_path / "out")
    assert (outcome.created, outcome.changed) == (0, 0)
    assert rows() == before


def test_export_keeps_a_nynorsk_evening(tmp_path: Path) -> None:
    own = MODULE.split("evening:\n")[1].replace("Kaffe", "Kaffi")
    nn = "".join(f"  {line}\n" for line in ["evening:", *own.splitlines()])
    put(tmp_path / "in", {YAML: MODULE.replace("evening:\n", nn + "evening:\n", 1)})
    load(tmp_path / "in")
    assert ModulePage.objects.get(locale__language_code="nn").evening["plan"][0]["title"] == "Kaffi"
    export(tmp_path / "out")
    assert files_in(tmp_path / "out") == files_in(tmp_path / "in")


def test_export_refuses_what_files_cannot_hold_and_writes_nothing(tmp_path: Path) -> None:
    load(put(tmp_path / "in"))
    sound = Recording.objects.create(
        title="Lyd", type="audio", file=ContentFile(b"x", name="x.mp3"), duration=1
    )
    page = part()
    stream = [{"type": "recording", "value": {"recording": sound.pk}, "id": "1"}]
    edit(page, body=page.body.stream_block.to_python(stream))
    with pytest.raises(CommandError, match="Siden har en film eller lyd"):
        call_command("programme", "export", str(tmp_path / "out"))
    assert not (tmp_path / "out").exists()


def test_export_leaves_out_what_is_not_live_and_names_strangers(tmp_path: Path) -> None:
    load(put(tmp_path / "in"))
    part(slug="en-del-til").unpublish()
    (tmp_path / "out" / "pages").mkdir(parents=True)
    (tmp_path / "out" / "pages" / "gammel.txt").write_text("x")
    tree = export(tmp_path / "out")
    assert tree.left_out == ["del «En del til»"]
    assert tree.strangers == ["pages/gammel.txt"]
    assert f"{MODULE_FOLDER}/2-en-del-til.md" not in tree.files


def test_export_tells_what_load_would_refuse(tmp_path: Path) -> None:
    load(put(tmp_path / "in"))
    edit(part(), slug="en_del")
    out = StringIO()
    call_command("programme", "export", str(tmp_path / "out"), stdout=out)
    assert "Må rettes før pakken kan lastes inn igjen: " in out.getvalue()
    assert "1-en_del.md: Dette hører ikke til her" in out.getvalue()


def picture_bytes() -> bytes:
    """A picture that says which camera took it."""
    content, hidden = io.BytesIO(), Image.Exif()
    hidden[0x0110] = "Kamera"
    Image.new("RGB", (40, 30), "teal").save(content, "JPEG", exif=hidden)
    return content.getvalue()


def test_pictures_and_documents_go_in_and_out_once(tmp_path: Path) -> None:
    blocks = (
        '::: picture file="hus.jpg" alt="Et hus" caption=""\n:::\n\n'
        '::: download file="ark.pdf" title="Arket"\n:::\n'
    )
    files: dict[str, str | bytes | None] = {
        MARKDOWN: PART + "\n" + blocks,
        "programmes/provekurs/files/hus.jpg": picture_bytes(),
        "programmes/provekurs/files/ark.pdf": b"%PDF-1.4 ark",
    }
    load(put(tmp_path / "in", files))
    before = rows()
    load(tmp_path / "in")
    export(tmp_path / "out")
    load(tmp_path / "out")
    assert rows() == before
    assert Picture.objects.count() == get_document_model().objects.count() == 1
    written = files_in(tmp_path / "out")
    picture = Picture.objects.get()
    with picture.file.open() as opened:
        stored = opened.read()
    assert written[f"programmes/provekurs/files/{picture.filename}"] == stored
    assert b"Kamera" in picture_bytes()
    assert b"Kamera" not in stored


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("hus.jpg", None, "finnes ikke i mappa files"),
        ("hus.jpg", b"ikke et bilde", "ikke et bilde som kan"),
        ("hus.svg", b"<svg/>", "ikke en av filtypene"),
    ],
)
def test_a_picture_that_is_no_picture_is_refused(
    tmp_path: Path, name: str, content: bytes | None, words: str
) -> None:
    text = PART + f'\n::: picture file="{name}" alt="Et hus"\n:::\n'
    put(tmp_path, {MARKDOWN: text, f"programmes/provekurs/files/{name}": content})
    with pytest.raises(PackageError, match=words):
        load(tmp_path)
    assert not Picture.objects.exists()
