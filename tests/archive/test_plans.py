"""Sampling plans as files."""

from __future__ import annotations

from pathlib import Path

import pytest

from qa_pipeline.archive.plans import find_plan, load_plan
from qa_pipeline.archive.sampling import PerAgent, Plan, Share
from qa_pipeline.domain import ConfigurationError
from qa_pipeline.resources import data_dir


def faults(path: Path, content: str) -> list[tuple[int, str]]:
    path.write_text(content, encoding="utf-8")
    with pytest.raises(ConfigurationError) as error:
        load_plan(path)
    return [(problem.line, problem.message) for problem in error.value.problems]


def test_the_built_in_plans_can_be_used() -> None:
    assert find_plan("all").take == "all"
    assert find_plan("per_agent").take == PerAgent(per_agent=20)
    assert find_plan("stratified").take == Share(share=0.1, by=("team", "queue", "language"), at_least=5)
    for path in (data_dir() / "scorecards" / "sampling").glob("*.yaml"):
        assert load_plan(path).description


def test_a_site_s_own_plan_goes_before_the_built_in_one(tmp_path: Path) -> None:
    (tmp_path / "sampling").mkdir()
    (tmp_path / "sampling" / "all.yaml").write_text("name: all\ntake: {per_agent: 2}\n")
    assert find_plan("all", tmp_path) == Plan(name="all", take=PerAgent(per_agent=2))
    assert find_plan("stratified", tmp_path).name == "stratified"


@pytest.mark.parametrize("name", ["weekly", "../sampling/all", "", "all.yaml"])
def test_a_plan_that_does_not_exist_names_those_that_do(name: str) -> None:
    with pytest.raises(ConfigurationError, match="all, per_agent, stratified"):
        find_plan(name)


def test_all_faults_are_told_at_once_with_their_lines(tmp_path: Path) -> None:
    content = """\
name: weekly
take:
  share: 1.5
  by: [team, shoe_size]
sed: 3
min_duration_s: -1
always:
  disposition: complaint
"""
    found = faults(tmp_path / "weekly.yaml", content)
    assert [(line, message.partition(":")[0]) for line, message in found] == [
        (3, "take.share"),
        (4, "take.by.1"),
        (6, "min_duration_s"),
        (8, "always.disposition"),
        (5, "sed"),
    ]


@pytest.mark.parametrize(
    ("content", "line", "said"),
    [
        ("name: weekly\ntake: some\n", 2, "take"),
        ("name: weekly\ntake: {per_agent: 0}\n", 2, "take.per_agent"),
        ("name: weekly\ntake: {per_agent: 3, share: 0.1}\n", 2, "take.share"),
        ("name: weekly\ntake:\n  by: [team]\n", 2, "take.share"),
        ("name: monthly\n", 1, "must be the file's name"),
        ("take: all\n", 1, "name"),
        ("", 1, "name"),
        ("- all\n", 1, "the file"),
        ("name: weekly\nname: twice\n", 2, "duplicate key"),
        ("name: [weekly\n", 2, "expected"),
        ("name: \x07\n", 0, "special characters"),
    ],
)
def test_a_faulty_plan_says_where(tmp_path: Path, content: str, line: int, said: str) -> None:
    ((at, message),) = faults(tmp_path / "weekly.yaml", content)
    assert at == line
    assert said in message
