"""What the sound at a place says for or against speech."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import pytest
import soundfile
from numpy.typing import NDArray

from qa_pipeline.audio.evidence import Sound, listen
from qa_pipeline.audio.speech import SileroSpeech
from qa_pipeline.audio.track import Track
from qa_pipeline.domain import Span
from qa_pipeline.testing.sounds import SOUNDS, hold_music, telephone

ROOT = Path(__file__).parents[2]
EVERYWHERE = [Span(start_ms=at, end_ms=at + 300) for at in range(500, 11_500, 250)]


def a_track(samples: NDArray[np.float32], rate_hz: int = 8000) -> Track:
    return Track.of(samples, rate_hz=rate_hz)


@cache
def sample(call: str, channel: int = 0) -> Track:
    samples, rate_hz = soundfile.read(ROOT / "samples" / "audio" / f"{call}.flac", dtype="float32", always_2d=True)
    return a_track(np.ascontiguousarray(samples[: 60 * rate_hz, channel]), rate_hz)


def values(sound: Sound, spans: list[Span]) -> NDArray[np.float64]:
    return np.array([sound(span) for span in spans])


@pytest.mark.parametrize("name", SOUNDS)
@pytest.mark.parametrize("gain", [1.0, 0.1, 0.03])
def test_no_sound_without_speech_passes_for_speech(name: str, gain: float) -> None:
    heard = listen(a_track(telephone(SOUNDS[name](8000, 12, 7) * np.float32(gain))))
    like_speech = values(heard, EVERYWHERE)
    assert (like_speech > 0).mean() <= 0.05  # at the very edge of a tone there is too little to tell
    assert like_speech.max() < 0.9


@pytest.mark.parametrize("call", ["en-01", "en-05", "zh-01", "zh-06"])
@pytest.mark.parametrize("gain", [1.0, 0.03])
def test_speech_is_like_speech_everywhere(call: str, gain: float) -> None:
    plain = sample(call)
    (spans,) = SileroSpeech()([plain])
    heard = listen(a_track(telephone(plain.read(0, plain.frames) * np.float32(gain)), plain.rate_hz))
    words = [Span(start_ms=at, end_ms=at + 250) for span in spans for at in range(span.start_ms, span.end_ms, 250)]
    assert (values(heard, words) == 1).mean() > 0.98
    assert values(heard, words).min() > 0


def test_words_right_after_hold_music_keep_their_evidence() -> None:
    plain = sample("en-01")
    (spans,) = SileroSpeech()([plain])
    first = spans[0]
    music = hold_music(plain.rate_hz, 6, 1)
    heard = listen(a_track(np.concatenate([music, plain.slice_ms(first.start_ms, 20_000)]), plain.rate_hz))
    assert heard(Span(start_ms=6100, end_ms=6400)) > 0.5
    assert heard(Span(start_ms=3000, end_ms=5000)) == 0


def test_at_16_khz_the_answer_is_the_same() -> None:
    import soxr

    plain = sample("zh-01")
    fine = a_track(soxr.resample(plain.read(0, plain.frames), plain.rate_hz, 16_000).astype(np.float32), 16_000)
    spans = [Span(start_ms=at, end_ms=at + 300) for at in range(500, 30_000, 700)]
    assert np.abs(values(listen(fine), spans) - values(listen(plain), spans)).mean() < 0.05


def test_long_recordings_are_heard_minute_by_minute_without_a_seam() -> None:
    plain = sample("en-05")
    silence = np.zeros(35 * plain.rate_hz, np.float32)
    shifted = a_track(np.concatenate([silence, plain.read(0, plain.frames)]), plain.rate_hz)
    spans = [Span(start_ms=at, end_ms=at + 300) for at in range(4000, 40_000, 500)]
    later = [Span(start_ms=span.start_ms + 35_000, end_ms=span.end_ms + 35_000) for span in spans]
    assert np.allclose(values(listen(plain), spans), values(listen(shifted), later), atol=0.02)


@pytest.mark.parametrize("seconds", [0, 0.0001, 0.05, 0.3])
def test_a_track_with_next_to_nothing_in_it_has_no_evidence(seconds: float) -> None:
    heard = listen(a_track(np.zeros(round(8000 * seconds), np.float32)))
    assert heard(Span(start_ms=0, end_ms=200)) == 0


def test_a_place_beyond_the_end_has_no_evidence() -> None:
    assert listen(sample("en-01"))(Span(start_ms=10**6, end_ms=10**6 + 300)) == 0


@pytest.mark.parametrize("name", SOUNDS)
def test_the_same_seed_makes_the_same_sound_and_none_is_too_loud(name: str) -> None:
    first, again = (SOUNDS[name](8000, 3.3, 5) for _ in range(2))
    assert np.array_equal(first, again)
    assert (np.float32, (26_400,)) == (first.dtype, first.shape)
    assert np.abs(first).max() <= 0.3
