"""Logistic regression on sentence vectors, calibrated and thresholded on held-out folds of the training text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qa_pipeline.text.head import Head

SEED = 20260101
FOLDS = 5
CLAIM_PRECISION = 0.96
MOST_CLAIM = 0.999  # where no limit is precise enough
MOST_DENIAL = 0.2  # a label more likely than this is not denied
DENIED_AT_MOST = 0.05
STRENGTHS = (1.0, 3.0, 10.0, 30.0, 100.0)  # inverse regularisation tried


def fit_exclusive(vectors: NDArray[np.float32], labels: Sequence[str], *, encoder: str) -> Head:
    """One label for each text: multinomial, strength by cross-validated log loss, temperature likewise."""
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415 - heavy
    from sklearn.metrics import log_loss  # noqa: PLC0415 - heavy
    from sklearn.model_selection import StratifiedKFold, cross_val_predict  # noqa: PLC0415 - heavy

    names = sorted(set(labels))
    folds = StratifiedKFold(FOLDS, shuffle=True, random_state=SEED)

    def model(strength: float) -> Any:  # noqa: ANN401 - scikit-learn has no types
        return LogisticRegression(C=strength, max_iter=2000, class_weight="balanced")

    held_out = {
        strength: cross_val_predict(model(strength), vectors, labels, cv=folds, method="decision_function")
        for strength in STRENGTHS
    }
    losses = {
        (strength, temperature): log_loss(labels, _softmax(scores / temperature), labels=names)
        for strength, scores in held_out.items()
        for temperature in np.arange(0.3, 2.01, 0.1)
    }
    strength, temperature = min(losses, key=lambda key: losses[key])
    fitted = model(strength).fit(vectors, labels)
    return Head(
        labels=tuple(str(name) for name in fitted.classes_),
        weights=_rows(fitted.coef_),
        bias=_row(fitted.intercept_),
        temperature=round(float(temperature), 2),
        exclusive=True,
        thresholds=tuple(0.0 for _ in names),
        encoder=encoder,
    )


def fit_independent(
    vectors: NDArray[np.float32], labels: Sequence[frozenset[str]], names: Sequence[str], *, encoder: str
) -> Head:
    """Any number of labels for each text: one logistic regression a label.

    A label's threshold is the one with the best F1 on held-out folds.
    """
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415 - heavy
    from sklearn.model_selection import StratifiedKFold, cross_val_predict  # noqa: PLC0415 - heavy

    truth = np.array([[name in one for name in names] for one in labels])
    folds = StratifiedKFold(FOLDS, shuffle=True, random_state=SEED)
    weights, bias, thresholds = [], [], []
    for column in truth.T:
        best: tuple[float, float, float] = (-1.0, 0.0, 0.5)
        for strength in STRENGTHS:
            model = LogisticRegression(C=strength, max_iter=2000, class_weight="balanced")
            chance = cross_val_predict(model, vectors, column, cv=folds, method="predict_proba")[:, 1]
            for threshold in np.arange(0.3, 0.96, 0.05):
                best = max(best, (f1(column, chance >= threshold), strength, round(float(threshold), 2)))
        fitted = LogisticRegression(C=best[1], max_iter=2000, class_weight="balanced").fit(vectors, column)
        weights.append(fitted.coef_[0])
        bias.append(fitted.intercept_[0])
        thresholds.append(best[2])
    return Head(
        labels=tuple(names),
        weights=_rows(np.array(weights)),
        bias=_row(np.array(bias)),
        temperature=1.0,
        exclusive=False,
        thresholds=tuple(thresholds),
        encoder=encoder,
    )


def wary_limits(truth: NDArray[np.bool_], chance: NDArray[np.float64]) -> tuple[float, float, float]:
    """(claim, doubt, deny) of one label from held-out probabilities, deny < doubt <= claim."""
    steps = [*(round(float(step), 2) for step in np.arange(0.02, 0.98, 0.01)), 0.98, 0.985, 0.99, 0.995]
    enough = [step for step in steps if (chance >= step).any() and truth[chance >= step].mean() >= CLAIM_PRECISION]
    claim = min(enough, default=MOST_CLAIM)
    doubt = min(max(steps, key=lambda step: f1(truth, chance >= step)), claim)
    denied = [step for step in steps if (chance[truth] <= step).mean() <= DENIED_AT_MOST]
    return claim, doubt, min(max(denied, default=0.01), round(doubt - 0.01, 2), MOST_DENIAL)


def f1(truth: NDArray[np.bool_], claimed: NDArray[np.bool_]) -> float:
    """2 TP / (2 TP + FP + FN), 0 when nothing is true and nothing claimed."""
    right = int((truth & claimed).sum())
    total = int(truth.sum()) + int(claimed.sum())
    return 2 * right / total if total else 0.0


def _softmax(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    result: NDArray[np.float64] = powers / powers.sum(axis=1, keepdims=True)
    return result


def _rows(matrix: NDArray[np.float64]) -> tuple[tuple[float, ...], ...]:
    return tuple(_row(row) for row in matrix)


def _row(row: NDArray[np.float64]) -> tuple[float, ...]:
    return tuple(round(float(value), 4) for value in row)
