"""Nynorsk is whole: every sentence of ours has one, none is left over, and no page mixes in Bokmål."""

from __future__ import annotations

import ast
import re
from datetime import date, timedelta
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING

import allauth
import django
import pytest
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.template.base import NodeList, TextNode
from django.template.loader import render_to_string
from django.template.loader_tags import BlockNode
from django.test import Client
from django.utils import formats, timezone, translation
from django.utils.translation import gettext, ngettext

from courses.models import Language, PartText
from tests import factories as made
from tests.editions import SEGMENTS
from tests.messages import (
    BORROWED,
    CODE,
    LOCALE,
    MANY,
    NYNORSK,
    ROOT,
    catalogue,
    names_of_gettext,
    ours,
    templates,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pytest_django.fixtures import SettingsWrapper

    from courses.models import Adult, User
    from tests.people import LogIn

PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]|<[^>]+>")
SAME_IN_BOTH = ("En god start", "Bokmål", "Nynorsk")
INSIDE_A_TAG = ("width", "help_current")  # blocks of base.html that no one reads
SAID_BY_ATTRIBUTES = {"alt", "aria-label", "content", "label", "placeholder", "title"}
WORD = re.compile(r"[^\W\d_]+")


@pytest.fixture(scope="session")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Both catalogues as `make messages` compiles them."""
    folder = tmp_path_factory.mktemp("locale")
    for source in LOCALE.glob("*/LC_MESSAGES/*.po"):
        target = folder / source.relative_to(LOCALE).with_suffix(".mo")
        target.parent.mkdir(parents=True, exist_ok=True)
        with source.open("rb") as po, target.open("wb") as mo:
            write_mo(mo, read_po(po))
    return folder


@pytest.fixture
def catalogues(settings: SettingsWrapper, compiled: Path) -> None:
    settings.LOCALE_PATHS = [compiled]


# ── the catalogue ───────────────────────────────────────────────────────────────────────────────────


def test_every_sentence_has_a_nynorsk_one() -> None:
    known = catalogue()
    lacking = {message for message in {*ours(), *BORROWED} if not all(known.get(message[0], ("",)))}
    assert lacking == set()  # python -m tests.messages prints them as entries


def test_no_nynorsk_sentence_is_left_over() -> None:
    assert set(catalogue()) - {message[0] for message in {*ours(), *BORROWED}} == set()


def test_bokmaal_has_one_form_of_time_and_page_and_calls_nobody_she_or_he() -> None:
    other_form = re.compile(
        r"(tida|sida)\b|\b(hun eller han|han eller hun|henne eller ham|ham eller henne)\b", re.I
    )
    assert [message[0] for message in ours() if other_form.search(" ".join(message))] == []


def spaces_around(text: str) -> tuple[int, int]:
    return len(text) - len(text.lstrip()), len(text) - len(text.rstrip())


def test_nynorsk_keeps_placeholders_and_tags() -> None:
    known = catalogue()
    for message in {*ours(), *BORROWED}:
        assert len(known[message[0]]) == len(message)
        for source, target in zip(message, known[message[0]], strict=True):
            assert sorted(PLACEHOLDER.findall(target)) == sorted(PLACEHOLDER.findall(source)), source
            assert (target[:1].isspace(), target[-1:].isspace()) == (
                source[:1].isspace(),
                source[-1:].isspace(),
            )


def test_catalogue_is_in_order() -> None:
    assert list(catalogue()) == sorted(catalogue())
    assert "#:" not in NYNORSK.read_text(encoding="utf-8")


def test_borrowed_sentences_are_still_said_by_django_and_allauth() -> None:
    folders = [Path(django.__file__).parent / "conf", Path(django.__file__).parent / "contrib" / "auth"]
    folders.append(Path(allauth.__file__).parent)
    said = {msgid for folder in folders for msgid in catalogue(folder / "locale/en/LC_MESSAGES/django.po")}
    assert {message[0] for message in BORROWED} <= said


@pytest.mark.usefixtures("catalogues")
@pytest.mark.parametrize("language", Language.values)
def test_borrowed_sentences_are_norwegian(language: str) -> None:
    with translation.override(language):
        for message in BORROWED:
            assert (ngettext(*message, 12) if message[1:] else gettext(message[0])) not in message
        with pytest.raises(ValidationError, match="Passordet er for kort"):
            validate_password("kort")


@pytest.mark.usefixtures("catalogues")
def test_nynorsk_days_and_months() -> None:
    with translation.override("nn"):
        week = [formats.date_format(date(2026, 11, day), "l") for day in range(23, 30)]
        assert formats.date_format(date(2026, 11, 26)) == "26. november 2026"
    assert week == ["måndag", "tysdag", "onsdag", "torsdag", "fredag", "laurdag", "søndag"]


# ── where sentences are written ─────────────────────────────────────────────────────────────────────


def when_imported(node: ast.AST) -> Iterator[ast.AST]:
    """The nodes that run when the module is imported: nothing inside a function."""
    for child in ast.iter_child_nodes(node):
        if not isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            yield child
            yield from when_imported(child)


def test_no_sentence_is_translated_at_import() -> None:
    early = []
    for path in (
        path for folder in CODE for path in (ROOT / folder).rglob("*.py") if "migrations" not in path.parts
    ):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        at_once = {called for called, name in names_of_gettext(tree).items() if name in {"gettext", *MANY}}
        early += [
            f"{path.relative_to(ROOT)}:{node.lineno}"
            for node in when_imported(tree)
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in at_once
        ]
    assert early == []


class Words(HTMLParser):
    """What a page says: its text, and the attributes that are read aloud or shown by script."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.said: list[str] = []
        self.silent = 0
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.silent += tag in ("script", "style", "code")
        given = {name: value or "" for name, value in attrs}
        if tag == "meta" and given.get("name") != "description":
            return
        self.said += [
            value
            for name, value in given.items()
            if name in SAID_BY_ATTRIBUTES or (name.startswith("data-") and " " in value and "{" not in value)
        ]

    def handle_endtag(self, tag: str) -> None:
        self.silent -= tag in ("script", "style", "code")

    def handle_data(self, data: str) -> None:
        if not self.silent:
            self.said.append(data)


