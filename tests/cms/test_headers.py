"""What every answer says to the browser: what may run, who may embed or keep it, and no third party."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

import pytest
from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from wagtail.test.utils.form_data import nested_form_data, rich_text, streamfield

from cms.middleware import CMS_CSP, PANEL_CSP, PREVIEW_CSP
from tests.factories import EveningFactory, HelpNumberFactory, WordFactory
from tests.tree import make_info, make_tree

if TYPE_CHECKING:
    from courses.models import Adult, User
    from tests.people import LogIn
    from tests.tree import Tree

# reliability.md §5, word for word; without a nonce, because no page of ours has a script in it
FRONT_CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; media-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'; object-src 'none'; worker-src 'self'; require-trusted-types-for 'script'; "
    "trusted-types egs"
)
PUBLIC = [
    *("/", "/hjelp/", "/uten-nett/", "/personvern/", "/tilgjengelighet/", "/praktisk/", "/ord/"),
    *("/demo/", "/demo/postkasse/", "/helse/", "/sw.js", "/finnes-ikke/"),
]
WITH_A_FORM = ["/innstillinger/", "/logg-inn/", "/logg-inn/passord/", "/logg-inn/kode/", "/invitasjon/x/"]
PERSONAL = [
    "/min/", "/kurs/en-god-start/modul-1/", "/kurs/en-god-start/modul-1/del-1/", "/min/innlogging/",
    "/innstillinger/", "/", "/hjelp/", "/personvern/", "/finnes-ikke/",
]  # fmt: skip
STAFFS = ["/min/", "/prosjekt/", "/prosjekt/folk/", "/cms/", "/cms/pages/", "/cms/utgaver/"]
# a source that a browser fetches by itself, from anywhere else than here
FETCHED = re.compile(
    r"""<(?:script|img|iframe|source|video|audio|track|embed|input|link)\b[^>]*?\s
        (?:src|href|srcset|poster|data-src)\s*=\s*["']\s*(?P<url>(?:https?:)?//[^"']+)""",
    re.VERBOSE | re.IGNORECASE,
)
STYLED = re.compile(r"""(?:url\(\s*|@import\s*)["']?(?P<url>(?:https?:)?//[^"')]+)""", re.IGNORECASE)

pytestmark = pytest.mark.django_db(databases=["default", "answers"])


class Expected(NamedTuple):
    name: str
    value: str


EVERYWHERE = [
    Expected("X-Content-Type-Options", "nosniff"),
    Expected("Referrer-Policy", "same-origin"),
    Expected("Cross-Origin-Opener-Policy", "same-origin"),
    Expected("Cross-Origin-Resource-Policy", "same-origin"),
    Expected(
        "Permissions-Policy",
        "camera=(), geolocation=(), microphone=(), payment=(), usb=(), publickey-credentials-get=(self)",
    ),
]


@pytest.fixture(autouse=True)
def tree() -> Tree:
    """Pages, facts and words, so that no page is empty."""
    made = make_tree()
    for slug in ("tilgjengelighet", "praktisk"):
        make_info(made.home, slug, slug.capitalize())
    HelpNumberFactory(source="https://www.helsenorge.no/")
    WordFactory()
    return made


@pytest.fixture
def reader(adult: Adult, logged_in: LogIn) -> Client:
    enrolment = adult.enrolments.get()
    for module in enrolment.group.edition.programme.modules.all():
        EveningFactory(group=enrolment.group, module=module)
    return logged_in(adult)


def assert_front(page: HttpResponse) -> None:
    assert page["Content-Security-Policy"] == FRONT_CSP
    assert page["Cross-Origin-Embedder-Policy"] == "require-corp"
    assert page["X-Frame-Options"] == "DENY"
    for header in EVERYWHERE:
        assert page[header.name] == header.value


def third_parties(page: HttpResponse) -> list[str]:
    text = page.content.decode()
    return [found["url"] for found in (*FETCHED.finditer(text), *STYLED.finditer(text))]


def inline(page: HttpResponse) -> list[str]:
    """What the front's policy would stop: scripts in the page, handlers, style attributes and blocks."""
    return re.findall(
        r"<script(?![^>]*\bsrc=)[^>]*>|<style\b|\sstyle=|\son\w+=|javascript:", page.content.decode()
    )


