"""Wagtail's own routes: shut for whoever has no business there, and about content only for the editor."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.contrib.auth.models import Permission
from django.urls import get_resolver, reverse
from wagtail.models import Collection

from cms.access_matrix import NOBODY
from courses.models import User
from tests.access.browsers import ask
from tests.access.routes import Route, routes_of
from tests.factories import HelpNumberFactory
from tests.tree import make_tree

if TYPE_CHECKING:
    from django.test import Client

    from courses.models import Adult
    from tests.people import LogIn
    from tests.tree import Tree

REFUSED_BEFORE, OPEN_BEFORE = 5_304, 888  # cells; may never fall
SHUT = ("wagtailusers", "wagtailadmin_login", "wagtailadmin_password", "wagtailadmin_error_test")
# Wagtail's own views that break on a form without its fields, which only an editor could send.
BREAKS = {
    ("POST", "wagtailadmin_pages:add"),
    ("POST", "wagtailadmin_pages:edit"),
    ("POST", "wagtailadmin_pages:copy"),
    ("POST", "wagtailadmin_pages:revisions_revert"),
    ("POST", "wagtailadmin_choose_page_external_link"),
    ("POST", "wagtailadmin_editing_sessions:ping"),
    *(("POST", f"wagtailsnippetchoosers_courses_{kind}:create") for kind in ("fact", "helpnumber", "word")),
}
FORBIDDEN_WORDS = ("wagtailusers", "settings", "password", "login")

pytestmark = pytest.mark.django_db(databases=["default", "answers"])


def wagtails() -> list[Route]:
    return [route for route in routes_of(get_resolver()) if route.is_wagtails]


def test_nobody_without_the_role_and_two_factors_gets_in(browsers: dict[tuple[str, int], Client]) -> None:
    wrong, cells = [], 0
    for route in wagtails():
        if route.name == "wagtailadmin_sprite":  # icons, the same for everybody
            continue
        address = route.address({})
        for (role, factors), client in browsers.items():
            if role in ("project-leader", "editor") and factors > 1:
                continue
            for method in ("GET", "POST"):
                cells += 1
                page = ask(client, method, address)
                if page.status_code not in (302, 403, 404, 405) or _is_inside(page):
                    wrong.append(f"{method} {address} as {role or 'nobody'}/{factors}: {page.status_code}")
    print(f"wagtail refusals: {cells} cells")
    assert wrong == []
    assert cells >= REFUSED_BEFORE


def _is_inside(page: Any) -> bool:
    """A redirect to somewhere else than the way in."""
    ways_in = ("/logg-inn/", reverse("account_two_factors"))
    return page.status_code == 302 and not page["Location"].startswith(ways_in)


@pytest.fixture
def tree() -> Tree:
    return make_tree()


@pytest.fixture
def real(tree: Tree) -> dict[str, Any]:
    """Real rows for the parameters of Wagtail's routes, so that views do their work."""
    page = tree.part.pk
    return {
        **{name: page for name in ("page_id", "page_to_move_id", "wagtailadmin_api:pages:detail.pk")},
        "parent_page_id": tree.module.pk,
        "destination_id": tree.module.pk,
        "revision_id": tree.part.latest_revision_id,
        "content_type_app_name": "cms",
        "content_type_model_name": "partpage",
        "wagtailadmin_pages:choose_parent.model_name": "partpage",
        "wagtailadmin_pages:choose_parent.app_label": "cms",
        "programme": tree.programme.programme.slug,
        "collection_id": Collection.objects.get(depth=1).pk,
        "pk": HelpNumberFactory().pk,
    }


@pytest.mark.parametrize("role", [("editor", 2), ("project-leader", 2)])
def test_no_page_of_the_editors_breaks(
    browsers: dict[tuple[str, int], Client], real: dict[str, Any], role: tuple[str, int]
) -> None:
    wrong, cells = [], 0
    for route in wagtails():
        for values in (real, {}):
            for method in ("GET", "POST"):
                cells += 1
                page = ask(browsers[role], method, route.address(values))
                if page.status_code >= 500 and (method, route.name) not in BREAKS:
                    wrong.append(f"{method} {route.address(values)}: {page.status_code}")
    print(f"wagtail as {role[0]}: {cells} cells")
    assert wrong == []
    assert cells >= OPEN_BEFORE


def test_routes_about_people_and_settings_are_nobodys() -> None:
    found = [route for route in wagtails() if any(word in route.name for word in FORBIDDEN_WORDS)]
    assert len(found) >= 20
    assert {route.name for route in found if route.rule is None or route.rule.roles != NOBODY} == set()


