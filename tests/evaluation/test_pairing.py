"""«Før» and «etter» meet without a name, until the key is destroyed; then nobody can make them meet."""

from __future__ import annotations

import random
from itertools import product
from typing import TYPE_CHECKING

import pytest
from django.db.models.signals import pre_delete

from courses.key_files import stored
from evaluation.answers import closing, due, keys, pairing, sealing
from evaluation.answers.vectors import decode
from evaluation.answers.veils import ID_BYTES
from evaluation.answers.withdrawing import carry_out
from evaluation.models import (
    ClosingBatch,
    Consent,
    HouseholdSalt,
    Occasion,
    PairSalt,
    Response,
    Study,
    Withdrawal,
)
from tests.crowds import adults, all_answer, answer, answers, asked, version_of
from tests.factories import GroupFactory
from tests.paired import homes_of, pair_of
from tests.study_factories import frozen_version, information, statement, study, wave

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.django_db(databases=["default", "answers"])
WAVES = ("T0", "T1", "T2")


@pytest.fixture
def key_file(tmp_path: Path, settings: object) -> Path:
    path = tmp_path / "seal.json"
    settings.SEAL_KEY_FILE = path  # type: ignore[attr-defined]
    return path


def test_two_hundred_adults_are_paired_over_three_waves_and_after_sunset_nobody_is(key_file: Path) -> None:
    """Each says a number of her own three times: what is paired wrongly is seen."""
    of, chance = study(), random.Random(8)
    number = frozen_version([statement(f"t{n}") for n in range(6)])
    people = adults(GroupFactory(), 200, families=120)
    own = {adult.pk: {f"t{n}": code for n, code in enumerate(codes)} for adult, codes in zip(
        people, product(range(1, 4), repeat=6), strict=False
    )}  # fmt: skip
    for code in WAVES:
        at = asked(
            people, wave=wave(of, code=code, versions=[number]), group=people[0].enrolments.get().group
        )
        for adult in chance.sample(people, len(people)):
            sealing.submit(user=adult.user, occasion_id=at.pk, forms=[(number, own[adult.pk])])
        assert closing.close(at).taken == 200
    pairs: dict[bytes, list[tuple[str, str]]] = {}
    for row in Response.objects.all():
        said = str(sorted(decode(number.frozen, bytes(row.vector)).items()))
        pairs.setdefault(pair_of(row), []).append((row.wave, said))
    assert len(pairs) == 200
    right = [rows for rows in pairs.values() if {wave for wave, _ in rows} == set(WAVES) and len(rows) == 3]
    assert len(right) == 200
    assert sum(len({said for _, said in rows}) > 1 for rows in right) == 0  # paired wrongly
    assert len(set(homes_of(Response.objects.all()))) == 120
    recomputed = recompute(of.pk, every_key(key_file))
    assert len(recomputed & set(pairs)) == 200  # with the key, before
    keys.sunset(of, ("Kari", "Per"))
    assert recompute(of.pk, every_key(key_file)) & set(pairs) == set()


def every_key(path: Path) -> list[bytes]:
    """All that lies in the key file, and in what lies beside it."""
    import base64

    found = [base64.b64decode(str(text)) for name, text in stored(path).items() if "counted" not in name]
    beside = b"".join(each.read_bytes() for each in path.parent.iterdir())
    return [*found, *(beside[n : n + 32] for n in range(0, max(1, len(beside) - 32)))]


def recompute(study_id: int, all_keys: list[bytes]) -> set[bytes]:
    """Every id that whoever holds the people, the salts and the keys can compute."""
    salts = [bytes(salt) for salt in PairSalt.objects.values_list("salt", flat=True)]
    salts += [bytes(salt) for salt in HouseholdSalt.objects.values_list("salt", flat=True)]
    return {pairing.pair_id(key, salt, study_id) for key in all_keys for salt in salts}


def test_another_study_gives_another_id_of_the_same_salt_and_key() -> None:
    key, salt = b"k" * 32, b"s" * 16
    ids = {pairing.pair_id(key, salt, 1), pairing.pair_id(key, salt, 2), pairing.household_id(key, salt, 1)}
    assert len(ids) == 3
    assert {len(each) for each in ids} == {ID_BYTES}


def test_when_the_person_is_gone_so_is_her_salt_and_the_answer_stays() -> None:
    people = adults(GroupFactory(), 6, families=5)
    at = asked(people, wave=wave())
    all_answer(people, at)
    closing.close(at)
    people[0].user.delete()
    assert (Response.objects.count(), PairSalt.objects.count()) == (6, 5)


