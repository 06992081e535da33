"""Before the project leader erases somebody: she is told what becomes of the answers, and never whose."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.utils import timezone
from django.utils.formats import date_format

from courses import erasure_requests
from courses.models import User
from tests.crowds import asked
from tests.factories import AttendanceFactory, RoleFactory
from tests.study_factories import participation, wave

if TYPE_CHECKING:
    from pathlib import Path

    from courses.models import Adult, Group
    from tests.people import LogIn

pytestmark = pytest.mark.django_db


def page(logged_in: LogIn, leader: User, adult: Adult) -> str:
    erasure_requests.ask(adult)
    answer = logged_in(leader).get(f"/prosjekt/sletting/{adult.pk}/")
    assert answer.status_code == 200
    main = answer.content.decode().split("<main")[1].split("</main>")[0]
    return main.replace(adult.shown_name, "").split("<form")[0]


def test_two_of_one_name_are_told_apart_and_the_time_there_is_left_is_said(
    logged_in: LogIn, project_leader: User, adult: Adult, group: Group
) -> None:
    said = page(logged_in, project_leader, adult)
    asked_on = timezone.localdate()
    for there in (said, logged_in(project_leader).get("/prosjekt/sletting/").content.decode()):
        assert f"{adult.family.municipality}, {group.name}" in there
        assert f"Frist {date_format(asked_on + timedelta(days=30), 'j. F Y')}." in there


def test_what_becomes_of_answers_of_every_kind_is_said_before_the_button(
    logged_in: LogIn, project_leader: User, adult: Adult
) -> None:
    said = page(logged_in, project_leader, adult)
    for words in (
        "Svar uten navn blir stående. Ingen kan finne hvem som ga dem.",
        "Svar før og etter kurset er fortsatt koblet til hverandre, men ikke til personen.",
        "da må personen trekke seg fra forskningen først",
        "Svar gitt med navn, som ansatt, slettes neste gang svar telles opp.",
        "Egne ord som er talt opp, er lagret uten navn og blir stående.",
    ):
        assert words in said


def test_it_does_not_tell_who_has_answered_what(
    logged_in: LogIn, project_leader: User, adult: Adult, neighbour: Adult
) -> None:
    for code, audience, identity in (("T0", "adult", "linked"), ("M", "contact-person", "named")):
        at = asked([], wave=wave(code=code, audience=audience, identity=identity))
        participation(at, adult.user, state="done")
    both = [page(logged_in, project_leader, each) for each in (adult, neighbour)]
    assert both[0] == both[1]


def test_of_whoever_works_here_nothing_is_written_for_the_archive_and_she_stays(
    logged_in: LogIn, project_leader: User, adult: Adult, settings: Any, tmp_path: Path
) -> None:
    """She was given a role after the page was opened: files with her name would lie there for nothing."""
    settings.ARCHIVE_DIR = tmp_path / "arkiv"
    erasure_requests.ask(adult)
    AttendanceFactory(adult=adult, state="present")
    RoleFactory(user=adult.user, kind="contact-person")
    answer = logged_in(project_leader).post(f"/prosjekt/sletting/{adult.pk}/", follow=True)
    assert "Personen har en rolle i prosjektet" in answer.content.decode()
    assert User.objects.filter(pk=adult.user_id).exists()
    assert not settings.ARCHIVE_DIR.exists()
