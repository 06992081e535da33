"""A programme written as an editor does, frozen as an edition, and the text families read."""

from __future__ import annotations

from typing import Any

import pytest

from cms.publishing import publish_edition
from courses.models import Edition, PartText
from tests.cms.pages import Pages, make_pages


@pytest.fixture
def pages() -> Pages:
    return make_pages()


def freeze(pages: Pages, version: str = "1.0", **more: Any) -> Edition:
    return publish_edition(programme=pages.programme, version=version, by=None, **more)


def text_in(edition: Edition, key: str = "del-1", module: int = 1, language: str = "nb") -> PartText:
    return PartText.objects.get(
        part__edition=edition, part__key=key, part__module__number=module, language=language
    )


def changed_bodies(page: Any) -> dict[str, list[dict[str, Any]]]:
    raw = [dict(block) for block in page.body.raw_data]
    extra = {"type": "reflection", "value": {"text": "<p>Mer?</p>"}}
    return {"added": [*raw, extra], "lost": [raw[0], *raw[2:]], "swapped": [raw[0], raw[2], raw[1], raw[3]]}
