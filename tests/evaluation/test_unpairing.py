"""The key that pairs answers goes at the end, before two people; before that nothing can take it away."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from courses.keys import make_key_file
from courses.models import AuditEvent
from evaluation.answers import closing, keys, sealing, unpairing
from evaluation.models import Release, Response, Study, Wave
from tests.crowds import adults, all_answer, asked
from tests.evaluation.key_ceremonies import TWO, key_file, run
from tests.evaluation.lost_keys import a_day_goes
from tests.evaluation.snapshots import released
from tests.evaluation.test_pairing import agreed
from tests.factories import GroupFactory
from tests.study_factories import study, wave

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_django.fixtures import SettingsWrapper

__all__ = ["key_file"]
pytestmark = pytest.mark.django_db(databases=["default", "answers"])


@pytest.fixture
def pairs(settings: SettingsWrapper, tmp_path: Path) -> Path:
    """The file with the key."""
    settings.KEY_FILE, settings.DEMO = tmp_path / "keys.json", False
    make_key_file(settings.KEY_FILE)
    return settings.KEY_FILE


@pytest.fixture
def counted(pairs: Path) -> Study:
    """Six have answered, and are counted; the study has its pairing key yet."""
    people = adults(GroupFactory(), 6, families=5)
    at = asked(people, wave=wave())
    all_answer(people, at)
    assert closing.close(at).taken == 6
    released(at.wave, drawn=False)
    return Study.objects.get()


def paired() -> int:
    return Response.objects.exclude(pair_id=None, household_id=None).count()


def lose(pairs: Path) -> str:
    """Takes the key out of its file. The file as it was."""
    whole = pairs.read_text()
    pairs.write_text(json.dumps({name: key for name, key in json.loads(whole).items() if name != "pairs"}))
    return whole


def say_it_is_lost(out: Path) -> str:
    """Twice, with a night between."""
    said = run("unpair", "--lost", *TWO, "--out", out)
    a_day_goes()
    assert "Ingenting er endret ennå" in said
    assert not out.exists()
    return run("unpair", "--lost", *TWO, "--out", out)


def test_no_sunset_takes_it_as_figures_are_worked_out_by_it(counted: Study, pairs: Path) -> None:
    before = pairs.read_text()
    keys.sunset(counted, ())
    assert pairs.read_text() == before
    assert paired() == 6


def test_while_a_study_has_its_own_key_it_stays(counted: Study, pairs: Path, tmp_path: Path) -> None:
    before = pairs.read_text()
    with pytest.raises(CommandError, match="ikke slettet for «Piloten»"):
        run("unpair", *TWO, "--out", tmp_path / "bevis.txt")
    assert (pairs.read_text(), paired()) == (before, 6)
    assert not list(tmp_path.glob("bevis*"))


def test_it_is_destroyed_for_good_with_what_it_locked_and_leaves_a_proof(
    counted: Study, pairs: Path, tmp_path: Path
) -> None:
    content = json.loads(pairs.read_text())
    old = pairs.open("rb")
    keys.sunset(counted, ())
    said = run("unpair", *TWO, "--out", tmp_path / "bevis.txt")
    assert "6 svar kobles ikke lenger" in said
    assert json.loads(pairs.read_text()) == {name: content[name] for name in ("notes", "ledger")}
    with old:
        assert not old.read().strip(b"\0")  # nor on the disk
    assert Response.objects.filter(pair_id=None, household_id=None).count() == 6
    proof = (tmp_path / "bevis.txt").read_text()
    assert "Vitne: Kari Lie" in proof
    assert len(proof.split("(SHA-256): ")[1].split("\n")[0]) == 64
    assert AuditEvent.objects.filter(detail__contains="«pairs» slettet (Kari Lie og Per Vik)").exists()
    call_command("keys", "make")  # a later study gets another
    assert json.loads(pairs.read_text())["pairs"] != content["pairs"]


def test_one_person_or_another_key_destroys_nothing(counted: Study, pairs: Path, tmp_path: Path) -> None:
    keys.sunset(counted, ())
    with pytest.raises(CommandError, match="To personer trengs"):
        run("unpair", *TWO[:2], "--out", tmp_path / "bevis.txt")
    make_key_file(tmp_path / "other.json")
    pairs.write_text((tmp_path / "other.json").read_text())
    with pytest.raises(CommandError, match="ikke den svarene ble låst med"):
        run("unpair", *TWO, "--out", tmp_path / "bevis.txt")
    pairs.write_text("{}")
    with pytest.raises(CommandError, match="ligger ikke i"):
        run("unpair", *TWO, "--out", tmp_path / "bevis.txt")
    assert paired() == 6
    assert not list(tmp_path.glob("bevis*"))


def test_killed_before_the_proof_has_its_name_the_next_run_gives_it(
    counted: Study, pairs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys.sunset(counted, ())

    really = unpairing.destroy_key

    def killed(*of: Any) -> None:
        really(*of)
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(unpairing, "destroy_key", killed)
        with pytest.raises(KeyboardInterrupt):
            run("unpair", *TWO, "--out", tmp_path / "bevis.txt")
    assert "pairs" not in json.loads(pairs.read_text())
    run("unpair", *TWO, "--out", tmp_path / "bevis.txt")
    assert "Vitne: Per Vik" in (tmp_path / "bevis.txt").read_text()


def test_a_key_that_is_lost_for_good_is_given_up_so_that_counting_goes_on(
    counted: Study, pairs: Path, tmp_path: Path
) -> None:
    with pytest.raises(CommandError, match="Ingen svar er låst med"):  # it is here
        run("unpair", "--lost", *TWO, "--out", tmp_path / "tap.txt")
    whole = lose(pairs)
    left = pairs.read_text()
    pairs.unlink()
    with pytest.raises(CommandError, match="finnes ikke her"):  # perhaps only not here
        run("unpair", "--lost", *TWO, "--out", tmp_path / "tap.txt")
    pairs.write_text(left)
    pairs.chmod(0o600)
    with pytest.raises(CommandError, match="ikke laget"):
        call_command("keys", "make")
    assert "6 svar kobles ikke lenger" in say_it_is_lost(tmp_path / "tap.txt")
    assert "Vitne: Kari Lie" in (tmp_path / "tap.txt").read_text()
    assert (paired(), Response.objects.count()) == (0, 6)
    call_command("keys", "make")
    assert pairs.read_text() != whole
    later = adults(GroupFactory(), 6, families=5)
    at = asked(later, wave=wave(counted, code="T1", order=1))
    all_answer(later, at)
    assert closing.close(at).taken == 6
    assert paired() == 6


def test_another_key_file_takes_no_pairs_before_a_night_has_passed(
    counted: Study, pairs: Path, tmp_path: Path
) -> None:
    lose(pairs)
    for _again in range(2):
        said = run("unpair", "--lost", *TWO, "--out", tmp_path / "tap.txt")
        assert "6 svar mister koblingen" in said
        assert "finnes ikke" not in said
    other = ["--witness", "Kari Lie", "--witness", "Ida Moe"]
    assert "Ingenting er endret ennå" in run("unpair", "--lost", *other, "--out", tmp_path / "tap.txt")
    assert paired() == 6


def test_only_what_no_key_opens_is_given_up(counted: Study, pairs: Path, tmp_path: Path) -> None:
    """Two keys in the file: the older opens what it locked."""
    make_key_file(tmp_path / "other.json")
    content, other = (json.loads(path.read_text()) for path in (pairs, tmp_path / "other.json"))
    pairs.write_text(json.dumps(content | {"pairs": [other["pairs"], content["pairs"]]}))
    with pytest.raises(CommandError, match="Ingen svar er låst med"):
        run("unpair", "--lost", *TWO, "--out", tmp_path / "tap.txt")
    pairs.write_text(json.dumps(content | {"pairs": other["pairs"]}))
    assert "6 svar kobles ikke lenger" in say_it_is_lost(tmp_path / "tap.txt")


def test_a_lost_key_says_how_many_withdrawals_it_takes_with_it(pairs: Path, tmp_path: Path) -> None:
    of = study(is_research=True)
    people = adults(GroupFactory(), 7, families=6)
    agreed(people, of)
    at = asked(people, wave=wave(of))
    all_answer(people, at)
    assert closing.close(at).taken == 7
    sealing.withdraw(people[0].user, of)
    lose(pairs)
    said = say_it_is_lost(tmp_path / "tap.txt")
    assert "Opptil 1 som har trukket svarene sine" in said
    assert "Opptil 1 som har trukket svarene sine" in (tmp_path / "tap.txt").read_text()


def test_while_figures_are_not_let_out_the_pairs_stay(counted: Study, pairs: Path, tmp_path: Path) -> None:
    """But for a year: what is not let out by then will not be."""
    Release.objects.all()._raw_delete("default")
    keys.sunset(counted, ())
    with pytest.raises(CommandError, match="ikke gitt ut for «Piloten», "):
        run("unpair", *TWO, "--out", tmp_path / "bevis.txt")
    assert paired() == 6
    assert not list(tmp_path.glob("bevis*"))
    over = timezone.localdate() - timedelta(days=365)
    Study.objects.update(starts_on=over - timedelta(days=9), ends_on=over, sunset_on=over + timedelta(days=9))
    assert "6 svar kobles ikke lenger" in run("unpair", *TWO, "--out", tmp_path / "bevis.txt")


def test_a_first_wave_is_let_out_with_the_next(counted: Study, pairs: Path, tmp_path: Path) -> None:
    Release.objects.all()._raw_delete("default")
    first = Wave.objects.get()
    later = wave(counted, code="T1", order=1, versions=[each.version for each in first.instruments.all()])
    released(later, drawn=False)
    keys.sunset(counted, ())
    assert "6 svar kobles ikke lenger" in run("unpair", *TWO, "--out", tmp_path / "bevis.txt")
