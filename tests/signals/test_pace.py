"""How fast and how much each party speaks."""

from __future__ import annotations

from qa_pipeline.domain import CallView, Party, SignalKind
from qa_pipeline.signals.pace import Pace
from qa_pipeline.testing.timed import AGENT, CUSTOMER, call, turn


def rates(view: CallView) -> dict[Party, float | None]:
    return {one.party: one.value for one in Pace()(view) if one.kind is SignalKind.PACE}


def share(view: CallView) -> list[float | None]:
    return [one.value for one in Pace()(view) if one.kind is SignalKind.TALK_SHARE]


def test_the_pace_is_words_a_minute_of_own_speech() -> None:
    assert rates(call(turn(AGENT, 0, 20, "one two three four five " * 10))) == {AGENT: 150.0}


def test_pauses_between_turns_do_not_slow_the_pace() -> None:
    words = "one two three four five " * 5
    near = call(turn(AGENT, 0, 10, words), turn(AGENT, 11, 21, words))
    far = call(turn(AGENT, 0, 10, words), turn(AGENT, 41, 51, words))
    assert rates(near) == rates(far) == {AGENT: 150.0}


def test_a_breath_belongs_to_speaking() -> None:
    words = "one two three four five " * 5
    assert rates(call(turn(AGENT, 0, 10, words), turn(AGENT, 10.3, 20, words))) == {AGENT: 150.0}


def test_under_fifteen_seconds_of_speech_there_is_no_pace() -> None:
    words = "one two three four five " * 5
    assert rates(call(turn(AGENT, 0, 14.9, words), turn(CUSTOMER, 20, 35, words))) == {CUSTOMER: 100.0}


def test_chinese_is_counted_in_characters() -> None:
    assert rates(call(turn(AGENT, 0, 15, "请您稍等，我查一下。" * 5), language="zh")) == {AGENT: 160.0}


def test_a_short_form_is_one_word() -> None:
    assert rates(call(turn(AGENT, 0, 15, "I can't " * 10))) == {AGENT: 80.0}


def test_figures_count_as_they_are_said() -> None:
    said, written = (call(turn(AGENT, 0, 15, text * 10)) for text in ("two two nine thirty eight ", "229 38 "))
    assert rates(said) == rates(written) == {AGENT: 200.0}
    assert rates(call(turn(AGENT, 0, 15, "尾号171。" * 10), language="zh")) == {AGENT: 200.0}


def test_the_talk_share_is_the_agents_part_of_all_speech() -> None:
    assert share(call(turn(AGENT, 0, 6), turn(CUSTOMER, 8, 10))) == [0.75]
    assert share(call(turn(CUSTOMER, 8, 10))) == [0.0]


def test_without_speech_there_is_no_talk_share() -> None:
    assert share(call()) == []
