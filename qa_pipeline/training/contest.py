"""Challenger against champion: a newly trained model must not be worse than the one in use, on the same test lines."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qa_pipeline.training.data import Example
from qa_pipeline.training.measure import RESAMPLES, SEED, Metric, table

Measured = Mapping[str, Mapping[str, Mapping[str, Any]]]  # as in a card: by language and figure, its value among others
Answers = Mapping[str, Sequence[frozenset[str]]]  # by column of the test text, for each line the labels
MEAN = "mean"
CALIBRATION = "calibration_error"
MOST_ERROR = 0.08


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """One figure of both on `n` test lines; `language` is "" for all. `champion` is None where there is none.

    `low` and `high` bound the difference (challenger minus champion) with 95 %, by a paired bootstrap over lines.
    """

    figure: str
    language: str
    n: int
    challenger: float
    champion: float | None = None
    low: float = 0.0
    high: float = 0.0

    @property
    def difference(self) -> float:
        """How much better the challenger is."""
        return 0.0 if self.champion is None else self.challenger - self.champion

    def __str__(self) -> str:
        """In words.

        >>> print(Comparison(figure="f1", language="zh", n=180, challenger=0.82, champion=0.8, low=-0.01, high=0.05))
        zh f1: 0.800 -> 0.820, difference +0.020 (-0.010 to +0.050), n = 180
        """
        name = f"{self.language or 'all'} {self.figure}"
        if self.champion is None:
            return f"{name}: {self.challenger:.3f}, n = {self.n}"
        return (
            f"{name}: {self.champion:.3f} -> {self.challenger:.3f}, "
            f"difference {self.difference:+.3f} ({self.low:+.3f} to {self.high:+.3f}), n = {self.n}"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A figure that models are compared by: its name, the column of the test text, and the metric."""

    name: str
    column: str
    metric: Metric


def compare(
    figures: Sequence[Figure], tests: Mapping[str, Sequence[Example]], challenger: Answers, champion: Answers | None
) -> tuple[Comparison, ...]:
    """The headline (the mean of the figures, where there are several) over all lines first, then each in each language.

    `tests` holds the same lines for each column.
    """
    lines = next(iter(tests.values()))
    sides = [_Side(figures, tests, answers) for answers in (challenger, champion) if answers is not None]
    made = list(_compared(figures, sides, np.arange(len(lines)), ""))
    for language in sorted({one.language for one in lines}):
        rows = np.array([row for row, one in enumerate(lines) if one.language == language])
        made += _compared(figures, sides, rows, language)
    return tuple(sorted(made, key=lambda one: one.language != "" or (one.figure != MEAN and len(figures) > 1)))


def worse(comparisons: Sequence[Comparison]) -> str:
    """Why the challenger may not take the champion's place; "" when it may.

    It may when the headline is not lower, and no figure of a language is lower with its whole interval.
    """
    headline = comparisons[0]
    if headline.difference < 0:
        return f"the new one is worse: {headline}"
    lost = [str(one) for one in comparisons if one.language and one.champion is not None and one.high < 0]
    return f"the new one is surely worse in a language: {'; '.join(lost)}" if lost else ""


def unsure_of_itself(challenger: Measured, champion: Measured) -> str:
    """Why a challenger's chances are not to be trusted; "" when they may be.

    Limits are set on chances, so a calibration error may be above `MOST_ERROR` only where the champion's is no smaller.
    """
    found = []
    for language, figures in challenger.items():
        for name, figure in figures.items():
            error, known = figure["value"], champion.get(language, {}).get(name, {"value": 0.0})["value"]
            if name.endswith(CALIBRATION) and error > max(MOST_ERROR, known):
                found.append(f"{language} {name} {error:.3f}, at most {MOST_ERROR}")
    return f"the new one says too wrongly how sure it is: {'; '.join(found)}" if found else ""


class _Side:
    """One model's claims beside the truth, by figure."""

    def __init__(self, figures: Sequence[Figure], tests: Mapping[str, Sequence[Example]], answers: Answers) -> None:
        self._figures = figures
        self._pairs: list[tuple[NDArray[np.bool_], NDArray[np.bool_]]] = []
        for one in figures:
            truth = [line.labels for line in tests[one.column]]
            names = sorted({label for labels in truth for label in labels} - {"false"})  # not to complain is no find
            self._pairs.append((table(truth, names), table(answers[one.column], names)))

    def values(self, rows: NDArray[np.int64]) -> list[float]:
        """Each figure on these lines, and their mean."""
        found = [
            one.metric(truth[rows], claimed[rows])
            for one, (truth, claimed) in zip(self._figures, self._pairs, strict=True)
        ]
        return [*found, float(np.mean(found))]


def _compared(
    figures: Sequence[Figure], sides: Sequence[_Side], rows: NDArray[np.int64], language: str
) -> Iterator[Comparison]:
    """Every figure on these lines; the mean only where there are several figures."""
    values = [side.values(rows) for side in sides]
    bounds = _bounds(sides, rows) if len(sides) > 1 else None
    names = [one.name for one in figures] + ([MEAN] if len(figures) > 1 else [])
    for place, name in enumerate(names):
        yield Comparison(
            figure=name,
            language=language,
            n=len(rows),
            challenger=values[0][place],
            champion=values[1][place] if len(sides) > 1 else None,
            low=float(bounds[0][place]) if bounds is not None else 0.0,
            high=float(bounds[1][place]) if bounds is not None else 0.0,
        )


def _bounds(sides: Sequence[_Side], rows: NDArray[np.int64]) -> NDArray[np.float64]:
    """Percentiles 2.5 and 97.5 of the difference, shape (2, figures + 1): both sides are drawn the same lines."""
    chooser = np.random.default_rng(SEED)
    draws = [rows[chooser.integers(0, len(rows), len(rows))] for _ in range(RESAMPLES)]
    differences = [np.subtract(sides[0].values(draw), sides[1].values(draw)) for draw in draws]
    bounds: NDArray[np.float64] = np.quantile(differences, [0.025, 0.975], axis=0)
    return bounds
