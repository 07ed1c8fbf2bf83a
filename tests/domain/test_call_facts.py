import pytest

from qa_pipeline.domain import Party, SignalKind, call_facts, sentiment_ends
from qa_pipeline.testing.dummies import a_scored_call, a_signal, a_transcript, a_turn


@pytest.mark.parametrize(
    ("labels", "expected"),
    [
        ([], ("", "")),
        (["negative"], ("negative", "negative")),
        (["neutral", "positive", "neutral"], ("neutral", "positive")),
        (["neutral", "positive", "negative"], ("neutral", "negative")),
        (["negative", "positive", "neutral", "neutral"], ("negative", "neutral")),
    ],
)
def test_the_end_is_the_last_of_two_turns_that_is_not_neutral(labels: list[str], expected: tuple[str, str]) -> None:
    assert expected == sentiment_ends(labels)


def test_what_was_not_measured_is_none_and_what_was_measured_and_not_found_is_zero() -> None:
    unknown = call_facts(a_scored_call())
    looked = call_facts(a_scored_call(measured=frozenset(SignalKind)))
    assert (None, None, None, None) == (unknown.interruptions, unknown.dead_air_ms, unknown.hold_ms, unknown.repeats)
    assert (0, 0, 0, 0) == (looked.interruptions, looked.dead_air_ms, looked.hold_ms, looked.repeats)


def test_while_nobody_knows_who_speaks_nothing_is_said_of_one_party() -> None:
    mono = a_transcript(a_turn(party=Party.UNKNOWN))
    facts = call_facts(a_scored_call(transcript=mono, measured=frozenset(SignalKind)))
    assert (None, None, 0) == (facts.interruptions, facts.repeats, facts.dead_air_ms)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), None])
def test_a_figure_that_is_no_number_is_none(value: float | None) -> None:
    signal = a_signal(SignalKind.TALK_SHARE, value=value)
    assert None is call_facts(a_scored_call(signals=(signal,))).talk_share


@pytest.mark.parametrize(("label", "expected"), [("true", True), ("false", False), ("unsure", None)])
def test_a_complaint_is_true_false_or_unknown(label: str, expected: bool | None) -> None:
    assert expected is call_facts(a_scored_call(signals=(a_signal(SignalKind.COMPLAINT, label),))).is_complaint


def test_only_the_agents_interruptions_and_pace_count() -> None:
    signals = (
        a_signal(SignalKind.INTERRUPTION, party=Party.CUSTOMER),
        a_signal(SignalKind.INTERRUPTION, party=Party.AGENT),
        a_signal(SignalKind.PACE, party=Party.CUSTOMER, value=90.0),
        a_signal(SignalKind.PACE, party=Party.AGENT, value=150.0),
    )
    facts = call_facts(a_scored_call(signals=signals, measured=frozenset(SignalKind)))
    assert (1, 150.0) == (facts.interruptions, facts.agent_pace)


def test_each_cause_is_given_once_by_its_surest_signal() -> None:
    signals = tuple(
        a_signal(SignalKind.CAUSE, label, confidence=confidence)
        for label, confidence in [("other", 0.6), ("billing_error", 0.7), ("other", 0.9)]
    )
    causes = call_facts(a_scored_call(signals=signals)).causes
    assert [("billing_error", 0.7), ("other", 0.9)] == [(cause.label, cause.confidence) for cause in causes]
