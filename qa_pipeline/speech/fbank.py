"""Mel filter banks as Kaldi computes them, which speaker models are trained on. NumPy alone.

Povey et al., "The Kaldi speech recognition toolkit" (2011), with the options that are usual for speakers: 80 bins from
20 Hz to half the sample rate, frames of 25 ms each 10 ms, no dither, no frame that reaches beyond the sound.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

RATE_HZ = 16_000
BINS = 80
FRAME = 400  # samples: 25 ms
HOP = 160  # samples: 10 ms
FFT = 512
LOWEST_HZ = 20.0
PREEMPHASIS = 0.97
FLOOR = float(np.finfo(np.float32).eps)  # energies below count as this much


def log_mel(samples: NDArray[np.float32]) -> NDArray[np.float32]:
    """Natural logarithm of the energy in each mel band, shape (frames, 80), of float32 samples at 16 kHz in -1 to 1.

    A sound shorter than one frame gives no rows.

    >>> log_mel(np.zeros(16_000, np.float32)).shape
    (98, 80)
    """
    if len(samples) < FRAME:
        return np.zeros((0, BINS), np.float32)
    frames = np.lib.stride_tricks.sliding_window_view(samples, FRAME)[::HOP].astype(np.float32)
    frames -= frames.mean(axis=1, keepdims=True)
    before = np.concatenate([frames[:, :1], frames[:, :-1]], axis=1)
    spectrum = np.fft.rfft((frames - np.float32(PREEMPHASIS) * before) * _window(), FFT)
    power = spectrum.real**2 + spectrum.imag**2
    mel: NDArray[np.float32] = np.log(np.maximum(power[:, : FFT // 2] @ _filters(), FLOOR)).astype(np.float32)
    return mel


@cache
def _window() -> NDArray[np.float32]:
    """Povey's window: a Hann window to the power of 0.85, which does not reach zero as early as Hamming's ends."""
    hann = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(FRAME) / (FRAME - 1))
    window: NDArray[np.float32] = (hann**0.85).astype(np.float32)
    return window


@cache
def _filters() -> NDArray[np.float32]:
    """Triangles that overlap by half, equally wide in mel; shape (256, 80). The highest FFT bin belongs to none."""
    edges = np.linspace(_mel(LOWEST_HZ), _mel(RATE_HZ / 2), BINS + 2)
    left, centre, right = edges[:-2], edges[1:-1], edges[2:]
    mel = _mel(np.arange(FFT // 2) * RATE_HZ / FFT)[:, None]
    slopes = np.minimum((mel - left) / (centre - left), (right - mel) / (right - centre))
    filters: NDArray[np.float32] = np.maximum(slopes, 0).astype(np.float32)
    return filters


def _mel(hz: float | NDArray[np.float64]) -> NDArray[np.float64]:
    return 1127.0 * np.log1p(np.asarray(hz, np.float64) / 700.0)
