"""A file that a command writes: all of it or nothing, and readable by its owner alone."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import TYPE_CHECKING

from django.core.management.base import CommandError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@contextmanager
def own_file(path: Path) -> Iterator[Callable[[bytes], None]]:
    """Gives what writes. A file is begun in the folder of ``path`` before anything else is done, and is there
    by its name (mode 0600) when all is done: what was there before stands until then, and if anything fails.

    Raises CommandError where it cannot be written.
    """
    if path.exists() and not path.is_file():
        raise CommandError(f"{path} er ikke en vanlig fil. Velg et annet filnavn.")
    with _in_words(path):
        file = NamedTemporaryFile(dir=path.parent, prefix=".", delete=False)  # noqa: SIM115 - it is renamed
    begun = Path(file.name)

    def write(content: bytes) -> None:
        with _in_words(path):
            file.write(content)
            file.flush()

    try:
        with file:
            yield write
        with _in_words(path):
            begun.replace(path)
    finally:
        begun.unlink(missing_ok=True)


@contextmanager
def _in_words(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        why = "mappa finnes ikke" if isinstance(error, FileNotFoundError) else error.strerror
        raise CommandError(
            f"Kan ikke skrive {path}: {why}. Velg en mappe som finnes, og som du kan skrive i."
        ) from None
