"""Parts that need no models, and recordings that they can be tried on."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile

from qa_pipeline.domain import CallView, Criterion, EngineError, Finding, Verdict
from qa_pipeline.pipeline import Parts
from qa_pipeline.testing.dummies import a_scorecard
from qa_pipeline.testing.fakes import EverythingIsSpeech, FakeEngine, OneVoice

RATE_HZ = 8000


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
        voices=OneVoice(),
        vocabulary=(),
        trust_channels="manifest",
        party_confidence=0.9,
        detectors=(),
        checks={"says_hello": says_hello},
        checks_version="1",
        detectors_version="1",
        scorecards={"en": (card,)},
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
