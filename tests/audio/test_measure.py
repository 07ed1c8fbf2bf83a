"""Speech, silence, overlap, and sound that is no speech."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from numpy.typing import NDArray

from qa_pipeline.audio.measure import level_db, measure
from qa_pipeline.audio.track import Track
from qa_pipeline.domain import Signal, SignalKind, Span

RATE = 8000
BOTH = (0, 1)


def line(seconds: float = 30, level: float = 0.0003, seed: int = 1) -> NDArray[np.float64]:
    return level * np.random.default_rng(seed).standard_normal(int(seconds * RATE))


def add(
    wave: NDArray[np.float64], start_s: float, end_s: float, *tones: float, level: float = 0.1
) -> NDArray[np.float64]:
    """The wave with a chord in it."""
    first, last = int(start_s * RATE), int(end_s * RATE)
    clock = np.arange(last - first) / RATE
    wave[first:last] += sum(level * np.sin(2 * np.pi * tone * clock) for tone in tones)
    return wave


def tracks(*waves: NDArray[np.float64]) -> tuple[Track, ...]:
    return tuple(Track.of(wave.astype(np.float32), rate_hz=RATE, channel=channel) for channel, wave in enumerate(waves))


def span(start_s: float, end_s: float) -> Span:
    return Span(start_ms=round(start_s * 1000), end_ms=round(end_s * 1000))


def found(kind: SignalKind, speech: Sequence[Sequence[Span]], *waves: NDArray[np.float64]) -> list[Span]:
    sound = tracks(*(waves or [line(seed=seed) for seed, _ in enumerate(speech)]))
    return [signal.span for signal in measure(sound, speech, range(len(sound))) if signal.kind is kind]


def test_speech_carries_its_speaker_and_its_level() -> None:
    loud = add(line(), 1, 3, 300, level=0.5)
    signals = measure(tracks(loud, line()), [[span(1, 3)], [span(3.5, 5)]], BOTH)
    assert signals[0] == Signal(
        kind=SignalKind.SPEECH, start_ms=1000, end_ms=3000, label="0", value=-9.0
    )  # a sine of 0.5: 20 log10(0.5 / sqrt 2)
    assert signals[1].label == "1"


def test_two_voices_on_one_channel_are_two_speakers_and_music_is_heard_once() -> None:
    signals = measure(tracks(add(line(), 10, 14, 300)), [[span(1, 3)], [span(2.5, 5)]], (0, 0))
    assert ["0", "1"] == [one.label for one in signals if one.kind is SignalKind.SPEECH]
    assert [SignalKind.OVERLAP, SignalKind.MUSIC] == [one.kind for one in signals if one.kind is not SignalKind.SPEECH]


def test_silence_is_from_one_second_between_the_first_and_the_last_speech() -> None:
    speech = [[span(2, 4), span(12, 14)], [span(4.5, 6), span(6.9, 8), span(9, 10)]]
    assert [span(8, 9), span(10, 12)] == found(SignalKind.SILENCE, speech)


def test_one_party_speaking_is_no_silence() -> None:
    assert found(SignalKind.SILENCE, [[span(1, 2), span(8, 9)], [span(1.5, 8.5)]]) == []


def test_overlap_is_where_both_speak_for_a_fifth_of_a_second() -> None:
    speech = [[span(1, 3), span(5, 7)], [span(2.5, 5.1), span(6.8, 8)]]
    assert [span(2.5, 3), span(6.8, 7)] == found(SignalKind.OVERLAP, speech)


def test_a_breath_does_not_part_an_overlap() -> None:
    assert [span(1, 3)] == found(SignalKind.OVERLAP, [[span(0, 1.7), span(2.3, 4)], [span(1, 3)]])
    assert [span(1, 1.7), span(2.4, 3)] == found(SignalKind.OVERLAP, [[span(0, 1.7), span(2.4, 4)], [span(1, 3)]])


def test_a_word_within_the_others_breath_is_no_overlap() -> None:
    assert [] == found(SignalKind.OVERLAP, [[span(0, 1.7), span(2.3, 4)], [span(1.8, 2.2)]])


def starters(*speech: Sequence[Span]) -> list[str]:
    signals = measure(tracks(line(), line(seed=2)), speech, BOTH)
    return [one.label for one in signals if one.kind is SignalKind.OVERLAP]


def test_an_overlap_is_of_the_speaker_who_began_later() -> None:
    assert ["1", "0"] == starters([span(1, 3), span(6, 8)], [span(2.5, 7)])


def test_a_breath_does_not_make_the_one_who_goes_on_the_later_one() -> None:
    assert ["1"] == starters([span(1, 3), span(3.5, 5)], [span(3.2, 6)])
    assert ["0"] == starters([span(1, 3), span(3.7, 5)], [span(3.2, 6)])


def test_who_begins_at_once_has_not_begun_later() -> None:
    assert [""] == starters([span(1, 3)], [span(1.1, 3)])
    assert ["1"] == starters([span(1, 3)], [span(1.11, 3)])


def test_one_track_has_no_overlap() -> None:
    assert found(SignalKind.OVERLAP, [[span(1, 3)]]) == []


def test_hold_music_is_found_between_speech() -> None:
    wave = line()
    for start, tones in ((10, (262, 330, 392)), (12, (220, 262, 330)), (14, (175, 220, 262)), (16, (196, 247, 294))):
        add(wave, start, start + 2, *tones, level=0.03)
    assert found(SignalKind.MUSIC, [[span(5, 9), span(19, 22)], []], wave, line()) == [span(10, 18)]


def test_music_has_its_level() -> None:
    (music,) = (
        one for one in measure(tracks(add(line(), 10, 14, 300)), [[span(1, 5)]], (0,)) if one.kind is SignalKind.MUSIC
    )
    assert music.value == pytest.approx(-23.0, abs=0.1)


def test_speech_is_no_music_nor_is_its_fading_out() -> None:
    wave = add(line(), 4.95, 8.15, 300)
    assert found(SignalKind.MUSIC, [[span(5, 8)]], wave) == []


def test_speech_on_the_other_track_is_no_music() -> None:
    echo = add(line(seed=2), 5, 8, 300, level=0.02)
    assert found(SignalKind.MUSIC, [[span(5, 8)], []], add(line(), 5, 8, 300), echo) == []


@pytest.mark.parametrize("level", [0.00003, 0.0003, 0.003])
def test_line_noise_is_no_music(level: float) -> None:
    assert found(SignalKind.MUSIC, [[span(5, 8)]], line(level=level)) == []


def test_a_beep_is_no_music() -> None:
    assert found(SignalKind.MUSIC, [[span(1, 2)]], add(line(), 10, 11.4, 440)) == []


def test_no_samples_give_nothing() -> None:
    assert measure(tracks(np.zeros(0)), [[]], (0,)) == ()
    assert measure(tracks(np.zeros(50)), [[]], (0,)) == ()


def test_signals_are_sorted_by_time() -> None:
    signals = measure(tracks(add(line(), 10, 14, 300), line()), [[span(20, 22)], [span(1, 2), span(21, 25)]], BOTH)
    assert [one.start_ms for one in signals] == sorted(one.start_ms for one in signals)


def test_the_level_has_a_floor() -> None:
    (dead,) = tracks(np.zeros(8000))
    assert level_db(dead, span(0, 1)) == -70.0
    assert level_db(dead, span(5, 6)) == -70.0
