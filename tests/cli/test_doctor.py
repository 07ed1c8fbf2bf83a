"""`qa doctor` names what is amiss."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from transformers import AutoModelForSequenceClassification
from typer.testing import CliRunner

from qa_pipeline.cli.app import app

MODELS = Path(__file__).parents[2] / "models"
MOODS = "{negative: LABEL_2, neutral: LABEL_1, positive: LABEL_0}"


@pytest.fixture
def trained(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A site's own act tagger."""
    shutil.copytree(MODELS / "acts", tmp_path / "acts", ignore=shutil.ignore_patterns("data"))
    monkeypatch.setenv("QA_TRAINED_DIR", str(tmp_path))
    return tmp_path / "acts"


def said() -> list[str]:
    """The doctor's lines about the site's own models."""
    result = CliRunner().invoke(app, ["doctor"])
    return [line for line in result.output.splitlines() if "trained for this site" in line]


def test_models_of_the_site_are_named(trained: Path) -> None:
    assert ["ok     model acts, trained for this site"] == said()


def test_a_model_whose_weights_are_not_its_cards_is_a_fault(trained: Path) -> None:
    (trained / "tagger.safetensors").write_bytes(b"cut short")
    assert [True] == [line.startswith("FAULT  model acts") for line in said()]


def a_classifier(classifier_for: Callable[[str, str], Path], monkeypatch: pytest.MonkeyPatch, labels: str) -> Path:
    folder = classifier_for("sentiment", f"labels: {labels}")
    monkeypatch.setenv("QA_TRAINED_DIR", str(folder.parent))
    return folder


def test_a_classifier_in_a_model_s_place_is_well(
    classifier_for: Callable[[str, str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    a_classifier(classifier_for, monkeypatch, MOODS)
    assert ["ok     model sentiment, trained for this site"] == said()


def test_a_classifier_that_is_not_there_is_a_fault(
    classifier_for: Callable[[str, str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = a_classifier(classifier_for, monkeypatch, MOODS)
    shutil.rmtree(folder / "tiny")
    (line,) = said()
    assert line.startswith("FAULT  model sentiment, trained for this site: ")
    assert f"{folder / 'tiny'} holds no classifier: there is no such folder." in line


@pytest.mark.parametrize(
    ("ours", "fault"),
    [
        ("{negative: LABEL_2, positive: LABEL_0}", "The card of sentiment gives no label for neutral."),
        (MOODS.replace("LABEL_1", "calm"), "The classifier has no label calm. It has: LABEL_0, LABEL_1, LABEL_2."),
    ],
)
def test_labels_that_a_classifier_lacks_are_a_fault(
    ours: str, fault: str, classifier_for: Callable[[str, str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = a_classifier(classifier_for, monkeypatch, ours)
    loaded = []
    monkeypatch.setattr(AutoModelForSequenceClassification, "from_pretrained", lambda *_, **__: loaded.append(folder))
    (line,) = said()
    assert line.startswith("FAULT  model sentiment, trained for this site: ")
    assert fault in line
    assert [] == loaded
