"""A backup from before somebody was erased has what she signed: it is gone again before the site opens."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cms.backups import restoring
from cms.backups.making import make_backup
from courses.erasing import erase_user
from courses.models import User
from evaluation.answers import closing, sealing
from evaluation.models import Response, Withdrawal
from tests.cms.backup_places import own_places
from tests.crowds import asked, version_of
from tests.factories import RoleFactory
from tests.study_factories import participation, wave

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["own_places"]
pytestmark = [
    pytest.mark.django_db(transaction=True, databases=["default", "answers"]),
    pytest.mark.usefixtures("own_places"),
]


def test_what_she_signed_is_gone_again_when_the_backup_is_put_back(tmp_path: Path) -> None:
    at = asked([], wave=wave(code="M", audience="contact-person", identity="named"))
    users = [RoleFactory(kind="contact-person").user for _ in range(2)]
    for user in users:
        participation(at, user)
        sealing.submit(user=user, occasion_id=at.pk, forms=[(version_of(at.wave), {"t01": 4})])
    closing.close(at)
    file = make_backup(tmp_path / "out")
    number = users[0].pk
    erase_user(users[0], may_hold_role=True)
    assert restoring.restore(file, replace=True).again.erased == 1
    assert not User.objects.filter(pk=number).exists()
    assert list(Response.objects.values_list("named", flat=True)) == [users[1].pk]
    assert not Withdrawal.objects.exists()
