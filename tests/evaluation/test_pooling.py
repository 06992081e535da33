"""Too few are not opened: they wait for others in the region, or are deleted unread."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.utils import timezone

from evaluation.answers import closing, due, kept_keys, keys, sealing
from evaluation.answers.inbox import Form, Sheet
from evaluation.answers.pooling import municipalities_told, phase_of, pool_of
from evaluation.models import ClosingBatch, Occasion, Response, SealedAnswer, Study
from tests.crowds import adults, all_answer, asked, version_of
from tests.factories import EditionFactory, EveningFactory, GroupFactory
from tests.study_factories import evening_wave, occasion, wave

if TYPE_CHECKING:
    from evaluation.models import Wave

pytestmark = pytest.mark.django_db(databases=["default", "answers"])


def answered(of: Wave, many: int, families: int, **group: object) -> Occasion:
    group.setdefault("edition", EditionFactory(programme=of.study.programme))
    made = GroupFactory(**group)
    people = adults(made, many, families=families)
    at = asked(people, wave=of, group=made)
    all_answer(people, at)
    return at


@pytest.mark.parametrize(("many", "families"), [(1, 1), (4, 4), (6, 3)])
def test_below_five_adults_or_four_families_nothing_is_opened(many: int, families: int) -> None:
    at = answered(wave(), many, families)
    assert closing.close(at).state == "waiting"
    at.refresh_from_db()
    assert at.state == "closed"
    assert SealedAnswer.objects.count() == many
    assert keys.has_seal_key(at)
    assert not Response.objects.exists()
    assert not ClosingBatch.objects.exists()


def test_five_adults_in_four_families_are_enough() -> None:
    assert closing.close(answered(wave(), 5, 4)).state == "counted"


def test_two_small_groups_that_are_enough_together_are_opened_together() -> None:
    of = wave()
    one, other = answered(of, 3, 2), answered(of, 3, 2)
    assert closing.close(one).state == "waiting"
    result = closing.close(other)
    assert (result.state, set(result.occasions), result.taken) == ("counted", {one.pk, other.pk}, 6)
    rows = list(Response.objects.all())
    assert {row.cluster_id for row in rows} == {None}
    assert {row.bucket for row in rows} == {None}
    assert {row.edition for row in rows} == {""}  # two editions: each would point at three adults
    assert not SealedAnswer.objects.exists()
    assert all(kept_keys.is_let_go(each) for each in Occasion.objects.all())


def test_a_large_group_does_not_take_a_small_one_with_it() -> None:
    of = wave()
    small, large = answered(of, 3, 2), answered(of, 8, 5)
    closing.close(small)
    assert closing.close(large).occasions == (large.pk,)
    small.refresh_from_db()
    assert small.state == "closed"


def test_another_phase_and_another_wave_are_another_pool() -> None:
    of = wave()
    one = answered(of, 3, 2, phase="pilot")
    other_phase = answered(of, 3, 2, phase="implementation")
    other_wave = answered(wave(of.study, code="T1"), 3, 2, phase="pilot")
    for at in (one, other_phase, other_wave):
        assert closing.close(at).state == "waiting"
    assert [each.pk for each in pool_of(one)] == [one.pk]


def test_whoever_withdrew_does_not_make_them_enough() -> None:
    of = wave()
    at = answered(of, 5, 4)
    sealing.withdraw(at.participations.get(user__adult__seat=2).user, of.study)
    assert closing.close(at).state == "waiting"
    assert not Response.objects.exists()
    assert not ClosingBatch.objects.exists()


def test_two_groups_that_only_seemed_enough_are_opened_together() -> None:
    """Six boxes and five who answered, of whom one withdrew: what that leaves is known only inside."""
    of = wave()
    groups = [answered(of, 5, 4) for _ in range(2)]
    for at in groups:
        sealing.withdraw(at.participations.get(user__adult__seat=2).user, of.study)
    assert [closing.close(at).state for at in groups] == ["waiting", "counted"]
    assert Response.objects.count() == 8
    assert {row.cluster_id for row in Response.objects.all()} == {None}


def test_killed_between_the_two_databases_a_pool_is_counted_once(monkeypatch: pytest.MonkeyPatch) -> None:
    of = wave()
    one, other = answered(of, 3, 2), answered(of, 3, 2)
    closing.close(one)

    def killed(*args: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(closing, "_finish", killed)
        with pytest.raises(KeyboardInterrupt):
            closing.close(other)
    third = answered(of, 3, 2)
    assert closing.close(third).state == "waiting"
    due.count_waiting()
    assert Response.objects.count() == 6
    states = dict(Occasion.objects.values_list("pk", "state"))
    assert states == {one.pk: "counted", other.pk: "counted", third.pk: "closed"}


def over(of: Wave) -> None:
    today = timezone.localdate()
    Study.objects.filter(pk=of.study_id).update(
        starts_on=today - timedelta(days=90), ends_on=today - timedelta(days=1), sunset_on=today
    )


def test_when_the_study_is_over_what_never_was_enough_is_deleted_unread() -> None:
    of = wave()
    at = answered(of, 3, 2)
    closing.close(at)
    over(of)
    due.count_waiting()
    at.refresh_from_db()
    assert at.state == "dropped"
    assert not SealedAnswer.objects.exists()
    assert not Response.objects.exists()
    assert not keys.has_seal_key(at)


@pytest.mark.parametrize("lost", ["seal", "pair"])
def test_what_could_not_be_opened_for_lack_of_a_key_is_not_deleted_when_the_study_is_over(lost: str) -> None:
    of = wave()
    at = answered(of, 8, 5)
    closing.shut(at)
    keys._destroyed(f"seal {at.pk}" if lost == "seal" else f"pair {of.study_id}")
    over(of)
    due.count_waiting()
    at.refresh_from_db()
    of.study.refresh_from_db()
    assert (at.state, SealedAnswer.objects.count()) == ("closed", 8)
    # a promised day waits for what can still be counted, and not for a key that is lost
    assert bool(of.study.sunset_done_on) is (lost == "seal")


def test_while_others_answer_in_the_wave_they_wait_also_when_the_study_is_over() -> None:
    of = wave()
    few, others = answered(of, 3, 2), answered(of, 3, 2)
    closing.close(few)
    over(of)
    due.count_waiting()
    few.refresh_from_db()
    assert (few.state, SealedAnswer.objects.count()) == ("closed", 6)
    closing.shut(others)
    due.count_waiting()
    assert Response.objects.count() == 6


def test_before_it_is_over_they_wait() -> None:
    at = answered(wave(), 3, 2)
    closing.close(at)
    due.count_waiting()
    at.refresh_from_db()
    assert (at.state, SealedAnswer.objects.count()) == ("closed", 3)


def evening_answers(of: Wave, many: int, **where: object) -> Occasion:
    at = occasion(wave=of, **where)
    for _ in range(many):
        sealing.submit_anonymous(occasion=at, forms=[(version_of(of), {"t01": 4})], limit=30)
    return at


def test_fewer_than_eight_anonymous_forms_wait_for_another_evening_of_the_same_module() -> None:
    of = evening_wave()
    first = evening_answers(of, 7)
    assert closing.close(first).state == "waiting"
    another_module = evening_answers(of, 5)
    assert closing.close(another_module).state == "waiting"
    evening = EveningFactory(module=first.evening.module)
    same_module = evening_answers(of, 2, evening=evening)
    assert set(closing.close(same_module).occasions) == {first.pk, same_module.pk}
    assert {row.module for row in Response.objects.all()} == {first.evening.module.slug}


def sheets(*counts: int) -> list[Sheet]:
    """As many single adults in each municipality, each a family."""
    salts = iter(range(10**6))
    form = (Form(1, None, {}),)  # type: ignore[arg-type]
    return [
        Sheet(form, pair_salt=b"", household_salt=b"%d" % next(salts), municipality=place)
        for place, many in enumerate(counts, 1)
        for _ in range(many)
    ]


@pytest.mark.parametrize(
    ("counts", "told"),
    [
        ((8,), {1}),
        ((4,), set()),
        ((5, 5), {1, 2}),
        ((8, 3), set()),
        ((8, 7, 3), {1}),
        ((8, 7, 5), {1, 2, 3}),
        ((9, 2, 3), {1}),
    ],
)
def test_no_municipality_is_told_by_what_is_left_of_the_others(
    counts: tuple[int, ...], told: set[int]
) -> None:
    assert municipalities_told(sheets(*counts)) == told


def test_staff_without_a_group_are_in_the_phase_their_region_is_in() -> None:
    of = wave(audience="contact-person", identity="named")
    at = occasion(wave=of, group=None)
    assert phase_of(at) == "pilot"
    everyday = GroupFactory(edition__programme=of.study.programme, phase="implementation")
    place = adults(everyday, 1)[0].family
    assert place is not None
    place.municipality.region = of.study.region
    place.municipality.save()
    EveningFactory(group=everyday, starts_at=timezone.now() - timedelta(days=9))
    assert phase_of(at) == "implementation"
