"""The path of a customer's mood, with figures computed by hand."""

from __future__ import annotations

import pytest

from qa_pipeline.domain import Mood, Party, Signal, SignalKind, mood
from qa_pipeline.testing.dummies import a_signal

VALUES = {"negative": -0.8, "neutral": 0.0, "positive": 0.8}


def felt(*turns: str | float) -> list[Signal]:
    labels = [one if isinstance(one, str) else "negative" if one < 0 else "positive" for one in turns]
    values = [VALUES[one] if isinstance(one, str) else one for one in turns]
    return [
        a_signal(SignalKind.SENTIMENT, label, party=Party.CUSTOMER, value=value, start_ms=1000 * at)
        for at, (label, value) in enumerate(zip(labels, values, strict=True))
    ]


def of(*turns: str | float) -> Mood:
    found = mood(felt(*turns))
    assert found is not None
    return found


def test_without_sentiment_there_is_no_mood() -> None:
    assert mood([]) is None


@pytest.mark.parametrize(
    ("turns", "ends"),
    [
        (["negative"], ("negative", "negative")),
        (["neutral", "positive", "neutral"], ("neutral", "positive")),
        (["neutral", "positive", "negative"], ("neutral", "negative")),
        (["negative", "positive", "neutral", "neutral"], ("negative", "neutral")),
    ],
)
def test_the_end_is_the_last_of_two_turns_that_is_not_neutral(turns: list[str], ends: tuple[str, str]) -> None:
    path = of(*turns)
    assert ends == (path.start, path.end)


def test_the_path_is_the_mean_of_each_third() -> None:
    path = of(0.2, -0.4, -0.6, -0.8, 0.4, 0.6)
    assert (-0.1, -0.7, 0.5) == path.path
    assert ("neutral", "negative", "positive") == path.labels


def test_the_lowest_point_is_the_first_of_the_worst_turns() -> None:
    assert 1000 == of(0.1, -0.9, -0.5, -0.9).lowest.start_ms


def test_recovery_is_the_last_two_turns_against_the_worst_third() -> None:
    assert 1.2 == of(0.2, -0.4, -0.6, -0.8, 0.4, 0.6).recovery  # 0.5 - (-0.7)
    assert 0.0 == of(0.6, 0.4, -0.2, -0.4, -0.8, -0.8).recovery


def test_two_turns_are_too_few_for_a_recovery() -> None:
    assert of(-0.8, 0.8).recovery is None
