"""Putting a backup back, all of it or nothing; whoever was erased since is erased again before it opens.

SQLite: everything is made ready in a folder beside the data and changes places with it in the end.
PostgreSQL: each database is put in whole, and the site is shut by ``settings.RESTORING`` until it is right.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import tarfile
import tempfile
import time
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import connections
from django.utils import timezone

from cms.backups.databases import check_sqlite, databases_at, engine_of, file_of, is_empty, put_in
from cms.backups.making import backups_in
from cms.backups.manifest import ALIASES, NAME, BackupError, Manifest, manifest_from
from cms.backups.putting_right import Again, put_right
from cms.backups.rights import give_again
from courses.ledger import ledger_file

if TYPE_CHECKING:
    from collections.abc import Iterator

SIDECARS = ("-wal", "-shm", "-journal")
PIECE = 1 << 20  # bytes
ASIDE, ASIDE_KEPT = "before-restore-", timedelta(days=7)
OWN_NAMES = {"default": "people.sqlite3", "answers": "answers.sqlite3"}  # as in cms/settings.py


@dataclass(frozen=True)
class Restored:
    """What came of it."""

    file: Path
    made_at: str
    again: Again
    moved_to: Path | None  # where what was here before lies now


def check(file: Path) -> Manifest:
    """The manifest of a backup whose every byte is right. Raises BackupError."""
    with tempfile.TemporaryDirectory(prefix=".checking-", dir=_beside()) as folder:
        return unpack(file, Path(folder))


def _beside() -> Path:
    """On the same disk as the data, so that moving is renaming."""
    return Path(settings.DATA_DIR)


def newest_good(folder: Path) -> Iterator[tuple[Path, str]]:
    """The backups in a folder, newest first: the path, and why it cannot be used (empty for one that can)."""
    for path in backups_in(folder):
        try:
            check(path)
        except BackupError as error:
            yield path, str(error)
        else:
            yield path, ""


def unpack(file: Path, folder: Path) -> Manifest:
    """Everything in the backup, in a folder; each file's hash, and each SQLite's rows, are as it says."""
    try:
        with tarfile.open(file, mode="r:") as archive:
            seen = {member.name: _take(archive, member, folder) for member in archive if _is_ours(member)}
    except FileNotFoundError as error:
        raise BackupError(f"{file} finnes ikke.") from error
    except ValueError as error:  # of _take
        raise BackupError(f"{file} er skadet: {error}.") from error
    except (tarfile.TarError, EOFError, OSError) as error:
        raise BackupError(f"{file} er skadet: den kan ikke leses til slutt.") from error
    if NAME not in seen:
        raise BackupError(f"{file} er skadet: innholdslista mangler.")
    manifest = manifest_from((folder / NAME).read_bytes(), str(file))
    wrong = [name for name, kept in manifest.files.items() if seen.get(name) != kept["sha256"]]
    if wrong or set(seen) - {NAME} != set(manifest.files):
        raise BackupError(f"{file} er skadet: {len(wrong) or 'noen'} av filene er ikke som de skal.")
    for alias in ALIASES:
        if manifest.engines[alias] == "sqlite":
            check_sqlite(folder / f"{alias}.sqlite3", manifest.rows[alias])
    return manifest


def _is_ours(member: tarfile.TarInfo) -> bool:
    """Raises ValueError for what no backup of ours holds: a link, or a path out of the folder."""
    parts = Path(member.name).parts
    if not member.isfile() or member.name.startswith("/") or ".." in parts:
        raise ValueError(f"uventet innhold: {member.name}")
    return True


def _take(archive: tarfile.TarFile, member: tarfile.TarInfo, folder: Path) -> str:
    target, digest = folder / member.name, hashlib.sha256()
    target.parent.mkdir(parents=True, exist_ok=True)
    inside = archive.extractfile(member)
    if inside is None:
        raise ValueError(f"uventet innhold: {member.name}")
    with os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
        while piece := inside.read(PIECE):
            digest.update(piece)
            out.write(piece)
    return digest.hexdigest()


def restore(
    file: Path, *, replace: bool = False, into: Path | None = None, without_ledger: bool = False
) -> Restored:
    """Puts ``file`` back here, or as an installation of its own in the folder ``into``.

    Raises BackupError: when the file is not whole, when somebody is here already (unless ``replace``), when
    the ledger is not here (unless ``without_ledger``), or those in it cannot be erased again. Until the last
    step nothing here has changed.
    """
    if not file.exists():
        raise BackupError(f"{file} finnes ikke.")
    if not without_ledger and not ledger_file().exists():
        raise BackupError(
            f"Slettelista {ledger_file()} mangler: uten den kan noen som er slettet, komme tilbake."
            " Legg den på plass, eller bruk --without-ledger hvis ingen er slettet etter at kopien ble laget."
        )
    if into is not None:
        return _restore_into(file, into)
    if not replace and not is_empty():
        raise BackupError("Her er det folk fra før. Bruk --replace hvis alt som er her, skal byttes ut.")
    with tempfile.TemporaryDirectory(prefix=".restoring-", dir=_beside()) as name:
        folder = Path(name)
        manifest = unpack(file, folder)
        _must_fit(manifest)
        if engine_of("default") == "postgresql":
            return _into_postgresql(file, manifest, folder)
        again = _make_ready_shut(folder, manifest)
        moved = _swap(manifest, folder)
        open_again()
    return Restored(file, manifest.made_at, again, moved)


def _must_fit(manifest: Manifest) -> None:
    for alias in ALIASES:
        if manifest.engines[alias] != engine_of(alias):
            raise BackupError(
                f"Sikkerhetskopien er fra {manifest.engines[alias]}, og dette er {engine_of(alias)}."
            )
    if manifest.media == "local" and settings.S3_BUCKET:
        raise BackupError("Sikkerhetskopien har filer fra en disk, og her ligger filene i en bøtte (S3).")


def _make_ready(folder: Path, manifest: Manifest) -> Again:
    """Today's tables, and nobody who has been erased, in the copies in ``folder``."""
    with databases_at(folder):
        return put_right(inbox=manifest.inbox, made_on=manifest.made_on)


