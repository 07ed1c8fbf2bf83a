"""The customer has to say it again."""

from __future__ import annotations

from qa_pipeline.domain import Signal, SignalKind, Turn
from qa_pipeline.signals.repetition import Repetition
from qa_pipeline.testing.timed import AGENT, CUSTOMER, call, signal, turn


def repeats(*said: str, language: str = "en", signals: tuple[Signal, ...] = ()) -> list[tuple[int | None, str]]:
    turns: list[Turn] = [turn(CUSTOMER, 10 * n, 10 * n + 5, text) for n, text in enumerate(said)]
    return [(one.turn, one.method) for one in Repetition()(call(*turns, language=language, signals=signals))]


def test_the_same_words_again_are_a_repetition() -> None:
    assert repeats("My order number is 4471.", "Yes.", "My order number is 4471!") == [(2, "measured")]


def test_nearly_the_same_words_are_too() -> None:
    assert repeats("The router has been off since Monday.", "The router's been off since Monday, yes.") == [
        (1, "measured")
    ]


def test_other_words_are_not() -> None:
    assert repeats("My order number is 4471.", "It was due on Monday.") == []


def test_short_answers_repeat_nothing() -> None:
    assert repeats("Yes, I am.", "Yes, I am.") == []


def test_chinese_needs_six_characters() -> None:
    assert repeats("我的订单还没到。", "我的订单还没到啊。", language="zh") == [(1, "measured")]
    assert repeats("还没有到。", "还没有到。", language="zh") == []


def test_saying_that_one_said_it_counts() -> None:
    said = signal(SignalKind.ACT, 10, 12, "as_i_said", party=CUSTOMER, turn=1)
    assert repeats("It is broken.", "As I said, broken.", signals=(said,)) == [(1, "phrase")]


def test_the_agent_repeating_it_back_is_no_repetition() -> None:
    again = turn(AGENT, 10, 14, "My order number is 4471.")
    assert Repetition()(call(turn(CUSTOMER, 0, 4, "My order number is 4471."), again)) == ()


def test_the_quote_and_place_are_of_the_later_turn() -> None:
    (found,) = Repetition()(call(*(turn(CUSTOMER, n, n + 4, "My order number is 4471.") for n in (0, 20))))
    assert (20_000, 24_000, "My order number is 4471.") == (found.start_ms, found.end_ms, found.quote)
