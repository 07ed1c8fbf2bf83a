"""The cases of a scorecard: what is wrong is named with file, line, case and criterion."""

from __future__ import annotations

from pathlib import Path

import pytest

from qa_pipeline.domain import ConfigurationError, Criterion, Party
from qa_pipeline.registry import load
from qa_pipeline.signals.acts import Acts
from qa_pipeline.testing.dummies import a_scorecard
from qa_pipeline.testing.pack_cases import count, failures, read_pack_cases
from qa_pipeline.text.phrases import Act

ACTS = Acts({"en": [Act(name="closing_check", party=Party.AGENT, phrases=("anything else",))]})
CHECKS = {"closing_check": load("check", "qa_pipeline.checks", "closing_check", "check")}
CARD = a_scorecard(Criterion(name="left_open", title="Nothing left open", check="closing_check"))
DIALOGUE = """\
- name: {name}
  turns:
    - agent: Hello there.
    - customer: My bill is wrong.
    - agent: {last}
  expect: {{left_open: {verdict}}}
"""


def failed(folder: Path, text: str) -> tuple[tuple[int, str, str], ...]:
    (folder / "cases.yaml").write_text(text, "utf-8")
    return tuple((one.line, one.case, one.what) for one in failures(CARD, folder, [ACTS], CHECKS))  # type: ignore[arg-type]  # checks by name


def test_cases_that_come_out_right_are_silent(tmp_path: Path) -> None:
    right = DIALOGUE.format(name="asks", last="Is there anything else?", verdict="{verdict: pass, level: 1}")
    right += "- {act: closing_check, says: Anything else?, expect: found}\n"
    right += "- {act: closing_check, says: Goodbye., expect: not_found}\n"
    assert failed(tmp_path, right) == ()
    assert count(tmp_path) == 3


def test_a_dialogue_that_comes_out_otherwise_is_named(tmp_path: Path) -> None:
    good = DIALOGUE.format(name="asks", last="Is there anything else?", verdict="pass")
    ((line, case, what),) = failed(tmp_path, good + DIALOGUE.format(name="does not ask", last="Bye.", verdict="pass"))
    assert (line, case) == (7, "does not ask")
    assert what.startswith("left_open: expected pass, got fail: Ended the call")


def test_a_wrong_level_and_a_missing_quote_are_told(tmp_path: Path) -> None:
    text = DIALOGUE.format(name="asks", last="Anything else?", verdict="{verdict: pass, level: 2, quote: text message}")
    assert [what.split(",")[0] for _, _, what in failed(tmp_path, text)] == [
        "left_open: expected level 2",
        "left_open: expected the evidence 'text message'",
    ]


def test_an_utterance_that_comes_out_otherwise_is_named(tmp_path: Path) -> None:
    ((_, case, what),) = failed(tmp_path, "- {act: closing_check, says: Goodbye., expect: found}\n")
    assert (case, what) == ("closing_check: Goodbye.", "closing_check: expected found, got not_found")


def test_a_criterion_that_is_not_there_is_told(tmp_path: Path) -> None:
    text = DIALOGUE.format(name="asks", last="Bye.", verdict="fail").replace("left_open", "right_open")
    assert [what for _, _, what in failed(tmp_path, text)] == ["right_open: general-en has no such criterion"]


def test_a_case_that_cannot_be_read_is_told_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "cases.yaml").write_text(DIALOGUE.format(name="x", last="Bye.", verdict="maybe"), "utf-8")
    with pytest.raises(ConfigurationError) as caught:
        list(read_pack_cases(tmp_path))
    assert {problem.line for problem in caught.value.problems} == {6}
