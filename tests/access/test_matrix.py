"""Every route × every role × every method: what happens is what cms/access_matrix.py declares."""

from __future__ import annotations

import sys
from datetime import timedelta
from itertools import product
from types import ModuleType
from typing import TYPE_CHECKING, Any

import pytest
from django.conf import settings
from django.http import HttpResponse
from django.test import Client, override_settings
from django.urls import get_resolver, path, reverse
from django.utils import timezone

import cms.urls
from cms.access_matrix import LOGGED_IN, Rule, rule_for
from courses.models import Adult, BodyMeeting, MeetingPaper, Role
from courses.welcoming import token_of
from tests import study_factories
from tests.access.browsers import ROLES, ask, with_one_factor
from tests.access.routes import Route, routes_of
from tests.evening_factories import (
    CallRequestFactory,
    CatchUpFactory,
    EveningLogFactory,
    GatheringFactory,
    GuidanceMeetingFactory,
    InvitedAdultFactory,
)
from tests.factories import EnrolmentFactory, EveningFactory, InvitationFactory, RoleFactory
from tests.plans import make_evening

if TYPE_CHECKING:
    from collections.abc import Callable

    from courses.models import Edition, Group, Municipality, User
    from evaluation.models import Study
    from tests.people import LogIn

METHODS = ("GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS")
N_BEFORE = 15_092  # own routes × roles × methods; may never fall

pytestmark = pytest.mark.django_db(databases=["default", "answers"])


def expected(rule: Rule | None, role: str, factors: int, method: str) -> str:
    """What the rule promises: «404», «405», «login», «403», «two factors» or «in»."""
    if rule is None or (rule.demo and not settings.DEMO):
        return "404"
    if ("GET" if method == "HEAD" else method) not in rule.methods:
        return "405"
    if rule.roles is None:
        return "in"
    if not role:
        return "login"
    if rule.roles == LOGGED_IN:
        return "in"
    if role not in rule.roles:
        return "403"
    return "in" if factors > 1 else "two factors"


def is_as(expectation: str, page: HttpResponse) -> bool:
    target = page.get("Location", "")
    if expectation == "login":
        if page.status_code == 401:  # a note that was typed comes back in its field, with the way in
            return reverse(settings.LOGIN_URL).encode() in page.content
        return page.status_code == 302 and target.startswith(reverse(settings.LOGIN_URL) + "?next=/")
    if expectation == "two factors":
        if page.status_code == 401:
            return reverse("account_two_factors").encode() in page.content
        return page.status_code == 302 and target == reverse("account_two_factors")
    if expectation == "in":
        return page.status_code < 500 and page.status_code not in (401, 403, 405)
    return page.status_code == int(expectation)


def agreements_in(group: Group) -> dict[str, Any]:
    """An adult of the group, with what she and her contact person have between them."""
    adult = EnrolmentFactory(group=group).adult
    held = make_evening(group, module=2)
    meeting = GuidanceMeetingFactory(family=adult.family)
    return {
        "adult_id": adult.pk,
        "catch_up_id": CatchUpFactory(adult=adult, evening=held).pk,
        "call_id": CallRequestFactory(adult=adult).pk,
        "evenings:cancel_guidance.meeting_id": meeting.pk,
        "evenings:cancel_own_guidance.meeting_id": meeting.pk,
        "evenings:change.what": "pause",
    }


def study_of(group: Group) -> dict[str, Any]:
    """A study of the group's programme, with a wave and its letter."""
    region = group.municipalities.get().region
    study = study_factories.study(key="piloten", programme=group.edition.programme, region=region)
    wave = study_factories.wave(study)
    study_factories.information(study)
    asked = study_factories.occasion(wave=wave, group=group)
    for adult in Adult.objects.filter(enrolments__group=group):
        study_factories.participation(asked, adult)
    return {
        "study": study.key,
        "wave_id": wave.pk,
        "occasion_id": asked.pk,
        "nonce": _code_of_an_evening(group, study),
    }


def _code_of_an_evening(group: Group, study: Study) -> str:
    """Of an open form, so that whoever has it gets in."""
    held = EveningFactory(group=group)
    wave = study_factories.evening_wave(study)
    return str(study_factories.occasion(wave=wave, evening=held).nonce)


@pytest.fixture
def real(edition: Edition, project_leader: User, group: Group, municipality: Municipality) -> dict[str, Any]:
    """What the routes' parameters are called, with values that exist."""
    meeting = BodyMeeting.objects.create(body="working", held_on=timezone.localdate())
    invited = InvitedAdultFactory(invitation__group=group, invitation__municipality=municipality)
    return (
        {
            "group_id": group.pk,
            "invited_id": invited.pk,
            "evenings:withdraw_family.invitation_id": invited.invitation_id,
            "evenings:welcome.token": token_of(invited),
            "gathering_id": GatheringFactory(kind="refresher", group=group).pk,
            "programme": edition.programme.slug,
            "module": "modul-1",
            "part": "del-1",
            "block": "r1",
            "courses:mark_tried.block": "t1",
            "courses:mark_untried.block": "t1",
            "invitation_id": InvitationFactory(invited_by=project_leader).pk,
            "role_id": RoleFactory(kind="editor", municipality=None).pk,
            "edition_id": edition.pk,
            "persona": "familie",
            "slug": municipality.slug,
            "log_id": EveningLogFactory(wants_guidance=True).pk,
            "meeting_id": meeting.pk,
            "paper_id": MeetingPaper.objects.create(
                meeting=meeting, title="Referat", file="x", kind="pdf"
            ).pk,
            "evening_id": make_evening(group).pk,
        }
        | agreements_in(group)
        | study_of(group)
    )


