from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eval.bootstrap import Share, mean, quantile, ratio, statistic


def test_nothing_gives_no_figure():
    assert ratio([]) is None
    assert ratio([Share(0, 0)]) is None
    assert quantile([], 0.5) is None
    assert statistic([1, 2], lambda picks: None) is None


def test_a_ratio_counts_statements_and_resamples_answers():
    estimate = ratio([Share(3, 4), Share(0, 1)])
    assert estimate.mean == pytest.approx(3 / 5)
    assert (estimate.low, estimate.high, estimate.n) == (0.0, 0.75, 2)


def test_certainty_has_no_width():
    estimate = mean([1.0] * 20)
    assert (estimate.mean, estimate.low, estimate.high) == (1, 1, 1)


def test_the_interval_is_that_of_the_binomial():
    """For 80 of 100 the normal approximation gives .8 ± 1.96 * .04."""
    estimate = mean([1.0] * 80 + [0.0] * 20)
    assert estimate.low == pytest.approx(0.8 - 1.96 * 0.04, abs=0.015)
    assert estimate.high == pytest.approx(0.8 + 1.96 * 0.04, abs=0.015)


def test_the_interval_holds_the_truth_about_as_often_as_it_says():
    rng = np.random.default_rng(1)
    held = 0
    for _ in range(100):
        estimate = mean(list((rng.random(60) < 0.7).astype(float)))
        held += estimate.low <= 0.7 <= estimate.high
    assert 0.88 <= held / 100 <= 1.0


def test_median_and_p90():
    values = [float(i) for i in range(1, 12)]
    assert quantile(values, 0.5).mean == 6
    assert quantile(values, 0.9).mean == 10


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 5), st.integers(1, 5)), min_size=1, max_size=20))
def test_the_interval_holds_the_figure_and_the_same_data_give_the_same(pairs):
    shares = [Share(min(hits, of), of) for hits, of in pairs]
    estimate = ratio(shares)
    assert 0 <= estimate.low <= estimate.mean <= estimate.high <= 1
    assert estimate == ratio(shares)
