"""From an edition's HTML to paragraphs: our blocks come through, and anything else does no harm."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courses.documents.prose import Run, blocks_of, exercises_in, safe_link


def shapes(html: str) -> list[tuple[str, str]]:
    return [(block.kind, block.text) for block in blocks_of(html)]


@pytest.mark.parametrize(
    ("html", "wanted"),
    [
        ("<p>Et ord.</p><p>To  \n ord.</p>", [("p", "Et ord."), ("p", "To ord.")]),
        ("<h3>Overskrift</h3>", [("heading", "Overskrift")]),
        ("<ul><li>En</li><li><p>To</p></li></ul>", [("bullet", "En"), ("bullet", "To")]),
        ("<ol><li>En<ul><li>Inni</li></ul></li><li>To</li></ol><p>Ute</p>",
         [("number", "En"), ("bullet", "Inni"), ("number", "To"), ("p", "Ute")]),
        ("<ul><li></li></ul><p>Etter</p>", [("p", "Etter")]),
        ("<blockquote>Sagt</blockquote><p>Ikke sagt</p>", [("quote", "Sagt"), ("p", "Ikke sagt")]),
        ("<p>Linje<br>ny linje</p>", [("p", "Linje\nny linje")]),
        ('<figure><img src="/x" alt="et hus"><figcaption>Huset</figcaption></figure>', [("p", "Huset")]),
        ("<video><p>Ikke støttet</p></video><p>Etter</p>", [("p", "Etter")]),
        ("Løs tekst<p>Avsnitt</p>", [("p", "Løs tekst"), ("p", "Avsnitt")]),
        ("<p>1 &lt; 2 &amp; 3\u00a0kg</p>", [("p", "1 < 2 & 3\u00a0kg")]),
        ("<p></p><div> </div>", []),
        ("", []),
    ],
)  # fmt: skip
def test_blocks(html: str, wanted: list[tuple[str, str]]) -> None:
    assert shapes(html) == wanted


def test_bold_italics_and_links_are_kept_and_do_not_leak() -> None:
    [block, after] = blocks_of(
        '<p>Et <strong>tydelig</strong> <em>ord</em>, <a href="https://example.no/">les</a>.</p><p>Ny</p>'
    )
    assert block.runs == [
        Run("Et "),
        Run("tydelig", bold=True),
        Run(" "),
        Run("ord", italic=True),
        Run(", "),
        Run("les", link="https://example.no/"),
        Run("."),
    ]
    assert after.runs == [Run("Ny")]


@pytest.mark.parametrize(
    "href", ["/kurs/x/", "javascript:alert(1)", "http://usikker.no", "https://[", "", "#her"]
)
def test_links_that_mean_nothing_on_paper_are_text(href: str) -> None:
    assert safe_link(href) == ""


def test_nested_lists_have_levels_and_each_list_a_group() -> None:
    blocks = blocks_of("<ol><li>a<ol><li>b</li></ol></li></ol><ol><li>c</li></ol>")
    assert [(block.text, block.level) for block in blocks] == [("a", 0), ("b", 1), ("c", 0)]
    assert len({block.group for block in blocks}) == 3


def test_exercises_are_found_among_other_blocks() -> None:
    html = (
        "<p>Før</p>"
        '<section class="card exercise"><p class="kicker">Øvelse · 5 minutter</p><h2>Kartet</h2>'
        '<div class="flow"><p>Tegn.</p><section><p>Inni</p></section></div></section>'
        '<section class="card check"><p class="kicker">Hva tenker du?</p></section>'
        '<section class="exercise"><h2>To</h2></section>'
    )
    first, second = exercises_in(html)
    assert (first.title, first.kicker) == ("Kartet", "Øvelse · 5 minutter")
    assert [block.text for block in first.blocks] == ["Tegn.", "Inni"]
    assert (second.title, second.kicker, second.blocks) == ("To", "", [])
    assert len(blocks_of(html)) == 7


@given(st.text(alphabet="<>/abhiloprstuvxe\"'= &;#\x00\n", max_size=120))
def test_any_html_becomes_paragraphs_without_empty_ones(html: str) -> None:
    assert all(block.text.strip() for block in blocks_of(html))


TAGS = ["p", "ul", "ol", "li", "section", "h2", "b", "a", "blockquote", "strong", "em", "div"]
PIECES = [*(f"<{tag}>" for tag in TAGS), *(f"</{tag}>" for tag in TAGS), "ord", " ", "<br>"]


@given(st.lists(st.sampled_from([*PIECES, "<section class='exercise'>"]), max_size=30))
def test_no_word_is_lost_however_the_tags_are_nested(pieces: list[str]) -> None:
    blocks = blocks_of("".join(pieces))
    assert sum(block.text.count("ord") for block in blocks) == pieces.count("ord")
