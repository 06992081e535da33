"""Staff are logged out after half an hour: what they had typed comes back, and can be sent after a login."""

from __future__ import annotations

import re
import time
from html import unescape
from typing import TYPE_CHECKING

import pytest
from django.test import Client

from cms.middleware import IDLE_LIMIT
from evaluation.models import Occasion, SealedAnswer, Study
from tests.evaluation.sheets import GIVEN, at, code_of, desk, from_elsewhere, keyed, people
from tests.study_factories import study, wave

if TYPE_CHECKING:
    from courses.models import Adult, Municipality, User
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
