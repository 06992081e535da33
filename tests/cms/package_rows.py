"""What a package became: its parts, and how many rows there are of each kind."""

from __future__ import annotations

from typing import Any

from wagtail.models import Locale, Page, Revision, Site

from cms.models import PartPage
from courses.models import HelpNumber, Module, Programme, Word
from tests.cms.packages import MODULE_FOLDER

YAML = f"{MODULE_FOLDER}/module.yaml"
MARKDOWN = f"{MODULE_FOLDER}/1-en-del.md"


def part(language: str = "nb", slug: str = "en-del") -> Any:
    return PartPage.objects.get(slug=slug, locale__language_code=language)


def rows() -> tuple[int, ...]:
    models = (Page, Revision, Programme, Module, HelpNumber, Word, Locale, Site)
    return tuple(model.objects.count() for model in models)
