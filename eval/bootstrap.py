"""Figures with 95 % intervals: the percentile bootstrap (Efron 1979), seeded, over independent units.

A unit is a case (or a paraphrase group): what is resampled is cases, never statements, because the
statements of one answer are not independent of each other. No units give no figure, which is ``None``
everywhere in this folder and never zero.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

SEED = 20231206
RESAMPLES = 2000

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Share:
    """``hits`` out of ``of``, for one unit. A unit that does not qualify has no Share at all."""

    hits: float
    of: float = 1.0


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure: its value, its 95 % interval [low, high] and the number of units behind it."""

    mean: float
    low: float
    high: float
    n: int


def ratio(shares: Sequence[Share]) -> Estimate | None:
    """Sum of hits over sum of of; interval by resampling the shares. None without a qualifying share."""
    kept = [share for share in shares if share.of > 0]
    if not kept:
        return None
    hits = np.array([share.hits for share in kept])
    of = np.array([share.of for share in kept])
    picks = _picks(len(kept))
    drawn = hits[picks].sum(axis=1) / of[picks].sum(axis=1)
    return _estimate(float(hits.sum() / of.sum()), drawn, len(kept))


def quantile(values: Sequence[float], q: float) -> Estimate | None:
    """The ``q`` quantile (0.5: the median) with its interval. None without values."""
    if not values:
        return None
    array = np.array(values, dtype=np.float64)
    drawn = np.quantile(array[_picks(len(array))], q, axis=1)
    return _estimate(float(np.quantile(array, q)), drawn, len(array))


def mean(values: Sequence[float]) -> Estimate | None:
    """The mean with its interval. None without values."""
    return ratio([Share(value) for value in values])


def statistic(
    units: Sequence[object], function: Callable[[Sequence[int]], float | None], resamples: int = 400
) -> Estimate | None:
    """Any ``function`` of unit indices, resampled. Resamples for which it is undefined are left out."""
    value = function(range(len(units)))
    if value is None:
        return None
    drawn = [function(list(row)) for row in _picks(len(units), resamples)]
    return _estimate(value, np.array([x for x in drawn if x is not None]), len(units))


def _picks(n: int, resamples: int = RESAMPLES) -> npt.NDArray[np.int64]:
    return np.random.default_rng(SEED).integers(0, n, size=(resamples, n))


def _estimate(value: float, drawn: Floats, n: int) -> Estimate:
    low, high = np.percentile(drawn, [2.5, 97.5])
    # A quantile's resamples can all lie to one side of it in tiny samples: the interval holds the figure.
    return Estimate(value, min(float(low), value), max(float(high), value), n)
