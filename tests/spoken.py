"""The words of a page that are said to its reader, and our sentences in both written languages."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from tests.messages import LOCALE

if TYPE_CHECKING:
    from pytest_django.fixtures import SettingsWrapper

SAME_IN_BOTH = ("En god start", "Bokmål", "Nynorsk")
SAID_BY_ATTRIBUTES = {"alt", "aria-label", "content", "label", "placeholder", "title"}
WORD = re.compile(r"[^\W\d_]+")


@pytest.fixture(scope="session")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Both catalogues as `make messages` compiles them."""
    folder = tmp_path_factory.mktemp("locale")
    for source in LOCALE.glob("*/LC_MESSAGES/*.po"):
        target = folder / source.relative_to(LOCALE).with_suffix(".mo")
        target.parent.mkdir(parents=True, exist_ok=True)
        with source.open("rb") as po, target.open("wb") as mo:
            write_mo(mo, read_po(po))
    return folder


@pytest.fixture
def catalogues(settings: SettingsWrapper, compiled: Path) -> None:
    settings.LOCALE_PATHS = [compiled]


class Words(HTMLParser):
    """What a page says: its text, and the attributes that are read aloud or shown by script."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.said: list[str] = []
        self.silent = 0
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.silent += tag in ("script", "style", "code")
        given = {name: value or "" for name, value in attrs}
        if tag == "meta" and given.get("name") != "description":
            return
        self.said += [
            value
            for name, value in given.items()
            if name in SAID_BY_ATTRIBUTES or (name.startswith("data-") and " " in value and "{" not in value)
        ]

    def handle_endtag(self, tag: str) -> None:
        self.silent -= tag in ("script", "style", "code")

    def handle_data(self, data: str) -> None:
        if not self.silent:
            self.said.append(data)


def spoken(html: str) -> str:
    text = "\n".join(Words(html).said)
    for name in SAME_IN_BOTH:
        text = text.replace(name, "")
    return text
