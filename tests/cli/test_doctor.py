"""`qa doctor` names what is amiss."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from qa_pipeline.cli.app import app

MODELS = Path(__file__).parents[2] / "models"


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
