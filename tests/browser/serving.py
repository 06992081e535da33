"""The real site on loopback: the demo in a folder of its own, served by gunicorn, ended by its process id.

Used by the browser tests and by the benchmarks. Whatever servers the environment names, the site here
runs on files: the demo refuses a real database.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tests.migrated import lay_out
from tests.on_real_servers import PATIENCE, free_port, wait_for

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

ROOT = Path(__file__).resolve().parent.parent.parent
NOT_OURS = (
    "DATABASE_URL", "ANSWERS_DATABASE_URL", "REDIS_URL", "S3_BUCKET", "S3_ENDPOINT_URL", "S3_ACCESS_KEY",
    "S3_SECRET_KEY", "DEBUG", "SECRET_KEY", "ALLOWED_HOSTS", "SITE_URL", "CMS_HOST", "EMAIL_URL", "KEY_FILE",
    "SMS_BACKEND", "PORT", "TRUSTED_PROXIES",
)  # fmt: skip


@dataclass(frozen=True)
class Site:
    """A site that answers."""

    url: str  # without a slash at its end
    folder: Path  # DATA_DIR
    pid: int  # gunicorn's master
    processes: int  # workers it was asked for: at a given moment one may be dying, or not there yet

    @property
    def by_name(self) -> str:
        """The same site by the name a passkey needs."""
        return self.url.replace("127.0.0.1", "localhost")

    def workers(self) -> list[int]:
        """Process ids of gunicorn's workers."""
        return workers_of(self.pid)


def workers_of(pid: int) -> list[int]:
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii")
    return [int(child) for child in children.split()]


def environment(folder: Path, **more: str) -> dict[str, str]:
    """Demo mode in ``folder``, with nothing of the surroundings that would change it."""
    kept = {name: value for name, value in os.environ.items() if name not in NOT_OURS}
    ours = {"DEMO": "1", "DATA_DIR": str(folder), "DJANGO_SETTINGS_MODULE": "cms.settings"}
    return {"STATIC_ROOT": str(ROOT / "var" / "static")} | kept | ours | more


def manage(folder: Path, *arguments: str) -> subprocess.Popen[str]:
    command = [sys.executable, "manage.py", *arguments]
    return subprocess.Popen(
        command,
        cwd=ROOT,
        env=environment(folder),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def finished(*processes: subprocess.Popen[str]) -> None:
    """Waits for commands that run side by side. Raises RuntimeError with what a failed one said."""
    said = [process.communicate()[0] for process in processes]
    for process, words in zip(processes, said, strict=True):
        if process.returncode:
            raise RuntimeError(f"{process.args!r} ended with {process.returncode}:\n{words}")


def make_demo(folder: Path) -> None:
    """Databases, cache table and the demo's people in an empty folder. Done once, and copied."""
    lay_out(folder)
    finished(manage(folder, "createcachetable"))
    finished(manage(folder, "demo"))


@contextlib.contextmanager
def serving(template: Path, *, workers: int = 2, options: Sequence[str] = (), **more: str) -> Iterator[Site]:
    """A site with a copy of ``template``'s data; ``more`` goes into its environment."""
    with tempfile.TemporaryDirectory(prefix="egs-site-") as name:
        folder = Path(name) / "data"
        shutil.copytree(template, folder)
        with serving_in(folder, workers=workers, options=options, **more) as site:
            yield site


def start_afresh(site: Site, template: Path) -> None:
    """The site with another copy of ``template``'s data and processes that have seen nothing.

    For a site with ``--preload``: the master, which answers nobody, makes new workers in no time.
    """
    old = site.workers()
    for pid in old:
        with contextlib.suppress(ProcessLookupError):  # one that was ending by itself
            os.kill(pid, signal.SIGKILL)
    deadline = time.monotonic() + PATIENCE
    while not _all_new(site, old):
        if time.monotonic() > deadline:
            raise RuntimeError(f"gunicorn makes no new workers: {site.workers()} after {old}")
        time.sleep(0.01)
    shutil.rmtree(site.folder)
    shutil.copytree(template, site.folder)


def _all_new(site: Site, old: list[int]) -> bool:
    workers = site.workers()
    return len(workers) == site.processes and not set(workers) & set(old)


@contextlib.contextmanager
def serving_in(
    folder: Path, *, workers: int, options: Sequence[str] = (), application: str = "cms.wsgi", **more: str
) -> Iterator[Site]:
    """A site on the data in ``folder`` itself."""
    port = free_port()
    command = [str(Path(sys.executable).parent / "gunicorn"), application, "--no-control-socket", *options]
    command += ["--bind", f"127.0.0.1:{port}", "--workers", str(workers)]
    log = folder.parent / f"gunicorn-{port}.log"
    with log.open("wb") as output:
        server = subprocess.Popen(
            command,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd=ROOT,
            env=environment(folder, PORT=str(port), **more),
        )
        try:
            wait_for(port, server)
            yield Site(f"http://127.0.0.1:{port}", folder, server.pid, workers)
        except RuntimeError:
            sys.stderr.write(log.read_text(encoding="utf-8"))
            raise
        finally:
            end(server)


def end(server: subprocess.Popen[bytes]) -> None:
    """Ends the master and then its workers, at once: nobody needs what they were doing."""
    workers = workers_of(server.pid) if server.poll() is None else []
    server.kill()
    server.wait(PATIENCE)
    for pid in workers:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
