"""Parts that need no models, and recordings that they can be tried on."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest
import soundfile

from qa_pipeline.contracts import Track
from qa_pipeline.domain import CallView, Criterion, EngineError, Finding, Provenance, Span, Verdict, Word
from qa_pipeline.pipeline import Parts
from qa_pipeline.testing.dummies import a_scorecard

RATE_HZ = 8000


@dataclass
class FakeEngine:
    """Says "hello there" in every window, and counts the windows; breaks on loud sound when told to."""

    provenance: Provenance = field(
        default_factory=lambda: Provenance(engine="fake", engine_version="1", model="none", model_sha256="0" * 64)
    )
    windows: int = 0
    error: Exception | None = None

    def recognise(self, windows: Sequence[np.ndarray], language: str) -> Sequence[tuple[Word, ...]]:
        if self.error and any(np.abs(window).max() > 0.5 for window in windows):
            raise self.error
        self.windows += len(windows)
        words = (
            Word(text=" Hello", start_ms=450, end_ms=700, probability=0.9),
            Word(text=" there.", start_ms=700, end_ms=1000, probability=0.9),
        )
        return tuple(words for _ in windows)

    def language_of(self, window: np.ndarray) -> Mapping[str, float]:
        return {"en": 0.9, "zh": 0.1}


class EverythingIsSpeech:
    """Takes all of a track from half a second on for speech."""

    fingerprint = "everything"

    def __call__(self, tracks: Sequence[Track]) -> tuple[tuple[Span, ...], ...]:
        return tuple((Span(start_ms=500, end_ms=len(one.samples) * 1000 // one.rate_hz),) for one in tracks)


def says_hello(view: CallView) -> Finding:
    said = any("Hello" in turn.text for turn in view.transcript.turns)
    return Finding(verdict=Verdict.PASS if said else Verdict.FAIL, confidence=0.9, why="The agent said hello.")


@pytest.fixture
def engine() -> FakeEngine:
    return FakeEngine()


@pytest.fixture
def parts(engine: FakeEngine) -> Parts:
    card = a_scorecard(Criterion(name="hello", title="Hello", check="says_hello", weight=10.0), language="en")
    return Parts(
        engine=engine,
        finder=EverythingIsSpeech(),
        detectors=(),
        checks={"says_hello": says_hello},
        checks_version="1",
        scorecards={"en": card},
        languages=("en", "zh"),
        book_of=lambda language: None,
        phrases="none",
    )


@pytest.fixture
def record() -> Callable[..., Path]:
    """Writes a stereo recording of noise, another one for each seed."""

    def write(path: Path, *, seed: int, seconds: float = 6.0, level: float = 0.1) -> Path:
        path.parent.mkdir(parents=True, exist_ok=True)
        noise = np.random.default_rng(seed).uniform(-level, level, (int(seconds * RATE_HZ), 2))
        soundfile.write(path, noise, RATE_HZ, subtype="PCM_16")
        return path

    return write


@pytest.fixture
def passing_trouble() -> EngineError:
    return EngineError("The machine is out of breath.", code="busy", transient=True)
