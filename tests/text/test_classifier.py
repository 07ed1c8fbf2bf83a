"""A transformers classifier in place of a network, with a tiny checkpoint (see conftest.py)."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from safetensors.numpy import load_file, save_file

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


def test_labels_are_those_that_its_config_names(checkpoint: Path, tmp_path: Path) -> None:
    folder = tmp_path / "named"
    shutil.copytree(checkpoint, folder)
    config = json.loads((folder / "config.json").read_text("utf-8"))
    del config["label2id"]
    config["id2label"] = {"0": "pleased", "1": "calm", "2": "angry"}
    (folder / "config.json").write_text(json.dumps(config), "utf-8")
    classifier = Classifier(folder, {"negative": "angry", "positive": "pleased"}, exclusive=True, claims={})
    assert [0, 1] == classifier.chances(["awful", "lovely"]).argmax(axis=1).tolist()


def test_labels_that_hold_together_have_chances_of_their_own(checkpoint: Path) -> None:
    classifier = Classifier(checkpoint, {"good": "LABEL_0"}, exclusive=False, claims={})
    lovely, awful = classifier.chances(["lovely", "awful"])[:, 0]
    assert awful < 0.5 < lovely


def test_another_checkpoint_or_another_reading_has_another_fingerprint(checkpoint: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    shutil.copytree(checkpoint, other)
    weights = bytearray((other / "model.safetensors").read_bytes())
    weights[-1] ^= 1
    (other / "model.safetensors").write_bytes(weights)
    shutil.copytree(checkpoint, tmp_path / "words")
    tokenizer = (tmp_path / "words" / "tokenizer.json").read_text("utf-8")
    (tmp_path / "words" / "tokenizer.json").write_text(tokenizer.replace("lovely", "lively"), "utf-8")
    made = [
        Classifier(folder, LABELS, exclusive=exclusive, claims={}).fingerprint
        for folder, exclusive in [(checkpoint, True), (other, True), (tmp_path / "words", True), (checkpoint, False)]
    ]
    assert 4 == len(set(made))
    assert made[0] == Classifier(checkpoint, LABELS, exclusive=True, claims={}).fingerprint


@pytest.mark.parametrize("exclusive", [True, False])
def test_a_higher_temperature_gives_flatter_chances_and_another_fingerprint(
    checkpoint: Path, *, exclusive: bool
) -> None:
    plain, same, calm = (
        Classifier(checkpoint, LABELS, exclusive=exclusive, claims={}, **more)
        for more in ({}, {"temperature": 1.0}, {"temperature": 3.0})
    )
    sure, flat = plain.chances(["awful"])[0], calm.chances(["awful"])[0]
    assert sure.argmax() == flat.argmax()
    assert flat.max() < sure.max()
    assert sure.min() < flat.min()
    assert plain.fingerprint == same.fingerprint != calm.fingerprint


def test_a_label_that_the_checkpoint_has_not_is_told_before_it_is_loaded(checkpoint: Path) -> None:
    with pytest.raises(ModelError, match=r"has no label joy. It has: LABEL_0, LABEL_1, LABEL_2"):
        Classifier(checkpoint, {"positive": "joy"}, exclusive=True, claims={})


@pytest.mark.parametrize("name", ["config.json", "model.safetensors", "tokenizer.json"])
def test_a_file_that_is_missing_is_told(name: str, checkpoint: Path, tmp_path: Path) -> None:
    folder = tmp_path / "part"
    shutil.copytree(checkpoint, folder)
    (folder / name).unlink()
    with pytest.raises(ModelError, match=f"part holds no classifier: it lacks {name}") as caught:
        Classifier(folder, LABELS, exclusive=True, claims={})
    assert caught.value.code == "classifier_missing"


@pytest.mark.parametrize("name", ["config.json", "model.safetensors"])
def test_a_file_that_is_cut_short_is_told(name: str, checkpoint: Path, tmp_path: Path) -> None:
    folder = tmp_path / "part"
    shutil.copytree(checkpoint, folder)
    (folder / name).write_bytes((folder / name).read_bytes()[:-9])
    with pytest.raises(ModelError, match=f"{name} cannot be read") as caught:
        Classifier(folder, LABELS, exclusive=True, claims={})
    assert caught.value.code == "classifier_broken"


def test_weights_without_the_layer_that_decides_are_refused(checkpoint: Path, tmp_path: Path) -> None:
    """Transformers would fill it with chance, and say nothing."""
    folder = tmp_path / "headless"
    shutil.copytree(checkpoint, folder)
    weights = load_file(folder / "model.safetensors")
    del weights["classifier.weight"]
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})
    classifier = Classifier(folder, LABELS, exclusive=True, claims={})
    with pytest.raises(ModelError, match=r"lacks classifier\.weight"):
        classifier.chances(["lovely"])


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="there is no such folder") as caught:
        Classifier(tmp_path / "nowhere", LABELS, exclusive=True, claims={})
    assert caught.value.code == "classifier_missing"
