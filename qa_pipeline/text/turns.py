"""Turns as detectors and rules read them: how long they are, and a find in one as a signal."""

from __future__ import annotations

from qa_pipeline.domain import Signal, SignalKind, Turn
from qa_pipeline.text.locate import moment

BACK_CHANNEL = {"en": 3, "zh": 4}  # words (characters) of a turn that only shows listening
SURE_OF_WORDS = 0.6  # mean word probability from which on recognition takes nothing off the confidence


def word_count(turn: Turn, language: str) -> int:
    """How many words (Chinese: characters) a turn has."""
    text = turn.text
    return sum(char.isalnum() for char in text) if language == "zh" else len(text.split())


def act_signal(turn: Turn, index: int, label: str, start: int, end: int, *, quality: float, method: str) -> Signal:
    """An ACT at `turn.text[start:end]`; `quality` (0 to 1) is what the find is worth when the words are clear."""
    said = moment(turn, start, end)
    return Signal(
        kind=SignalKind.ACT,
        label=label,
        party=turn.party,
        start_ms=said.start_ms,
        end_ms=said.end_ms,
        confidence=round(quality * min(1.0, said.probability / SURE_OF_WORDS), 3),
        turn=index,
        quote=said.quote,
        method=method,
    )