@pytest.mark.parametrize("role", [("editor", 2), ("project-leader", 2)])
def test_editor_reaches_nothing_about_people_or_settings(
    browsers: dict[tuple[str, int], Client], role: tuple[str, int]
) -> None:
    for route in wagtails():
        if route.name.startswith(SHUT):
            for method in ("GET", "POST"):
                page = ask(browsers[role], method, route.address({"user_id": 1, "pk": 1}))
                assert page.status_code in (403, 405), f"{method} {route.name}"


@pytest.mark.parametrize(
    "address", ["/cms/settings/", "/cms/forms/", "/cms/redirects/", "/cms/api/v2/", "/api/v2/"]
)
def test_parts_of_wagtail_that_are_not_installed_are_not_there(
    logged_in: LogIn, editor: User, address: str
) -> None:
    assert logged_in(editor).get(address).status_code == 404


@pytest.mark.parametrize(
    "model", ["courses/user", "courses/adult", "courses/family", "auth/group", "courses/role"]
)
@pytest.mark.parametrize("action", ["delete", "assign_role", "set_active_state"])
def test_many_at_once_never_reaches_people(
    logged_in: LogIn, editor: User, adult: Adult, model: str, action: str
) -> None:
    client = logged_in(editor)
    for method in (client.get, client.post):
        page = method(f"/cms/bulk/{model}/{action}/?id={adult.user_id}&id=all")
        assert page.status_code == 404
        assert adult.user.first_name not in page.content.decode()
    assert User.objects.filter(pk=adult.user_id).exists()


def test_many_at_once_works_for_pages(logged_in: LogIn, editor: User, tree: Tree) -> None:
    page = logged_in(editor).get(f"/cms/bulk/wagtailcore/page/unpublish/?id={tree.part.pk}")
    assert page.status_code == 200
    assert "Del en" in page.content.decode()


@pytest.mark.parametrize("kind", ["user", "adult", "family", "role", "group", "enrolment", "invitation"])
def test_people_are_no_snippets(logged_in: LogIn, editor: User, kind: str) -> None:
    client = logged_in(editor)
    for address in (f"/cms/snippets/courses/{kind}/", f"/cms/snippets/choose/courses/{kind}/"):
        assert client.get(address).status_code == 404


def test_search_in_the_admin_finds_no_person(
    logged_in: LogIn, editor: User, adult: Adult, tree: Tree
) -> None:
    client = logged_in(editor)
    for address in (
        "pages/search/",
        "images/",
        "documents/",
        "choose-page/search/",
        "snippets/courses/word/",
    ):
        page = client.get(f"/cms/{address}", {"q": adult.user.first_name}, follow=True)
        assert page.status_code == 200
        found = page.content.decode().replace(f'value="{adult.user.first_name}"', "")
        assert adult.user.email not in found
        assert adult.user.username not in found


def test_editor_cannot_give_herself_rights_on_her_own_page(logged_in: LogIn, editor: User) -> None:
    before = (editor.email, editor.is_superuser, editor.is_staff, editor.password)
    client = logged_in(editor)
    assert client.get("/cms/account/").status_code == 200
    client.post(
        "/cms/account/",
        {
            "name_email-first_name": "Arne",
            "name_email-last_name": "A",
            "name_email-email": "angriper@example.com",
            "is_superuser": "on",
            "is_staff": "on",
            "password-new_password1": "hemmelighemmelig1",
            "password-new_password2": "hemmelighemmelig1",
        },
    )
    editor.refresh_from_db()
    assert (editor.email, editor.is_superuser, editor.is_staff, editor.password) == before


def test_editors_rights_are_about_content_alone(editor: User) -> None:
    given = Permission.objects.filter(group__user=editor).values_list(
        "content_type__app_label", "content_type__model"
    )
    assert set(given) <= {
        ("wagtailadmin", "admin"),
        ("courses", "helpnumber"),
        ("courses", "fact"),
        ("courses", "word"),
    }
    assert not any(editor.has_perm(f"courses.{verb}_user") for verb in ("add", "change", "delete", "view"))


def test_editor_cannot_publish_an_edition(logged_in: LogIn, editor: User, tree: Tree) -> None:
    address = reverse("egs_publish_edition", args=[tree.programme.programme.slug])
    client = logged_in(editor)
    assert client.get(address).status_code == 403
    assert client.post(address, {"version": "1.0", "reason": "x"}).status_code == 403
    assert not tree.programme.programme.editions.exists()
