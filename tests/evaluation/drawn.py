"""Questionnaires as hypothesis draws them: without a fault, or with whatever an editor may have typed."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from hypothesis import strategies as st

from evaluation.instruments.definition import (
    Choice,
    Condition,
    Definition,
    Item,
    LowHelp,
    Scale,
    Section,
    Words,
)
from evaluation.instruments.drafts import tidy
from evaluation.instruments.scales import possible, span

if TYPE_CHECKING:
    from collections.abc import Sequence

codes = st.from_regex(r"[a-z][a-z0-9_-]{0,11}", fullmatch=True)
# Signs that files of all kinds stumble over, beside everything else
awkward = st.sampled_from(
    ["=1+1", "- a: b", "'", '"', "«»", "#", "_x0041_", "  ", "\n", "|", "@", "null", "ja"]
)
texts = st.lists(st.text(max_size=12) | awkward, max_size=4).map(
    lambda parts: tidy("".join(parts))[:60].strip()
)
said = texts.filter(bool)


@st.composite
def words(draw: st.DrawFn, *, needed: bool = False) -> Words:
    return Words(draw(said if needed else texts), draw(texts))


@st.composite
def choices(draw: st.DrawFn, least: int, most: int) -> tuple[Choice, ...]:
    labels = draw(st.lists(said, min_size=least, max_size=most, unique_by=lambda label: label.casefold()))
    numbers = draw(st.lists(st.integers(-9, 99), min_size=len(labels), max_size=len(labels), unique=True))
    return tuple(Choice(code, Words(label, draw(texts))) for code, label in zip(numbers, labels, strict=True))


@st.composite
def item(draw: st.DrawFn, key: str, section: str) -> Item:
    kind = draw(st.sampled_from(["agreement", "number", "one", "several", "text", "zero-to-ten"]))
    low = draw(st.integers(-50, 50)) if kind == "number" else 0
    ends = kind in ("agreement", "zero-to-ten")
    return Item(
        key=key,
        kind=kind,
        text=draw(words(needed=True)),
        section=section,
        help=draw(words()),
        choices=draw(choices(1 if kind == "several" else 2, 5))
        if kind in ("agreement", "one", "several")
        else (),
        low=low,
        high=low + draw(st.integers(1, 100)) if kind == "number" else 0,
        low_end=draw(words()) if ends else Words(),
        high_end=draw(words()) if ends else Words(),
        not_yet=draw(st.booleans()) if kind != "text" else False,
    )


@st.composite
def definitions(draw: st.DrawFn) -> Definition:
    """Without a fault, with sections, conditions, scales and low help."""
    sections = tuple(
        Section(key, draw(words()), draw(words()))
        for key in draw(st.lists(codes, min_size=1, max_size=3, unique=True))
    )
    keys = draw(st.lists(codes, min_size=len(sections), max_size=8, unique=True))
    places = sorted(
        [*range(len(sections)), *(draw(st.integers(0, len(sections) - 1)) for _ in keys[len(sections) :])]
    )
    items = [draw(item(key, sections[place].key)) for key, place in zip(keys, places, strict=True)]
    items = _conditions(draw, items)
    definition = Definition(
        key=draw(codes),
        version=draw(st.integers(1, 99)),
        title=draw(words(needed=True)),
        intro=draw(words()),
        minutes=draw(st.integers(1, 60)),
        licence=draw(said),
        source=draw(said),
        translated_by=draw(said),
        sections=sections,
        items=tuple(items),
    )
    return _scales(draw, definition)


def _conditions(draw: st.DrawFn, items: Sequence[Item]) -> list[Item]:
    done: list[Item] = []
    for each in items:
        asked = [one for one in done if one.kind != "text"]
        if asked and draw(st.booleans()):
            one = draw(st.sampled_from(asked))
            numbers = range(one.low, one.high + 1) if one.kind == "number" else one.codes
            any_of = draw(st.lists(st.sampled_from(list(numbers)), min_size=1, max_size=3, unique=True))
            each = replace(each, show_if=Condition(one.key, tuple(any_of)))
        done.append(each)
    return done


def _scales(draw: st.DrawFn, definition: Definition) -> Definition:
    countable = [each.key for each in definition.items if each.kind not in ("text", "several")]
    scales = []
    for key in draw(st.lists(codes, max_size=2, unique=True)) if countable else []:
        items = tuple(draw(st.lists(st.sampled_from(countable), min_size=1, max_size=6, unique=True)))
        scale = Scale(
            key=key,
            title=draw(words(needed=True)),
            items=items,
            reversed=tuple(each for each in items if draw(st.booleans())),
            low=0,
            high=0,
            min_answered=draw(st.integers(1, len(items))),
            method=draw(st.sampled_from(["mean", "sum"])),
            better=draw(st.sampled_from(["high", "low", "neither"])),
            multiply=draw(st.sampled_from([1.0, 4.0, 0.5, 12.5])),
            source=draw(texts),
        )
        spans = {span(each) for each in definition.items if each.key in items}
        if scale.method == "sum" and len(spans) > 1:
            scale = replace(scale, min_answered=len(items))
        low, high = possible(scale, definition) or (0.0, 1.0)
        if low < high:
            cuts = (low + (high - low) / 4, high) if draw(st.booleans()) else ()
            scales.append(replace(scale, low=low, high=high, cut_offs=cuts))
    help_ = None
    if scales and draw(st.booleans()):
        help_ = LowHelp(scales[0].key, scales[0].high, draw(words(needed=True)))
    return replace(definition, scales=tuple(scales), low_help=help_)
