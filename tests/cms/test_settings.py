"""The one settings file, asked the way a server asks it: in a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest
from django.db import connections

from cms.demo_mode import demo_secret

ROOT = Path(__file__).resolve().parent.parent.parent
PRODUCTION = {
    "SECRET_KEY": "z9" + "".join(f"{n:x}" for n in range(200, 240)),
    "ALLOWED_HOSTS": "kurs.example.no",
    "EMAIL_URL": "smtp+tls://kurs:hemmelig@post.example.no:587",
    "KEY_FILE": "/run/keys/en-god-start.json",
}


def run(
    *command: str, surroundings: dict[str, str], data: Path, answer: str = ""
) -> subprocess.CompletedProcess[str]:
    """A fresh Python with these variables and nothing else of ours."""
    kept = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "DJANGO_SETTINGS_MODULE": "cms.settings"}
    arguments = command or ("-c", answer or "from cms import settings")
    return subprocess.run(
        [sys.executable, *arguments],
        env=kept | {"DATA_DIR": str(data)} | surroundings,
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
    )


def setting(names: list[str], surroundings: dict[str, str], data: Path) -> dict[str, object]:
    told = f"{{name: vars(s).get(name) for name in {names}}}"
    answer = f"import json; from cms import settings as s; print(json.dumps({told}))"
    done = run(surroundings=surroundings, data=data, answer=answer)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.parametrize("name", PRODUCTION)
def test_production_does_not_start_without(name: str, tmp_path: Path) -> None:
    done = run(surroundings={k: v for k, v in PRODUCTION.items() if k != name}, data=tmp_path)
    assert done.returncode != 0
    assert f"ImproperlyConfigured: {name} mangler: " in done.stderr


def test_production_does_not_start_for_every_host_name(tmp_path: Path) -> None:
    done = run(surroundings=PRODUCTION | {"ALLOWED_HOSTS": "kurs.example.no,*"}, data=tmp_path)
    assert done.returncode != 0
    assert "ImproperlyConfigured: ALLOWED_HOSTS mangler: " in done.stderr


def test_production_starts_with_what_it_asks_for(tmp_path: Path) -> None:
    assert run(surroundings=PRODUCTION, data=tmp_path).returncode == 0


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATABASE_URL", "postgres://kurs@db.example.no/people"),
        ("ANSWERS_DATABASE_URL", "postgres://kurs@db.example.no/answers"),
        ("ALLOWED_HOSTS", "127.0.0.1,kurs.example.no"),
    ],
)
def test_demo_does_not_start_near_real_people(name: str, value: str, tmp_path: Path) -> None:
    done = run(surroundings={"DEMO": "1", name: value}, data=tmp_path)
    assert done.returncode != 0
    assert "ImproperlyConfigured: DEMO=1 " in done.stderr
    assert "example.no" not in done.stderr or name == "ALLOWED_HOSTS"


def test_demo_starts_on_loopback_names(tmp_path: Path) -> None:
    assert run(surroundings={"DEMO": "1", "ALLOWED_HOSTS": "localhost"}, data=tmp_path).returncode == 0


def test_processes_that_start_at_once_share_one_secret_of_the_demo(tmp_path: Path) -> None:
    """As `make run` and the tests start two commands in a folder that is new to both."""
    together = Barrier(8)

    def read(folder: Path) -> str:
        together.wait()
        return demo_secret(folder / "demo-secret")

    with ThreadPoolExecutor(8) as workers:
        for number in range(50):
            folder = tmp_path / str(number)
            assert len(found := set(workers.map(read, [folder] * 8))) == 1
            assert len(found.pop()) >= 50
            assert [file.stat().st_mode & 0o777 for file in folder.iterdir()] == [0o600]


def test_demo_shows_the_error_pages_people_meet_even_when_debug_is_asked_for(tmp_path: Path) -> None:
    assert setting(["DEBUG", "DEMO"], {"DEMO": "1", "DEBUG": "1"}, tmp_path) == {"DEBUG": False, "DEMO": True}


@pytest.mark.parametrize(
    ("arguments", "surroundings"),
    [
        (["--bind", "0.0.0.0:0"], {}),
        ([], {"GUNICORN_CMD_ARGS": "--bind 0.0.0.0:0"}),
        ([], {"PORT": "0"}),
    ],
)
def test_demo_under_gunicorn_refuses_every_address(
    arguments: list[str], surroundings: dict[str, str], tmp_path: Path
) -> None:
    done = run(
        "-m", "gunicorn", "cms.wsgi", "--no-control-socket", *arguments,
        surroundings={"DEMO": "1"} | surroundings, data=tmp_path,
    )  # fmt: skip
    assert done.returncode != 0
    assert "DEMO=1 lytter bare på loopback, ikke ['0.0.0.0']" in done.stderr


def test_command_beside_the_demo_knows_where_the_demo_answers(tmp_path: Path) -> None:
    """`manage.py work --once` in another window writes links that open."""
    demo = {"DEMO": "1"}
    assert setting(["SITE_URL"], demo, tmp_path) == {"SITE_URL": "http://127.0.0.1:8000"}
    served = run(
        "-m", "gunicorn", "cms.wsgi", "--check-config", "--bind", "127.0.0.1:8123",
        surroundings=demo, data=tmp_path,
    )  # fmt: skip
    assert served.returncode == 0, served.stderr
    assert setting(["SITE_URL"], demo, tmp_path) == {"SITE_URL": "http://127.0.0.1:8123"}
    assert setting(["SITE_URL"], demo | {"PORT": "9"}, tmp_path) == {"SITE_URL": "http://127.0.0.1:9"}


def test_deploy_check_is_clean_in_production(tmp_path: Path) -> None:
    done = run(
        "manage.py", "check", "--deploy", "--fail-level", "WARNING", surroundings=PRODUCTION, data=tmp_path
    )
    assert done.returncode == 0, done.stderr


def test_deploy_check_would_tell(tmp_path: Path) -> None:
    weak = PRODUCTION | {"SECRET_KEY": "kort"}
    done = run("manage.py", "check", "--deploy", "--fail-level", "WARNING", surroundings=weak, data=tmp_path)
    assert done.returncode != 0
    assert "security.W009" in done.stderr


def test_production_cookies_belong_to_one_host_over_https(tmp_path: Path) -> None:
    found = setting(
        [
            *(
                "SESSION_COOKIE_NAME",
                "SESSION_COOKIE_SECURE",
                "SESSION_COOKIE_HTTPONLY",
                "SESSION_COOKIE_DOMAIN",
            ),
            *("CSRF_COOKIE_NAME", "CSRF_COOKIE_SECURE", "SESSION_COOKIE_SAMESITE", "SESSION_COOKIE_PATH"),
            *("SECURE_SSL_REDIRECT", "SECURE_HSTS_SECONDS", "SECURE_HSTS_INCLUDE_SUBDOMAINS"),
        ],
        PRODUCTION,
        tmp_path,
    )
    assert found == {
        "SESSION_COOKIE_NAME": "__Host-s",
        "SESSION_COOKIE_SECURE": True,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_DOMAIN": None,
        "CSRF_COOKIE_NAME": "__Host-csrf",
        "CSRF_COOKIE_SECURE": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_PATH": None,
        "SECURE_SSL_REDIRECT": True,
        "SECURE_HSTS_SECONDS": 31_536_000,
        "SECURE_HSTS_INCLUDE_SUBDOMAINS": True,
    }


def test_real_servers_come_from_the_environment(tmp_path: Path) -> None:
    found = setting(
        ["DATABASES", "CACHES", "EMAIL_BACKEND", "EMAIL_USE_TLS", "EMAIL_TIMEOUT"],
        PRODUCTION
        | {
            "DATABASE_URL": "postgres://kurs@db.example.no/people",
            "ANSWERS_DATABASE_URL": "postgres://kurs@db.example.no/answers",
            "REDIS_URL": "redis://cache.example.no/0",
        },
        tmp_path,
    )
    people, answers = found["DATABASES"]["default"], found["DATABASES"]["answers"]  # type: ignore[index]
    assert (people["NAME"], answers["NAME"]) == ("people", "answers")
    assert "statement_timeout=15s" in people["OPTIONS"]["options"]
    assert people["CONN_HEALTH_CHECKS"] is True
    assert found["CACHES"]["default"]["BACKEND"].endswith("RedisCache")  # type: ignore[index]
    assert (found["EMAIL_BACKEND"], found["EMAIL_USE_TLS"], found["EMAIL_TIMEOUT"]) == (
        "django.core.mail.backends.smtp.EmailBackend",
        True,
        10,
    )


@pytest.mark.parametrize(
    ("address", "starts"),
    [
        ("smtp://post.example.no:25", False),
        ("smtp+tls://post.example.no:587", True),
        ("smtp+ssl://post.example.no:465", True),
        ("smtp://127.0.0.1:25", True),
        ("memorymail://", True),
    ],
)
def test_mail_leaves_the_machine_with_encryption_or_not_at_all(
    tmp_path: Path, address: str, starts: bool
) -> None:
    done = run(surroundings=PRODUCTION | {"EMAIL_URL": address}, data=tmp_path)
    assert (done.returncode == 0) is starts
    assert starts or "klartekst" in done.stderr


def test_what_the_database_address_demands_of_the_connection_is_kept(tmp_path: Path) -> None:
    address = (
        "postgres://kurs@db.example.no/people?sslmode=verify-full&sslrootcert=/etc/ca.pem&CONN_MAX_AGE=5"
    )
    both = {"DATABASE_URL": address, "ANSWERS_DATABASE_URL": address}
    found = setting(["DATABASES"], PRODUCTION | both, tmp_path)
    people = found["DATABASES"]["default"]  # type: ignore[index]
    assert (people["OPTIONS"]["sslmode"], people["OPTIONS"]["sslrootcert"]) == ("verify-full", "/etc/ca.pem")
    assert "statement_timeout=15s" in people["OPTIONS"]["options"]
    assert people["CONN_MAX_AGE"] == 5


def test_options_in_the_database_address_stand_beside_ours(tmp_path: Path) -> None:
    address = "postgres://kurs@db.example.no/people?options=-c%20search_path%3Dkurs"
    both = {"DATABASE_URL": address, "ANSWERS_DATABASE_URL": address}
    found = setting(["DATABASES"], PRODUCTION | both, tmp_path)
    options = found["DATABASES"]["default"]["OPTIONS"]["options"]  # type: ignore[index]
    assert "statement_timeout=15s" in options
    assert options.endswith(" -c search_path=kurs")


def test_cache_table_has_room_for_the_counters_of_attempts(tmp_path: Path) -> None:
    found = setting(["CACHES"], PRODUCTION, tmp_path)["CACHES"]["default"]  # type: ignore[index]
    assert found["BACKEND"].endswith("DatabaseCache")
    assert found["OPTIONS"] == {"MAX_ENTRIES": 100_000, "CULL_FREQUENCY": 10}


def test_older_secret_keys_come_from_the_environment(tmp_path: Path) -> None:
    given = PRODUCTION | {"SECRET_KEY_FALLBACKS": "gammel,eldre"}
    assert setting(["SECRET_KEY_FALLBACKS"], given, tmp_path) == {"SECRET_KEY_FALLBACKS": ["gammel", "eldre"]}


@pytest.mark.parametrize("alias", ["default", "answers"])
@pytest.mark.django_db(databases=["default", "answers"])
def test_sqlite_loses_nothing_and_checks_its_references(alias: str) -> None:
    connection = connections[alias]
    if connection.vendor != "sqlite":
        assert connection.vendor == "postgresql"
        return
    assert connection.transaction_mode == "IMMEDIATE"
    with connection.cursor() as cursor:
        asked = {
            name: cursor.execute(f"PRAGMA {name}").fetchone()[0]
            for name in ("synchronous", "foreign_keys", "secure_delete", "journal_mode")
        }
    wal_is_safe = connection.Database.sqlite_version_info >= (3, 51, 3)
    assert asked == {
        "synchronous": 2,  # FULL
        "foreign_keys": 1,
        "secure_delete": 1,
        "journal_mode": "wal" if wal_is_safe else "delete",
    }


def test_wal_is_used_only_where_the_library_cannot_corrupt_it(tmp_path: Path) -> None:
    old = "import sqlite3; sqlite3.sqlite_version_info = (3, 51, 2); from cms import settings as s;"
    new = old.replace("51, 2", "51, 3")
    tell = "print(s.SQLITE_OPTIONS['init_command'])"
    answers = [
        run(surroundings={"DEMO": "1"}, data=tmp_path, answer=head + tell).stdout for head in (old, new)
    ]
    assert "journal_mode=DELETE" in answers[0]
    assert "journal_mode=WAL" in answers[1]