def spoken(html: str) -> str:
    text = "\n".join(Words(html).said)
    for name in SAME_IN_BOTH:
        text = text.replace(name, "")
    return text


def written_out(nodelist: NodeList) -> str:
    """A template with everything that is filled in left out."""
    text = ""
    for node in nodelist:
        if isinstance(node, TextNode):
            text += node.s
        elif not (isinstance(node, BlockNode) and node.name in INSIDE_A_TAG):
            below = [getattr(node, name, None) or NodeList() for name in node.child_nodelists]
            text += "".join(written_out(inner) for inner in below)
    return text


def test_templates_say_nothing_outside_the_catalogue() -> None:
    loose = {name: WORD.findall(spoken(written_out(template.nodelist))) for name, template in templates()}
    assert {name: words for name, words in loose.items() if words} == {}


# ── what a Nynorsk reader meets ─────────────────────────────────────────────────────────────────────

PUBLIC = [
    "/",
    "/hjelp/",
    "/logg-inn/",
    "/logg-inn/passord/",
    "/innstillinger/",
    "/uten-nett/",
    "/finst-ikkje/",
]
FAMILY = [
    "/min/",
    "/min/kurset/",
    "/hjelp/",
    "/innstillinger/",
    "/logg-ut/",
    "/min/innlogging/",
    "/min/innlogging/passord/lag/",
]
READING = [f"/kurs/en-god-start/{page}/" for page in ("modul-1", "modul-2", "modul-1/del-1", "modul-1/del-3")]
STAFF = ["/min/", "/min/innlogging/", "/min/innlogging/app/", "/min/innlogging/passnokler/ny/"]
STAFF += ["/prosjekt/"] + [
    f"/prosjekt/{page}/" for page in ("folk", "grupper", "tall", "moter", "endringer", "ny-kommune")
]


def words_of(sentences: Iterable[str]) -> set[str]:
    return {word.lower() for word in WORD.findall(spoken(" ".join(sentences)))}


@cache
def foreign() -> set[str]:
    """Words of our Bokmål sentences and of borrowed English ones that no Nynorsk sentence uses."""
    return words_of(part for message in {*ours(), *BORROWED} for part in message) - words_of(
        part for translations in catalogue().values() for part in translations
    )


def not_nynorsk(page: HttpResponse) -> list[str]:
    """The foreign words on a page. What people wrote themselves is kept out by the fixtures."""
    return [word for word in WORD.findall(spoken(page.content.decode())) if word.lower() in foreign()]


def test_foreign_words_are_known() -> None:
    telling = {"ikke", "hva", "noe", "jeg", "uten", "fosterhjem", "nå", "lest", "en", "åpner", "password"}
    assert telling <= foreign()


