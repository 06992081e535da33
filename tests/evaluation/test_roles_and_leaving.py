"""What web and closing role may do when somebody leaves, or had a sheet. On real servers only."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from courses.models import AuditEvent
from evaluation.answers import sealing
from evaluation.models import Participation, Response, SealedAnswer, Withdrawal
from tests.conftest import REAL_SERVERS
from tests.crowds import adults, asked, version_of
from tests.factories import GroupFactory, RoleFactory
from tests.roles import as_role, give_roles
from tests.study_factories import participation, wave

if TYPE_CHECKING:
    from pathlib import Path

    from courses.models import User
    from evaluation.models import Occasion

pytestmark = [
    pytest.mark.skipif(not REAL_SERVERS, reason="SQLite has no roles"),
    pytest.mark.django_db(transaction=True, databases=["default", "answers"]),
]
ERASE = """
import django; django.setup()
from courses.erasing import erase_user
from courses.models import User
erase_user(User.objects.get(pk={user}), may_hold_role=True)
print("erased")
"""


@pytest.fixture
def apart(tmp_path: Path, settings) -> dict[str, str]:
    """Where the keys are, and the ledger."""
    give_roles("default", "answers")
    settings.SEAL_KEY_FILE = tmp_path / "seal.json"
    return {"SEAL_KEY_FILE": str(tmp_path / "seal.json"), "ERASURE_LEDGER": str(tmp_path / "erased.txt")}


def sent_by(user: User, at: Occasion) -> None:
    sealing.submit(user=user, occasion_id=at.pk, forms=[(version_of(at.wave), {"t01": 4})])


@pytest.mark.parametrize("counted_first", [True, False])
def test_the_web_role_erases_whoever_signed_and_the_closing_role_takes_hers_out(
    apart: dict[str, str], counted_first: bool
) -> None:
    at = asked([], wave=wave(code="M", audience="contact-person", identity="named"))
    users = [RoleFactory(kind="contact-person").user for _ in range(2)]
    for user in users:
        participation(at, user)
        sent_by(user, at)
    steps = [
        ("egs_close", ("manage.py", "close", str(at.pk))),
        ("egs_web", ("-c", ERASE.format(user=users[0].pk))),
    ]
    for role, words in steps if counted_first else steps[::-1]:
        done = as_role(role, *words, **apart)
        assert done.returncode == 0, done.stderr
    swept = as_role("egs_close", "manage.py", "close", "--due", **apart)
    assert swept.returncode == 0, swept.stderr
    assert list(Response.objects.values_list("named", flat=True)) == [users[1].pk]
    assert not Withdrawal.objects.exists()
    assert not SealedAnswer.objects.exists()


def test_the_closing_role_writes_out_what_somebody_signed_and_leaves_a_line(apart: dict[str, str]) -> None:
    at = asked([], wave=wave(code="M", audience="contact-person", identity="named"))
    users = [RoleFactory(kind="contact-person").user for _ in range(2)]
    for user in users:
        participation(at, user)
        sent_by(user, at)
    assert as_role("egs_close", "manage.py", "close", str(at.pk), **apart).returncode == 0
    for _again in range(2):
        done = as_role("egs_close", "manage.py", "signed", str(users[0].pk), **apart)
        assert "- Utsagn t01: Enig" in done.stdout, done.stderr
    assert list(AuditEvent.objects.filter(action="signed").values_list("about", "actor")) == [
        (users[0].pk, None)
    ]


def test_the_closing_role_forgets_who_had_a_sheet(apart: dict[str, str]) -> None:
    people = adults(GroupFactory(), 6, families=4)
    at = asked(people, wave=wave())
    sealing.make_envelope(user=people[0].user, occasion_id=at.pk)
    for adult in people[1:]:
        sent_by(adult.user, at)
    closed = as_role("egs_close", "manage.py", "close", str(at.pk), **apart)
    assert "5 talt med" in closed.stdout, closed.stderr
    assert not Participation.objects.filter(has_sheet=True).exists()
