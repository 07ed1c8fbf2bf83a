"""Names that may be said: where a text nearly has one, the sound decides between the two.

Whisper can be given names to listen for, as a text before the speech; on real calls that costs more words than it
mends. So names are looked for in what it wrote ("Harbor Valley" for Harper Valley), put there, and aligned with the
sound: the name stays where it is about as likely as what was written. No text, no name: silence cannot make one.

On real English and synthetic Mandarin calls the right names cost at most 3.2 (natural logarithm of likelihood), wrong
ones that look as much alike 9 and more.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from pypinyin import lazy_pinyin
from rapidfuzz import fuzz

from qa_pipeline.contracts import Engine
from qa_pipeline.domain import Recognised, Word

ALIKE = 78.0  # of 100: letters, for Chinese those of its pinyin, that the name and the text share
PRIOR = 4.0  # natural logarithm: the site's own names count as 50 times more likely than recognition holds them
SHORTEST = 4  # letters; shorter names look like too much
LONGEST = 1.6  # times the letters of the name


def with_names(
    window: NDArray[np.float32], heard: Recognised, engine: Engine, language: str, names: Sequence[str]
) -> Recognised:
    """What was heard in the window, with those of the names that the sound supports."""
    for name in names:
        for first, last in near_misses([word.text for word in heard.words], name):
            written = [word.text for word in heard.words]
            named = [*written[:first], _in_place_of(written[first:last], name), *written[last:]]
            before, after = engine.align(window, ["".join(written), "".join(named)], language)
            if _likelihood(after.words) - _likelihood(before.words) > -PRIOR:
                heard = replace(heard, words=after.words)
    return heard


def near_misses(words: Sequence[str], name: str) -> list[tuple[int, int]]:
    """The stretches of words, last first, that are almost the name: (index of the first, index behind the last).

    >>> near_misses([" This", " is", " Harbor", " Valley."], "Harper Valley")
    [(2, 4)]
    >>> near_misses([" Harper", " Valley."], "Harper Valley")
    []
    """
    wanted = _letters(name)
    if len(wanted) < SHORTEST:
        return []
    letters = [_letters(word) for word in words]
    found: list[tuple[float, int, int]] = []
    for first in range(len(words)):
        for last in range(first + 1, len(words) + 1):
            got = "".join(letters[first:last])
            if len(got) > LONGEST * len(wanted):
                break
            alike = fuzz.ratio(got, wanted)
            if alike >= ALIKE:
                found.append((alike, first, last))
    chosen: list[tuple[float, int, int]] = []
    for alike, first, last in sorted(found, key=lambda one: (-one[0], one[1], one[2])):
        if all(last <= other_first or other_last <= first for _, other_first, other_last in chosen):
            chosen.append((alike, first, last))
    misses = [(first, last) for _, first, last in chosen if name not in "".join(words[first:last])]
    return sorted(misses, reverse=True)


def _letters(text: str) -> str:
    """Letters and figures in lower case, Chinese as pinyin without tones."""
    return re.sub(r"[\W_]", "", "".join(lazy_pinyin(text))).lower()


def _in_place_of(words: Sequence[str], name: str) -> str:
    """The name with the blank before and the marks behind that the words have."""
    text = "".join(words)
    blank, marks = re.match(r"\s*", text), re.search(r"[^\w]*$", text)
    return (blank.group() if blank else "") + name + (marks.group() if marks else "")


def _likelihood(words: Sequence[Word]) -> float:
    return sum(math.log(max(word.probability, 1e-4)) for word in words)
