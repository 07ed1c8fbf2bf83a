"""How the channels of a recording relate: the same sound twice, or one of them dead."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from qa_pipeline.audio.track import Track

FLOOR_DBFS = -120.0
_DEAD_DBFS = -55.0  # line noise and comfort noise lie below, the quietest speech on a bad line above
_DEAD_MS = 500  # sound that is shorter in all (a click, a pop) does not make a channel alive
_FRAME_MS = 20
_SAME = 0.9  # share of one channel's energy that the other one, scaled, explains
_LAG_MS = 10
_BLOCK = 2**17


def level_dbfs(track: Track) -> float:
    """Root mean square in dB relative to full scale, -120 for digital silence.

    >>> round(level_dbfs(Track.of(np.full(8000, 0.1, np.float32), rate_hz=8000)))
    -20
    """
    energy = sum(float(np.dot(block, block)) for block in track.blocks())
    return _dbfs(energy / max(1, track.frames))


def silent(track: Track) -> bool:
    """Whether the channel is dead: less than half a second of it is louder than -55 dBFS."""
    size = track.rate_hz * _FRAME_MS // 1000
    whole = track.frames // size
    if not whole:
        return level_dbfs(track) < _DEAD_DBFS
    powers = (frame_powers(block, size) for block in track.blocks(1000 * size))
    loud = sum(int((power >= 10 ** (_DEAD_DBFS / 10)).sum()) for power in powers)
    return loud < min(_DEAD_MS // _FRAME_MS, whole)


def frame_powers(samples: NDArray[np.float32], size: int) -> NDArray[np.float64]:
    """Mean power of each whole frame of `size` samples."""
    frames = samples[: len(samples) // size * size].reshape(-1, size).astype(np.float64)
    powers: NDArray[np.float64] = np.einsum("ij,ij->i", frames, frames) / size
    return powers


def dual_mono(tracks: Sequence[Track]) -> bool:
    """Whether two channels carry nearly the same sound: at another level, turned over or up to 10 ms apart too.

    A dead channel beside a live one is no dual mono. Measured as the squared correlation coefficient over the
    whole recording, at the shift that fits best where the recording is loudest.
    """
    if len(tracks) != 2 or any(silent(track) for track in tracks):
        return False
    left, right = tracks
    lag = _best_lag(left, right, left.rate_hz * _LAG_MS // 1000)
    cross = energy_left = energy_right = 0.0
    for at in range(0, min(left.frames, right.frames), _BLOCK):
        a, b = (
            left.read(at + max(lag, 0), at + max(lag, 0) + _BLOCK),
            right.read(at - min(lag, 0), at - min(lag, 0) + _BLOCK),
        )
        size = min(len(a), len(b))
        a, b = a[:size], b[:size]
        cross += float(np.dot(a, b))
        energy_left += float(np.dot(a, a))
        energy_right += float(np.dot(b, b))
    return energy_left * energy_right > 0 and cross * cross >= _SAME * energy_left * energy_right


def _best_lag(left: Track, right: Track, most: int) -> int:
    """Samples by which `left` comes later than `right`, at most `most` either way, judged on the loudest block."""
    loudest, _ = max(enumerate(left.blocks(_BLOCK)), key=lambda block: float(np.dot(block[1], block[1])))
    a, b = (track.read(loudest * _BLOCK, (loudest + 1) * _BLOCK) for track in (left, right))
    width = 2 * _BLOCK
    cross = np.fft.irfft(np.fft.rfft(a, width) * np.conj(np.fft.rfft(b, width)), width)
    lags = np.arange(-most, most + 1)
    return int(lags[np.argmax(np.abs(cross[lags]))])


def _dbfs(power: float) -> float:
    return max(FLOOR_DBFS, 10 * float(np.log10(power))) if power > 0 else FLOOR_DBFS
