"""What recognition may have invented: words without speech, words it does not believe itself, loops."""

from __future__ import annotations

from collections.abc import Sequence

from qa_pipeline.domain import Span, TurnFlag, Word

REACH_MS = 300  # word times are about this exact
DOUBTFUL = 0.35  # mean probability of a turn's words
LOOP_TIMES = 4


def supported(words: Sequence[Word], speech: Sequence[Span]) -> tuple[Word, ...]:
    """The words that lie on or beside speech; those that stand in silence, music or noise are left out."""
    near = [Span(start_ms=span.start_ms - REACH_MS, end_ms=span.end_ms + REACH_MS) for span in speech]
    return tuple(
        word for word in words if any(span.start_ms <= word.end_ms and word.start_ms <= span.end_ms for span in near)
    )


def flags(words: Sequence[Word], speech: Sequence[Span]) -> tuple[TurnFlag, ...]:
    """Why the words of one turn may not be trusted; empty when they may."""
    found = []
    spoken = sum(
        1 for word in words if any(span.start_ms < word.end_ms and word.start_ms < span.end_ms for span in speech)
    )
    if spoken * 2 < len(words):
        found.append(TurnFlag.NO_SPEECH_EVIDENCE)
    if sum(word.probability for word in words) < DOUBTFUL * len(words):
        found.append(TurnFlag.LOW_CONFIDENCE)
    if loops([word.text for word in words]):
        found.append(TurnFlag.LOOP)
    return tuple(found)


def loops(words: Sequence[str]) -> bool:
    """Whether two to eight words follow themselves four times, or one word eight times; digits one by one are no loop.

    >>> loops("thank you thank you thank you thank you".split())
    True
    >>> loops("no no no no".split())
    False
    """
    said = [word.strip(" ,.;:?!，。；：？！、").lower() for word in words]
    for size in range(1, 9):
        times = LOOP_TIMES * 2 if size == 1 else LOOP_TIMES
        for start in range(len(said) - size * times + 1):
            unit = said[start : start + size]
            if unit * times == said[start : start + size * times] and not all(word.isnumeric() for word in unit):
                return True
    return False