@pytest.mark.parametrize("address", [*PUBLIC, *WITH_A_FORM])
def test_public_page_has_the_strict_policy_and_fetches_from_here_alone(client: Client, address: str) -> None:
    page = client.get(address)
    assert page.status_code in (200, 302, 404)
    assert_front(page)
    assert third_parties(page) == []
    assert inline(page) == []


@pytest.mark.parametrize("address", PUBLIC)
def test_public_page_gives_nobody_a_cookie(client: Client, address: str) -> None:
    page = client.get(address)
    if address == "/demo/" and settings.DEMO:  # its buttons are forms
        assert set(page.cookies) == {"csrf"}
    else:
        assert not page.cookies
        assert "Cookie" not in page.get("Vary", "") or "private" not in page["Cache-Control"]
    assert page["Cache-Control"] in ("no-cache", "no-store")


@pytest.mark.parametrize("address", PERSONAL)
def test_page_of_somebody_logged_in_is_kept_nowhere(reader: Client, address: str) -> None:
    page = reader.get(address)
    assert page.status_code in (200, 404)
    assert page["Cache-Control"] == "private, no-store"
    assert_front(page)
    assert third_parties(page) == []
    assert inline(page) == []


@pytest.mark.parametrize("address", STAFFS)
def test_staff_page_is_kept_nowhere_and_names_no_third_party(
    logged_in: LogIn, project_leader: User, address: str
) -> None:
    page = logged_in(project_leader).get(address, follow=True)
    assert page.status_code == 200
    assert {"private", "no-store"} <= set(page["Cache-Control"].replace(" ", "").split(","))
    assert third_parties(page) == []


def test_refusal_of_somebody_logged_in_is_kept_nowhere(logged_in: LogIn, researcher: User) -> None:
    page = logged_in(researcher).get("/prosjekt/")
    assert (page.status_code, page["Cache-Control"]) == (403, "private, no-store")
    assert_front(page)


