"""The words of the page: each key once, in both languages, with the same places for values."""

from __future__ import annotations

from collections import Counter
from importlib import import_module
from pkgutil import iter_modules
from string import Formatter

import pytest

from qa_pipeline.web import words
from qa_pipeline.web.words import WORDS, say

MODULES = sorted(one.name for one in iter_modules(words.__path__))


def places(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


@pytest.mark.parametrize("module", MODULES)
def test_every_key_has_words_in_both_languages(module: str) -> None:
    said: dict[str, tuple[str, str]] = import_module(f"{words.__name__}.{module}").WORDS
    assert [] == [key for key, pair in said.items() if len(pair) != 2 or not all(text.strip() for text in pair)]


def test_no_key_is_said_twice() -> None:
    keys = Counter(key for module in MODULES for key in import_module(f"{words.__name__}.{module}").WORDS)
    assert [] == [key for key, times in keys.items() if times > 1]


def test_both_languages_have_the_same_places_for_values() -> None:
    wrong = []
    for key, (english, chinese) in WORDS.items():
        one, bar, more = english.partition("|")
        # A singular may say its number in words.
        wanted = places(more) if bar else places(one)
        fits = places(one) <= wanted and places(chinese.partition("|")[2] or chinese) <= wanted
        if not fits or wanted - {"n"} != places(chinese) - {"n"}:
            wrong.append(key)
    assert [] == wrong


def test_chinese_is_written_in_chinese() -> None:
    latin = [key for key, (_, text) in WORDS.items() if text.isascii() and text.strip(" /·:{}").isalpha()]
    assert [] == [key for key in latin if WORDS[key][0] != WORDS[key][1]]


def test_the_number_decides_between_singular_and_plural() -> None:
    assert ["1 call", "2 calls", "2 通"] == [
        say("en", "queue_count", n=1),
        say("en", "queue_count", n=2),
        say("zh", "queue_count", n=2),
    ]
