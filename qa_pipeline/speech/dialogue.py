"""From the words of each speaker to turns in order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from statistics import fmean

from qa_pipeline.domain import Party, Span, Turn, TurnFlag, Word
from qa_pipeline.speech.guards import Evidence, flags
from qa_pipeline.text.normalise import simplify

PAUSE_MS = 1200  # a longer pause of the same speaker begins a new turn
MAX_WORD_MS = 1500  # nobody needs longer for a word; the aligner does, across pauses
DRAWN_OUT_MS = 600  # words of speech are shorter, but for figures
LATE_MS = 800  # by so much the aligner may be late for the first word of a stretch of speech
UNCERTAIN_SPEAKER = 0.75  # mean probability that a turn's words are this speaker's


@dataclass(frozen=True, slots=True, kw_only=True)
class Speaker:
    """What one speaker says: words in order, stretches of speech, and the evidence for the words.

    `no_speech` (that the window holds none) and `sure` (that it is this speaker) have a probability for each word.
    """

    channel: int
    speech: tuple[Span, ...]
    words: tuple[Word, ...]
    no_speech: tuple[float, ...] = ()
    sure: tuple[float, ...] = ()
    sound: Evidence | None = None


def turns(speakers: Sequence[Speaker]) -> tuple[Turn, ...]:
    """Turns sorted by start, of nobody yet.

    A turn ends where its speaker pauses for 1.2 s, or pauses at all and another one speaks meanwhile.
    """
    found: list[Turn] = []
    for number, speaker in enumerate(speakers):
        others = [span for other, one in enumerate(speakers) if other != number for span in one.speech]
        words = tidy(speaker.words, speaker.speech)
        at = 0
        for group in _groups(words, others):
            found.append(_turn(group, number, speaker, slice(at, at + len(group))))
            at += len(group)
    return tuple(sorted(found, key=lambda turn: (turn.start_ms, turn.speaker)))


def tidy(words: Sequence[Word], speech: Sequence[Span]) -> tuple[Word, ...]:
    """The words in order, none starting before speech, none overlapping the next, none longer than 1.5 s.

    The first word of a stretch of speech begins where the stretch does: the aligner is often a little late there.
    """
    tidied: list[Word] = []
    for word in sorted(words, key=lambda one: (one.start_ms, one.end_ms)):
        start, end = _into_speech(word, speech)
        begun = next((span.start_ms for span in speech if span.start_ms <= start < span.end_ms), start)
        if end > begun and (not tidied or tidied[-1].end_ms <= begun) and start - begun <= LATE_MS:
            start = max(begun, end - MAX_WORD_MS)
        if tidied:
            start = max(start, tidied[-1].end_ms)
        tidied.append(replace(word, start_ms=start, end_ms=max(start, end)))
    return tuple(tidied)


def said_from(word: Word) -> int:
    """When a word begins at the earliest: aligners stretch words back over pauses; only figures take long to say."""
    if any(letter.isdecimal() for letter in word.text):
        return word.start_ms
    return max(word.start_ms, word.end_ms - DRAWN_OUT_MS)


def _into_speech(word: Word, speech: Sequence[Span]) -> tuple[int, int]:
    """The word's times moved into the speech that it shares most time with, or that is nearest."""
    if not speech:
        return word.start_ms, min(word.end_ms, word.start_ms + MAX_WORD_MS)
    own = Span(start_ms=said_from(word), end_ms=max(word.end_ms, word.start_ms + 1))
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


def _turn(words: Sequence[Word], number: int, speaker: Speaker, own: slice) -> Turn:
    doubts = flags(words, speaker.speech, sound=speaker.sound, no_speech=speaker.no_speech[own] or None)
    if speaker.sure and fmean(speaker.sure[own]) < UNCERTAIN_SPEAKER:
        doubts = (*doubts, TurnFlag.UNCERTAIN_SPEAKER)
    return Turn(
        party=Party.UNKNOWN,
        channel=speaker.channel,
        speaker=number,
        start_ms=words[0].start_ms,
        end_ms=words[-1].end_ms,
        text=simplify("".join(word.text for word in words).strip()),
        words=tuple(words),
        confidence=round(fmean(word.probability for word in words), 4),
        flags=doubts,
    )
