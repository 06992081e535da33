"""The form on paper: the same questions with boxes to tick, a code on every page, and never a name."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from django.utils import translation
from django.utils.translation import gettext as _
from docx.shared import Pt

from courses.documents.paper import Column, Paper
from courses.documents.plan import BOX
from courses.documents.prose import Run
from courses.documents.styles import CHECKLIST, SMALL
from evaluation.instruments.definition import Item, Section

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from evaluation.instruments.definition import Definition

PAGE = 170  # millimetres between the margins
STATEMENT = 74  # of them for a statement beside its boxes
LINES = 5  # to write on
MOST_BESIDE = 7  # answers that stand beside a statement; more stand under each other


def paper_form(
    title: str, definitions: Sequence[Definition], code: str, words: Iterable[str], language: str
) -> bytes:
    """``code`` as it is to be read; ``words`` what the form promises, and then how it is handed in."""
    with translation.override(language):
        paper = Paper(title, language, footer=_("Kode %(code)s") % {"code": code})
        paper.text(title, "Title")
        paper.text(_("Kode %(code)s") % {"code": code}, "Subtitle").paragraph_format.space_after = Pt(4)
        promise, *rest = words
        paper.text(promise)
        paper.text(" ".join(rest), SMALL)  # as one: twelve statements are to have room on the page
        number = 0
        for definition in definitions:
            number = _questionnaire(paper, definition, number, with_title=len(definitions) > 1)
        return paper.file()


def _questionnaire(paper: Paper, definition: Definition, number: int, *, with_title: bool) -> int:
    """Writes it and counts on from ``number``, the last question before it."""
    if with_title:
        paper.heading(definition.title.in_language(paper.language))
    if intro := definition.intro.in_language(paper.language):
        paper.text(intro)
    for section in definition.sections:
        items = [item for item in definition.items if item.section == section.key]
        if items:
            _head(paper, section)
            number = _items(paper, definition, items, number)
    return number


def _head(paper: Paper, section: Section) -> None:
    if title := section.title.in_language(paper.language):
        paper.heading(title, 2)
    if text := section.text.in_language(paper.language):
        paper.text(text, SMALL)


def _items(paper: Paper, definition: Definition, items: Iterable[Item], number: int) -> int:
    for beside, together in groupby(items, key=_beside):
        run = list(together)
        if beside:
            _table(paper, run, number)
        else:
            for place, item in enumerate(run, start=number + 1):
                _single(paper, definition, item, place)
        number += len(run)
    return number


def _beside(item: Item) -> tuple[object, ...]:
    """What statements in one table have alike; nothing for a question that stands by itself."""
    plain = item.kind == "agreement" and item.show_if is None and len(item.choices) <= MOST_BESIDE
    return (item.choices, item.low_end, item.high_end, item.not_yet) if plain else ()


def _table(paper: Paper, items: Sequence[Item], number: int) -> None:
    language, first = paper.language, items[0]
    ends = [end for end in (first.low_end.in_language(language), first.high_end.in_language(language)) if end]
    if len(ends) == 2:
        paper.text(f"{first.choices[0].code} = {ends[0]}, {first.choices[-1].code} = {ends[1]}", SMALL)
    heads = [choice.label.in_language(language) for choice in first.choices]
    heads += [_("Ikke aktuelt ennå")] if first.not_yet else []
    width = (PAGE - STATEMENT) // len(heads)
    columns = [
        Column(_("Sett ett kryss"), PAGE - width * len(heads)),
        *(Column(head, width) for head in heads),
    ]
    rows = [
        (f"{place}. {_asked(item, language)}", *((BOX,) * len(heads)))
        for place, item in enumerate(items, start=number + 1)
    ]
    after = paper.table(columns, rows).paragraph_format
    after.line_spacing, after.space_after = Pt(2), Pt(0)  # else a full page is followed by an empty one


def _single(paper: Paper, definition: Definition, item: Item, number: int) -> None:
    language = paper.language
    asked = paper.text([Run(f"{number}. {item.text.in_language(language)}", bold=True)]).paragraph_format
    asked.keep_with_next, asked.space_before = True, Pt(10)
    for note in (_condition(definition, item, language), item.help.in_language(language)):
        if note:
            paper.text(note, SMALL).paragraph_format.keep_with_next = True
    if item.kind == "zero-to-ten":
        _zero_to_ten(paper, item)
    elif item.kind == "number":
        whole = _("Et helt tall fra %(low)d til %(high)d: ________")
        paper.text(whole % {"low": item.low, "high": item.high})
    elif item.kind == "text":
        paper.text(_("Skriv uten navn."), SMALL)
        paper.lines(LINES)
    else:
        if item.kind == "several":
            paper.text(_("Sett gjerne flere kryss."), SMALL)
        paper.texts([choice.label.in_language(language) for choice in item.choices], CHECKLIST)
    if item.not_yet:
        paper.text(_("Ikke aktuelt ennå"), CHECKLIST)


def _zero_to_ten(paper: Paper, item: Item) -> None:
    language = paper.language
    width = PAGE // len(item.codes)
    paper.table([Column(str(code), width) for code in item.codes], [(BOX,) * len(item.codes)])
    ends = (item.low_end.in_language(language), item.high_end.in_language(language))
    if any(ends):
        paper.text(f"0 = {ends[0]}, 10 = {ends[1]}", SMALL)


def _condition(definition: Definition, item: Item, language: str) -> str:
    earlier = definition.item(item.show_if.item) if item.show_if else None
    if earlier is None or item.show_if is None:
        return ""
    chosen = [
        choice.label.in_language(language) for choice in earlier.choices if choice.code in item.show_if.any_of
    ] or [str(code) for code in item.show_if.any_of]
    return _("Gjelder hvis du svarte %(answers)s på «%(question)s».") % {
        "answers": _(" eller ").join(f"«{label}»" for label in chosen),
        "question": earlier.text.in_language(language),
    }


def _asked(item: Item, language: str) -> str:
    help_ = item.help.in_language(language)
    return f"{item.text.in_language(language)} ({help_})" if help_ else item.text.in_language(language)
