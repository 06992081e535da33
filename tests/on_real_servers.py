"""Runs a command with PostgreSQL, Redis and object storage of its own, and ends them with it.

    python -m tests.on_real_servers python -m pytest

Every server listens on loopback on a free port, keeps its files in a temporary folder, and is ended by
its process id whatever happens. As root, PostgreSQL and Redis come by apt when they are missing and
run as users of their own.
"""

from __future__ import annotations

import contextlib
import grp
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

PATIENCE = 30  # seconds for a server to answer
DATABASES = {"DATABASE_URL": "people", "ANSWERS_DATABASE_URL": "answers"}
MIGRATED = "TESTS_START_FROM_MIGRATED"  # says to tests/conftest.py that both databases may be copied
IS_ROOT = os.geteuid() == 0


def program(name: str) -> str | None:
    """Path of a program; PostgreSQL's own stand apart from the others on Debian."""
    postgresql = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
    return shutil.which(name) or (str(postgresql[-1]) if postgresql else None)


def install_missing() -> None:
    needed = {"initdb": "postgresql", "postgres": "postgresql", "redis-server": "redis-server"}
    packages = sorted({package for name, package in needed.items() if not program(name)})
    if not packages:
        return
    if not (IS_ROOT and shutil.which("apt-get")):
        sys.exit(
            f"Missing: {' '.join(packages)}. Install (as root on Debian: apt-get install …), then again."
        )
    quiet = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    subprocess.run(["apt-get", "update", "-qq"], check=True, env=quiet)
    command = ["apt-get", "install", "-qqy", "--no-install-recommends", *packages]
    subprocess.run(command, check=True, env=quiet, stdout=subprocess.DEVNULL)


def own_user(name: str) -> dict[str, str | list[str]]:
    """Arguments for subprocess: as root the server's user (PostgreSQL refuses root), otherwise oneself."""
    if not IS_ROOT:
        return {}
    group = grp.getgrgid(pwd.getpwnam(name).pw_gid).gr_name
    return {"user": name, "group": group, "extra_groups": []}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def folder_of(name: str, parent: Path, owner: str | None) -> Path:
    folder = parent / name
    folder.mkdir(mode=0o700)
    if IS_ROOT and owner:
        shutil.chown(folder, owner)
    return folder


def wait_for(port: int, server: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and server.poll() is None:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.1)
    raise RuntimeError(f"{server.args!r} does not answer on port {port}")


@contextlib.contextmanager
def running(command: list[str], port: int, log: Path, user: str | None = None) -> Iterator[None]:
    with log.open("wb") as output:
        server = subprocess.Popen(
            command,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd=log.parent,
            **(own_user(user) if user else {}),
        )
        try:
            wait_for(port, server)
            yield
        except RuntimeError:
            sys.stderr.write(log.read_text())
            raise
        finally:
            server.send_signal(signal.SIGINT)  # PostgreSQL's «fast»: it does not wait for clients
            server.wait(PATIENCE)


@contextlib.contextmanager
def postgresql(parent: Path) -> Iterator[dict[str, str]]:
    """A cluster that may lose everything in a power cut: faster, and only here."""
    data, port = folder_of("postgres", parent, owner="postgres"), free_port()
    initdb = [
        program("initdb"),
        "-D",
        data,
        "-U",
        "postgres",
        "-A",
        "trust",
        "-E",
        "UTF8",
        "--locale=C.UTF-8",
    ]
    subprocess.run([*initdb, "-N"], check=True, cwd=data, stdout=subprocess.DEVNULL, **own_user("postgres"))
    options = {
        "port": port, "listen_addresses": "127.0.0.1", "unix_socket_directories": data,
        "fsync": "off", "synchronous_commit": "off", "full_page_writes": "off",
    }  # fmt: skip
    command = [
        str(program("postgres")),
        "-D",
        str(data),
        *(f"--{key}={value}" for key, value in options.items()),
    ]
    with running(command, port, parent / "postgres.log", user="postgres"):
        import psycopg

        with psycopg.connect(host="127.0.0.1", port=port, user="postgres", autocommit=True) as connection:
            for name in DATABASES.values():
                connection.execute(f"CREATE DATABASE {name}")
        yield {key: f"postgres://postgres@127.0.0.1:{port}/{name}" for key, name in DATABASES.items()}


@contextlib.contextmanager
def redis(parent: Path) -> Iterator[dict[str, str]]:
    folder, port = folder_of("redis", parent, owner="redis"), free_port()
    command = [str(program("redis-server")), "--port", str(port), "--bind", "127.0.0.1"]
    command += ["--dir", str(folder), "--save", "", "--databases", "64"]
    with running(command, port, parent / "redis.log", user="redis"):
        yield {"REDIS_URL": f"redis://127.0.0.1:{port}/0"}


@contextlib.contextmanager
def object_storage(parent: Path) -> Iterator[dict[str, str]]:
    """A stand-in that speaks S3."""
    port, bucket = free_port(), "en-god-start"
    with running(
        [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)], port, parent / "s3.log"
    ):
        import boto3

        address = f"http://127.0.0.1:{port}"
        keys = {"aws_access_key_id": "test", "aws_secret_access_key": "test"}
        client = boto3.client("s3", endpoint_url=address, region_name="us-east-1", **keys)
        client.create_bucket(Bucket=bucket)
        yield {
            "S3_BUCKET": bucket, "S3_ENDPOINT_URL": address, "S3_ACCESS_KEY": "test", "S3_SECRET_KEY": "test",
        }  # fmt: skip


def production_settings(data_dir: Path) -> dict[str, str]:
    """What a start without the demo must have; the demo refuses these servers. DEBUG allows plain http."""
    return {
        "DJANGO_SETTINGS_MODULE": "cms.settings",
        "DEBUG": "1",
        "SECRET_KEY": secrets.token_urlsafe(48),
        "ALLOWED_HOSTS": "testserver,localhost,127.0.0.1",
        "SITE_URL": "http://localhost:8000",
        "EMAIL_URL": "memorymail://",
        "DATA_DIR": str(data_dir),
        "KEY_FILE": str(data_dir / "keys.json"),
    }


def migrate(environment: dict[str, str]) -> None:
    """Once for all workers: each copies the result."""
    for arguments in (["migrate"], ["migrate", "--database", "answers"]):
        command = [sys.executable, "manage.py", *arguments, "--no-input", "--verbosity", "0"]
        subprocess.run(command, check=True, env=environment)


def main(command: list[str]) -> int:
    install_missing()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    with contextlib.ExitStack() as stack:
        parent = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="egs-servers-")))
        parent.chmod(0o711)  # the servers' users walk through to folders of their own
        addresses: dict[str, str] = {}
        for server in (postgresql, redis, object_storage):
            addresses |= stack.enter_context(server(parent))
        environment = os.environ | addresses
        migrate(environment | production_settings(folder_of("data", parent, owner=None)))
        return subprocess.run(command, env=environment | {MIGRATED: "1"}).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
