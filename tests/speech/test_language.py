"""Which language a call is in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

import numpy as np
from numpy.typing import NDArray

from qa_pipeline.domain import Provenance, Recognised
from qa_pipeline.speech.language import detect


class Ear:
    """Knows the language of windows by their first sample; remembers what it was asked."""

    def __init__(self, *chances: Mapping[str, float]) -> None:
        self.chances = chances
        self.asked: list[int] = []
        self.provenance = Provenance(engine="ear", engine_version="1", model="", model_sha256="")

    def recognise(self, windows: object, language: str, *, again: bool = False) -> tuple[Recognised, ...]:
        return ()

    def language_of(self, window: NDArray[np.float32]) -> Mapping[str, float]:
        self.asked.append(int(window[0]))
        return self.chances[int(window[0]) % len(self.chances)]


def windows(count: int) -> list[Callable[[], NDArray[np.float32]]]:
    return [partial(np.full, 16, number, np.float32) for number in range(count)]


def test_the_likeliest_of_the_allowed_languages_is_it() -> None:
    assert detect(windows(1), Ear({"en": 0.2, "zh": 0.3, "th": 0.5}), ("en", "zh")) == ("zh", 0.6)


def test_the_mean_over_windows_decides() -> None:
    assert detect(windows(2), Ear({"en": 0.6, "zh": 0.4}, {"en": 0.1, "zh": 0.9}), ("en", "zh")) == ("zh", 0.65)


def test_three_windows_over_the_whole_call_are_listened_to() -> None:
    ear = Ear({"en": 1.0})
    assert detect(windows(9), ear, ("en", "zh")) == ("en", 1.0)
    assert ear.asked == [0, 4, 8]


def test_one_allowed_language_needs_no_listening() -> None:
    ear = Ear()
    assert detect(windows(3), ear, ("zh",)) == ("zh", 1.0)
    assert ear.asked == []


def test_without_speech_or_any_hint_the_first_language_is_taken_at_no_confidence() -> None:
    assert detect([], Ear(), ("en", "zh")) == ("en", 0.0)
    assert detect(windows(1), Ear({"th": 1.0}), ("en", "zh")) == ("en", 0.0)
