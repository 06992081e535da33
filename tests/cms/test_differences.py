"""Before and after of a correction, word by word."""

from __future__ import annotations

from cms.differences import Piece, differences, readable


def test_a_word_that_is_exchanged_stands_as_out_and_in() -> None:
    assert differences("Ring oss i dag.", "Ring oss i morgen.") == [
        Piece("same", "Ring oss i"),
        Piece("out", "dag."),
        Piece("in", "morgen."),
    ]


def test_the_same_words_have_no_differences() -> None:
    assert differences("Ring oss.", "Ring  oss.") == []
    assert differences("Ring oss.\nNå.", "Ring oss. Nå.") == []


def test_what_is_far_from_the_change_is_left_out_and_the_neighbours_stay() -> None:
    words = [f"ord{number}" for number in range(60)]
    changed = [*words[:30], "nytt", *words[31:]]
    found = differences(" ".join(words), " ".join(changed))
    assert [piece.kind for piece in found] == ["gap", "same", "out", "in", "same", "gap"]
    assert found[1].text.split() == words[18:30]
    assert found[4].text.split() == words[31:43]


def test_a_text_without_a_before_comes_in_whole() -> None:
    assert differences("", "Heilt nytt.") == [Piece("in", "Heilt nytt.")]


def test_each_paragraph_is_a_line_and_what_a_link_leads_to_is_said() -> None:
    segments = [
        {"kind": "html", "html": '<h2>Hjelp</h2><p>Ring <a href="tel:112">politiet</a> &amp; vent.</p>'},
        {"kind": "home_task", "title": "Et måltid", "html": "<p>Spis sammen.</p>"},
        {"kind": "html", "html": '<figure><img alt="To hender" src="/x.webp"></figure>'},
    ]
    assert readable("Delen", "Kort sagt.", segments).split("\n") == [
        "Delen",
        "Kort sagt.",
        "Hjelp",
        "Ring politiet (tel:112) & vent.",
        "Et måltid",
        "Spis sammen.",
        "[To hender]",
    ]


def test_a_new_address_behind_the_same_words_is_a_difference() -> None:
    def text(address: str) -> str:
        return readable("", "", [{"kind": "html", "html": f'<p><a href="{address}">Les mer</a></p>'}])

    found = differences(text("https://a.no/"), text("https://b.no/"))
    assert [piece for piece in found if piece.kind != "same"] == [
        Piece("out", "(https://a.no/)"),
        Piece("in", "(https://b.no/)"),
    ]
