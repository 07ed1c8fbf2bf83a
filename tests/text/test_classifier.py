"""A transformers classifier in place of a network, with a tiny checkpoint (see conftest.py)."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from qa_pipeline.domain import ModelError
from qa_pipeline.text.classifier import Classifier

LABELS = {"negative": "LABEL_2", "neutral": "LABEL_1", "positive": "LABEL_0"}


def test_it_answers_with_our_labels(checkpoint: Path) -> None:
    classifier = Classifier(checkpoint, LABELS, exclusive=True, claims={"negative": 0.7})
    chances = classifier.chances(["lovely", "awful", "bill", "lovely"])
    assert ["positive", "negative", "neutral", "positive"] == [classifier.labels[row.argmax()] for row in chances]
    assert pytest.approx([1, 1, 1, 1]) == chances.sum(axis=1)
    assert (0.7, 0.5, 0.5) == classifier.claims
    assert (0, 3) == classifier.chances([]).shape


def test_labels_that_hold_together_have_chances_of_their_own(checkpoint: Path) -> None:
    classifier = Classifier(checkpoint, {"good": "LABEL_0"}, exclusive=False, claims={})
    lovely, awful = classifier.chances(["lovely", "awful"])[:, 0]
    assert awful < 0.5 < lovely


def test_another_checkpoint_or_another_reading_has_another_fingerprint(checkpoint: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    shutil.copytree(checkpoint, other)
    with (other / "model.safetensors").open("ab") as out:
        out.write(b" ")
    made = [
        Classifier(folder, LABELS, exclusive=exclusive, claims={}).fingerprint
        for folder, exclusive in [(checkpoint, True), (other, True), (checkpoint, False)]
    ]
    assert 3 == len(set(made))
    assert made[0] == Classifier(checkpoint, LABELS, exclusive=True, claims={}).fingerprint


def test_a_label_that_the_checkpoint_has_not_is_told(checkpoint: Path) -> None:
    with pytest.raises(ModelError, match="has no label joy"):
        Classifier(checkpoint, {"positive": "joy"}, exclusive=True, claims={}).chances(["lovely"])


def test_a_folder_without_a_classifier_is_told(tmp_path: Path) -> None:
    with pytest.raises(ModelError) as caught:
        Classifier(tmp_path, LABELS, exclusive=True, claims={})
    assert caught.value.code == "classifier_missing"
