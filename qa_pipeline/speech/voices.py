"""Two voices on one channel: which of them says each word.

Speech is cut into windows of 1.5 s, each becomes a vector (contracts.VoiceEncoder), the vectors fall into two groups,
and a chain over the words decides who says each: the voice heard around it, against changing sides in mid-sentence.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from qa_pipeline.contracts import VoiceEncoder
from qa_pipeline.domain import Span, Word
from qa_pipeline.domain.span import merge, nearest

VERSION = "1"  # part of the fingerprint: raise it when the same sound may give other voices
WINDOW_MS = 1500  # shorter ones hold too little of a voice, longer ones often hold two
STEP_MS = 750
ROUNDS = 50
# Cosine between the two groups' centres: the halves of one voice lie at 0.73 or more, two voices at 0.2 to 0.55.
ONE_VOICE = 0.82
TWO_VOICES = 0.50
ANOTHER_VOICE = 0.66  # half-way between: below it, what was taken for one voice is two
NOTICEABLE_S = 4.0  # of speech; a few short windows can lie anywhere and show no other voice
EVIDENCE = 30.0  # natural log-odds for a second of speech at a margin of 1
SWITCH_IN_FLOW = 0.03  # probability that the next word is the other's
SWITCH_AT_PAUSE = 0.4
PAUSE_MS = 300
LEAST_WORD_MS = 100  # recognition makes many words shorter than they are
SENTENCE_ENDS = (".", "?", "!", "。", "？", "！")

Vectors = NDArray[np.float32]
Numbers = NDArray[np.floating]


class Sliced(Protocol):
    """A track: what `slice_ms` gives is mono sound at 16 kHz."""

    @property
    def rate_hz(self) -> int: ...
    def slice_ms(self, start_ms: int, end_ms: int) -> NDArray[np.float32]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Voices:
    """Who says what, where nobody knows yet who is who; voice 0 speaks first.

    `of_words` and `confidence` (probability, 0.5 is a coin toss) go with the words; `separation` says how clearly two
    voices differ, from 0 (there is one voice) to 1; `more_than_two` that a third one has noticeable speech; `spans`
    the speech of each voice.
    """

    of_words: tuple[int, ...] = ()
    confidence: tuple[float, ...] = ()
    separation: float = 0.0
    more_than_two: bool = False
    spans: tuple[tuple[Span, ...], tuple[Span, ...]] = field(default=((), ()))


def tell_apart(track: Sliced, speech: Sequence[Span], words: Sequence[Word], encoder: VoiceEncoder) -> Voices:
    """The two voices in `speech` (sorted, apart) and which of them says each of `words` (in order).

    Memory and time grow with the amount of speech alone: 0.8 kB and two short vectors a second.
    """
    if not speech:
        return Voices(of_words=(0,) * len(words), confidence=(0.5,) * len(words))
    cuts = [_windows(span) for span in speech]
    windows = [window for some in cuts for window in some]
    counts = np.array([len(some) for some in cuts])
    seconds = np.repeat(np.array([span.duration_ms / 1000 for span in speech]) / counts, counts)
    vectors = encoder.encode([track.slice_ms(window.start_ms, window.end_ms) for window in windows])
    side = _two_groups(vectors, seconds)
    centres = _centres(vectors, seconds, side)
    margins = np.split(vectors @ (centres[1] - centres[0]), np.cumsum(counts)[:-1])
    homes = nearest(speech, [(word.start_ms + word.end_ms) / 2 for word in words])
    odds = [_odds(word, cuts[home], margins[home]) for word, home in zip(words, homes, strict=True)]
    second = _posterior(np.array(odds), _switches(words, homes))
    who = [int(each > 0.5) for each in second]
    spans = _spans(words, who, homes, speech, [int(some.mean() > 0) for some in margins])
    first = who[0] if who else int(margins[0].mean() > 0)
    return Voices(
        of_words=tuple(int(voice != first) for voice in who),
        confidence=tuple(round(float(max(each, 1 - each)), 4) for each in second),
        separation=round(_separation(centres, seconds, side), 4),
        more_than_two=any(_two_in(vectors[side == voice], seconds[side == voice]) for voice in (0, 1)),
        spans=(spans[first], spans[1 - first]),
    )


def _windows(span: Span) -> list[Span]:
    """Windows over a span, evenly spread, the first and last flush with its ends; a short span is one window."""
    if span.duration_ms <= WINDOW_MS:
        return [span]
    steps = -(-(span.duration_ms - WINDOW_MS) // STEP_MS)
    starts = [span.start_ms + (span.duration_ms - WINDOW_MS) * step // steps for step in range(steps + 1)]
    return [Span(start_ms=start, end_ms=start + WINDOW_MS) for start in starts]


def _two_groups(vectors: Vectors, seconds: Numbers) -> NDArray[np.intp]:
    """0 or 1 for each vector: spherical k-means (Dhillon & Modha 2001) weighted by seconds of speech.

    It starts from the sign along the first principal axis, which is where two voices differ, so there is no chance in
    it. Hierarchical clustering was tried: it puts single odd windows into a group of their own.
    """
    centred = (vectors - np.average(vectors, axis=0, weights=seconds)) * np.sqrt(seconds)[:, None]
    axis = np.linalg.eigh(centred.T @ centred)[1][:, -1]
    side: NDArray[np.intp] = np.asarray(centred @ axis > 0, np.intp)
    for _ in range(ROUNDS):
        centres = _centres(vectors, seconds, side)
        moved = np.asarray(vectors @ (centres[1] - centres[0]) > 0, np.intp)
        if (moved == side).all():
            break
        side = moved
    return side


def _centres(vectors: Vectors, seconds: Numbers, side: NDArray[np.intp]) -> Numbers:
    """The mean direction of each group; an empty group takes the other's."""
    sums = np.stack([(vectors[side == voice] * seconds[side == voice, None]).sum(axis=0) for voice in (0, 1)])
    lengths = np.linalg.norm(sums, axis=1, keepdims=True)
    if not lengths.all():
        sums, lengths = sums + sums[::-1] * (lengths == 0), np.where(lengths == 0, lengths[::-1], lengths)
    centres: Numbers = sums / np.maximum(lengths, 1e-12)
    return centres


