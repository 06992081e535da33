"""A house of its own for what kills, floods and attacks: fresh databases, a key file, people and a form.

On files, or on the servers that DATABASE_URL names (``python -m tests.on_real_servers …``): there every
house gets databases copied from the migrated ones, which go when it is left. Scripts that use it run in a
process of their own: ``enter`` sets the environment before Django reads its settings.
"""

from __future__ import annotations

import contextlib
import os
import random
import secrets
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit, urlunsplit

from tests.migrated import lay_out
from tests.on_real_servers import DATABASES, production_settings

if TYPE_CHECKING:
    from collections.abc import Iterator

TRIES = 20


@contextlib.contextmanager
def enter() -> Iterator[tuple[Path, dict[str, str]]]:
    """The house's folder, and what a server of it must be told beside ``serving.environment``."""
    with tempfile.TemporaryDirectory(prefix="egs-house-") as name, contextlib.ExitStack() as stack:
        folder = Path(name) / "data"
        folder.mkdir()
        if os.environ.get("DATABASE_URL"):
            more = production_settings(folder) | {"DEMO": "0"}
            more |= {each: stack.enter_context(_copied(each)) for each in DATABASES}
            more |= {each: os.environ[each] for each in ("REDIS_URL",) if os.environ.get(each)}
        else:
            lay_out(folder)
            more = {}
        from tests.browser.serving import environment

        os.environ |= environment(folder, **more)
        for each in set(os.environ) - set(environment(folder, **more)):
            del os.environ[each]
        _set_up(folder)
        yield folder, more


@contextlib.contextmanager
def _copied(variable: str) -> Iterator[str]:
    """The address of a copy of the migrated database."""
    import psycopg

    address = urlsplit(os.environ[variable])
    name = f"house_{secrets.token_hex(6)}"
    at_home = urlunsplit(address._replace(scheme="postgresql", path="/postgres"))
    with psycopg.connect(at_home, autocommit=True) as connection:
        for left in reversed(range(TRIES)):
            try:
                connection.execute(f"CREATE DATABASE {name} TEMPLATE {address.path[1:]}")
                break
            except psycopg.errors.ObjectInUse:  # somebody else is copying it
                if not left:
                    raise
                time.sleep(0.5)
    yield urlunsplit(address._replace(path=f"/{name}"))
    from django.db import connections

    connections.close_all()
    with psycopg.connect(at_home, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def _set_up(folder: Path) -> None:
    import django

    django.setup()
    from django.conf import settings
    from django.core.management import call_command

    from courses.keys import make_key_file

    if not settings.KEY_FILE.exists():
        make_key_file(settings.KEY_FILE)
    call_command("createcachetable", verbosity=0)


def many_adults(many: int) -> list[Any]:
    """Users with rows of their own, two in each family, by a few bulk inserts. In no group."""
    from courses.models import Adult, Family, User
    from tests.factories import MunicipalityFactory

    place = MunicipalityFactory()
    drawn = secrets.token_hex(4)
    users = User.objects.bulk_create(
        User(first_name=f"Person{n}", email=f"p{n}-{drawn}@example.no", password="!") for n in range(many)
    )
    families = Family.objects.bulk_create(Family(municipality=place) for _ in range((many + 1) // 2))
    Adult.objects.bulk_create(
        Adult(user=user, family=families[n // 2], seat=n % 2 + 1) for n, user in enumerate(users)
    )
    return list(users)


def numbered_form() -> Any:
    """A questionnaire whose answers say whose they are: «nr» is the number of the person who answers."""
    from evaluation.instruments.definition import LARGEST, Item, Words
    from tests.study_factories import frozen_version, statement, text_item

    number = Item("nr", "number", Words("Nummer"), "del", low=0, high=LARGEST)
    return frozen_version([number, statement("t01"), statement("t02"), text_item()])


def cookies_of(users: list[Any]) -> list[str]:
    """A session each, as two factors leave it, without a query for each."""
    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore
    from django.contrib.sessions.models import Session
    from django.utils import timezone

    rows = []
    for user in users:
        store = SessionStore()
        now = time.time()
        methods = [{"method": method, "at": now} for method in ("demo", "password", "code")]
        content = {
            SESSION_KEY: str(user.pk),
            BACKEND_SESSION_KEY: settings.AUTHENTICATION_BACKENDS[0],
            HASH_SESSION_KEY: user.get_session_auth_hash(),
            "account_authentication_methods": methods,
            "account_authentication_methods_user": str(user.pk),
            "seen": int(now),
        }
        expires = timezone.now() + timezone.timedelta(hours=8)
        rows.append(
            Session(
                session_key=secrets.token_hex(16), session_data=store.encode(content), expire_date=expires
            )
        )
    Session.objects.bulk_create(rows)
    return [row.session_key for row in rows]


def visitor(user: Any) -> Any:
    """A client that is logged in as she is."""
    from django.conf import settings
    from django.test import Client

    client = Client(headers={"host": settings.ALLOWED_HOSTS[0]})
    (client.cookies[settings.SESSION_COOKIE_NAME],) = cookies_of([user])
    return client


def shuffled(rows: list[Any], chance: random.Random) -> list[Any]:
    return chance.sample(rows, len(rows))
