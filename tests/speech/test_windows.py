"""Packing speech and putting words back."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa_pipeline.audio.track import Track
from qa_pipeline.domain import Span, Word
from qa_pipeline.speech.windows import MAX_MS, Piece, Window, cut, pack, place


def span(start_ms: int, end_ms: int) -> Span:
    return Span(start_ms=start_ms, end_ms=end_ms)


def word(start_ms: int, end_ms: int) -> Word:
    return Word(text="a", start_ms=start_ms, end_ms=end_ms, probability=1.0)


@st.composite
def calls(draw: st.DrawFn) -> tuple[list[list[Span]], list[int]]:
    """Speech of one or two channels, with stretches and pauses of all lengths, and the channels' durations."""
    speech, durations = [], []
    for _ in range(draw(st.integers(1, 2))):
        at, spans = draw(st.integers(0, 3000)), []
        for _ in range(draw(st.integers(0, 12))):
            length = draw(st.one_of(st.integers(1, 3000), st.integers(20_000, 95_000)))
            spans.append(span(at, at + length))
            at += length + draw(st.one_of(st.integers(0, 900), st.integers(1_900, 9_000)))
        speech.append(spans)
        durations.append((spans[-1].end_ms if spans else 0) + draw(st.integers(0, 1000)))
    return speech, durations


@given(call=calls())
def test_every_moment_of_speech_is_in_exactly_one_piece(call: tuple[list[list[Span]], list[int]]) -> None:
    speech, durations = call
    windows = pack(speech, durations)
    for channel, spans in enumerate(speech):
        pieces = [piece.span for window in windows if window.channel == channel for piece in window.pieces]
        assert all(sooner.end_ms <= later.start_ms for sooner, later in pairwise(pieces))  # so no moment is in two
        for one in spans:
            assert sum(one.overlap_ms(piece) for piece in pieces) == one.duration_ms


@given(call=calls())
def test_no_window_is_over_29_seconds_and_no_piece_leaves_the_recording(
    call: tuple[list[list[Span]], list[int]],
) -> None:
    speech, durations = call
    for window in pack(speech, durations):
        assert window.pieces[-1].end_offset_ms <= MAX_MS
        assert all(0 <= one.span.start_ms < one.span.end_ms <= durations[window.channel] for one in window.pieces)


@given(call=calls())
def test_pieces_stand_behind_one_another_with_a_pause_between(call: tuple[list[list[Span]], list[int]]) -> None:
    for window in pack(*call):
        assert window.pieces[0].offset_ms == 0
        assert all(later.offset_ms - sooner.end_offset_ms == 100 for sooner, later in pairwise(window.pieces))


@given(call=calls())
def test_windows_come_by_channel_and_time(call: tuple[list[list[Span]], list[int]]) -> None:
    windows = pack(*call)
    order = [(window.channel, window.pieces[0].span.start_ms) for window in windows]
    assert order == sorted(order)


def test_speech_gets_a_margin_and_keeps_short_silences() -> None:
    speech = [[span(1000, 2000), span(3500, 4000), span(9000, 9500)]]
    (window,) = pack(speech, [20_000])
    assert window.pieces == (Piece(span=span(600, 4400), offset_ms=0), Piece(span=span(8600, 9900), offset_ms=3900))


def test_the_margin_stops_at_the_ends_of_the_recording() -> None:
    (window,) = pack([[span(100, 5000)]], [5100])
    assert window.pieces == (Piece(span=span(0, 5100), offset_ms=0),)


def test_speech_without_a_pause_is_cut_at_29_seconds() -> None:
    windows = pack([[span(1000, 66_000)]], [70_000])
    assert [one.span for window in windows for one in window.pieces] == [
        span(600, 29_600),
        span(29_600, 58_600),
        span(58_600, 66_400),
    ]


def test_long_speech_is_parted_in_its_pauses() -> None:
    windows = pack([[span(0, 20_000), span(20_300, 40_000)]], [40_000])
    assert [one.span for window in windows for one in window.pieces] == [span(0, 20_150), span(20_150, 40_000)]


def test_speech_of_nearly_a_window_is_not_cut_for_the_sake_of_its_margin() -> None:
    windows = pack([[span(1000, 29_700)]], [40_000])
    assert [window.pieces[0].span for window in windows] == [span(850, 29_850)]


def test_no_speech_gives_no_window() -> None:
    assert pack([[], []], [9000, 9000]) == ()


def ramp(seconds: int) -> Track:
    """A track whose samples say at which millisecond they lie, in 32 767ths."""
    return Track.of(((np.arange(seconds * 16_000) // 16) / 32_767).astype(np.float32), rate_hz=16_000)


def test_a_window_is_cut_from_its_own_track_at_its_own_times() -> None:
    window = Window(
        channel=1,
        pieces=(Piece(span=span(1000, 1500), offset_ms=0), Piece(span=span(4000, 4200), offset_ms=600)),
    )
    sound = cut(window, [ramp(0), ramp(10)])
    assert len(sound) == 800 * 16
    assert [1000, 1499, 0, 0, 4000, 4199] == [round(sound[ms * 16] * 32_767) for ms in (0, 499, 500, 599, 600, 799)]


def test_a_piece_beyond_the_samples_is_filled_with_silence() -> None:
    window = Window(channel=0, pieces=(Piece(span=span(900, 1100), offset_ms=0),))
    sound = cut(window, [ramp(1)])
    assert (200 * 16, 0.0) == (len(sound), float(sound[-1]))


TWO = Window(
    channel=0, pieces=(Piece(span=span(1000, 2000), offset_ms=0), Piece(span=span(9000, 9500), offset_ms=1100))
)


@pytest.mark.parametrize(
    ("said", "placed"),
    [
        (word(0, 200), (1000, 1200)),
        (word(1100, 1300), (9000, 9200)),
        (word(900, 1150), (1900, 2000)),  # its middle lies in the pause, nearer to the first piece
        (word(1040, 1300), (9000, 9200)),
        (word(1500, 2000), (9400, 9500)),
        (word(1700, 1900), (9500, 9500)),  # heard behind the end
    ],
)
def test_words_go_into_the_piece_that_their_middle_falls_into(said: Word, placed: tuple[int, int]) -> None:
    (there,) = place(TWO, [said])
    assert placed == (there.start_ms, there.end_ms)


@given(call=calls(), steps=st.lists(st.tuples(st.integers(0, 900), st.integers(0, 2500)), max_size=40))
def test_placed_words_lie_in_a_piece_and_keep_their_order(
    call: tuple[list[list[Span]], list[int]], steps: list[tuple[int, int]]
) -> None:
    words, at = [], 0
    for pause, length in steps:
        words.append(word(at + pause, at + pause + length))
        at += pause + length
    for window in pack(*call):
        placed = place(window, words)
        for one in placed:
            assert any(
                piece.span.start_ms <= one.start_ms <= one.end_ms <= piece.span.end_ms for piece in window.pieces
            )
        assert all(
            sooner.start_ms <= later.start_ms and sooner.end_ms <= later.end_ms for sooner, later in pairwise(placed)
        )
