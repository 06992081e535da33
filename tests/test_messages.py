"""Nynorsk is whole: every sentence of ours has one, none is left over, and none is translated too early."""

from __future__ import annotations

import ast
import re
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import allauth
import django
import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.template.base import NodeList, TextNode
from django.template.loader_tags import BlockNode
from django.utils import formats, translation
from django.utils.translation import gettext, ngettext

from courses.models import Language
from tests.messages import BORROWED, CODE, MANY, NYNORSK, ROOT, catalogue, names_of_gettext, ours, templates
from tests.spoken import WORD, catalogues, compiled, spoken

if TYPE_CHECKING:
    from collections.abc import Iterator


__all__ = ["catalogues", "compiled"]
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]|<[^>]+>")
INSIDE_A_TAG = ("width", "help_current")  # blocks of base.html that no one reads


# ── the catalogue ───────────────────────────────────────────────────────────────────────────────────


def test_every_sentence_has_a_nynorsk_one() -> None:
    known = catalogue()
    lacking = {message for message in {*ours(), *BORROWED} if not all(known.get(message[0], ("",)))}
    assert lacking == set()  # python -m tests.messages prints them as entries


def test_no_nynorsk_sentence_is_left_over() -> None:
    assert set(catalogue()) - {message[0] for message in {*ours(), *BORROWED}} == set()


def test_bokmaal_has_one_form_of_time_and_page_and_calls_nobody_she_or_he() -> None:
    other_form = re.compile(
        r"(tida|sida)\b|\b(hun eller han|han eller hun|henne eller ham|ham eller henne)\b", re.I
    )
    assert [message[0] for message in ours() if other_form.search(" ".join(message))] == []


def test_nynorsk_keeps_placeholders_and_tags() -> None:
    known = catalogue()
    for message in {*ours(), *BORROWED}:
        assert len(known[message[0]]) == len(message)
        for source, target in zip(message, known[message[0]], strict=True):
            assert sorted(PLACEHOLDER.findall(target)) == sorted(PLACEHOLDER.findall(source)), source
            assert (target[:1].isspace(), target[-1:].isspace()) == (
                source[:1].isspace(),
                source[-1:].isspace(),
            )


def test_catalogue_is_in_order() -> None:
    assert list(catalogue()) == sorted(catalogue())
    assert "#:" not in NYNORSK.read_text(encoding="utf-8")


def test_borrowed_sentences_are_still_said_by_django_and_allauth() -> None:
    folders = [Path(django.__file__).parent / "conf", Path(django.__file__).parent / "contrib" / "auth"]
    folders.append(Path(allauth.__file__).parent)
    said = {msgid for folder in folders for msgid in catalogue(folder / "locale/en/LC_MESSAGES/django.po")}
    assert {message[0] for message in BORROWED} <= said


@pytest.mark.usefixtures("catalogues")
@pytest.mark.parametrize("language", Language.values)
def test_borrowed_sentences_are_norwegian(language: str) -> None:
    with translation.override(language):
        for message in BORROWED:
            assert (ngettext(*message, 12) if message[1:] else gettext(message[0])) not in message
        with pytest.raises(ValidationError, match="Passordet er for kort"):
            validate_password("kort")


@pytest.mark.usefixtures("catalogues")
def test_nynorsk_days_and_months() -> None:
    with translation.override("nn"):
        week = [formats.date_format(date(2026, 11, day), "l") for day in range(23, 30)]
        assert formats.date_format(date(2026, 11, 26)) == "26. november 2026"
    assert week == ["måndag", "tysdag", "onsdag", "torsdag", "fredag", "laurdag", "søndag"]


# ── where sentences are written ─────────────────────────────────────────────────────────────────────


def when_imported(node: ast.AST) -> Iterator[ast.AST]:
    """The nodes that run when the module is imported: nothing inside a function."""
    for child in ast.iter_child_nodes(node):
        if not isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            yield child
            yield from when_imported(child)


def test_no_sentence_is_translated_at_import() -> None:
    early = []
    for path in (
        path for folder in CODE for path in (ROOT / folder).rglob("*.py") if "migrations" not in path.parts
    ):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        at_once = {called for called, name in names_of_gettext(tree).items() if name in {"gettext", *MANY}}
        early += [
            f"{path.relative_to(ROOT)}:{node.lineno}"
            for node in when_imported(tree)
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in at_once
        ]
    assert early == []


def written_out(nodelist: NodeList) -> str:
    """A template with everything that is filled in left out."""
    text = ""
    for node in nodelist:
        if isinstance(node, TextNode):
            text += node.s
        elif not (isinstance(node, BlockNode) and node.name in INSIDE_A_TAG):
            below = [getattr(node, name, None) or NodeList() for name in node.child_nodelists]
            text += "".join(written_out(inner) for inner in below)
    return text


def test_templates_say_nothing_outside_the_catalogue() -> None:
    loose = {name: WORD.findall(spoken(written_out(template.nodelist))) for name, template in templates()}
    assert {name: words for name, words in loose.items() if words} == {}
