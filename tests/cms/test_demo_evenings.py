"""The demo around its groups: what every page needs to have something true to show, and nothing more."""

from __future__ import annotations

import io

import docx
import pytest
from django.test import Client, override_settings
from django.utils import timezone

from courses.models import (
    Attendance,
    AttendanceMark,
    BodyMeeting,
    CallRequest,
    CatchUp,
    Evening,
    EveningLog,
    FamilyInvitation,
    Gathering,
    GuidanceMeeting,
    Message,
    Municipality,
    MunicipalPhase,
    SchoolHoliday,
    YearCount,
)
from tests.cms.demo_site import loaded

__all__ = ["loaded"]
pytestmark = pytest.mark.django_db(databases=["default", "answers"])


def held() -> list[Evening]:
    rows = Evening.objects.filter(group__name="Torsdagsgruppa", starts_at__lt=timezone.now())
    return list(rows.order_by("starts_at"))


def test_every_mark_on_a_list_was_tapped_and_the_last_tap_is_what_stands() -> None:
    for row in Attendance.objects.filter(evening__in=held()):
        taps = AttendanceMark.objects.filter(evening=row.evening, adult=row.adult).order_by("marked_at")
        if row.state == "unknown":
            assert not taps
        else:
            assert [tap.state for tap in taps][-1] == row.state
            assert [tap.marked_at for tap in taps][-1] == row.marked_at


def test_one_log_is_missing_one_wishes_for_guidance_and_one_element_was_done_partly() -> None:
    first, second, third = held()
    assert not EveningLog.objects.filter(evening=third).exists()
    assert [tick.done for tick in first.log.ticks.all()].count("partly") == 1
    assert second.log.wants_guidance
    assert second.log.changed
    assert "no" in {tick.done for tick in second.log.ticks.all()}


def test_one_catch_up_is_offered_and_one_is_done() -> None:
    states = CatchUp.objects.values_list("adult__user__first_name", "state")
    assert set(states) >= {("Hanne", "done"), ("Morten", "offered")}
    done = CatchUp.objects.get(state="done")
    assert done.read_at < done.done_at < timezone.now()  # type: ignore[operator]


def test_guidance_is_past_and_next_and_a_call_is_waited_for() -> None:
    times = GuidanceMeeting.objects.order_by("at").values_list("at", flat=True)
    assert [at < timezone.now() for at in times] == [True, False]
    assert CallRequest.objects.get().answered_at is None


def test_a_couple_is_invited_and_another_waits() -> None:
    rows = FamilyInvitation.objects.order_by("made_at", "pk")
    assert [(row.waiting, row.adults.count()) for row in rows] == [(False, 2), (True, 2)]


def test_gatherings_of_each_kind_are_to_come() -> None:
    kinds = sorted(Gathering.objects.filter(starts_at__gt=timezone.now()).values_list("kind", flat=True))
    assert kinds == ["refresher", "refresher", "staff-course", "theme-evening"]
    assert Gathering.objects.get(kind="theme-evening").sign_ups.count() == 3


def test_messages_are_planned_and_each_is_to_one() -> None:
    kinds = set(Message.objects.filter(state="planned").values_list("kind", flat=True))
    assert kinds >= {"invitation", "evening", "guidance"}


def test_every_municipality_has_phases_holidays_and_numbers_and_one_number_is_small() -> None:
    for place in Municipality.objects.all():
        assert MunicipalPhase.objects.filter(municipality=place).count() == 5
        assert SchoolHoliday.objects.filter(municipality=place).count() == 4
    moves = YearCount.objects.values_list("unplanned_moves", flat=True)
    assert len([count for count in moves if 1 <= count <= 4]) == 1


@pytest.mark.parametrize(
    ("persona", "bodies"),
    [("brukergruppe", {"users"}), ("leder", {"steering"}), ("prosjektleder", {"users", "steering"})],
)
def test_persona_reads_the_papers_of_her_own_meetings(persona: str, bodies: set[str]) -> None:
    client = Client()
    with override_settings(DEMO=True):
        client.post(f"/demo/{persona}/")
        for meeting in BodyMeeting.objects.all():
            page = client.get(f"/prosjekt/papir/{meeting.papers.get().pk}/")
            assert page.status_code == (200 if meeting.body in bodies else 404)
            if page.status_code == 200:
                paragraphs = docx.Document(io.BytesIO(page.getvalue())).paragraphs  # type: ignore[attr-defined]
                assert len(paragraphs) >= 3


def test_researcher_has_no_meetings() -> None:
    client = Client()
    with override_settings(DEMO=True):
        client.post("/demo/forsker/")
        assert client.get("/prosjekt/moter/").status_code == 403


def test_contact_persons_start_page_leads_to_the_log_that_is_missing() -> None:
    client = Client()
    with override_settings(DEMO=True):
        client.post("/demo/kontaktperson/")
        urls = [url for _title, url, _text in client.get("/min/").context["links"]]
    assert f"/kveld/{held()[2].pk}/logg/" in urls
    assert f"/kveld/{held()[1].pk}/logg/" not in urls
