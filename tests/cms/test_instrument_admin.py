"""Questionnaires in the Wagtail admin: written by the project leader, read by editors, and kept once sent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from bs4 import BeautifulSoup
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from evaluation.instruments import loading, rows
from evaluation.instruments.definition import Words
from evaluation.instruments.drafts import Draft
from evaluation.instruments.freezing import freeze, new_version
from evaluation.models import Choice, Instrument, InstrumentVersion, Item
from tests.cms.instrument_desk import client, draft, plain, sent
from tests.study_factories import definition, statement

if TYPE_CHECKING:
    from django.http import HttpResponse
    from django.test import Client

    from courses.models import User
    from tests.people import LogIn


__all__ = ["client", "draft", "sent"]
ROOT = "wagtailsnippets_evaluation_instrumentversion"
CHANGES = ("add", "edit", "delete")
pytestmark = pytest.mark.django_db


def address(view: str, version: InstrumentVersion | None = None) -> str:
    return reverse(f"{ROOT}:{view}", args=[version.pk] if version else [])


def fields(page: HttpResponse) -> dict[str, Any]:
    """What the form on a page would send."""
    form = BeautifulSoup(page.content, "html.parser").select_one("form[data-edit-form]")
    assert form is not None
    found: dict[str, Any] = {}
    for field in form.select("input[name], textarea[name]"):
        if field.get("type") not in ("checkbox", "radio", "submit") or field.has_attr("checked"):
            found[field["name"]] = field.get("value", "") if field.name == "input" else field.text.strip("\n")
    for field in form.select("select[name]"):
        chosen = field.select_one("option[selected]")
        found[field["name"]] = chosen["value"] if chosen else ""
    return {name: value for name, value in found.items() if "__prefix__" not in name}


def test_the_list_shows_the_short_name_that_everything_else_refers_to(
    client: Client, draft: InstrumentVersion
) -> None:
    table = BeautifulSoup(client.get(address("list")).content, "html.parser").select_one("table")
    assert table is not None
    heads = [cell.text.strip() for cell in table.select("thead th")]
    cells = [cell.text.strip() for cell in table.select("tbody tr td")]
    assert cells[heads.index("Kortnavn")] == "trygg"


# --- writing
def test_saving_the_form_as_it_stands_changes_nothing(client: Client, draft: InstrumentVersion) -> None:
    before = rows.read(draft)
    page = client.get(address("edit", draft))
    assert page.status_code == 200
    after = client.post(address("edit", draft), fields(page))
    assert after["Location"] == address("edit", draft), plain(after)[:2000]
    assert rows.read(InstrumentVersion.objects.get(pk=draft.pk)) == before


def test_what_is_written_is_stored_in_both_languages_and_in_its_order(
    client: Client, draft: InstrumentVersion
) -> None:
    sent = fields(client.get(address("edit", draft)))
    sent |= {"items-0-text_nb": "Nytt utsagn", "items-0-text_nn": "Ny utsegn"}
    sent |= {"items-0-ORDER": "2", "items-1-ORDER": "1"}
    assert client.post(address("edit", draft), sent).status_code == 302
    items = rows.read(InstrumentVersion.objects.get(pk=draft.pk)).definition.items
    assert [item.key for item in items[:2]] == ["t02", "t01"]
    assert items[1].text == Words("Nytt utsagn", "Ny utsegn")


def test_a_new_questionnaire_gets_a_short_name_that_nothing_else_has(
    client: Client, draft: InstrumentVersion
) -> None:
    sent = fields(client.get(address("add")))
    sent |= {"title_nb": "Et nytt", "short_name": "trygg", "minutes": "2"}
    refused = client.post(address("add"), sent)
    assert refused.status_code == 200
    assert "Åpne det, og lag ny versjon" in plain(refused)
    assert client.post(address("add"), sent | {"short_name": "et-nytt"}).status_code == 302
    made = InstrumentVersion.objects.get(instrument__key="et-nytt")
    assert (made.number, made.frozen_at) == (1, None)


def test_a_frame_can_be_saved_without_wording(client: Client, draft: InstrumentVersion) -> None:
    empty = {"items-0-text_nb": "", "choice_lists-0-choices-0-label_nb": ""}
    sent = fields(client.get(address("edit", draft))) | empty
    assert client.post(address("edit", draft), sent).status_code == 302
    assert Item.objects.get(version=draft, key="t01").text_nb == ""
    assert Choice.objects.filter(choice_list__version=draft, label_nb="").count() == 1


def test_each_fault_is_listed_with_a_way_to_where_it_stands(client: Client, draft: InstrumentVersion) -> None:
    InstrumentVersion.objects.filter(pk=draft.pk).update(licence="")
    Item.objects.filter(version=draft, key="t02").update(show_if_item="borte", show_if_codes="1")
    page = client.get(address("edit", draft))
    soup = BeautifulSoup(page.content, "html.parser")
    assert "2 ting må rettes før skjemaet kan sendes ut" in plain(page)
    assert "Lisens mangler" in plain(page)
    link = soup.select_one("a[href='#inline_child_items-1']")
    assert link is not None
    assert "t02" in link.text
    read = client.get(address("inspect", draft))
    assert "viser til «borte», som ikke finnes" in plain(read)


def test_missing_nynorsk_is_said_and_hinders_nothing(client: Client, draft: InstrumentVersion) -> None:
    Item.objects.filter(version=draft, key="t02").update(text_nn="")
    page = plain(client.get(address("edit", draft)))
    assert "Skjemaet kan sendes ut" in page
    assert "Ett sted mangler nynorsk" in page


def test_sixty_items_are_shown_in_as_many_queries_as_five(client: Client) -> None:
    counts = []
    for number in (5, 60):
        asked = definition([statement(f"t{n}") for n in range(number)])
        version = loading.store(Draft(asked))[0]
        for view in ("edit", "inspect"):
            with CaptureQueriesContext(connection) as seen:
                assert client.get(address(view, version)).status_code == 200
            counts.append(len(seen))
    assert counts[:2] == counts[2:]


def test_the_list_of_many_versions_takes_as_many_queries_as_of_one(client: Client) -> None:
    counts = []
    for number in (1, 6):
        for _ in range(number):
            loading.store(Draft(definition()))
        with CaptureQueriesContext(connection) as seen:
            assert client.get(address("list")).status_code == 200
        counts.append(len(seen))
    assert counts[0] == counts[1]


# --- the phone
@pytest.mark.parametrize(("mode", "said"), [("nb", "Utsagn t01"), ("nn", "Utsegn t01")])
def test_the_preview_shows_what_families_get_in_either_language(
    client: Client, draft: InstrumentVersion, mode: str, said: str
) -> None:
    page = client.get(address("preview_on_edit", draft), {"mode": mode, "in_preview_panel": "true"})
    assert page.status_code == 200
    assert said in plain(page)
    assert 'type="radio"' in page.content.decode()


def test_the_preview_shows_what_is_written_before_it_is_saved(
    client: Client, draft: InstrumentVersion
) -> None:
    sent = fields(client.get(address("edit", draft))) | {"items-0-text_nb": "Ikke lagret ennå"}
    assert client.post(address("preview_on_edit", draft), sent).json() == {
        "is_valid": True,
        "is_available": True,
    }
    assert "Ikke lagret ennå" in plain(client.get(address("preview_on_edit", draft), {"mode": "nb"}))
    assert Item.objects.get(version=draft, key="t01").text_nb == "Utsagn t01"


def test_what_is_to_be_added_has_a_preview_too(client: Client) -> None:
    sent = fields(client.get(address("add"))) | {
        "title_nb": "Et nytt",
        "short_name": "et-nytt",
        "minutes": "1",
    }
    assert client.post(address("preview_on_add"), sent).json()["is_valid"]
    assert "Et nytt" in plain(client.get(address("preview_on_add")))
    assert not Instrument.objects.exists()


# --- what was sent
@pytest.mark.parametrize("view", ["edit", "delete"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_what_was_sent_is_neither_edited_nor_deleted(
    client: Client, sent: InstrumentVersion, view: str, method: str
) -> None:
    before = list(Item.objects.filter(version=sent).values())
    page = getattr(client, method)(address(view, sent), {"title_nb": "Et annet"}, follow=True)
    assert page.redirect_chain[-1][0] == address("inspect", sent)
    assert "Skjemaet er sendt ut og kan ikke endres. Lag ny versjon." in plain(page)
    assert list(Item.objects.filter(version=sent).values()) == before
    sent.refresh_from_db()
    assert sent.title_nb == "Trygg i oppdraget"


def test_a_form_that_was_open_when_it_was_sent_is_refused(client: Client, draft: InstrumentVersion) -> None:
    typed = fields(client.get(address("edit", draft))) | {"title_nb": "Et annet"}
    freeze(draft)
    page = client.post(address("edit", draft), typed, follow=True)
    assert "Lag ny versjon" in plain(page)
    draft.refresh_from_db()
    assert draft.title_nb == "Trygg i oppdraget"


def test_there_is_no_copying_past_the_ids(client: Client, sent: InstrumentVersion) -> None:
    for method in (client.get, client.post):
        page = method(f"/cms/snippets/evaluation/instrumentversion/copy/{sent.pk}/")
        assert page.status_code in (404, 405)
    assert InstrumentVersion.objects.count() == 1


def test_a_new_version_is_one_button_and_keeps_the_ids(client: Client, sent: InstrumentVersion) -> None:
    page = client.get(address("inspect", sent))
    assert "Lag ny versjon" in plain(page)
    assert reverse("egs_instrument_phone", args=[sent.pk]) in page.content.decode()
    assert "Utsagn t01" in plain(client.get(address("preview_on_edit", sent)))
    for _ in range(2):
        page = client.post(reverse("egs_new_instrument_version", args=[sent.pk]))
        made = InstrumentVersion.objects.get(instrument=sent.instrument, number=2)
        assert page["Location"] == address("edit", made)
    keys = [item.key for item in rows.read(made).definition.items]
    assert keys == [item.key for item in sent.frozen.items]


def test_a_new_version_says_what_became_of_each_item(client: Client, sent: InstrumentVersion) -> None:
    made = new_version(sent)
    assert "Ingenting er endret ennå" in plain(client.get(address("inspect", made)))
    Item.objects.filter(version=made, key="t01").update(text_nb="Omskrevet utsagn")
    Item.objects.filter(version=made, key="ord").delete()
    page = plain(client.get(address("inspect", made)))
    assert "Endret siden versjon 1" in page
    assert "omskrevet Utsagn t01 Omskrevet utsagn" in page
    assert "tatt ut" in page


# --- who
def test_an_editor_reads_and_downloads_and_changes_nothing(
    logged_in: LogIn, editor: User, draft: InstrumentVersion
) -> None:
    client = logged_in(editor)
    assert client.get(address("list")).status_code == 200
    assert address("edit", draft) not in client.get(address("inspect", draft)).content.decode()
    assert client.get(reverse("egs_instrument_file", args=[draft.pk, "yaml"])).status_code == 200
    phone = reverse("egs_instrument_phone", args=[draft.pk])
    assert f'href="{phone}?mode=nn"' in client.get(address("inspect", draft)).content.decode()
    for mode, words in (("nb", "Utsagn t01"), ("nn", "Utsegn t01"), ("", "Utsagn t01"), ("x", "Utsagn t01")):
        assert words in plain(client.get(phone, {"mode": mode}))
    assert client.get(reverse("egs_instrument_phone", args=[draft.pk + 99])).status_code == 404
    for view in CHANGES:
        where = address(view, None if view == "add" else draft)
        for method in (client.get, client.post):
            assert method(where).status_code in (302, 403)
    assert client.post(reverse("egs_import_instrument")).status_code == 403
    assert client.post(reverse("egs_new_instrument_version", args=[draft.pk])).status_code == 403
    assert InstrumentVersion.objects.filter(pk=draft.pk).exists()


def test_an_unknown_kind_of_file_and_an_unknown_version_are_not_there(
    client: Client, draft: InstrumentVersion
) -> None:
    assert client.get(reverse("egs_instrument_file", args=[draft.pk, "exe"])).status_code == 404
    assert client.get(reverse("egs_instrument_file", args=[draft.pk + 99, "yaml"])).status_code == 404
