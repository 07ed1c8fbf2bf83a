"""What every speech recognition engine must do, as checks for a test to run.

    @pytest.fixture(scope="module")
    def heard() -> Heard:
        return listen(my_engine, sounds)

    @pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
    def test_my_engine(check, heard):
        check(heard)

An engine is asked as little as possible: models are slow.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from qa_pipeline.contracts import Engine
from qa_pipeline.domain import Provenance, Recognised

Window = NDArray[np.float32]
Words = Sequence[Recognised]
SILENCE: Window = np.zeros(3 * 16_000, np.float32)
WRONG = " The train to Oslo leaves at nine."


@dataclass(frozen=True, slots=True, kw_only=True)
class Sounds:
    """Speech at 16 kHz, under 30 s each, and words that anybody hears in it (lower case, simplified characters)."""

    english: Window
    english_words: tuple[str, ...]
    chinese: Window
    chinese_words: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What an engine made of the sounds. `first` and `again` are of `windows`: English, then silence."""

    sounds: Sounds
    windows: tuple[Window, ...]
    first: Words
    again: Words
    chinese: Words
    nothing: Words
    second_look: Words
    aligned: Words
    english_language: Mapping[str, float]
    chinese_language: Mapping[str, float]
    provenance: tuple[Provenance, Provenance]


def listen(engine: Engine, sounds: Sounds) -> Heard:
    """Asks the engine once for everything that the checks look at."""
    before = engine.provenance
    windows = (sounds.english, SILENCE)
    first = engine.recognise(windows, "en")
    return Heard(
        sounds=sounds,
        windows=windows,
        nothing=engine.recognise([], "en"),
        first=first,
        second_look=engine.recognise(windows[:1], "en", again=True),
        aligned=engine.align(sounds.english, [text_of(first[0]), WRONG], "en"),
        chinese=engine.recognise([sounds.chinese], "zh"),
        again=engine.recognise(windows, "en"),  # after other sound: nothing may be left over from it
        english_language=engine.language_of(sounds.english),
        chinese_language=engine.language_of(sounds.chinese),
        provenance=(before, engine.provenance),
    )


def text_of(made: Recognised) -> str:
    """All words of a window."""
    return "".join(word.text for word in made.words)


def no_windows_give_nothing(heard: Heard) -> None:
    """An empty list is no fault."""
    assert len(heard.nothing) == 0


def every_window_has_its_words(heard: Heard) -> None:
    """As many tuples as windows, in their order."""
    assert [len(heard.windows), 1] == [len(heard.first), len(heard.chinese)]


def english_is_understood(heard: Heard) -> None:
    """The words that anybody hears are there."""
    text = "".join(word.text for word in heard.first[0].words).lower()
    assert [word for word in heard.sounds.english_words if word not in text] == [], text


def chinese_is_understood_and_simplified(heard: Heard) -> None:
    """Likewise, in simplified characters."""
    text = "".join(word.text for word in heard.chinese[0].words)
    assert [word for word in heard.sounds.chinese_words if word not in text] == [], text


def the_same_windows_give_the_same_words(heard: Heard) -> None:
    """Whatever was heard in between."""
    assert list(heard.first) == list(heard.again)


def times_lie_within_the_window_and_do_not_overlap(heard: Heard) -> None:
    """Milliseconds from the window's start, in order."""
    for window, made in zip((*heard.windows, heard.sounds.chinese), (*heard.first, *heard.chinese), strict=True):
        words = made.words
        assert all(0 <= word.start_ms <= word.end_ms <= len(window) / 16 for word in words), words
        assert all(sooner.end_ms <= later.start_ms for sooner, later in pairwise(words)), words


def probabilities_are_probabilities(heard: Heard) -> None:
    """From 0 to 1, and high for clear speech."""
    said = [word.probability for made in (*heard.first, *heard.chinese) for word in made.words]
    assert all(0 <= one <= 1 for one in said)
    assert all(0 <= made.no_speech <= 1 and made.log_probability <= 0 for made in heard.first)
    clear = [word.probability for word in heard.first[0].words]
    assert sum(clear) / len(clear) > 0.6


def silence_gives_no_words_or_doubtful_ones(heard: Heard) -> None:
    """What an engine invents it must not believe itself as it believes speech."""
    invented = heard.first[1].words
    assert sum(word.probability for word in invented) <= 0.5 * len(invented), invented


def a_second_look_understands_too(heard: Heard) -> None:
    """Likewise, though it may not repeat itself."""
    text = "".join(word.text for word in heard.second_look[0].words).lower()
    assert [word for word in heard.sounds.english_words if word not in text] == [], text


def an_aligned_text_comes_back_as_words_with_times(heard: Heard) -> None:
    """The text that was recognised gets about the times that it was recognised at."""
    right, wrong = heard.aligned
    assert [word.text for word in heard.first[0].words] == [word.text for word in right.words]
    moved = [abs(a.start_ms - b.start_ms) for a, b in zip(heard.first[0].words, right.words, strict=True)]
    assert max(moved) <= 300
    assert text_of(wrong) == WRONG


def a_wrong_text_is_far_less_likely(heard: Heard) -> None:
    """As the words' probabilities say."""
    right, wrong = (sum(word.probability for word in one.words) / len(one.words) for one in heard.aligned)
    assert right > 0.6
    assert wrong < 0.3


def the_language_is_known(heard: Heard) -> None:
    """Probabilities of all languages, the right one far ahead."""
    assert heard.english_language["en"] > 0.8
    assert heard.chinese_language["zh"] > 0.8
    assert abs(sum(heard.english_language.values()) - 1) < 0.01


def the_provenance_names_model_and_options_and_stays(heard: Heard) -> None:
    """The same before and after the model is loaded: it is part of fingerprints."""
    before, after = heard.provenance
    assert before == after
    assert all((before.engine, before.engine_version, before.model, before.model_sha256, before.options))


CHECKS: tuple[Callable[[Heard], None], ...] = (
    no_windows_give_nothing,
    every_window_has_its_words,
    english_is_understood,
    chinese_is_understood_and_simplified,
    the_same_windows_give_the_same_words,
    times_lie_within_the_window_and_do_not_overlap,
    probabilities_are_probabilities,
    silence_gives_no_words_or_doubtful_ones,
    a_second_look_understands_too,
    an_aligned_text_comes_back_as_words_with_times,
    a_wrong_text_is_far_less_likely,
    the_language_is_known,
    the_provenance_names_model_and_options_and_stays,
)
