"""What can be measured without knowing a word: speech, silence, overlap, level, and sound that is no speech."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from qa_pipeline.audio.channels import frame_powers
from qa_pipeline.contracts import Track
from qa_pipeline.domain import Signal, SignalKind, Span
from qa_pipeline.domain.span import gaps, intersect, merge

VERSION = "3"  # part of the fingerprint: raise it when the same sound may give other signals
MEASURED = (SignalKind.SPEECH, SignalKind.SILENCE, SignalKind.OVERLAP, SignalKind.MUSIC)
MIN_SILENCE_MS = 1000
MIN_OVERLAP_MS = 200
BREATH_MS = 600  # a shorter pause leaves a speaker in the middle of what is being said
AT_ONCE_MS = 100  # who begins so near to the other has not begun later: the speech finder is no finer
MIN_MUSIC_MS = 1500
FRAME_MS = 100
FLOOR_DB = -70.0


def measure(tracks: Sequence[Track], speech: Sequence[Sequence[Span]], channels: Sequence[int]) -> tuple[Signal, ...]:
    """SPEECH of each speaker, SILENCE of everybody (from 1 s), OVERLAP of two (from 0.2 s), MUSIC (from 1.5 s).

    `speech` and `channels` go by speaker; a SPEECH signal has the speaker's number as label until speech/party.py tells
    whose it is, an OVERLAP that of the speaker who began later ("" where both begin at once). Silence lies between the
    first and the last sound of speech.
    """
    track_of = {track.channel: track for track in tracks}
    signals = [
        Signal(
            kind=SignalKind.SPEECH,
            start_ms=span.start_ms,
            end_ms=span.end_ms,
            label=str(speaker),
            value=round(level_db(track_of[channel], span), 1),
        )
        for speaker, (spans, channel) in enumerate(zip(speech, channels, strict=True))
        for span in spans
    ]
    everybody = merge(span for spans in speech for span in spans)
    signals += [
        Signal(kind=SignalKind.SILENCE, start_ms=gap.start_ms, end_ms=gap.end_ms)
        for gap in gaps(everybody)
        if gap.duration_ms >= MIN_SILENCE_MS
    ]
    if len(speech) == 2:
        signals += _overlaps(speech)
    signals += [
        Signal(kind=SignalKind.MUSIC, start_ms=span.start_ms, end_ms=span.end_ms, value=round(level, 1))
        for track in tracks
        for span, level in _music(track, everybody)
    ]
    return tuple(sorted(signals, key=lambda signal: (signal.start_ms, signal.end_ms, signal.kind, signal.label)))


def _overlaps(speech: Sequence[Sequence[Span]]) -> Iterator[Signal]:
    """Where both are in the middle of speaking and are heard at once for 0.2 s, and who came in."""
    said = [merge(spans, gap_ms=BREATH_MS) for spans in speech]
    heard = intersect(*speech)
    for span in intersect(*said):
        if sum(one.overlap_ms(span) for one in heard) >= MIN_OVERLAP_MS:
            first, second = (next(one.start_ms for one in own if one.overlap_ms(span)) for own in said)
            starter = "" if abs(first - second) <= AT_ONCE_MS else "0" if first > second else "1"
            yield Signal(kind=SignalKind.OVERLAP, start_ms=span.start_ms, end_ms=span.end_ms, label=starter)


def level_db(track: Track, span: Span) -> float:
    """Loudness of a stretch in dB below full scale (root mean square), at least -70."""
    piece = track.slice_ms(span.start_ms, span.end_ms)
    if not piece.size:
        return FLOOR_DB
    return max(FLOOR_DB, 10 * float(np.log10(np.mean(piece.astype(np.float64) ** 2) + 1e-12)))


def _music(track: Track, speech: Sequence[Span]) -> list[tuple[Span, float]]:
    """Stretches without speech that are much louder than the line's own noise: ring tones, music, announcements."""
    levels = _frame_levels(track)
    if not levels.size:
        return []
    floor = float(np.quantile(levels, 0.1))
    loud = levels > max(floor + 12.0, -50.0)
    for span in speech:  # a margin of one frame: speech fades out
        loud[max(0, span.start_ms // FRAME_MS - 1) : span.end_ms // FRAME_MS + 2] = False
    found = merge(
        (Span(start_ms=int(index) * FRAME_MS, end_ms=(int(index) + 1) * FRAME_MS) for index in np.flatnonzero(loud)),
        gap_ms=300,
    )
    return [(span, level_db(track, span)) for span in found if span.duration_ms >= MIN_MUSIC_MS]


def _frame_levels(track: Track) -> NDArray[np.float64]:
    size = track.rate_hz * FRAME_MS // 1000
    powers = [frame_powers(block, size) for block in track.blocks(100 * size)]
    power = np.concatenate(powers) if powers else np.zeros(0)
    levels: NDArray[np.float64] = np.maximum(10 * np.log10(power + 1e-12), FLOOR_DB)
    return levels
