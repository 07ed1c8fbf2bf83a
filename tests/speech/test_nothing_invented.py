"""Where nobody speaks, no words come out: with the real speech finder and the real engine."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile
import soxr
from numpy.typing import NDArray

from qa_pipeline import assembly, pipeline
from qa_pipeline.audio.decode import decode
from qa_pipeline.audio.evidence import listen
from qa_pipeline.audio.probe import probe
from qa_pipeline.audio.track import Track
from qa_pipeline.domain import AudioError, Span, Transcript, Word
from qa_pipeline.pipeline import Forgetful, Parts
from qa_pipeline.settings import Settings
from qa_pipeline.speech.guards import supported
from qa_pipeline.testing.dummies import a_recording
from qa_pipeline.testing.sounds import SOUNDS, telephone

RATE_HZ = 8000
SAMPLE_S = 30
pytestmark = pytest.mark.models


@pytest.fixture(scope="module")
def parts(weights: Callable[[str], Path]) -> Parts:
    weights("multilingual-e5-small")
    return assembly.parts(Settings(models_dir=weights("whisper-base").parent, threads=1))


@pytest.fixture
def heard(parts: Parts, tmp_path: Path) -> Callable[..., Transcript]:
    """The transcript of channels of sound, from a file as a recorder leaves it: 8 kHz, mu-law."""

    def transcript(*channels: NDArray[np.float32], language: str) -> Transcript:
        path = tmp_path / "call.wav"
        soundfile.write(path, np.stack(channels, axis=1), RATE_HZ, subtype="ULAW")
        recording = a_recording(uri=str(path), media=probe(path), language=language, agent_channel="left")
        return pipeline.listen(recording, parts, Forgetful())[1]

    return transcript


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("name", SOUNDS)
def test_a_sound_alone_at_any_level_gives_no_word(
    name: str, language: str, heard: Callable[..., Transcript], parts: Parts
) -> None:
    for seed, gain in enumerate((0.03, 0.3, 3.0)):
        sound = SOUNDS[name](RATE_HZ, 8, seed) * np.float32(gain)
        try:
            said = heard(sound, language=language).turns
        except AudioError as error:
            assert error.code == "no_speech"  # noqa: PT017 - a transcript without words is right as well
        else:
            assert () == said


@pytest.mark.parametrize(("language", "call"), [("en", "en-05"), ("zh", "zh-05")])
def test_beside_a_party_that_speaks_the_other_channels_sounds_give_no_word(
    language: str, call: str, heard: Callable[..., Transcript], repository: Path
) -> None:
    speech = decode(repository / f"samples/audio/{call}.flac", RATE_HZ).tracks[0].slice_ms(0, SAMPLE_S * 1000)
    each = SAMPLE_S / len(SOUNDS)
    sounds = np.concatenate([sound(RATE_HZ, each, 3) for sound in SOUNDS.values()])[: len(speech)]
    sounds = np.pad(sounds, (0, len(speech) - len(sounds)))
    mixed, alone = (heard(speech, other, language=language) for other in (sounds, np.zeros_like(speech)))
    assert [] == [turn for turn in mixed.turns if turn.speaker == 1]
    assert alone.turns == mixed.turns
    assert len("".join(turn.text for turn in alone.turns)) > 50


FORCED = [
    *[("en", name) for name in ("ring_us", "hold_music", "dtmf", "clicks")],
    *[("zh", name) for name in ("hold_music", "pink_noise", "fax", "silence")],
]


@pytest.fixture(scope="module")
def forced(parts: Parts) -> dict[tuple[str, str], tuple[Track, tuple[Word, ...]]]:
    """The sounds and what the engine makes of them when it is made to listen."""
    found = {}
    for language in ("en", "zh"):
        names = [name for one, name in FORCED if one == language]
        tracks = [Track.of(telephone(SOUNDS[name](RATE_HZ, 12, 4)), rate_hz=RATE_HZ) for name in names]
        windows = [soxr.resample(track.read(0, track.frames), RATE_HZ, 16_000).astype(np.float32) for track in tracks]
        words = [made.words for made in parts.engine.recognise(windows, language)]
        found |= {(language, name): pair for name, pair in zip(names, zip(tracks, words, strict=True), strict=True)}
    return found


def test_an_engine_made_to_listen_does_invent_words(
    forced: dict[tuple[str, str], tuple[Track, tuple[Word, ...]]],
) -> None:
    assert sum(len(words) > 0 for _, words in forced.values()) > len(forced) / 2


@pytest.mark.parametrize("sound", FORCED, ids=" ".join)
def test_were_it_taken_for_speech_the_sound_itself_would_speak_against_every_word(
    sound: tuple[str, str], forced: dict[tuple[str, str], tuple[Track, tuple[Word, ...]]]
) -> None:
    track, words = forced[sound]
    everywhere = [Span(start_ms=0, end_ms=track.duration_ms)]
    assert () == supported(words, everywhere, sound=listen(track))


@pytest.mark.parametrize(("language", "call"), [("en", "en-05"), ("zh", "zh-05")])
def test_the_guards_keep_what_is_said(language: str, call: str, parts: Parts, repository: Path) -> None:
    (track, *_) = decode(repository / f"samples/audio/{call}.flac", 16_000).tracks
    (speech,) = parts.finder([track])
    (made,) = parts.engine.recognise([track.slice_ms(0, 29_000)], language)
    words = made.words
    assert words == supported(words, speech, sound=listen(track), no_speech=[0.4] * len(words))
