"""Windows of speech to words: each is listened to once, and once more where the text is in doubt.

Whisper sometimes leaves a sentence out or writes one again and again. Both show: speech is left without words, the
model does not believe its own text, or the text repeats itself. Such a window is taken apart into two halves and
decoded once more without repetitions; of the two texts the one counts that holds more words that are likely right.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from qa_pipeline.contracts import Engine, Track
from qa_pipeline.domain import Span, Word
from qa_pipeline.domain.span import gaps, intersect, merge
from qa_pipeline.speech.guards import looping
from qa_pipeline.speech.windows import Window, cut, halves, place

AT_ONCE = 32  # windows whose sound is held at a time: 60 MB
DOUBTFUL = -0.3  # mean log-probability of a token; on clear calls it is about -0.1
UNHEARD_MS = 700  # speech without a word
REACH_MS = 250  # word times are about this exact


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """Words of one window on the clock of the recording, and how likely the model holds it that nobody spoke."""

    channel: int
    words: tuple[Word, ...]
    no_speech: float
    log_probability: float = 0.0


def recognise(
    windows: Sequence[Window],
    tracks: Sequence[Track],
    speech: Sequence[Sequence[Span]],
    engine: Engine,
    language: str,
    vocabulary: Sequence[str] = (),
) -> tuple[Said, ...]:
    """What is said in the windows, in their order, the better of two texts where the first is doubtful.

    `speech` has the spans of each track. Raises EngineError.
    """
    found: list[Said] = []
    for at in range(0, len(windows), AT_ONCE):
        some = windows[at : at + AT_ONCE]
        first = _listen(some, tracks, engine, language, vocabulary, again=False)
        doubted = [
            index for index, said in enumerate(first) if in_doubt(said, _within(some[index], speech[said.channel]))
        ]
        parts = [halves(some[index]) for index in doubted]
        flat = _listen([half for part in parts for half in part], tracks, engine, language, vocabulary, again=True)
        for index, part in zip(doubted, parts, strict=True):
            second, flat = _joined(flat[: len(part)]), flat[len(part) :]
            first[index] = max(first[index], second, key=worth)
        found += first
    return tuple(found)


def in_doubt(said: Said, speech: Sequence[Span]) -> bool:
    """Whether the text of a window, with this `speech` in it, asks for a second look."""
    return (
        said.log_probability < DOUBTFUL
        or any(span.duration_ms >= UNHEARD_MS for span in unheard(said.words, speech))
        or looping([word.text for word in said.words])
    )


def unheard(words: Sequence[Word], speech: Sequence[Span]) -> tuple[Span, ...]:
    """Stretches of speech that lie beside no word.

    >>> word = Word(text="Yes.", start_ms=1000, end_ms=1300, probability=0.9)
    >>> unheard([word], [Span(start_ms=900, end_ms=1400), Span(start_ms=2000, end_ms=3000)])
    (Span(start_ms=2000, end_ms=3000),)
    """
    near = merge(Span(start_ms=word.start_ms - REACH_MS, end_ms=word.end_ms + REACH_MS) for word in words)
    if not near or not speech:
        return tuple(speech)
    first, last = min(near[0].start_ms, speech[0].start_ms), max(near[-1].end_ms, speech[-1].end_ms)
    edges = (Span(start_ms=first, end_ms=first), *near, Span(start_ms=last, end_ms=last))
    return intersect(gaps(edges), speech)


def worth(said: Said) -> float:
    """Words that are likely right less those that are likely wrong; a text that repeats itself is worth nothing."""
    if looping([word.text for word in said.words]):
        return float("-inf")
    return sum(2 * word.probability - 1 for word in said.words)


def _listen(
    windows: Sequence[Window],
    tracks: Sequence[Track],
    engine: Engine,
    language: str,
    vocabulary: Sequence[str],
    *,
    again: bool,
) -> list[Said]:
    if not windows:
        return []
    sounds = [cut(window, tracks) for window in windows]
    return [
        Said(
            channel=window.channel,
            words=place(window, made.words),
            no_speech=made.no_speech,
            log_probability=made.log_probability,
        )
        for window, made in zip(
            windows, engine.recognise(sounds, language, vocabulary=vocabulary, again=again), strict=True
        )
    ]


def _joined(parts: Sequence[Said]) -> Said:
    return Said(
        channel=parts[0].channel,
        words=tuple(word for part in parts for word in part.words),
        no_speech=max(part.no_speech for part in parts),
        log_probability=min(part.log_probability for part in parts),
    )


def _within(window: Window, speech: Sequence[Span]) -> tuple[Span, ...]:
    return intersect([piece.span for piece in window.pieces], speech)
