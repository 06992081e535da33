"""What a page lacks before families may meet it. Used when a page and when an edition is published."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from collections.abc import Iterable

HEADING = re.compile(r"<h([2-6])\b")
Problem = tuple[str | None, str]  # field name (None: the whole page), sentence


def heading_problems(body: Any) -> list[str]:
    """Sentences about headings that skip a level. The title is level 1; blocks' own headings are level 2."""
    level = 1
    problems = []
    for block in body:
        if block.block_type != "text":
            continue
        for found in HEADING.findall(str(block.value)):
            if int(found) > level + 1:
                problems.append(
                    _("En overskrift hopper over et nivå. Bruk mellomtittel H2 før H3, så finner alle fram.")
                )
            level = int(found)
    return problems[:1]


def picture_problems(body: Any) -> list[str]:
    """A sentence when a picture has no words and is not stated to be decoration."""
    silent = [
        block
        for block in body
        if block.block_type == "picture" and not (block.value["alt"] or block.value["decorative"])
    ]
    return (
        [_("Et bilde mangler tekst. Skriv hva det viser, eller kryss av for at det bare er pynt.")]
        if silent
        else []
    )


def recording_problems(body: Any) -> list[str]:
    """Sentences about films and sounds that lack captions, transcript or description."""
    return [
        _("Opptaket «%(title)s» mangler %(what)s.")
        % {"title": block.value["recording"].title, "what": ", ".join(block.value["recording"].missing)}
        for block in body
        if block.block_type == "recording" and block.value["recording"] and block.value["recording"].missing
    ]


def run_sheet_problems(minutes: Iterable[int], planned: int) -> list[str]:
    """A sentence when the minute plan is not as long as the evening. A translation may leave it empty."""
    total = sum(minutes)
    if total in (0, planned):
        return []
    return [
        _("Kveldsplanen blir %(total)s minutter, men kvelden varer %(planned)s. Juster ett av punktene.")
        % {"total": total, "planned": planned}
    ]


def problems_of(page: Any, values: dict[str, Any], formsets: dict[str, Any]) -> list[Problem]:
    """What hinders publishing: (field, sentence) pairs. ``values`` and ``formsets`` come from the form."""
    problems: list[Problem] = []
    if (body := values.get("body")) is not None:
        if not len(body) and page.locale.language_code == "nb":
            problems.append(("body", _("Delen er tom. Skriv noe før den publiseres.")))
        problems += [("body", sentence) for sentence in heading_problems(body) + recording_problems(body)]
    if "run_sheet" in formsets:
        rows = [
            form.cleaned_data.get("minutes") or 0
            for form in formsets["run_sheet"].forms
            if form.is_valid() and not form.cleaned_data.get("DELETE")
        ]
        planned = values.get("evening_minutes") or 0
        problems += [("evening_minutes", sentence) for sentence in run_sheet_problems(rows, planned)]
    return problems


def problems_of_published(page: Any) -> list[str]:
    """The same for a page as it lies in the database. Reads the page's run sheet."""
    problems: list[str] = []
    if hasattr(page, "body"):
        if not len(page.body):
            problems.append(_("Delen er tom."))
        problems += heading_problems(page.body) + picture_problems(page.body) + recording_problems(page.body)
    if hasattr(page, "run_sheet"):
        minutes = [item.minutes for item in page.run_sheet.all()]
        if not minutes:
            problems.append(_("Kveldsplanen mangler."))
        problems += run_sheet_problems(minutes, page.evening_minutes)
    return [f"«{page.title}»: {problem}" for problem in problems]
