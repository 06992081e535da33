"""How many queries a page costs, in a small course and in a big one. Prints JSON; run in a folder of its own.

python -m tests.benchmarks.queries      with the environment of tests/browser/serving.py
"""

from __future__ import annotations

import json
import sys
import time
from typing import TYPE_CHECKING

import django
from django.conf import settings

if TYPE_CHECKING:
    from django.test import Client

    from courses.models import User

BIG = {"families": 200, "parts": 40}
SMALL = {"families": 2, "parts": 1}
HEAVY = ("pandas", "scipy", "docx", "numpy")


def counted(client: Client, address: str) -> int:
    """Queries of the second visit, session and user among them."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    assert client.get(address).status_code == 200, address
    with CaptureQueriesContext(connection) as captured:
        client.get(address)
    return len(captured)


def logged_in(user: User) -> Client:
    """A browser with a session as the demo's door leaves it: two factors, no queries left out."""
    from django.test import Client

    client = Client(headers={"host": "localhost"})
    client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[0])
    session = client.session
    session["seen"] = int(time.time())
    session["account_authentication_methods"] = [
        {"method": method, "at": time.time()} for method in ("password", "code")
    ]
    session["account_authentication_methods_user"] = str(user.pk)
    session.save()
    return client


def pages_of(families: int, parts: int) -> dict[str, int]:
    from tests import factories as made
    from tests.editions import make_edition, make_families

    edition = make_edition(modules=6, parts=parts, languages=("nb", "nn"))
    role = made.RoleFactory()
    group = made.GroupFactory(edition=edition, municipalities=[role.municipality])
    adult = make_families(group, families)[0]
    made.AssignmentFactory(group=group, user=role.user)
    for module in edition.programme.modules.all():
        made.EveningFactory(group=group, module=module)
    module = f"/kurs/{edition.programme.slug}/modul-1/"
    found = {"part": f"{module}del-1/", "Min side": "/min/", "module": module, "own course": "/min/kurset/"}
    led = {"coach view": f"/gruppe/{group.pk}/"}
    reader, coach = logged_in(adult.user), logged_in(role.user)
    return {name: counted(reader, address) for name, address in found.items()} | {
        name: counted(coach, address) for name, address in led.items()
    }


def project(municipalities: int, groups: int) -> dict[str, int]:
    """The project page, with so many more municipalities and groups in each."""
    from tests import factories as made
    from tests.benchmarks.project_data import fill

    fill(municipalities, groups)
    leader = made.RoleFactory(kind="project-leader", municipality=None).user
    return {"project": counted(logged_in(leader), "/prosjekt/")}


def form(items: int) -> dict[str, int]:
    """The form a family answers, with so many questions."""
    from evaluation.models import Participation
    from tests import factories as made
    from tests.form_data import make

    user = made.EnrolmentFactory().adult.user
    user.first_name = f"Form{items}"
    user.save()
    at = make([user.first_name], items)
    assert Participation.objects.filter(occasion=at).count() == 1
    return {"form": counted(logged_in(user), f"/skjema/{at}/")}


def main() -> None:
    django.setup()
    from django.test import Client
    from django.test.utils import setup_test_environment

    setup_test_environment()
    imported = sorted(set(HEAVY) & set(sys.modules))
    public = Client(headers={"host": "localhost"})
    small = pages_of(**SMALL) | project(10, 10) | form(10)
    found = {
        "small": small | {"front": counted(public, "/"), "help": counted(public, "/hjelp/")},
        "big": pages_of(**BIG) | project(390, 10) | form(200),
        "imported": imported,
    }
    print(json.dumps(found))


if __name__ == "__main__":
    main()
