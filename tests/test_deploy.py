"""The server as it is started for real: gunicorn, production settings, plain HTTP behind a proxy."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from tests.cms.test_settings import PRODUCTION
from tests.lock import ROOT
from tests.migrated import lay_out
from tests.on_real_servers import free_port

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

HOST = {"Host": "kurs.example.no"}
THROUGH_THE_PROXY = HOST | {"X-Forwarded-Proto": "https", "X-Forwarded-For": "192.0.2.7"}
PATIENCE = 60  # seconds: two cores, and other tests beside


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """A production server on SQLite, with its own empty data and one process."""
    data = tmp_path_factory.mktemp("production")
    surroundings = PRODUCTION | {
        "PATH": os.environ["PATH"],
        "DATA_DIR": str(data),
        "STATIC_ROOT": os.environ["STATIC_ROOT"],
    }
    lay_out(data)
    for command in (["migrate"], ["migrate", "--database", "answers"], ["createcachetable"]):
        subprocess.run(
            [sys.executable, "manage.py", *command, "--verbosity", "0"],
            env=surroundings, cwd=ROOT, check=True, capture_output=True, timeout=300,
        )  # fmt: skip
    with _gunicorn(surroundings, data) as found:
        yield found


@contextlib.contextmanager
def _gunicorn(surroundings: dict[str, str], data: Path) -> Iterator[int]:
    port = free_port()
    command = [
        sys.executable,
        "-m",
        "gunicorn",
        "cms.wsgi",
        "--bind",
        f"127.0.0.1:{port}",
        "--no-control-socket",
    ]
    with (data / "server.log").open("wb") as log:
        server = subprocess.Popen(command, env=surroundings, cwd=ROOT, stdout=log, stderr=log)
        try:
            _wait_for(port, server)
            yield port
        finally:
            server.terminate()
            server.wait(PATIENCE)


def _wait_for(port: int, server: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and server.poll() is None:
        with contextlib.suppress(OSError):
            if ask(port, "/helse/", HOST)[0]:
                return
        time.sleep(0.2)
    raise RuntimeError("the server does not answer")


def ask(
    port: int, path: str, headers: dict[str, str], method: str = "GET"
) -> tuple[int, dict[str, str], bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    try:
        connection.request(method, path, headers=headers)
        page = connection.getresponse()
        return page.status, {name.lower(): value for name, value in page.getheaders()}, page.read()
    finally:
        connection.close()


def test_health_checker_inside_the_house_needs_no_https(port: int) -> None:
    status, headers, body = ask(port, "/helse/", HOST)
    assert status == 200
    assert json.loads(body)["status"] == "ok"
    assert "set-cookie" not in headers


def test_everything_else_is_sent_to_https(port: int) -> None:
    status, headers, _ = ask(port, "/hjelp/", HOST)
    assert (status, headers["location"]) == (301, "https://kurs.example.no/hjelp/")


def test_page_through_the_proxy_is_strict_about_transport(port: int) -> None:
    status, headers, _ = ask(port, "/hjelp/", THROUGH_THE_PROXY)
    assert status == 200
    assert headers["strict-transport-security"] == "max-age=31536000; includeSubDomains"
    assert headers["content-security-policy"].startswith("default-src 'none'")
    assert "set-cookie" not in headers


def test_cookie_belongs_to_this_host_alone(port: int) -> None:
    cookie = ask(port, "/logg-inn/", THROUGH_THE_PROXY)[1]["set-cookie"]
    assert cookie.startswith("__Host-csrf=")
    assert {"Secure", "Path=/"} <= {part.strip() for part in cookie.split(";")}
    assert "Domain=" not in cookie


@pytest.mark.parametrize("host", ["angriper.example", "127.0.0.1", "kurs.example.no.angriper.example"])
def test_another_host_name_is_refused(port: int, host: str) -> None:
    status, _, body = ask(port, "/hjelp/", THROUGH_THE_PROXY | {"Host": host})
    assert status == 400
    assert b"angriper" not in body


@pytest.mark.parametrize("path", ["/demo/", "/demo/postkasse/", "/demo/familie/"])
def test_demo_does_not_exist(port: int, path: str) -> None:
    assert ask(port, path, THROUGH_THE_PROXY)[0] == 404
    assert ask(port, path, THROUGH_THE_PROXY, "POST")[0] in (403, 404)


def test_built_files_are_served_compressed_and_kept_for_good(port: int) -> None:
    manifest = json.loads((ROOT / os.environ["STATIC_ROOT"] / "staticfiles.json").read_text())
    name = manifest["paths"]["egs/site.css"]
    status, headers, _ = ask(port, f"/static/{name}", THROUGH_THE_PROXY | {"Accept-Encoding": "br"})
    assert (status, headers["content-encoding"]) == (200, "br")
    assert "immutable" in headers["cache-control"]


@pytest.mark.parametrize(
    "path",
    ["/people.sqlite3", "/media/x", "/static/../people.sqlite3", "/static/%2e%2e/manage.py", "/.git/config"],
)
def test_no_file_of_the_machine_is_served(port: int, path: str) -> None:
    assert ask(port, path, THROUGH_THE_PROXY)[0] == 404


def test_page_that_is_not_there_says_so_in_norwegian_and_tells_nothing(port: int) -> None:
    status, _, body = ask(port, "/finnes-ikke/", THROUGH_THE_PROXY)
    assert status == 404
    assert b"Traceback" not in body
    assert b"urlpatterns" not in body
    assert b'lang="nb"' in body
