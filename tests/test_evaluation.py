"""Error rates and confidence intervals."""

import numpy as np
import pytest
from scipy import stats

from mdn_utils import evaluation
from mdn_utils.data.strokes import Line
from mdn_utils.reading import Reading


def test_error_rates_count_insertions_deletions_and_substitutions():
    rates = evaluation.error_rates(["abc", "to  bee", ""], ["abd", "to be", "x"])
    assert rates["character_error_rate"] == pytest.approx((1 + 2 + 1) / 9)
    assert rates["word_error_rate"] == pytest.approx((1 + 1 + 1) / 4)
    assert rates["lines_read_in_full"] == 0


def test_the_median_writer_isnt_the_mean(monkeypatch):
    """Two of Ann's six letters, one of Bob's four, and all of Cem's ten are wrong."""
    said = [("abc", "abd", "Ann"), ("wxyz", "wxyy", "Bob"), ("", 10 * "a", "Cem"), ("abc", "bbc", "Ann")]
    found = [Reading(text, None, 0.0) for text, *_ in said]
    monkeypatch.setattr(evaluation, "read", lambda *options: found)
    rates = evaluation.evaluate_reader(None, [Line(None, *rest) for _, *rest in said])
    assert rates["character_error_rate"] == pytest.approx((2 + 1 + 10) / 20)
    assert rates["median_writer_error_rate"] == pytest.approx(2 / 6)


@pytest.mark.parametrize("runs", range(2, 11))
def test_confidence_intervals_are_those_of_scipy(runs):
    values = np.random.default_rng(runs).normal(size=(runs, 3))
    found = evaluation.confidence_interval(values)
    scale = stats.sem(values, axis=0)
    np.testing.assert_allclose(found.mean, values.mean(axis=0))
    low, high = stats.t.interval(0.95, runs - 1, loc=values.mean(axis=0), scale=scale)
    np.testing.assert_allclose([found.low, found.high], [low, high], rtol=1e-4)
    np.testing.assert_allclose(found.mean + found.half, found.high)
