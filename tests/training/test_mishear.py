"""Training text as recognition may hear it."""

from __future__ import annotations

import re

import pytest
from rapidfuzz.distance import Levenshtein

from qa_pipeline.text.sound import sound_of
from qa_pipeline.training.mishear import Mishearing

CHINESE = ["急得我不行，你给我催一催。", "记得带身份证，他在机场等。", "这件是不是寄错了？那是我的事。"] * 4
ENGLISH = ["They change the charge every month, and nobody tells me.", "Changes and charges. Every mouth to feed."] * 6


def heard(texts: list[str], share: float = 1.0, seed: int = 1) -> list[str]:
    return Mishearing(texts).of(texts, share, seed)


def words(text: str) -> list[str]:
    return re.findall(r"\w", text) if re.search("[一-鿿]", text) else re.findall("[A-Za-z]+", text)


def test_a_character_becomes_one_of_its_sound() -> None:
    slips = {
        pair
        for said, text in zip(CHINESE, heard(CHINESE), strict=True)
        for pair in zip(words(said), words(text), strict=True)
    }
    assert any(one != other for one, other in slips)
    assert all(sound_of(one) == sound_of(other) for one, other in slips)


def test_a_word_becomes_one_that_is_spelled_nearly_the_same() -> None:
    slips = {
        pair
        for said, text in zip(ENGLISH, heard(ENGLISH), strict=True)
        for pair in zip(words(said), words(text), strict=True)
    }
    changed = {pair for pair in slips if pair[0] != pair[1]}
    assert changed
    assert all(one[0] == other[0] and Levenshtein.distance(one, other) <= 2 for one, other in changed)


@pytest.mark.parametrize("texts", [CHINESE, ENGLISH])
def test_only_words_that_people_wrote_come_out(texts: list[str]) -> None:
    known = {word for text in texts for word in words(text)}
    assert known >= {word for text in heard(texts) for word in words(text)}


@pytest.mark.parametrize("texts", [CHINESE, ENGLISH])
def test_marks_are_lost_or_moved_in_some_texts_and_kept_in_others(texts: list[str]) -> None:
    ends = {text[-1] in "。？." for text in heard(texts)}
    assert {True, False} == ends
    assert any(not re.search(r"[，。？.,]", text) for text in heard(texts))


def test_marks_within_words_and_numbers_stay() -> None:
    texts = ["It's 3.50 a month, isn't it?"] * 20
    assert all({"It's", "3.50", "isn't"} <= set(re.findall(r"[\w'.]*\w", text)) for text in heard(texts))


def test_a_share_of_the_texts_is_left_as_it_is() -> None:
    texts = CHINESE * 20
    kept = sum(one == other for one, other in zip(texts, heard(texts, share=0.25), strict=True))
    assert 0.7 * len(texts) < kept < len(texts)
    assert texts == heard(texts, share=0.0)


def test_the_same_seed_hears_the_same_another_does_not() -> None:
    assert heard(CHINESE) == heard(CHINESE)
    assert heard(CHINESE) != heard(CHINESE, seed=2)


def test_nothing_but_marks_stays() -> None:
    assert ["……", "?!"] == heard(["……", "?!"])
