"""What a call's signals come to, folded once, so that pages, tables and exports cannot disagree."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from qa_pipeline.domain.recording import Party
from qa_pipeline.domain.scored import ScoredCall
from qa_pipeline.domain.signal import Signal, SignalKind


@dataclass(frozen=True, slots=True, kw_only=True)
class CallFacts:
    """One call in a few numbers. None, or an empty label, means that nothing has measured it: never a guess.

    `talk_share` is the agent's share of speaking time, 0 to 1; `agent_pace` is words (Chinese: characters) a
    minute; `interruptions` counts those the agent began; `repeats` counts what the customer had to say twice.
    `sentiment_start` and `sentiment_end` are "negative", "neutral", "positive" or "".
    `causes` has the surest signal of each cause, by name.
    """

    is_complaint: bool | None
    causes: tuple[Signal, ...]
    sentiment_start: str
    sentiment_end: str
    talk_share: float | None
    agent_pace: float | None
    interruptions: int | None
    dead_air_ms: int | None
    hold_ms: int | None
    repeats: int | None


def call_facts(call: ScoredCall) -> CallFacts:
    """The facts of one call; what `call.measured` does not name stays None.

    While nobody can say who speaks (mono), what one party did stays None too.
    """
    parties_known = any(turn.party is not Party.UNKNOWN for turn in call.transcript.turns)
    start, end = sentiment_ends([signal.label for signal in _of(call, SignalKind.SENTIMENT, Party.CUSTOMER)])
    surest: dict[str, Signal] = {}
    for signal in _of(call, SignalKind.CAUSE):
        if signal.label not in surest or signal.confidence > surest[signal.label].confidence:
            surest[signal.label] = signal
    complaint = {"true": True, "false": False}
    return CallFacts(
        is_complaint=next((complaint.get(s.label) for s in _of(call, SignalKind.COMPLAINT)), None),
        causes=tuple(surest[name] for name in sorted(surest)),
        sentiment_start=start,
        sentiment_end=end,
        talk_share=_value(_of(call, SignalKind.TALK_SHARE)),
        agent_pace=_value(_of(call, SignalKind.PACE, Party.AGENT)),
        interruptions=_count(call, SignalKind.INTERRUPTION, Party.AGENT) if parties_known else None,
        dead_air_ms=_duration(call, SignalKind.DEAD_AIR),
        hold_ms=_duration(call, SignalKind.HOLD),
        repeats=_count(call, SignalKind.REPEAT) if parties_known else None,
    )


def sentiment_ends(labels: Sequence[str]) -> tuple[str, str]:
    """How a customer starts and ends, from the labels of the customer's turns in order; ("", "") without turns.

    The start is the first turn. The end is the last two turns: the one that is not neutral wins, of two such the later.

    >>> sentiment_ends(["negative", "neutral", "positive", "neutral"])
    ('negative', 'positive')
    """
    if not labels:
        return "", ""
    ending = [label for label in labels[-2:] if label != "neutral"]
    return labels[0], ending[-1] if ending else "neutral"


def _of(call: ScoredCall, kind: SignalKind, party: Party | None = None) -> list[Signal]:
    found = [s for s in call.signals if s.kind is kind and (party is None or s.party is party)]
    return sorted(found, key=lambda signal: (signal.turn or 0, signal.start_ms, signal.end_ms))


def _value(signals: Sequence[Signal]) -> float | None:
    value = signals[0].value if signals else None
    return value if value is not None and math.isfinite(value) else None


def _count(call: ScoredCall, kind: SignalKind, party: Party | None = None) -> int | None:
    return len(_of(call, kind, party)) if kind in call.measured else None


def _duration(call: ScoredCall, kind: SignalKind) -> int | None:
    return sum(s.span.duration_ms for s in _of(call, kind)) if kind in call.measured else None
