"""A tagger whose answers a test can foresee: the chance of an act is that of the surest word in the text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

RARE = 0.2  # the chance of an act for which no word speaks: neither claimed nor denied


class WordTagger:
    """Claims an act from 0.8 on, doubts from 0.5 on, denies up to 0.05; `chances` are by act and word."""

    def __init__(self, chances: Mapping[str, Mapping[str, float]]) -> None:
        self._of = chances
        self.labels = tuple(chances)
        self.claims = tuple(0.8 for _ in chances)
        self.doubts = tuple(0.5 for _ in chances)
        self.denials = tuple(0.05 for _ in chances)
        self.fingerprint = f"words {sorted((act, *sorted(of.items())) for act, of in chances.items())}"
        self.seen: list[str] = []

    def chances(self, texts: Sequence[str]) -> NDArray[np.float64]:
        """Shape (len(texts), number of acts)."""
        self.seen += texts
        rows = [[_chance(of, text) for of in self._of.values()] for text in texts]
        return np.array(rows, np.float64).reshape(len(texts), len(self.labels))


def _chance(of: Mapping[str, float], text: str) -> float:
    said = [chance for word, chance in of.items() if word in text]
    return max(said) if said else RARE
