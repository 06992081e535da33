"""The worked example of the programme's conventions (2.3): twelve pairs, and every number printed of them.

The numbers are those that stand there, with their decimals. The pairs are some that have them: sums, squares
and products follow from the means, spreads and correlation, and the sizes of the changes from the ranks.
"""

from __future__ import annotations

from unittest import mock

import numpy as np
import pytest
from scipy import stats

from evaluation.figures.statistics import change as changing
from evaluation.figures.statistics.change import change, hedges, reliable_change
from evaluation.figures.statistics.proportions import share
from evaluation.figures.statistics.ranks import ZEROS, signed_ranks
from evaluation.figures.statistics.samples import Paired

BEFORE = np.array([2.3, 2.7, 2.8, 2.9, 3.1, 3.2, 3.2, 3.4, 3.6, 3.8, 4.2, 4.2])
AFTER = np.array([2.8, 3.2, 3.6, 3.0, 3.6, 3.3, 4.0, 3.7, 3.6, 3.8, 4.1, 4.7])
PAIRS = Paired.of(BEFORE, AFTER)


def four(*expected: float) -> object:
    return pytest.approx(list(expected), abs=5.1e-5)


def test_means_spreads_and_the_interval_of_the_change() -> None:
    found = change(PAIRS)
    assert found.n == 12
    assert [found.mean_before, found.mean_after] == four(3.2833, 3.6167)
    assert [found.sd_before, found.sd_after, found.correlation] == four(0.5875, 0.5149, 0.8484)
    assert [found.mean, found.sd] == four(0.3333, 0.3114)
    assert found.effects
    interval = found.effects.interval
    assert [interval.low, interval.high, found.effects.t] == four(0.1355, 0.5312, 3.7081)
    assert found.effects.p == pytest.approx(0.00345, abs=5e-6)


def test_effect_sizes_by_each_standardiser() -> None:
    effects = change(PAIRS).effects
    assert effects
    assert effects.d_av
    assert effects.d_pre
    assert [effects.d_z, effects.d_z_interval.low, effects.d_z_interval.high] == four(1.0704, 0.3377, 1.7734)
    assert hedges(11) == pytest.approx(0.92996, abs=5e-6)
    assert [effects.g_z, effects.d_av, effects.d_pre] == four(0.9955, 0.6047, 0.5674)


def test_reliable_change_of_twelve_is_not_told_and_would_be_two_and_none() -> None:
    assert reliable_change(PAIRS, 0.8) is None
    with mock.patch.object(changing, "FOR_RELIABLE", 12):
        found = reliable_change(PAIRS, 0.8)
    assert found
    assert [found.limit / changing.RELIABLE, found.limit] == four(0.3716, 0.7283)
    assert (found.better, found.same, found.worse) == (2, 10, 0)


def test_signed_ranks_without_the_two_that_did_not_change() -> None:
    found = signed_ranks(PAIRS.differences())
    assert found
    assert (found.w, found.zeros, found.median) == (2, 2, pytest.approx(0.3))
    assert [found.p, found.rank_biserial] == four(0.0078, 0.9273)
    assert found.median_interval is None


def test_the_other_conventions_that_are_printed_there_are_not_the_one_we_state() -> None:
    """Pratt's ranks, the p without ties and the normal one: of the same pairs."""
    moved = PAIRS.differences().expanded()
    assert ZEROS == "wilcox"
    pratt = stats.wilcoxon(moved, zero_method="pratt", method="approx")
    assert [pratt.statistic, pratt.pvalue] == four(4, 0.0080)
    for method, p in (("exact", 0.0059), ("approx", 0.0087)):
        assert [stats.wilcoxon(moved, method=method).pvalue] == four(p)


@pytest.mark.parametrize("of", [1, 4, 6, 37, 199, 100_000])
def test_the_interval_of_none_begins_at_nought_and_that_of_all_ends_at_one(of: int) -> None:
    """«2,77556e−17» was printed."""
    none, all_of = share(0, of).interval, share(of, of).interval
    assert none
    assert all_of
    assert (none.low, all_of.high) == (0, 1)
    assert (none.high, all_of.low) == (pytest.approx(1 - all_of.low), pytest.approx(1 - none.high))
    assert 0 < none.high < 1


def test_nine_of_twelve_moved_up_one_down_and_two_stayed() -> None:
    moved = PAIRS.differences()
    counts = [int(moved.counts[chosen].sum()) for chosen in (moved.values > 0, moved.values < 0)]
    assert counts == [9, 1]
    found = share(9, 12).interval
    assert found
    assert [found.low, found.high] == pytest.approx([0.468, 0.911], abs=5e-4)
