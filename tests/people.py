"""Fixtures by role: one running group with two families, another group, and everybody who works with them.

    group   adult and other_adult (one family), neighbour (another family), led by contact_person
    other   stranger, led by other_contact_person, in another municipality

All of it lies in one region, and both groups read one edition.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Protocol

import pytest
from django.conf import settings
from django.contrib.auth.models import Group as Rights
from django.test import Client

from courses.editions import forget_words
from courses.keys import make_key_file
from courses.models import Adult
from tests.editions import make_edition
from tests.factories import (
    AssignmentFactory,
    EnrolmentFactory,
    FamilyFactory,
    GroupFactory,
    MunicipalityFactory,
    RoleFactory,
)

if TYPE_CHECKING:
    from courses.models import Edition, Family, Group, Municipality, User


def editors() -> Rights:
    """As the migrations make them, or anew where a test in transactions of its own has emptied the tables."""
    return Rights.objects.get_or_create(name="Redaktører")[0]


class LogIn(Protocol):
    def __call__(self, person: User | Adult) -> Client: ...


@pytest.fixture(scope="session", autouse=True)
def _key_file() -> None:
    """The demo makes its key file by itself; elsewhere it is made once, as `manage.py keys make` does."""
    if not settings.KEY_FILE.exists():
        make_key_file(settings.KEY_FILE)


@pytest.fixture(autouse=True)
def _fresh_words() -> None:
    """Ids come back with other rows in the next test; the words of an edition are kept by id."""
    forget_words()


@pytest.fixture
def logged_in() -> LogIn:
    """A browser of its own for a person, with a session as two factors leave it and no queries left out."""

    def log_in(person: User | Adult) -> Client:
        user = person.user if isinstance(person, Adult) else person
        client = Client()
        client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[0])
        session = client.session
        session["account_authentication_methods"] = [
            {"method": method, "at": time.time()} for method in ("demo", "password", "code")
        ]
        session["account_authentication_methods_user"] = str(user.pk)
        session["seen"] = int(time.time())
        session.save()
        return client

    return log_in


@pytest.fixture
def municipality() -> Municipality:
    return MunicipalityFactory(name="Vika", slug="vika")


@pytest.fixture
def other_municipality(municipality: Municipality) -> Municipality:
    return MunicipalityFactory(name="Fjell", slug="fjell", region=municipality.region)


@pytest.fixture
def edition() -> Edition:
    """Two modules of three parts, in Bokmål and Nynorsk: /kurs/en-god-start/modul-1/del-1/."""
    return make_edition(programme__slug="en-god-start", version="1.0", languages=("nb", "nn"))


@pytest.fixture
def group(edition: Edition, municipality: Municipality) -> Group:
    return GroupFactory(edition=edition, municipalities=[municipality])


@pytest.fixture
def other_group(edition: Edition, other_municipality: Municipality) -> Group:
    return GroupFactory(edition=edition, municipalities=[other_municipality])


@pytest.fixture
def family(municipality: Municipality) -> Family:
    return FamilyFactory(municipality=municipality)


@pytest.fixture
def adult(group: Group, family: Family) -> Adult:
    return EnrolmentFactory(group=group, adult__family=family, adult__user__first_name="Berit").adult


@pytest.fixture
def other_adult(group: Group, family: Family) -> Adult:
    """The second adult of the same family."""
    return EnrolmentFactory(
        group=group, adult__family=family, adult__seat=2, adult__user__first_name="Jan"
    ).adult


@pytest.fixture
def neighbour(group: Group, municipality: Municipality) -> Adult:
    """An adult of another family in the same group."""
    return EnrolmentFactory(group=group, adult__family__municipality=municipality).adult


@pytest.fixture
def stranger(other_group: Group, other_municipality: Municipality) -> Adult:
    """An adult of another group in another municipality."""
    return EnrolmentFactory(group=other_group, adult__family__municipality=other_municipality).adult


@pytest.fixture
def contact_person(group: Group, municipality: Municipality) -> User:
    user = RoleFactory(kind="contact-person", municipality=municipality).user
    AssignmentFactory(group=group, user=user)
    return user


@pytest.fixture
def other_contact_person(other_group: Group, other_municipality: Municipality) -> User:
    user = RoleFactory(kind="contact-person", municipality=other_municipality).user
    AssignmentFactory(group=other_group, user=user)
    return user


@pytest.fixture
def project_leader() -> User:
    user = RoleFactory(kind="project-leader", municipality=None).user
    user.groups.add(editors())
    return user


@pytest.fixture
def leader(municipality: Municipality) -> User:
    return RoleFactory(kind="leader", municipality=municipality).user


@pytest.fixture
def editor() -> User:
    user = RoleFactory(kind="editor", municipality=None).user
    user.groups.add(editors())
    return user


@pytest.fixture
def researcher() -> User:
    return RoleFactory(kind="researcher", municipality=None).user


@pytest.fixture
def user_group() -> User:
    return RoleFactory(kind="user-group", municipality=None).user
