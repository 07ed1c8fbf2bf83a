"""Names where a text nearly has one: who decides, and that nothing comes of nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from qa_pipeline.audio.decode import decode
from qa_pipeline.domain import Recognised, Word
from qa_pipeline.speech.engines import faster_whisper
from qa_pipeline.speech.vocabulary import near_misses, with_names
from qa_pipeline.testing.fakes import FakeEngine

SOUND = np.zeros(16_000, np.float32)
NAMES = ("Northwind", "Hannah Price", "Brightline", "李晓雯", "陈志远")


class Aligner(FakeEngine):
    """Gives the words of a text the probabilities it is told, 0.9 without."""

    def __init__(self, probabilities: Mapping[str, float]) -> None:
        super().__init__()
        self.probabilities = probabilities
        self.asked: list[str] = []

    def align(self, window: NDArray[np.float32], texts: Sequence[str], language: str) -> Sequence[Recognised]:
        self.asked += texts
        return [said(*text.split(), probabilities=self.probabilities) for text in texts]


def said(*words: str, probabilities: Mapping[str, float] | None = None) -> Recognised:
    return Recognised(
        words=tuple(
            Word(
                text=f" {text}",
                start_ms=at * 200,
                end_ms=at * 200 + 150,
                probability=(probabilities or {}).get(text, 0.9),
            )
            for at, text in enumerate(words)
        )
    )


def text_of(made: Recognised) -> str:
    return "".join(word.text for word in made.words)


@pytest.mark.parametrize(
    ("words", "name", "places"),
    [
        ([" at", " North", " Wind."], "Northwind", [(1, 3)]),  # spelling alone
        ([" from", " Northwint,", " hello"], "Northwind", [(1, 2)]),
        ([" Harp", " River", " Valley", " bank"], "Harper Valley", [(0, 3)]),
        ([" Hopper", " Valley", " or", " Harbor", " Valley"], "Harper Valley", [(3, 5), (0, 2)]),  # last first
        ([" Northwind", " here"], "Northwind", []),  # it is there already
        ([" nothing", " and", " right"], "Northwind", []),
        (["我是", "李", "小文,", "工号"], "李晓雯", [(1, 3)]),  # the same sounds
        (["您", "好"], "李晓雯", []),
        ([" Ann", " Anne"], "Ann", []),  # too short to tell
        ([], "Northwind", []),
    ],
)
def test_where_a_text_nearly_has_a_name(words: list[str], name: str, places: list[tuple[int, int]]) -> None:
    assert places == near_misses(words, name)


def test_the_sound_decides_between_the_name_and_what_was_written() -> None:
    heard = said("At", "Northwint,", "hello.")
    as_likely, unlikely = Aligner({"Northwind,": 0.05}), Aligner({"Northwind,": 0.001})
    assert text_of(with_names(SOUND, heard, as_likely, "en", NAMES)) == " At Northwind, hello."
    assert with_names(SOUND, heard, unlikely, "en", NAMES) is heard
    assert as_likely.asked == [" At Northwint, hello.", " At Northwind, hello."]


def test_a_text_without_anything_alike_asks_for_nothing_and_stays() -> None:
    engine = Aligner({})
    for heard in (Recognised(), said("Good", "morning.")):
        assert with_names(SOUND, heard, engine, "en", NAMES) is heard
    assert engine.asked == []


@pytest.fixture(scope="module")
def engine(weights: Callable[[str], Path]) -> faster_whisper.FasterWhisper:
    return faster_whisper.engine(weights("whisper-base"), model="whisper-base", sha256="", threads=1, batch_size=1)


@pytest.mark.models
def test_a_known_name_is_written_right_and_others_do_not_appear(
    engine: faster_whisper.FasterWhisper, repository: Path
) -> None:
    """The gain: without it the agent of this call is 李小文."""
    agent = decode(repository / "samples/audio/zh-01.flac", 16_000).tracks[0]
    sound = agent.slice_ms(0, 8000)
    (plain,) = engine.recognise([sound], "zh")
    named = text_of(with_names(sound, plain, engine, "zh", NAMES))
    assert "李晓雯" not in text_of(plain)
    assert "李晓雯" in named
    assert not any(name in named for name in NAMES if name != "李晓雯")


@pytest.mark.models
@pytest.mark.parametrize("language", ["en", "zh"])
def test_names_are_not_invented_on_silence_and_noise(engine: faster_whisper.FasterWhisper, language: str) -> None:
    quiet = np.zeros(5 * 16_000, np.float32)
    hiss = (0.01 * np.random.default_rng(1).standard_normal(5 * 16_000)).astype(np.float32)
    for sound, heard in zip((quiet, hiss), engine.recognise([quiet, hiss], language), strict=True):
        assert not any(name in text_of(with_names(sound, heard, engine, language, NAMES)) for name in NAMES)
