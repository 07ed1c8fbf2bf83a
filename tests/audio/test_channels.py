"""Dual mono, dead channels, levels."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from qa_pipeline.audio.channels import dual_mono, level_dbfs, silent
from qa_pipeline.audio.track import Track

RATE = 8000


def speech(seed: int, seconds: float = 20, level: float = 0.1) -> NDArray[np.float32]:
    """Noise that comes and goes like talk, with the spectrum falling as in speech."""
    random = np.random.default_rng(seed)
    size = int(seconds * RATE)
    smooth = np.convolve(random.standard_normal(size), np.ones(4) / 2, "same")
    talks = np.repeat(random.random(size // 4000 + 1) > 0.5, 4000)[:size]
    return (level * smooth * talks).astype(np.float32)


def noise(seed: int, size: int, level: float = 0.0003) -> NDArray[np.float32]:
    return (level * np.random.default_rng(seed).standard_normal(size)).astype(np.float32)


def pair(left: NDArray[np.float32], right: NDArray[np.float32]) -> tuple[Track, Track]:
    return Track.of(left, rate_hz=RATE, channel=0), Track.of(right, rate_hz=RATE, channel=1)


def test_the_same_sound_on_both_channels_is_dual_mono() -> None:
    talk = speech(1)
    assert dual_mono(pair(talk, talk.copy()))


@pytest.mark.parametrize("gain", [0.1, 0.5, -1.0])
def test_dual_mono_is_seen_at_another_level_and_turned_over(gain: float) -> None:
    talk = speech(1)
    assert dual_mono(pair(talk, np.float32(gain) * talk + noise(2, len(talk))))


@pytest.mark.parametrize("shift", [1, 40, 79])
def test_dual_mono_is_seen_with_a_small_delay_either_way(shift: int) -> None:
    talk = speech(1)
    assert dual_mono(pair(talk[shift:], talk[:-shift]))
    assert dual_mono(pair(talk[:-shift], talk[shift:]))


def test_two_parties_are_no_dual_mono() -> None:
    assert not dual_mono(pair(speech(1), speech(2)))


def test_an_echo_of_one_party_in_the_other_channel_is_no_dual_mono() -> None:
    agent, customer = speech(1), speech(2)
    assert not dual_mono(pair(agent, customer + np.float32(0.3) * agent))


def test_an_announcement_on_both_channels_before_the_call_is_no_dual_mono() -> None:
    announcement = speech(3, seconds=10, level=0.3)
    left, right = (np.concatenate([announcement, speech(seed, seconds=60)]) for seed in (1, 2))
    assert not dual_mono(pair(left, right))


def test_a_dead_channel_beside_a_live_one_is_no_dual_mono() -> None:
    talk = speech(1)
    assert not dual_mono(pair(talk, np.float32(0.0001) * talk))


def test_one_channel_is_no_dual_mono() -> None:
    assert not dual_mono(pair(speech(1), speech(1))[:1])


def test_line_noise_and_a_click_leave_a_channel_silent() -> None:
    line = noise(1, RATE * 10)
    line[5000:5400] = 0.5
    assert silent(Track.of(line, rate_hz=RATE))
    assert silent(Track.of(np.zeros(0, np.float32), rate_hz=RATE))
    assert silent(Track.of(np.zeros(10, np.float32), rate_hz=RATE))


def test_a_party_20_db_quieter_and_saying_little_is_not_silent() -> None:
    line = noise(1, RATE * 60)
    line[RATE * 30 : RATE * 31] += speech(2, seconds=1, level=0.02)[::-1] + noise(3, RATE, 0.01)
    assert not silent(Track.of(line, rate_hz=RATE))


def test_the_level_is_the_root_mean_square() -> None:
    sine = (0.5 * np.sin(2 * np.pi * 100 * np.arange(RATE) / RATE)).astype(np.float32)
    assert round(level_dbfs(Track.of(sine, rate_hz=RATE)), 2) == -9.03
    assert level_dbfs(Track.of(np.zeros(100, np.float32), rate_hz=RATE)) == -120.0
    assert level_dbfs(Track.of(np.zeros(0, np.float32), rate_hz=RATE)) == -120.0
