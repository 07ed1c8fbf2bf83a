from __future__ import annotations

import pytest

from qa_pipeline.domain import Word
from qa_pipeline.testing.dummies import a_turn
from qa_pipeline.text.locate import Moment, moment


@pytest.mark.parametrize("texts", [(" Hold", " the", " line."), ("Hold", "the", "line."), (" Hold ", "the ", "line.")])
def test_words_are_found_wherever_the_engine_puts_blanks(texts: tuple[str, ...]) -> None:
    words = tuple(
        Word(text=text, start_ms=100 * i, end_ms=100 * i + 90, probability=0.5 + i / 10) for i, text in enumerate(texts)
    )
    found = moment(a_turn("Hold the line.", words=words), 5, 13)
    assert (100, 290, "the line", pytest.approx(0.65)) == (found.start_ms, found.end_ms, found.quote, found.probability)


def test_chinese_words_of_several_characters() -> None:
    words = (
        Word(text="请您", start_ms=0, end_ms=200, probability=0.9),
        Word(text="稍等，", start_ms=200, end_ms=500, probability=0.7),
    )
    assert Moment(start_ms=200, end_ms=500, quote="稍等", probability=0.7) == moment(
        a_turn("请您稍等，", words=words), 2, 4
    )


def test_words_heard_in_traditional_characters_are_found_in_simplified_text() -> None:
    words = tuple(
        Word(text=text, start_ms=start, end_ms=start + 100, probability=0.9)
        for start, text in ((0, "請問"), (100, "還有"), (200, "問題嗎？"))
    )
    found = moment(a_turn("请问还有问题吗？", words=words), 2, 4)
    assert (100, 200, "还有") == (found.start_ms, found.end_ms, found.quote)


def test_the_whole_turn_where_the_words_do_not_spell_its_text() -> None:
    turn = a_turn("Hold the line.", start_ms=0, end_ms=900, words=(), confidence=0.8)
    assert Moment(start_ms=0, end_ms=900, quote="line", probability=0.8) == moment(turn, 9, 13)
