"""Staff are logged out after half an hour: what they had typed comes back, and can be sent after a login."""

from __future__ import annotations

import re
import time
from datetime import timedelta
from html import unescape
from typing import TYPE_CHECKING

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cms.middleware import IDLE_LIMIT
from evaluation.models import Occasion, SealedAnswer, Study
from tests.evaluation.sheets import GIVEN, at, code_of, desk, from_elsewhere, keyed, people
from tests.factories import EveningFactory
from tests.study_factories import study, wave

if TYPE_CHECKING:
    from courses.models import Adult, Group, Municipality, User
    from tests.people import LogIn

__all__ = ["at", "desk", "from_elsewhere", "people"]
pytestmark = pytest.mark.django_db(databases=["default", "answers"])
HIDDEN = r'<input type="hidden" name="([^"]+)" value="([^"]*)"'


def hidden_in(page: str) -> dict[str, str]:
    return {name: unescape(value) for name, value in re.findall(HIDDEN, page)}


def test_both_keyings_come_back_after_half_an_hour_and_are_sealed_after_a_login(
    at: Occasion, people: list[Adult], desk: Client, logged_in: LogIn, from_elsewhere: User
) -> None:
    sent = keyed(at, code_of(people[0], at), GIVEN, GIVEN)
    session = desk.session
    session["seen"] = int(time.time()) - IDLE_LIMIT - 1
    session.save()
    page = desk.post("/prosjekt/papir/", sent)
    assert page.status_code == 401
    assert "no-store" in page["Cache-Control"]
    text = page.content.decode()
    assert "Arket er ikke forseglet ennå" in text
    kept = hidden_in(text)
    assert {name: kept[name] for name in sent} == sent
    kept.pop("csrfmiddlewaretoken")
    done = logged_in(from_elsewhere).post("/prosjekt/papir/", kept, follow=True)
    assert "Arket er ført inn og forseglet." in done.content.decode()
    assert SealedAnswer.objects.count() == 1


def test_both_keyings_with_an_old_token_come_back_and_are_sealed_at_the_next_press(
    at: Occasion, people: list[Adult], desk: Client
) -> None:
    sent = keyed(at, code_of(people[0], at), GIVEN, GIVEN)
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = desk.cookies
    page = strict.post("/prosjekt/papir/", sent | {"csrfmiddlewaretoken": "gammelt"}).content.decode()
    assert "Siden hadde ligget åpen en stund" in page
    assert "Logg inn i en ny fane" not in page  # she is logged in
    assert strict.post("/prosjekt/papir/", hidden_in(page)).status_code == 302
    assert SealedAnswer.objects.count() == 1


@pytest.mark.parametrize("where", ["HTTP_ORIGIN", "HTTP_REFERER"])
@pytest.mark.parametrize("said", ["https://ond.example", "null"])
def test_what_another_site_put_in_is_never_laid_ready(desk: Client, where: str, said: str) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = desk.cookies
    for browser in (strict, Client(enforce_csrf_checks=True)):
        page = browser.post("/prosjekt/studier/ny/", {"name_nb": "ONDT"}, **{where: said})
        assert "ONDT" not in page.content.decode()


def with_one_factor(browser: Client) -> Client:
    """As somebody is who came back by the mailed code, and has not used her key yet."""
    session = browser.session
    session["account_authentication_methods"] = [{"method": "code", "at": time.time()}]
    session.save()
    return browser


def test_what_is_sent_between_two_factors_comes_back_and_is_sealed_after_the_second(
    at: Occasion, people: list[Adult], desk: Client, logged_in: LogIn, from_elsewhere: User
) -> None:
    sent = keyed(at, code_of(people[0], at), GIVEN, GIVEN)
    page = with_one_factor(desk).post("/prosjekt/papir/", sent)
    assert page.status_code == 401
    assert "no-store" in page["Cache-Control"]
    text = page.content.decode()
    assert "Arket er ikke forseglet ennå" in text
    assert "ett trinn" in text
    assert f'href="{reverse("account_two_factors")}"' in text
    assert "Siden hadde ligget åpen en stund" not in text
    kept = hidden_in(text)
    assert {name: kept[name] for name in sent} == sent
    assert SealedAnswer.objects.count() == 0
    kept.pop("csrfmiddlewaretoken")
    done = logged_in(from_elsewhere).post("/prosjekt/papir/", kept, follow=True)
    assert "Arket er ført inn og forseglet." in done.content.decode()


def test_an_old_token_between_two_factors_is_told_of_the_second_at_once(
    at: Occasion, people: list[Adult], desk: Client
) -> None:
    sent = keyed(at, code_of(people[0], at), GIVEN, GIVEN)
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = with_one_factor(desk).cookies
    page = strict.post("/prosjekt/papir/", sent | {"csrfmiddlewaretoken": "gammelt"}).content.decode()
    assert reverse("account_two_factors") in page
    kept = hidden_in(strict.post("/prosjekt/papir/", hidden_in(page)).content.decode())
    assert {name: kept[name] for name in sent} == sent


def test_the_log_of_an_evening_written_between_two_factors_comes_back_in_its_fields(
    group: Group, contact_person: User, logged_in: LogIn
) -> None:
    evening = EveningFactory(group=group, starts_at=timezone.now() - timedelta(hours=3))
    log = reverse("evenings:log", args=[evening.pk])
    page = with_one_factor(logged_in(contact_person)).post(log, {"changed": "Byttet <to> øvelser."})
    assert page.status_code == 401
    assert "Byttet &lt;to&gt; øvelser.</textarea>" in page.content.decode()


def test_a_study_written_between_two_factors_comes_back(project_leader: User, logged_in: LogIn) -> None:
    page = with_one_factor(logged_in(project_leader)).post(
        "/prosjekt/studier/ny/", {"name_nb": "Før & etter"}
    )
    assert hidden_in(page.content.decode())["name_nb"] == "Før & etter"


def test_whoever_has_not_the_role_is_refused_and_not_led_to_a_second_factor(
    contact_person: User, logged_in: LogIn
) -> None:
    assert with_one_factor(logged_in(contact_person)).post("/prosjekt/studier/ny/").status_code == 403


def test_what_is_soon_filled_in_again_leads_to_the_second_factor_alone(
    project_leader: User, logged_in: LogIn
) -> None:
    page = with_one_factor(logged_in(project_leader)).post(reverse("cms:invite"), {"email": "a@b.no"})
    assert page["Location"] == reverse("account_two_factors")


@pytest.mark.parametrize(
    "end", ["ny/", "{key}/endre/", "{key}/maling/", "{key}/maling/{wave}/", "{key}/kriterier/"]
)
def test_a_form_about_a_study_comes_back_whole(end: str, municipality: Municipality) -> None:
    found = study(region=municipality.region)
    place = f"/prosjekt/studier/{end.format(key=found.key, wave=wave(found).pk)}"
    typed = {"name_nb": "Før & etter", "purpose_nb": "Første linje.\nAndre <linje>.", "questionnaires": "7"}
    page = Client().post(place, typed)
    assert page.status_code == 401
    text = page.content.decode()
    assert f'action="{place}"' in text
    kept = hidden_in(text)
    assert {name: kept[name] for name in typed} == typed
    assert Study.objects.count() == 1
