"""Where speech begins by its sound."""

from __future__ import annotations

import numpy as np

from qa_pipeline.audio.onset import with_onsets
from qa_pipeline.audio.track import Track
from qa_pipeline.domain import Span

RATE_HZ = 8000
LATE = Span(start_ms=1200, end_ms=2000)


def tones(*spans: tuple[int, int]) -> Track:
    """Three seconds of faint noise with a tone in these stretches."""
    clock = np.arange(3 * RATE_HZ) / RATE_HZ
    there = sum(((clock >= start / 1000) & (clock < end / 1000) for start, end in spans), np.zeros(len(clock), bool))
    noise = 0.0001 * np.random.default_rng(1).standard_normal(len(clock))
    wave = noise + 0.3 * np.sin(2 * np.pi * 300 * clock) * there
    return Track.of(wave.astype(np.float32), rate_hz=RATE_HZ)


def begins(*spans: tuple[int, int]) -> int:
    (span,) = with_onsets([LATE], tones(*spans))
    assert span.end_ms == LATE.end_ms
    return span.start_ms


def test_a_span_begins_where_its_sound_rises_out_of_quiet() -> None:
    assert (1000, 1150, 1200, 1200) == (
        begins((1000, 2000)),
        begins((1150, 2000)),
        begins((1200, 2000)),
        begins((1300, 2000)),
    )


def test_a_short_first_word_belongs_to_it_but_not_a_click_before_a_pause() -> None:
    assert (900, 1120) == (begins((900, 1000), (1070, 2000)), begins((900, 1000), (1120, 2000)))


def test_where_it_is_never_quiet_a_span_stays_as_it_is() -> None:
    assert 1200 == begins((600, 2000))
    at_once = Span(start_ms=0, end_ms=2000)
    assert with_onsets([at_once], tones((0, 2000))) == (at_once,)


def test_a_span_never_begins_before_the_one_before_has_ended() -> None:
    spans = [Span(start_ms=500, end_ms=1100), LATE]
    assert with_onsets(spans, tones((500, 2000))) == tuple(spans)
    assert with_onsets([], tones((500, 2000))) == ()
