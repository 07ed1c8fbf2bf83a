"""The second look: at text that runs in circles, and at speech that got no words."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from qa_pipeline.audio.track import Track
from qa_pipeline.domain import Recognised, Span, Word
from qa_pipeline.domain.span import intersect, merge
from qa_pipeline.speech.recognise import UNHEARD_MS, Channel, Listener, Said, recognise, unheard, windows_of
from qa_pipeline.testing.fakes import FakeEngine

Window = NDArray[np.float32]
SPEECH = (Span(start_ms=1000, end_ms=4000), Span(start_ms=9000, end_ms=12_000))
LOOP = " thank you thank you thank you thank you".split()


def words(*texts: str, start_ms: int = 500, each_ms: int = 400, probability: float = 0.9) -> tuple[Word, ...]:
    return tuple(
        Word(
            text=f" {text}",
            start_ms=start_ms + at * each_ms,
            end_ms=start_ms + (at + 1) * each_ms,
            probability=probability,
        )
        for at, text in enumerate(texts)
    )


class Scripted(FakeEngine):
    """Answers by `first` and, where it is to look again, by `second`; both get the window's length in milliseconds."""

    def __init__(self, first: Callable[[int], Recognised], second: Callable[[int], Recognised]) -> None:
        super().__init__()
        self.first, self.second = first, second
        self.looked_again: list[int] = []

    def recognise(self, windows: Sequence[Window], language: str, *, again: bool = False) -> Sequence[Recognised]:
        lengths = [len(window) // 16 for window in windows]
        if again:
            self.looked_again += lengths
        return [(self.second if again else self.first)(length) for length in lengths]


def said(engine: FakeEngine, *, sound: Mapping[Span, float] | None = None) -> tuple[Said, ...]:
    track = Track.of(np.zeros(13_000 * 16, np.float32), rate_hz=16_000)
    channels = [Channel(track=track, speech=SPEECH, sound=lambda _: 1.0 if sound is None else 0.0)]
    return recognise(windows_of(channels), Listener(channels=channels, engine=engine, language="en"))


def texts(found: Sequence[Said]) -> list[str]:
    return [word.text.strip() for one in found for word in one.words]


# The window is 0.6 to 4.4 s and, behind a pause of 100 ms, 8.6 to 12.4 s of the recording.
ALL = Recognised(words=(*words(*"abcdef", each_ms=500), *words(*"ghijkl", start_ms=4400, each_ms=500)))
HALF = Recognised(words=ALL.words[:6])


def test_speech_that_has_its_words_is_listened_to_once() -> None:
    engine = Scripted(lambda _: ALL, lambda _: Recognised())
    assert texts(said(engine)) == list("abcdefghijkl")
    assert engine.looked_again == []


def test_a_span_without_words_is_listened_to_by_itself_and_its_words_come_in() -> None:
    engine = Scripted(lambda _: HALF, lambda _: Recognised(words=words("late", "words")))
    found = said(engine)
    assert texts(found) == [*"abcdef", "late", "words"]
    assert engine.looked_again == [3800]
    late = found[-1].words[0]
    assert (9100, 9500) == (late.start_ms, late.end_ms)


def test_the_second_text_counts_only_where_it_holds_more_right_words() -> None:
    start = Recognised(words=ALL.words[:8])  # "g" and "h" are there, two seconds behind them are not
    fewer = Scripted(lambda _: start, lambda _: Recognised(words=words("one", probability=0.8)))
    assert texts(said(fewer)) == list("abcdefgh")
    more = Scripted(lambda _: start, lambda _: Recognised(words=words("one", "two", "three")))
    assert texts(said(more)) == [*"abcdef", "one", "two", "three"]


def test_a_second_text_that_the_model_does_not_believe_does_not_count() -> None:
    engine = Scripted(lambda _: HALF, lambda _: Recognised(words=words("late"), log_probability=-1.2))
    assert texts(said(engine)) == list("abcdef")


def test_sound_that_cannot_be_speech_is_not_listened_to_again() -> None:
    engine = Scripted(lambda _: HALF, lambda _: Recognised(words=words("music")))
    assert texts(said(engine, sound={})) == list("abcdef")
    assert engine.looked_again == []


def test_a_word_drawn_out_over_a_missed_sentence_does_not_hide_it() -> None:
    drawn_out = words("name", start_ms=450, each_ms=2500)
    assert unheard([*drawn_out], [Span(start_ms=400, end_ms=3000)])[0].duration_ms >= UNHEARD_MS
    figures = words("84523", start_ms=450, each_ms=2500)  # these do take their time
    assert unheard([*figures], [Span(start_ms=400, end_ms=3000)]) == ()


def test_a_text_that_runs_in_circles_is_decoded_in_halves() -> None:
    engine = Scripted(lambda _: Recognised(words=words(*LOOP)), lambda _: Recognised(words=words(*"abcdef")))
    assert texts(said(engine)) == [*"abcdef", *"abcdef"]
    assert engine.looked_again[:2] == [3800, 3800]


def test_a_text_that_runs_in_circles_twice_stays_to_be_flagged() -> None:
    engine = Scripted(lambda _: Recognised(words=words(*LOOP)), lambda _: Recognised(words=words(*LOOP)))
    assert texts(said(engine)) in (LOOP, [*LOOP, *LOOP])


spans = st.lists(st.tuples(st.integers(0, 20_000), st.integers(1, 4000)), max_size=6).map(
    lambda pairs: merge(Span(start_ms=start, end_ms=start + length) for start, length in pairs)
)
some_words = st.lists(st.tuples(st.integers(0, 20_000), st.integers(0, 3000)), max_size=6).map(
    lambda pairs: [Word(text="a", start_ms=start, end_ms=start + length, probability=0.5) for start, length in pairs]
)


@given(speech=spans, heard=some_words)
def test_what_is_unheard_is_speech_and_touches_no_word(speech: tuple[Span, ...], heard: list[Word]) -> None:
    left = unheard(heard, speech)
    assert intersect(left, speech) == left
    ends = [Span(start_ms=word.end_ms - 1, end_ms=word.end_ms + 1) for word in heard]
    assert intersect(left, merge(ends)) == ()


@given(speech=spans)
def test_without_words_all_speech_is_unheard(speech: tuple[Span, ...]) -> None:
    assert unheard([], speech) == speech
