"""The lanes under the waveform."""

from __future__ import annotations

import pytest

from qa_pipeline.domain import Party, Signal, SignalKind, Taxonomy
from qa_pipeline.signals.voice import NAMES
from qa_pipeline.testing.dummies import a_signal
from qa_pipeline.web.call_lanes import Lane, Mark, lanes

CALL_MS = 100_000


def drawn(*signals: Signal, language: str = "en") -> dict[str, Lane]:
    return {lane.name: lane for lane in lanes(signals, (), CALL_MS, Taxonomy(causes={}), language)}


def told(marks: tuple[Mark, ...]) -> list[tuple[str, str]]:
    return [(mark.look, mark.words) for mark in marks]


def test_the_mood_lane_marks_an_agents_turn_that_surely_has_a_negative_tone() -> None:
    negative = a_signal(SignalKind.TONE, "negative", party=Party.AGENT, start_ms=5000, end_ms=9000, confidence=0.6)
    others = [
        a_signal(SignalKind.TONE, label, party=Party.AGENT, start_ms=20_000, confidence=confidence)
        for label, confidence in (("negative", 0.59), ("neutral", 0.9), ("positive", 0.9))
    ]
    assert [("tone", "00:05 The agent's tone is negative")] == told(drawn(negative, *others)["mood"].marks)
    assert [("tone", "00:05 座席语气负面")] == told(drawn(negative, language="zh")["mood"].marks)


def test_a_turn_that_spoils_the_mood_in_a_negative_tone_has_one_mark() -> None:
    turn = {"party": Party.AGENT, "start_ms": 5000, "end_ms": 9000}
    mood = drawn(a_signal(SignalKind.TONE, "negative", **turn), a_signal(SignalKind.TURNING_POINT, "worse", **turn))[
        "mood"
    ]
    assert [
        ("turning_point worse", "00:05 The mood turns for the worse, The agent's tone is negative")
    ] == told(mood.marks)  # fmt: skip


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("en", ["long wait", "long wait", "long wait (severity 2 of 3)", "long wait (severity 3 of 3)"]),
        ("zh", ["long wait", "long wait", "long wait（严重程度 2/3）", "long wait（严重程度 3/3）"]),
    ],
)
def test_a_grave_cause_says_how_grave_it_is(language: str, expected: list[str]) -> None:
    causes = [
        a_signal(SignalKind.CAUSE, "long_wait", party=Party.CUSTOMER, start_ms=1000 * at, value=value)
        for at, value in enumerate((None, 1.0, 2.0, 3.0))
    ]
    marks = drawn(*causes, language=language)["causes"].marks
    assert expected == [mark.words.partition(" ")[2] for mark in marks]


def test_of_one_moment_the_escalation_gives_the_look_then_the_cause() -> None:
    kinds = (SignalKind.CAUSE_HINT, SignalKind.CAUSE, SignalKind.ESCALATION)
    marks = drawn(*[a_signal(kind, "long_wait") for kind in kinds])["causes"].marks
    assert [
        ("escalation", "00:00 The enquiry becomes a complaint, long wait, perhaps: long wait")
    ] == told(marks)  # fmt: skip


def test_the_voice_lane_marks_turns_of_both_parties_that_differ_in_two_ways() -> None:
    given = [
        (Party.CUSTOMER, "louder higher"),
        (Party.CUSTOMER, "louder"),
        (Party.AGENT, "softer lower slower"),
        (Party.AGENT, ""),
        (Party.CUSTOMER, "softer faster"),
    ]
    voices = [
        a_signal(SignalKind.VOICE, label, party=party, start_ms=10_000 * at, end_ms=10_000 * at + 5000)
        for at, (party, label) in enumerate(given)
    ]
    marks = drawn(*voices)["voice"].marks
    assert [
        ("voice raised", "00:00 Customer: louder, higher than usual"),
        ("voice", "00:20 Agent: softer, lower, slower than usual"),
        ("voice", "00:40 Customer: softer, faster than usual"),
    ] == told(marks)
    assert [(0.0, 5.0), (20.0, 5.0), (40.0, 5.0)] == [(mark.left, mark.width) for mark in marks]


def test_a_voice_is_told_in_chinese_too() -> None:
    (mark,) = drawn(a_signal(SignalKind.VOICE, "louder higher faster", party=Party.CUSTOMER), language="zh")[
        "voice"
    ].marks
    assert "00:00 客户：声音更大、音调更高、语速更快（与本人平时相比）" == mark.words


@pytest.mark.parametrize("label", [way for pair in NAMES.values() for way in pair])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_way_in_which_a_voice_can_differ_has_words(label: str, language: str) -> None:
    voice = a_signal(SignalKind.VOICE, f"{label} {label}", party=Party.AGENT)
    assert 1 == len(drawn(voice, language=language)["voice"].marks)


def test_words_of_a_plug_in_s_own_are_left_out() -> None:
    assert {} == drawn(a_signal(SignalKind.VOICE, "louder hoarse", party=Party.CUSTOMER))
    (mark,) = drawn(a_signal(SignalKind.VOICE, "louder hoarse faster", party=Party.CUSTOMER))["voice"].marks
    assert "00:00 Customer: louder, faster than usual" == mark.words


def test_a_call_whose_voices_are_as_usual_has_no_such_lane() -> None:
    assert {} == drawn(a_signal(SignalKind.VOICE, "", party=Party.CUSTOMER))
