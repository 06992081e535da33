"""A project leader who offers somebody a role by mail."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from django.core import mail
from django.test import Client

from courses.models import User

if TYPE_CHECKING:
    from tests.people import LogIn


@pytest.fixture
def desk(logged_in: LogIn, project_leader: User) -> Client:
    """The project leader's browser."""
    return logged_in(project_leader)


def invite(desk: Client, email: str = "nina@example.no", kind: str = "editor", **more: Any) -> str:
    """Invites somebody from the project page; gives the path of the mailed link."""
    desk.post(
        "/prosjekt/inviter/", {"name": "Nina", "email": email, "kind": kind, "municipality": "", **more}
    )
    return re.search(r"https?://[^/]+(/invitasjon/\S+)", mail.outbox[-1].body).group(1)  # type: ignore[union-attr]
