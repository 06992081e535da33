"""Markdown ⇄ blocks: one way of writing for each content, and nothing lost or let through on the way."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cms.packages.contents import Piece
from cms.packages.markdown import read_body, write_body
from cms.packages.pieces import pieces_of, stream_of
from cms.packages.prose import html_of, markdown_of
from cms.packages.richtext import UnwritableError, blocks_of
from courses.problems import Report


def read(markdown: str, page_kind: str = "part") -> tuple[list[Piece], list[str]]:
    report = Report()
    pieces = read_body(markdown, page_kind, report.at("del.md"))
    return pieces, [str(problem) for problem in report.problems]


def problems(markdown: str, page_kind: str = "part") -> list[str]:
    return read(markdown, page_kind)[1]


def there_and_back(markdown: str) -> str:
    pieces, found = read(markdown)
    assert not found
    return write_body(pieces_of(stream_of(pieces, "side")), lambda piece: "x.jpg")


@pytest.mark.parametrize(
    ("markdown", "html"),
    [
        ("Et avsnitt.\n\nEt til.", "<p>Et avsnitt.</p><p>Et til.</p>"),
        ("## To\n\n### Tre", "<h2>To</h2><h3>Tre</h3>"),
        ("- a\n- b", "<ul><li>a</li><li>b</li></ul>"),
        ("1. a\n2. b", "<ol><li>a</li><li>b</li></ol>"),
        ("- a\n  - b", "<ul><li>a<ul><li>b</li></ul></li></ul>"),
        ("**fet** og *kursiv* og ***begge***", "<p><b>fet</b> og <i>kursiv</i> og <b><i>begge</i></b></p>"),
        ("*en **to** tre*", "<p><i>en </i><b><i>to</i></b><i> tre</i></p>"),
        ("en\\\nto", "<p>en<br/>to</p>"),
        (
            "[**Bufdir**](https://bufdir.no/?a=1&b=2)",
            '<p><a href="https://bufdir.no/?a=1&amp;b=2"><b>Bufdir</b></a></p>',
        ),
    ],
)
def test_markdown_becomes_wagtails_html_and_markdown_again(markdown: str, html: str) -> None:
    assert html_of(markdown) == html
    assert markdown_of(html) == markdown


@pytest.mark.parametrize(
    ("html", "markdown"),
    [
        ('<p data-block-key="a1b2c">Hei <b>du </b>der</p><p data-block-key="x"></p>', "Hei **du** der"),
        ("<p><b>Ord:</b>videre</p>", "**Ord**:videre"),
        ("<p>Si <i>«nei»</i>.</p>", "Si *«nei»*."),
        ("<p><b>a</b><b>b</b></p>", "**ab**"),
        ("<p><strong>a</strong> <em>b</em></p>", "**a** *b*"),
        ("<p>to  mellomrom<br/> og linje<br/></p>", "to mellomrom\\\nog linje"),
        ("<ul><li data-block-key='k'>a<ol><li>b</li></ol></li><li></li></ul>", "- a\n  1. b"),
        ("<ul><li>a</li></ul><ul><li>b</li></ul>", "- a\n- b"),
        ("<h2><b>Tittel</b></h2>", "## Tittel"),
        ("<p>1. juli * [x] _a_ &amp;amp; &lt;b&gt;</p>", "1\\. juli \\* \\[x\\] \\_a\\_ \\&amp; \\<b>"),
        ("<p>- ikke liste</p><p># ikke tittel</p><p>::: ikke innslag</p>",
         "\\- ikke liste\n\n\\# ikke tittel\n\n\\::: ikke innslag"),
        ('<p><a href="https://x.no/(a)">x</a></p>', "[x](<https://x.no/(a)>)"),
    ],
)  # fmt: skip
def test_html_from_the_editor_becomes_sane_markdown(html: str, markdown: str) -> None:
    assert markdown_of(html) == markdown
    assert markdown_of(html_of(markdown)) == markdown


@pytest.mark.parametrize(
    "html",
    [
        '<p><a linktype="page" id="3">en side</a></p>',
        '<p><a href="javascript:alert(1)">x</a></p>',
        '<embed embedtype="image" id="1"/>',
        "<p><b>a<i>b</i></b><i>c</i></p>",
    ],
)
def test_html_that_markdown_cannot_carry_is_refused_and_never_changed(html: str) -> None:
    with pytest.raises(UnwritableError):
        markdown_of(html)


letters = st.text(alphabet="abæø .,:!*_[]()<>&#-+1`\\«»\n|~=", max_size=12)
styles = st.sampled_from(
    ["{}", "<b>{}</b>", "<i>{}</i>", "<b><i>{}</i></b>", '<a href="https://x.no/">{}</a>']
)


@settings(deadline=None)  # a busy machine is not a fault
@given(st.lists(st.tuples(styles, letters), max_size=6))
def test_any_rich_text_comes_back_the_same_or_is_refused(runs: list[tuple[str, str]]) -> None:
    text = "".join(
        style.format(words.replace("&", "&amp;").replace("<", "&lt;").replace("\n", "<br/>"))
        for style, words in runs
    )
    try:
        markdown = markdown_of(f"<p>{text}</p><p>slutt</p>")
    except UnwritableError:
        return
    assert blocks_of(html_of(markdown)) == blocks_of(f"<p>{text}</p><p>slutt</p>")
    assert not problems(markdown)
    assert there_and_back(markdown + "\n") == markdown + "\n"


BODY = """\
Innledning.