def test_page_that_broke_has_the_same_headers(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("hemmelig årsak")

    monkeypatch.setattr("cms.views.front.HelpNumber.objects", broken)
    client.raise_request_exception = False
    page = client.get("/hjelp/")
    assert page.status_code == 500
    assert "hemmelig" not in page.content.decode()
    assert_front(page)


def test_answers_to_refused_forms_have_the_same_headers() -> None:
    page = Client(enforce_csrf_checks=True).post("/innstillinger/", {"language": "nn"})
    assert page.status_code == 403
    assert_front(page)


def test_admin_has_the_wider_policy_and_only_there(logged_in: LogIn, editor: User, tree: Tree) -> None:
    client = logged_in(editor)
    for address in (
        "/cms/",
        "/cms/pages/",
        f"/cms/pages/{tree.part.pk}/edit/",
        "/cms/images/",
        "/cms/finnes-ikke/",
    ):
        page = client.get(address, follow=True)
        assert page["Content-Security-Policy"] == CMS_CSP
        for header in EVERYWHERE:
            assert page[header.name] == header.value
    assert "'unsafe-inline'" in CMS_CSP
    assert "http" not in CMS_CSP
    assert_front(client.get("/min/"))


@pytest.mark.parametrize("page_type", ["info", "module", "part"])
def test_preview_shows_our_page_inside_the_admin_and_nowhere_else(
    logged_in: LogIn, editor: User, tree: Tree, page_type: str
) -> None:
    shown = getattr(tree, page_type)
    client = logged_in(editor)
    page = client.get(f"/cms/pages/{shown.pk}/view_draft/")
    assert page.status_code == 200
    assert shown.title in page.content.decode()
    assert page["Content-Security-Policy"] == PREVIEW_CSP
    assert third_parties(page) == []
    assert FRONT_CSP.replace("frame-ancestors 'none'", "frame-ancestors 'self'") == PREVIEW_CSP


def test_preview_of_what_is_being_written_may_stand_in_the_admins_frame(
    logged_in: LogIn, editor: User, tree: Tree
) -> None:
    client = logged_in(editor)
    address = reverse("wagtailadmin_pages:preview_on_edit", args=[tree.part.pk])
    written = {
        "title": "Del en",
        "slug": "del-1",
        "ingress": "Skrevet nå.",
        "minutes": 3,
        "body": streamfield([("text", rich_text("<p>Et barn som flytter.</p>"))]),
    }
    saved = client.post(address, nested_form_data(written))
    assert saved.json()["is_valid"] is True
    page = client.get(address)
    assert page.status_code == 200
    assert "Skrevet nå." in page.content.decode()
    assert page["Content-Security-Policy"] == PREVIEW_CSP
    assert page["X-Frame-Options"] == "SAMEORIGIN"


def test_wagtails_own_script_runs_in_the_editors_preview_panel_and_nowhere_else(
    logged_in: LogIn, editor: User, tree: Tree
) -> None:
    client = logged_in(editor)
    address = reverse("wagtailadmin_pages:preview_on_edit", args=[tree.part.pk])
    written = {"title": "Del en", "slug": "del-1", "ingress": "", "minutes": 3, "body": streamfield([])}
    client.post(address, nested_form_data(written))
    panel = client.get(f"{address}?in_preview_panel=true")
    assert "wagtailadmin/js/userbar" in panel.content.decode()
    assert panel["Content-Security-Policy"] == PANEL_CSP
    assert "script-src 'self';" in PANEL_CSP
    assert "frame-ancestors 'self'" in PANEL_CSP
    assert "trusted-types" not in PANEL_CSP
    assert PREVIEW_CSP.startswith(PANEL_CSP)
    for place in (address, f"/cms/pages/{tree.part.pk}/view_draft/?in_preview_panel=true"):
        page = client.get(place)
        assert "userbar" not in page.content.decode()
        assert page["Content-Security-Policy"] == PREVIEW_CSP
    front = client.get("/min/?in_preview_panel=true")
    assert "userbar" not in front.content.decode()
    assert_front(front)


@pytest.mark.parametrize("kind", ["info", "programme", "module", "part"])
def test_editing_a_page_names_no_third_party(logged_in: LogIn, editor: User, tree: Tree, kind: str) -> None:
    page = logged_in(editor).get(f"/cms/pages/{getattr(tree, kind).pk}/edit/")
    assert page.status_code == 200
    assert third_parties(page) == []
    assert not re.search(r"gravatar|releases\.wagtail", page.content.decode())


def test_search_for_third_parties_would_find_one() -> None:
    bad = HttpResponse(
        '<img class="x" src="//www.gravatar.com/avatar/1"><style>@import "https://x.no/a.css"</style>'
    )
    assert third_parties(bad) == ["//www.gravatar.com/avatar/1", "https://x.no/a.css"]


def test_built_files_fetch_from_here_alone() -> None:
    for name in ("egs/site.css", "egs/app.js", "egs/favicon.svg"):
        with staticfiles_storage.open(name) as file:
            text = file.read().decode()
        assert not STYLED.search(text), name
        assert not re.search(r"""(?:fetch|import)\(\s*["'](?:https?:)?//""", text), name


def test_built_file_is_kept_for_good(client: Client) -> None:
    page = client.get(staticfiles_storage.url("egs/site.css"))
    page.close()
    assert page.status_code == 200
    assert page["Cache-Control"] == "max-age=315360000, public, immutable"
    assert page["X-Content-Type-Options"] == "nosniff"
    assert page["Cross-Origin-Resource-Policy"] == "same-origin"
    assert not page.cookies


def test_pages_are_compressed_for_whoever_asks(client: Client, logged_in: LogIn, adult: Adult) -> None:
    for browser, address in ((client, "/"), (logged_in(adult), "/kurs/en-god-start/modul-1/del-1/")):
        plain = browser.get(address)
        small = browser.get(address, headers={"accept-encoding": "gzip"})
        assert "Content-Encoding" not in plain.headers
        assert small["Content-Encoding"] == "gzip"
        assert "Accept-Encoding" in small["Vary"]
        assert len(small.content) < len(plain.content) / 2


def test_what_is_not_a_page_is_left_as_it_is(client: Client) -> None:
    for address in ("/helse/", "/sw.js"):
        answer = client.get(address, headers={"accept-encoding": "gzip"})
        assert "Content-Encoding" not in answer.headers