def test_after_the_sunset_answers_are_counted_without_a_pair() -> None:
    of = study()
    people = adults(GroupFactory(), 6, families=5)
    at = asked(people, wave=wave(of))
    all_answer(people, at)
    keys.sunset(of, ("Kari", "Per"))
    assert closing.close(Occasion.objects.get(pk=at.pk)).taken == 6
    assert {row.pair_id for row in Response.objects.all()} == {None}


def agreed(people: list, of: object) -> None:  # type: ignore[type-arg]
    letter = information(of)  # type: ignore[arg-type]
    Consent.objects.bulk_create(
        Consent(user=a.user, letter=letter, purpose="research", language="nb", given_on="2026-01-01")
        for a in people
    )


def test_whoever_withdraws_after_counting_is_found_by_the_key_and_deleted_in_all_waves() -> None:
    of = study(is_research=True)
    people = adults(GroupFactory(), 7, families=6)
    agreed(people, of)
    for code in ("T0", "T1"):
        at = asked(people, wave=wave(of, code=code))
        all_answer(people, at)
        closing.close(at)
    assert carry_out(of) == 0
    sealing.withdraw(people[3].user, of)
    assert carry_out(of) == 2
    assert Response.objects.count() == 12
    assert not PairSalt.objects.filter(user=people[3].user).exists()
    assert carry_out(of) == 0


def test_a_withdrawal_stays_while_something_of_hers_may_still_be_counted() -> None:
    of = study(is_research=True)
    people = adults(GroupFactory(), 7, families=6)
    agreed(people, of)
    waiting = asked(people, wave=wave(of))
    all_answer(people, waiting)
    sealing.withdraw(people[0].user, of)
    carry_out(of)
    assert Withdrawal.objects.exists()
    assert closing.close(waiting).taken == 6
    carry_out(of)
    assert not Withdrawal.objects.exists()


def test_what_is_counted_while_she_is_deleted_is_found_by_the_next_run() -> None:
    of = study(is_research=True)
    people = adults(GroupFactory(), 7, families=6)
    agreed(people, of)
    first, last = (asked(people, wave=wave(of, code=code)) for code in ("T0", "T1"))
    for at in (first, last):
        all_answer(people, at)
    closing.close(first)
    pairing.taken_back(people[0].user, of.pk)

    def count_the_last(**_: object) -> None:
        if not ClosingBatch.objects.filter(pk=Occasion.objects.get(pk=last.pk).batch or 0).exists():
            closing.close(last)

    pre_delete.connect(count_the_last, sender=Response)
    try:
        carry_out(of)
    finally:
        pre_delete.disconnect(count_the_last, sender=Response)
    assert Response.objects.count() == 6 + 7
    carry_out(of)
    assert Response.objects.count() == 6 + 6
    assert not Withdrawal.objects.exists()


def test_a_study_whose_key_is_missing_does_not_stop_the_withdrawals_of_another() -> None:
    studies = [study(is_research=True), study(is_research=True)]
    for of in studies:
        people = adults(GroupFactory(), 6, families=5)
        agreed(people, of)
        at = asked(people, wave=wave(of))
        all_answer(people, at)
        closing.close(at)
        sealing.withdraw(people[0].user, of)
    without, other = Study.objects.filter(pk__in=[of.pk for of in studies])
    keys._destroyed(f"pair {without.pk}")
    due.count_all_waiting([])
    assert Response.objects.filter(study=without.pk).count() == 6
    assert Response.objects.filter(study=other.pk).count() == 5


def test_whoever_agrees_again_is_counted_from_then_on_and_what_she_took_back_stays_away() -> None:
    of = study(is_research=True)
    people = adults(GroupFactory(), 6, families=5)
    agreed(people, of)
    at = asked(people, wave=wave(of))
    for adult in people:
        answer(adult, at, answers(random.Random(1)))
    assert version_of(at.wave)
    closing.close(at)
    sealing.withdraw(people[0].user, of)
    agreed(people[:1], of)
    later = asked(people, wave=wave(of, code="T1"))
    all_answer(people, later)
    assert closing.close(later).taken == 6
    assert carry_out(of) == 1
    assert (Response.objects.filter(wave="T0").count(), Response.objects.filter(wave="T1").count()) == (5, 6)
    assert carry_out(of) == 0
