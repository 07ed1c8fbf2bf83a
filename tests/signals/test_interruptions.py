"""Who cuts whom off."""

from __future__ import annotations

from dataclasses import replace

import pytest

from qa_pipeline.domain import Turn
from qa_pipeline.signals.interruptions import Interruptions
from qa_pipeline.testing.timed import AGENT, CUSTOMER, call, turn


def cuts(*turns: Turn, language: str = "en") -> list[tuple[str, int, int]]:
    return [(one.party, one.start_ms, one.end_ms) for one in Interruptions()(call(*turns, language=language))]


STORY = turn(CUSTOMER, 2, 10, "I called last week and they told me it would come on Monday.")


def test_starting_in_the_middle_and_going_on_is_an_interruption() -> None:
    assert cuts(STORY, turn(AGENT, 6, 9)) == [("agent", 6000, 9000)]


def test_the_one_who_cuts_in_is_named() -> None:
    assert cuts(turn(AGENT, 2, 10), turn(CUSTOMER, 6, 9)) == [("customer", 6000, 9000)]


def test_it_ends_where_the_other_gives_up() -> None:
    assert cuts(turn(CUSTOMER, 2, 7), turn(AGENT, 6, 12)) == [("agent", 6000, 7000)]


def test_half_a_second_together_is_enough_and_less_is_the_end_of_a_turn() -> None:
    assert cuts(STORY, turn(AGENT, 9.5, 12)) == [("agent", 9500, 10_000)]
    assert cuts(STORY, turn(AGENT, 9.6, 12)) == []


def test_short_overlaps_are_less_sure() -> None:
    short, long = (Interruptions()(call(STORY, turn(AGENT, start, 12)))[0] for start in (9.5, 8))
    assert (0.6, 500.0) == (short.confidence, short.value)
    assert (0.9, 2000.0) == (long.confidence, long.value)


@pytest.mark.parametrize("said", ["Mm-hm.", "Okay, right.", "Uh-huh, I see.", "Yeah, of course."])
def test_back_channels_do_not_count(said: str) -> None:
    assert cuts(STORY, turn(AGENT, 6, 7.2, said)) == []


@pytest.mark.parametrize("said", ["嗯，嗯。", "好的，好的。", "嗯，明白，没错。"])
def test_chinese_back_channels_do_not_count(said: str) -> None:
    assert cuts(STORY, turn(AGENT, 6, 7.2, said), language="zh") == []


def test_more_than_a_back_channel_counts() -> None:
    assert cuts(STORY, turn(AGENT, 6, 7.2, "Okay, but you must wait.")) == [("agent", 6000, 7200)]
    assert cuts(STORY, turn(AGENT, 6, 7.2, "好的，但是您要等。"), language="zh") == [("agent", 6000, 7200)]


def test_who_does_not_go_on_does_not_interrupt() -> None:
    assert cuts(STORY, turn(AGENT, 6, 6.9, "But you see")) == []


def test_both_starting_at_once_is_no_interruption() -> None:
    assert cuts(STORY, turn(AGENT, 2.5, 6)) == []


def test_a_breath_inside_a_sentence_is_no_end_of_it() -> None:
    parts = turn(CUSTOMER, 2, 5, "I called"), turn(CUSTOMER, 5.3, 10, "last week")
    assert cuts(*parts, turn(AGENT, 5.5, 8)) == [("agent", 5500, 8000)]


def test_an_interruption_points_to_the_turn_that_cut_in() -> None:
    (found,) = Interruptions()(call(STORY, turn(AGENT, 6, 9, "No, that is not how it works.")))
    assert (1, "No, that is not how it works.") == (found.turn, found.quote)


def test_sound_without_words_is_no_interruption() -> None:
    view = call(STORY, turn(AGENT, 20, 22))
    noise = call(turn(AGENT, 6, 9)).signals
    assert Interruptions()(replace(view, signals=(*view.signals, *noise))) == ()
