"""From words on channels to turns in order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from qa_pipeline.domain import Party, Span, Turn, Word
from qa_pipeline.speech.guards import flags
from qa_pipeline.text.normalise import simplify

PAUSE_MS = 1200  # a longer pause of the same party begins a new turn
MAX_WORD_MS = 1500  # nobody needs longer for a word; the aligner does, across pauses


def turns(
    words: Sequence[Sequence[Word]], speech: Sequence[Sequence[Span]], parties: Sequence[Party]
) -> tuple[Turn, ...]:
    """Turns sorted by start. `words`, `speech` and `parties` are by channel.

    A turn ends where its party pauses for 1.2 s, or pauses at all and the other party speaks meanwhile.
    """
    found: list[Turn] = []
    for channel, said in enumerate(words):
        others = [span for other, spans in enumerate(speech) if other != channel for span in spans]
        found += [
            _turn(group, channel, parties[channel], speech[channel])
            for group in _groups(tidy(said, speech[channel]), others)
        ]
    return tuple(sorted(found, key=lambda turn: (turn.start_ms, turn.channel)))


def tidy(words: Sequence[Word], speech: Sequence[Span]) -> tuple[Word, ...]:
    """The words in order, none starting before speech, none overlapping the next, none longer than 1.5 s."""
    tidied: list[Word] = []
    for word in sorted(words, key=lambda one: (one.start_ms, one.end_ms)):
        start, end = _into_speech(word, speech)
        if tidied:
            start = max(start, tidied[-1].end_ms)
        tidied.append(replace(word, start_ms=start, end_ms=max(start, end)))
    return tuple(tidied)


def _into_speech(word: Word, speech: Sequence[Span]) -> tuple[int, int]:
    """The word's times moved into the speech that it shares most time with, or that is nearest."""
    if not speech:
        return word.start_ms, min(word.end_ms, word.start_ms + MAX_WORD_MS)
    own = Span(start_ms=word.start_ms, end_ms=max(word.end_ms, word.start_ms + 1))
    home = max(
        speech,
        key=lambda span: (span.overlap_ms(own), -max(span.start_ms - own.end_ms, own.start_ms - span.end_ms, 0)),
    )
    start = min(max(word.start_ms, home.start_ms), max(home.start_ms, home.end_ms - 20))
    end = max(min(word.end_ms, home.end_ms), start)
    if end - start > MAX_WORD_MS:
        start = end - MAX_WORD_MS if abs(home.end_ms - end) < abs(start - home.start_ms) else start
        end = min(end, start + MAX_WORD_MS)
    return start, end


def _groups(words: Sequence[Word], others: Sequence[Span]) -> list[list[Word]]:
    groups: list[list[Word]] = []
    for word in words:
        if groups:
            last = groups[-1][-1].end_ms
            pause = Span(start_ms=last, end_ms=max(last, word.start_ms))
            answered = pause.duration_ms > 0 and any(
                span.overlap_ms(pause) > min(300, span.duration_ms / 2) for span in others
            )
            if pause.duration_ms <= PAUSE_MS and not answered:
                groups[-1].append(word)
                continue
        groups.append([word])
    return groups


def _turn(words: Sequence[Word], channel: int, party: Party, speech: Sequence[Span]) -> Turn:
    text = simplify("".join(word.text for word in words).strip())
    return Turn(
        party=party,
        channel=channel,
        start_ms=words[0].start_ms,
        end_ms=words[-1].end_ms,
        text=text,
        words=tuple(words),
        confidence=round(sum(word.probability for word in words) / len(words), 4),
        flags=flags(words, speech),
    )
