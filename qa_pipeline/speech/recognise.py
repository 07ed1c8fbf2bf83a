"""Windows of speech to words, and a second look at what the first one missed.

Whisper sometimes writes a sentence again and again; such a window is taken apart into two halves and decoded once more
without repetitions. And sometimes it leaves a sentence out: a span of speech that is left without words for a while is
listened to by itself. Of two texts the one counts that holds more right words, as far as the model knows.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from qa_pipeline.contracts import Engine, Track
from qa_pipeline.domain import Span, Word
from qa_pipeline.domain.span import gaps, intersect, merge, nearest
from qa_pipeline.speech.dialogue import said_from
from qa_pipeline.speech.guards import Evidence, looping
from qa_pipeline.speech.vocabulary import with_names
from qa_pipeline.speech.windows import Window, cut, halves, one_by_one, pack, place

AT_ONCE = 16  # windows whose sound is held at a time: 30 MB
UNHEARD_MS = 700  # speech without a word
REACH_MS = 250  # word times are about this exact
LIKELY = -1.0  # mean log-probability of a token below which Whisper itself holds its decoding for failed


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """One channel as it is listened to: its track at 16 kHz, where somebody speaks, and what speaks for words there.

    `sound` is asked for evidence as guards.py says; audio/evidence.py measures it.
    """

    track: Track
    speech: tuple[Span, ...]
    sound: Evidence


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """Words of one window on the clock of the recording, and how likely the model holds it that nobody spoke."""

    channel: int
    words: tuple[Word, ...]
    no_speech: float
    log_probability: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Listener:
    """Windows to what is said in them, by an engine that knows the language and names that may be said."""

    channels: Sequence[Channel]
    engine: Engine
    language: str
    names: Sequence[str] = ()

    def __call__(self, windows: Sequence[Window], *, again: bool = False) -> list[Said]:
        """In the order of the windows; their sound is held for some of them at a time."""
        tracks = [one.track for one in self.channels]
        found: list[Said] = []
        for at in range(0, len(windows), AT_ONCE):
            some = windows[at : at + AT_ONCE]
            sounds = [cut(window, tracks) for window in some]
            heard = self.engine.recognise(sounds, self.language, again=again)
            for window, sound, one in zip(some, sounds, heard, strict=True):
                named = with_names(sound, one, self.engine, self.language, self.names)
                found.append(
                    Said(
                        channel=window.channel,
                        words=place(window, named.words),
                        no_speech=one.no_speech,
                        log_probability=one.log_probability,
                    )
                )
        return found


Place = tuple[int, Span]  # a channel and one of its spans of speech


def windows_of(channels: Sequence[Channel]) -> tuple[Window, ...]:
    """The speech of all channels, packed."""
    return pack([one.speech for one in channels], [one.track.duration_ms for one in channels])


def recognise(windows: Sequence[Window], listen: Listener) -> tuple[Said, ...]:
    """What is said in the windows, in their order, and behind them what was missed at first. Raises EngineError."""
    said = listen(windows)
    looped = [index for index, one in enumerate(said) if _loops(one)]
    parts = [halves(windows[index]) for index in looped]
    flat = listen([half for part in parts for half in part], again=True)
    for index, part in zip(looped, parts, strict=True):
        second, flat = _joined(flat[: len(part)]), flat[len(part) :]
        said[index] = max(said[index], second, key=_worth)
    return _without_gaps(said, listen)


def unheard(words: Sequence[Word], speech: Sequence[Span]) -> tuple[Span, ...]:
    """Stretches of speech that lie beside no word.

    >>> word = Word(text="Yes.", start_ms=1000, end_ms=1300, probability=0.9)
    >>> unheard([word], [Span(start_ms=900, end_ms=1400), Span(start_ms=2000, end_ms=3000)])
    (Span(start_ms=2000, end_ms=3000),)
    """
    near = merge(Span(start_ms=said_from(word) - REACH_MS, end_ms=word.end_ms + REACH_MS) for word in words)
    if not near or not speech:
        return tuple(speech)
    first, last = min(near[0].start_ms, speech[0].start_ms), max(near[-1].end_ms, speech[-1].end_ms)
    edges = (Span(start_ms=first, end_ms=first), *near, Span(start_ms=last, end_ms=last))
    return intersect(gaps(edges), speech)


def _without_gaps(said: Sequence[Said], listen: Listener) -> tuple[Said, ...]:
    """The same, with another text for those spans that the first one has silent in places, where it is better."""
    channels = listen.channels
    doubted = [_with_gaps(said, number, channel) for number, channel in enumerate(channels)]
    again = [
        one
        for one in listen(one_by_one(doubted, [one.track.duration_ms for one in channels]), again=True)
        if one.log_probability > LIKELY and not _loops(one)
    ]
    first, second = _right_words(said, channels), _right_words(again, channels)
    better = {
        (number, span)
        for number, spans in enumerate(doubted)
        for span in spans
        if second[number, span] > first[number, span]
    }
    return (
        *(_kept(one, channels, lambda where: where not in better) for one in said),
        *(_kept(one, channels, lambda where: where in better) for one in again),
    )


def _with_gaps(said: Sequence[Said], number: int, channel: Channel) -> list[Span]:
    """The spans of a channel's speech with stretches that have no words and sound like speech."""
    words = [word for one in said if one.channel == number for word in one.words]
    missed = [
        span for span in unheard(words, channel.speech) if span.duration_ms >= UNHEARD_MS and channel.sound(span) > 0
    ]
    return [span for span in channel.speech if any(span.overlap_ms(one) for one in missed)]


def _right_words(said: Sequence[Said], channels: Sequence[Channel]) -> Mapping[Place, float]:
    """How many words the model expects to be right in each span."""
    found: dict[Place, float] = defaultdict(float)
    for one in said:
        for word, where in zip(one.words, _places(one, channels), strict=True):
            found[where] += word.probability
    return found


def _kept(said: Said, channels: Sequence[Channel], wanted: Callable[[Place], bool]) -> Said:
    """Only the words in wanted places."""
    words = zip(said.words, _places(said, channels), strict=True)
    return replace(said, words=tuple(word for word, where in words if wanted(where)))


def _places(said: Said, channels: Sequence[Channel]) -> list[Place]:
    spans = channels[said.channel].speech
    middles = [(word.start_ms + word.end_ms) // 2 for word in said.words]
    return [(said.channel, spans[index]) for index in nearest(spans, middles)]


def _loops(said: Said) -> bool:
    return looping([word.text for word in said.words])


def _worth(said: Said) -> float:
    """How many words the model expects to be right; in a text that repeats itself none is."""
    return -1.0 if _loops(said) else sum(word.probability for word in said.words)


def _joined(parts: Sequence[Said]) -> Said:
    return Said(
        channel=parts[0].channel,
        words=tuple(word for part in parts for word in part.words),
        no_speech=max(part.no_speech for part in parts),
        log_probability=min(part.log_probability for part in parts),
    )
