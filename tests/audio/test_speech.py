"""Where somebody speaks."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from qa_pipeline.audio.decode import decode
from qa_pipeline.audio.speech import RATE_HZ, SileroSpeech, snap_to_energy, spans_of
from qa_pipeline.audio.track import Track
from qa_pipeline.domain import Span

PROBABILITIES = st.lists(st.sampled_from([0.0, 0.1, 0.3, 0.36, 0.5, 0.9]), max_size=80)


def spans(values: list[float], *, end_ms: int | None = None, min_speech_ms: int = 100) -> tuple[Span, ...]:
    return spans_of(
        np.array(values, np.float32),
        threshold=0.5,
        min_silence_ms=200,
        min_speech_ms=min_speech_ms,
        end_ms=len(values) * 32 if end_ms is None else end_ms,
    )


@given(values=PROBABILITIES, cut=st.integers(0, 31))
def test_spans_are_sorted_apart_and_within_the_recording(values: list[float], cut: int) -> None:
    end_ms = max(0, len(values) * 32 - cut)
    found = spans(values, end_ms=end_ms, min_speech_ms=0)
    assert all(0 <= span.start_ms < span.end_ms <= end_ms for span in found)
    assert all(later.start_ms - sooner.end_ms >= 200 for sooner, later in pairwise(found))


@given(values=PROBABILITIES)
def test_every_frame_over_the_threshold_is_in_a_span(values: list[float]) -> None:
    found = spans(values, min_speech_ms=0)
    over = [index * 32 for index, value in enumerate(values) if value >= 0.5]
    assert all(any(span.start_ms <= at < span.end_ms for span in found) for at in over)


@given(values=PROBABILITIES)
def test_no_span_is_shorter_than_asked_for(values: list[float]) -> None:
    assert all(span.duration_ms >= 100 for span in spans(values))


def test_a_doubtful_frame_goes_on_with_speech_but_does_not_begin_it() -> None:
    assert spans([0.4] * 20) == ()
    assert spans([0.4, *[0.9] * 4, *[0.4] * 3, *[0.0] * 10]) == (Span(start_ms=32, end_ms=256),)


def test_a_pause_under_the_limit_does_not_end_a_span() -> None:
    assert spans([0.9] * 4 + [0.0] * 6 + [0.9] * 4) == (Span(start_ms=0, end_ms=448),)
    assert spans([0.9] * 4 + [0.0] * 7 + [0.9] * 4) == (Span(start_ms=0, end_ms=128), Span(start_ms=352, end_ms=480))


def tone(from_ms: int, to_ms: int, level: float = 0.3) -> Track:
    """Three seconds of faint noise with a tone in it."""
    clock = np.arange(3 * RATE_HZ) / RATE_HZ
    there = (clock >= from_ms / 1000) & (clock < to_ms / 1000)
    noise = 0.0001 * np.random.default_rng(1).standard_normal(len(clock))
    return track(noise + level * np.sin(2 * np.pi * 300 * clock) * there)


def test_edges_move_to_where_the_sound_is() -> None:
    assert snap_to_energy(Span(start_ms=1000, end_ms=2000), tone(1060, 1950)) == Span(start_ms=1060, end_ms=1950)


def test_edges_move_no_further_than_the_reach_and_never_outwards() -> None:
    assert snap_to_energy(Span(start_ms=1000, end_ms=2000), tone(1400, 1500)) == Span(start_ms=1120, end_ms=1880)
    assert snap_to_energy(Span(start_ms=1000, end_ms=2000), tone(500, 2500)) == Span(start_ms=1000, end_ms=2000)


def test_short_and_silent_spans_stay_as_they_are() -> None:
    short = Span(start_ms=1000, end_ms=1240)
    assert snap_to_energy(short, tone(1100, 1150)) == short
    dead = Span(start_ms=0, end_ms=1000)
    assert snap_to_energy(dead, track(np.zeros(8000))) == dead


@given(start=st.integers(0, 2500), length=st.integers(1, 2000), begin=st.integers(0, 2900), sound=st.integers(1, 2000))
def test_a_moved_span_lies_within_the_span_it_was(start: int, length: int, begin: int, sound: int) -> None:
    span = Span(start_ms=start, end_ms=min(3000, start + length))
    moved = snap_to_energy(span, tone(begin, begin + sound))
    assert span.start_ms <= moved.start_ms < moved.end_ms <= span.end_ms


def track(samples: NDArray[np.float64], rate_hz: int = 8000) -> Track:
    return Track.of(samples.astype(np.float32), rate_hz=rate_hz)


@pytest.mark.parametrize("rate_hz", [8000, 16_000])
def test_silence_noise_and_tones_are_no_speech(rate_hz: int) -> None:
    clock = np.arange(8 * rate_hz) / rate_hz
    ring = 0.2 * np.sin(2 * np.pi * 440 * clock) * (clock % 3 < 1)
    noise = 0.01 * np.random.default_rng(3).standard_normal(len(clock))
    tracks = [track(np.zeros_like(clock), rate_hz), track(ring, rate_hz), track(noise, rate_hz)]
    assert ((), (), ()) == SileroSpeech()(tracks)


def test_nothing_to_listen_to_gives_no_speech() -> None:
    assert SileroSpeech()([]) == ()
    assert SileroSpeech()([track(np.zeros(0)), track(np.zeros(0))]) == ((), ())
    assert SileroSpeech()([track(np.zeros(0), 16_000)]) == ((),)
    assert SileroSpeech()([track(np.zeros(200))]) == ((),)  # less than the model looks at


def test_speech_of_a_call_begins_and_ends_with_its_turns(repository: Path) -> None:
    truth = next(
        one
        for one in map(json.loads, (repository / "samples/truth.jsonl").read_text("utf-8").splitlines())
        if one["call_id"] == "en-01"
    )
    found = SileroSpeech()(decode(repository / "samples/audio/en-01.flac", 8000).tracks)
    for turn in truth["turns"]:
        own = found[0 if turn["party"] == "agent" else 1]
        assert min(abs(span.start_ms - turn["start_ms"]) for span in own) <= 200
        assert min(abs(span.end_ms - turn["end_ms"]) for span in own) <= 200


def test_the_same_sound_gives_the_same_speech_whatever_came_before(repository: Path) -> None:
    tracks = decode(repository / "samples/audio/en-01.flac", 8000).tracks
    finder = SileroSpeech()
    short = [track(one.slice_ms(0, 10_000).astype(np.float64)) for one in tracks]
    first = finder(short)
    finder(tracks)
    assert first == finder(short)


def test_the_options_are_in_the_fingerprint() -> None:
    prints = {
        one.fingerprint for one in (SileroSpeech(), SileroSpeech(threshold=0.5), SileroSpeech(min_silence_ms=300))
    }
    assert len(prints) == 3
