"""A programme as an editor has written it: live pages in Bokmål, and in Nynorsk where asked for."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image
from wagtail.models import Locale, Page

from cms.models import HomePage, ModulePage, PartPage, Picture, ProgrammePage, Recording, RunSheetItem
from tests.factories import ModuleFactory, ProgrammeFactory

if TYPE_CHECKING:
    from courses.models import Programme

# Wagtail leaves the rendition it just made to the garbage collector, and warnings are errors here.
pictures_left_open = pytest.mark.filterwarnings(
    "ignore:Exception ignored in.*SpooledTemporaryFile:pytest.PytestUnraisableExceptionWarning"
)
BODY: list[tuple[str, Any]] = [
    ("text", "<h2>Trygghet</h2><p>Et barn som flytter, har mistet noe.</p>"),
    ("reflection", {"text": "<p>Hva tenker du på nå?</p>"}),
    ("home_task", {"title": "Et måltid", "text": "<p>Spis sammen.</p>"}),
    ("local", {"fact": "barnevernvakt", "title": "Vakta", "text": "<p>Ring 116 117.</p>"}),
]
CAPTIONS = b"WEBVTT\n\n00:00.000 --> 00:01.000\nHei.\n"


@dataclass
class Pages:
    programme: Programme
    home: HomePage
    top: ProgrammePage
    modules: list[ModulePage]
    parts: list[PartPage]  # of all modules, in order


def publish(page: Any) -> Any:
    page.save_revision().publish()
    page.refresh_from_db()
    return page


def make_pages(modules: int = 2, parts: int = 2) -> Pages:
    """Live Bokmål pages that can be published as an edition; the slugs are those of ``make_edition``."""
    nb = Locale.objects.get_or_create(language_code="nb")[0]
    home = Page.objects.get(depth=1).add_child(instance=HomePage(title="Forside", slug="nb", locale=nb))
    programme = ProgrammeFactory(slug="en-god-start", name="En god start")
    top = publish(
        home.add_child(instance=ProgrammePage(title="En god start", slug="kurs", programme=programme))
    )
    made = Pages(programme, home, top, [], [])
    for number in range(1, modules + 1):
        module = ModulePage(
            title=f"Modul {number}",
            slug=f"modul-{number}",
            module=ModuleFactory(programme=programme, number=number),
            goals="Kjenne seg igjen.\n\nPrøve noe nytt.",
            run_sheet=[
                RunSheetItem(minutes=100, title="Samtale"),
                RunSheetItem(minutes=35, title="Avslutning"),
            ],
        )
        made.modules.append(publish(top.add_child(instance=module)))
        for position in range(1, parts + 1):
            part = PartPage(title=f"Del {number}.{position}", slug=f"del-{position}", body=BODY, minutes=3)
            made.parts.append(publish(made.modules[-1].add_child(instance=part)))
    return made


def translated(page: Any, parent: Any, title: str, **values: Any) -> Any:
    """The page's Nynorsk version, live, below ``parent``; fields not given are copied."""
    nn = Locale.objects.get_or_create(language_code="nn")[0]
    copy = page.copy_for_translation(nn, copy_parents=True)
    copy.title = title
    for name, value in values.items():
        setattr(copy, name, value)
    copy.live = True
    return publish(copy)


def make_nynorsk(pages: Pages) -> list[Any]:
    """Every page in Nynorsk, live. The same blocks, with ids of their own texts."""
    return [
        translated(page, None, f"{page.title} på nynorsk")
        for page in (pages.top, *pages.modules, *pages.parts)
    ]


def rewrite(page: Any, *, live: bool = True, **values: Any) -> Any:
    """Change a page as its editor does: a draft, or a published wording."""
    for name, value in values.items():
        setattr(page, name, value)
    revision = page.save_revision()
    if live:
        revision.publish()
    fresh = type(page).objects.get(pk=page.pk)
    return fresh


def with_text(page: PartPage, html: str) -> list[dict[str, Any]]:
    """The page's body with another first text; every block keeps its id."""
    raw = [dict(block) for block in page.body.raw_data]
    raw[0]["value"] = html
    return raw


def make_picture(**fields: Any) -> Picture:
    file = io.BytesIO()
    Image.new("RGB", (32, 24), "teal").save(file, "PNG")
    return Picture.objects.create(
        title="Et bilde", file=SimpleUploadedFile("bilde.png", file.getvalue(), "image/png"), **fields
    )


def make_recording(**fields: Any) -> Recording:
    """A film with everything it needs; ``fields`` takes something away."""
    ready: dict[str, Any] = {
        "title": "En film",
        "type": "video",
        "duration": 60,
        "file": ContentFile(b"film", "film.mp4"),
        "captions": ContentFile(CAPTIONS, "film.vtt"),
        "transcript": "<p>Hei på <b>deg</b>.</p>",
        "description": "own",
    }
    return Recording.objects.create(**ready | fields)
