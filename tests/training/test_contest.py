"""Challenger against champion."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from qa_pipeline.training.contest import Answers, Figure, compare, worse
from qa_pipeline.training.data import Example
from qa_pipeline.training.measure import macro_f1, micro_f1

MOOD = Figure(name="macro_f1", column="label", metric=macro_f1)
TRUTH = ["up", "down"] * 60
TESTS = {
    "label": [
        Example(text=str(n), labels=frozenset({label}), language="en" if n < 80 else "zh", split="test")
        for n, label in enumerate(TRUTH)
    ]
}


def answers(*, wrong: Sequence[int] = ()) -> Answers:
    turned = {"up": "down", "down": "up"}
    return {"label": [frozenset({turned[label] if n in wrong else label}) for n, label in enumerate(TRUTH)]}


def test_the_headline_stands_first_and_every_language_has_its_own() -> None:
    found = compare([MOOD], TESTS, answers(wrong=range(10)), answers(wrong=range(20)))
    assert [("", 120), ("en", 80), ("zh", 40)] == [(one.language, one.n) for one in found]
    headline = found[0]
    assert headline.challenger == pytest.approx(110 / 120)
    assert headline.champion == pytest.approx(100 / 120)
    assert 0 < headline.low < headline.difference < headline.high
    assert (0, 0, 0) == (found[2].difference, found[2].low, found[2].high)
    assert found == compare([MOOD], TESTS, answers(wrong=range(10)), answers(wrong=range(20)))


def test_the_same_lines_are_drawn_for_both() -> None:
    """Where both err alike the difference has no spread, however many errors there are."""
    headline = compare([MOOD], TESTS, answers(wrong=range(40)), answers(wrong=range(40)))[0]
    assert (0, 0) == (headline.low, headline.high)


@pytest.mark.parametrize(
    ("challenger", "champion", "why_not"),
    [
        ((), (), ""),
        (range(3), range(9), ""),
        (range(9), range(3), "the new one is worse"),
        ([80], range(5), ""),  # one line of Chinese lost, which may be chance
        (range(80, 100), range(30), "the new one is surely worse in a language: zh"),
    ],
)
def test_who_may_take_over(challenger: Sequence[int], champion: Sequence[int], why_not: str) -> None:
    said = worse(compare([MOOD], TESTS, answers(wrong=challenger), answers(wrong=champion)))
    assert said.startswith(why_not)
    assert bool(why_not) == bool(said)


def test_several_figures_have_their_mean_as_headline() -> None:
    tests = {
        "is_complaint": [
            Example(text=c, labels=frozenset({c}), language="en", split="test") for c in ("true", "false")
        ],
        "causes": [Example(text=c, labels=frozenset(c), language="en", split="test") for c in ("b", "")],
    }
    figures = [
        Figure(name="complaint_f1", column="is_complaint", metric=micro_f1),
        Figure(name="causes_micro_f1", column="causes", metric=micro_f1),
    ]
    right: Answers = {"is_complaint": [frozenset({"true"}), frozenset()], "causes": [frozenset("b"), frozenset()]}
    wrong: Answers = {**right, "causes": [frozenset(), frozenset()]}
    found = compare(figures, tests, wrong, right)
    assert [("", "mean"), ("", "complaint_f1"), ("", "causes_micro_f1")] == [
        (one.language, one.figure) for one in found[:3]
    ]
    assert (0.5, 1.0) == (found[0].challenger, found[0].champion)


def test_without_a_champion_the_challenger_may() -> None:
    found = compare([MOOD], TESTS, answers(wrong=range(100)), None)
    assert "" == worse(found)
    assert "all macro_f1: 0.167, n = 120" == str(found[0])


def test_a_label_that_the_champion_does_not_know_counts_against_it() -> None:
    ignorant = {"label": [frozenset({"down"} if label == "down" else set()) for label in TRUTH]}
    assert 0.5 == compare([MOOD], TESTS, answers(), ignorant)[0].champion
