from __future__ import annotations

import pytest

from qa_pipeline.analytics.coaching import Behaviour, Change, as_mean, compared, proposed
from qa_pipeline.analytics.intervals import difference, mean_interval, mean_of_sums, wilson
from qa_pipeline.domain import Rate


def a_behaviour(name: str, hits: int, n: int, weight: float = 1) -> Behaviour:
    rate = Rate(hits=hits, n=n, interval=wilson(hits, n))
    return Behaviour(criterion=name, title=name, weight=weight, critical=False, rate=rate)


def a_rate(hits: int, n: int) -> Rate:
    return Rate(hits=hits, n=n, interval=wilson(hits, n))


def test_most_worth_comes_first() -> None:
    found = proposed([a_behaviour("rare", 0, 2), a_behaviour("often", 20, 40), a_behaviour("heavy", 20, 40, weight=3)])
    assert ["heavy", "often", "rare"] == [one.criterion for one in found]


def test_what_is_done_in_nine_of_ten_is_not_proposed() -> None:
    assert () == proposed([a_behaviour("fine", 36, 40)])


@pytest.mark.parametrize(
    ("before", "after", "change"),
    [
        ((5, 20), (18, 20), Change.BETTER),
        ((18, 20), (5, 20), Change.WORSE),
        ((10, 20), (12, 20), Change.UNCLEAR),
        ((0, 9), (20, 20), Change.TOO_FEW),
    ],
)
def test_a_change_is_said_only_when_the_calls_allow_it(
    before: tuple[int, int], after: tuple[int, int], change: Change
) -> None:
    assert change is compared(as_mean(a_rate(*before)), as_mean(a_rate(*after)), 10).change


def test_without_calls_nothing_is_said() -> None:
    found = compared(as_mean(a_rate(3, 20)), None, 10)
    assert (Change.TOO_FEW, None) == (found.change, found.gained)


def test_a_difference_of_nothing_lies_around_nothing() -> None:
    same = wilson(10, 20)
    found = difference(0.5, same, 0.5, same)
    assert found.low == pytest.approx(-found.high)


@pytest.mark.parametrize("values", [[70.0, 80.0, 90.0, 100.0], [100.0] * 12, [0.0, 0.0], [104.0, 88.0, 97.5]])
def test_sums_give_the_interval_that_the_values_give(values: list[float]) -> None:
    mean = mean_of_sums(len(values), sum(values), sum(v * v for v in values), max(values))
    expected = mean_interval(values, top=max(100.0, *values))
    assert mean is not None
    assert mean.interval is not None
    assert expected is not None
    assert (expected.low, expected.high) == pytest.approx((mean.interval.low, mean.interval.high), abs=1e-5)


def test_no_calls_have_no_mean_and_one_no_interval() -> None:
    assert mean_of_sums(0, 0, 0) is None
    one = mean_of_sums(1, 80, 6400)
    assert one is not None
    assert one.interval is None
