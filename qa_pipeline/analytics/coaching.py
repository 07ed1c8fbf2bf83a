"""What to work on with an agent first, and whether it has changed since."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from qa_pipeline.analytics.agent_scorecard import STRONG
from qa_pipeline.analytics.intervals import difference
from qa_pipeline.domain import Interval, Mean, Rate

PROPOSED = 3
"""Behaviours to work on at a time; nobody changes more at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Behaviour:
    """A criterion in an agent's calls: its pass rate, its weight, and the team's rate where that says something."""

    criterion: str
    title: str
    weight: float
    critical: bool
    rate: Rate
    team_rate: float | None = None

    @property
    def worth(self) -> float:
        """What lies in it: the gap to nine passes in ten x weight x calls in which it was decided; points, roughly.

        >>> from qa_pipeline.analytics.intervals import wilson
        >>> half = Rate(hits=10, n=20, interval=wilson(10, 20))
        >>> Behaviour(criterion="recap", title="Recap", weight=2, critical=False, rate=half).worth
        16.0
        """
        return max(0.0, STRONG - self.rate.value) * self.weight * self.rate.n


def proposed(behaviours: Iterable[Behaviour]) -> tuple[Behaviour, ...]:
    """Those with something in it, the most first; whoever asks takes the first three that can be shown in clips."""
    return tuple(sorted((one for one in behaviours if one.worth > 0), key=lambda one: (-one.worth, one.criterion)))


class Change(StrEnum):
    """What a comparison of before and after allows to say."""

    TOO_FEW = "too_few"  # too few calls on one side
    UNCLEAR = "unclear"  # chance alone may explain the difference
    BETTER = "better"
    WORSE = "worse"


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """A figure before and after; None where no call has it. `gained` is after minus before with its interval."""

    before: Mean | None
    after: Mean | None
    gained: Interval | None
    change: Change


def compared(before: Mean | None, after: Mean | None, least: int) -> Comparison:
    """Before against after. With fewer than `least` calls on one side it says so, whatever the figures are.

    >>> compared(None, None, 10).change
    <Change.TOO_FEW: 'too_few'>
    """
    if before is None or after is None or before.interval is None or after.interval is None:
        return Comparison(before=before, after=after, gained=None, change=Change.TOO_FEW)
    gained = difference(before.value, before.interval, after.value, after.interval)
    enough = min(before.n, after.n) >= least
    change = Change.BETTER if gained.low > 0 else Change.WORSE if gained.high < 0 else Change.UNCLEAR
    return Comparison(before=before, after=after, gained=gained, change=change if enough else Change.TOO_FEW)


def as_mean(rate: Rate | None) -> Mean | None:
    """A rate in the form that means are compared in."""
    return Mean(value=rate.value, n=rate.n, interval=rate.interval) if rate else None
