from __future__ import annotations

import numpy as np

from qa_pipeline.training.fit import MOST_CLAIM, STEPS, temperature_of, wary_limits


def test_the_temperature_makes_chances_mean_what_they_say() -> None:
    # right in 73 of 100 cases, and said with a score of 4 where log(73/27) = 1 would do
    truth = np.arange(100)[:, None] < 73
    assert temperature_of(np.hstack([truth, ~truth]), np.tile([4.0, 0.0], (100, 1)), exclusive=True) == 3.0
    assert temperature_of(truth, np.full((100, 1), 4.0), exclusive=False) == 3.0
    assert temperature_of(truth, np.full((100, 1), 1.0), exclusive=False) == 1.0


def test_a_label_is_claimed_from_where_it_is_mostly_right() -> None:
    chance = np.array([0.1, 0.3, 0.5, 0.7, 0.9])
    claim, doubt, _ = wary_limits(chance > 0.6, chance, np.zeros(5, bool))
    assert (0.51, 0.51) == (claim, doubt)


def test_what_is_less_likely_than_not_is_never_claimed() -> None:
    chance = np.array([0.1, 0.3, 0.5, 0.7, 0.9])
    claim, doubt, _ = wary_limits(chance > 0.2, chance, np.zeros(5, bool))
    assert (0.5, 0.2) == (claim, doubt)


def test_what_phrases_find_is_borne_out_by_less_than_it_takes_alone() -> None:
    chance = np.array([0.1, 0.3, 0.5, 0.7, 0.9] * 2)
    phrased = np.arange(10) > 4
    truth = np.where(phrased, chance > 0.2, chance > 0.8)
    claim, _, back = wary_limits(truth, chance, phrased)
    assert (0.71, 0.11) == (claim, back)


def test_where_nothing_is_precise_enough_nothing_is_claimed_and_no_phrase_is_believed_against_all_odds() -> None:
    chance = np.array([0.1, 0.9] * 2)
    claim, _, back = wary_limits(np.zeros(4, bool), chance, np.arange(4) > 1)
    assert (MOST_CLAIM, MOST_CLAIM) == (claim, back)
    _, _, back = wary_limits(np.ones(4, bool), chance, np.ones(4, bool))
    assert back == STEPS[0]
