"""From blocks to segments: safe HTML made once, with slots for what differs between readers."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import nh3
from django.utils import translation
from django.utils.html import strip_tags
from django.utils.safestring import mark_safe
from django.utils.text import get_valid_filename

if TYPE_CHECKING:
    from wagtail.blocks import StreamValue

    from cms.models import InfoPage, ModulePage, PartPage

SLOTS = {"reflection", "home_task", "local"}
ALLOWED_TAGS = nh3.ALLOWED_TAGS | {
    "article", "aside", "audio", "details", "div", "figcaption", "figure", "footer", "header", "section",
    "source", "summary", "time", "track", "video",
}  # fmt: skip
ALLOWED_ATTRIBUTES = {
    "*": {"class", "id", "lang", "role", "aria-label", "aria-labelledby", "aria-hidden", "hidden"},
    "a": {"href", "download", "hreflang"},
    "audio": {"controls", "src", "preload"},
    "details": {"name", "open"},
    "img": {"src", "alt", "width", "height", "loading", "decoding"},
    "ol": {"start"},
    "source": {"src", "type"},
    "time": {"datetime"},
    "track": {"kind", "src", "srclang", "label", "default"},
    "video": {"controls", "src", "poster", "preload", "playsinline", "width", "height"},
}


def lines_of(text: str) -> list[str]:
    """One item per line, empty lines left out."""
    return [line.strip() for line in text.splitlines() if line.strip()]


def washed(html: str) -> str:
    """HTML with nothing but what our blocks are made of: no script, no style, no foreign scheme."""
    return nh3.clean(
        html,
        tags=ALLOWED_TAGS,
        attributes=ALLOWED_ATTRIBUTES,
        url_schemes={"https", "tel", "mailto"},
        link_rel="noreferrer",
    )


def segments_of(body: StreamValue, language: str) -> list[dict[str, Any]]:
    """A body as segments in reading order; neighbouring HTML is one segment. See ``PartText.segments``."""
    segments: list[dict[str, Any]] = []
    with translation.override(language):
        for block in body:
            if block.block_type in SLOTS:
                segments.append(_slot(block))
                continue
            html = washed(block.render())
            if segments and segments[-1]["kind"] == "html":
                segments[-1]["html"] += html
            else:
                segments.append({"kind": "html", "html": html})
    return segments


def _slot(block: Any) -> dict[str, Any]:
    value = block.value
    slot = {"kind": block.block_type, "id": get_valid_filename(block.id), "html": washed(str(value["text"]))}
    if "title" in value:
        slot["title"] = value["title"]
    if "fact" in value:
        slot["fact"] = value["fact"]
    return slot


def shape_of(segments: list[dict[str, Any]]) -> list[tuple[str, str]]:
    """The slots in order: what must stay the same when a wording is corrected in a running edition."""
    return [
        (segment["kind"], segment["id"]) for segment in segments if segment["kind"] not in ("html", "local")
    ]


def shape_of_body(body: StreamValue) -> list[tuple[str, str]]:
    """The same as ``shape_of`` for blocks, without rendering them."""
    return [
        (block.block_type, get_valid_filename(block.id))
        for block in body
        if block.block_type in SLOTS and block.block_type != "local"
    ]


def text_of(segments: list[dict[str, Any]]) -> str:
    """The words of the segments, without tags; headings and list items end in a full stop, for LIX."""
    html = " ".join(f"{segment.get('title', '')} {segment['html']}" for segment in segments)
    with_stops = re.sub(r"(?<![.!?:…])</(h2|h3|li|p|summary|dt)>", r". </\1>", html)
    return re.sub(r"\s+", " ", strip_tags(with_stops)).strip()


def word_count(segments: list[dict[str, Any]]) -> int:
    return len(re.findall(r"[^\W\d_]+(?:-[^\W\d_]+)*", text_of(segments)))


def preview_of_info(page: InfoPage) -> dict[str, Any]:
    """The context of ``cms/info.html`` for a page that is not published."""
    html = "".join(segment["html"] for segment in segments_of(page.body, page.locale.language_code))
    return {"title": page.title, "ingress": page.ingress, "segments": mark_safe(html)}  # noqa: S308 - washed


def preview_of_part(page: PartPage) -> dict[str, Any]:
    """The context of ``courses/part.html`` for a page that is not published. Reads its place in the tree."""
    module_page = page.get_parent().specific if page.depth else None
    siblings = list(module_page.get_children().values_list("pk", flat=True)) if module_page else [page.pk]
    number = siblings.index(page.pk) + 1 if page.pk in siblings else len(siblings) + 1
    segments = [dict(segment) for segment in segments_of(page.body, page.locale.language_code)]
    for segment in segments:
        segment["html"] = mark_safe(segment["html"])  # noqa: S308 - washed above
    return {
        "module": module_data(module_page) if module_page else {},
        "part": {
            "title": page.title,
            "ingress": page.ingress,
            "minutes": page.minutes,
            "number": number,
            "total": max(number, len(siblings)),
            "key": page.slug,
            "url": "#",
        },
        "segments": segments,
        "content_language": page.locale.language_code,
        "draft_mark": "",
        "reader_is_adult": False,
        "preview": True,
    }


def preview_of_module(page: ModulePage) -> dict[str, Any]:
    """The context of ``courses/module.html`` for a page that is not published. Reads its live parts."""
    parts = [
        {"title": part.title, "minutes": part.minutes, "url": "#", "is_read": False, "number": number}
        for number, part in enumerate((child.specific for child in page.get_children().live()), start=1)
    ]
    return {
        "module": module_data(page),
        "parts": parts,
        "minutes_left": sum(part["minutes"] for part in parts),
        "reader_is_adult": False,
        "preview": True,
    }


def module_data(page: ModulePage) -> dict[str, Any]:
    """A module as the templates want it. Reads the module and its programme."""
    return {
        "number": page.module.number,
        "title": page.title,
        "key": page.module.slug,
        "hue": page.module.hue,
        "illustration": page.module.illustration,
        "ingress": page.ingress,
        "language": page.locale.language_code,
        "goals": lines_of(page.goals),
        "url": "#",
    }
