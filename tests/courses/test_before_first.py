"""«Før din første kveld»: what is in place and what is left, and gone from the start page in time."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from allauth.mfa.models import Authenticator
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from courses.models import Adult, Evening, Group
from tests import factories as made
from tests.documents import attended, course_group
from tests.editions import make_families
from tests.evening_factories import FamilyInvitationFactory

if TYPE_CHECKING:
    from django.test import Client

    from courses.models import Municipality, User
    from tests.people import LogIn

pytestmark = pytest.mark.django_db
PAGE = "/for-forste-kveld/"


@pytest.fixture
def newcomer(municipality: Municipality) -> User:
    return made.RoleFactory(kind="contact-person", municipality=municipality).user


@pytest.fixture
def client(newcomer: User, logged_in: LogIn) -> Client:
    return logged_in(newcomer)


def led_by(newcomer: User, *, first_in: timedelta = timedelta(days=3)) -> Group:
    """A group of her own with all its evenings, the first of them so long from now."""
    group = course_group(languages=("nb", "nn"))
    group.municipalities.set([newcomer.roles.get().municipality])
    made.AssignmentFactory(group=group, user=newcomer)
    for number, evening in enumerate(group.evenings.order_by("starts_at")):
        starts = timezone.now() + first_in + timedelta(days=14 * number)
        Evening.objects.filter(pk=evening.pk).update(starts_at=starts)
    return group


def in_place(client: Client) -> dict[str, bool]:
    return {step["key"]: step["done"] for step in client.get(PAGE).context["steps"]}


def test_a_newcomer_finds_everything_left_and_the_way_to_each_thing(client: Client) -> None:
    page = client.get(PAGE)
    assert page.status_code == 200
    assert in_place(client) == dict.fromkeys(("login", "training", "group", "plan", "phone", "papers"), False)
    assert 'href="/gruppe/ny/"' in page.content.decode()


def test_what_exists_is_in_place(client: Client, newcomer: User) -> None:
    Authenticator.objects.create(user=newcomer, type="webauthn", data={})
    group = led_by(newcomer)
    FamilyInvitationFactory(group=group)
    training = course_group(modules=3, programme__audience="contact-persons")
    own = made.AdultFactory(user=newcomer, family=None, seat=None)
    made.EnrolmentFactory(group=training, adult=own)
    attended(own, training, "present present -")
    assert in_place(client) == {
        "login": True,
        "training": False,
        "group": True,
        "dates": True,
        "families": True,
        "plan": False,
        "phone": False,
        "papers": False,
    }
    text = client.get(PAGE).content.decode()
    assert "Du har vært med på 2 av 3 kvelder." in text
    assert "6 av 6 kvelder har fått dato." in text
    assert "1 familie er invitert eller med." in text
    attended(own, training, "- - made-up")
    assert in_place(client)["training"]


def test_two_kinds_of_codes_by_mail_are_no_factor_of_her_own(client: Client, newcomer: User) -> None:
    Authenticator.objects.create(user=newcomer, type="recovery_codes", data={})
    assert not in_place(client)["login"]


def test_every_way_on_the_page_leads_somewhere(client: Client, newcomer: User) -> None:
    led_by(newcomer)
    links = [url for step in client.get(PAGE).context["steps"] for url, _title in step["links"]]
    assert len(links) >= 10
    assert {client.get(url).status_code for url in links} <= {200, 302}


def test_what_only_she_knows_is_ticked_by_her_and_kept_on_the_device(
    client: Client, logged_in: LogIn
) -> None:
    answer = client.post(f"{PAGE}plan/")
    assert answer["Location"] == f"{PAGE}#plan"
    assert in_place(client)["plan"]
    cookie = client.cookies["forberedt"]
    assert (cookie["httponly"], cookie["samesite"], cookie.value) == (True, "Lax", "plan")
    client.post(f"{PAGE}papers/")
    client.post(f"{PAGE}plan/")
    assert [key for key, done in in_place(client).items() if done] == ["papers"]


@pytest.mark.parametrize("value", ["", "....", "plan.login.training", "x" * 3_000, "../../plan"])
def test_a_cookie_somebody_has_changed_ticks_nothing_but_the_three(client: Client, value: str) -> None:
    client.cookies["forberedt"] = value
    assert not {key for key, done in in_place(client).items() if done} - {"plan"}


def test_an_unknown_step_is_not_found(client: Client) -> None:
    assert client.post(f"{PAGE}login/").status_code == 404


def test_the_start_page_leads_there_until_she_has_held_an_evening(client: Client, newcomer: User) -> None:
    assert PAGE in client.get("/min/").content.decode()
    group = led_by(newcomer)
    assert PAGE in client.get("/min/").content.decode()
    first = group.evenings.order_by("starts_at").first()
    Evening.objects.filter(pk=first.pk).update(starts_at=timezone.now() - timedelta(hours=3))
    assert PAGE not in client.get("/min/").content.decode()
    assert client.get(PAGE).context["has_led"]


def test_a_cancelled_evening_or_one_of_her_own_training_is_not_held(client: Client, newcomer: User) -> None:
    group = led_by(newcomer, first_in=-timedelta(days=1))
    group.evenings.filter(starts_at__lt=timezone.now()).update(cancelled_at=timezone.now())
    training = course_group(modules=3, programme__audience="contact-persons")
    training.evenings.update(starts_at=timezone.now() - timedelta(days=1))
    made.EnrolmentFactory(group=training, adult=made.AdultFactory(user=newcomer, family=None, seat=None))
    assert not client.get(PAGE).context["has_led"]


def test_others_do_not_find_the_page(adult: Adult, leader: User, logged_in: LogIn) -> None:
    assert logged_in(adult).get(PAGE).status_code == 403
    assert logged_in(leader).get(PAGE).status_code == 403


def test_queries_are_the_same_for_any_number_of_families(client: Client, newcomer: User) -> None:
    group = led_by(newcomer)

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert client.get(PAGE).status_code == 200
        return len(captured)

    few = queries()
    make_families(group, 12)
    FamilyInvitationFactory.create_batch(12, group=group)
    assert queries() == few
