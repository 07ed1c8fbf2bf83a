"""How the channels of a recording relate: the same sound twice, or one of them dead."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

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

    >>> round(level_dbfs(Track(samples=np.full(8000, 0.1, np.float32), rate_hz=8000)))
    -20
    """
    energy = sum(float(np.dot(block, block)) for block in _blocks(track.samples))
    return _dbfs(energy / max(1, len(track.samples)))


def silent(track: Track) -> bool:
    """Whether the channel is dead: less than half a second of it is louder than -55 dBFS."""
    size = track.rate_hz * _FRAME_MS // 1000
    whole = len(track.samples) // size * size
    if not whole:
        return level_dbfs(track) < _DEAD_DBFS
    frames = track.samples[:whole].reshape(-1, size)
    power = np.einsum("ij,ij->i", frames, frames) / size
    loud = int((power >= 10 ** (_DEAD_DBFS / 10)).sum())
    return loud < min(_DEAD_MS // _FRAME_MS, len(frames))


def dual_mono(tracks: Sequence[Track]) -> bool:
    """Whether two channels carry nearly the same sound: at another level, turned over or up to 10 ms apart too.

    A dead channel beside a live one is no dual mono. Measured as the squared correlation coefficient over the
    whole recording, at the shift that fits best where the recording is loudest.
    """
    if len(tracks) != 2 or any(silent(track) for track in tracks):
        return False
    left, right = (track.samples for track in tracks)
    lag = _best_lag(left, right, tracks[0].rate_hz * _LAG_MS // 1000)
    left, right = (left[lag:], right) if lag >= 0 else (left, right[-lag:])
    size = min(len(left), len(right))
    pairs = list(zip(_blocks(left[:size]), _blocks(right[:size]), strict=True))
    cross = sum(float(np.dot(a, b)) for a, b in pairs)
    energies = sum(float(np.dot(a, a)) for a, _ in pairs) * sum(float(np.dot(b, b)) for _, b in pairs)
    return energies > 0 and cross * cross >= _SAME * energies


def _best_lag(left: NDArray[np.float32], right: NDArray[np.float32], most: int) -> int:
    """Samples by which `left` comes later than `right`, at most `most` either way, judged on the loudest block."""
    loudest = max(
        range(0, len(left), _BLOCK), key=lambda at: float(np.dot(left[at : at + _BLOCK], left[at : at + _BLOCK]))
    )
    a, b = left[loudest : loudest + _BLOCK], right[loudest : loudest + _BLOCK]
    width = 2 * _BLOCK
    cross = np.fft.irfft(np.fft.rfft(a, width) * np.conj(np.fft.rfft(b, width)), width)
    lags = np.arange(-most, most + 1)
    return int(lags[np.argmax(np.abs(cross[lags]))])


def _blocks(samples: NDArray[np.float32]) -> Iterator[NDArray[np.float32]]:
    return (samples[at : at + _BLOCK] for at in range(0, len(samples), _BLOCK))


def _dbfs(power: float) -> float:
    return max(FLOOR_DBFS, 10 * float(np.log10(power))) if power > 0 else FLOOR_DBFS
