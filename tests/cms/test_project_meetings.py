"""Meetings and their papers: who sees whose, what is kept of a file, and how it is given out."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from courses.models import BodyMeeting, MeetingPaper
from tests.cms.papers import WRITER, a_docm, a_docx, a_pdf, an_odt, parts_of
from tests.factories import RoleFactory

if TYPE_CHECKING:
    from django.http import HttpResponse
    from django.test import Client

    from courses.models import User
    from tests.people import LogIn

pytestmark = pytest.mark.django_db
MEETINGS = "/prosjekt/moter/"
SEES = {
    "project_leader": {"steering", "working", "users"},
    "leader": {"steering", "working"},
    "contact_person": {"working"},
    "user_group": {"users"},
}


@pytest.fixture
def desk(logged_in: LogIn, project_leader: User) -> Client:
    return logged_in(project_leader)


@pytest.fixture
def meeting() -> BodyMeeting:
    return BodyMeeting.objects.create(body="steering", held_on=date(2026, 5, 4), title="Oppstart")


def upload(
    client: Client, meeting: BodyMeeting, content: bytes, name: str = "Referat Kari Hemmelig.docx"
) -> HttpResponse:
    file = SimpleUploadedFile(name, content, content_type="application/pdf")
    return client.post(f"{MEETINGS}{meeting.pk}/papir/", {"title": "Referat", "file": file})


def given_out(client: Client, paper: MeetingPaper) -> tuple[HttpResponse, bytes]:
    page = client.get(f"/prosjekt/papir/{paper.pk}/")
    return page, page.getvalue()  # type: ignore[attr-defined]


# --- meetings


def test_project_leader_puts_in_a_meeting_and_takes_it_away(desk: Client) -> None:
    page = desk.post(f"{MEETINGS}nytt/", {"body": "users", "held_on": "2026-05-04", "title": "Språket"})
    made = BodyMeeting.objects.get()
    assert page["Location"] == f"{MEETINGS}{made.pk}/"
    text = desk.get(MEETINGS).content.decode()
    assert "Brukergruppa, 4. mai 2026" in text
    assert "Språket" in text
    desk.post(f"{MEETINGS}{made.pk}/bort/")
    assert not BodyMeeting.objects.exists()


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"body": "venner", "held_on": "2026-05-04"}, "Velg en gruppe."),
        ({"body": "users", "held_on": ""}, "Velg en dag."),
        ({"body": "users", "held_on": "31.2.2026"}, "Skriv datoen som"),
    ],
)
def test_bad_meeting_is_said_at_its_field(desk: Client, form: dict[str, str], said: str) -> None:
    page = desk.post(f"{MEETINGS}nytt/", form | {"title": "Språket"})
    assert page.status_code == 422
    assert said in page.content.decode()
    assert 'value="Språket"' in page.content.decode()
    assert not BodyMeeting.objects.exists()


def test_refused_form_that_is_loaded_anew_leads_back_to_its_page(desk: Client, meeting: BodyMeeting) -> None:
    assert desk.get("/prosjekt/moter/nytt/")["Location"] == "/prosjekt/moter/"
    assert desk.get(f"/prosjekt/moter/{meeting.pk}/papir/")["Location"] == f"/prosjekt/moter/{meeting.pk}/"
    assert desk.get("/prosjekt/moter/9999/papir/").status_code == 404


@pytest.mark.parametrize("role", SEES)
def test_each_sees_the_papers_of_the_bodies_she_sits_in(
    role: str, request: pytest.FixtureRequest, logged_in: LogIn, desk: Client
) -> None:
    client = logged_in(request.getfixturevalue(role))
    for body in ("steering", "working", "users"):
        meeting = BodyMeeting.objects.create(body=body, held_on=date(2026, 5, 4))
        upload(desk, meeting, a_pdf())
        paper = meeting.papers.get()
        expected = 200 if body in SEES[role] else 404
        assert client.get(f"{MEETINGS}{meeting.pk}/").status_code == expected
        page, _content = given_out(client, paper)
        assert page.status_code == expected
        assert (f"{MEETINGS}{meeting.pk}/" in client.get(MEETINGS).content.decode()) == (expected == 200)


@pytest.mark.parametrize("role", ["editor", "researcher", "adult"])
def test_who_sits_in_no_body_sees_no_meeting(
    role: str, request: pytest.FixtureRequest, logged_in: LogIn, desk: Client, meeting: BodyMeeting
) -> None:
    upload(desk, meeting, a_pdf())
    client = logged_in(request.getfixturevalue(role))
    for address in (MEETINGS, f"{MEETINGS}{meeting.pk}/", f"/prosjekt/papir/{meeting.papers.get().pk}/"):
        assert client.get(address).status_code == 403


@pytest.mark.parametrize("role", ["leader", "user_group", "contact_person"])
def test_only_the_project_leader_puts_in_and_takes_away(
    role: str, request: pytest.FixtureRequest, logged_in: LogIn, desk: Client
) -> None:
    client = logged_in(request.getfixturevalue(role))
    for body in ("steering", "working", "users"):
        meeting = BodyMeeting.objects.create(body=body, held_on=date(2026, 5, 4))
        upload(desk, meeting, a_pdf())
        assert upload(client, meeting, a_pdf()).status_code == 403
        assert client.post(f"/prosjekt/papir/{meeting.papers.get().pk}/bort/").status_code == 403
        assert client.post(f"{MEETINGS}{meeting.pk}/bort/").status_code == 403
        assert meeting.papers.count() == 1
    assert client.post(f"{MEETINGS}nytt/", {"body": "users", "held_on": "2026-05-04"}).status_code == 403


def test_role_that_ended_opens_no_paper(logged_in: LogIn, desk: Client, meeting: BodyMeeting) -> None:
    upload(desk, meeting, a_pdf())
    ended = RoleFactory(kind="leader", starts_on=date(2020, 1, 1), ends_on=date(2020, 2, 1)).user
    assert logged_in(ended).get(f"/prosjekt/papir/{meeting.papers.get().pk}/").status_code == 403


# --- papers


@pytest.mark.parametrize(("make", "kind"), [(a_docx, "docx"), (an_odt, "odt"), (a_pdf, "pdf")])
def test_paper_is_kept_washed_under_a_name_that_says_nothing(
    desk: Client, meeting: BodyMeeting, make: type, kind: str
) -> None:
    page = upload(desk, meeting, make())
    assert page["Location"] == f"{MEETINGS}{meeting.pk}/"
    paper = meeting.papers.get()
    assert paper.kind == kind
    assert re.fullmatch(rf"papers/[0-9a-f]{{32}}\.{kind}", paper.file.name)
    _page, content = given_out(desk, paper)
    kept = content if kind == "pdf" else b"".join(parts_of(content).values())
    assert WRITER.encode() not in kept


def test_paper_is_given_out_to_be_saved_and_never_run(desk: Client, meeting: BodyMeeting) -> None:
    upload(desk, meeting, a_docx(), "a.html")
    page, _content = given_out(desk, meeting.papers.get())
    assert page["Content-Disposition"] == 'attachment; filename="2026-05-04-referat.docx"'
    assert page["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in page["Content-Security-Policy"]
    assert "default-src 'none'" in page["Content-Security-Policy"]
    assert page["Cache-Control"] == "private, no-store"
    assert page["Content-Type"].startswith("application/vnd.openxmlformats")


def test_title_gives_a_safe_file_name(desk: Client, meeting: BodyMeeting) -> None:
    file = SimpleUploadedFile("a.pdf", a_pdf())
    title = '../../x"\r\nSet-Cookie: a=b Ærlig'
    desk.post(f"{MEETINGS}{meeting.pk}/papir/", {"title": title, "file": file})
    page, _content = given_out(desk, meeting.papers.get())
    assert re.fullmatch(r'attachment; filename="2026-05-04-[a-z0-9_-]+\.pdf"', page["Content-Disposition"])
    assert not page.cookies


@pytest.mark.parametrize(
    ("content", "name", "said"),
    [
        (b"%PDF-1.7" + bytes(30 << 20), "stor.pdf", "Den kan være på høyst 10 MB."),
        (b"MZ\x90\x00" + bytes(2000), "referat.pdf", "er ikke en PDF"),
        (b"MZ\x90\x00" + bytes(2000), "referat.docx", "er ikke en PDF"),
        (a_docm(), "referat.docm", "har makroer"),
        (a_docm(), "referat.docx", "har makroer"),
        (b"<svg onload='alert(1)'/>", "referat.pdf", "er ikke en PDF"),
        (b"", "referat.pdf", "Filen er tom."),
        (a_pdf(password="hemmelig"), "referat.pdf", "låst med passord"),
    ],
)
def test_bad_file_is_refused_with_a_reason_and_nothing_is_kept(
    desk: Client, meeting: BodyMeeting, content: bytes, name: str, said: str
) -> None:
    page = upload(desk, meeting, content, name)
    text = page.content.decode()
    assert page.status_code == 422
    assert said in text
    assert 'value="Referat"' in text
    assert not MeetingPaper.objects.exists()


def test_form_says_without_names(desk: Client, meeting: BodyMeeting) -> None:
    assert "Uten navn" in desk.get(f"{MEETINGS}{meeting.pk}/").content.decode()


def test_paper_that_is_taken_away_takes_its_file_with_it(
    desk: Client, meeting: BodyMeeting, django_capture_on_commit_callbacks: object
) -> None:
    upload(desk, meeting, a_pdf())
    paper = meeting.papers.get()
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        desk.post(f"/prosjekt/papir/{paper.pk}/bort/")
    assert not MeetingPaper.objects.exists()
    assert not default_storage.exists(paper.file.name)


def test_meeting_with_papers_stays(desk: Client, meeting: BodyMeeting) -> None:
    upload(desk, meeting, a_pdf())
    page = desk.post(f"{MEETINGS}{meeting.pk}/bort/", follow=True)
    assert "Ta bort dem først" in page.content.decode()
    assert BodyMeeting.objects.filter(pk=meeting.pk).exists()


def test_paper_whose_file_is_gone_is_not_found(desk: Client, meeting: BodyMeeting) -> None:
    upload(desk, meeting, a_pdf())
    paper = meeting.papers.get()
    default_storage.delete(paper.file.name)
    assert desk.get(f"/prosjekt/papir/{paper.pk}/").status_code == 404


def test_list_asks_the_same_number_of_questions(desk: Client, meeting: BodyMeeting) -> None:
    def asked() -> int:
        with CaptureQueriesContext(connection) as captured:
            desk.get(MEETINGS)
        return len(captured)

    upload(desk, meeting, a_pdf())
    asked()
    few = asked()
    for day in range(1, 15):
        upload(desk, BodyMeeting.objects.create(body="users", held_on=date(2026, 3, day)), a_pdf())
    asked()  # what was said of the uploads is told once
    assert asked() == few
