"""An editor's pages, and the forms in which they are written and published."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from django.urls import reverse
from wagtail.test.utils.form_data import inline_formset, nested_form_data, rich_text, streamfield

from cms.models import PartPage
from courses.models import User
from tests.cms.pages import Pages, make_pages

if TYPE_CHECKING:
    from django.test import Client

    from tests.people import LogIn

PUBLISH = {"action-publish": "1"}


@pytest.fixture
def pages() -> Pages:
    return make_pages(modules=1, parts=1)


@pytest.fixture
def admin(project_leader: User, logged_in: LogIn) -> Client:
    return logged_in(project_leader)


def part_form(page: PartPage, *blocks: tuple[str, Any], title: str = "Ny tittel") -> dict[str, Any]:
    values = {
        "title": title,
        "slug": page.slug,
        "ingress": "Kort.",
        "minutes": "3",
        "body": streamfield(blocks),
    }
    return nested_form_data(values | {"comments": inline_formset([])})


def text(html: str = "<p>Noe å lese.</p>") -> tuple[str, Any]:
    return "text", rich_text(html, features=["h2", "h3"])


def edit(admin: Client, page: Any, data: dict[str, Any]) -> Any:
    return admin.post(reverse("wagtailadmin_pages:edit", args=[page.pk]), data)


def live_title(page: Any) -> str:
    return type(page).objects.get(pk=page.pk).title


def assert_refused(answer: Any, page: Any, sentence: str) -> None:
    assert answer.status_code == 200
    html = answer.content.decode()
    assert sentence in html or json.dumps(sentence).strip('"') in html  # a body's errors are drawn by script
    assert "Ny tittel" in answer.content.decode()  # what was typed still stands there
    assert live_title(page) != "Ny tittel"
