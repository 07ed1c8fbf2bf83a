"""Scorecard files, right and wrong."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from pydantic import ValidationError

from qa_pipeline.assembly import check_named
from qa_pipeline.domain import ConfigurationError, Finding, Scorecard
from qa_pipeline.scoring.model import ScorecardFile, json_schema
from qa_pipeline.scoring.read import find_scorecard, read_scorecard
from qa_pipeline.text.yaml_lines import read_yaml


def check(
    view: object, *, within_s: float = 30.0, count: int = 2, strict: bool = False, words: tuple[str, ...] = ()
) -> Finding:
    raise NotImplementedError


GOOD = """\
name: site
version: "1.0"
title: Our scorecard
language: en
critical_cap: 40
bands:
  - {name: good, title: Good, at_least: 80}
  - {name: poor, title: Poor, at_least: 0}
sections:
  - name: opening
    title: Opening
    criteria:
      - name: greeting
        title: Greeting
        check: known
        weight: 2
        parameters: {within_s: 20, count: 1, strict: true, words: [hello]}
      - name: farewell
        title: Farewell
        check: known
        weight: 1.5
        bonus: 0.5
        critical: true
"""


@pytest.fixture
def read(tmp_path: Path) -> Callable[..., Scorecard]:
    def from_text(text: str) -> Scorecard:
        path = tmp_path / "scorecard.yaml"
        path.write_text(dedent(text), "utf-8")
        return read_scorecard(path, {"known": check}.get)

    return from_text


@pytest.fixture
def faults(read: Callable[..., Scorecard]) -> Callable[..., list[tuple[int, str]]]:
    def told(*changes: tuple[str, str]) -> list[tuple[int, str]]:
        text = GOOD
        for old, new in changes:
            assert old in text
            text = text.replace(old, new, 1)
        with pytest.raises(ConfigurationError) as caught:
            read(text)
        assert caught.value.code == "scorecard"
        return [(problem.line, problem.message) for problem in caught.value.problems]

    return told


Faults = Callable[..., list[tuple[int, str]]]


def test_a_good_file_is_read(read: Callable[..., Scorecard]) -> None:
    scorecard = read(GOOD)
    greeting, farewell = scorecard.criteria
    assert ("site", "1.0", "en", 40.0) == (
        scorecard.name,
        scorecard.version,
        scorecard.language,
        scorecard.critical_cap,
    )
    assert greeting.parameters == {"within_s": 20, "count": 1, "strict": True, "words": ("hello",)}
    assert (1.5, 0.5, True, 0.5) == (farewell.weight, farewell.bonus, farewell.critical, farewell.min_confidence)


def test_values_are_plain_ones(read: Callable[..., Scorecard]) -> None:
    greeting, farewell = read(GOOD.replace("within_s: 20", "within_s: 2.5")).criteria
    assert [float, int, bool, tuple] == [type(one) for one in greeting.parameters.values()]
    assert [float, float, str] == [type(one) for one in (farewell.weight, farewell.bonus, farewell.name)]


def test_the_fingerprint_goes_by_content_not_by_form(read: Callable[..., Scorecard]) -> None:
    plain = read(GOOD).fingerprint
    assert (
        plain
        == read("# a comment\n" + GOOD.replace("{within_s: 20, count: 1,", "{count: 1, within_s: 20,")).fingerprint
    )
    assert plain != read(GOOD.replace("weight: 2", "weight: 3")).fingerprint
    assert plain != read(GOOD.replace("within_s: 20", "within_s: 21")).fingerprint


def test_an_unknown_check_is_named_with_its_line(faults: Faults) -> None:
    assert faults(("check: known", "check: unknown")) == [(15, "there is no check 'unknown'")]


def test_a_parameter_that_the_check_does_not_have_is_named(faults: Faults) -> None:
    assert faults(("count: 1", "counts: 1")) == [
        (17, "known has no parameter 'counts'; it has: within_s, count, strict, words")
    ]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("within_s: 20", "within_s: soon", "within_s must be a number, not 'soon'"),
        ("within_s: 20", "within_s: true", "within_s must be a number, not True"),
        ("count: 1", "count: 1.5", "count must be a whole number, not 1.5"),
        ("strict: true", "strict: 1", "strict must be true or false, not 1"),
        ("words: [hello]", "words: hello", "words must be a list of texts, not 'hello'"),
    ],
)
def test_a_parameter_of_another_type_is_told(old: str, new: str, message: str, faults: Faults) -> None:
    assert faults((old, new)) == [(17, message)]


def test_a_parameter_of_no_usable_type_is_told_once(faults: Faults) -> None:
    assert faults(("count: 1", "count: {a: 1}")) == [
        (17, "count: must be a number, a text, true, false or a list of texts")
    ]


def test_a_name_used_twice_is_told_where_it_stands_again(faults: Faults) -> None:
    assert faults(("name: farewell", "name: greeting")) == [
        (18, "the criterion 'greeting' stands here for the second time")
    ]


def test_bands_must_fall_to_zero(faults: Faults) -> None:
    assert faults(("at_least: 80", "at_least: 0")) == [
        (6, "bands must go from the best to the worst, each with its own at_least")
    ]
    assert faults(("at_least: 0", "at_least: 10")) == [(8, "the last band must start at 0")]


def test_what_is_missing_misspelt_or_out_of_range_is_told(faults: Faults) -> None:
    assert faults(
        ("    title: Opening\n", ""), ("weight: 2", "wait: 2"), ("critical_cap: 40", "critical_cap: 140")
    ) == [
        (5, "critical_cap: Input should be less than or equal to 100"),
        (10, "'title' is missing"),
        (12, "'weight' is missing"),
        (15, "'wait' is not known here"),
    ]


def test_every_fault_is_told_at_once_in_the_order_of_lines(faults: Faults) -> None:
    lines = faults(
        ("language: en", "language: fr"),
        ("at_least: 0", "at_least: 5"),
        ("weight: 2", "weight: -2"),
        ("check: known\n        weight: 1.5", "check: gone\n        weight: 1.5"),
    )
    assert [line for line, _ in lines] == [4, 8, 16, 20]


def test_an_empty_file_is_no_scorecard(read: Callable[..., Scorecard]) -> None:
    for text in ("", "- 1\n", "words\n"):
        with pytest.raises(ConfigurationError, match="this is no scorecard"):
            read(text)


def test_wrong_shapes_are_told_and_never_break_the_reader(faults: Faults) -> None:
    assert faults(("sections:\n", "sections: 5\nmore:\n"))
    assert faults(("criteria:\n", "criteria: none\n    others:\n"))
    assert faults(("bands:\n", "bands: {}\nbonds:\n"))


def test_broken_yaml_is_told_with_its_line(read: Callable[..., Scorecard]) -> None:
    with pytest.raises(ConfigurationError) as caught:
        read(GOOD.replace("title: Opening", "title: [Opening"))
    assert [problem.line for problem in caught.value.problems] == [12]


def test_a_scorecard_is_found_by_name_in_the_first_folder_that_has_it(tmp_path: Path) -> None:
    for folder in ("site", "built-in"):
        (tmp_path / folder / "general").mkdir(parents=True)
        (tmp_path / folder / "general" / "scorecard.yaml").touch()
    folders = [tmp_path / "site", tmp_path / "built-in"]
    assert find_scorecard(folders, "general") == tmp_path / "site/general/scorecard.yaml"
    assert find_scorecard(folders, "own/file.yaml") == Path("own/file.yaml")
    with pytest.raises(ConfigurationError, match="There are: general"):
        find_scorecard(folders, "special")


def shipped() -> list[Path]:
    return sorted((Path(__file__).parents[2] / "scorecards").glob("*/scorecard.yaml"))


def plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    return [plain(item) for item in value] if isinstance(value, list) else value


def test_there_is_a_general_scorecard_in_each_language() -> None:
    assert {"general-en", "general-zh"} <= {path.parent.name for path in shipped()}


@pytest.mark.parametrize("path", shipped(), ids=lambda path: path.parent.name)
def test_the_schema_accepts_the_scorecards_that_are_shipped(path: Path) -> None:
    Draft202012Validator.check_schema(json_schema())
    assert list(Draft202012Validator(json_schema()).iter_errors(plain(read_yaml(path)))) == []
    assert read_scorecard(path, check_named).name == path.parent.name


@pytest.mark.parametrize("change", [{"weight": 0}, {"colour": "red"}, {"parameters": {"a": {"b": 1}}}])
def test_the_schema_refuses_what_the_reader_refuses(change: dict[str, Any]) -> None:
    document = plain(read_yaml(shipped()[0]))
    document["sections"][0]["criteria"][0] |= change
    assert list(Draft202012Validator(json_schema()).iter_errors(document))


def with_a_rule(**changes: Any) -> dict[str, Any]:
    """The first scorecard shipped, with a condition in each of its kinds and a criterion that uses them."""
    document: dict[str, Any] = plain(read_yaml(shipped()[0]))
    document["conditions"] = {
        "a": {"says": ["greeting", "thanks"], "needs": 2, "after": "b", "within_s": 5},
        "b": {"feels": "negative", "by": "customer", "in": {"first_turns": 3, "last_s": 20.5}},
        "c": {"words": ["hello"], "unless": ["hello again"], "at_least": 1, "at_most": 3, "title": "Hello"},
        "d": {"regex": "a+", "by": "anyone", "before": "a", "each": True},
        "e": {"customer_is": ["in_trouble", "unlucky"]},
        "f": {"measure": "holds", "at_most": 2},
        "g": {"call": "queue", "is": ["a", "b"]},
        "h": {"in_order": ["a", "b"], "at_least": 1},
    }
    rule = {"name": "rule", "title": "R", "pass_when": "a", "only_when": "e", "coach_when": "f", "weight": 1}
    document["sections"][0]["criteria"].append({**rule, **changes})
    return document


def refusals(document: dict[str, Any]) -> tuple[bool, bool]:
    """Whether the schema refuses it, and whether the reader's form does."""
    by_schema = not Draft202012Validator(json_schema()).is_valid(document)
    try:
        ScorecardFile.model_validate(document)
    except ValidationError:
        return by_schema, True
    return by_schema, False


