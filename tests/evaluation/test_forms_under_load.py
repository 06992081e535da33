"""Thirty-two people answer at the same moment, each with a double click: no error, and one row each."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest
from django.conf import settings
from django.db import connections
from django.test import Client

from evaluation.models import Participation, SealedAnswer
from evaluation.views import marks
from tests.factories import UserFactory
from tests.study_factories import occasion, participation

if TYPE_CHECKING:
    from courses.models import User

pytestmark = pytest.mark.django_db(databases=["default", "answers"], transaction=True)

CLIENTS = 32


def browser_of(user: User) -> Client:
    client = Client(headers={"Accept": "application/json"})
    client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[0])
    return client


def test_thirty_two_who_answer_at_once_are_all_taken_once() -> None:
    at = occasion()
    users = [UserFactory() for _ in range(CLIENTS)]
    for user in users:
        participation(at, user)
    version = at.wave.instruments.get().version
    browsers = [browser_of(user) for user in users]

    def answer(place: int) -> list[Any]:
        """Opens the form, fetches the key, and sends; the second post is the double click."""
        browser, user = browsers[place % CLIENTS], users[place % CLIENTS]
        given = {"mark": marks.mark_of(user, at.pk), f"{version.pk}-t01": str(place % 5 + 1)}
        try:
            page = browser.get(f"/skjema/{at.pk}/", headers={"Accept": "text/html"})
            browser.post(f"/skjema/{at.pk}/nokkel/", given)
            sent = browser.post(f"/skjema/{at.pk}/", given)
            return [page.status_code in (200, 302), sent.status_code, sent.json()["status"]]
        finally:
            for connection in connections.all():
                connection.close()

    with ThreadPoolExecutor(CLIENTS) as clients:
        said = list(clients.map(answer, range(2 * CLIENTS)))
    assert [words[:2] for words in said] == [[True, 200]] * (2 * CLIENTS)
    assert sorted(words[2] for words in said) == ["already"] * CLIENTS + ["received"] * CLIENTS
    assert SealedAnswer.objects.count() == CLIENTS
    assert set(Participation.objects.values_list("state", "draft_key")) == {("done", None)}