@pytest.fixture
def nynorsk_adult(adult: Adult, other_adult: Adult) -> Adult:
    """Berit reads Nynorsk: texts without words, evenings before and after today, a number with hours."""
    for person in (adult, other_adult):
        person.user.language = "nn"
        person.user.save()
    group = adult.enrolments.get().group
    leader = made.RoleFactory(user__mobile="+4740000001").user
    made.AssignmentFactory(group=group, user=leader)
    now = timezone.now()
    for module, days in zip(group.edition.programme.modules.order_by("number"), (-3, 4), strict=True):
        starts_at = now + timedelta(days=days)
        evening = made.EveningFactory(group=group, module=module, place="Samfunnshuset", starts_at=starts_at)
        if days < 0:
            made.AttendanceFactory(adult=adult, evening=evening, state="made-up")
    silent = [row | {"html": "–", "title": "–"} for row in SEGMENTS]
    PartText.objects.filter(part__key="del-1").update(segments=silent)
    PartText.objects.exclude(part__key="del-1").update(segments=silent[:1])
    group.edition.mark = "utkast – ikke faglig godkjent"
    group.edition.save()
    windows = [{"days": ["mon"], "from": "15:00", "to": "08:00"}]
    place = adult.family.municipality
    made.HelpNumberFactory(municipality=place, label="–", who="–", hours="–", owner="–", windows=windows)
    return adult


@pytest.fixture
def nynorsk_leader(project_leader: User, nynorsk_adult: Adult) -> User:
    project_leader.language = "nn"
    project_leader.save()
    made.InvitationFactory(invited_by=project_leader)
    return project_leader


@pytest.mark.usefixtures("catalogues")
@pytest.mark.django_db
class TestNynorskReader:
    @pytest.mark.parametrize("path", PUBLIC)
    def test_public_page(self, path: str) -> None:
        client = Client()
        client.cookies["sprak"] = "nn"
        page = client.get(path)
        assert '<html lang="nn"' in page.content.decode()
        assert not_nynorsk(page) == []

    @pytest.mark.parametrize("path", [*FAMILY, *READING])
    def test_page_of_a_family(self, path: str, nynorsk_adult: Adult, logged_in: LogIn) -> None:
        page = logged_in(nynorsk_adult).get(path)
        assert page.status_code == 200
        assert not_nynorsk(page) == []

    @pytest.mark.parametrize("path", STAFF)
    def test_page_of_staff(self, path: str, nynorsk_leader: User, logged_in: LogIn) -> None:
        page = logged_in(nynorsk_leader).get(path)
        assert page.status_code == 200
        assert not_nynorsk(page) == []

    def test_what_min_side_says(self, nynorsk_adult: Adult, logged_in: LogIn) -> None:
        page = spoken(logged_in(nynorsk_adult).get("/min/").content.decode())
        for words in (
            "Mi side",
            "Treng du hjelp no?",
            "kvelden tok du igjen",
            "Ikkje no",
        ):
            assert words.lower() in page.lower()

    def test_choosing_nynorsk_is_answered_in_nynorsk(self, adult: Adult, logged_in: LogIn) -> None:
        page = logged_in(adult).post("/innstillinger/", {"language": "nn"}, follow=True)
        assert "Valet er lagra." in page.content.decode()

    def test_mark_of_a_draft(self, nynorsk_adult: Adult, logged_in: LogIn) -> None:
        page = logged_in(nynorsk_adult).get(READING[1])
        assert "Utkast – ikkje fagleg godkjent" in page.content.decode()

    @pytest.mark.parametrize("answer", [{}, {"login": "hei"}, {"login": "ukjend@example.no"}])
    def test_logging_in(self, answer: dict[str, str]) -> None:
        client = Client()
        client.cookies["sprak"] = "nn"
        page = client.post("/logg-inn/", answer, follow=True)
        assert page.status_code == 200
        assert not_nynorsk(page) == []

    def test_wrong_code(self, nynorsk_adult: Adult) -> None:
        client = Client()
        client.cookies["sprak"] = "nn"
        client.post("/logg-inn/", {"login": nynorsk_adult.user.email})
        for code in ("12", "000000", "000000", "000000"):
            page = client.post("/logg-inn/kode/", {"code": code}, follow=True)
            assert not_nynorsk(page) == []

    def test_an_invitation_that_cannot_be_sent(self, nynorsk_leader: User, logged_in: LogIn) -> None:
        page = logged_in(nynorsk_leader).post("/prosjekt/inviter/", {"email": "nei", "kind": "konge"})
        assert page.status_code == 422
        assert not_nynorsk(page) == []

    @pytest.mark.parametrize("name", ["400", "403", "403_csrf", "429", "500"])
    def test_page_of_an_error(self, name: str) -> None:
        with translation.override("nn"):
            assert not_nynorsk(HttpResponse(render_to_string(f"{name}.html"))) == []
