"""Two voices on one channel: with made-up vectors, and with the real ones on a sample call."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from qa_pipeline.audio.decode import decode
from qa_pipeline.audio.speech import SileroSpeech
from qa_pipeline.audio.track import Track
from qa_pipeline.domain import Span, Word
from qa_pipeline.speech.campplus import CamPlusPlusVoices
from qa_pipeline.speech.voices import tell_apart

RATE_HZ = 16_000


class LevelEncoder:
    """A voice is a level: who speaks at 0.1 n has the n-th axis; shares of a piece add up; every piece is a bit off."""

    fingerprint = "levels"

    def __init__(self, *, off: float = 0.5) -> None:
        self.off = off

    def encode(self, pieces: Sequence[NDArray[np.float32]]) -> NDArray[np.float32]:
        rows = []
        for piece in pieces:
            shares = np.array([(np.round(piece * 10) == voice + 1).mean() for voice in range(4)])
            random = np.random.default_rng(len(piece) + int(1e6 * piece.sum(dtype=np.float64)) % 100_003)
            row = np.concatenate([shares / max(1e-9, np.linalg.norm(shares)), self.off * random.normal(0, 0.3, 12)])
            rows.append(row / np.linalg.norm(row))
        return np.array(rows, np.float32).reshape(len(pieces), 16)


def said(*turns: tuple[int, int, int]) -> tuple[Track, tuple[Span, ...], tuple[Word, ...], list[int]]:
    """Sound, speech, words (three a second) and their voices, from turns (voice, start, end in tenths of a second)."""
    end = max((stop for _, _, stop in turns), default=0) + 5
    samples = np.zeros(end * RATE_HZ // 10, np.float32)
    words, voices = [], []
    for voice, start, stop in turns:
        level = 0.1 * (voice + 1) + 0.001 * np.sin(np.arange((stop - start) * RATE_HZ // 10) + start)
        samples[start * RATE_HZ // 10 : stop * RATE_HZ // 10] = level
        for at in range(start * 100, stop * 100 - 299, 333):
            words.append(Word(text=" so", start_ms=at, end_ms=at + 300, probability=0.9))
            voices.append(voice)
    speech = tuple(Span(start_ms=start * 100, end_ms=stop * 100) for _, start, stop in turns)
    return Track.of(samples, rate_hz=RATE_HZ), speech, tuple(words), voices


CALL = [(0, 5, 45), (1, 50, 90), (0, 94, 110), (1, 112, 118), (0, 125, 175), (1, 180, 230)]


def test_each_word_gets_its_voice_and_the_first_speaker_is_0() -> None:
    track, speech, words, voices = said(*CALL)
    found = tell_apart(track, speech, words, LevelEncoder())
    assert tuple(voices) == found.of_words
    assert min(found.confidence) > 0.5
    assert found.separation > 0.9
    assert not found.more_than_two
    assert (
        tuple(tuple(span for span, turn in zip(speech, CALL, strict=True) if turn[0] == one) for one in (0, 1))
        == found.spans
    )


def test_the_first_speaker_is_0_whichever_voice_it_is() -> None:
    track, speech, words, voices = said(*((1 - voice, start, stop) for voice, start, stop in CALL))
    assert tuple(1 - voice for voice in voices) == tell_apart(track, speech, words, LevelEncoder()).of_words


def test_a_change_without_a_pause_is_found_within_a_span() -> None:
    track, _, words, voices = said((0, 0, 50), (1, 50, 100), (0, 110, 150), (1, 155, 200))
    speech = (
        Span(start_ms=0, end_ms=10_000),
        Span(start_ms=11_000, end_ms=15_000),
        Span(start_ms=15_500, end_ms=20_000),
    )
    found = tell_apart(track, speech, words, LevelEncoder())
    wrong = sum(one != other for one, other in zip(voices, found.of_words, strict=True))
    assert wrong <= 2  # of 15 a side, at the change
    assert sum(span.duration_ms for span in found.spans[1]) == pytest.approx(9_500, abs=700)


def test_one_voice_has_no_separation() -> None:
    track, speech, words, _ = said(*((0, start, stop) for _, start, stop in CALL))
    found = tell_apart(track, speech, words, LevelEncoder())
    assert found.separation < 0.2
    assert not found.more_than_two


@pytest.mark.parametrize("voices", [3, 4])
def test_a_third_and_fourth_voice_are_noticed(voices: int) -> None:
    turns = [(at % voices, 60 * at, 60 * at + 50) for at in range(12)]
    track, speech, words, _ = said(*turns)
    assert tell_apart(track, speech, words, LevelEncoder()).more_than_two


def test_a_few_words_of_a_third_voice_are_no_reason_to_cry_out() -> None:
    track, speech, words, _ = said(*CALL, (2, 240, 248))
    assert not tell_apart(track, speech, words, LevelEncoder()).more_than_two


def test_little_speech_shows_no_second_voice() -> None:
    track, speech, words, _ = said((0, 5, 45), (1, 50, 55))
    assert tell_apart(track, speech, words, LevelEncoder()).separation < 0.3


def test_without_speech_words_have_one_voice_and_no_confidence() -> None:
    word = Word(text="a", start_ms=0, end_ms=100, probability=0.5)
    found = tell_apart(Track.of(np.zeros(0, np.float32), rate_hz=RATE_HZ), (), (word,), LevelEncoder())
    assert ((0,), (0.5,), 0.0, ((), ())) == (found.of_words, found.confidence, found.separation, found.spans)


@given(
    st.lists(st.tuples(st.integers(0, 3), st.integers(1, 6), st.integers(0, 60)), max_size=12),
    st.lists(st.integers(0, 400), max_size=6),
)
def test_whatever_comes_is_answered_in_full_and_always_alike(
    turns: list[tuple[int, int, int]], strays: list[int]
) -> None:
    at, placed = 0, []
    for voice, pause, length in turns:
        placed.append((voice, at + pause, at + pause + length + 1))
        at = placed[-1][2]
    track, speech, words, _ = said(*placed)
    stray = [Word(text=".", start_ms=100 * at, end_ms=100 * at, probability=0.1) for at in strays]
    words = tuple(sorted([*words, *stray], key=lambda word: word.start_ms))
    found = tell_apart(track, speech, words, LevelEncoder())
    assert found == tell_apart(track, speech, words, LevelEncoder())
    assert len(words) == len(found.of_words) == len(found.confidence)
    assert set(found.of_words[:1]) <= {0}
    assert all(0.5 <= one <= 1 for one in found.confidence)
    assert 0 <= found.separation <= 1
    total = sum(span.duration_ms for spans in found.spans for span in spans)
    assert sum(span.duration_ms for span in speech) == total


@pytest.mark.models
@pytest.mark.parametrize("call", ["en-03", "zh-03"])
def test_the_real_encoder_tells_the_parties_of_a_mono_mix(
    call: str, repository: Path, weights: Callable[[str], Path]
) -> None:
    """The true turns stand for recognised words: one word each half second."""
    tracks = decode(repository / f"samples/audio/{call}.flac", RATE_HZ).tracks
    left, right = (track.read(0, track.frames) for track in tracks)
    mono = Track.of(left + right, rate_hz=RATE_HZ)
    lines = (repository / "samples/truth.jsonl").read_text("utf-8").splitlines()
    turns = next(entry["turns"] for entry in map(json.loads, lines) if entry["call_id"] == call)
    words, agent = [], []
    for turn in turns:
        for at in range(turn["start_ms"], turn["end_ms"] - 400, 500):
            words.append(Word(text="x", start_ms=at, end_ms=at + 400, probability=1.0))
            agent.append(turn["party"] == "agent")
    encoder = CamPlusPlusVoices(weights("campplus"), sha256="0" * 64, threads=1)
    found = tell_apart(mono, SileroSpeech()([mono])[0], words, encoder)
    same = sum((voice == 0) == is_agent for voice, is_agent in zip(found.of_words, agent, strict=True))
    assert max(same, len(words) - same) >= 0.95 * len(words)
    assert not found.more_than_two
