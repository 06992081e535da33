"""The first project leader is made by a command, which refuses a second one and nonsense."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from courses.models import Region, Role, User
from tests.logins import enter

pytestmark = pytest.mark.django_db


def make_leader(*arguments: str) -> str:
    said = StringIO()
    call_command("project_leader", *arguments, stdout=said)
    return said.getvalue()


def test_command_makes_the_first_project_leader_and_says_what_she_does_next(client: Client) -> None:
    said = make_leader("Lise@Example.no", "--name", "Lise")
    assert "/logg-inn/" in said
    assert "passnøkkel" in said
    assert Region.objects.count() == 1
    user = User.objects.get(email="lise@example.no")
    assert (user.roles.get().kind, user.roles.get().municipality) == ("project-leader", None)
    assert user.groups.filter(name="Redaktører").exists()
    assert enter(client, "lise@example.no")["Location"] == "/min/innlogging/to-faktor/"


def test_command_refuses_a_second_one_unless_told_so(project_leader: User) -> None:
    with pytest.raises(CommandError, match="--ny"):
        make_leader("lise@example.no", "--name", "Lise")
    make_leader("lise@example.no", "--name", "Lise", "--ny")
    make_leader("lise@example.no", "--name", "Lise", "--ny")
    assert Role.objects.filter(kind="project-leader").count() == 2


@pytest.mark.parametrize(
    "arguments", [("ikke-en-adresse", "--name", "Lise"), ("lise@example.no", "--name", " ")]
)
def test_command_refuses_nonsense_in_plain_norwegian(arguments: tuple[str, ...]) -> None:
    with pytest.raises(CommandError, match=r"e-postadresse|Navnet mangler"):
        make_leader(*arguments)
    assert not User.objects.exists()
