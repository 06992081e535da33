"""What an editor meets when a page is published: refused in plain words, never lost, fine as a draft."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from django.urls import reverse
from wagtail.test.utils.form_data import inline_formset, nested_form_data

from cms.checks import run_sheet_problems
from cms.models import ModulePage
from courses.models import HelpNumber, User
from tests import factories as made
from tests.cms.editor_forms import PUBLISH, admin, assert_refused, edit, live_title, pages, part_form, text
from tests.cms.pages import Pages, make_nynorsk, make_picture, make_recording, pictures_left_open

if TYPE_CHECKING:
    from django.test import Client

    from tests.people import LogIn


__all__ = ["admin", "pages"]
pytestmark = [pytest.mark.django_db, pictures_left_open]


def module_form(page: ModulePage, minutes: list[int], planned: int = 135) -> dict[str, Any]:
    rows = [
        {
            "minutes": str(row),
            "title": "Samtale",
            "do": "",
            "ask": "",
            "material": "",
            "core": "",
            "if_hard": "",
        }
        for row in minutes
    ]
    values = {
        "title": "Ny tittel",
        "slug": page.slug,
        "module": str(page.module_id),
        "ingress": "Kort.",
        "goals": "",
        "evening_minutes": str(planned),
        "materials": "",
        "run_sheet": inline_formset(rows),
        "core_elements": inline_formset([]),
        "comments": inline_formset([]),
    }
    return nested_form_data(values)


def test_a_whole_part_is_published(admin: Client, pages: Pages) -> None:
    answer = edit(admin, pages.parts[0], part_form(pages.parts[0], text()) | PUBLISH)
    assert answer.status_code == 302
    assert live_title(pages.parts[0]) == "Ny tittel"


def test_an_empty_part_is_refused_when_published_and_fine_as_a_draft(admin: Client, pages: Pages) -> None:
    page = pages.parts[0]
    answer = edit(admin, page, part_form(page) | PUBLISH)
    assert_refused(answer, page, "Delen er tom. Skriv noe før den publiseres.")
    assert edit(admin, page, part_form(page)).status_code == 302
    page.refresh_from_db()
    assert page.get_latest_revision_as_object().title == "Ny tittel"
    assert live_title(page) != "Ny tittel"


def test_a_nynorsk_part_may_be_empty(admin: Client, pages: Pages) -> None:
    page = make_nynorsk(pages)[-1]
    assert edit(admin, page, part_form(page) | PUBLISH).status_code == 302
    assert live_title(page) == "Ny tittel"


def test_a_heading_that_skips_a_level_is_refused(admin: Client, pages: Pages) -> None:
    page = pages.parts[0]
    data = part_form(page, text("<h3>Midt i</h3><p>Noe.</p>"))
    assert_refused(edit(admin, page, data | PUBLISH), page, "En overskrift hopper over et nivå.")
    assert edit(admin, page, data).status_code == 302


def test_a_film_without_captions_is_refused(admin: Client, pages: Pages) -> None:
    page, film = pages.parts[0], make_recording(captions="")
    data = part_form(page, ("recording", {"recording": str(film.pk)}))
    assert_refused(edit(admin, page, data | PUBLISH), page, "Opptaket mangler teksting (.vtt).")
    assert edit(admin, page, data).status_code == 302


def test_a_picture_without_words_is_refused(admin: Client, pages: Pages) -> None:
    page, picture = pages.parts[0], make_picture()
    data = part_form(page, ("picture", {"image": str(picture.pk), "alt": "", "caption": ""}))
    assert_refused(edit(admin, page, data | PUBLISH), page, "Skriv hva bildet viser")
    assert edit(admin, page, data).status_code == 302


def test_a_run_sheet_that_does_not_add_up_is_refused_with_both_numbers(admin: Client, pages: Pages) -> None:
    page = pages.modules[0]
    data = module_form(page, [60, 60])
    assert_refused(
        edit(admin, page, data | PUBLISH), page, "Kveldsplanen blir 120 minutter, men kvelden varer 135."
    )
    assert edit(admin, page, data).status_code == 302


def test_a_run_sheet_that_adds_up_is_published(admin: Client, pages: Pages) -> None:
    page = pages.modules[0]
    assert edit(admin, page, module_form(page, [60, 75]) | PUBLISH).status_code == 302
    assert live_title(page) == "Ny tittel"


@pytest.mark.parametrize(
    ("rows", "planned", "refused"),
    [([60, 75], 135, False), ([135], 135, False), ([], 135, False), ([60], 135, True), ([135, 1], 135, True)],
)
def test_the_minutes_of_a_run_sheet_add_up_or_are_not_written_yet(
    rows: list[int], planned: int, refused: bool
) -> None:
    assert bool(run_sheet_problems(rows, planned)) is refused


@pytest.mark.parametrize("kind", ["part", "module"])
def test_a_page_is_previewed_as_the_family_sees_it(admin: Client, pages: Pages, kind: str) -> None:
    page: Any = pages.parts[0] if kind == "part" else pages.modules[0]
    data = (
        part_form(pages.parts[0], text("<p>Bare et utkast.</p>"))
        if kind == "part"
        else module_form(page, [135])
    )
    address = reverse("wagtailadmin_pages:preview_on_edit", args=[page.pk])
    assert admin.post(address, data).json()["is_valid"]
    shown = admin.get(address)
    html = shown.content.decode()
    assert shown.status_code == 200
    assert "Ny tittel" in html
    assert ("Bare et utkast." in html) is (kind == "part")
    assert "<textarea" not in html


@pytest.mark.parametrize("kind", ["part", "module"])
def test_a_preview_may_be_framed_by_the_editor_and_by_nobody_else(
    admin: Client, pages: Pages, kind: str
) -> None:
    page: Any = pages.parts[0] if kind == "part" else pages.modules[0]
    data = part_form(pages.parts[0], text()) if kind == "part" else module_form(page, [135])
    address = reverse("wagtailadmin_pages:preview_on_edit", args=[page.pk])
    admin.post(address, data)
    shown = admin.get(address)
    assert "frame-ancestors 'self'" in shown["Content-Security-Policy"]
    assert shown["X-Frame-Options"] == "SAMEORIGIN"


def test_a_part_that_is_not_saved_yet_is_previewed(admin: Client, pages: Pages) -> None:
    address = reverse("wagtailadmin_pages:preview_on_add", args=["cms", "partpage", pages.modules[0].pk])
    data = part_form(pages.parts[0], text("<p>Helt ny.</p>")) | {"slug": "helt-ny"}
    assert admin.post(address, data).json()["is_valid"]
    shown = admin.get(address)
    assert "Helt ny." in shown.content.decode()
    assert "Del 2 av 2" in shown.content.decode()


def test_who_has_no_content_to_write_never_reaches_the_admin(
    pages: Pages, researcher: User, logged_in: LogIn
) -> None:
    address = reverse("wagtailadmin_pages:edit", args=[pages.parts[0].pk])
    for person in (researcher, made.RoleFactory(kind="contact-person").user, made.AdultFactory()):
        assert logged_in(person).get(address).status_code == 403


def new_page(admin: Client, pages: Pages, **values: str) -> Any:
    address = reverse("wagtailadmin_pages:add", args=["cms", "modulepage", pages.top.pk])
    data = module_form(pages.modules[0], [135]) | {"slug": "sovn", "title": "Søvn", "module": ""}
    return admin.post(address, data | values)


def test_a_new_module_page_makes_its_module(admin: Client, pages: Pages) -> None:
    assert new_page(admin, pages).status_code == 302
    module = ModulePage.objects.get(slug="sovn").module
    assert (module.programme, module.number, module.slug) == (pages.programme, 2, "sovn")
    assert new_page(admin, pages, slug="modul-1-2", title="Ny").status_code == 302
    assert pages.programme.modules.count() == 3


def test_a_module_that_has_a_page_gets_no_second_one(admin: Client, pages: Pages) -> None:
    answer = new_page(admin, pages, module=str(pages.modules[0].module_id))
    assert answer.context["form"].errors["module"] == ["Modulen har en side fra før."]
    other = made.ModuleFactory()
    assert new_page(admin, pages, module=str(other.pk)).context["form"].errors["module"]


def test_a_preview_of_a_new_module_makes_nothing(admin: Client, pages: Pages) -> None:
    address = reverse("wagtailadmin_pages:preview_on_add", args=["cms", "modulepage", pages.top.pk])
    data = module_form(pages.modules[0], [135]) | {"slug": "sovn", "title": "Søvn", "module": ""}
    assert admin.post(address, data).json()["is_valid"]
    assert "Søvn" in admin.get(address).content.decode()
    assert pages.programme.modules.count() == 1


def test_a_page_keeps_its_module_and_its_address(admin: Client, pages: Pages) -> None:
    page = pages.modules[0]
    other = made.ModuleFactory(programme=pages.programme, number=2)
    data = module_form(page, [135]) | {"slug": "annen", "module": str(other.pk)}
    assert edit(admin, page, data | PUBLISH).status_code == 302
    fresh = ModulePage.objects.get(pk=page.pk)
    assert (fresh.title, fresh.slug, fresh.module_id) == ("Ny tittel", page.slug, page.module_id)


# ── opening hours ───────────────────────────────────────────────────────────────────────────────────

NUMBER = {
    "key": "vakta",
    "label": "Vakta",
    "number": "116117",
    "who": "Hvem som helst",
    "hours": "Alltid",
    "owner": "Oss",
    "position": "1",
    "checked_on": "2026-01-01",
}


@pytest.mark.parametrize(
    "windows",
    ["3", "[3]", '{"days": []}', '[{"days": ["mandag"], "from": "08:00", "to": "15:00"}]',
     '[{"days": ["mon"], "from": "8", "to": "15:00"}]', '[{"days": "mon", "from": "08:00", "to": "15:00"}]'],
)  # fmt: skip
def test_opening_hours_that_cannot_be_read_are_refused(admin: Client, windows: str) -> None:
    answer = admin.post(reverse("wagtailsnippets_courses_helpnumber:add"), NUMBER | {"windows": windows})
    assert answer.status_code == 200
    assert "Åpningstidene kan ikke leses." in answer.context["form"].errors["windows"][0]


@pytest.mark.parametrize("windows", ["", "[]", '[{"days": ["mon"], "from": "15:00", "to": "08:00"}]'])
def test_opening_hours_are_stored_and_help_opens(admin: Client, windows: str) -> None:
    address = reverse("wagtailsnippets_courses_helpnumber:add")
    assert admin.post(address, NUMBER | {"windows": windows}).status_code == 302
    assert HelpNumber.objects.get().windows == json.loads(windows or "[]")
    assert admin.get("/hjelp/", {"kommune": "x"}).status_code == 200
