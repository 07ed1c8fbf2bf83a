"""One party's voice in the other's channel, on speech of the samples and the real speech finder."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.signal import butter, lfilter

from qa_pipeline.audio.crosstalk import without_echo
from qa_pipeline.audio.decode import decode
from qa_pipeline.audio.speech import SileroSpeech
from qa_pipeline.audio.track import Track
from qa_pipeline.domain import Span
from qa_pipeline.domain.span import intersect

RATE_HZ = 16_000
Sound = NDArray[np.float32]


@pytest.fixture(scope="module")
def call(repository: Path) -> tuple[Sound, Sound]:
    """The agent's and the customer's first half minute."""
    left, right = decode(repository / "samples/audio/en-01.flac", RATE_HZ).tracks
    return left.slice_ms(0, 30_000), right.slice_ms(0, 30_000)


def tracks(*sounds: Sound) -> list[Track]:
    return [Track.of(sound, rate_hz=RATE_HZ, channel=channel) for channel, sound in enumerate(sounds)]


def echo(sound: Sound, *, db: float, delay_ms: int) -> Sound:
    """What leaks through a line: fainter, later, its lows and highs gone."""
    low, high = butter(2, (400, 3000), "bandpass", fs=RATE_HZ)
    late = np.pad(lfilter(low, high, sound), (delay_ms * RATE_HZ // 1000, 0))[: len(sound)]
    leaked: Sound = (late * 10 ** (-db / 20)).astype(np.float32)
    return leaked


def total(spans: tuple[Span, ...]) -> int:
    return sum(span.duration_ms for span in spans)


@pytest.mark.parametrize(("db", "delay_ms"), [(14, 20), (20, 0), (20, 60), (26, 180), (20, 400)])
def test_an_echo_is_taken_out_and_the_channel_named(call: tuple[Sound, Sound], db: float, delay_ms: int) -> None:
    agent, customer = call
    clean = SileroSpeech()(tracks(agent, customer))
    leaking = tracks(agent, customer + echo(agent, db=db, delay_ms=delay_ms))
    heard = SileroSpeech()(leaking)
    assert total(heard[1]) > 2 * total(clean[1])
    speech, echoed = without_echo(leaking, heard)
    assert echoed == (1,)
    assert speech[0] == heard[0]
    assert total(speech[1]) < 1.15 * total(clean[1])
    assert total(intersect(speech[1], clean[1])) > 0.97 * total(clean[1])


def test_it_is_found_on_the_left_as_well(call: tuple[Sound, Sound]) -> None:
    agent, customer = call
    leaking = tracks(customer + echo(agent, db=20, delay_ms=80), agent)
    assert without_echo(leaking, SileroSpeech()(leaking))[1] == (0,)


def test_what_is_said_into_the_others_words_stays(call: tuple[Sound, Sound]) -> None:
    """The customer talks while the agent's echo is there too."""
    agent, customer = call
    spoken = SileroSpeech()(tracks(agent, customer))[1]
    first = next(span for span in spoken if span.duration_ms > 1000)
    talk = customer[first.start_ms * 16 : first.end_ms * 16]
    into = 2000 * 16  # the agent greets there
    both = customer + echo(agent, db=20, delay_ms=60)
    both[into : into + len(talk)] += talk
    leaking = tracks(agent, both)
    speech, echoed = without_echo(leaking, SileroSpeech()(leaking))
    own = (Span(start_ms=2000, end_ms=2000 + len(talk) // 16),)
    assert echoed == (1,)
    assert total(intersect(speech[1], own)) > 0.8 * total(own)


def test_two_who_talk_at_once_are_no_echo(call: tuple[Sound, Sound]) -> None:
    agent, customer = call
    late = SileroSpeech()(tracks(agent, customer))[1][0].start_ms
    pair = tracks(agent, np.pad(customer[late * 16 :], (0, late * 16)))  # the customer starts with the agent
    heard = SileroSpeech()(pair)
    assert total(intersect(*heard)) > 3000
    assert without_echo(pair, heard) == (heard, ())


def test_one_channel_and_no_speech_have_no_echo(call: tuple[Sound, Sound]) -> None:
    speech = ((Span(start_ms=0, end_ms=900),),)
    assert without_echo(tracks(call[0]), speech) == (speech, ())
    assert without_echo(tracks(*call), ((), ())) == (((), ()), ())
