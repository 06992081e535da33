"""No page mixes Bokmål into Nynorsk: every page of a reader's is looked through, word by word."""

from __future__ import annotations

from datetime import timedelta
from functools import cache
from typing import TYPE_CHECKING

import pytest
from django.http import HttpResponse
from django.template.loader import render_to_string
from django.test import Client
from django.utils import timezone, translation

from courses.models import PartText
from tests import factories as made
from tests.editions import SEGMENTS
from tests.messages import BORROWED, catalogue, ours
from tests.spoken import WORD, catalogues, compiled, spoken

if TYPE_CHECKING:
    from collections.abc import Iterable

    from courses.models import Adult, User
    from tests.people import LogIn

__all__ = ["catalogues", "compiled"]
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
STAFF = ["/min/", "/min/innlogging/", "/min/innlogging/app/", "/min/innlogging/passnokler/ny/", "/prosjekt/"]
STAFF += [f"/prosjekt/{page}/" for page in ("folk", "grupper", "tall", "moter", "endringer", "ny-kommune")]


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
