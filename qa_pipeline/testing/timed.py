"""Calls on a clock, for tests of what looks at times: `call(turn(AGENT, 1, 4), turn(CUSTOMER, 5, 8))`, in seconds."""

from __future__ import annotations

from collections.abc import Sequence

from qa_pipeline.domain import CallView, Party, Signal, SignalKind, Turn
from qa_pipeline.testing.dummies import a_call_view, a_media, a_signal, a_transcript, a_turn

AGENT, CUSTOMER, UNKNOWN = Party.AGENT, Party.CUSTOMER, Party.UNKNOWN


def turn(party: Party, start_s: float, end_s: float, text: str = "Let me look into that.", **changes: object) -> Turn:
    """A turn; takes the fields of Turn as well."""
    return a_turn(text, party=party, start_ms=round(start_s * 1000), end_ms=round(end_s * 1000), **changes)


def signal(kind: SignalKind, start_s: float, end_s: float, label: str = "", **changes: object) -> Signal:
    """A signal; takes the fields of Signal as well."""
    return a_signal(kind, label, start_ms=round(start_s * 1000), end_ms=round(end_s * 1000), **changes)


def call(*turns: Turn, signals: Sequence[Signal] = (), language: str = "en", seconds: float = 60) -> CallView:
    """A call in which every turn is speech from its first to its last moment; `signals` come on top."""
    speech = [signal(SignalKind.SPEECH, one.start_ms / 1000, one.end_ms / 1000, party=one.party) for one in turns]
    return a_call_view(
        transcript=a_transcript(*sorted(turns, key=lambda one: one.start_ms), language=language),
        signals=tuple(sorted([*speech, *signals], key=lambda one: one.start_ms)),
        media=a_media(duration_ms=round(seconds * 1000)),
    )
