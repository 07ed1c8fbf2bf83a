"""Agents' figures by week or month, from what the database has added up by day."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from itertools import groupby
from typing import Literal

from qa_pipeline.analytics.intervals import moments_interval
from qa_pipeline.store.listing import DayScores
from qa_pipeline.web.api.models import AgentOut, FigureOut, IntervalOut

Period = Literal["all", "week", "month"]


def agents_of(days: Iterable[DayScores], by: Period, min_calls: int) -> tuple[AgentOut, ...]:
    """The agents in the order of `days`, each with a figure for every period that has scored calls."""
    return tuple(_agent(list(own), by, min_calls) for _, own in groupby(days, key=lambda one: one.agent_id))


def first_day(day: date, by: Period) -> date | None:
    """The first day of a day's period.

    >>> first_day(date(2026, 11, 5), "week")
    datetime.date(2026, 11, 2)
    """
    if by == "week":
        return day - timedelta(days=day.weekday())
    return day.replace(day=1) if by == "month" else None


def _agent(days: Sequence[DayScores], by: Period, min_calls: int) -> AgentOut:
    periods: dict[date | None, list[DayScores]] = defaultdict(list)
    for one in days:
        periods[first_day(one.day, by) if one.day else None].append(one)
    last = days[-1]
    return AgentOut(
        agent_id=last.agent_id,
        agent_name=last.agent_name,
        team=last.team,
        comparable=sum(one.n for one in days) >= min_calls,
        figures=tuple(_figure(period, parts) for period, parts in periods.items()),
    )


def _figure(period: date | None, parts: Sequence[DayScores]) -> FigureOut:
    n = sum(one.n for one in parts)
    mean = sum(one.total for one in parts) / n
    variance = max(0.0, sum(one.squares for one in parts) - n * mean * mean) / (n - 1) if n > 1 else 0.0
    interval = moments_interval(n, mean, variance, top=max(100.0, *(one.highest for one in parts)))
    return FigureOut(
        period=period,
        n=n,
        mean=mean,
        interval=IntervalOut(low=interval.low, high=interval.high, level=interval.level) if interval else None,
    )
