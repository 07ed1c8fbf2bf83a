"""How good a head is on text that it never saw, with intervals."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from qa_pipeline.training.fit import f1

RESAMPLES = 1000
SEED = 20260101
Figure = dict[str, float | int | list[float]]
Metric = Callable[[NDArray[np.bool_], NDArray[np.bool_]], float]


def micro_f1(truth: NDArray[np.bool_], claimed: NDArray[np.bool_]) -> float:
    """F1 over all labels together. Shape of both: (texts, labels)."""
    return f1(truth.ravel(), claimed.ravel())


def macro_f1(truth: NDArray[np.bool_], claimed: NDArray[np.bool_]) -> float:
    """The mean of the labels' F1."""
    return float(np.mean([f1(truth[:, column], claimed[:, column]) for column in range(truth.shape[1])]))


def precision(truth: NDArray[np.bool_], claimed: NDArray[np.bool_]) -> float:
    """The share of what was claimed that is true; 1 when nothing was claimed."""
    return float(truth[claimed].mean()) if claimed.any() else 1.0


def recall(truth: NDArray[np.bool_], claimed: NDArray[np.bool_]) -> float:
    """The share of what is true that was claimed; 1 when nothing is true."""
    return float(claimed[truth].mean()) if truth.any() else 1.0


def figure(metric: Metric, truth: NDArray[np.bool_], claimed: NDArray[np.bool_]) -> Figure:
    """The metric with its 95 % interval by the percentile bootstrap over texts (Efron 1979), seeded."""
    chooser = np.random.default_rng(SEED)
    draws = [chooser.integers(0, len(truth), len(truth)) for _ in range(RESAMPLES)]
    low, high = np.quantile([metric(truth[draw], claimed[draw]) for draw in draws], [0.025, 0.975])
    return {
        "value": round(metric(truth, claimed), 3),
        "interval": [round(float(low), 3), round(float(high), 3)],
        "n": len(truth),
    }


def as_words(one: Figure) -> str:
    """A figure for people.

    >>> as_words({"value": 0.9, "interval": [0.812, 0.95], "n": 20})
    '0.900 (0.812 to 0.950), n = 20'
    """
    low, high = one["interval"]  # type: ignore[misc]  # a list here
    return f"{one['value']:.3f} ({low:.3f} to {high:.3f}), n = {one['n']}"


def calibration_error(chance: NDArray[np.float64], right: NDArray[np.bool_], *, bins: int = 10) -> float:
    """Expected calibration error (Guo et al. 2017): mean distance of confidence and accuracy over ten bins."""
    places = np.minimum((chance * bins).astype(int), bins - 1)
    parts = [
        (places == place).mean() * abs(chance[places == place].mean() - right[places == place].mean())
        for place in range(bins)
        if (places == place).any()
    ]
    return round(float(sum(parts)), 3)


def table(labels: Sequence[frozenset[str]], names: Sequence[str]) -> NDArray[np.bool_]:
    """Label sets as a table of texts by names."""
    return np.array([[name in one for name in names] for one in labels], dtype=bool)
