"""What a page lacks before families may meet it. Used when a page and when an edition is published."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

HEADING = re.compile(r"<h([2-6])\b")
LINK = re.compile(r"<a\b[^>]*>")
# our own pages by «/…», never «//…» and what browsers read as that: it would be another site
USABLE = re.compile(r"""\shref=["'](https://|mailto:|tel:|/(?=[a-z0-9#?"']))""", re.IGNORECASE)
ADDRESS = re.compile(r"[a-z0-9-]+")
RESERVED = {"apne", "lest", "ulest", "provd", "ikke-provd", "notat", "las-opp"}  # courses/urls.py
FILES = {"picture": "image", "recording": "recording", "download": "document"}  # block → its file
Problem = tuple[str | None, str]  # field name (None: the whole page), sentence


def https_only(address: str) -> None:
    """A validator: other addresses lose their link when the page is washed (cms/rendering.py)."""
    if address and not address.lower().startswith("https://"):
        raise ValidationError(
            _("Adressen må begynne med https://, så ingen kan lese eller endre siden underveis.")
        )


def address_problem(slug: str) -> str:
    """Why a page cannot have this last part of its address; empty when it can."""
    if not ADDRESS.fullmatch(slug):
        return _("Adressen «%s» kan bare ha bokstavene a–z, tall og bindestrek.") % slug
    if slug in RESERVED:
        return _("Adressen «%s» bruker nettstedet selv. Velg en annen.") % slug
    return ""


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
                    _(
                        "En overskrift hopper over et nivå. Bruk Overskrift 2 før Overskrift 3,"
                        " så finner alle fram."
                    )
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


def file_problems(body: Any) -> list[str]:
    """A sentence when a block's picture, recording or document has been deleted."""
    lost = [b for b in body if b.block_type in FILES and b.value[FILES[b.block_type]] is None]
    return (
        [_("Et bilde, et opptak eller en fil er slettet. Velg en ny, eller ta bort blokken.")] if lost else []
    )


def link_problems(body: Any) -> list[str]:
    """A sentence when a link in running text leads nowhere: to a page of the editor's tree, or by http:."""
    links = [tag for text in _texts_in(body.get_prep_value()) for tag in LINK.findall(text)]
    if all(USABLE.search(tag) for tag in links):
        return []
    return [
        _(
            "En lenke i teksten virker ikke. Bruk en adresse som begynner med https://, en side her"
            " (for eksempel /hjelp/), en e-postadresse eller et telefonnummer."
        )
    ]


def _texts_in(value: Any) -> Iterator[str]:
    """Every string in a body's plain data."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list | tuple):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _texts_in(inner)


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
        found = heading_problems(body) + recording_problems(body) + link_problems(body)
        problems += [("body", sentence) for sentence in found]
    if "run_sheet" in formsets:
        rows = [
            form.cleaned_data.get("minutes") or 0
            for form in formsets["run_sheet"].forms
            if form.is_valid() and not form.cleaned_data.get("DELETE")
        ]
        planned = values.get("evening_minutes") or 0
        problems += [("evening_minutes", sentence) for sentence in run_sheet_problems(rows, planned)]
    return problems


def problems_of_published(page: Any, language: str) -> list[str]:
    """The same for a page as it lies in the database; a translation may leave body and run sheet empty."""
    problems: list[str] = []
    if hasattr(page, "body"):
        if not len(page.body) and language == "nb":
            problems.append(_("Delen er tom."))
        problems += file_problems(page.body)
        for check in (heading_problems, picture_problems, recording_problems, link_problems):
            problems += check(page.body)
    if hasattr(page, "run_sheet"):
        minutes = [item.minutes for item in page.run_sheet.all()]
        if not minutes and language == "nb":
            problems.append(_("Kveldsplanen mangler."))
        problems += run_sheet_problems(minutes, page.evening_minutes)
    return [f"«{page.title}»: {problem}" for problem in problems]
