"""Holds and dead air."""

from __future__ import annotations

from qa_pipeline.domain import CallView, Signal, SignalKind, Turn
from qa_pipeline.signals.holds import Holds
from qa_pipeline.testing.timed import AGENT, CUSTOMER, UNKNOWN, call, signal, turn


def asked(start_s: float, end_s: float, **changes: object) -> Signal:
    return signal(SignalKind.ACT, start_s, end_s, "hold_notice", **{"party": AGENT} | changes)


def music(start_s: float, end_s: float) -> Signal:
    return signal(SignalKind.MUSIC, start_s, end_s)


def waits(view: CallView) -> list[tuple[str, str, int, int]]:
    return [(one.kind, one.label, one.start_ms, one.end_ms) for one in Holds()(view)]


def silence(seconds: float) -> tuple[Turn, Turn]:
    """Somebody speaks until 5 s, then nobody for so long."""
    return turn(AGENT, 1, 5), turn(AGENT, 5 + seconds, 9 + seconds)


def test_three_seconds_of_silence_after_asking_are_a_hold() -> None:
    assert waits(call(*silence(3), signals=[asked(4, 5)])) == [("hold", "asked", 5000, 8000)]
    assert waits(call(*silence(2.9), signals=[asked(4, 5)])) == []


def test_three_seconds_of_music_are_a_hold_without_asking() -> None:
    assert waits(call(*silence(4), signals=[music(5.5, 8.5)])) == [("hold", "music", 5000, 9000)]
    assert waits(call(*silence(4), signals=[music(5.5, 8.4)])) == []


def test_music_under_speech_is_no_hold() -> None:
    assert waits(call(turn(AGENT, 1, 9), turn(CUSTOMER, 11, 13), signals=[music(2, 9)])) == []


def test_the_customers_okay_may_stand_between_asking_and_waiting() -> None:
    okay = turn(CUSTOMER, 5.5, 6)
    found = waits(call(turn(AGENT, 1, 5), okay, turn(AGENT, 20, 22), signals=[asked(4, 5)]))
    assert found == [("hold", "asked", 6000, 20_000)]


def test_a_request_long_before_the_silence_does_not_make_it_a_hold() -> None:
    talk = turn(CUSTOMER, 5, 14)
    found = waits(call(turn(AGENT, 1, 5), talk, turn(AGENT, 20, 22), signals=[asked(4, 5)]))
    assert found == [("dead_air", "", 14_000, 20_000)]


def test_only_the_agent_can_ask_to_wait_or_nobody_known() -> None:
    assert waits(call(*silence(4), signals=[asked(4, 5, party=CUSTOMER)])) == []
    assert waits(call(*silence(4), signals=[asked(4, 5, party=UNKNOWN)])) == [("hold", "asked", 5000, 9000)]


def test_a_hold_is_as_sure_as_the_request() -> None:
    (hold,) = Holds()(call(*silence(4), signals=[asked(4, 5, confidence=0.7)]))
    assert hold.confidence == 0.7


def test_a_word_of_the_customer_does_not_part_a_hold() -> None:
    turns = turn(AGENT, 1, 5), turn(CUSTOMER, 10, 11), turn(AGENT, 16, 19)
    assert waits(call(*turns, signals=[asked(4, 5), music(11.5, 15.5)])) == [("hold", "asked", 5000, 16_000)]


def test_two_holds_with_talk_between_are_two() -> None:
    turns = turn(AGENT, 1, 5), turn(AGENT, 10, 14), turn(AGENT, 20, 22)
    found = waits(call(*turns, signals=[asked(4, 5), asked(13, 14)]))
    assert found == [("hold", "asked", 5000, 10_000), ("hold", "asked", 14_000, 20_000)]


def test_more_than_five_seconds_of_silence_outside_a_hold_are_dead_air() -> None:
    assert waits(call(*silence(5))) == []
    assert waits(call(*silence(5.1))) == [("dead_air", "", 5000, 10_100)]


def test_a_hold_is_no_dead_air() -> None:
    assert waits(call(*silence(30), signals=[asked(4, 5)])) == [("hold", "asked", 5000, 35_000)]


def test_silence_before_and_after_the_talk_is_no_dead_air() -> None:
    assert waits(call(turn(AGENT, 20, 22), seconds=60)) == []


def test_one_party_speaking_ends_the_silence() -> None:
    assert waits(call(*silence(9), turn(CUSTOMER, 9, 10))) == []


def test_another_request_is_another_fingerprint() -> None:
    assert Holds().fingerprint != Holds("please_wait").fingerprint
