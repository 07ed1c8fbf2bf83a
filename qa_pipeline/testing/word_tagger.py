"""A tagger whose answers a test can foresee: the chance of an act is that of the surest word in the text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

RARE = 0.2  # the chance of a label for which no word speaks: enough to back a phrase, no more
CLAIM = 0.8


class WordTagger:
    """Claims a label from `claim` on, doubts from 0.5 on, backs phrases from 0.05 on; `chances` are by label and word.

    `exclusive` makes the chances of a text add up to one.
    """

    def __init__(
        self,
        chances: Mapping[str, Mapping[str, float]],
        *,
        rare: float = RARE,
        claim: float = CLAIM,
        exclusive: bool = False,
    ) -> None:
        self._of = chances
        self._rare = rare
        self._exclusive = exclusive
        self.labels = tuple(chances)
        self.claims = tuple(claim for _ in chances)
        self.doubts = tuple(0.5 for _ in chances)
        self.backs = tuple(0.05 for _ in chances)
        self.fingerprint = f"words {sorted((act, *sorted(of.items())) for act, of in chances.items())}"
        self.seen: list[str] = []

    def chances(self, texts: Sequence[str]) -> NDArray[np.float64]:
        """Shape (len(texts), number of labels)."""
        self.seen += texts
        rows = [[self._chance(of, text) for of in self._of.values()] for text in texts]
        found = np.array(rows, np.float64).reshape(len(texts), len(self.labels))
        return found / found.sum(axis=1, keepdims=True) if self._exclusive else found

    def _chance(self, of: Mapping[str, float], text: str) -> float:
        return max((chance for word, chance in of.items() if word in text), default=self._rare)
