"""Fitting the linear model on n-grams: logistic regression for each label. The same text gives the same weights."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qa_pipeline.text.ngrams import NgramModel, tallies

LOOSE = 20.0  # the inverse of the penalty: text is scarce, and each n-gram tells little
LEAST = 1e-6  # a weight that is none
MOST = 127  # the largest whole number that a weight is kept as


def fit_ngrams(texts: Sequence[str], truth: NDArray[np.bool_]) -> NgramModel:
    """A model of these texts; `truth` has a row for each and a column for each label."""
    from sklearn.feature_extraction.text import TfidfTransformer  # noqa: PLC0415 - heavy

    weigh = TfidfTransformer(sublinear_tf=True)
    tallied = weigh.fit_transform(tallies(texts))
    tallied.sort_indices()
    weights, bias = (np.array(side) for side in zip(*(_line(tallied, column) for column in truth.T), strict=True))
    step = np.maximum(np.abs(weights).max(axis=1), LEAST) / MOST
    return NgramModel(
        weights=np.rint(weights / step[:, None]).astype(np.int8),
        step=step.astype(np.float32),
        bias=bias.astype(np.float32),
        rarity=weigh.idf_.astype(np.float16),
    )


def _line(tallied: Any, column: NDArray[np.bool_]) -> tuple[NDArray[np.float64], float]:  # noqa: ANN401 - scipy
    """(weights, bias) of a label; where all texts have it, or none, the bias alone says so."""
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415 - heavy

    if column.all() or not column.any():
        return np.zeros(tallied.shape[1]), float(np.log((column.sum() + 1) / ((~column).sum() + 1)))
    fitted = LogisticRegression(C=LOOSE, solver="liblinear").fit(tallied, column)
    return fitted.coef_[0], float(fitted.intercept_[0])
