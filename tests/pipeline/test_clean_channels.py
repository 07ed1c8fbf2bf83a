"""Pitch, and with it the voice, is measured only where each channel holds one voice alone."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray

from qa_pipeline.domain import SignalKind
from qa_pipeline.pipeline import Forgetful, Parts, listen
from qa_pipeline.testing.dummies import a_media, a_recording

RATE_HZ = 8000


def voice(hertz: float, seed: int) -> NDArray[np.float64]:
    """Six seconds of harmonics and a little noise."""
    at = np.arange(6 * RATE_HZ) / RATE_HZ
    noise = 0.003 * np.random.default_rng(seed).standard_normal(at.size)
    return noise + sum(0.05 * np.sin(2 * np.pi * k * hertz * at) for k in range(2, 12))


def pitch_of(parts: Parts, path: Path, *channels: NDArray[np.float64]) -> list[float | None] | None:
    """The pitch of each stretch by time and speaker; None where nobody measured it."""
    soundfile.write(path, np.stack(channels, axis=1), RATE_HZ)
    media = a_media(channels=len(channels), duration_ms=6000)
    _, _, sound = listen(a_recording(uri=str(path), media=media), parts, Forgetful())
    if SignalKind.PITCH not in sound.measured:
        return None
    return [round(one.value or 0) for one in sound.signals if one.kind is SignalKind.PITCH]


def test_each_channel_of_a_clean_recording_has_its_pitch(parts: Parts, tmp_path: Path) -> None:
    assert [110, 210] == pitch_of(parts, tmp_path / "a.wav", voice(110, 1), voice(210, 2))


def test_one_channel_or_the_same_sound_twice_has_none(parts: Parts, tmp_path: Path) -> None:
    assert None is pitch_of(parts, tmp_path / "mono.wav", voice(110, 1))
    assert None is pitch_of(parts, tmp_path / "dual.wav", voice(110, 1), voice(110, 1))


def test_a_channel_with_an_echo_of_the_other_spoils_it_for_both(parts: Parts, tmp_path: Path) -> None:
    random = np.random.default_rng(3)
    left = 0.1 * random.standard_normal(6 * RATE_HZ)
    echo = np.concatenate([np.zeros(800), 0.1 * left[:-800]]) + 0.0005 * random.standard_normal(left.size)
    assert None is pitch_of(parts, tmp_path / "echo.wav", left, echo)
