"""Figures, against small sums done by hand."""

from __future__ import annotations

import numpy as np
import pytest

from qa_pipeline.training.fit import f1
from qa_pipeline.training.measure import calibration_error, figure, macro_f1, micro_f1, table

TRUTH = table([frozenset("a"), frozenset("ab"), frozenset("b"), frozenset()], "ab")
CLAIM = table([frozenset("a"), frozenset("a"), frozenset("ab"), frozenset()], "ab")


def test_f1_as_by_hand() -> None:
    truth = np.array([True, True, False, False])
    assert f1(truth, np.array([True, False, True, False])) == 0.5  # 1 right, 1 wrong, 1 missed: 2 / (2 + 1 + 1)
    assert f1(truth, ~truth) == 0.0
    assert f1(np.zeros(2, bool), np.zeros(2, bool)) == 0.0


def test_label_sets_become_a_table() -> None:
    assert TRUTH.tolist() == [[True, False], [True, True], [False, True], [False, False]]


def test_micro_counts_labels_and_macro_averages_them() -> None:
    assert micro_f1(TRUTH, CLAIM) == 0.75  # 3 right, 1 wrong, 1 missed
    assert macro_f1(TRUTH, CLAIM) == pytest.approx((4 / 5 + 2 / 3) / 2)


def test_a_figure_has_its_interval_around_it_and_is_the_same_each_time() -> None:
    truth = np.random.default_rng(1).random((200, 2)) < 0.4
    claim = truth ^ (np.random.default_rng(2).random((200, 2)) < 0.1)
    found = figure(micro_f1, truth, claim)
    low, high = found["interval"]
    assert 200 == found["n"]
    assert low < found["value"] < high
    assert high - low < 0.15
    assert found == figure(micro_f1, truth, claim)


def test_calibration_is_the_distance_of_confidence_and_truth() -> None:
    chance = np.array([0.95, 0.95, 0.55, 0.55])
    assert calibration_error(chance, np.array([True, True, True, False])) == 0.05
    assert calibration_error(chance, np.array([False, False, True, False])) == 0.5  # (0.95 + 0.05) / 2
    assert calibration_error(np.array([1.0]), np.array([True])) == 0.0
