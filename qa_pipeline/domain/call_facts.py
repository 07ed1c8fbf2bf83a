"""What a call's signals come to, folded once, so that pages, tables and exports cannot disagree."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from qa_pipeline.domain.mood import Mood, mood
from qa_pipeline.domain.recording import Party
from qa_pipeline.domain.scored import ScoredCall
from qa_pipeline.domain.signal import Signal, SignalKind
from qa_pipeline.domain.transcript import Turn

OPENING_TURNS = 4  # of the agent: a company's name that comes later is no greeting
SURE = 0.5  # confidence below which an act is only possible
TONE_SURE = 0.6  # confidence from which on a negative tone is told
RAISED = frozenset({"louder", "higher", "faster"})  # two of them together are a raised voice


@dataclass(frozen=True, slots=True, kw_only=True)
class CallFacts:
    """One call in a few numbers. None, or an empty label, means that nothing has measured it: never a guess.

    `talk_share` is the agent's share of speaking time, 0 to 1; `agent_pace` is words (Chinese: characters) a
    minute; `interruptions` counts those the agent began; `repeats` counts what the customer had to say twice.
    `time_to_greeting_ms` is from the agent's first word to the greeting in the opening, None too where none is sure.
    `longest_monologue_ms` is the agent's (0: none of 30 s); `questions` those the agent asked; `unannounced_holds`
    holds without notice; `overlaps_started` overlaps in which the agent began later; `narrative_interrupted` whether
    the agent cut in on the customer's first account (None too where there is none). `voice_raised` is the share of the
    customer's turns, of those whose voice could be measured, that are at least two of louder, higher and faster than
    the customer's own usual.
    `mood` is the customer's, None where no sentiment was found; `turning_points` and `escalation` are the agent's turns
    after which the mood changed, or an enquiry became a complaint. `causes` has the surest signal of each cause, by
    name; `severity` is that of the gravest, 1 to 3; `hints` the likeliest ones of complaining turns in which none was
    sure. `undecided`: it was looked whether the customer complains, and nobody can tell. `negative_tone` has the
    agent's turns that surely speak negatively to the customer.
    """

    is_complaint: bool | None
    undecided: bool
    causes: tuple[Signal, ...]
    severity: int | None
    hints: tuple[Signal, ...]
    escalation: Signal | None
    mood: Mood | None
    turning_points: tuple[Signal, ...]
    talk_share: float | None
    agent_pace: float | None
    interruptions: int | None
    dead_air_ms: int | None
    hold_ms: int | None
    repeats: int | None
    time_to_greeting_ms: int | None
    longest_monologue_ms: int | None
    questions: int | None
    unannounced_holds: int | None
    overlaps_started: int | None
    narrative_interrupted: bool | None
    voice_raised: float | None
    negative_tone: tuple[Signal, ...] | None


def call_facts(call: ScoredCall) -> CallFacts:
    """The facts of one call; what `call.measured` does not name stays None.

    While nobody can say who speaks (mono), what one party did stays None too.
    """
    parties_known = any(turn.party is not Party.UNKNOWN for turn in call.transcript.turns)
    surest: dict[str, Signal] = {}
    causes = _of(call, SignalKind.CAUSE)
    for signal in causes:
        if signal.label not in surest or signal.confidence > surest[signal.label].confidence:
            surest[signal.label] = signal
    complaint = next((signal.label for signal in _of(call, SignalKind.COMPLAINT)), "")
    return CallFacts(
        is_complaint={"true": True, "false": False}.get(complaint),
        undecided=complaint == "unsure",
        causes=tuple(surest[name] for name in sorted(surest)),
        severity=severity(causes),
        hints=tuple(_of(call, SignalKind.CAUSE_HINT)),
        escalation=next(iter(_of(call, SignalKind.ESCALATION)), None),
        mood=mood(_of(call, SignalKind.SENTIMENT, Party.CUSTOMER)),
        turning_points=tuple(_of(call, SignalKind.TURNING_POINT)),
        talk_share=_value(_of(call, SignalKind.TALK_SHARE)),
        agent_pace=_value(_of(call, SignalKind.PACE, Party.AGENT)),
        interruptions=_count(call, SignalKind.INTERRUPTION, Party.AGENT) if parties_known else None,
        dead_air_ms=_duration(call, SignalKind.DEAD_AIR),
        hold_ms=_duration(call, SignalKind.HOLD),
        repeats=_count(call, SignalKind.REPEAT) if parties_known else None,
        time_to_greeting_ms=_time_to_greeting(call),
        longest_monologue_ms=_longest(call, SignalKind.MONOLOGUE, Party.AGENT) if parties_known else None,
        questions=_count(call, SignalKind.QUESTION, Party.AGENT) if parties_known else None,
        unannounced_holds=_count(call, SignalKind.HOLD, label="music"),
        overlaps_started=_count(call, SignalKind.OVERLAP, Party.AGENT) if parties_known else None,
        narrative_interrupted=next((s.label == "interrupted" for s in _of(call, SignalKind.NARRATIVE)), None),
        voice_raised=_raised(call),
        negative_tone=_negative_tone(call) if parties_known else None,
    )


def greeting_of(turns: Sequence[Turn], signals: Sequence[Signal]) -> Signal | None:
    """The first sure greeting within the agent's first four turns."""
    opening = [index for index, turn in enumerate(turns) if turn.party is Party.AGENT][:OPENING_TURNS]
    greetings = [
        one
        for one in signals
        if one.kind is SignalKind.ACT
        and (one.label, one.party) == ("greeting", Party.AGENT)
        and one.turn in opening
        and one.confidence >= SURE
    ]
    return min(greetings, key=lambda one: one.start_ms, default=None)


