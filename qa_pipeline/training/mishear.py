"""Training text as recognition may hear it: other words of the same sound, marks lost or moved.

People write lines without slips; on the telephone about one Mandarin character in ten is heard as another. A network
that has only read clean lines is thrown by 记得我不行 for 急得我不行, so it reads some with such slips. They are made
up, not measured: a character becomes one of its sound (`text/sound.py`), drawn as often as it stands in the text at
hand, so that usual characters mostly stay; an English word likewise one that is spelled nearly the same.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property

import numpy as np

from qa_pipeline.text.sound import sound_of

Weighed = tuple[list[str], list[float]]

DRAWN = 0.2  # of characters, and of English words with MIN_LETTERS; about half of the characters come out the same
MIN_LETTERS = 4
MARKS_LOST, MARKS_PLAIN = 0.3, 0.3  # of texts: all marks; marks that end a sentence (a comma instead, none at the end)
_PARTS = re.compile(r"[一-鿿]|[A-Za-z]+(?:'[a-z]+)?|[^一-鿿A-Za-z]+")
_MARKS = re.compile(r"[。，！？、；：.,!?;:…]+(?=\s|[一-鿿]|$)")


class Mishearing:
    """Makes slips out of the words of the texts it was given."""

    def __init__(self, texts: Iterable[str]) -> None:
        self._counts = Counter(part for text in texts for part in _PARTS.findall(text) if part.isalpha())

    def of(self, texts: Sequence[str], share: float, seed: int) -> list[str]:
        """The same texts, about `share` of them with slips; the same for the same seed."""
        chooser = np.random.default_rng(seed)
        return [self._slipped(text, chooser) if chooser.random() < share else text for text in texts]

    def _slipped(self, text: str, chooser: np.random.Generator) -> str:
        said = "".join(self._parts(text, chooser))
        fate = chooser.random()
        if fate < MARKS_LOST:
            said = _MARKS.sub("" if _chinese(said) else " ", said)
        elif fate < MARKS_LOST + MARKS_PLAIN:
            said = re.sub(r"[。！？.!?]+$", "", re.sub(r"[。！？](?=.)", "，", said))
        said = re.sub(r"\s+", " ", said).strip()
        return said or text

    def _parts(self, text: str, chooser: np.random.Generator) -> Iterator[str]:
        for part in _PARTS.findall(text):
            others = self._alike.get(part) if part.isalpha() and chooser.random() < DRAWN else None
            yield str(chooser.choice(others[0], p=others[1])) if others else part

    @cached_property
    def _alike(self) -> Mapping[str, Weighed]:
        """For each word those that it may be heard as, with how likely each is."""
        groups: dict[str, list[str]] = defaultdict(list)
        for word in self._counts:
            for key in {sound_of(word)} if _chinese(word) else _spellings(word):
                groups[key].append(word)
        near: dict[str, set[str]] = defaultdict(set)
        for words in groups.values():
            for word in words:
                near[word].update(words)
        return {word: self._weighed(others) for word, others in near.items() if len(others) > 1}

    def _weighed(self, words: Iterable[str]) -> Weighed:
        chosen = sorted(words)
        counts = np.array([self._counts[word] for word in chosen], dtype=float)
        return chosen, list(counts / counts.sum())


def _chinese(text: str) -> bool:
    return bool(re.search("[一-鿿]", text))


def _spellings(word: str) -> set[str]:
    """A word with each letter but the first left out, and as it is: two words that share one are nearly the same."""
    return {word} | {word[:at] + word[at + 1 :] for at in range(1, len(word))} if len(word) >= MIN_LETTERS else set()
