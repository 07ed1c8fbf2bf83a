"""Limits and temperatures from what networks say of lines that they have not seen."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from qa_pipeline.text.tagger import chances_of

CLAIM_PRECISION = 0.92  # on lines of an unseen hand, every other one written to mislead
MOST_CLAIM = 0.999  # where no limit is precise enough
LEAST_CLAIM = 0.5  # what is less likely than not is not claimed
LEAST_DOUBT = 0.2  # a label less likely than this is no doubt
# a label less likely than the first step is not there, whatever the phrases say
STEPS = (*(round(0.05 + 0.01 * step, 2) for step in range(94)), 0.985, 0.99, 0.995)
TEMPERATURES = tuple(round(0.5 + 0.05 * step, 2) for step in range(51))


def temperature_of(truth: NDArray[np.bool_], scores: NDArray[np.float64], *, exclusive: bool) -> float:
    """What the scores are divided by so that the log loss is least (Guo et al. 2017); shapes (texts, labels)."""

    def loss(temperature: float) -> float:
        chance = np.clip(chances_of(scores, exclusive=exclusive, temperature=temperature), 1e-6, 1 - 1e-6)
        of_label = np.log(chance) if exclusive else np.where(truth, np.log(chance), np.log(1 - chance))
        return float(-(of_label[truth].mean() if exclusive else of_label.mean()))

    return min(TEMPERATURES, key=loss)


def best_f1_from(truth: NDArray[np.bool_], chance: NDArray[np.float64]) -> float:
    """The lowest step from which on claims have the best F1."""
    return max(STEPS, key=lambda step: f1(truth, chance >= step))


def wary_limits(
    truth: NDArray[np.bool_], chance: NDArray[np.float64], phrased: NDArray[np.bool_]
) -> tuple[float, float, float]:
    """(claim, doubt, back) of one label from held-out probabilities; `phrased` are the texts in which phrases find it.

    A text has the label from `claim` on, from `back` on where phrases find it too. Of all pairs of the two under which
    `CLAIM_PRECISION` of such texts are true, the one that finds most; `back` is never above `claim`. Possible is the
    label from where F1 is best. Where no pair is precise enough, nothing is claimed without a phrase.
    """
    best = (0, MOST_CLAIM, MOST_CLAIM)
    for claim in (*(step for step in STEPS if step >= LEAST_CLAIM), MOST_CLAIM):
        own = chance[~phrased] >= claim
        for back in (step for step in STEPS if step <= claim):
            with_phrase = chance[phrased] >= back
            right = int(truth[~phrased][own].sum()) + int(truth[phrased][with_phrase].sum())
            if right > best[0] and right >= CLAIM_PRECISION * (int(own.sum()) + int(with_phrase.sum())):
                best = (right, claim, back)
    _, claim, back = best
    doubt = max(best_f1_from(truth, chance), LEAST_DOUBT)
    return claim, min(doubt, claim), back


def f1(truth: NDArray[np.bool_], claimed: NDArray[np.bool_]) -> float:
    """2 TP / (2 TP + FP + FN), 0 when nothing is true and nothing claimed."""
    right = int((truth & claimed).sum())
    total = int(truth.sum()) + int(claimed.sum())
    return 2 * right / total if total else 0.0
