"""A sentence encoder that knows a few words: a model whose answers a test can foresee."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray


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