@pytest.mark.parametrize(
    ("changes", "refused"),
    [
        ({}, False),
        ({"weight": 0, "bonus": 1}, False),
        ({"weight": 0, "auto_fail": True}, False),
        ({"dimension": "empathy", "indicator": "quality", "min_precision": 0.9}, False),
        ({"conditions": {"own": {"says": "greeting"}}}, False),
        ({"weight": 0}, True),
        ({"check": "greeting"}, True),
        ({"pass_when": "a" * 501}, True),
        ({"dimension": "speed"}, True),
        ({"min_precision": 80}, True),
        ({"auto_fail": "often"}, True),
        ({"conditions": {"own": {}}}, True),
        ({"conditions": {"Own": {"says": "greeting"}}}, True),
        ({"conditions": {"own": {"says": "greeting", "regex": "a"}}}, True),
        ({"conditions": {"own": {"says": []}}}, True),
        ({"conditions": {"own": {"words": []}}}, True),
        ({"conditions": {"own": {"regex": ""}}}, True),
        ({"conditions": {"own": {"measure": ""}}}, True),
        ({"conditions": {"own": {"says": "greeting", "needs": 0}}}, True),
        ({"conditions": {"own": {"says": "greeting", "values": "a"}}}, True),
        ({"conditions": {"own": {"says": "greeting", "within_s": 0, "after": "a"}}}, True),
        ({"conditions": {"own": {"feels": "sad"}}}, True),
    ],
)
def test_schema_and_reader_agree_on_rules(changes: dict[str, Any], refused: bool) -> None:
    assert (refused, refused) == refusals(with_a_rule(**changes))
