"""Charts say in words and tables what they show, are read on a phone, and are drawn the same each time."""

from __future__ import annotations

import re
from io import BytesIO
from itertools import pairwise

import pytest
from lxml import etree
from PIL import Image

from evaluation.releases import canvas, drawing
from evaluation.releases.pictures import pictures
from evaluation.releases.sheet import NARROW, WIDE
from tests.evaluation import snapshots

PHONE = 350 / 390  # of the screen's width that a picture has
LEAST = 12  # pixels high that letters are on a phone


@pytest.fixture(scope="module")
def drawn() -> list[dict[str, object]]:
    return pictures(snapshots.snapshot())


def test_every_picture_is_there_in_both_languages(drawn: list[dict[str, object]]) -> None:
    names = {
        language: [each["name"] for each in drawn if each["language"] == language]
        for language in ("nb", "nn")
    }
    assert names["nb"] == names["nn"]
    kinds = {str(name).split("-", maxsplit=1)[0] for name in names["nb"]}
    assert kinds == {
        *("flyt", "svarandel", "trafikklys", "endring", "skala", "spredning", "svar", "andre", "tilbake"),
        *("kvelder", "moduler"),
    }
    assert len(set(names["nb"])) == len(names["nb"])


def test_every_picture_has_words_and_a_table_behind_it(drawn: list[dict[str, object]]) -> None:
    for each in drawn:
        table = each["table"]
        assert isinstance(table, list)
        assert len(str(each["words"])) > 15, each["name"]
        assert len(table) > 1
        assert len({len(row) for row in table}) == 1, each["name"]


def test_the_words_of_a_chart_of_changes_tell_each_change() -> None:
    said = next(str(each["words"]) for each in pictures(snapshots.snapshot()) if each["name"] == "endring-1")
    first = "Trygg i oppdraget: fra 3,4 før til 3,8 etter (0,3 til det bedre)"
    for told in (first, "også ingen", "for få par"):
        assert told in said


def words_of(name: str, **told: object) -> str:
    found = pictures(snapshots.snapshot(**told))
    return next(str(each["words"]) for each in found if (each["name"], each["language"]) == (name, "nb"))


def test_the_words_of_a_chart_of_evenings_tell_each_bar() -> None:
    assert "Fem eller seks: 0,4 til det bedre. Fire: For få svar til å vise tall." in words_of("kvelder")


def test_the_words_of_a_chart_of_modules_leave_out_what_is_not_told() -> None:
    names = ("Den nye familien", "Barnet som kommer", "Hverdagen")
    missing: list[dict[str, object]] = [{}, {"adherence": None}, {"attendance": None}]
    rows = [
        snapshots.module(nth, name, **more)
        for nth, (name, more) in enumerate(zip(names, missing, strict=True), 1)
    ]
    assert words_of("moduler", modules=rows) == (
        "1. Den nye familien: 82\u00a0% av kjerneelementene gjennomført, 91\u00a0% av de voksne var med eller"
        " tok kvelden igjen. 2. Barnet som kommer: 91\u00a0% av de voksne var med eller tok kvelden igjen."
        " 3. Hverdagen: 82\u00a0% av kjerneelementene gjennomført."
    )


def test_letters_are_read_on_a_phone(drawn: list[dict[str, object]]) -> None:
    """At 390 pixels: the narrow drawing is 340 units wide where there is room for 350 pixels."""
    for each in drawn:
        sizes = [float(size) for size in re.findall(r'font-size="([0-9.]+)"', str(each["narrow"]))]
        assert min(sizes) * (390 * PHONE) / NARROW.width >= LEAST


def test_nothing_reaches_outside_the_paper(drawn: list[dict[str, object]]) -> None:
    for each in drawn:
        for which, layout in (("svg", WIDE), ("narrow", NARROW)):
            root = etree.fromstring(str(each[which]))
            height = float(root.attrib["height"])
            for text in root.iter("{http://www.w3.org/2000/svg}text"):
                words, size = text.text or "", float(text.attrib["font-size"])
                wide = canvas.width_of(words, size, bold="font-weight" in text.attrib) / canvas.ROOM
                x = float(text.attrib["x"])
                x -= wide * {"middle": 0.5, "end": 1.0}.get(text.attrib.get("text-anchor", ""), 0.0)
                assert x >= 0, (each["name"], which, words)
                assert x + wide <= layout.width, (each["name"], which, words)
                assert float(text.attrib["y"]) <= height


def test_a_picture_is_drawn_the_same_byte_for_byte() -> None:
    assert pictures(snapshots.snapshot()) == pictures(snapshots.snapshot())


def test_a_word_that_is_wider_than_its_place_is_divided() -> None:
    lines = canvas.wrapped("Kjerneelementgjennomføringsgrad i prosent", 90, 15)
    assert len(lines) > 2
    assert all(canvas.width_of(line, 15) <= 90 for line in lines)
    assert "".join(lines).replace("-", "").replace(" ", "").startswith("Kjerneelement")


def test_a_light_has_a_shape_of_its_own_beside_its_colour() -> None:
    lines = [("Mål", light, "ord") for light in drawing.LIGHTS]
    svg = drawing.lights("t", lines).svg
    assert svg.count("<circle") == 2  # one filled, one open
    assert len(set(re.findall(r'<polygon points="([^"]+)"', svg))) == 3  # the paper, a triangle, a square


def test_colours_of_a_spread_are_apart_in_lightness() -> None:
    """For print without colours and eyes that do not part them: from dark over light to dark."""
    for colours in drawing.DIVERGING.values():
        lightness = [Image.new("RGB", (1, 1), each).convert("L").getpixel((0, 0)) for each in colours]
        middle = len(colours) // 2
        steps = [int(b) - int(a) for a, b in pairwise(lightness)]  # type: ignore[arg-type]
        assert all(step >= 20 for step in steps[:middle])
        assert all(step <= -20 for step in steps[middle:])


def test_a_picture_for_word_is_sharp_and_small(drawn: list[dict[str, object]]) -> None:
    for each in drawn:
        png = bytes.fromhex(str(each["png"]))
        with Image.open(BytesIO(png)) as image:
            assert image.width >= 2000
        assert len(png) < 120_000


def test_text_in_a_picture_is_text_and_nothing_else() -> None:
    told = snapshots.snapshot(scales=[snapshots.scale("x", "<script>alert(1)</script> & «x»")])
    for each in pictures(told):
        assert "<script" not in str(each["svg"])
        etree.fromstring(str(each["svg"]))


def test_what_is_hidden_is_not_drawn() -> None:
    told = snapshots.snapshot()
    hidden = told["scales"][-1]
    assert not [each for each in pictures(told) if "avlastning" in str(each["name"])]
    assert hidden["title"]["nb"] not in str(
        [each["table"] for each in pictures(told) if str(each["name"]).startswith("endring")]
    )
