"""The Wagtail admin speaks Bokmål: what the libraries lack is in cms/locale/nb, and no page shows English."""

from __future__ import annotations

import json
import re
from functools import cache
from html.parser import HTMLParser
from importlib.util import find_spec
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest
from babel.messages.pofile import read_po
from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext
from wagtail.models import Page

from cms.checks import heading_problems
from tests.factories import HelpNumberFactory
from tests.tree import make_tree

if TYPE_CHECKING:
    from collections.abc import Iterator

    from babel.messages.catalog import Message
    from django.test import Client

    from courses.models import Edition, User
    from tests.people import LogIn

DOMAINS = ("django", "djangojs")
LIBRARIES = (
    "wagtail",
    "wagtail.admin",
    "wagtail.documents",
    "wagtail.embeds",
    "wagtail.images",
    "wagtail.search",
    "wagtail.snippets",
    "wagtail.users",
    "wagtailmedia",
    "taggit",
)
# Translated although the library lists no English: django_filters has its labels in every locale but that.
OTHERS_LANGUAGE = {"django_filters": "de"}
# Translated where their Norwegian is missing or poor; nobody promises that all of it is.
IN_PART = ("wagtail.locales", "wagtail.sites", "allauth", "django.conf", "django.contrib.auth")
# (context, msgid) → why it stays in English
LEFT: dict[tuple[str | None, str], str] = {}

OURS = Path(settings.LOCALE_PATHS[0]) / "nb" / "LC_MESSAGES"
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w*\}|</?\w[^>]*>")
ENGLISH = re.compile(
    r"\b(Search|Collapse all|Expand all|Save|Draft|Publish|Unpublish|Edit|Add|Delete|Choose|Move|Copy|Select"
    r"|Page|Pages|Images|Documents|Dashboard|Actions|History|Language|Locale|Close|Toggle|Preview"
    r"|Reading time|Readability|editor guide|the|this|and|you|your|with)\b"
)

Key = tuple[str | None, str]


def library(name: str) -> Path:
    spec = find_spec(name)
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent


@cache
def messages(path: Path) -> dict[Key, Message]:
    if not path.exists():
        return {}
    with path.open("rb") as file:
        return {(m.context, forms(m.id)[0]): m for m in read_po(file) if m.id}


def forms(text: str | tuple[str, ...]) -> tuple[str, ...]:
    """One form, or singular and plural."""
    return (text,) if isinstance(text, str) else text


def in_library(name: str, language: str, domain: str) -> dict[Key, Message]:
    return messages(library(name) / "locale" / language / "LC_MESSAGES" / f"{domain}.po")


def is_translated(message: Message | None) -> bool:
    return message is not None and not message.fuzzy and all(forms(message.string))


@pytest.mark.parametrize("domain", DOMAINS)
@pytest.mark.parametrize("name", LIBRARIES)
def test_no_message_is_left_in_english(name: str, domain: str) -> None:
    ours = messages(OURS / f"{domain}.po")
    everywhere = [in_library(other, "nb", domain) for other in LIBRARIES] + [ours]
    english = in_library(name, "en", domain)
    assert [key for key in english if not any(is_translated(t.get(key)) for t in everywhere)] == [
        key for key in english if key in LEFT
    ]


@pytest.mark.parametrize("domain", DOMAINS)
def test_every_translation_is_of_a_message_that_exists(domain: str) -> None:
    known = {key for name in LIBRARIES + IN_PART for key in in_library(name, "en", domain)}
    for name, language in OTHERS_LANGUAGE.items():
        known |= in_library(name, language, domain).keys()
    assert messages(OURS / f"{domain}.po").keys() - known == set()


@pytest.mark.parametrize("domain", DOMAINS)
def test_placeholders_and_markup_are_those_of_the_message(domain: str) -> None:
    for message in messages(OURS / f"{domain}.po").values():
        for english, norwegian in zip(forms(message.id), forms(message.string), strict=True):
            assert sorted(PLACEHOLDER.findall(norwegian)) == sorted(PLACEHOLDER.findall(english))
            assert (norwegian[:1].isspace(), norwegian[-1:].isspace()) == (
                english[:1].isspace(),
                english[-1:].isspace(),
            )


@pytest.mark.parametrize("domain", DOMAINS)
def test_file_is_sorted_and_names_nobody(domain: str) -> None:
    text = (OURS / f"{domain}.po").read_text(encoding="utf-8")
    with (OURS / f"{domain}.po").open("rb") as file:
        ids = [(forms(m.id)[0], m.context or "") for m in read_po(file) if m.id]
    assert ids == sorted(ids)
    assert "\n#:" not in text
    header = re.findall(r'^"([\w-]+): ', text.split("\n\n", 1)[0], flags=re.M)
    assert set(header) == {
        "Language",
        "MIME-Version",
        "Content-Type",
        "Content-Transfer-Encoding",
        "Plural-Forms",
    }


