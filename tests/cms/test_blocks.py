"""The blocks: what an editor may not leave out, and what reaches the page."""

from __future__ import annotations

from typing import Any

import pytest
from wagtail.blocks import StreamBlockValidationError

from cms.blocks import PartBody
from cms.checks import heading_problems, recording_problems
from cms.rendering import segments_of
from tests.cms.pages import make_picture, make_recording, pictures_left_open

pytestmark = [pytest.mark.django_db, pictures_left_open]

PART = PartBody()


def body(*blocks: tuple[str, Any]) -> Any:
    return PART.normalize(list(blocks))


def said(refusal: Any) -> str:
    """Every sentence of a refused stream."""
    return str(refusal.value.as_json_data())


def html_of(*blocks: tuple[str, Any]) -> str:
    return "".join(segment["html"] for segment in segments_of(body(*blocks), "nb"))


def test_a_picture_without_words_is_refused_with_a_sentence() -> None:
    stream = body(("picture", {"image": make_picture(), "alt": "", "decorative": False, "caption": ""}))
    with pytest.raises(StreamBlockValidationError) as refusal:
        PART.clean(stream)
    assert "Skriv hva bildet viser, eller kryss av for at det bare er pynt." in said(refusal)


def test_a_picture_without_words_may_stay_in_a_draft() -> None:
    stream = body(("picture", {"image": make_picture(), "alt": "", "decorative": False, "caption": ""}))
    assert PART.clean_deferred(stream)


@pytest.mark.parametrize(("alt", "decorative", "shown"), [("To hender", False, "To hender"), ("x", True, "")])
def test_a_picture_has_its_words_or_is_stated_to_be_decoration(
    alt: str, decorative: bool, shown: str
) -> None:
    block = ("picture", {"image": make_picture(), "alt": alt, "decorative": decorative, "caption": ""})
    assert PART.clean(body(block))
    html = html_of(block)
    assert f'alt="{shown}"' in html
    assert 'src="/filer/bilde/' in html
    assert 'width="' in html


@pytest.mark.parametrize(
    ("lack", "words"),
    [
        ({"captions": ""}, "teksting (.vtt)"),
        ({"transcript": ""}, "hele teksten"),
        ({"description": ""}, "synstolking"),
        ({"captions": "", "transcript": "", "description": ""}, "teksting (.vtt), hele teksten, synstolking"),
    ],
)
def test_a_film_that_not_everybody_can_use_is_refused_with_what_it_lacks(
    lack: dict[str, str], words: str
) -> None:
    stream = body(("recording", {"recording": make_recording(**lack)}))
    with pytest.raises(StreamBlockValidationError) as refusal:
        PART.clean(stream)
    assert f"Opptaket mangler {words}." in said(refusal)
    assert recording_problems(stream) == [f"Opptaket «En film» mangler {words}."]
    assert PART.clean_deferred(stream)


def test_a_sound_needs_its_text_alone() -> None:
    sound = make_recording(type="audio", captions="", description="")
    assert PART.clean(body(("recording", {"recording": sound})))
    assert make_recording(type="audio", transcript="").missing == ["hele teksten"]


def test_a_film_comes_with_captions_and_its_text_as_text() -> None:
    film = make_recording()
    html = html_of(("recording", {"recording": film}))
    assert f'src="/filer/opptak/{film.pk}/teksting.vtt"' in html
    assert "<p>Hei på <b>deg</b>.</p>" in html
    assert "&lt;p&gt;" not in html


@pytest.mark.parametrize(
    ("texts", "skips"),
    [
        (["<h2>a</h2><h3>b</h3><h2>c</h2>"], False),
        (["<h2>a</h2>", "<h3>b</h3>"], False),
        (["<p>ingen</p>"], False),
        (["<h3>a</h3>"], True),
        (["<p>a</p>", "<h3>b</h3><h2>c</h2>"], True),
        (["<h2>a</h2><h4>b</h4>"], True),
    ],
)
def test_a_heading_that_skips_a_level_is_found(texts: list[str], skips: bool) -> None:
    problems = heading_problems(body(*(("text", text) for text in texts)))
    assert bool(problems) is skips
    assert all("hopper over et nivå" in problem for problem in problems)


def test_a_check_has_an_answer_to_every_option_and_at_least_two() -> None:
    option = {"text": "Vente", "helpful": True, "answer": "Det hjelper ofte."}
    assert PART.clean(body(("check", {"question": "Hva gjør du?", "options": [option, option]})))
    with pytest.raises(StreamBlockValidationError):
        PART.clean(body(("check", {"question": "Hva gjør du?", "options": [option]})))


def test_no_option_of_a_check_is_marked_as_wrong() -> None:
    options = [
        {"text": "Vente", "helpful": True, "answer": "Det hjelper ofte."},
        {"text": "Rope", "helpful": False, "answer": "Mange har gjort det."},
    ]
    html = html_of(("check", {"question": "Hva gjør du?", "options": options}))
    assert "Mange har gjort det." in html
    assert not [word for word in ("feil", "riktig", "helpful", "wrong") if word in html.lower()]


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("picture", {"image": None, "alt": "Hender", "decorative": False, "caption": ""}),
        ("recording", {"recording": None}),
        ("download", {"document": None, "title": "Et ark"}),
    ],
)
def test_a_block_whose_file_is_deleted_shows_nothing(kind: str, value: dict[str, Any]) -> None:
    assert html_of((kind, value)) == ""
