"""What is built in keeps the contracts that plug-ins are promised."""

from __future__ import annotations

import inspect
import pickle
from dataclasses import replace

import pytest

from qa_pipeline import contracts
from qa_pipeline.audio.measure import MEASURED
from qa_pipeline.contracts import Detector, needs_of
from qa_pipeline.domain import EngineError, SignalKind
from qa_pipeline.signals.causes import Causes
from qa_pipeline.signals.holds import Holds
from qa_pipeline.signals.interruptions import Interruptions
from qa_pipeline.signals.pace import Pace
from qa_pipeline.signals.repetition import Repetition
from qa_pipeline.signals.sentiment import Sentiment
from qa_pipeline.testing.timed import AGENT, CUSTOMER, call, signal, turn
from qa_pipeline.testing.word_tagger import WordTagger

FEELINGS = WordTagger({"negative": {"bad": 0.9}, "neutral": {}, "positive": {}}, rare=0.05, exclusive=True)
CAUSE = WordTagger({"complaint": {"bad": 0.9}, "billing_error": {"bill": 0.9}}, rare=0.01, claim=0.5)
DETECTORS: tuple[Detector, ...] = (
    Holds(),
    Interruptions(),
    Pace(),
    Repetition(),
    Sentiment(FEELINGS),
    Causes(CAUSE),
)
BUSY = call(
    turn(CUSTOMER, 0, 20, "this is a bad bill, a bad bill I say"),
    turn(AGENT, 12, 30, "that is not for me to say and I will not say it"),
    turn(CUSTOMER, 40, 45, "this is a bad bill, a bad bill I say"),
    turn(AGENT, 60, 62),
    signals=[signal(SignalKind.MUSIC, 46, 59)],
    seconds=70,
)


@pytest.mark.parametrize("detector", DETECTORS, ids=lambda one: one.name)
def test_a_detector_finds_what_it_says_it_looks_for_and_nothing_else(detector: Detector) -> None:
    found = detector(BUSY)
    assert found
    assert {one.kind for one in found} <= set(detector.measures)
    assert all(0 <= one.start_ms <= one.end_ms <= BUSY.media.duration_ms and 0 <= one.confidence <= 1 for one in found)


@pytest.mark.parametrize("detector", DETECTORS, ids=lambda one: one.name)
def test_a_detector_finds_the_same_each_time_and_nothing_in_an_empty_call(detector: Detector) -> None:
    assert detector(BUSY) == detector(BUSY)
    assert {one.kind for one in detector(call())} <= {SignalKind.COMPLAINT, SignalKind.TONE}


def test_every_detector_has_a_name_and_a_fingerprint_of_its_own() -> None:
    assert len({one.name for one in DETECTORS}) == len({one.fingerprint for one in DETECTORS}) == len(DETECTORS)


@pytest.mark.parametrize("detector", DETECTORS, ids=lambda one: one.name)
def test_what_rests_on_sound_says_so(detector: Detector) -> None:
    silent = replace(BUSY, signals=tuple(one for one in BUSY.signals if one.kind not in MEASURED))
    assert bool(needs_of(detector)) == (detector(silent) != detector(BUSY))


def test_every_contract_says_what_it_asks_for() -> None:
    asked = [one for _, one in inspect.getmembers(contracts, inspect.isclass) if one.__module__ == contracts.__name__]
    assert len(asked) >= 6
    assert [one.__name__ for one in asked if not one.__doc__] == []


def test_errors_survive_the_way_between_processes() -> None:
    error = pickle.loads(pickle.dumps(EngineError("no", code="engine_failed", hint="Try again.", transient=True)))  # noqa: S301 - our own bytes
    assert ("no Try again.", "engine_failed", True) == (str(error), error.code, error.transient)
