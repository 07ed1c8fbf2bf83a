"""How high a voice is: the median fundamental frequency of each stretch of speech.

YIN (de Cheveigné and Kawahara 2002, steps 1 to 5) on sound under 900 Hz at about 4 kHz: a telephone line leaves the
fundamental itself out, but its first harmonics repeat with the same period.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray

from qa_pipeline.contracts import Track
from qa_pipeline.domain import Signal, SignalKind, Span

LOWEST_HZ, HIGHEST_HZ = 60, 400
SHORTEST_MS = 500
HOP_MS = 40
WINDOW_MS = 32
BLOCK_MS = 30_000  # worked on at a time
RATE_HZ = 4000
PASS_HZ = 900
TAPS_MS = 6
DIP = 0.2  # of the normalised difference: a frame without a dip below repeats nothing
NEARLY = 0.1  # the first dip this near the deepest is the period, not a multiple of it
QUIET = 0.01  # share of the loudest frame's power below which a frame is no vowel: 20 dB
FEW = 4  # voiced frames

Frames = NDArray[np.float32]


def pitches(tracks: Sequence[Track], speech: Sequence[Sequence[Span]], channels: Sequence[int]) -> tuple[Signal, ...]:
    """PITCH of each stretch of at least half a second that has vowels; value: Hz, 60 to 400.

    `speech`, `channels` and labels as in `measure`.
    """
    track_of = {track.channel: track for track in tracks}
    return tuple(
        Signal(
            kind=SignalKind.PITCH,
            start_ms=span.start_ms,
            end_ms=span.end_ms,
            label=str(speaker),
            value=round(hertz, 1),
        )
        for speaker, (spans, channel) in enumerate(zip(speech, channels, strict=True))
        for span in spans
        if span.duration_ms >= SHORTEST_MS and (hertz := pitch_hz(track_of[channel], span)) is not None
    )


def pitch_hz(track: Track, span: Span) -> float | None:
    """The median fundamental frequency of the voiced frames of a stretch, None where there are hardly any."""
    found = list(_blocks(track, span))
    hertz, power = (np.concatenate([np.zeros(0, np.float32), *part]) for part in zip(*found, strict=True))
    voiced = (hertz > 0) & (power >= QUIET * power.max(initial=0))
    return float(np.median(hertz[voiced])) if voiced.sum() >= FEW else None


def _blocks(track: Track, span: Span) -> Iterator[tuple[Frames, Frames]]:
    """For the frames of each block their fundamental frequency (0: unvoiced) and power."""
    step = max(1, track.rate_hz // RATE_HZ)
    rate_hz = track.rate_hz / step
    window, longest = round(rate_hz * WINDOW_MS / 1000), int(rate_hz / LOWEST_HZ) + 2
    hop = round(rate_hz * HOP_MS / 1000)
    for start_ms in range(span.start_ms, span.end_ms, BLOCK_MS):
        sound = _low(track.slice_ms(start_ms, min(start_ms + BLOCK_MS, span.end_ms)), track.rate_hz, step)
        if len(sound) < window + longest:
            yield np.zeros(0, np.float32), np.zeros(0, np.float32)
            continue
        frames = np.lib.stride_tricks.sliding_window_view(sound, window + longest)[::hop]
        unlike, power = _unlike(frames, window)
        yield _frequency(unlike, rate_hz), power


def _low(sound: NDArray[np.float32], rate_hz: int, step: int) -> Frames:
    """The sound without what is above 900 Hz, every `step`th sample; each phase of the filter by itself."""
    taps = _taps(rate_hz, step)
    phases = taps @ sound[: len(sound) // step * step].reshape(-1, step).T
    count = max(0, phases.shape[1] - len(taps) + 1)
    low = np.zeros(count, np.float32)
    for late, phase in enumerate(phases):
        low += phase[late : late + count]
    return low


@cache
def _taps(rate_hz: int, step: int) -> NDArray[np.float32]:
    """A low-pass filter, a sinc under a Hann window, shape (lengths of `step` samples, step)."""
    count = rate_hz * TAPS_MS // 1000 // step * step
    at = (np.arange(count) - (count - 1) / 2) / rate_hz
    taps = np.sinc(2 * PASS_HZ * at) * np.hanning(count + 2)[1:-1]
    return np.asarray((taps / taps.sum()).astype(np.float32).reshape(-1, step))


def _unlike(frames: Frames, window: int) -> tuple[Frames, Frames]:
    """YIN's cumulative mean normalised difference by lag (equation 8), and the mean power of each frame's window."""
    size = 1 << (frames.shape[1] - 1).bit_length()
    lags = frames.shape[1] - window
    spectra = np.fft.rfft(frames, size)
    spectra *= np.conj(np.fft.rfft(frames[:, :window], size))
    alike = np.fft.irfft(spectra, size)[:, :lags]
    squares = frames**2
    first = squares[:, :window].sum(axis=1, keepdims=True)
    own = first + np.cumsum(np.pad(squares[:, window:-1] - squares[:, : lags - 1], ((0, 0), (1, 0))), axis=1)
    differs = np.maximum(own[:, :1] + own - 2 * alike, 0)[:, 1:]
    means = np.cumsum(differs, axis=1) / np.arange(1, lags)
    return (differs / np.maximum(means, 1e-12)).astype(np.float32), (own[:, 0] / window).astype(np.float32)


def _frequency(unlike: Frames, rate_hz: float) -> Frames:
    """Hertz of the first dip of each row, between the samples by a parabola; 0 where nothing repeats."""
    inner = unlike[:, 1:-1]
    dips = (inner <= unlike[:, :-2]) & (inner < unlike[:, 2:])
    dips[:, : int(rate_hz / HIGHEST_HZ) - 2] = False  # column 0 is a lag of 2
    deepest = np.where(dips, inner, 1).min(axis=1, keepdims=True)
    dips &= (deepest < DIP) & (inner <= deepest + NEARLY)
    at = dips.argmax(axis=1)
    rows = np.arange(len(unlike))
    left, middle, right = unlike[rows, at], inner[rows, at], unlike[rows, at + 2]
    shift = np.clip((left - right) / np.maximum(2 * (left - 2 * middle + right), 1e-9), -0.5, 0.5)
    hertz = rate_hz / (at + 2 + shift)
    good = dips.any(axis=1) & (hertz >= LOWEST_HZ) & (hertz <= HIGHEST_HZ)
    result: Frames = np.where(good, hertz, 0).astype(np.float32)
    return result
