"""Wagtail's own pages where ours say something else: what families still read, the account, the search."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.contrib.messages import get_messages
from django.contrib.messages.storage.fallback import FallbackStorage
from django.utils import timezone

from cms.wagtail_hooks import families_still_read_the_edition
from courses.models import Edition
from tests import factories as made
from tests.cms.editor_forms import admin
from tests.cms.pages import Pages, make_nynorsk, make_pages

if TYPE_CHECKING:
    from django.test import Client, RequestFactory

    from courses.models import User

__all__ = ["admin"]
pytestmark = pytest.mark.django_db
OLD = "leser fortsatt den gamle teksten"


@pytest.fixture
def pages() -> Pages:
    return make_pages(modules=1, parts=1)


def group_with_evening(admin: Client, pages: Pages, days: int) -> None:
    admin.post("/cms/utgaver/en-god-start/publiser/", {"version": "1.0", "reason": "Den første."})
    made.EveningFactory(
        group=made.GroupFactory(edition=Edition.objects.get()),
        module=pages.modules[0].module,
        starts_at=timezone.now() + timedelta(days=days),
    )


def said_after_publishing(rf: RequestFactory, page: Any) -> str:
    request = rf.post("/")
    request.session = {}
    request._messages = FallbackStorage(request)
    families_still_read_the_edition(request, page)
    return " ".join(str(message) for message in get_messages(request))


def test_whoever_publishes_a_part_is_told_that_running_groups_read_the_old_text(
    admin: Client, pages: Pages, rf: RequestFactory
) -> None:
    group_with_evening(admin, pages, days=3)
    words = said_after_publishing(rf, pages.parts[0])
    assert OLD in words
    assert 'href="/cms/utgaver/"' in words
    assert "ta inn rettelsen" in words
    [_top, module, part] = make_nynorsk(pages)
    assert OLD in said_after_publishing(rf, part)
    assert "kommer med neste utgave" in said_after_publishing(rf, module)


@pytest.mark.parametrize("days", [None, -3])
def test_nothing_is_said_where_no_group_meets_any_more(
    admin: Client, pages: Pages, rf: RequestFactory, days: int | None
) -> None:
    if days is not None:
        group_with_evening(admin, pages, days)
    for page in (pages.parts[0], pages.modules[0], pages.top, pages.home):
        assert said_after_publishing(rf, page) == ""


def test_the_search_says_how_many_it_found(admin: Client, pages: Pages) -> None:
    text = admin.get("/cms/pages/search/", {"q": "Modul"}).content.decode()
    assert "av 1 None" not in text
    assert "1–1 av 1 treff" in text


def test_the_account_asks_for_a_first_name_and_for_nothing_we_do_not_keep(
    admin: Client, project_leader: User
) -> None:
    text = admin.get("/cms/account/").content.decode()
    assert 'name="name_email-first_name"' in text
    for gone in ("last_name", "avatar-avatar", "time_zone", "localtime"):
        assert gone not in text
    form = {"name_email-first_name": "Sol", "theme-theme": "system", "theme-density": "default"}
    form |= {"theme-contrast": "system", "theme-keyboard_shortcuts": "on"}
    assert admin.post("/cms/account/", form | {"name_email-last_name": "Berg"}).status_code == 302
    project_leader.refresh_from_db()
    assert (project_leader.first_name, project_leader.last_name) == ("Sol", "")


def test_tabs_of_the_editor_bear_our_name(admin: Client) -> None:
    for address in ("/cms/", "/cms/snippets/evaluation/instrumentversion/", "/cms/utgaver/"):
        title = admin.get(address).content.decode().partition("<title>")[2].partition("</title>")[0]
        assert "En god start" in title
        assert "Wagtail" not in title


def test_the_editors_panel_tells_no_other_reading_time_than_the_families_see(
    admin: Client, pages: Pages
) -> None:
    text = admin.get(f"/cms/pages/{pages.parts[0].pk}/edit/").content.decode()
    assert "data-content-word-count" in text
    assert "<p hidden data-content-reading-time></p>" in text
    assert ">Lesetid<" not in text


def test_the_tables_of_editions_scroll_by_themselves(admin: Client, pages: Pages) -> None:
    group_with_evening(admin, pages, days=3)
    text = admin.get("/cms/utgaver/").content.decode()
    assert text.count('<table class="listing">') == text.count(
        'class="egs-scroll" role="region" tabindex="0"'
    )