def _make_ready_shut(folder: Path, manifest: Manifest) -> Again:
    """The same, of what is to take this one's place: whoever is erased here after the ledger was read would
    come back, so the site is shut by then. What fails leaves it as it was: nothing has moved."""
    was_shut = settings.RESTORING.exists()
    shut()
    try:
        return _make_ready(folder, manifest)
    except BaseException:
        if not was_shut:
            open_again()
        raise


def _swap(manifest: Manifest, folder: Path) -> Path | None:
    """What is ready changes places with what is here. The site is shut."""
    for alias in ALIASES:
        connections[alias].close()
    aside = _beside() / f"{ASIDE}{timezone.now():%Y%m%dT%H%M%S}"
    for alias in ALIASES:
        path = file_of(alias)
        for old in (path, *(path.with_name(path.name + ending) for ending in SIDECARS)):
            _move_aside(old, aside)
        path.parent.mkdir(parents=True, exist_ok=True)
        (folder / f"{alias}.sqlite3").replace(path)
    _swap_media(manifest, folder, aside)
    _sync(_beside())
    return aside if aside.exists() else None


def _swap_media(manifest: Manifest, folder: Path, aside: Path) -> None:
    if manifest.media != "local":
        return
    root: Path = settings.MEDIA_ROOT
    _move_aside(root, aside)
    fresh = folder / "media"
    fresh.mkdir(exist_ok=True)
    root.parent.mkdir(parents=True, exist_ok=True)
    shutil.move(fresh, root)


def _move_aside(path: Path, aside: Path) -> None:
    if path.exists():
        aside.mkdir(mode=0o700, exist_ok=True)
        shutil.move(path, aside / path.name)


def drop_aside() -> int:
    """Deletes what an earlier restore moved aside, a week after: people may be in it who have been erased."""
    over, gone = time.time() - ASIDE_KEPT.total_seconds(), 0
    for folder in _beside().glob(f"{ASIDE}*"):
        if folder.is_dir() and folder.stat().st_ctime < over:
            shutil.rmtree(folder)
            gone += 1
    return gone


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def shut() -> None:
    """The site answers 503 (``cms/closed.py``), and `work` rests, until ``open_again``."""
    settings.RESTORING.write_text(
        "En sikkerhetskopi legges tilbake. Går det ikke fram, kjør restore på nytt.\n"
    )


def open_again() -> None:
    settings.RESTORING.unlink(missing_ok=True)


def _into_postgresql(file: Path, manifest: Manifest, folder: Path) -> Restored:
    """Stays shut when anything goes wrong: a database half put right must not be open."""
    aside = _beside() / f"{ASIDE}{timezone.now():%Y%m%dT%H%M%S}"
    shut()
    for alias in ALIASES:
        put_in(alias, folder / f"{alias}.dump", manifest.rows[alias])
    again = put_right(inbox=manifest.inbox, made_on=manifest.made_on)
    _swap_media(manifest, folder, aside)
    give_again()
    open_again()
    return Restored(file, manifest.made_at, again, aside if aside.exists() else None)


def _restore_into(file: Path, into: Path) -> Restored:
    """For a drill: an installation of its own, which another DATA_DIR may point to. SQLite alone."""
    if into.exists() and any(into.iterdir()):
        raise BackupError(f"{into} er ikke tom.")
    into.mkdir(parents=True, exist_ok=True, mode=0o700)
    manifest = unpack(file, into)
    if "postgresql" in manifest.engines.values():
        raise BackupError("--into gjelder bare SQLite. Pek DATABASE_URL på en tom database i stedet.")
    again = _make_ready(into, manifest)
    for alias in ALIASES:
        (into / f"{alias}.sqlite3").replace(into / OWN_NAMES[alias])
    (into / NAME).unlink()
    return Restored(file, manifest.made_at, again, None)
