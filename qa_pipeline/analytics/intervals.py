"""How sure a mean or a rate is, from the calls that it rests on."""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import NormalDist

from qa_pipeline.domain import Interval, Mean

QUESTIONS_A_CALL = 20
"""A call tells at most as much about an agent as this many independent yes-or-no questions: without that limit ten
perfect calls would look like proof that the agent never errs."""
DRAWS = 1000
_SEED = 20261201


def wilson(passes: int, n: int, level: float = 0.95) -> Interval:
    """The Wilson score interval of a rate, in 0 to 1; never empty, even where all passed.

    Source: E. B. Wilson, Probable inference, the law of succession, and statistical inference, JASA 22 (1927) 209-212:
    (p + z²/2n ± z √(p(1-p)/n + z²/4n²)) / (1 + z²/n), with p = passes / n.

    >>> five = wilson(5, 5)
    >>> round(five.low, 2), five.high
    (0.57, 1.0)

    Raises:
        ValueError: n is not positive, or passes is not between 0 and n.
    """
    if n <= 0 or not 0 <= passes <= n:
        raise ValueError(f"no interval for {passes} passes of {n}")
    return _score_interval(passes / n, n, NormalDist().inv_cdf((1 + level) / 2), level)


def mean_interval(values: Sequence[float], level: float = 0.95, top: float = 100.0) -> Interval | None:
    """The interval of a mean of scores between 0 and `top`; None for fewer than two of them.

    Wilson's interval with an effective sample size n / f. f = s² / (m(1-m)), with m and s² the mean and the
    variance of the scores as shares of `top`, tells how much less a score varies than a yes-or-no answer would;
    Student's quantile with n-1 degrees of freedom replaces z, because s is estimated. Source: N. Dean and M. Pagano,
    Evaluating confidence interval methods for binomial proportions in clustered surveys, J. Survey Stat. Methodol. 3
    (2015) 484-503. Near 100 %, where agents mostly are, it keeps its 95 % with ten calls already (Student's own
    interval falls to 84-92 % there) and never leaves the scale. Nothing is drawn by chance.

    >>> calls = mean_interval([70, 80, 90, 100])
    >>> round(calls.low, 1), round(calls.high, 1)
    (56.5, 96.1)
    """
    n = len(values)
    if n < 2:
        return None
    shares = [min(max(value / top, 0.0), 1.0) for value in values]
    mean = math.fsum(shares) / n
    return _of_shares(n, mean, math.fsum((share - mean) ** 2 for share in shares) / (n - 1), level, top)


def moments_interval(n: int, mean: float, variance: float, level: float = 0.95, top: float = 100.0) -> Interval | None:
    """The interval of `mean_interval` from mean and variance (over n - 1), where a database has added up.

    >>> moments_interval(4, 85, 500 / 3) == mean_interval([70, 80, 90, 100])
    True
    """
    return _of_shares(n, min(max(mean / top, 0.0), 1.0), variance / (top * top), level, top) if n > 1 else None


def mean_of_sums(n: int, total: float, squares: float, highest: float = 100.0) -> Mean | None:
    """The mean of `n` scores with its interval, as `mean_interval` has it, from sums that a database can add up.

    `total` is the sum of the scores, `squares` that of their squares, `highest` the greatest of them: bonus points can
    lift a call over 100 %. None where there are no scores.

    >>> mean = mean_of_sums(4, 340.0, 29400.0)
    >>> mean.value, round(mean.interval.low, 1), round(mean.interval.high, 1)
    (85.0, 56.5, 96.1)
    """
    if n < 1:
        return None
    value, top = total / n, max(100.0, highest)
    if n < 2:
        return Mean(value=value, n=n)
    # Rounding can leave a variance of nothing a hair below 0.
    variance = max(0.0, (squares - n * value**2) / (n - 1)) / top**2
    return Mean(value=value, n=n, interval=_of_shares(n, min(1.0, value / top), variance, 0.95, top))


def difference(before: float, before_interval: Interval, after: float, after_interval: Interval) -> Interval:
    """The interval of `after - before`, of two figures that rest on different calls, from the intervals of both.

    Source: R. Newcombe, Interval estimation for the difference between independent proportions, Statistics in Medicine
    17 (1998) 873-890, method 10; for other figures than rates G. Zou and A. Donner, Statistics in Medicine 27 (2008)
    1693-1702.

    >>> change = difference(56 / 70, wilson(56, 70), 48 / 80, wilson(48, 80))
    >>> round(-change.high, 4), round(-change.low, 4)
    (0.0524, 0.3339)
    """
    change = after - before
    below = math.hypot(after - after_interval.low, before_interval.high - before)
    above = math.hypot(after_interval.high - after, before - before_interval.low)
    return Interval(low=change - below, high=change + above, level=after_interval.level)


def _of_shares(n: int, mean: float, variance: float, level: float, top: float) -> Interval:
    from scipy.special import stdtrit  # noqa: PLC0415 - heavy, and not needed to import this module

    spread = variance / (mean * (1 - mean)) if 0 < mean < 1 else 0.0
    spread = min(max(spread, 1 / QUESTIONS_A_CALL), 1.0)
    share = _score_interval(mean, n / spread, float(stdtrit(n - 1, (1 + level) / 2)), level)
    return Interval(low=top * share.low, high=top * share.high, level=level)


def f1_interval(tp: int, fp: int, fn: int, n: int, level: float = 0.95) -> Interval:
    """The percentile bootstrap interval of F1 = 2 tp / (2 tp + fp + fn), over `n` calls drawn anew 1,000 times.

    Drawing calls with replacement is drawing counts from a multinomial distribution, which is what happens here. Draws
    without any positive have no F1 and are left out. The seed is fixed: the same counts give the same interval. Where
    nothing went wrong every draw is 1, and the interval says nothing: look at those of precision and recall.
    Source: B. Efron and R. Tibshirani, An introduction to the bootstrap, 1993, chapter 13.

    >>> found = f1_interval(8, 1, 1, 20)
    >>> 0.6 < found.low < 16 / 18 < found.high <= 1
    True

    Raises:
        ValueError: there is no F1, or more was counted than there are calls.
    """
    if 2 * tp + fp + fn <= 0 or tp + fp + fn > n:
        raise ValueError(f"no F1 for {tp}, {fp} and {fn} of {n}")
    import numpy as np  # noqa: PLC0415 - heavy, and not needed to import this module

    cells = [tp, fp, fn, n - tp - fp - fn]
    right, wrong, missed, _ = np.random.default_rng(_SEED).multinomial(n, [cell / n for cell in cells], size=DRAWS).T
    there = 2 * right + wrong + missed > 0
    values = 2 * right[there] / (2 * right + wrong + missed)[there]
    low, high = np.quantile(values, [(1 - level) / 2, (1 + level) / 2])
    return Interval(low=float(low), high=float(high), level=level)


def _score_interval(share: float, n: float, quantile: float, level: float) -> Interval:
    square = quantile * quantile / n
    middle = (share + square / 2) / (1 + square)
    half = quantile * math.sqrt(share * (1 - share) / n + square / (4 * n)) / (1 + square)
    # At the ends of the scale the formula is exact and only rounding errors would leave it.
    return Interval(
        low=0.0 if share == 0 else max(0.0, middle - half),
        high=1.0 if share == 1 else min(1.0, middle + half),
        level=level,
    )
