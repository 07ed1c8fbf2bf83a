"""Whether a cause is named more often than before, tested instead of eyeballed."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import zip_longest

from qa_pipeline.analytics.mismatches import newest_first
from qa_pipeline.domain import CauseTrend, Contact, Example, Interval

FALSE_DISCOVERIES = 0.05  # of the rises shown, the share that may be chance
LEAST_CALLS = 3  # fewer never count as a rise, however improbable they are


def rise_probability(now: int, exposure_now: int, before: int, exposure_before: int) -> float:
    """The chance of `now` events or more if the rate had stayed: the exact conditional test, one-sided.

    Given their sum, the events now are binomial with the share of exposure now. Source: J. Przyborowski and
    H. Wilenski, Homogeneity of results in testing samples from Poisson series, Biometrika 31 (1940) 313-323.

    >>> round(rise_probability(6, 100, 4, 400), 5)
    0.00637

    Raises:
        ValueError: an exposure is not positive.
    """
    if min(exposure_now, exposure_before) <= 0:
        raise ValueError("nothing to compare")
    from scipy.special import bdtrc  # noqa: PLC0415 - heavy, and not needed to import this module

    share = exposure_now / (exposure_now + exposure_before)
    return float(bdtrc(now - 1, now + before, share)) if now else 1.0


def ratio_interval(now: int, exposure_now: int, before: int, exposure_before: int, level: float = 0.95) -> Interval:
    """Where the ratio of the two rates lies; `high` is infinite where there was nothing before.

    The Clopper-Pearson interval of the binomial share above, turned into a ratio. Source: as above; K. Krishnamoorthy
    and J. Thomson, A more powerful test for comparing two Poisson means, J. Stat. Plan. Inference 119 (2004) 23-35.

    >>> found = ratio_interval(6, 100, 4, 400)
    >>> round(found.low, 2), round(found.high, 2)
    (1.42, 28.91)
    """
    from scipy.special import betaincinv  # noqa: PLC0415 - heavy, and not needed to import this module

    tail = (1 - level) / 2
    low = float(betaincinv(now, before + 1, tail)) if now else 0.0
    high = float(betaincinv(now + 1, before, 1 - tail)) if before else 1.0
    scale = exposure_before / exposure_now
    return Interval(low=scale * low / (1 - low), high=scale * high / (1 - high) if high < 1 else math.inf, level=level)


def held_against_all(chances: Sequence[float]) -> list[float]:
    """Each p-value as the least false discovery rate at which it would count.

    Source: Y. Benjamini and Y. Hochberg, Controlling the false discovery rate, J. R. Stat. Soc. B 57 (1995) 289-300.

    >>> [round(q, 3) for q in held_against_all([0.01, 0.04, 0.03, 0.5])]
    [0.04, 0.053, 0.053, 0.5]
    """
    order = sorted(range(len(chances)), key=lambda at: chances[at])
    found, least = [1.0] * len(chances), 1.0
    for rank in range(len(order), 0, -1):
        at = order[rank - 1]
        least = min(least, chances[at] * len(order) / rank)
        found[at] = least
    return found


def cause_trends(
    now: Sequence[Contact], before: Sequence[Contact], *, judged_now: int, judged_before: int
) -> tuple[CauseTrend, ...]:
    """Every cause named in either period: rises first, then the most frequent.

    A call counts once for each of its causes. The exposure is the calls judged, so that a quiet week or a sampling
    plan that takes more calls is no fall and no rise.
    """
    calls, earlier = _by_cause(now), _by_cause(before)
    names = sorted({*calls, *earlier})
    counts = {name: (len(calls.get(name, ())), len(earlier.get(name, ()))) for name in names}
    chances: list[float] = []
    if judged_now and judged_before:
        chances = [rise_probability(counts[name][0], judged_now, counts[name][1], judged_before) for name in names]
    found = [
        _trend(name, calls.get(name, ()), earlier.get(name, ()), tested, (judged_now, judged_before))
        for name, tested in zip_longest(names, zip(chances, held_against_all(chances), strict=True))
    ]
    return tuple(sorted(found, key=lambda one: (not one.rises, -one.now, -one.before, one.cause)))


def _trend(
    name: str,
    now: Sequence[Contact],
    before: Sequence[Contact],
    tested: tuple[float, float] | None,
    judged: tuple[int, int],
) -> CauseTrend:
    """`tested` are p and q, None where one of the periods has no judged call."""
    n, n_before = len(now), len(before)
    p, q = tested or (None, None)
    grades = [cause.severity for contact in now for cause in contact.causes if cause.name == name]
    return CauseTrend(
        cause=name,
        now=n,
        before=n_before,
        ratio=n * judged[1] / (n_before * judged[0]) if tested and n_before else None,
        interval=ratio_interval(n, judged[0], n_before, judged[1]) if tested else None,
        p=p,
        q=q,
        rises=q is not None and q <= FALSE_DISCOVERIES and n >= LEAST_CALLS,
        severities=(grades.count(1), grades.count(2), grades.count(3)),
        example=_gravest(name, now or before),
    )


def _gravest(name: str, contacts: Sequence[Contact]) -> Example:
    """What was said of a cause where it is gravest, then surest, then newest."""
    named = [(contact, cause) for contact in contacts for cause in contact.causes if cause.name == name]
    contact, cause = min(named, key=lambda one: (-(one[1].severity or 0), -one[1].confidence, newest_first(one[0])))
    return Example(contact=contact, said=cause.said)


def _by_cause(contacts: Sequence[Contact]) -> Mapping[str, list[Contact]]:
    found: dict[str, list[Contact]] = {}
    for contact in contacts:
        for cause in contact.causes:
            found.setdefault(cause.name, []).append(contact)
    return found
