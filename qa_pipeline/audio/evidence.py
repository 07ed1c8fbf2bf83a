"""Whether the sound at a place can be speech at all: what recognition says there needs it.

Tones, music, noise and clicks differ from speech in four plain ways, each measured on 64 ms of sound every 20 ms,
between 200 and 3600 Hz:

* speech rises out of its surroundings, noise does not ("contrast": level over the quietest tenth of 3 s either way);
* its spectrum is another one 160 ms later, that of a tone or chord is the same ("steady": cosine of the two spectra);
* its power lies on many lines, that of a tone or key on two ("pure": the share of the two strongest lines);
* somewhere within 1.5 s a vowel has nearly all its power below 1 kHz, hiss, data and clicks never ("low").

Worst of 6,459 rightly recognised words (real calls in English, synthetic ones in English and Mandarin) against the
sounds without speech of qa_pipeline/testing/sounds.py that each measure is for: contrast 25 dB, noise up to 8;
steady 0.74, music from 0.90; pure 0.975, tones 0.999; low 0.94, hiss up to 0.74. LIMITS lie between. In pink noise at
10 dB below the speech one right word in a hundred falls beyond them, so the sound alone should not decide.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from qa_pipeline.domain import Span

FRAME_MS = 20
WINDOW_MS = 64
BLOCK_MS = 60_000  # worked on at a time
LAG = 8  # frames: 160 ms
LOW_HZ, VOWEL_HZ, HIGH_HZ = 200, 1000, 3600
LOUD = 0.01  # share of the loudest frame's power from which on a frame counts: 20 dB below it
AROUND_MS = 1500
FEW = 10  # loud frames: with fewer, a side is all edges
FLOOR_MS = 3000
REACH_MS = 150  # word times are about this exact

# no speech up to the first value, like speech from the second on
LIMITS = {"contrast": (9.0, 20.0), "steady": (0.84, 0.76), "pure": (0.992, 0.985), "low": (0.78, 0.9)}

Frames = NDArray[np.float32]


class Sliced(Protocol):
    """One channel that gives its samples by time."""

    @property
    def rate_hz(self) -> int: ...
    @property
    def duration_ms(self) -> int: ...
    def slice_ms(self, start_ms: int, end_ms: int) -> NDArray[np.float32]: ...


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Sound:
    """What one channel sounds like, one value every 20 ms. Call it with a span.

    `level` in dB; `power` linear; `steady`, `pure` and `low` from 0 to 1. About 1 kB for a second of sound.
    """

    level: Frames
    power: Frames
    steady: Frames
    pure: Frames
    low: Frames

    def __call__(self, span: Span) -> float:
        """How far the sound at a place is from what is no speech: 0 cannot be speech, 1 is like speech in every way."""
        return min(
            float(np.clip((value - LIMITS[name][0]) / (LIMITS[name][1] - LIMITS[name][0]), 0, 1))
            for name, value in self.measured(span).items()
        )

    def measured(self, span: Span) -> dict[str, float]:
        """The four measures of a place. Before and after it are looked at apart: a tone may end where speech begins."""
        first, last = self._frames(span, REACH_MS)
        if last <= first:
            return {"contrast": 0.0, "steady": 1.0, "pure": 1.0, "low": 0.0}
        wide, far = AROUND_MS // FRAME_MS, FLOOR_MS // FRAME_MS
        floor = _quantile(self.level[max(0, first - far) : last + far], 0.1)
        sides = [self._loud(max(0, first - wide), last), self._loud(first, last + wide)]
        sides = [side for side in sides if len(side) >= FEW] or [self._loud(max(0, first - wide), last + wide)]
        return {
            "contrast": float(self.level[first:last].max()) - floor,
            "steady": min(_quantile(self.steady[side], 0.5) for side in sides),
            "pure": min(_quantile(self.pure[side], 0.5) for side in sides),
            "low": max(float(self.low[side].max()) for side in sides),
        }

    def _frames(self, span: Span, reach_ms: int) -> tuple[int, int]:
        first = max(0, span.start_ms - reach_ms) // FRAME_MS
        return first, min(len(self.level), (span.end_ms + reach_ms) // FRAME_MS)

    def _loud(self, first: int, last: int) -> NDArray[np.intp]:
        """The frames of a stretch within 20 dB of its loudest."""
        power = self.power[first:last]
        return np.flatnonzero(power >= power.max() * LOUD) + first


def listen(track: Sliced) -> Sound:
    """The sound of a channel, measured minute by minute; takes about a two-thousandth of its duration."""
    parts = list(zip(*_blocks(track), strict=True)) or [()] * 4
    power, steady, pure, low = (np.concatenate([np.zeros(0, np.float32), *part]) for part in parts)
    return Sound(level=10 * np.log10(power + 1e-9), power=power, steady=steady, pure=pure, low=low)


def _blocks(track: Sliced) -> Iterator[tuple[Frames, Frames, Frames, Frames]]:
    """Power, steadiness, purity and lowness of the frames of each minute."""
    size, hop = track.rate_hz * WINDOW_MS // 1000, track.rate_hz * FRAME_MS // 1000
    hertz = np.fft.rfftfreq(size, 1 / track.rate_hz)
    band = (hertz >= LOW_HZ) & (hertz <= HIGH_HZ)
    vowel = hertz[band] <= VOWEL_HZ
    window = np.hanning(size).astype(np.float32) / np.float32(size / 2)
    for start_ms in range(0, track.duration_ms, BLOCK_MS):
        extra = LAG * FRAME_MS + WINDOW_MS
        wave = track.slice_ms(start_ms, min(start_ms + BLOCK_MS + extra, track.duration_ms))
        count = min(BLOCK_MS, track.duration_ms - start_ms) // FRAME_MS
        wave = np.pad(wave, (0, max(0, (count + LAG) * hop + size - len(wave))), mode="edge")
        frames = np.lib.stride_tricks.sliding_window_view(wave, size)[::hop][: count + LAG]
        spectra = np.abs(np.fft.rfft(frames * window, axis=1)[:, band]).astype(np.float32) ** 2
        power = spectra.sum(axis=1) + np.float32(1e-12)
        yield (
            power[:count],
            _alike(spectra[:count], spectra[LAG:]),
            _two_lines(spectra[:count]) / power[:count],
            spectra[:count, vowel].sum(axis=1) / power[:count],
        )


def _alike(left: Frames, right: Frames) -> Frames:
    """Cosine of the angle between amplitude spectra, frame by frame; 0 where there is no sound."""
    norms = np.sqrt(left.sum(axis=1) * right.sum(axis=1)) + np.float32(1e-12)
    alike: Frames = np.sqrt(left * right).sum(axis=1) / norms
    return alike


def _two_lines(spectra: Frames) -> Frames:
    """The power in and beside (three bins) the two strongest lines of each frame."""
    left = spectra.copy()
    rows = np.arange(len(left))
    total = np.zeros(len(left), np.float32)
    for _ in range(2):
        top = left.argmax(axis=1)
        for shift in range(-3, 4):
            at = np.clip(top + shift, 0, left.shape[1] - 1)
            total += left[rows, at]
            left[rows, at] = 0
    return total


def _quantile(values: Frames, share: float) -> float:
    """The value that this share of the values lies below; quicker than numpy's, which interpolates."""
    at = int(share * (len(values) - 1))
    return float(np.partition(values, at)[at])
