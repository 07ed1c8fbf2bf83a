"""Test lines are not nearly training lines: else the figures of models say nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from qa_pipeline.training.data import read_examples
from qa_pipeline.training.near import near

MODELS = Path(__file__).parents[2] / "models"
# Found by this test after the causes model had learnt its like (models/causes/data/README.md); no other may come.
KNOWN = ("办卡说照片不外传，转头我在你们公众号上瞅见自己了",)


@pytest.mark.slow
@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize(("name", "column"), [("acts", "acts"), ("sentiment", "label"), ("causes", "causes")])
def test_no_test_line_is_nearly_a_training_line(name: str, column: str, language: str) -> None:
    lines = [one for one in read_examples(MODELS / name / "data", column) if one.language == language]
    train, test = ([one.text for one in lines if one.split == split] for split in ("train", "test"))
    assert len(test) > 100
    assert [text for text in near(test, train) if text not in KNOWN] == []
