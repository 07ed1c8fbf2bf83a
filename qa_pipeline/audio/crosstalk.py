"""One party's voice, faint and a little late, in the other's channel: what headsets and hybrids leak.

Where both channels have speech at once, pieces of 400 ms of one are laid over the other at every delay up to half a
second. Two people who talk at once are alike at no delay in particular; an echo is, at one and the same, again and
again. Only those pieces go that are alike at it, so that what somebody says into the other's words stays.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from qa_pipeline.contracts import Track
from qa_pipeline.domain import Span
from qa_pipeline.domain.span import gaps, intersect, merge

PIECE_MS = 400
HOP_MS = 200
LONGEST_MS = 500  # delay
ALIKE = 0.6  # correlation coefficient of a piece that counts for a delay; two voices reach 0.5 here and there
STILL_ALIKE = 0.45  # at the delay that is known
FAINTER_DB = 3.0
TIMES = 5  # pieces at one delay that make an echo
NEAR_MS = 2
LEFT_OVER_MS = 300  # speech beside an echo, shorter than this, is its edge


@dataclass(frozen=True, slots=True, kw_only=True)
class _Piece:
    """A piece of one channel and how alike the other one is at each 2 ms of delay: 1 kB."""

    span: Span
    alike: NDArray[np.float32]
    fainter_db: float


def without_echo(
    tracks: Sequence[Track], speech: Sequence[tuple[Span, ...]]
) -> tuple[tuple[tuple[Span, ...], ...], tuple[int, ...]]:
    """(the speech of each track without echoes of the other's, the channels that had one); needs two tracks."""
    if len(tracks) != 2:
        return tuple(speech), ()
    found = [_echoes(tracks[own], tracks[1 - own], speech[own], speech[1 - own]) for own in (0, 1)]
    return (
        tuple(_without(spans, echoes) for spans, echoes in zip(speech, found, strict=True)),
        tuple(track.channel for track, echoes in zip(tracks, found, strict=True) if echoes),
    )


def _echoes(track: Track, other: Track, own: Sequence[Span], others: Sequence[Span]) -> tuple[Span, ...]:
    """Where `track` has an echo of `other`."""
    late = merge(Span(start_ms=span.start_ms, end_ms=span.end_ms + LONGEST_MS) for span in others)
    pieces = [
        piece
        for span in intersect(own, late)
        for piece in _pieces(track, other, span)
        if piece.fainter_db >= FAINTER_DB
    ]
    votes = Counter(int(piece.alike.argmax()) for piece in pieces if piece.alike.max() >= ALIKE)
    if not votes:
        return ()
    at, _ = max(votes.items(), key=lambda vote: (votes[vote[0] - 1] + vote[1] + votes[vote[0] + 1], -vote[0]))
    if votes[at - 1] + votes[at] + votes[at + 1] < TIMES:
        return ()
    delays = slice(max(0, at - 1), at + 2)
    return merge(piece.span for piece in pieces if piece.alike[delays].max() >= STILL_ALIKE)


def _pieces(track: Track, other: Track, span: Span) -> Iterator[_Piece]:
    """Overlapping pieces of a span, the last one flush with its end."""
    last = max(span.start_ms, span.end_ms - PIECE_MS)
    for start in sorted({*range(span.start_ms, last, HOP_MS), last}):
        piece = Span(start_ms=start, end_ms=min(start + PIECE_MS, span.end_ms))
        sound = track.slice_ms(piece.start_ms, piece.end_ms)
        before = other.slice_ms(piece.start_ms - LONGEST_MS, piece.end_ms)
        if len(sound) < track.rate_hz * HOP_MS // 1000:
            continue
        before = np.pad(before, (len(sound) + track.rate_hz * LONGEST_MS // 1000 - len(before), 0))
        near = track.rate_hz * NEAR_MS // 1000
        alike = np.maximum.reduceat(_alike(sound, before), np.arange(0, len(before) - len(sound) + 1, near))
        yield _Piece(span=piece, alike=alike, fainter_db=_db(before) - _db(sound))


def _alike(sound: NDArray[np.float32], before: NDArray[np.float32]) -> NDArray[np.float32]:
    """Absolute correlation coefficients of the sound with the other channel so many samples earlier, from 0 on."""
    width = 1 << (len(sound) + len(before) - 1).bit_length()
    cross = np.fft.irfft(np.fft.rfft(before, width) * np.conj(np.fft.rfft(sound, width)), width)
    places = len(before) - len(sound) + 1
    energy = np.concatenate([[0.0], np.cumsum(before.astype(np.float64) ** 2)])
    norms = np.sqrt((energy[len(sound) :] - energy[: -len(sound)]) * float(np.dot(sound, sound)))
    alike: NDArray[np.float32] = np.abs(cross[:places]) / np.maximum(norms, 1e-9)
    return alike[::-1].astype(np.float32)


def _db(sound: NDArray[np.float32]) -> float:
    return 10 * float(np.log10(np.mean(sound.astype(np.float64) ** 2) + 1e-12))


def _without(spans: Sequence[Span], echoes: Sequence[Span]) -> tuple[Span, ...]:
    """The spans outside the echoes; scraps beside one go with it."""
    if not echoes:
        return tuple(spans)
    first, last = min(0, echoes[0].start_ms), max(spans[-1].end_ms, echoes[-1].end_ms)
    outside = gaps((Span(start_ms=first, end_ms=first), *echoes, Span(start_ms=last, end_ms=last)))
    whole = set(spans)
    return tuple(span for span in intersect(spans, outside) if span in whole or span.duration_ms >= LEFT_OVER_MS)
