"""Linear heads."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from qa_pipeline.domain import ModelError
from qa_pipeline.text.head import Head, load, save

HEAD = Head(
    labels=("bad", "好"),
    weights=((1.0, 0.0), (0.0, 2.0)),
    bias=(0.0, -1.0),
    temperature=1.0,
    exclusive=True,
    thresholds=(0.0, 0.5),
    encoder="e",
)
VECTORS = np.array([[1, 0], [0, 1]], np.float32)


def test_exclusive_labels_share_one_probability() -> None:
    chances = HEAD.probabilities(VECTORS)
    np.testing.assert_allclose(chances.sum(axis=1), 1)
    np.testing.assert_allclose(chances[0], [1 / (1 + np.exp(-2)), 1 / (1 + np.exp(2))])


def test_independent_labels_have_one_each() -> None:
    chances = replace(HEAD, exclusive=False).probabilities(VECTORS)
    np.testing.assert_allclose(chances[1], [0.5, 1 / (1 + np.exp(-1))])


def test_temperature_softens_and_keeps_the_order() -> None:
    cold, hot = HEAD.probabilities(VECTORS), replace(HEAD, temperature=5.0).probabilities(VECTORS)
    assert (cold.argmax(axis=1) == hot.argmax(axis=1)).all()
    assert (hot.max(axis=1) < cold.max(axis=1)).all()


def test_no_vectors_give_no_probabilities() -> None:
    assert HEAD.probabilities(np.zeros((0, 2), np.float32)).shape == (0, 2)


def test_a_saved_head_comes_back_the_same(tmp_path: Path) -> None:
    save(HEAD, tmp_path / "head.json")
    assert load(tmp_path / "head.json") == HEAD
    assert "好" in (tmp_path / "head.json").read_text("utf-8")


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"labels": ["a"]}', '{"labels": 3}', "\x80"])
def test_what_is_no_head_is_refused(text: str, tmp_path: Path) -> None:
    (tmp_path / "head.json").write_bytes(text.encode("latin-1"))
    with pytest.raises(ModelError) as caught:
        load(tmp_path / "head.json")
    assert caught.value.code == "head_broken"


def test_a_missing_head_is_told_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="qa train") as caught:
        load(tmp_path / "head.json")
    assert caught.value.code == "head_missing"


@pytest.mark.parametrize("name", ["sentiment/head.json", "causes/complaint.json", "causes/causes.json"])
def test_the_heads_of_the_project_fit_their_encoder(name: str, repository: Path) -> None:
    head = load(repository / "models" / name)
    assert {384} == {len(row) for row in head.weights}
    assert len(head.labels) == len(head.weights) == len(head.bias) == len(head.thresholds)
