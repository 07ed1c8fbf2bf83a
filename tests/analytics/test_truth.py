from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from qa_pipeline.analytics.truth import read_truth
from qa_pipeline.domain import ConfigurationError, Verdict

GOOD = '{"call_id": "c1", "language": "en", "criteria": {"greeting": {"verdict": "pass", "turns": [0]}}}\n'


def faults(path: Path, *lines: str) -> list[str]:
    path.write_text("".join(lines), "utf-8")
    with pytest.raises(ConfigurationError) as caught:
        read_truth(path)
    assert "truth" == caught.value.code
    return [str(problem) for problem in caught.value.problems]


def test_verdicts_are_read_and_the_rest_is_not(tmp_path: Path) -> None:
    path = tmp_path / "truth.jsonl"
    path.write_text("\ufeff" + GOOD + "\n" + GOOD.replace("c1", "c\u2028 2").replace('"pass"', '"unsure"'), "utf-8")
    truth = read_truth(path)
    assert {"c1": {"greeting": Verdict.PASS}, "c\u2028 2": {"greeting": Verdict.UNSURE}} == truth.calls
    assert hashlib.sha256(path.read_bytes()).hexdigest() == truth.sha256


def test_every_fault_is_told_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "truth.jsonl"
    known = "must be one of pass, fail, not_applicable, unsure"
    assert [
        f"{path}:2: no valid JSON in UTF-8",
        f"{path}:4: no object with names and values",
        f"{path}:5: call_id: must be text",
        f"{path}:5: criteria: must be an object, a criterion's name to its verdict",
        f"{path}:6: criteria.greeting.verdict: {known}",
        f"{path}:6: criteria.recap.verdict: {known}",
        f"{path}:6: call 'c1' stands in an earlier line already",
    ] == faults(
        path,
        GOOD,
        "{call\n",
        "\n",
        "[1]\n",
        '{"call_id": 7, "criteria": ["greeting"]}\n',
        json.dumps({"call_id": "c1", "criteria": {"greeting": {"verdict": "error"}, "recap": "pass"}}),
    )


def test_a_file_without_calls_is_a_fault(tmp_path: Path) -> None:
    path = tmp_path / "truth.jsonl"
    assert [f"{path}: no call stands in it"] == faults(path, "\n")


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="cannot be read"):
        read_truth(tmp_path / "nowhere.jsonl")
