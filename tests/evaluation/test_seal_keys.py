"""Keys are made, shared and put back before two people; what is missing is said."""

from __future__ import annotations

import stat
from typing import TYPE_CHECKING

import pytest
from django.core.management import CommandError

from courses.key_files import stored
from courses.models import AuditEvent
from evaluation.answers import boxes, ceremony, due, keys
from evaluation.models import Occasion, Study
from tests.evaluation.key_ceremonies import TWO, key_file, run
from tests.study_factories import evening_wave, occasion, study, wave

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["key_file"]
pytestmark = pytest.mark.django_db(databases=["default", "answers"])


@pytest.fixture
def apart(settings: object) -> None:
    settings.SEAL_KEYS_APART = True  # type: ignore[attr-defined]


def test_a_planned_occasion_gets_a_key_of_its_own_and_the_file_is_its_owners(key_file: Path) -> None:
    of = wave()
    one, other = (occasion(wave=of, state="planned") for _ in range(2))
    assert "2 måletidspunkter" in run("make")
    assert "0 måletidspunkter" in run("make")
    publics = [bytes(at.public_key) for at in Occasion.objects.all()]
    assert len(set(publics)) == 2
    assert boxes.public_half(keys.seal_key(Occasion.objects.get(pk=one.pk))) in publics
    assert stat.S_IMODE(key_file.stat().st_mode) == 0o600
    assert set(stored(key_file)) == {f"seal {one.pk}", f"seal {other.pk}", f"pair {of.study_id}"}


def test_killed_between_file_and_database_the_same_key_is_used() -> None:
    at = occasion(wave=wave(), state="planned")
    first = keys.make_seal_key(at)
    Occasion.objects.filter(pk=at.pk).update(public_key=None)
    assert keys.make_seal_key(Occasion.objects.get(pk=at.pk)) == first


def test_the_worker_makes_keys_only_where_they_are_its_own(settings: object) -> None:
    at = occasion(wave=wave(), state="planned")
    settings.SEAL_KEYS_APART = True  # type: ignore[attr-defined]
    assert due.make_seal_keys() == 0
    settings.SEAL_KEYS_APART = False  # type: ignore[attr-defined]
    assert due.make_seal_keys() == 1
    at.refresh_from_db()
    assert at.public_key


@pytest.mark.usefixtures("apart")
def test_kept_apart_a_linked_occasion_gets_no_key_before_the_ceremony(tmp_path: Path) -> None:
    at = occasion(wave=wave(), state="planned")
    with pytest.raises(CommandError, match="ceremony"):
        run("make")
    run("ceremony", at.wave.study.key, *TWO, "--out", tmp_path / "sertifikat.txt")
    assert "1 måletidspunkter" in run("make")


@pytest.mark.usefixtures("apart")
def test_one_study_without_its_ceremony_keeps_no_key_from_the_others() -> None:
    for _ in range(2):
        occasion(wave=wave(), state="planned")
    evening = occasion(wave=evening_wave(), state="planned")
    with pytest.raises(CommandError) as said:
        run("make")
    evening.refresh_from_db()
    assert evening.public_key
    assert str(said.value).startswith("1 måletidspunkter fikk nøkkel.")
    assert str(said.value).count("ceremony") == 2  # each study is named, once


def test_a_ceremony_leaves_a_certificate_and_two_shares_that_are_the_key_together(tmp_path: Path) -> None:
    of, out = study(), tmp_path / "sertifikat.txt"
    run("ceremony", of.key, *TWO, "--out", out)
    of.refresh_from_db()
    certificate = out.read_text()
    assert of.key_fingerprint in certificate
    assert "Kari Lie" in certificate
    assert "Per Vik" in certificate
    shares = [tmp_path / f"sertifikat-andel-{n}.txt" for n in (1, 2)]
    key = keys.pair_key(of)
    assert ceremony.joined(*(path.read_text() for path in shares)) == key
    assert all(stat.S_IMODE(path.stat().st_mode) == 0o600 for path in (out, *shares))
    import base64

    written = "".join(path.read_text() for path in (out, *shares))
    assert base64.b64encode(key).decode() not in written
    assert AuditEvent.objects.filter(action="key-used", detail__contains="nøkkelseremoni").count() == 1


