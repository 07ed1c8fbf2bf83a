"""Where the points of a chart lie; the drawing itself stands in templates/charts.j2."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from qa_pipeline.domain import WeekMean

WIDTH, HEIGHT = 620, 220
LEFT, RIGHT, TOP, BOTTOM = 34, 14, 12, 28
LABELS = 9
"""As many dates fit under the axis."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GridLine:
    """A line across the chart, at `value` on the scale."""

    value: int
    y: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """One week, in pixels; `label` is its date where there is room for it."""

    x: float
    y: float
    low: float | None
    high: float | None
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TrendChart:
    """Means by week; `runs` are points of weeks that follow one another."""

    width: int
    height: int
    left: int
    grid: tuple[GridLine, ...]
    points: tuple[Point, ...]
    runs: tuple[tuple[Point, ...], ...]

    @property
    def has_few(self) -> bool:
        """Whether a week has too few calls for an interval."""
        return any(point.low is None for point in self.points)


def trend_chart(weeks: Sequence[WeekMean]) -> TrendChart:
    """The chart of these weeks, always from 0 to 100 so that small ups and downs look small."""
    points = _points(weeks)
    return TrendChart(
        width=WIDTH,
        height=HEIGHT,
        left=LEFT,
        grid=tuple(GridLine(value=value, y=_y(value)) for value in (0, 25, 50, 75, 100)),
        points=points,
        runs=_runs(weeks, points),
    )


def _points(weeks: Sequence[WeekMean]) -> tuple[Point, ...]:
    if not weeks:
        return ()
    first, days = weeks[0].monday, (weeks[-1].monday - weeks[0].monday).days
    room = (WIDTH - LEFT - RIGHT - 40) / max(1, days)
    every = -(-len(weeks) // LABELS)
    return tuple(
        Point(
            x=LEFT + 20 + (week.monday - first).days * room,
            y=_y(week.mean.value),
            low=_y(week.mean.interval.low) if week.mean.interval else None,
            high=_y(week.mean.interval.high) if week.mean.interval else None,
            label=f"{week.monday:%m-%d}" if i % every == 0 else "",
        )
        for i, week in enumerate(weeks)
    )


def _runs(weeks: Sequence[WeekMean], points: Sequence[Point]) -> tuple[tuple[Point, ...], ...]:
    runs: list[list[Point]] = []
    for i, point in enumerate(points):
        if i and weeks[i].monday - weeks[i - 1].monday == timedelta(days=7):
            runs[-1].append(point)
        else:
            runs.append([point])
    return tuple(tuple(run) for run in runs)


def _y(value: float) -> float:
    return TOP + (1 - min(max(value, 0.0), 100.0) / 100) * (HEIGHT - TOP - BOTTOM)
