"""The web and its worker beside each other, as `make run` starts them: when one ends, so does the other.

python -m cms.running PORT
"""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

LOOK = 0.2  # seconds between two looks at whether both are there
PATIENCE = 15  # seconds to end by itself


class EndedError(Exception):
    """Somebody asked us to end."""


def halves(port: str) -> dict[str, list[str]]:
    gunicorn = [sys.executable, "-m", "gunicorn", "cms.wsgi", "--bind", f"127.0.0.1:{port}"]
    return {
        "web": [*gunicorn, "--workers", "2", "--no-control-socket"],
        "worker": [sys.executable, "manage.py", "work"],
    }


def run(commands: Mapping[str, Sequence[str]], said: str) -> int:
    """Runs them until one ends or we are asked to; ``said`` once they are started. The exit status.

    A shell that starts something in the background has it ignore SIGINT, and a trap of bash cannot undo that.
    """
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _ask_to_end)
    started: dict[str, subprocess.Popen[bytes]] = {}
    try:
        started |= {name: subprocess.Popen(command) for name, command in commands.items()}  # noqa: S603  # ours
        print(said, flush=True)
        while all(process.poll() is None for process in started.values()):
            time.sleep(LOOK)
    except EndedError:
        return 0
    finally:
        over = {name: process.poll() for name, process in started.items()}
        _end(started)
    name, status = next((name, status) for name, status in over.items() if status is not None)
    others = ", ".join(f"the {other}" for other in started if other != name)
    print(f"The {name} ended by itself (status {status}), so {others} was ended too.", file=sys.stderr)
    return status or 1


def _ask_to_end(*_: Any) -> None:
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)  # asked once is enough: the halves are given time to end
    raise EndedError


def _end(started: Mapping[str, subprocess.Popen[bytes]]) -> None:
    for process in started.values():
        process.terminate()
    for process in started.values():
        try:
            process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()


def main() -> int:
    port = sys.argv[1]
    where = f"http://127.0.0.1:{port}/ and http://localhost:{port}/"
    return run(halves(port), f"En god start: {where} – Ctrl-C ends it")


if __name__ == "__main__":
    sys.exit(main())
