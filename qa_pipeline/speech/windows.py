"""Packing speech for recognition: nobody should pay for the silence.

The spans of speech of one channel, with generous margins, are laid one behind the other into windows of at most 29 s
with a short pause between; recognised words are put back to where they were said. Whisper understands long windows
better than short ones, so a channel gets as few windows as will do, all about equally long.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from qa_pipeline.contracts import Track
from qa_pipeline.domain import Span, Word
from qa_pipeline.domain.span import merge

RATE_HZ = 16_000
MAX_MS = 29_000
MARGIN_MS = 400  # around speech: tight cuts cost words at their edges (12 % errors instead of 10 on real calls)
JOIN_MS = 2_000  # spans nearer than this stay together with the silence between them
PAUSE_MS = 100  # silence laid between two spans of a window


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A stretch of one channel and where it begins inside its window."""

    span: Span
    offset_ms: int

    @property
    def end_offset_ms(self) -> int:
        return self.offset_ms + self.span.duration_ms


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """Up to 29 s of one channel's speech."""

    channel: int
    pieces: tuple[Piece, ...]


def pack(speech: Sequence[Sequence[Span]], durations_ms: Sequence[int]) -> tuple[Window, ...]:
    """Windows that hold all the speech, in order of channel and time. `speech` has the spans of each channel."""
    return tuple(
        Window(channel=channel, pieces=pieces)
        for channel, (spans, duration_ms) in enumerate(zip(speech, durations_ms, strict=True))
        for pieces in _evenly(_stretches(spans, duration_ms))
    )


def one_by_one(speech: Sequence[Sequence[Span]], durations_ms: Sequence[int]) -> tuple[Window, ...]:
    """A window for each stretch of speech, for speech that needs to be listened to by itself."""
    return tuple(
        Window(channel=channel, pieces=_laid_out([stretch]))
        for channel, (spans, duration_ms) in enumerate(zip(speech, durations_ms, strict=True))
        for stretch in _stretches(spans, duration_ms)
    )


def halves(window: Window) -> tuple[Window, ...]:
    """The window as two of about equal length, parted between two pieces; one that is a single piece stays whole."""
    if len(window.pieces) == 1:
        return (window,)
    middle = window.pieces[-1].end_offset_ms / 2
    at = min(range(1, len(window.pieces)), key=lambda index: abs(window.pieces[index].offset_ms - middle))
    return tuple(
        Window(channel=window.channel, pieces=_laid_out([piece.span for piece in part]))
        for part in (window.pieces[:at], window.pieces[at:])
    )


def cut(window: Window, tracks: Sequence[Track]) -> NDArray[np.float32]:
    """The window's samples at 16 kHz, from tracks at 16 kHz."""
    track = tracks[window.channel]
    pause = np.zeros(PAUSE_MS * RATE_HZ // 1000, np.float32)
    parts: list[NDArray[np.float32]] = []
    for piece in window.pieces:
        if parts:
            parts.append(pause)
        size = piece.span.end_ms * RATE_HZ // 1000 - piece.span.start_ms * RATE_HZ // 1000
        sound = track.slice_ms(piece.span.start_ms, piece.span.end_ms)
        parts.append(np.pad(sound, (0, size - len(sound))))
    return np.concatenate(parts)


def place(window: Window, words: Iterable[Word]) -> tuple[Word, ...]:
    """The words of a window on the clock of the recording, each inside the piece that its middle falls into."""
    placed = []
    for word in words:
        middle = (word.start_ms + word.end_ms) / 2
        piece = min(window.pieces, key=lambda one: max(one.offset_ms - middle, middle - one.end_offset_ms, 0))
        shift = piece.span.start_ms - piece.offset_ms
        start = min(max(word.start_ms + shift, piece.span.start_ms), piece.span.end_ms)
        end = min(max(word.end_ms + shift, start), piece.span.end_ms)
        placed.append(replace(word, start_ms=start, end_ms=end))
    return tuple(placed)


def _evenly(stretches: Sequence[Span]) -> list[tuple[Piece, ...]]:
    """As few windows as a limit of 29 s needs, under the lowest limit that needs no more."""
    fewest = len(_filled(stretches, MAX_MS))
    low, high = max((one.duration_ms for one in stretches), default=0), MAX_MS
    while low < high:
        middle = (low + high) // 2
        if len(_filled(stretches, middle)) > fewest:
            low = middle + 1
        else:
            high = middle
    return [_laid_out(spans) for spans in _filled(stretches, high)]


def _filled(stretches: Sequence[Span], limit_ms: int) -> list[list[Span]]:
    """The stretches in order, each window filled up to the limit before the next begins."""
    windows: list[list[Span]] = []
    room = 0
    for one in stretches:
        if room < PAUSE_MS + one.duration_ms:
            windows.append([])
            room = limit_ms + PAUSE_MS
        windows[-1].append(one)
        room -= PAUSE_MS + one.duration_ms
    return windows


def _laid_out(spans: Sequence[Span]) -> tuple[Piece, ...]:
    """The spans one behind the other with a pause between."""
    pieces: list[Piece] = []
    for span in spans:
        pieces.append(Piece(span=span, offset_ms=pieces[-1].end_offset_ms + PAUSE_MS if pieces else 0))
    return tuple(pieces)


def _stretches(spans: Sequence[Span], duration_ms: int) -> tuple[Span, ...]:
    """The speech with margins, joined over short silences, none longer than a window."""
    groups = _groups(spans)
    joined: list[Span] = []
    for before, group, after in zip([None, *groups], groups, [*groups[1:], None], strict=False):
        first, last = group[0].start_ms, group[-1].end_ms
        room = MAX_MS - (last - first)
        margin = min(MARGIN_MS, room // 2) if room >= 0 else MARGIN_MS  # no cut for the sake of the margin alone
        start = max(0, first - (margin if before is None else min(margin, (first - before[-1].end_ms) // 2)))
        end = min(duration_ms, last + (margin if after is None else min(margin, (after[0].start_ms - last) // 2)))
        joined += [
            Span(start_ms=at, end_ms=min(at + MAX_MS, end)) for at in range(start, end, MAX_MS)
        ]  # more than one only where somebody speaks 29 s without a pause
    return tuple(joined)


def _groups(spans: Sequence[Span]) -> list[list[Span]]:
    """Neighbouring spans that belong together and fit one window with their margins."""
    groups: list[list[Span]] = []
    for span in merge(spans):
        if (
            groups
            and span.start_ms - groups[-1][-1].end_ms < JOIN_MS
            and span.end_ms - groups[-1][0].start_ms <= MAX_MS - 2 * MARGIN_MS
        ):
            groups[-1].append(span)
        else:
            groups.append([span])
    return groups
