"""A turn's voice beside the same speaker's others."""

from __future__ import annotations

import pytest

from qa_pipeline.domain import CallView, Party, Signal, SignalKind, TurnFlag
from qa_pipeline.signals.voice import Voice
from qa_pipeline.testing.dummies import a_call_view, a_transcript
from qa_pipeline.testing.timed import AGENT, CUSTOMER, signal, turn

USUAL = (-30.0, 120.0, 8)  # dB, Hz, words in 4 s


def a_call(*turns: tuple[float, float, int], party: Party = CUSTOMER, more: tuple[Signal, ...] = ()) -> CallView:
    """Turns of 4 s, one every 10 s, each with its level, pitch and number of words."""
    signals = []
    spoken = []
    for number, (level, hertz, words) in enumerate(turns):
        at = 10.0 * number
        spoken.append(turn(party, at, at + 4, "word " * words))
        signals += [
            signal(SignalKind.SPEECH, at, at + 4, party=party, value=level),
            signal(SignalKind.PITCH, at, at + 4, party=party, value=hertz),
        ]
    return a_call_view(transcript=a_transcript(*spoken), signals=(*signals, *more))


def heard(view: CallView) -> list[str]:
    return [one.label for one in Voice()(view)]


def test_what_stands_out_is_named_and_the_rest_is_not() -> None:
    labels = heard(a_call(*[USUAL] * 5, (-20.0, 170.0, 14), (-38.0, 100.0, 4)))
    assert labels == [""] * 5 + ["louder higher faster", "softer lower slower"]


@pytest.mark.parametrize(
    ("changed", "label"),
    [((-26.9, 120.0, 8), "louder"), ((-30.0, 136.0, 8), "higher"), ((-30.0, 120.0, 11), "faster"), (USUAL, "")],
)
def test_each_of_the_three_is_told_by_itself(changed: tuple[float, float, int], label: str) -> None:
    assert heard(a_call(*[USUAL] * 6, changed))[-1] == label


def test_the_value_is_the_mean_of_the_signed_deviations() -> None:
    found = Voice()(a_call(*[USUAL] * 6, (-27.0, 120.0, 8)))
    assert found[-1].value == pytest.approx(2 / 3, abs=0.01)  # two deviations of 1.5 dB, none, none
    assert (CUSTOMER, 6, 60_000, 64_000) == (found[-1].party, found[-1].turn, found[-1].start_ms, found[-1].end_ms)


def test_who_varies_much_stands_out_late() -> None:
    lively = [(-36.0, 120.0, 8), (-33.0, 120.0, 8), (-30.0, 120.0, 8), (-27.0, 120.0, 8), (-24.0, 120.0, 8)]
    assert heard(a_call(*lively, *lively, (-26.0, 120.0, 8)))[-1] == ""


def test_fewer_than_six_turns_are_no_usual() -> None:
    assert heard(a_call(*[USUAL] * 4, (-20.0, 170.0, 14))) == []


def test_speakers_are_not_compared_with_each_other() -> None:
    deep = a_call(*[USUAL] * 6)
    high = a_call(*[(-20.0, 220.0, 12)] * 6, party=AGENT)
    both = a_call_view(
        transcript=a_transcript(*deep.transcript.turns, *high.transcript.turns),
        signals=(*deep.signals, *high.signals),
    )
    assert {""} == set(heard(both))


def test_speech_while_the_other_speaks_too_is_left_out() -> None:
    over = signal(SignalKind.OVERLAP, 61, 62, party=AGENT)
    assert len(heard(a_call(*[USUAL] * 6, (-20.0, 170.0, 14), more=(over,)))) == 6


def test_flagged_and_short_turns_are_left_out() -> None:
    view = a_call(*[USUAL] * 6)
    short = turn(CUSTOMER, 70, 70.9, "No!")
    loop = turn(CUSTOMER, 80, 84, "word " * 8, flags=(TurnFlag.LOOP,))
    more = (signal(SignalKind.SPEECH, at, end, party=CUSTOMER, value=-20.0) for at, end in ((70, 70.9), (80, 84)))
    noisy = a_call_view(transcript=a_transcript(*view.transcript.turns, short, loop), signals=(*view.signals, *more))
    assert len(heard(noisy)) == 6


def test_it_needs_pitch_which_only_clean_channels_have() -> None:
    assert SignalKind.PITCH in Voice.needs
