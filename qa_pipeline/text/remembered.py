"""What a model said of texts, remembered: the same turn is asked about again and again."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray


class Remembered:
    """Rows of figures by text, each computed once, one at a time; when there are too many, all are forgotten."""

    def __init__(self, compute: Callable[[str], NDArray[Any]], *, keep: int) -> None:
        self._compute = compute
        self._keep = keep
        self._lock = threading.Lock()
        self._known: dict[str, NDArray[Any]] = {}

    def rows(self, texts: Sequence[str]) -> NDArray[Any]:
        """Shape (len(texts), width of a row); at least one text."""
        with self._lock:
            return np.stack([self._row(text) for text in texts])

    def _row(self, text: str) -> NDArray[Any]:
        if text not in self._known:
            if len(self._known) >= self._keep:
                self._known.clear()
            self._known[text] = self._compute(text)
        return self._known[text]
