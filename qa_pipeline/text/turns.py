"""Turns as detectors and rules read them: how long they are, and a find in one as a signal."""

from __future__ import annotations

from collections.abc import Sequence

from qa_pipeline.domain import Party, Signal, SignalKind, Turn
from qa_pipeline.text.locate import moment

BACK_CHANNEL = {"en": 3, "zh": 4}  # words (characters) of a turn that only shows listening
LONG_PAUSE_MS = 5000  # ends a stretch of speech: the other could have spoken, or waited
SURE_OF_WORDS = 0.6  # mean word probability from which on recognition takes nothing off the confidence


def word_count(turn: Turn, language: str) -> int:
    """How many words (Chinese: characters) a turn has."""
    text = turn.text
    return sum(char.isalnum() for char in text) if language == "zh" else len(text.split())


def back_channels(turn: Turn, language: str) -> bool:
    """Whether a turn is so short that it only shows listening."""
    return word_count(turn, language) <= BACK_CHANNEL.get(language, BACK_CHANNEL["en"])


def stretches(turns: Sequence[Turn], party: Party, language: str) -> tuple[tuple[int, ...], ...]:
    """What one party says while the other only back-channels: the places of the party's turns, stretch by stretch.

    Five seconds in which the party says nothing end a stretch.
    """
    runs: list[list[int]] = [[]]
    for index, turn in enumerate(turns):
        if turn.party is party:
            if runs[-1] and turn.start_ms - turns[runs[-1][-1]].end_ms > LONG_PAUSE_MS:
                runs.append([])
            runs[-1].append(index)
        elif runs[-1] and not back_channels(turn, language):
            runs.append([])
    return tuple(tuple(run) for run in runs if run)


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
