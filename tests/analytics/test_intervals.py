import math

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import stats

from qa_pipeline.analytics.intervals import f1_interval, mean_interval, wilson
from qa_pipeline.domain import Interval

WEIGHTS = np.array([2, 1, 2, 2, 1, 1, 1, 1, 2, 1, 3, 1, 1, 1])


@pytest.mark.parametrize(("passes", "n"), [(0, 1), (1, 1), (5, 5), (3, 10), (57, 60), (0, 40)])
def test_wilson_agrees_with_scipy(passes: int, n: int) -> None:
    theirs = stats.binomtest(passes, n).proportion_ci(0.95, method="wilson")
    ours = wilson(passes, n)
    assert (ours.low, ours.high) == pytest.approx((theirs.low, theirs.high), abs=1e-12)


def test_five_of_five_passes_is_no_proof_of_perfection() -> None:
    assert (0.57, 1.0) == (round(wilson(5, 5).low, 2), wilson(5, 5).high)


@pytest.mark.parametrize(("passes", "n"), [(0, 0), (3, 2), (-1, 4)])
def test_impossible_counts_are_refused(passes: int, n: int) -> None:
    with pytest.raises(ValueError, match="no interval"):
        wilson(passes, n)


@pytest.mark.parametrize("values", [[], [80.0]])
def test_fewer_than_two_calls_have_no_interval(values: list[float]) -> None:
    assert mean_interval(values) is None


def test_the_same_values_give_the_same_interval_in_any_order() -> None:
    values = [66.7, 100, 83.3, 40, 91.2, 77.7]
    assert mean_interval(values) == mean_interval(list(reversed(values)))


@pytest.mark.parametrize("values", [[100.0] * 10, [0.0] * 10, [100.0, 0.0], [99.9, 100.0], [105.0, 100.0]])
def test_the_interval_stays_on_the_scale_and_is_never_empty(values: list[float]) -> None:
    interval = mean_interval(values)
    assert interval is not None
    assert 0 <= interval.low < interval.high <= 100


def test_ten_perfect_calls_leave_room_for_an_error() -> None:
    interval = mean_interval([100.0] * 10)
    assert interval is not None
    assert (97, 100) == (math.floor(interval.low), interval.high)


def simulated_agents(skill: float, n: int, agents: int, chance: np.random.Generator) -> NDArray[np.float64]:
    """Scores of agents by n calls, half of them short and half full, as a sampling plan draws."""
    passes = chance.random((agents, n, len(WEIGHTS))) < skill
    applies = np.ones_like(passes)
    applies[:, : n // 2] = chance.random((agents, n // 2, len(WEIGHTS))) < 0.6
    applies[:, :, 0] = True
    weights = applies * WEIGHTS
    return 100 * (passes * weights).sum(axis=2) / weights.sum(axis=2)


def covers(interval: Interval | None, truth: float) -> bool:
    return interval is not None and interval.low <= truth <= interval.high


def test_the_95_percent_interval_of_a_mean_holds_the_truth_for_93_to_98_percent_of_agents() -> None:
    chance = np.random.default_rng(20261121)
    by_cell = {}
    for skill in (0.5, 0.65, 0.8, 0.9, 0.95):
        for n in (10, 20, 40, 60):
            scores = simulated_agents(skill, n, 400, chance)
            # Every criterion passes with the same probability, so the true mean is that probability.
            hits = [covers(mean_interval(row.tolist()), 100 * skill) for row in scores]
            by_cell[skill, n] = sum(hits) / len(hits)
    assert 0.93 <= sum(by_cell.values()) / len(by_cell) <= 0.98
    # 400 agents a cell: single cells scatter by about 1.1 points around the truth.
    assert [] == [cell for cell, coverage in by_cell.items() if not 0.915 <= coverage <= 0.99]


def test_the_wilson_interval_of_a_rate_holds_the_truth_for_93_to_98_percent_of_agents() -> None:
    coverage = []
    for skill in (0.5, 0.65, 0.8, 0.9, 0.95):
        for n in range(10, 61, 5):
            # Exact, not simulated: the chance of each count times whether its interval holds the truth.
            chances = stats.binom.pmf(range(n + 1), n, skill)
            coverage.append(sum(p for k, p in enumerate(chances) if covers(wilson(k, n), skill)))
    assert 0.93 <= sum(coverage) / len(coverage) <= 0.98


def test_the_interval_of_f1_is_that_of_calls_drawn_again() -> None:
    calls = np.repeat(["tp", "fp", "fn", "tn"], [30, 6, 10, 14])
    drawn = np.random.default_rng(5).choice(calls, (4000, len(calls)))
    tp, fp, fn = ((drawn == kind).sum(axis=1) for kind in ("tp", "fp", "fn"))
    theirs = np.quantile(2 * tp / (2 * tp + fp + fn), [0.025, 0.975])
    ours = f1_interval(30, 6, 10, 60)
    assert (ours.low, ours.high) == pytest.approx(theirs, abs=0.015)
    assert ours == f1_interval(30, 6, 10, 60)


def test_draws_without_a_positive_have_no_f1_and_are_left_out() -> None:
    assert Interval(low=1.0, high=1.0) == f1_interval(1, 0, 0, 5)


@pytest.mark.parametrize(("tp", "fp", "fn", "n"), [(0, 0, 0, 5), (3, 1, 1, 4)])
def test_impossible_counts_have_no_f1(tp: int, fp: int, fn: int, n: int) -> None:
    with pytest.raises(ValueError, match="no F1"):
        f1_interval(tp, fp, fn, n)
