"""How well the items of a scale hang together: alpha, omega, and two items."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import stats

from evaluation.figures.statistics.change import TAIL
from evaluation.figures.statistics.samples import Interval

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Items = NDArray[np.float64]  # people × items, turned, complete

FOR_OMEGA = 50  # people
RESAMPLES = 1_000


@dataclass(frozen=True)
class Reliability:
    value: float
    interval: Interval | None
    n: int


def alpha(items: Items) -> Reliability | None:
    """Cronbach's: k/(k−1)·(1 − Σs²_item/s²_total), listwise; interval by Feldt (1965):
    1 − (1 − α)·F(.975 and .025; n − 1, (n − 1)(k − 1)). None below two items or three people, or no spread.
    """
    n, k = items.shape
    if k < 2 or n < 3:
        return None
    total = float(items.sum(axis=1).var(ddof=1))
    if not total:
        return None
    value = k / (k - 1) * (1 - float(items.var(axis=0, ddof=1).sum()) / total)
    df = n - 1, (n - 1) * (k - 1)
    low = 1 - (1 - value) * float(stats.f.ppf(1 - TAIL, *df))
    high = 1 - (1 - value) * float(stats.f.ppf(TAIL, *df))
    return Reliability(value, Interval(low, high), n)


def spearman_brown(items: Items) -> Reliability | None:
    """Two items: 2r/(1 + r). None unless there are two that vary."""
    n, k = items.shape
    if k != 2 or n < 3 or not items.var(axis=0).all():
        return None
    r = float(stats.pearsonr(items[:, 0], items[:, 1]).statistic)
    return Reliability(2 * r / (1 + r), None, n) if r > -1 else None


def omega(items: Items, seed: int = 0, resamples: int = RESAMPLES) -> Reliability | None:
    """McDonald's ω = (Σλ)²/((Σλ)² + Σψ) of one factor (maximum likelihood, of the covariances);
    interval: percentiles of a bootstrap. None below 50 people or three items, or where no factor is found.
    """
    n, k = items.shape
    if n < FOR_OMEGA or k < 3:
        return None
    value = _omega_of(items)
    if value is None:
        return None
    draw = np.random.default_rng(seed)
    found = [_omega_of(items[draw.integers(0, n, n)]) for _round in range(resamples)]
    drawn = [each for each in found if each is not None]
    if len(drawn) <= resamples / 2:
        return Reliability(value, None, n)
    low, high = (float(np.quantile(drawn, share)) for share in (TAIL, 1 - TAIL))
    return Reliability(value, Interval(low, high), n)


def _omega_of(items: Items) -> float | None:
    from statsmodels.multivariate.factor import Factor

    sds = np.asarray(items.std(axis=0, ddof=1))
    if not sds.all():
        return None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of a fit that does not settle: there is then no omega
        try:
            fitted = Factor(n_factor=1, corr=np.corrcoef(items.T), nobs=len(items), method="ml").fit()
        except (ValueError, np.linalg.LinAlgError):
            return None
    loadings = fitted.loadings[:, 0] * sds
    unique = np.asarray(fitted.uniqueness) * sds**2
    common = float(loadings.sum() ** 2)
    whole = common + float(unique.sum())
    return common / whole if np.isfinite(whole) and whole > 0 else None
