"""A call's transcript as its page shows it: turns of words that can be clicked, doubts marked."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from qa_pipeline.domain import Party, Transcript, Turn
from qa_pipeline.text.normalise import simplify
from qa_pipeline.web.words import say

LOW = 0.5
"""A word less probable than this is marked: every second such word is wrong."""


_OTHER = {Party.AGENT: Party.CUSTOMER, Party.CUSTOMER: Party.AGENT, Party.UNKNOWN: Party.UNKNOWN}


@dataclass(frozen=True, slots=True, kw_only=True)
class WordView:
    """A word with the blank before it, when it was said, and whether recognition was unsure of it."""

    text: str
    start_ms: int
    low: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnView:
    """A turn; `doubts` say in words why its text may not be trusted."""

    party: str
    start_ms: int
    end_ms: int
    confidence: float
    doubts: tuple[str, ...]
    words: tuple[WordView, ...]


def turns(transcript: Transcript, language: str) -> tuple[TurnView, ...]:
    """All turns in order."""
    return tuple(
        TurnView(
            party=turn.party.value,
            start_ms=turn.start_ms,
            end_ms=turn.end_ms,
            confidence=turn.confidence,
            doubts=tuple(say(language, f"call_flag_{flag}") for flag in turn.flags),
            words=_words(turn),
        )
        for turn in transcript.turns
    )


def channel_parties(transcript: Transcript, channels: int) -> tuple[str, ...]:
    """Who speaks on each channel of the recording, for its colour: the party of most of its turns."""
    if channels < 2:
        return (Party.UNKNOWN.value,)
    heard: dict[int, Counter[Party]] = {0: Counter(), 1: Counter()}
    for turn in transcript.turns:
        heard.setdefault(turn.channel, Counter())[turn.party] += turn.end_ms - turn.start_ms
    first, second = (heard[channel].most_common(1) for channel in (0, 1))
    left = first[0][0] if first else _OTHER[second[0][0]] if second else Party.UNKNOWN
    right = second[0][0] if second else _OTHER[left]
    return (left.value, right.value)


def _words(turn: Turn) -> tuple[WordView, ...]:
    """The words of a turn in the script of its text; the whole text as one where its words do not spell it."""
    spelled = "".join("".join(word.text.split()) for word in turn.words)
    if not turn.words or simplify(spelled) != "".join(turn.text.split()):
        return (WordView(text=turn.text, start_ms=turn.start_ms, low=False),)
    made: list[WordView] = []
    at = 0
    for word in turn.words:
        end = _after(turn.text, at, len("".join(word.text.split())))
        made.append(WordView(text=turn.text[at:end], start_ms=word.start_ms, low=word.probability < LOW))
        at = end
    return tuple(made)


def _after(text: str, start: int, letters: int) -> int:
    """Where `letters` characters that are no blanks end, counted from `start`.

    >>> _after("so, now then", 3, 3)
    7
    """
    at = start
    while letters and at < len(text):
        letters -= not text[at].isspace()
        at += 1
    return at