def _separation(centres: Numbers, seconds: Numbers, side: NDArray[np.intp]) -> float:
    """0 to 1, from the cosine between the centres; less where one voice has under four seconds."""
    less = min(float(seconds[side == voice].sum()) for voice in (0, 1))
    apart = (ONE_VOICE - float(centres[0] @ centres[1])) / (ONE_VOICE - TWO_VOICES)
    return min(max(apart, 0.0), 1.0) * min(1.0, less / NOTICEABLE_S)


def _two_in(vectors: Vectors, seconds: Numbers) -> bool:
    """Whether what was taken for one voice is two, each with noticeable speech."""
    if len(vectors) < 2:
        return False
    side = _two_groups(vectors, seconds)
    centres = _centres(vectors, seconds, side)
    enough = min(float(seconds[side == voice].sum()) for voice in (0, 1)) >= NOTICEABLE_S
    return enough and float(centres[0] @ centres[1]) < ANOTHER_VOICE


def _odds(word: Word, windows: Sequence[Span], margins: Numbers) -> float:
    """Log-odds that voice 1 says a word, from the windows of its span, between whose middles it lies."""
    middles = [(window.start_ms + window.end_ms) / 2 for window in windows]
    margin = float(np.interp((word.start_ms + word.end_ms) / 2, middles, margins))
    return EVIDENCE * margin * max(word.end_ms - word.start_ms, LEAST_WORD_MS) / 1000


def _switches(words: Sequence[Word], homes: Sequence[int]) -> list[float]:
    """For each word but the last the probability that another voice says the next one."""
    return [
        SWITCH_AT_PAUSE
        if home != next_home or other.start_ms - one.end_ms >= PAUSE_MS or one.text.rstrip().endswith(SENTENCE_ENDS)
        else SWITCH_IN_FLOW
        for (one, home), (other, next_home) in pairwise(zip(words, homes, strict=True))
    ]


def _posterior(odds: Numbers, switches: Sequence[float]) -> Numbers:
    """Probability that voice 1 says each word: forward-backward over a chain of two states (Rabiner 1989)."""
    before, after = np.zeros(len(odds)), np.zeros(len(odds))  # log-odds by the words before and after
    for index, switch in enumerate(switches):
        before[index + 1] = _across(before[index] + odds[index], switch)
    for index, switch in reversed(list(enumerate(switches))):
        after[index] = _across(after[index + 1] + odds[index + 1], switch)
    return _probability(before + odds + after)


def _probability(log_odds: Numbers) -> Numbers:
    return 1 / (1 + np.exp(-np.clip(log_odds, -50, 50)))


def _across(log_odds: float, switch: float) -> float:
    """Log-odds on the other side of a possible change."""
    same = float(_probability(np.array(log_odds)))
    other = same * (1 - switch) + (1 - same) * switch
    return float(np.log(other / (1 - other)))


def _spans(
    words: Sequence[Word], who: Sequence[int], homes: Sequence[int], speech: Sequence[Span], without: Sequence[int]
) -> tuple[tuple[Span, ...], tuple[Span, ...]]:
    """The speech of each voice: spans are cut half-way between words of different voices.

    `without` has for each span the voice that it sounds like, for those that hold no word.
    """
    found: tuple[list[Span], list[Span]] = ([], [])
    inside: list[list[int]] = [[] for _ in speech]
    for index, home in enumerate(homes):
        inside[home].append(index)
    for span, indices, voice in zip(speech, inside, without, strict=True):
        start = span.start_ms
        for one, other in pairwise(indices):
            if who[one] != who[other]:
                end = min(max((words[one].end_ms + words[other].start_ms) // 2, start), span.end_ms)
                found[who[one]].append(Span(start_ms=start, end_ms=end))
                start = end
        found[who[indices[-1]] if indices else voice].append(Span(start_ms=start, end_ms=span.end_ms))
    first, second = (merge(span for span in some if span.duration_ms > 0) for some in found)
    return first, second
