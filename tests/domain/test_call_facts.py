import pytest

from qa_pipeline.domain import Party, SignalKind, call_facts
from qa_pipeline.testing.dummies import a_scored_call, a_signal, a_transcript, a_turn


def test_what_was_not_measured_is_none_and_what_was_measured_and_not_found_is_zero() -> None:
    unknown = call_facts(a_scored_call())
    looked = call_facts(a_scored_call(measured=frozenset(SignalKind)))
    assert (None, None, None, None) == (unknown.interruptions, unknown.dead_air_ms, unknown.hold_ms, unknown.repeats)
    assert (0, 0, 0, 0) == (looked.interruptions, looked.dead_air_ms, looked.hold_ms, looked.repeats)


def test_while_nobody_knows_who_speaks_nothing_is_said_of_one_party() -> None:
    mono = a_transcript(a_turn(party=Party.UNKNOWN))
    facts = call_facts(a_scored_call(transcript=mono, measured=frozenset(SignalKind)))
    assert (None, None, 0) == (facts.interruptions, facts.repeats, facts.dead_air_ms)


def test_a_complaint_left_undecided_is_told_from_one_that_nobody_looked_for() -> None:
    found = [call_facts(a_scored_call(signals=(a_signal(SignalKind.COMPLAINT, of),))) for of in ("unsure", "false")]
    unknown = call_facts(a_scored_call())
    assert [(None, True), (False, False), (None, False)] == [
        (one.is_complaint, one.undecided) for one in (*found, unknown)
    ]


def test_the_greeting_is_a_sure_one_in_the_agents_opening() -> None:
    turns = [a_turn(start_ms=1000 + 10_000 * n, end_ms=5000 + 10_000 * n) for n in range(5)]

    def ms(turn: int, confidence: float = 0.9) -> int | None:
        found = a_signal(
            label="greeting", party=Party.AGENT, turn=turn, start_ms=turns[turn].start_ms + 500, confidence=confidence
        )
        return call_facts(a_scored_call(transcript=a_transcript(*turns), signals=(found,))).time_to_greeting_ms

    assert [500, 20_500, None, None] == [ms(0), ms(2), ms(2, 0.45), ms(4)]


def test_how_the_conversation_went_is_told_by_party() -> None:
    signals = (
        a_signal(SignalKind.MONOLOGUE, party=Party.AGENT, end_ms=35_000),
        a_signal(SignalKind.MONOLOGUE, party=Party.AGENT, end_ms=31_000),
        a_signal(SignalKind.MONOLOGUE, party=Party.CUSTOMER, end_ms=60_000),
        a_signal(SignalKind.QUESTION, party=Party.AGENT),
        a_signal(SignalKind.QUESTION, party=Party.CUSTOMER),
        a_signal(SignalKind.HOLD, "music"),
        a_signal(SignalKind.HOLD, "asked"),
        a_signal(SignalKind.OVERLAP, party=Party.AGENT),
        a_signal(SignalKind.OVERLAP, party=Party.CUSTOMER),
        a_signal(SignalKind.OVERLAP),
        a_signal(SignalKind.NARRATIVE, "interrupted", party=Party.CUSTOMER),
    )
    facts = call_facts(a_scored_call(signals=signals, measured=frozenset(SignalKind)))
    assert (35_000, 1, 1, 1, True) == (
        facts.longest_monologue_ms,
        facts.questions,
        facts.unannounced_holds,
        facts.overlaps_started,
        facts.narrative_interrupted,
    )


def test_a_raised_voice_is_two_of_louder_higher_faster_and_the_customers() -> None:
    labels = ("louder higher", "louder", "softer higher", "higher faster", "")
    voices = [a_signal(SignalKind.VOICE, label, party=Party.CUSTOMER) for label in labels]
    agents = a_signal(SignalKind.VOICE, "louder higher faster", party=Party.AGENT)
    facts = call_facts(a_scored_call(signals=(*voices, agents), measured=frozenset(SignalKind)))
    assert facts.voice_raised == pytest.approx(0.4)
    assert None is call_facts(a_scored_call(signals=(agents,))).voice_raised


def test_a_negative_tone_is_the_agents_and_sure() -> None:
    given = [("negative", 0.6), ("negative", 0.59), ("neutral", 0.9), ("positive", 0.9), ("negative", 0.8)]
    tones = [
        a_signal(SignalKind.TONE, label, party=Party.AGENT, turn=turn, confidence=confidence)
        for turn, (label, confidence) in enumerate(given)
    ]
    customers = a_signal(SignalKind.SENTIMENT, "negative", party=Party.CUSTOMER, confidence=0.9)
    facts = call_facts(a_scored_call(signals=(*tones[::-1], customers), measured=frozenset(SignalKind)))
    assert (tones[0], tones[4]) == facts.negative_tone


def test_a_tone_that_nobody_measured_is_no_good_tone() -> None:
    mono = a_transcript(a_turn(party=Party.UNKNOWN))
    everything = frozenset(SignalKind)
    assert () == call_facts(a_scored_call(measured=everything)).negative_tone
    assert None is call_facts(a_scored_call()).negative_tone
    assert None is call_facts(a_scored_call(transcript=mono, measured=everything)).negative_tone


@pytest.mark.parametrize(
    ("grades", "expected"),
    [((), None), ((None,), None), ((1.0, 3.0, 2.0), 3), ((None, 2.0), 2), ((0.0,), 1), ((7.0,), 3)],
)
def test_the_severity_is_that_of_the_gravest_cause_and_none_where_nobody_graded_one(
    grades: tuple[float | None, ...], expected: int | None
) -> None:
    signals = tuple(a_signal(SignalKind.CAUSE, "other", value=value) for value in grades)
    hint = a_signal(SignalKind.CAUSE_HINT, "other", value=3.0)
    assert expected == call_facts(a_scored_call(signals=(*signals, hint))).severity


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