def own_routes() -> list[Route]:
    return [route for route in routes_of(get_resolver()) if not route.is_wagtails]


def test_every_route_is_declared() -> None:
    routes = routes_of(get_resolver())
    assert len(routes) >= 270
    assert [route.name for route in routes if route.rule is None] == []


def test_no_two_routes_of_ours_share_a_name() -> None:
    names = [route.name for route in own_routes()]
    assert sorted(names) == sorted(set(names))


def test_matrix_is_not_smaller_than_before() -> None:
    assert len(own_routes()) * sum(map(len, ROLES.values())) * len(METHODS) >= N_BEFORE


@pytest.mark.parametrize("role", ROLES)  # each a test of its own, so that all workers share them
def test_matrix_holds_for_every_route_and_method(
    role: str, browsers: dict[tuple[str, int], Client], real: dict[str, Any]
) -> None:
    wrong = []
    for route, factors, method in product(own_routes(), ROLES[role], METHODS):
        address, promise = route.address(real), expected(route.rule, role, factors, method)
        page = ask(browsers[role, factors], method, address)
        if not is_as(promise, page):
            wrong.append(
                f"{method} {address}, {role or 'nobody'}/{factors}: {page.status_code}, not {promise}"
            )
    assert wrong == []


@pytest.mark.parametrize(
    ("method", "address", "status"),
    [("GET", "/prosjekt/", 403), ("GET", "/finnes-ikke/", 404), ("PUT", "/hjelp/", 405)],
)
def test_refusal_is_a_page_in_words_for_every_role_and_a_status_for_a_script(
    browsers: dict[tuple[str, int], Client], method: str, address: str, status: int
) -> None:
    rule = rule_for("cms:project")
    for (role, factors), client in browsers.items():
        if status == 403 and expected(rule, role, factors, method) != "403":
            continue
        page: Any = client.generic(method, address, headers={"accept": "text/html,*/*;q=0.8"})
        assert page.status_code == status
        assert f"{status}.html" in [template.name for template in page.templates]
        assert b"<h1" in page.content
        script: Any = client.generic(method, address, headers={"accept": "application/json"})
        assert [script.status_code, script.content] == [status, b""]


@pytest.fixture
def with_a_forgotten_route(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    module = ModuleType("tests.access.forgotten_urls")
    module.__dict__.update(
        {name: value for name, value in vars(cms.urls).items() if name.startswith("handler")},
        urlpatterns=[
            path("glemt/", lambda request: HttpResponse("åpent"), name="forgotten"),
            *cms.urls.urlpatterns,
        ],
    )
    monkeypatch.setitem(sys.modules, module.__name__, module)
    return module


def test_forgotten_route_is_found(with_a_forgotten_route: ModuleType) -> None:
    routes = routes_of(get_resolver(with_a_forgotten_route.__name__))
    assert [route.name for route in routes if route.rule is None] == ["forgotten"]


@pytest.mark.parametrize("role", [("", 0), ("adult", 1), ("project-leader", 2), ("editor", 2)])
def test_forgotten_route_is_not_there_for_anybody(
    with_a_forgotten_route: ModuleType, browsers: dict[tuple[str, int], Client], role: tuple[str, int]
) -> None:
    with override_settings(ROOT_URLCONF=with_a_forgotten_route.__name__):
        assert browsers[role].get("/hjelp/").status_code == 200
        page = browsers[role].get("/glemt/")
    assert page.status_code == 404
    assert "åpent" not in page.content.decode()


def _end_yesterday(client: Client, user: User) -> None:
    yesterday = timezone.localdate() - timedelta(days=1)
    Role.objects.filter(user=user).update(starts_on=yesterday, ends_on=yesterday)


def _forget_a_factor(client: Client, user: User) -> None:
    with_one_factor(client)


def _deactivate(client: Client, user: User) -> None:
    user.is_active = False
    user.save()


@pytest.mark.parametrize(
    ("happens", "promise"),
    [(_end_yesterday, "403"), (_forget_a_factor, "two factors"), (_deactivate, "login")],
)
@pytest.mark.parametrize("address", ["/prosjekt/", "/cms/", "/cms/utgaver/", "/cms/pages/"])
def test_right_that_is_lost_is_lost_at_the_next_request(
    logged_in: LogIn,
    project_leader: User,
    address: str,
    happens: Callable[[Client, User], None],
    promise: str,
) -> None:
    client = logged_in(project_leader)
    assert client.get(address).status_code in (200, 302)
    assert not is_as(promise, client.get(address))
    happens(client, project_leader)
    assert is_as(promise, client.get(address))


def test_role_that_begins_tomorrow_opens_nothing_today(logged_in: LogIn) -> None:
    role = RoleFactory(
        kind="project-leader", municipality=None, starts_on=timezone.localdate() + timedelta(days=1)
    )
    assert logged_in(role.user).get("/prosjekt/").status_code == 403


def test_head_and_options_change_nothing(logged_in: LogIn, project_leader: User) -> None:
    role = RoleFactory(kind="editor", municipality=None)
    client = logged_in(project_leader)
    address = reverse("cms:end_role", args=[role.pk])
    for method, status in (("HEAD", 200), ("OPTIONS", 405), ("GET", 200)):
        assert client.generic(method, address).status_code == status
    role.refresh_from_db()
    assert role.is_active()


@override_settings(CMS_HOST="cms.kurs.example.no", ALLOWED_HOSTS=["testserver", "cms.kurs.example.no"])
def test_editor_works_on_a_host_of_its_own_when_there_is_one(logged_in: LogIn, editor: User) -> None:
    client = logged_in(editor)
    assert client.get("/cms/").status_code == 404
    assert client.get("/cms/", headers={"host": "cms.kurs.example.no"}).status_code == 200
