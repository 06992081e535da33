"""From blocks to what is stored: washed, without addresses that age, with slots for the reader."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.core.files.base import ContentFile
from hypothesis import given
from hypothesis import strategies as st
from wagtail.documents import get_document_model

from cms.blocks import PartBody
from cms.rendering import segments_of, shape_of, text_of, washed, word_count
from tests.cms.pages import BODY, make_picture, make_recording, pictures_left_open

pytestmark = pictures_left_open
LINK = "https://example.no/"
PROSE = "<p>Et <b>ord</b> og en <a href='https://example.no/'>lenke</a>.</p>"


@pytest.mark.parametrize(
    ("dirty", "clean"),
    [
        ("<script>alert(1)</script><p>a</p>", "<p>a</p>"),
        ("<style>p{}</style><p style='color:red'>a</p>", "<p>a</p>"),
        ("<p onclick='x()' onmouseover=x>a</p>", "<p>a</p>"),
        ("<a href='javascript:alert(1)'>a</a>", '<a rel="noreferrer">a</a>'),
        ("<a href=' JaVaScRiPt:alert(1)'>a</a>", '<a rel="noreferrer">a</a>'),
        ("<a href='data:text/html,x'>a</a>", '<a rel="noreferrer">a</a>'),
        ("<a href='http://example.no'>a</a>", '<a rel="noreferrer">a</a>'),
        ("<img src=x onerror=alert(1)>", '<img src="x">'),
        ("<iframe src='https://evil.example'></iframe>", ""),
        ("<form action='/x'><input name=a><button>b</button></form>", "b"),
        ("<svg onload=alert(1)></svg>", ""),
        ("<object data=x></object><embed src=x>", ""),
        ("<a href='tel:116117'>a</a>", '<a href="tel:116117" rel="noreferrer">a</a>'),
        (
            "<a href='/filer/dokument/1/a.pdf'>a</a>",
            '<a href="/filer/dokument/1/a.pdf" rel="noreferrer">a</a>',
        ),
    ],
)
def test_washing_keeps_only_what_our_blocks_are_made_of(dirty: str, clean: str) -> None:
    assert washed(dirty) == clean


@given(st.text(alphabet="<>/\"'= abscriptonjave:\x00&;#x", max_size=80))
def test_washing_twice_changes_nothing_more(text: str) -> None:
    once = washed(text)
    assert washed(once) == once
    assert "<script" not in once.lower()


def one_of_each() -> list[tuple[str, Any]]:
    document = get_document_model().objects.create(title="Ark", file=ContentFile(b"%PDF", "ark.pdf"))
    option = {"text": "Vente", "helpful": True, "answer": "Det hjelper ofte."}
    return [
        *BODY,
        ("story", {"who": "Berit og Jan", "text": PROSE}),
        ("exercise", {"title": "Pust", "minutes": 5, "text": PROSE}),
        ("check", {"question": "Hva nå?", "options": [option, option]}),
        ("situation", {"title": "Akkurat nå: gråt", "text": PROSE}),
        ("fold", {"title": "Mer", "text": PROSE}),
        ("quote", {"text": PROSE, "by": "En oppdiktet mor"}),
        ("picture", {"image": make_picture(), "alt": "To hender", "decorative": False, "caption": "Hender"}),
        ("recording", {"recording": make_recording()}),
        (
            "fact",
            {"text": PROSE, "source": "Loven", "url": LINK, "review_on": datetime.date(2027, 1, 1)},
        ),
        ("source", {"title": "Teori", "url": LINK, "text": PROSE}),
        ("link", {"title": "Bufdir", "url": LINK, "text": PROSE}),
        ("download", {"document": document, "title": "Et ark"}),
    ]


@pytest.fixture
def everything(db: None) -> list[dict[str, Any]]:
    """The segments of a body with one of every kind of block."""
    blocks = one_of_each()
    assert {kind for kind, _value in blocks} == set(PartBody().child_blocks)
    body = PartBody().normalize(blocks)
    body.get_prep_value()  # gives every block its id, as saving does
    return segments_of(body, "nb")


def test_slots_become_segments_of_their_own_and_the_rest_is_joined(everything: list[dict[str, Any]]) -> None:
    assert [segment["kind"] for segment in everything] == ["html", "reflection", "home_task", "local", "html"]
    assert everything[2]["title"] == "Et måltid"
    assert everything[3]["fact"] == "barnevernvakt"
    assert "<p>Hva tenker du på nå?</p>" in everything[1]["html"]
    assert len({segment["id"] for segment in everything if segment["kind"] != "html"}) == 3


def test_what_is_stored_does_not_age_and_carries_nothing_that_is_not_content(
    everything: list[dict[str, Any]],
) -> None:
    html = "".join(segment["html"] for segment in everything)
    assert "To hender" in html
    for unwanted in ("/static/", "csrf", "style=", "<script", "<form", "<input", "onclick", "<svg"):
        assert unwanted not in html


def test_every_block_shows_its_words(everything: list[dict[str, Any]]) -> None:
    text = text_of(everything)
    for words in ("Berit og Jan", "Pust", "Hva nå?", "Akkurat nå: gråt", "Mer", "En oppdiktet mor", "Hender"):
        assert words in text
    for words in (
        "Hei på deg",
        "Loven",
        "Teori",
        "Bufdir",
        "Et ark",
        "Et måltid",
        "Vakta",
        "Det hjelper ofte.",
    ):
        assert words in text


def test_no_block_shows_its_markup(everything: list[dict[str, Any]]) -> None:
    assert "&lt;" not in "".join(segment["html"] for segment in everything)


@pytest.mark.django_db
def test_the_words_around_a_block_are_in_the_language_of_the_part() -> None:
    from django.utils import translation

    with translation.override("nb"):
        segments = segments_of(PartBody().normalize([("fold", {"title": "Meir", "text": PROSE})]), "nn")
        assert translation.get_language() == "nb"
    assert "Meir" in segments[0]["html"]


def test_an_empty_body_has_no_segments() -> None:
    assert segments_of(PartBody().normalize([]), "nb") == []


def test_words_are_counted_without_markup_and_numbers() -> None:
    segments = [
        {"kind": "html", "html": "<h2>To ord</h2><p>Tre ord-til 116 117</p>"},
        {"kind": "home_task", "id": "t", "title": "Ett", "html": "<p>to</p>"},
    ]
    assert word_count(segments) == 6
    assert text_of(segments).startswith("To ord.")


def test_the_shape_is_the_slots_in_order_and_nothing_else() -> None:
    segments = [
        {"kind": "html", "html": "<p>a</p>"},
        {"kind": "reflection", "id": "r1", "html": ""},
        {"kind": "local", "id": "l1", "fact": "x", "html": ""},
        {"kind": "home_task", "id": "t1", "html": ""},
    ]
    assert shape_of(segments) == [("reflection", "r1"), ("home_task", "t1")]
