"""A page is published only with links that lead somewhere, and under an address that works."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.urls import reverse
from wagtail.test.utils.form_data import nested_form_data, rich_text, streamfield

from cms.checks import USABLE
from tests import factories as made
from tests.cms.editor_forms import PUBLISH, admin, assert_refused, edit, live_title, pages, part_form, text
from tests.cms.pages import Pages, pictures_left_open

if TYPE_CHECKING:
    from django.test import Client


__all__ = ["admin", "pages"]
pytestmark = [pytest.mark.django_db, pictures_left_open]


@pytest.mark.parametrize("slug", ["første", "apne"])
def test_an_address_that_would_not_work_is_refused(admin: Client, pages: Pages, slug: str) -> None:
    page = pages.parts[0]
    answer = edit(admin, page, part_form(page, text()) | {"slug": slug} | PUBLISH)
    assert answer.status_code == 200
    assert answer.context["form"].errors["slug"]


def test_an_address_stays_when_an_edition_has_the_part(admin: Client, pages: Pages) -> None:
    page = pages.parts[0]
    data = part_form(page, text()) | PUBLISH
    assert edit(admin, page, data | {"slug": "ny-adresse"}).status_code == 302
    page.refresh_from_db()
    assert page.slug == "ny-adresse"
    made.EditionPartFactory(module=pages.modules[0].module, key="ny-adresse")
    assert edit(admin, page, data | {"slug": "enda-en"}).status_code == 302
    page.refresh_from_db()
    assert page.slug == "ny-adresse"
    shown = admin.get(reverse("wagtailadmin_pages:edit", args=[page.pk])).content.decode()
    assert "Notater og «lest» hører til denne adressen." in shown


@pytest.mark.parametrize(
    "link",
    [
        '<a linktype="page" id="1">her</a>',
        '<a href="http://a.no">her</a>',
        '<a href="//a.no/">her</a>',
        '<a href="/\\a.no/">her</a>',
        '<a href="hjelp/">her</a>',
    ],
)
def test_a_link_that_leads_nowhere_is_refused(admin: Client, pages: Pages, link: str) -> None:
    page = pages.parts[0]
    data = part_form(page)
    body = streamfield([("text", rich_text(f"<p>{link}</p>", features=["link"]))])
    data |= nested_form_data({"body": body})
    assert_refused(edit(admin, page, data | PUBLISH), page, "En lenke i teksten virker ikke.")


@pytest.mark.parametrize("address", ["/hjelp/", "/", "/hjelp/#kommune-vika", "/?side=1"])
def test_a_link_to_a_page_of_our_own_is_published(admin: Client, pages: Pages, address: str) -> None:
    page = pages.parts[0]
    body = streamfield([("text", rich_text(f'<p><a href="{address}">her</a></p>', features=["link"]))])
    answer = edit(admin, page, part_form(page) | nested_form_data({"body": body}) | PUBLISH)
    assert answer.status_code == 302
    assert live_title(page) == "Ny tittel"


@pytest.mark.parametrize(
    "address", ["//a.no/", "/&#47;a.no/", "/&Tab;/a.no/", "/\\a.no", "/\t/a.no", "", "hjelp/"]
)
def test_what_a_browser_reads_as_another_site_is_no_page_of_our_own(address: str) -> None:
    assert not USABLE.search(f'<a href="{address}">')


def test_an_address_without_encryption_is_refused(admin: Client, pages: Pages) -> None:
    page = pages.parts[0]
    link = {"title": "Mer", "url": "http://example.no", "text": rich_text("")}
    answer = edit(admin, page, part_form(page, ("link", link)) | PUBLISH)
    assert_refused(answer, page, "Adressen må begynne med https://")
