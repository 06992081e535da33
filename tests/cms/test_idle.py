"""Thirty minutes without hands on the editor end it, however often an open page asks by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from tests.tree import make_tree

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.test import Client

    from courses.models import User
    from tests.people import LogIn

pytestmark = pytest.mark.django_db(databases=["default", "answers"])

MINUTE = 60


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(timezone.now(), tick=False) as traveller:
        yield traveller


@pytest.fixture
def editor(clock: time_machine.Traveller, project_leader: User, logged_in: LogIn) -> Client:
    return logged_in(project_leader)


@pytest.fixture
def page_id(project_leader: User) -> int:
    return make_tree().module.pk


def seen(client: Client) -> int | None:
    return client.session.get("seen")


def by_itself(page: int) -> list[tuple[str, str]]:
    ping = ["wagtailcore", "page", page, 1]
    return [
        ("post", reverse("wagtailadmin_editing_sessions:ping", args=ping)),
        ("post", reverse("wagtailadmin_pages:preview_on_edit", args=[page])),
        ("get", reverse("wagtailadmin_pages:preview_on_edit", args=[page])),
    ]


@pytest.mark.parametrize("which", [0, 1, 2])
def test_an_open_edit_page_does_not_keep_its_reader_in(
    clock: time_machine.Traveller, editor: Client, page_id: int, which: int
) -> None:
    method, address = by_itself(page_id)[which]
    began = seen(editor)
    for _minute in range(30):
        clock.shift(MINUTE)
        getattr(editor, method)(address)
    assert seen(editor) == began
    assert "_auth_user_id" in editor.session
    clock.shift(MINUTE)
    getattr(editor, method)(address)
    assert "_auth_user_id" not in editor.session


def test_real_clicks_and_saves_do(clock: time_machine.Traveller, editor: Client, page_id: int) -> None:
    edit = reverse("wagtailadmin_pages:edit", args=[page_id])
    for method in ("get", "post"):
        clock.shift(20 * MINUTE)
        getattr(editor, method)(edit)
        assert seen(editor) == int(timezone.now().timestamp())
    clock.shift(20 * MINUTE)
    editor.get("/cms/")
    assert "_auth_user_id" in editor.session


def test_a_page_called_preview_outside_the_editor_is_a_click(
    clock: time_machine.Traveller, editor: Client
) -> None:
    clock.shift(20 * MINUTE)
    editor.get("/preview/")
    assert seen(editor) == int(timezone.now().timestamp())
