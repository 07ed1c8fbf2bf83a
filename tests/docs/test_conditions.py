"""The page on scorecards explains every key of a condition, and its examples can be used."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

import pytest
from ruamel.yaml import YAML

from qa_pipeline.assembly import scorecard_at
from qa_pipeline.domain import Dimension, Indicator
from qa_pipeline.rules.expression import parse
from qa_pipeline.rules.measures import MEASURES
from qa_pipeline.scoring.model import ConditionFile, CriterionFile, ScorecardFile, State, WindowFile
from qa_pipeline.settings import load_settings
from qa_pipeline.signals.cues import ACTS

PAGE = (Path(__file__).parents[2] / "docs" / "scorecards.md").read_text("utf-8")
CONDITIONS = PAGE[PAGE.index("## Conditions\n") : PAGE.index("## Phrases\n")]
BLOCKS = re.findall(r"```yaml\n(.*?)```", CONDITIONS, flags=re.DOTALL)
HEAD = """\
name: site
version: "1"
title: Site
language: en
critical_cap: 40
bands: [{name: all, title: All, at_least: 0}]
"""
SECTION = "sections:\n  - name: all\n    title: All\n    criteria:\n"


def keys(model: type[ConditionFile | WindowFile | CriterionFile | ScorecardFile]) -> list[str]:
    return [field.alias or name for name, field in model.model_fields.items()]


@pytest.mark.parametrize("key", [*keys(ConditionFile), *keys(WindowFile), *MEASURES, *ACTS, *get_args(State)])
def test_every_word_of_a_condition_is_explained(key: str) -> None:
    assert f"`{key}`" in CONDITIONS


@pytest.mark.parametrize("key", [*keys(CriterionFile), *keys(ScorecardFile), *Dimension, *Indicator])
def test_every_key_of_a_scorecard_is_on_the_page(key: str) -> None:
    assert f"`{key}`" in PAGE or f"{key}: " in PAGE or f"{key}:\n" in PAGE


def test_measures_of_one_party_are_marked_as_such() -> None:
    marked = set(re.findall(r"^\| `(\w+)` \|.*\| yes \|$", CONDITIONS, flags=re.MULTILINE))
    assert {name for name, one in MEASURES.items() if one.of_party} == marked


def test_the_examples_can_be_used(tmp_path: Path) -> None:
    criterion, conditions = BLOCKS
    examples = re.findall(r"^\| `\w+` \|.*\| `(\{.*\})` \|$", CONDITIONS, flags=re.MULTILINE)
    assert 8 == len(examples)
    conditions += "".join(f"  example_{number}: {text}\n".replace("\\|", "|") for number, text in enumerate(examples))
    path = tmp_path / "scorecard.yaml"
    path.write_text(HEAD + conditions + SECTION + criterion, "utf-8")
    (only,) = scorecard_at(load_settings(), path).criteria
    assert only.rule is not None
    assert {"upset", "understood_first", "short_call"} == set(only.rule.conditions)
    assert len(YAML(typ="safe").load(conditions)["conditions"]) > 20


def test_the_expressions_can_be_read() -> None:
    table = CONDITIONS[CONDITIONS.index("### Expressions") :]
    written = [
        text.replace("\\|", "|")
        for line in table.splitlines()
        if line.startswith("| `")
        for text in re.findall(r"`([^`]+)`", line)
    ]
    assert 11 <= len(written)
    for text in written:
        parse(text)
