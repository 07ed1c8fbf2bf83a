"""A sentence encoder that knows a few words, and heads for it: models whose answers a test can foresee."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from qa_pipeline.text.head import Head

RARE = 0.01  # the probability of a label that no word speaks for


class WordEncoder:
    """One dimension for each known word: 1 where the text has it. `seen` keeps the texts, in order."""

    def __init__(self, *words: str) -> None:
        self.fingerprint = "words " + " ".join(words)
        self.words = words
        self.seen: list[str] = []

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Shape (len(texts), number of words)."""
        self.seen += texts
        rows = [[float(word in text) for word in self.words] for text in texts]
        return np.array(rows, np.float32).reshape(len(texts), len(self.words))


def word_head(encoder: WordEncoder, chances: Mapping[str, Mapping[str, float]], *, threshold: float = 0.5) -> Head:
    """A head that claims each label for itself, with probability `chances[label][word]` where a text has the word."""
    return Head(
        labels=tuple(chances),
        weights=tuple(
            tuple(_logit(of[word]) - _logit(RARE) if word in of else 0.0 for word in encoder.words)
            for of in chances.values()
        ),
        bias=tuple(_logit(RARE) for _ in chances),
        temperature=1.0,
        exclusive=False,
        thresholds=tuple(threshold for _ in chances),
        encoder=encoder.fingerprint,
    )


def _logit(chance: float) -> float:
    return float(np.log(chance / (1 - chance)))
