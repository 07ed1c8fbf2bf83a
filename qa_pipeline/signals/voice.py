"""How a turn sounds beside its speaker's other turns in the same call: loudness, pitch, pace. Words play no part.

Each is held against the speaker's own median in units of the median absolute deviation (times 1.4826, as for the
normal distribution). People differ by much more than one of them differs in a call, so nothing is compared between
speakers. Where channels are not clean there is no PITCH, and so no voice.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean, median

from qa_pipeline.domain import CallView, Party, Signal, SignalKind, Span, Turn, Word, fingerprint
from qa_pipeline.domain.span import merge
from qa_pipeline.text.normalise import tokens

MIN_SPEECH_MS = 1000  # of own speech in a turn
MIN_TURNS = 6
STANDS_OUT = 2.0  # deviations
MOST = 5.0  # a deviation counts no more than this in the mean: one slip of the pitch is not a mood
# the least that counts as one deviation: dB, semitones, and the natural logarithm of the rate
LEAST: Mapping[str, float] = {"loudness": 1.5, "pitch": 1.0, "pace": 0.15}
NAMES: Mapping[str, tuple[str, str]] = {
    "loudness": ("louder", "softer"),
    "pitch": ("higher", "lower"),
    "pace": ("faster", "slower"),
}


class Voice:
    """Emits VOICE for each turn with 1 s of own speech of a speaker with six such turns.

    `label` names what stands out by two deviations, such as "louder higher" ("" for nothing), `value` is the mean of
    the signed deviations. Speech during which the other speaks too is left out.
    """

    name = "voice"
    measures = (SignalKind.VOICE,)
    needs_parties = True
    needs = frozenset({SignalKind.SPEECH, SignalKind.PITCH, SignalKind.OVERLAP})
    fingerprint = fingerprint("voice 1", MIN_SPEECH_MS, MIN_TURNS, STANDS_OUT, MOST, LEAST)

    def __call__(self, view: CallView) -> tuple[Signal, ...]:
        return tuple(signal for party in (Party.AGENT, Party.CUSTOMER) for signal in _of(view, party))


@dataclass(frozen=True, slots=True)
class _Sound:
    """One turn: loudness in dB, pitch in semitones, logarithm of the pace; what is not known is left out."""

    index: int
    turn: Turn
    measured: Mapping[str, float]


def _of(view: CallView, party: Party) -> list[Signal]:
    both = merge(one.span for one in view.of(SignalKind.OVERLAP))
    speech, pitch = (
        [one for one in view.of(kind, party=party) if not any(one.span.overlap_ms(span) for span in both)]
        for kind in (SignalKind.SPEECH, SignalKind.PITCH)
    )
    sounds = [
        sound
        for index, turn in enumerate(view.transcript.turns)
        if turn.party is party and not turn.flags and (sound := _sound(index, turn, speech, pitch))
    ]
    if len(sounds) < MIN_TURNS:
        return []
    usual = {name: _usual(name, [s.measured[name] for s in sounds if name in s.measured]) for name in NAMES}
    return [_signal(sound, usual) for sound in sounds]


def _sound(index: int, turn: Turn, speech: Sequence[Signal], pitch: Sequence[Signal]) -> _Sound | None:
    """How a turn sounds; None where its speaker is hardly heard alone in it."""
    own = [one for one in speech if _inside(one.span, turn)]
    spoken_ms = sum(one.span.duration_ms for one in own)
    if spoken_ms < MIN_SPEECH_MS:
        return None
    measured = {"loudness": _weighted(own)}
    high = [one for one in pitch if _inside(one.span, turn)]
    if high:
        measured["pitch"] = 12 * math.log2(max(1.0, _weighted(high)))
    said = sum(len(tokens(word.text)) for word in turn.words if _spoken(word, own))
    if said:
        measured["pace"] = math.log(said * 60_000 / spoken_ms)
    return _Sound(index, turn, measured)


def _spoken(word: Word, speech: Sequence[Signal]) -> bool:
    """Whether the middle of a word lies in the speech."""
    return any(2 * one.start_ms <= word.start_ms + word.end_ms < 2 * one.end_ms for one in speech)


def _inside(span: Span, turn: Turn) -> bool:
    """Whether most of a stretch of speech is of this turn."""
    return 2 * span.overlap_ms(turn.span) > span.duration_ms


def _weighted(signals: Sequence[Signal]) -> float:
    """The mean value, each by its duration."""
    return sum((one.value or 0.0) * one.span.duration_ms for one in signals) / sum(
        one.span.duration_ms for one in signals
    )


def _usual(name: str, values: Sequence[float]) -> tuple[float, float] | None:
    """(median, one deviation) of a speaker; None with too few values."""
    if len(values) < MIN_TURNS:
        return None
    middle = median(values)
    return middle, max(LEAST[name], 1.4826 * median(abs(value - middle) for value in values))


def _signal(sound: _Sound, usual: Mapping[str, tuple[float, float] | None]) -> Signal:
    deviations = {
        name: (value - known[0]) / known[1] for name, value in sound.measured.items() if (known := usual[name])
    }
    label = " ".join(
        NAMES[name][deviation < 0] for name, deviation in deviations.items() if abs(deviation) >= STANDS_OUT
    )
    return Signal(
        kind=SignalKind.VOICE,
        party=sound.turn.party,
        label=label,
        value=round(fmean(max(-MOST, min(MOST, one)) for one in deviations.values()), 2),
        start_ms=sound.turn.start_ms,
        end_ms=sound.turn.end_ms,
        turn=sound.index,
    )
