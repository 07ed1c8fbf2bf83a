from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from qa_pipeline.domain import ConfigurationError, ModelError
from qa_pipeline.text import head
from qa_pipeline.training.data import read_examples
from qa_pipeline.training.fit import fit_exclusive, fit_independent
from qa_pipeline.training.measure import calibration_error, figure, macro_f1, micro_f1
from qa_pipeline.training.train import train_sentiment
from qa_pipeline.weights.card import read_card

NAMES = ("negative", "neutral", "positive")


def cloud(seed: int, n: int = 30) -> tuple[NDArray[np.float32], list[str]]:
    """Three clouds of unit vectors, one for each label."""
    chooser = np.random.default_rng(seed)
    centres = np.eye(8)[:3]
    points = np.concatenate([centre + chooser.normal(0, 0.15, (n, 8)) for centre in centres])
    return (points / np.linalg.norm(points, axis=1, keepdims=True)).astype(np.float32), [
        name for name in NAMES for _ in range(n)
    ]


class LetterEncoder:
    """A text's vector is the share of each of its letters."""

    fingerprint = "letters"

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        rows = np.array([[text.count(letter) for letter in "abcdefgh"] for text in texts], np.float32) + 0.01
        vectors: NDArray[np.float32] = rows / np.linalg.norm(rows, axis=1, keepdims=True)
        return vectors


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


def test_a_head_survives_being_written_and_read(tmp_path: Path) -> None:
    vectors, labels = cloud(1)
    trained = fit_exclusive(vectors, labels, encoder="e")
    head.save(trained, tmp_path / "head.json")
    assert trained == head.load(tmp_path / "head.json")


def test_a_file_that_is_no_head_is_named(tmp_path: Path) -> None:
    (tmp_path / "head.json").write_text('{"labels": ["a"]}', "utf-8")
    with pytest.raises(ModelError, match="no trained head"):
        head.load(tmp_path / "head.json")
    with pytest.raises(ModelError, match="missing"):
        head.load(tmp_path / "nothing.json")


def test_every_fault_in_the_data_is_told_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "en.csv").write_text(
        "text,label,split\ngood,positive,train\n,neutral,train\nbad,negative,dev\n", "utf-8"
    )
    with pytest.raises(ConfigurationError) as caught:
        read_examples(tmp_path, "label")
    assert [3, 4] == [problem.line for problem in caught.value.problems]


def test_training_writes_the_head_and_what_was_measured_into_the_card(tmp_path: Path, repository: Path) -> None:
    folder = tmp_path / "sentiment"
    (folder / "data").mkdir(parents=True)
    shutil.copy(repository / "models" / "sentiment" / "model.yaml", folder)
    rows = [
        f"{letter * (2 + number % 5)}{'h' * (number % 3)},{name},{split}"
        for letter, name in zip("abc", NAMES, strict=True)
        for split in ("train", "test")
        for number in range(12)
    ]
    (folder / "data" / "en.csv").write_text("text,label,split\n" + "\n".join(rows) + "\n", "utf-8")
    figures = train_sentiment(folder, LetterEncoder())
    assert 1.0 == figures["en"]["macro_f1"]["value"]
    card = read_card(folder / "model.yaml")
    assert (36, 1.0) == (card.trained["train_texts"], card.measured["en"]["macro_f1"]["value"])
    assert "letters" == head.load(folder / "head.json").encoder


def test_an_interval_holds_its_figure_and_shrinks_with_n() -> None:
    def width(n: int) -> float:
        truth = np.array([[True], [False]] * (n // 2))
        claimed = truth.copy()
        claimed[::10] = ~claimed[::10]
        low, high = figure(macro_f1, truth, claimed)["interval"]  # type: ignore[misc]  # a list of two
        return float(high) - float(low)

    assert width(400) < width(40)


def test_calibration_error_is_the_distance_of_confidence_and_accuracy() -> None:
    assert 0.3 == calibration_error(np.full(10, 0.9), np.array([True] * 6 + [False] * 4))
    assert 0.0 == calibration_error(np.full(10, 0.6), np.array([True] * 6 + [False] * 4))
