"""Making a backup: one archive that appears whole or not at all, readable by its owner alone."""

from __future__ import annotations

import hashlib
import io
import os
import tarfile
import tempfile
import time
from datetime import timedelta
from pathlib import Path
from typing import IO, TYPE_CHECKING

from django.conf import settings
from django.db import DatabaseError
from django.utils import timezone

from cms.backups.databases import copy_out, engine_of
from cms.backups.manifest import ALIASES, NAME, BackupError, Manifest
from courses.ledger import ensure_file
from evaluation.answers.standstill import no_batch_being_written

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

PREFIX, SUFFIX = "en-god-start-", ".tar"


class _Hashing:
    """A file that is hashed while it is read."""

    def __init__(self, file: IO[bytes]) -> None:
        self.file, self.digest = file, hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        piece = self.file.read(size)
        self.digest.update(piece)
        return piece


def make_backup(out: Path, *, inbox: bool = True) -> Path:
    """The new file's path. Raises BackupError; then nothing is left behind."""
    now = timezone.now()
    path = out / f"{PREFIX}{now:%Y%m%dT%H%M%S}{SUFFIX}"
    unfinished = path.with_suffix(".part")
    try:
        ensure_file()
        out.mkdir(parents=True, exist_ok=True, mode=0o700)
        with tempfile.TemporaryDirectory(dir=out, prefix=".making-") as folder:
            _write(unfinished, Path(folder), now, inbox=inbox)
        os.link(unfinished, path)  # refuses to write over an older one
    except FileExistsError as error:
        raise BackupError(f"{path} finnes fra før.") from error
    except DatabaseError as error:
        raise BackupError(f"En database svarte ikke ({error}). Kjør backup igjen.") from error
    except OSError as error:
        raise BackupError(f"Sikkerhetskopien kan ikke skrives i {out}: {error.strerror}.") from error
    finally:
        unfinished.unlink(missing_ok=True)
    _sync(out)
    return path


def _write(unfinished: Path, folder: Path, now: datetime, *, inbox: bool) -> None:
    manifest = Manifest(
        made_at=now.isoformat(),
        engines={alias: engine_of(alias) for alias in ALIASES},
        media="s3" if settings.S3_BUCKET else "local",
        inbox=inbox,
    )
    with no_batch_being_written():
        copies = {alias: copy_out(alias, folder, inbox=inbox) for alias in ALIASES}
    handle = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as file:
        with tarfile.open(fileobj=file, mode="w", format=tarfile.PAX_FORMAT) as archive:
            for alias, (copy, rows) in copies.items():
                manifest.rows[alias] = rows
                manifest.files[copy.name] = _add(archive, copy, copy.name)
            for path, name in _media() if manifest.media == "local" else ():
                manifest.files[name] = _add(archive, path, name)
            content = manifest.as_bytes()
            info = tarfile.TarInfo(NAME)
            info.size, info.mtime = len(content), int(time.time())
            archive.addfile(info, io.BytesIO(content))
        file.flush()
        os.fsync(file.fileno())


def _media() -> Iterator[tuple[Path, str]]:
    root: Path = settings.MEDIA_ROOT
    for path in sorted(root.rglob("*")) if root.is_dir() else ():
        if path.is_file() and not path.is_symlink():
            yield path, f"media/{path.relative_to(root).as_posix()}"


def _add(archive: tarfile.TarFile, path: Path, name: str) -> dict[str, object]:
    with path.open("rb") as file:
        info = tarfile.TarInfo(name)
        info.size, info.mtime, info.mode = os.fstat(file.fileno()).st_size, int(time.time()), 0o600
        reader = _Hashing(file)
        archive.addfile(info, reader)
    return {"sha256": reader.digest.hexdigest(), "size": info.size}


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def backups_in(folder: Path) -> list[Path]:
    """Newest first: their names are their times."""
    return sorted(folder.glob(f"{PREFIX}*{SUFFIX}"), key=lambda path: path.name, reverse=True)


def drop_old(folder: Path, days: int) -> int:
    """Deletes our own backups older than ``days``, but never the newest. How many."""
    over, gone = time.time() - timedelta(days=days).total_seconds(), 0
    for path in backups_in(folder)[1:]:
        if path.stat().st_mtime < over:
            path.unlink()
            gone += 1
    return gone
