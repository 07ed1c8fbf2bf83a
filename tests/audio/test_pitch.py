"""How high a voice is, on sounds whose pitch is known."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from qa_pipeline.audio.pitch import pitch_hz, pitches
from qa_pipeline.audio.track import Track
from qa_pipeline.domain import SignalKind, Span
from qa_pipeline.testing.sounds import pink_noise, telephone


def voice(hertz: float, rate_hz: int = 8000, seconds: float = 1, lowest_hz: float = 300) -> NDArray[np.float32]:
    """Harmonics as a telephone line lets them through: the fundamental is not among them."""
    at = np.arange(round(rate_hz * seconds)) / rate_hz
    heard = [k for k in range(1, 40) if lowest_hz <= k * hertz <= 3400]
    wave = sum((np.sin(2 * np.pi * k * hertz * at + k) / k for k in heard), np.zeros(at.size))
    return telephone((0.1 * wave).astype(np.float32))


def measured(sound: NDArray[np.float32], rate_hz: int = 8000) -> float | None:
    track = Track.of(sound, rate_hz=rate_hz)
    return pitch_hz(track, Span(start_ms=0, end_ms=track.duration_ms))


@pytest.mark.parametrize("rate_hz", [8000, 16_000])
@pytest.mark.parametrize("hertz", [70, 95, 120, 180, 240, 330, 390])
def test_the_pitch_is_found_where_the_line_has_cut_the_fundamental_off(hertz: float, rate_hz: int) -> None:
    assert measured(voice(hertz, rate_hz), rate_hz) == pytest.approx(hertz, rel=0.01)


def test_the_pitch_is_found_in_noise() -> None:
    noisy = voice(140) + pink_noise(8000, 1, 3)
    assert measured(noisy) == pytest.approx(140, rel=0.02)


def test_noise_has_no_pitch_nor_has_silence() -> None:
    assert measured(pink_noise(8000, 2, 1)) is None
    assert measured(np.zeros(8000, np.float32)) is None
    assert measured(np.zeros(20, np.float32)) is None


def test_only_the_voiced_part_counts() -> None:
    hiss = 0.02 * np.random.default_rng(2).standard_normal(8000).astype(np.float32)
    assert measured(np.concatenate([hiss, voice(200), hiss])) == pytest.approx(200, rel=0.01)


def test_the_median_is_of_all_blocks_of_a_long_stretch() -> None:
    assert measured(np.concatenate([voice(100, seconds=10), voice(200, seconds=32)])) == pytest.approx(200, rel=0.01)


def test_each_stretch_of_half_a_second_has_its_pitch_and_speaker() -> None:
    left, right = np.concatenate([voice(110), voice(130)]), voice(220, seconds=2)
    tracks = [Track.of(sound, rate_hz=8000, channel=channel) for channel, sound in enumerate((left, right))]
    speech = [
        [Span(start_ms=0, end_ms=1000), Span(start_ms=1000, end_ms=2000)],
        [Span(start_ms=0, end_ms=499), Span(start_ms=900, end_ms=1400)],
    ]
    found = pitches(tracks, speech, (0, 1))
    assert [("0", 0), ("0", 1000), ("1", 900)] == [(one.label, one.start_ms) for one in found]
    assert [110, 130, 220] == pytest.approx([one.value for one in found], rel=0.01)
    assert {SignalKind.PITCH} == {one.kind for one in found}
