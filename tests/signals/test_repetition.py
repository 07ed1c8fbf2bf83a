"""The customer has to say it again."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from qa_pipeline.domain import Signal, SignalKind, Turn
from qa_pipeline.signals.repetition import Repetition
from qa_pipeline.testing.timed import AGENT, CUSTOMER, call, signal, turn
from qa_pipeline.testing.word_encoder import WordEncoder


class Normed:
    """The vectors of a word encoder at length 1."""

    def __init__(self, encoder: WordEncoder) -> None:
        self._encoder = encoder
        self.fingerprint = encoder.fingerprint

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        rows = self._encoder.encode(texts)
        lengths: NDArray[np.float32] = np.linalg.norm(rows, axis=1, keepdims=True)
        return rows / np.maximum(lengths, np.float32(1e-9))


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


def meant(*said: str, between: str = "I will look into that.") -> list[tuple[int | None, str]]:
    """Repeats by an encoder that hears only three words; the agent says something after each turn."""
    turns = [turn(CUSTOMER, 10 * n, 10 * n + 5, text) for n, text in enumerate(said)]
    answers = [turn(AGENT, 10 * n + 6, 10 * n + 9, between) for n in range(len(said))]
    encoder = WordEncoder("parcel", "late", "refund")
    return [(one.turn, one.method) for one in Repetition(Normed(encoder))(call(*turns, *answers))]


def test_the_same_meaning_in_other_words_is_a_repetition() -> None:
    assert meant("My parcel is two days late now.", "Why on earth is that parcel so late?") == [(2, "model")]
    assert meant("My parcel is two days late now.", "I would like a full refund for it.") == []


def test_the_same_meaning_needs_enough_words_and_an_answer_between() -> None:
    assert meant("My parcel is late again.", "That parcel is so late.") == []
    again = "Why on earth is that parcel so late?"
    assert meant("My parcel is two days late now.", again, between="Mm-hm.") == []


def test_the_same_words_are_told_from_the_same_meaning() -> None:
    assert meant("My parcel is two days late now.", "My parcel is two days late now!") == [(2, "measured")]


def test_another_encoder_is_another_fingerprint() -> None:
    assert Repetition().fingerprint != Repetition(Normed(WordEncoder("late"))).fingerprint


def test_the_quote_and_place_are_of_the_later_turn() -> None:
    (found,) = Repetition()(call(*(turn(CUSTOMER, n, n + 4, "My order number is 4471.") for n in (0, 20))))
    assert (20_000, 24_000, "My order number is 4471.") == (found.start_ms, found.end_ms, found.quote)
