"""Rows of the project's tables, in Python: hundreds of cells, and a template costs far more."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

from django import template
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _

from cms.project_words import NOTHING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.utils.safestring import SafeString

register = template.Library()


def _name(row: dict[str, Any]) -> str:
    name = escape(row["name"])
    words = f'<a href="{escape(row["url"])}">{name}</a>' if row["url"] else name
    return f'<th scope="row" role="rowheader">{words}</th>'


@register.simple_tag
def figure_rows(rows: Iterable[dict[str, Any]]) -> SafeString:
    """[.name .url .cells [(label, words)]]; on a phone the label stands before, and «–» is left out."""
    written = []
    for row in rows:
        cells = "".join(
            f'<td role="cell" data-label="{escape(label)}"{" data-none" if words == NOTHING else ""}>'
            f"{escape(words)}</td>"
            for label, words in row["cells"]
        )
        written.append(f'<tr role="row">{_name(row)}{cells}</tr>')
    return mark_safe("\n".join(written))  # noqa: S308 - every word of it is escaped above


@register.simple_tag
def phase_rows(rows: Iterable[dict[str, Any]]) -> SafeString:
    """[.name .url .cells [.label .when .who .now]]; the phase that is on is marked in words too."""
    now = escape(_("nå"))
    return mark_safe(  # noqa: S308 - every word of it is escaped here and in _phase
        "\n".join(
            f'<tr role="row">{_name(row)}{"".join(_phase(cell, now) for cell in row["cells"])}</tr>'
            for row in rows
        )
    )


def _phase(cell: dict[str, Any], now: str) -> str:
    state = " data-now" if cell["now"] else " data-none" if cell["when"] == NOTHING else ""
    words = f'<b class="phase__now">{now}</b> {escape(cell["when"])}' if cell["now"] else escape(cell["when"])
    who = f' <span class="soft phase__who">{escape(cell["who"])}</span>' if cell["who"] else ""
    return f'<td role="cell" data-label="{escape(cell["label"])}"{state}>{words}{who}</td>'