::: story who="Berit og \\"Jan\\""
En fortelling.
:::

::: quote by="Oppdiktet"
Et sitat.
:::

::: fold title="Mer"
- punkt
:::

::: exercise title="Øvelse" minutes="10"
Gjør dette.
:::

::: home-task id="oppgave" title="Hjemme"
Prøv.
:::

::: reflection id="tanke"
Hva nå?
:::

::: check question="Hva?"
- [x] Dette :: Ja.
- [ ] Det andre :: Kanskje.
:::

::: situation title="Akkurat nå: uro"
Pust.
:::

::: source title="Kart" url=""
Om kart.
:::

::: fact source="Loven § 1" url="https://lovdata.no/" review="2027-05-01"
Slik er det.
:::

::: link title="Bufdir" url="https://www.bufdir.no/"
:::

::: local fact="vakttelefon" title="Vakttelefon"
Spør kontaktpersonen.
:::
"""


def test_every_directive_comes_back_as_it_was_written() -> None:
    assert there_and_back(BODY) == BODY


def test_blocks_of_an_editor_and_of_a_file_are_the_same_pieces() -> None:
    pieces = read(BODY)[0]
    stored = stream_of(pieces, "side")
    assert pieces_of(stored) == pieces
    stored[0] |= {"id": "noe-annet", "value": '<p data-block-key="q">Innledning.</p>'}
    assert pieces_of(stored) == pieces


def test_ids_are_the_writers_own_for_tasks_and_stable_for_the_rest() -> None:
    pieces = read(BODY)[0]
    first, second = stream_of(pieces, "side"), stream_of(pieces, "side")
    assert first == second
    assert {block["id"] for block in first} >= {"oppgave", "tanke"}
    assert len({block["id"] for block in first}) == len(first)
    assert stream_of(pieces, "en annen side")[0]["id"] != first[0]["id"]


def test_recording_is_refused_with_words() -> None:
    with pytest.raises(UnwritableError, match="film eller lyd"):
        pieces_of([{"type": "recording", "value": {"recording": 1}, "id": "x"}])


@pytest.mark.parametrize(
    ("markdown", "line", "words"),
    [
        ("Tekst.\n\n::: story who=\"A\"\nuten slutt", 3, "ikke lukket"),
        ("::: story who=\"A\"\na\n::: quote by=\"B\"\nb\n:::", 1, "ikke lukket"),
        ("Tekst\n:::", 2, "ikke er åpnet"),
        ("::: dikt by=\"A\"\nx\n:::", 1, "ikke et innslag"),
        ("::: recording\n:::", 1, "ikke et innslag"),
        ("::: story\nx\n:::", 1, "who: "),
        ("::: story who=\"A\" hvem=\"B\"\nx\n:::", 1, "«hvem» hører ikke til"),
        ("::: story who=\"A\" who=\"B\"\nx\n:::", 1, "to ganger"),
        ("::: story who=A\nx\n:::", 1, "kan ikke leses"),
        ("::: story who=\"A\"\n:::", 1, "text: "),
        ("::: exercise title=\"A\" minutes=\"ti\"\nx\n:::", 1, "helt tall"),
        ("::: exercise title=\"A\" minutes=\"90\"\nx\n:::", 1, "minutes: "),
        ("::: fact source=\"A\" url=\"nei\" review=\"2027-05-01\"\nx\n:::", 1, "url: "),
        ("::: fact source=\"A\" url=\"https://x.no/\" review=\"snart\"\nx\n:::", 1, "review: "),
        ("::: local fact=\"været\" title=\"A\"\nx\n:::", 1, "fact: "),
        ("::: reflection\nx\n:::", 1, "trenger id"),
        ("::: reflection id=\"a\"\nx\n:::\n\n::: home-task id=\"a\" title=\"A\"\nx\n:::", 5, "brukt før"),
        ("::: check question=\"A\"\n- [x] ja :: fint\n- nei\n:::", 3, "Et svar skrives"),
        ("::: check question=\"A\"\n- [x] ja :: fint\n:::", 1, "options: "),
        ("::: picture file=\"../x.jpg\" alt=\"A\"\n:::", 1, "navnet på en fil"),
        ("::: picture file=\"x.jpg\" alt=\"\"\n:::", 1, "hva bildet viser"),
        ("::: quote by=\"A\"\n## Tittel\n:::", 2, "kan ikke stå her inne"),
        ("a\n\n### Tre", 3, "hopper over et nivå"),
        ("# En", 1, "## eller ###"),
        ("a\n\nb <b>c</b>", 3, "ikke med"),
        ("![bilde](https://x.no/a.jpg)", 1, "ikke med"),
        ("> sitat", 1, "ikke med"),
        ("[x](http://x.no/)", 1, "https:"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_with_its_line(markdown: str, line: int, words: str) -> None:
    found = problems(markdown)
    assert any(problem.startswith(f"del.md, linje {line}: ") and words in problem for problem in found), found


def test_an_information_page_has_no_reflections() -> None:
    assert "ikke et innslag" in problems('::: reflection id="a"\nx\n:::', "info")[0]
    assert not problems('::: fold title="A"\nx\n:::', "info")
