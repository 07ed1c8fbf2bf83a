"""Calls on a clock, and encoders that know a few words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from qa_pipeline.domain import CallView, Party, Signal, SignalKind, Turn
from qa_pipeline.testing.dummies import a_call_view, a_media, a_signal, a_transcript, a_turn
from qa_pipeline.text.head import Head

AGENT, CUSTOMER, UNKNOWN = Party.AGENT, Party.CUSTOMER, Party.UNKNOWN


def turn(party: Party, start_s: float, end_s: float, text: str = "Let me look into that now.", **changes: object) -> Turn:
    return a_turn(text, party=party, start_ms=round(start_s * 1000), end_ms=round(end_s * 1000), **changes)


def signal(kind: SignalKind, start_s: float, end_s: float, label: str = "", **changes: object) -> Signal:
    return a_signal(kind, label, start_ms=round(start_s * 1000), end_ms=round(end_s * 1000), **changes)


def call(*turns: Turn, signals: Sequence[Signal] = (), language: str = "en", seconds: float = 60) -> CallView:
    """A call in which everybody's turns are speech from their first to their last moment."""
    speech = [signal(SignalKind.SPEECH, one.start_ms / 1000, one.end_ms / 1000, party=one.party) for one in turns]
    return a_call_view(
        transcript=a_transcript(*sorted(turns, key=lambda one: one.start_ms), language=language),
        signals=tuple(sorted([*speech, *signals], key=lambda one: one.start_ms)),
        media=a_media(duration_ms=round(seconds * 1000)),
    )


class FakeEncoder:
    """One dimension for each known word: 1 where the text has it."""

    fingerprint = "fake"

    def __init__(self, *words: str) -> None:
        self.words = words
        self.seen: list[str] = []

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        self.seen += texts
        rows = [[float(word in text) for word in self.words] for text in texts]
        return np.array(rows, np.float32).reshape(len(texts), len(self.words))


def head(chances: Mapping[str, Mapping[str, float]], words: Sequence[str], *, exclusive: bool = False) -> Head:
    """A head that gives a label the probability `chances[label][word]` where a text has the word (else hardly any)."""

    def logit(value: float) -> float:
        return float(np.log(value / (1 - value)))

    rest = logit(0.01)
    return Head(
        labels=tuple(chances),
        weights=tuple(tuple(logit(of[word]) - rest if word in of else 0.0 for word in words) for of in chances.values()),
        bias=tuple(rest for _ in chances),
        temperature=1.0,
        exclusive=exclusive,
        thresholds=tuple(0.5 for _ in chances),
        encoder="fake",
    )
