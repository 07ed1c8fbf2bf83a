"""Filter banks: properties that Kaldi's have."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from qa_pipeline.speech.fbank import BINS, FLOOR, log_mel

RATE_HZ = 16_000


def tone(hz: float, seconds: float = 0.5, level: float = 0.3) -> NDArray[np.float32]:
    return (level * np.sin(2 * np.pi * hz * np.arange(int(seconds * RATE_HZ)) / RATE_HZ)).astype(np.float32)


def noise(samples: int) -> NDArray[np.float32]:
    return np.random.default_rng(7).normal(0, 0.1, samples).astype(np.float32)


@given(st.integers(0, 5_000))
def test_only_frames_that_lie_inside_the_sound_are_counted(samples: int) -> None:
    assert (max(0, 1 + (samples - 400) // 160) if samples >= 400 else 0, BINS) == log_mel(noise(samples)).shape


@pytest.mark.parametrize("hz", [200, 440, 1000, 2500, 5000, 7500])
def test_a_tone_is_loudest_in_the_band_around_it(hz: int) -> None:
    def mel(f: float) -> float:
        return float(1127 * np.log(1 + f / 700))

    width = (mel(8000) - mel(20)) / (BINS + 1)
    band = (mel(hz) - mel(20)) / width - 1
    assert abs(log_mel(tone(hz)).mean(axis=0).argmax() - band) <= 1


def test_twice_the_level_is_four_times_the_energy() -> None:
    sound = noise(8_000)
    assert np.allclose(np.log(4), log_mel(2 * sound) - log_mel(sound), atol=1e-3)


def test_silence_and_a_constant_offset_lie_on_the_floor() -> None:
    floor = np.full((98, BINS), np.log(FLOOR), np.float32)
    assert np.allclose(floor, log_mel(np.zeros(16_000, np.float32)))
    assert np.allclose(floor, log_mel(np.full(16_000, 0.5, np.float32)))


def test_a_frame_depends_on_its_own_400_samples_alone() -> None:
    sound = noise(8_000)
    assert np.allclose(log_mel(sound)[10:20], log_mel(sound[1_600 : 1_600 + 9 * 160 + 400]), atol=1e-4)


def test_values_are_kaldis() -> None:
    """Three bands of the first frame of a 440 Hz tone, from kaldi-native-fbank 1.21.2 without dither."""
    assert np.allclose([-10.12806, 2.36999, -15.94239], log_mel(tone(440))[0, [5, 15, 40]], atol=1e-3)