def severity(causes: Iterable[Signal]) -> int | None:
    """The severity of the gravest of these CAUSE signals, 1 to 3; None where nobody graded one."""
    grades = [round(one.value) for one in causes if one.value is not None and math.isfinite(one.value)]
    return min(max(*grades, 1), 3) if grades else None


def is_raised_voice(signal: Signal) -> bool:
    """Whether a VOICE signal is at least two of louder, higher and faster than its speaker's usual."""
    return len(RAISED & set(signal.label.split())) > 1


def is_negative_tone(signal: Signal) -> bool:
    """Whether this is an agent's turn that surely speaks negatively to the customer."""
    said = (signal.kind, signal.party, signal.label)
    return said == (SignalKind.TONE, Party.AGENT, "negative") and signal.confidence >= TONE_SURE


def _of(call: ScoredCall, kind: SignalKind, party: Party | None = None) -> list[Signal]:
    found = [s for s in call.signals if s.kind is kind and (party is None or s.party is party)]
    return sorted(found, key=lambda signal: (signal.turn or 0, signal.start_ms, signal.end_ms))


def _value(signals: Sequence[Signal]) -> float | None:
    value = signals[0].value if signals else None
    return value if value is not None and math.isfinite(value) else None


def _count(call: ScoredCall, kind: SignalKind, party: Party | None = None, label: str = "") -> int | None:
    if kind not in call.measured:
        return None
    return sum(not label or signal.label == label for signal in _of(call, kind, party))


def _longest(call: ScoredCall, kind: SignalKind, party: Party) -> int | None:
    found = _of(call, kind, party)
    return max((s.span.duration_ms for s in found), default=0) if kind in call.measured else None


def _time_to_greeting(call: ScoredCall) -> int | None:
    greeting = greeting_of(call.transcript.turns, call.signals)
    first = next(iter(call.transcript.of(Party.AGENT)), None)
    return max(0, greeting.start_ms - first.start_ms) if greeting and first else None


def _negative_tone(call: ScoredCall) -> tuple[Signal, ...] | None:
    if SignalKind.TONE not in call.measured:
        return None
    return tuple(one for one in _of(call, SignalKind.TONE) if is_negative_tone(one))


def _raised(call: ScoredCall) -> float | None:
    found = _of(call, SignalKind.VOICE, Party.CUSTOMER)
    raised = sum(is_raised_voice(signal) for signal in found)
    return raised / len(found) if found else None


def _duration(call: ScoredCall, kind: SignalKind) -> int | None:
    return sum(s.span.duration_ms for s in _of(call, kind)) if kind in call.measured else None
