"""A night refuses a scorecard whose own cases fail, and names them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from qa_pipeline import batch
from qa_pipeline.domain import ConfigurationError
from qa_pipeline.pipeline import Parts
from qa_pipeline.settings import Settings

CASE = """\
- name: says hello
  turns: [{agent: Hello there.}]
  expect: {hello: pass}
- name: says nothing of the kind
  turns: [{agent: Yes.}]
  expect: {hello: %s}
"""


@pytest.fixture
def cases(tmp_path: Path, parts: Parts, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "cases"
    folder.mkdir()
    with_cases = replace(parts, cases={"general-en": folder})
    monkeypatch.setattr(batch, "parts_for", lambda settings, scorecard: with_cases)
    return folder


def test_a_scorecard_whose_cases_come_out_right_is_used(cases: Path) -> None:
    (cases / "own.yaml").write_text(CASE % "fail", "utf-8")
    batch.refuse_failing_cases(Settings())


def test_a_failing_case_is_named_with_its_criterion_and_line(cases: Path) -> None:
    (cases / "own.yaml").write_text(CASE % "unsure", "utf-8")
    with pytest.raises(ConfigurationError, match="general-en is not used") as caught:
        batch.refuse_failing_cases(Settings())
    (problem,) = caught.value.problems
    assert (str(cases / "own.yaml"), 4) == (problem.where, problem.line)
    assert problem.message.startswith("case 'says nothing of the kind': hello: expected unsure, got fail")


def test_a_scorecard_without_cases_is_used(parts: Parts, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batch, "parts_for", lambda settings, scorecard: parts)
    batch.refuse_failing_cases(Settings())
