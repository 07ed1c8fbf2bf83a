"""Invented words, doubtful words, loops."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa_pipeline.domain import Span, TurnFlag, Word
from qa_pipeline.speech.guards import flags, looping, loops, supported

SPEECH = [Span(start_ms=1000, end_ms=2000)]


def word(start_ms: int, end_ms: int, *, text: str = " table", probability: float = 0.9) -> Word:
    return Word(text=text, start_ms=start_ms, end_ms=end_ms, probability=probability)


def said(text: str, *, probability: float = 0.6, start_ms: int = 1000) -> list[Word]:
    """The words of a text, 100 ms each, one after the other; Chinese: the characters."""
    parts = [f" {part}" for part in text.split()] if text.isascii() else list(text)
    return [
        word(start_ms + 100 * n, start_ms + 100 * (n + 1), text=part, probability=probability)
        for n, part in enumerate(parts)
    ]


def sounds(value: float) -> Callable[[Span], float]:
    return lambda _: value


def test_words_on_or_beside_speech_are_kept_and_others_left_out() -> None:
    words = [word(100, 699), word(400, 700), word(1200, 1500), word(2300, 2600), word(2301, 2600)]
    assert supported(words, SPEECH) == (words[1], words[2], words[3])


def test_without_speech_nothing_is_supported() -> None:
    assert supported([word(0, 500)], []) == ()


def test_a_sound_that_cannot_be_speech_takes_words_out_unless_the_engine_is_sure_of_all_that_stand_together() -> None:
    loud_noise = sounds(0.0)
    sure, unsure = said("your new card", probability=0.8), said("your new card", probability=0.79)
    assert supported(sure, SPEECH, sound=loud_noise) == tuple(sure)
    assert supported(unsure, SPEECH, sound=loud_noise) == ()
    assert supported([*sure[:1], *unsure[1:]], SPEECH, sound=loud_noise) == ()
    assert supported(unsure, SPEECH, sound=sounds(0.1)) == tuple(unsure)


def test_in_a_window_without_speech_a_word_needs_clear_sound_and_half_a_probability() -> None:
    (only,) = words = [word(1200, 1500, probability=0.5)]
    assert supported(words, SPEECH, no_speech=[0.49]) == (only,)
    assert supported(words, SPEECH, no_speech=[0.5]) == ()
    assert supported(words, SPEECH, no_speech=[0.5], sound=sounds(0.5)) == (only,)
    assert supported(words, SPEECH, no_speech=[0.5], sound=sounds(0.4)) == ()
    assert supported([word(1200, 1500, probability=0.49)], SPEECH, no_speech=[0.5], sound=sounds(1.0)) == ()


@pytest.mark.parametrize("text", ["Thank you.", "you you", "Bye.", "Sorry.", "谢谢", "谢谢大家", "再见。"])
def test_a_courtesy_that_stands_alone_needs_all_the_evidence(text: str) -> None:
    likely = said(text, probability=0.5)
    assert supported(likely, SPEECH, sound=sounds(0.5), no_speech=[0.4] * len(likely)) == tuple(likely)
    assert supported(said(text, probability=0.49), SPEECH) == ()
    assert supported(likely, SPEECH, sound=sounds(0.4)) == ()
    assert supported(said(text, probability=0.6, start_ms=2050), SPEECH) == ()
    assert supported(likely, SPEECH, no_speech=[0.5] * len(likely), sound=sounds(1.0)) == ()


def test_a_courtesy_amid_other_words_needs_no_more_than_they_do() -> None:
    words = said("Thank you for your call", probability=0.3)
    assert supported(words, SPEECH) == tuple(words)


def test_after_a_pause_a_courtesy_stands_alone() -> None:
    speech = [Span(start_ms=1000, end_ms=9000)]
    before = said("that is all then", probability=0.4)
    after = said("thank you", probability=0.4, start_ms=before[-1].end_ms + 1201)
    assert supported([*before, *after], speech) == tuple(before)
    closer = said("thank you", probability=0.4, start_ms=before[-1].end_ms + 1200)
    assert supported([*before, *closer], speech) == (*before, *closer)


@pytest.mark.parametrize(
    "text",
    [
        "Thanks for watching!",
        "Thank you so much for watching.",
        "Please subscribe to my channel.",
        "Subtitles by the Amara.org community",
        "谢谢观看",
        "请不吝点赞 订阅 转发 打赏支持明镜与点点栏目",
        "字幕by索兰娅",
        "感谢您的收看",
        "下次再见",
        "这位客服通话的客服。",
        "以下是普通话的客服通话,使用简体中文。",
    ],
)
def test_captions_and_the_prompt_are_left_out_where_the_engine_is_not_very_sure(text: str) -> None:
    assert supported(said(text, probability=0.89), SPEECH) == ()


@pytest.mark.parametrize(
    "text",
    [
        "Thanks for waiting.",
        "Thank you for holding.",
        "I was watching the news.",
        "I would like to subscribe.",
        "I do not like the music.",
        "Sorry about that, see you in the next office.",
        "请您下次带上身份证。",
        "谢谢您的耐心等待。",
        "我是普通话不太好。",
    ],
)
def test_what_people_say_on_calls_is_no_caption(text: str) -> None:
    words = said(text, probability=0.5)
    speech = [Span(start_ms=1000, end_ms=9000)]
    assert supported(words, speech) == tuple(words)


def test_a_turn_that_speech_supports_has_no_flags() -> None:
    assert flags([word(1000, 1400), word(1400, 1900)], SPEECH) == ()


def test_a_turn_mostly_beside_speech_lacks_evidence() -> None:
    words = [word(1900, 2000), word(2000, 2100), word(2100, 2200)]
    assert flags(words, SPEECH) == (TurnFlag.NO_SPEECH_EVIDENCE,)
    assert flags(words[:2], SPEECH) == ()


def test_a_turn_on_a_sound_that_is_no_speech_or_from_a_window_without_any_lacks_evidence() -> None:
    words = [word(1000, 1400), word(1400, 1900)]
    assert flags(words, SPEECH, sound=sounds(0.0)) == (TurnFlag.NO_SPEECH_EVIDENCE,)
    assert flags(words, SPEECH, sound=sounds(0.1), no_speech=[0.4, 0.5]) == ()
    assert flags(words, SPEECH, no_speech=[0.5, 0.5]) == (TurnFlag.NO_SPEECH_EVIDENCE,)


def test_words_that_recognition_doubts_are_flagged() -> None:
    assert flags([word(1000, 1900, probability=0.49)], SPEECH) == (TurnFlag.LOW_CONFIDENCE,)
    assert flags([word(1000, 1900, probability=0.5)], SPEECH) == ()


def test_a_loop_is_flagged_and_has_its_place() -> None:
    words = said("Well So, we go. so we go So we go; so we go!", probability=0.9)
    assert flags(words, SPEECH) == (TurnFlag.LOOP,)
    assert loops(words) == Span(start_ms=1100, end_ms=2300)
    assert loops(words[:-1]) is None


@pytest.mark.parametrize(
    "texts",
    [
        ["no"] * 8,
        list("谢谢观看谢谢观看谢谢观看谢谢观看"),
        ["谢谢", "观看"] * 4,
        list("好的" * 6),
        "well thank you thank you thank you thank you bye".split(),
        "one two three four five six seven eight".split() * 4,
        ["0"] * 24,
        " ".join(f"I went to house {n} and" for n in range(5)).split(),
        list("".join(f"我们要去第{n}个地方" for n in "一二三四五")),
        [" so", " I", " said", " that", " we", " go"] * 4,
    ],
)
def test_what_nobody_says_that_often_is_a_loop(texts: list[str]) -> None:
    assert looping(texts)


@pytest.mark.parametrize(
    "texts",
    [
        [],
        ["no"] * 7,
        "bye bye bye".split(),
        "hello? hello? hello?".split(),
        list("好的好的好的好的"),
        list("谢谢谢谢谢谢谢谢"),
        list("对对对对对对对对"),
        "thank you thank you thank you".split(),
        ["1"] * 9,
        "4 1 7 4 1 7 4 1 7 4 1 7".split(),
        list("零零零零零零零零"),
        list("一二一二一二一二"),
        "0 7 7 0 0 9 0 0 4 5 6".split() * 3,
        "one for monday one for tuesday one for wednesday one for thursday one for friday".split(),
        "press one for sales press two for bills press three for help press four for returns press five".split(),
    ],
)
def test_emphasis_lists_and_digits_said_one_by_one_are_no_loop(texts: list[str]) -> None:
    assert not looping(texts)


def test_text_that_compresses_too_well_is_a_loop() -> None:
    rounds = [f"{'and then ' * 3}{name} {'said so ' * 3}" for name in ("he", "she", "he", "they", "she", "it")]
    assert looping(" ".join(rounds).split())


@given(st.lists(st.sampled_from(["I", "see", "的", "好", "7", ".", ""]), max_size=60))
def test_a_loop_lies_within_its_words_and_both_views_agree(texts: list[str]) -> None:
    words = [word(100 * n, 100 * n + 90, text=text) for n, text in enumerate(texts)]
    found = loops(words)
    assert looping(texts) == (found is not None)
    assert found is None or 0 <= found.start_ms < found.end_ms <= words[-1].end_ms


@given(st.lists(st.tuples(st.integers(0, 5000), st.integers(0, 900), st.floats(0, 1)), max_size=20))
def test_support_only_takes_away_and_keeps_the_order(parts: list[tuple[int, int, float]]) -> None:
    words = sorted(
        (word(start, start + size, probability=sure) for start, size, sure in parts), key=lambda one: one.start_ms
    )
    kept = supported(words, SPEECH, sound=sounds(0.0))
    assert list(kept) == [one for one in words if one in kept]
