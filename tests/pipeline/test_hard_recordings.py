"""Recordings as sites really have them, through the real speech parts: the words are those of the clean recording."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile
import soxr
from numpy.typing import NDArray
from rapidfuzz import fuzz

from qa_pipeline.audio.probe import probe
from qa_pipeline.audio.speech import SileroSpeech
from qa_pipeline.domain import Party, Recording, Transcript
from qa_pipeline.domain.recording import CallMeta
from qa_pipeline.pipeline import Forgetful, Parts, attribute, listen
from qa_pipeline.speech.engines import faster_whisper
from qa_pipeline.testing.fakes import OneVoice

pytestmark = pytest.mark.models
RATE_HZ = 8000
SECONDS = 24
Sound = NDArray[np.float32]


@pytest.fixture(scope="module")
def sound(repository: Path) -> Sound:
    """The start of a call, shape (samples, 2), left the agent, at a level that leaves room."""
    found, rate = soundfile.read(repository / "samples/audio/en-01.flac", dtype="float32")
    assert rate == RATE_HZ
    start: Sound = found[: SECONDS * RATE_HZ] * 0.5
    return start


@pytest.fixture(scope="module")
def engine(weights: Callable[[str], Path]) -> faster_whisper.FasterWhisper:
    return faster_whisper.engine(weights("whisper-base"), model="whisper-base", sha256="", threads=1, batch_size=1)


Hear = Callable[..., Transcript]


@pytest.fixture
def hear(parts: Parts, engine: faster_whisper.FasterWhisper, tmp_path: Path) -> Hear:
    real = replace(parts, engine=engine, finder=SileroSpeech(), voices=OneVoice())

    def transcript(sound: Sound, *, rate_hz: int = RATE_HZ, subtype: str = "PCM_16") -> Transcript:
        path = tmp_path / "call.wav"
        soundfile.write(path, sound, rate_hz, subtype=subtype)
        recording = Recording(
            uri=str(path),
            sha256="0" * 64,
            media=probe(path),
            meta=CallMeta(call_id="call", agent_id="a", language="en", agent_channel="left"),
        )
        memory = Forgetful()
        return attribute(recording, *listen(recording, real, memory), real, memory)[1]

    return transcript


def words(transcript: Transcript, party: Party) -> str:
    return " ".join(turn.text for turn in transcript.of(party)).lower()


def alike(one: Transcript, other: Transcript, party: Party) -> float:
    """0 to 100: letters in common."""
    return fuzz.ratio(words(one, party), words(other, party))


BOTH = (Party.AGENT, Party.CUSTOMER)


def test_the_words_of_the_clean_recording_survive_what_lines_do(hear: Hear, sound: Sound) -> None:
    clean = hear(sound)
    assert "thank you for calling" in words(clean, Party.AGENT)
    assert clean.flags == ()
    softer = sound * np.array([1.0, 0.1], np.float32)
    loud = np.clip(sound * 8, -1, 1)
    leaking = sound.copy()
    leaking[480:, 1] += 0.1 * sound[:-480, 0]
    outcomes = {
        "twenty decibels apart": hear(softer),
        "clipped": hear(loud),
        "96 kHz with 24 bits": hear(soxr.resample(sound, RATE_HZ, 96_000), rate_hz=96_000, subtype="PCM_24"),
        "an echo of the agent": hear(leaking),
    }
    flags = {name: one.flags for name, one in outcomes.items()}
    assert flags == {
        "twenty decibels apart": (),
        "clipped": ("clipped",),
        "96 kHz with 24 bits": (),
        "an echo of the agent": ("echo_in_channel_1",),
    }
    shares = {name: min(alike(clean, one, party) for party in BOTH) for name, one in outcomes.items()}
    assert min(shares.values()) >= 90, shares


def test_a_dead_channel_and_the_same_sound_twice_are_flagged(hear: Hear, sound: Sound) -> None:
    dead = hear(sound * np.array([1.0, 0.0], np.float32))
    assert dead.flags == ("silent_channel_1",)
    assert words(dead, Party.CUSTOMER) == ""
    assert "thank you for calling" in words(dead, Party.AGENT)
    twice = hear(np.repeat(sound.sum(axis=1, keepdims=True), 2, axis=1))
    assert {"dual_mono", "mono", "parties_unknown"} <= set(twice.flags)
    assert "thank you for calling" in words(twice, Party.UNKNOWN)
