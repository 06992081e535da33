"""Two tabs, one note: none of them writes over the other without having seen it."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.utils import timezone

from courses.models import Adult, Module, Note
from courses.notes import notes_of, write_note
from tests import factories as made

if TYPE_CHECKING:
    from django.http import HttpResponse
    from django.test import Client

    from tests.people import LogIn

pytestmark = pytest.mark.django_db

PART = "/kurs/en-god-start/modul-1/del-1/"
ADDRESS = f"{PART}r1/notat/"
FIRST, THERE, HERE = "Det første.", "Fra den andre fanen.", "Fra denne fanen."


@pytest.fixture
def module(adult: Adult) -> Module:
    return adult.enrolments.get().group.edition.programme.modules.get(number=1)


@pytest.fixture
def client(adult: Adult, logged_in: LogIn) -> Client:
    return logged_in(adult)


def write(adult: Adult, module: Module, text: str) -> None:
    write_note(adult=adult, module=module, part_key="del-1", block="r1", text=text)


def mark_on(page: HttpResponse) -> str:
    form = re.search(rf'action="{re.escape(ADDRESS)}#s-r1".*?</form>', page.content.decode(), re.DOTALL)
    assert form
    found = re.search(r'name="mark" value="([^"]*)"', form[0])
    assert found
    return found[1]


def stored(adult: Adult, module: Module) -> str | None:
    return notes_of(adult, module.pk, "del-1").get("r1")


@pytest.mark.parametrize("before", [None, FIRST])
def test_a_note_stored_elsewhere_meanwhile_is_shown_beside_what_was_typed(
    adult: Adult, module: Module, client: Client, before: str | None
) -> None:
    if before:
        write(adult, module, before)
    mark = mark_on(client.get(PART))
    assert bool(mark) is bool(before)
    write(adult, module, THERE)
    page = client.post(ADDRESS, {"text": HERE, "mark": mark})
    text = page.content.decode()
    assert page.status_code == 409
    assert "Notatet er endret et annet sted siden du åpnet denne siden." in text
    assert f"<p>{THERE}</p>" in text
    assert f">{HERE}</textarea>" in text
    assert stored(adult, module) == THERE
    assert client.post(ADDRESS, {"text": HERE, "mark": mark_on(page)}).status_code == 302
    assert stored(adult, module) == HERE


def test_an_empty_field_deletes_only_what_was_seen(adult: Adult, module: Module, client: Client) -> None:
    mark = mark_on(client.get(PART))
    write(adult, module, THERE)
    page = client.post(ADDRESS, {"text": "", "mark": mark})
    assert page.status_code == 409
    assert stored(adult, module) == THERE
    assert client.post(ADDRESS, {"text": "", "mark": mark_on(page)}).status_code == 302
    assert not Note.objects.exists()


def test_saving_twice_from_one_tab_is_no_quarrel(adult: Adult, module: Module, client: Client) -> None:
    mark = mark_on(client.get(PART))
    for _tap in range(2):
        assert client.post(ADDRESS, {"text": HERE, "mark": mark}).status_code == 302
    assert stored(adult, module) == HERE


def test_what_was_deleted_elsewhere_is_written_anew(adult: Adult, module: Module, client: Client) -> None:
    write(adult, module, FIRST)
    mark = mark_on(client.get(PART))
    write(adult, module, "")
    assert client.post(ADDRESS, {"text": HERE, "mark": mark}).status_code == 302
    assert stored(adult, module) == HERE


@pytest.mark.parametrize(
    ("before", "typed", "status", "after"),
    [(None, HERE, 302, HERE), (FIRST, FIRST, 302, FIRST), (FIRST, HERE, 409, FIRST), (FIRST, "", 409, FIRST)],
)
def test_a_form_without_a_mark_never_writes_over_another_text(
    adult: Adult, module: Module, client: Client, before: str | None, typed: str, status: int, after: str
) -> None:
    if before:
        write(adult, module, before)
    assert client.post(ADDRESS, {"text": typed}).status_code == status
    assert stored(adult, module) == after


def test_the_mark_survives_a_note_that_is_too_long(adult: Adult, module: Module, client: Client) -> None:
    write(adult, module, FIRST)
    page = client.post(ADDRESS, {"text": "å" * 20_001, "mark": mark_on(client.get(PART))})
    assert page.status_code == 422
    assert client.post(ADDRESS, {"text": HERE, "mark": mark_on(page)}).status_code == 302


def test_what_was_typed_comes_back_also_where_the_module_is_not_open(
    adult: Adult, module: Module, client: Client
) -> None:
    group = adult.enrolments.get().group
    group.evenings.filter(module=module).delete()
    made.EveningFactory(group=group, module=module, starts_at=timezone.now() + timedelta(days=60))
    assert client.get(PART).status_code == 302
    page = client.post(ADDRESS, {"text": "å" * 20_001, "mark": ""})
    assert page.status_code == 422
    assert "å" * 20_001 in page.content.decode()


def test_a_locked_note_is_not_shown_by_a_quarrel_and_not_written_over(
    adult: Adult, module: Module, client: Client
) -> None:
    mark = mark_on(client.get(PART))
    write(adult, module, THERE)
    session = client.session
    session["notes_shut"] = True
    session.save()
    for _try in range(2):
        page = client.post(ADDRESS, {"text": HERE, "mark": mark})
        assert page.status_code == 409
        assert THERE not in page.content.decode()
        assert f">{HERE}</textarea>" in page.content.decode()
        mark = mark_on(page)
    assert stored(adult, module) == THERE
