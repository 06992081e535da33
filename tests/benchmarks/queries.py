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


def pages_of(families: int, parts: int) -> dict[str, int]:
    from django.test import Client

    from tests import factories as made
    from tests.editions import make_edition, make_families

    edition = make_edition(modules=6, parts=parts, languages=("nb", "nn"))
    group = made.GroupFactory(edition=edition)
    adult = make_families(group, families)[0]
    made.AssignmentFactory(group=group)
    for module in edition.programme.modules.all():
        made.EveningFactory(group=group, module=module)
    client = Client(headers={"host": "localhost"})
    client.force_login(adult.user, backend=settings.AUTHENTICATION_BACKENDS[0])
    session = client.session
    session["seen"] = int(time.time())
    session.save()
    module = f"/kurs/{edition.programme.slug}/modul-1/"
    found = {"part": f"{module}del-1/", "Min side": "/min/", "module": module}
    return {name: counted(client, address) for name, address in found.items()}


def main() -> None:
    django.setup()
    from django.test import Client
    from django.test.utils import setup_test_environment

    setup_test_environment()
    imported = sorted(set(HEAVY) & set(sys.modules))
    public = Client(headers={"host": "localhost"})
    found = {
        "small": pages_of(**SMALL) | {"front": counted(public, "/"), "help": counted(public, "/hjelp/")},
        "big": pages_of(**BIG),
        "imported": imported,
    }
    print(json.dumps(found))


if __name__ == "__main__":
    main()
