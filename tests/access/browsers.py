"""One browser for each role, and requests that leave nothing behind."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from django.db import transaction

if TYPE_CHECKING:
    from django.http import HttpResponse
    from django.test import Client


STAFF = ("contact-person", "project-leader", "leader", "editor", "researcher", "user-group")
ROLES = {"": (0,), "adult": (1,)} | dict.fromkeys(STAFF, (1, 2))  # → with how many factors


def with_one_factor(client: Client) -> None:
    session = client.session
    session["account_authentication_methods"] = [{"method": "code", "at": time.time()}]
    session.save()


def ask(client: Client, method: str, address: str) -> HttpResponse:
    """One request that leaves nothing behind: neither rows nor a changed cookie.

    It asks for no page, so that a refusal is a status alone: thousands of pages that say no would take most
    of the time, and what they look like is a test of its own.
    """
    cookies = {name: morsel.value for name, morsel in client.cookies.items()}
    with transaction.atomic():
        page: Any = client.generic(method, address, headers={"accept": "application/json"})
        if page.streaming:
            page.getvalue()
        transaction.set_rollback(True)
    client.cookies.clear()
    client.cookies.load(cookies)
    return page
