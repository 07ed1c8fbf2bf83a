"""Figures of a call, worked out by hand."""

from __future__ import annotations

import pytest

from qa_pipeline.domain import CallView, Party, Signal, SignalKind, Turn
from qa_pipeline.rules.measures import MEASURES, Reading
from qa_pipeline.testing.timed import AGENT, CUSTOMER, UNKNOWN, call, signal, turn

K = SignalKind


def read(name: str, view: CallView, by: Party = AGENT) -> Reading:
    return MEASURES[name].read(view, by)


def value(name: str, *signals: Signal, by: Party = AGENT) -> float | None:
    return read(name, call(turn(AGENT, 0, 4), turn(CUSTOMER, 5, 9), signals=signals), by).value


@pytest.mark.parametrize(
    ("name", "kind", "expected"),
    [
        ("longest_hold", K.HOLD, 20),
        ("total_hold", K.HOLD, 30),
        ("holds", K.HOLD, 2),
        ("longest_silence", K.DEAD_AIR, 20),
        ("overlap", K.OVERLAP, 30),
        ("repeats", K.REPEAT, 2),
    ],
)
def test_what_is_measured_on_the_call(name: str, kind: SignalKind, expected: float) -> None:
    assert expected == value(name, signal(kind, 10, 20), signal(kind, 30, 50), signal(K.MUSIC, 0, 59))
    assert 0 == value(name)
    assert frozenset({kind}) == MEASURES[name].needs


def test_the_longest_is_shown_and_of_a_total_all() -> None:
    first, second = signal(K.HOLD, 10, 20), signal(K.HOLD, 30, 50)
    view = call(turn(AGENT, 0, 4), signals=[first, second])
    assert ((second,), (first, second)) == (read("longest_hold", view).hits, read("total_hold", view).hits)


def test_interruptions_and_pace_are_of_one_party() -> None:
    signals = (
        *(signal(K.INTERRUPTION, at, at + 1, party=AGENT) for at in (1, 3)),
        signal(K.INTERRUPTION, 5, 6, party=CUSTOMER),
        signal(K.PACE, 0, 60, party=AGENT, value=160),
        signal(K.PACE, 0, 60, party=CUSTOMER, value=190),
    )
    assert [2, 1, 160, 190] == [
        value(name, *signals, by=by) for name in ("interruptions", "pace") for by in (AGENT, CUSTOMER)
    ]


def test_overlaps_and_questions_are_of_who_began_them() -> None:
    signals = (
        *(signal(kind, at, at + 1, party=AGENT) for kind in (K.OVERLAP, K.QUESTION) for at in (1, 3)),
        *(signal(kind, 5, 6, party=CUSTOMER) for kind in (K.OVERLAP, K.QUESTION)),
        signal(K.OVERLAP, 8, 9),
    )
    assert [2, 1, 2, 1] == [
        value(name, *signals, by=by) for name in ("overlaps_started", "questions") for by in (AGENT, CUSTOMER)
    ]


def test_the_time_to_greeting_counts_from_the_agents_first_word() -> None:
    turns = [turn(AGENT, 2, 3), turn(CUSTOMER, 4, 5), turn(AGENT, 6, 9)]
    greeting = signal(K.ACT, 6.5, 8, "greeting", party=AGENT, turn=2)
    reading = read("time_to_greeting", call(*turns, signals=[greeting]))
    assert (4.5, (greeting,)) == (reading.value, reading.hits)
    assert None is read("time_to_greeting", call(*turns)).value


def test_the_agents_share_is_a_percentage() -> None:
    assert pytest.approx(62.5) == value("talk_percent", signal(K.TALK_SHARE, 0, 60, value=0.625))


@pytest.mark.parametrize("name", ["pace", "talk_percent"])
def test_a_figure_that_the_call_does_not_give_is_none(name: str) -> None:
    assert None is value(name)


@pytest.mark.parametrize(
    ("turns", "expected"),
    [
        ([turn(AGENT, 0, 10), turn(CUSTOMER, 11, 15), turn(AGENT, 16, 20)], 10),
        ([turn(AGENT, 0, 10), turn(CUSTOMER, 11, 12, "Right, okay."), turn(AGENT, 13, 20)], 20),  # a back-channel
        ([turn(AGENT, 0, 10), turn(AGENT, 15, 20)], 20),
        ([turn(AGENT, 0, 10), turn(AGENT, 15.1, 20)], 10),  # five seconds: the other could have spoken
        ([turn(AGENT, 0, 10), turn(AGENT, 80, 85)], 10),  # a hold is no speech
        ([turn(CUSTOMER, 0, 10)], 0),
    ],
)
def test_a_monologue_goes_on_over_listening_sounds_and_short_pauses(turns: list[Turn], expected: float) -> None:
    assert expected == read("monologue", call(*turns)).value


def test_a_monologue_shows_its_place() -> None:
    (shown,) = read("monologue", call(turn(AGENT, 2, 10), turn(CUSTOMER, 11, 15), turn(AGENT, 16, 20))).hits
    assert (AGENT, 2000, 10_000) == (shown.party, shown.start_ms, shown.end_ms)


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("en", "Who are you? Where do you live? I see.", 2),
        ("en", "I see.", 0),
        ("zh", "您贵姓？住在哪里呢。电话多少？", 3),
        ("zh", "好的。", 0),
    ],
)
def test_questions_at_once(language: str, text: str, expected: int) -> None:
    view = call(turn(AGENT, 0, 9, text), turn(AGENT, 10, 12, "好。"), language=language)
    assert expected == read("questions_at_once", view).value
    assert bool(expected) == bool(read("questions_at_once", view).hits)


def test_back_channels_are_a_word_or_two() -> None:
    english = call(
        turn(AGENT, 0, 1, "Mm-hm, I see."), turn(AGENT, 2, 4, "I will look into it."), turn(CUSTOMER, 5, 6, "Ok.")
    )
    chinese = call(turn(AGENT, 0, 1, "好的好的。"), turn(AGENT, 2, 4, "我马上帮您查一下。"), language="zh")
    assert [1, 1] == [read("back_channels", view).value for view in (english, chinese)]


def test_the_length_of_the_call_is_that_of_the_file() -> None:
    assert 75 == read("duration", call(turn(UNKNOWN, 0, 9), seconds=75)).value


def test_every_measure_has_its_words_in_both_languages() -> None:
    assert [] == [name for name, one in MEASURES.items() if not one.about.isascii() or one.about_zh.isascii()]