# --- as the project leader meets it


class Words(HTMLParser):
    """What a person sees or hears: text and names, not scripts."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self.silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.silent += tag in ("script", "style")
        self.words += [text or "" for name, text in attrs if name in ("aria-label", "title", "placeholder")]

    def handle_endtag(self, tag: str) -> None:
        self.silent -= tag in ("script", "style")

    def handle_data(self, data: str) -> None:
        if not self.silent:
            self.words.append(data)


def english_in(html: str) -> list[str]:
    parser = Words()
    parser.feed(html)
    return [" ".join(text.split()) for text in parser.words if ENGLISH.search(text)]


@pytest.fixture
def admin(project_leader: User, logged_in: LogIn, edition: Edition) -> Iterator[Client]:
    return logged_in(project_leader)


@pytest.mark.django_db(databases=["default", "answers"])
@pytest.mark.parametrize(
    "name",
    [
        "wagtailadmin_home",
        "wagtailadmin_explore_root",
        "wagtailimages:index",
        "wagtailimages:add",
        "wagtaildocs:index",
        "wagtaildocs:add_multiple",
        "wagtailmedia:index",
        "egs_editions",
        "wagtailsnippets_courses_helpnumber:list",
        "wagtailsnippets_courses_helpnumber:add",
        "wagtailsnippets_courses_fact:list",
        "wagtailsnippets_courses_word:list",
    ],
)
def test_view_has_no_english(admin: Client, name: str) -> None:
    Page.objects.filter(slug="home").delete()  # Wagtail's own welcome, which a programme takes the place of
    make_tree()
    HelpNumberFactory()
    page = admin.get(reverse(name))
    assert page.status_code == 200
    assert english_in(page.content.decode()) == []


@pytest.mark.django_db(databases=["default", "answers"])
@pytest.mark.parametrize(
    "view",
    [
        "wagtailadmin_explore",
        "wagtailadmin_pages:edit",
        "wagtailadmin_pages:history",
        "wagtailadmin_pages:add_subpage",
        "wagtailadmin_pages:copy",
        "wagtailadmin_pages:move",
        "wagtailadmin_pages:unpublish",
        "wagtailadmin_pages:usage",
    ],
)
def test_page_view_has_no_english(admin: Client, view: str) -> None:
    tree = make_tree()
    for row in (tree.info, tree.programme, tree.module, tree.part):
        page = admin.get(reverse(view, args=[row.pk]), follow=True)
        assert page.status_code == 200
        assert english_in(page.content.decode()) == []


@pytest.mark.django_db(databases=["default", "answers"])
def test_first_page_sends_nobody_to_an_english_guide(admin: Client) -> None:
    page = admin.get(reverse("wagtailadmin_home")).content.decode()
    assert "guide.wagtail.org" not in page
    mark = page.split("data-wagtail-sidebar-branding-logo", 1)[1].split("</template>")[0]
    assert 'viewBox="0 0 40 40"' in mark


@pytest.mark.django_db(databases=["default", "answers"])
def test_the_editors_script_speaks_norwegian(admin: Client) -> None:
    """Wagtail asks for the messages of wagtail.admin only; Django adds those of LOCALE_PATHS."""
    script = admin.get(reverse("wagtailadmin_javascript_catalog")).content.decode()
    start = script.index("const newcatalog = ") + len("const newcatalog = ")
    catalogue = json.JSONDecoder().raw_decode(script, start)[0]
    assert catalogue["Collapse all"] == "Lukk alle"
    assert catalogue["%(num)s error"] == ["%(num)s feil", "%(num)s feil"]
    wanted = {msgid for _, msgid in in_library("wagtail.admin", "en", "djangojs")}
    assert wanted - catalogue.keys() == set()


@pytest.mark.parametrize("what", ["created", "saved"])
def test_a_refused_page_is_not_said_to_be_lost_while_the_draft_is_kept(what: str) -> None:
    with translation.override("nb"):
        words = gettext(f"The page could not be {what} due to validation errors.")
    assert words.startswith(
        "Noe må rettes før siden kan lagres eller publiseres. Det du har skrevet, står her"
    )


def test_a_heading_has_one_name_in_the_editor_and_in_what_a_check_says() -> None:
    body = [SimpleNamespace(block_type="text", value="<h3>For langt ned</h3>")]
    with translation.override("nb"):
        [words] = heading_problems(body)
        assert f"Bruk {gettext('Heading 2')} før {gettext('Heading 3')}" in words
