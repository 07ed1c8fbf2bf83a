from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from qa_pipeline.training.fit import fit_exclusive, fit_independent
from qa_pipeline.training.measure import micro_f1

NAMES = ("negative", "neutral", "positive")


def cloud(seed: int, n: int = 30) -> tuple[NDArray[np.float32], list[str]]:
    """Three clouds of unit vectors, one for each label."""
    chooser = np.random.default_rng(seed)
    centres = np.eye(8)[:3]
    points = np.concatenate([centre + chooser.normal(0, 0.15, (n, 8)) for centre in centres])
    return (points / np.linalg.norm(points, axis=1, keepdims=True)).astype(np.float32), [
        name for name in NAMES for _ in range(n)
    ]


def test_a_head_learns_what_can_be_learnt_and_is_the_same_each_time() -> None:
    vectors, labels = cloud(1)
    first, second = (fit_exclusive(vectors, labels, encoder="e") for _ in range(2))
    assert first == second
    unseen, right = cloud(2)
    assert right == [first.labels[row] for row in first.probabilities(unseen).argmax(axis=1)]


def test_labels_may_hold_together_and_have_thresholds_of_their_own() -> None:
    vectors, labels = cloud(1)
    sets = [frozenset({name, "any"} if name != "neutral" else set()) for name in labels]
    trained = fit_independent(vectors, sets, ["any", "negative", "positive"], encoder="e")
    claimed = trained.probabilities(cloud(2)[0]) >= np.array(trained.thresholds)
    truth = np.array([[name in one for name in trained.labels] for one in sets])
    assert 0.98 < micro_f1(truth, claimed)