def test_a_second_ceremony_is_refused(tmp_path: Path) -> None:
    of = study()
    run("ceremony", of.key, *TWO, "--out", tmp_path / "en.txt")
    with pytest.raises(CommandError, match="har hatt sin seremoni"):
        run("ceremony", of.key, *TWO, "--out", tmp_path / "to.txt")


def test_both_shares_bring_a_lost_key_back_and_one_does_not(tmp_path: Path, key_file: Path) -> None:
    of, other = study(), study()
    for each in (of, other):
        run("ceremony", each.key, *TWO, "--out", tmp_path / f"{each.key}.txt")
    of.refresh_from_db()
    key, share = keys.pair_key(of), [tmp_path / f"{of.key}-andel-{n}.txt" for n in (1, 2)]
    key_file.unlink()
    with pytest.raises(keys.NoKeyError, match="seal_keys shares"):
        keys.pair_key(of)
    with pytest.raises(CommandError, match="Begge andelene"):
        run("shares", of.key, "--share", share[0])
    foreign = tmp_path / f"{other.key}-andel-2.txt"
    for wrong in ([share[0], share[0]], [share[0], foreign], [share[0], tmp_path / f"{of.key}.txt"]):
        with pytest.raises(CommandError):
            run("shares", of.key, "--share", wrong[0], "--share", wrong[1])
    assert not key_file.exists()
    run("shares", of.key, "--share", share[1], "--share", share[0])
    assert keys.pair_key(of) == key


@pytest.mark.parametrize(
    "arguments",
    [
        ["ceremony"],
        ["ceremony", "finnes-ikke"],
        ["ceremony", "S", "--witness", "Kari", "--out", "O"],
        ["ceremony", "S", "--witness", "Kari", "--witness", "kari ", "--out", "O"],
        ["ceremony", "S", *TWO],
        ["ceremony", "S", *TWO, "--out", "THERE"],
        ["sunset", "S", "--witness", "Kari", "--out", "O"],
        ["sunset", "S", *TWO],
        ["sunset", "S", *TWO, "--out", "THERE"],
        ["sunset", "S", *TWO, "--out", "/proc/nei/bevis.txt"],
        ["ceremony", "S", *TWO, "--out", "/proc/nei/sertifikat.txt"],
    ],
)
def test_what_lacks_something_is_refused_and_no_key_is_made_or_lost(
    arguments: list[str], tmp_path: Path
) -> None:
    of, there = study(key="s"), tmp_path / "der.txt"
    there.write_text("gammelt")
    for_real = {"S": of.key, "O": str(tmp_path / "ny.txt"), "THERE": str(there)}
    sunset = arguments[0] == "sunset"
    if sunset:
        keys.make_pair_key(of)
    with pytest.raises(CommandError):
        run(*(for_real.get(each, each) for each in arguments))
    fresh = Study.objects.get(pk=of.pk)
    assert bool(fresh.key_fingerprint) is sunset
    assert fresh.sunset_done_on is None
    assert there.read_text() == "gammelt"


def test_a_file_that_is_not_a_key_file_is_said_to_be_so(key_file: Path) -> None:
    key_file.parent.mkdir(parents=True)
    key_file.write_text("[]")
    key_file.chmod(0o600)
    with pytest.raises(keys.NoKeyError, match="kan ikke brukes"):
        keys.make_seal_key(occasion(wave=wave(), state="planned"))
    key_file.write_text('{"pair 1": "???"}')
    with pytest.raises(keys.NoKeyError, match="skadet"):
        keys._found("pair 1")
