"""Invented words, doubtful words, loops."""

from __future__ import annotations

import pytest

from qa_pipeline.domain import Span, TurnFlag, Word
from qa_pipeline.speech.guards import flags, loops, supported

SPEECH = [Span(start_ms=1000, end_ms=2000)]


def word(start_ms: int, end_ms: int, *, text: str = "a", probability: float = 0.9) -> Word:
    return Word(text=text, start_ms=start_ms, end_ms=end_ms, probability=probability)


def test_words_on_or_beside_speech_are_kept_and_others_left_out() -> None:
    words = [word(100, 699), word(400, 700), word(1200, 1500), word(2300, 2600), word(2301, 2600)]
    assert supported(words, SPEECH) == (words[1], words[2], words[3])


def test_without_speech_nothing_is_supported() -> None:
    assert supported([word(0, 500)], []) == ()


def test_a_turn_that_speech_supports_has_no_flags() -> None:
    assert flags([word(1000, 1400), word(1400, 1900)], SPEECH) == ()


def test_a_turn_mostly_beside_speech_lacks_evidence() -> None:
    words = [word(1900, 2000), word(2000, 2100), word(2100, 2200)]
    assert flags(words, SPEECH) == (TurnFlag.NO_SPEECH_EVIDENCE,)
    assert flags(words[:2], SPEECH) == ()


def test_words_that_recognition_doubts_are_flagged() -> None:
    assert flags([word(1000, 1900, probability=0.34)], SPEECH) == (TurnFlag.LOW_CONFIDENCE,)
    assert flags([word(1000, 1900, probability=0.35)], SPEECH) == ()


def test_a_loop_is_flagged() -> None:
    words = [word(1000, 1100, text=text) for text in " So, we go. so we go. So we go; so we go!".split()]
    assert flags(words, SPEECH) == (TurnFlag.LOOP,)


@pytest.mark.parametrize(
    "said",
    [
        ["no"] * 8,
        list("谢谢观看谢谢观看谢谢观看谢谢观看"),
        "well thank you thank you thank you thank you bye".split(),
        "one two three four five six seven eight".split() * 4,
    ],
)
def test_four_times_the_same_words_or_eight_times_the_same_word_is_a_loop(said: list[str]) -> None:
    assert loops(said)


@pytest.mark.parametrize(
    "said",
    [
        [],
        ["no"] * 7,
        list("好的好的好的"),
        "thank you thank you thank you".split(),
        ["1"] * 9,
        "4 1 7 4 1 7 4 1 7 4 1 7".split(),
        list("零零零零零零零零"),
        list("一二一二一二一二"),
    ],
)
def test_emphasis_and_digits_said_one_by_one_are_no_loop(said: list[str]) -> None:
    assert not loops(said)
