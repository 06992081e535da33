"""A key is destroyed on its day, with a proof, and never while an answer waits for it."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from courses.key_files import stored
from evaluation.answers import ceremony, due, keys
from evaluation.models import Study
from tests.evaluation.key_ceremonies import TWO, key_file, run
from tests.study_factories import occasion, study, wave

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["key_file"]
pytestmark = pytest.mark.django_db(databases=["default", "answers"])


def test_a_sunset_destroys_the_key_for_good_and_leaves_a_proof(tmp_path: Path, key_file: Path) -> None:
    of = study()
    run("ceremony", of.key, *TWO, "--out", tmp_path / "sertifikat.txt")
    of.refresh_from_db()
    key = stored(key_file)[f"pair {of.pk}"]
    run("sunset", of.key, *TWO, "--out", tmp_path / "bevis.txt")
    of.refresh_from_db()
    assert of.sunset_done_on == timezone.localdate()
    proof = (tmp_path / "bevis.txt").read_text()
    assert of.key_fingerprint in proof
    assert "Kari Lie" in proof
    assert str(key).encode() not in b"".join(path.read_bytes() for path in key_file.parent.iterdir())
    with pytest.raises(keys.NoKeyError, match="ble slettet"):
        keys.pair_key(of)
    with pytest.raises(keys.NoKeyError):
        keys.make_pair_key(of)
    with pytest.raises(CommandError):
        run("sunset", of.key, *TWO, "--out", tmp_path / "bevis-2.txt")
    shares = [tmp_path / f"sertifikat-andel-{n}.txt" for n in (1, 2)]
    with pytest.raises(CommandError):
        run("shares", of.key, "--share", shares[0], "--share", shares[1])


def test_killed_between_key_and_date_the_sunset_is_ended_by_the_next_run() -> None:
    of = study()
    keys.make_pair_key(of)
    keys._destroyed(f"pair {of.pk}")
    assert keys.sunset(of, ())
    assert of.sunset_done_on


def test_without_its_file_no_key_is_said_to_be_destroyed(tmp_path: Path, key_file: Path) -> None:
    """It lies somewhere, and would come back with the file."""
    today = timezone.localdate()
    of = study(starts_on=today - timedelta(days=9), ends_on=today - timedelta(days=2), sunset_on=today)
    keys.make_pair_key(of)
    key_file.rename(tmp_path / "elsewhere")
    with pytest.raises(CommandError, match=r"mangler\. .*Ingenting er endret"):
        run("sunset", of.key, *TWO, "--out", tmp_path / "bevis.txt")
    due.count_waiting()
    of.refresh_from_db()
    assert of.sunset_done_on is None
    (tmp_path / "elsewhere").rename(key_file)
    due.count_waiting()
    assert f"pair {of.pk}" not in stored(key_file)
    assert not list(tmp_path.glob("bevis*"))


def test_the_day_comes_by_itself_where_keys_are_the_workers_own(settings: object) -> None:
    today = timezone.localdate()
    past = {"starts_on": today - timedelta(days=9), "ends_on": today - timedelta(days=2), "sunset_on": today}
    of, later = study(**past), study()
    for each in (of, later):
        keys.make_pair_key(each)
    settings.SEAL_KEYS_APART = True  # type: ignore[attr-defined]
    due.count_waiting()
    of.refresh_from_db()
    assert of.sunset_done_on is None
    settings.SEAL_KEYS_APART = False  # type: ignore[attr-defined]
    due.count_waiting()
    of.refresh_from_db()
    later.refresh_from_db()
    assert (of.sunset_done_on, later.sunset_done_on) == (today, None)


@pytest.mark.parametrize(("state", "goes"), [("open", False), ("counted", True), ("lost", True)])
def test_the_day_waits_for_whoever_still_answers_and_not_for_a_lost_key(state: str, goes: bool) -> None:
    today = timezone.localdate()
    of = study(starts_on=today - timedelta(days=9), ends_on=today - timedelta(days=1), sunset_on=today)
    at = occasion(wave=wave(of), state="closed" if state == "lost" else state)
    if state == "lost":
        keys.destroy_seal_key(at)
    due.count_waiting()
    of.refresh_from_db()
    assert bool(of.sunset_done_on) is goes


def test_a_disk_that_is_full_destroys_no_key_without_its_proof(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    of, out = study(), tmp_path / "bevis.txt"
    keys.make_pair_key(of)
    of.refresh_from_db()

    def no_room(*args: object) -> None:
        raise OSError(28, "No space left on device", str(out))

    with monkeypatch.context() as patch:
        patch.setattr(ceremony.os, "fsync", no_room)
        with pytest.raises(CommandError, match=r"No space left on device.*Ingenting er endret"):
            run("sunset", of.key, *TWO, "--out", out)
    assert keys.pair_key(Study.objects.get(pk=of.pk))
    assert "er slettet" in run("sunset", of.key, *TWO, "--out", out)
    assert of.key_fingerprint in out.read_text()


@contextmanager
def killed_at_the_sunset(monkeypatch: pytest.MonkeyPatch, *, done: bool) -> Iterator[None]:
    """The process dies as the key is destroyed, or when it has been."""
    sunset = keys.sunset

    def killed(*args: object) -> None:
        if done:
            sunset(*args)  # type: ignore[arg-type]
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(keys, "sunset", killed)
        with pytest.raises(KeyboardInterrupt):
            yield


@pytest.mark.parametrize("done", [False, True])
def test_killed_before_the_proof_has_its_name_the_next_run_gives_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, done: bool
) -> None:
    of, out = study(), tmp_path / "bevis.txt"
    keys.make_pair_key(of)
    of.refresh_from_db()
    with killed_at_the_sunset(monkeypatch, done=done):
        run("sunset", of.key, *TWO, "--out", out)
    assert not out.exists()
    run("sunset", of.key, *TWO, "--out", out)
    assert of.key_fingerprint in out.read_text()
    assert [path.name for path in tmp_path.glob("bevis*")] == ["bevis.txt"]


def test_a_key_is_not_destroyed_while_answers_wait_to_be_paired_by_it(tmp_path: Path) -> None:
    of = study()
    waits = occasion(wave=wave(of), state="closed")
    keys.make_pair_key(of)
    with pytest.raises(CommandError, match=rf"måletidspunkt {waits.pk} .*close"):
        run("sunset", of.key, *TWO, "--out", tmp_path / "bevis.txt")
    of.refresh_from_db()
    assert keys.pair_key(of)
    assert not (tmp_path / "bevis.txt").exists()


def test_a_form_that_is_still_open_is_told_apart_from_answers_that_wait_to_be_counted(tmp_path: Path) -> None:
    """«close --due» does nothing to it."""
    of = study()
    asking = occasion(wave=wave(of), closes_at=datetime(2099, 12, 9, 22, 59, tzinfo=UTC))
    keys.make_pair_key(of)
    with pytest.raises(CommandError) as refused:
        run("sunset", of.key, *TWO, "--out", tmp_path / "bevis.txt")
    said = str(refused.value)
    assert f"måletidspunkt {asking.pk} er åpent til 09.12.2099 kl. 23.59." in said
    assert "close --due" not in said
    assert said.endswith("Ingenting er endret.")
    waits = occasion(wave=asking.wave, state="closed")
    with pytest.raises(CommandError) as refused:
        run("sunset", of.key, *TWO, "--out", tmp_path / "bevis.txt")
    said = str(refused.value)
    assert f"måletidspunkt {asking.pk} er åpent til" in said
    assert f"måletidspunkt {waits.pk} er ikke talt opp" in said


# --- the day is over
def ended_today() -> Study:
    today = timezone.localdate()
    return study(starts_on=today - timedelta(days=9), ends_on=today - timedelta(days=2), sunset_on=today)


def test_destroyed_by_the_machine_itself_it_leaves_a_proof_beside_the_key_file(key_file: Path) -> None:
    of = ended_today()
    keys.make_pair_key(of)
    due.count_waiting()
    of.refresh_from_db()
    out = key_file.parent / f"koblingsnokkel-{of.key}-slettet.txt"
    assert of.key_fingerprint in out.read_text()
    assert "Ingen var vitne" in out.read_text()
    assert out.stat().st_mode & 0o077 == 0
    before = out.read_text()
    due.count_waiting()
    assert out.read_text() == before


@pytest.mark.parametrize("done", [False, True])
def test_killed_before_the_machines_own_proof_has_its_name_the_next_run_gives_it(
    key_file: Path, monkeypatch: pytest.MonkeyPatch, done: bool
) -> None:
    of = ended_today()
    keys.make_pair_key(of)
    with killed_at_the_sunset(monkeypatch, done=done):
        due.count_waiting()
    assert not list(key_file.parent.glob("*slettet.txt"))
    due.count_waiting()
    assert [path.name for path in key_file.parent.glob("kobl*")] == [f"koblingsnokkel-{of.key}-slettet.txt"]


def test_a_copy_from_before_the_day_changes_no_proof_of_it(key_file: Path) -> None:
    of = ended_today()
    keys.make_pair_key(of)
    due.count_waiting()
    (proof,) = key_file.parent.glob("kobl*")
    proof.write_text("som den ble skrevet den dagen")
    Study.objects.filter(pk=of.pk).update(sunset_done_on=None)  # put back
    due.count_waiting()
    of.refresh_from_db()
    assert of.sunset_done_on
    assert proof.read_text() == "som den ble skrevet den dagen"


def test_where_keys_are_apart_those_who_hold_them_and_the_log_hear_that_the_day_is_over(
    settings: object, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    of, later = ended_today(), study()
    for each in (of, later):
        keys.make_pair_key(each)
    settings.SEAL_KEYS_APART = True  # type: ignore[attr-defined]
    due.count_waiting()
    assert of.key in caplog.text
    assert later.key not in caplog.text
    call_command("close", due=True)
    assert f"manage.py seal_keys sunset {of.key} --witness" in capsys.readouterr().out
    keys.sunset(of, ("Kari Lie", "Per Vik"))
    call_command("close", due=True)
    assert "seal_keys" not in capsys.readouterr().out
