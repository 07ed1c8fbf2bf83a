"""Tracks and speech to a transcript, with an engine that hears what it is told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pytest
from numpy.typing import NDArray

from qa_pipeline.audio.track import Track
from qa_pipeline.domain import EngineError, Party, Provenance, Recognised, Span, Word
from qa_pipeline.speech.recognise import Channel
from qa_pipeline.speech.transcribe import Heard, transcribe
from qa_pipeline.testing.fakes import OneVoice

SPEECH = [[Span(start_ms=1000, end_ms=2000)], [Span(start_ms=3000, end_ms=5000)]]


def word(text: str, start_ms: int, end_ms: int) -> Word:
    return Word(text=text, start_ms=start_ms, end_ms=end_ms, probability=0.9)


class Fake:
    """Says `said`, one tuple a window, and is sure of `languages`."""

    def __init__(self, *said: tuple[Word, ...], languages: Mapping[str, float] | None = None) -> None:
        self.said = said
        self.languages = languages or {}
        self.lengths: list[int] = []
        self.language = ""
        self.provenance = Provenance(engine="fake", engine_version="1", model="m", model_sha256="0" * 64)

    def recognise(
        self,
        windows: Sequence[NDArray[np.float32]],
        language: str,
        *,
        again: bool = False,
    ) -> Sequence[Recognised]:
        if again:
            return [Recognised() for _ in windows]
        self.lengths, self.language = [len(window) for window in windows], language
        return [Recognised(words=words) for words in self.said]

    def align(self, window: NDArray[np.float32], texts: Sequence[str], language: str) -> Sequence[Recognised]:
        return [Recognised(words=(word(text, 450, 900),)) for text in texts]

    def language_of(self, window: NDArray[np.float32]) -> Mapping[str, float]:
        return self.languages


def channels(speech: Sequence[Sequence[Span]]) -> list[Channel]:
    silence = np.zeros(160_000, np.float32)
    return [
        Channel(track=Track.of(silence, rate_hz=16_000, channel=number), speech=tuple(spans), sound=lambda _: 1.0)
        for number, spans in enumerate(speech)
    ]


def heard(engine: Fake, speech: Sequence[Sequence[Span]] = SPEECH, *, language: str = "en") -> Heard:
    return transcribe(
        channels(speech), engine, OneVoice(), language=language, languages=("en", "zh"), flags=["clipped"]
    )


def test_words_come_back_as_turns_on_the_clock_of_the_call() -> None:
    call = heard(Fake((word(" Hello.", 450, 900),), (word(" Hi", 400, 800), word(" there.", 800, 1200))))
    assert [(turn.party, turn.start_ms, turn.end_ms, turn.text) for turn in call.transcript.turns] == [
        (Party.UNKNOWN, 1000, 1500, "Hello."),
        (Party.UNKNOWN, 3000, 3800, "Hi there."),
    ]
    assert ([0, 1], (0, 1), 1.0) == (
        [turn.speaker for turn in call.transcript.turns],
        call.channels,
        call.transcript.separation,
    )


def test_only_speech_with_its_margin_is_listened_to() -> None:
    engine = Fake((), ())
    heard(engine)
    assert engine.lengths == [1800 * 16, 2800 * 16]


def test_the_transcript_says_how_it_came_to_be() -> None:
    engine = Fake((), ())
    call = heard(engine)
    assert engine.provenance == call.transcript.provenance
    assert ("en", 1.0, ("clipped",)) == (
        call.transcript.language,
        call.transcript.language_confidence,
        call.transcript.flags,
    )


def test_the_language_of_the_metadata_is_what_the_engine_is_asked_for() -> None:
    engine = Fake((), (), languages={"en": 1.0})
    assert heard(engine, language="zh").transcript.language == "zh"
    assert engine.language == "zh"


def test_an_unstated_language_is_detected_and_doubt_is_flagged() -> None:
    sure = heard(Fake((), (), languages={"zh": 0.9, "en": 0.1}), language="").transcript
    assert ("zh", 0.9, ("clipped",)) == (sure.language, sure.language_confidence, sure.flags)
    doubtful = heard(Fake((), (), languages={"zh": 0.6, "en": 0.4}), language="").transcript
    assert ("zh", ("clipped", "language_uncertain")) == (doubtful.language, doubtful.flags)


def test_words_in_silence_are_left_out_and_their_removal_is_flagged() -> None:
    speech = [[Span(start_ms=1000, end_ms=2000), Span(start_ms=3900, end_ms=5000)]]
    call = heard(Fake((word(" Well,", 500, 900), word(" you", 2200, 2500), word(" Friday.", 3400, 3700))), speech)
    assert [turn.text for turn in call.transcript.turns] == ["Well,", "Friday."]
    assert call.transcript.flags == ("clipped", "words_without_speech_removed", "mono")


def test_on_one_track_voices_are_speakers() -> None:
    call = heard(Fake((word(" Hello.", 450, 900),)), SPEECH[:1])
    assert (("clipped", "mono"), (0, 0), 0.0) == (call.transcript.flags, call.channels, call.transcript.separation)


def test_a_name_of_the_site_is_spelt_as_the_site_does() -> None:
    engine = Fake((word(" Northwint", 450, 900),), ())
    names = ("Northwind",)
    call = transcribe(channels(SPEECH), engine, OneVoice(), language="en", languages=("en",), vocabulary=names)
    assert [turn.text for turn in call.transcript.turns] == ["Northwind"]


def test_a_call_without_speech_has_no_turns() -> None:
    assert heard(Fake(), [[], []]).transcript.turns == ()


def test_what_the_engine_cannot_do_is_not_hidden() -> None:
    class Broken(Fake):
        def recognise(self, *_: object, **__: object) -> Sequence[Recognised]:
            raise EngineError("no", code="engine_failed")

    with pytest.raises(EngineError):
        heard(Broken())
