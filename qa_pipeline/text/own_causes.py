"""Causes of complaint that a site has added, found by their likeness to its example sentences.

A turn is as like a cause as the mean of its cosines with the three nearest examples. It counts
from three quarters of the way between what other people's lines reach (the background) and what the examples reach
among themselves.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from qa_pipeline.contracts import Encoder
from qa_pipeline.domain import ModelError, Taxonomy, fingerprint

NEAREST = 3
NEARLY = 0.75
COMMON = 0.98  # share of the background that is less like a cause than what counts
LEAST, MOST = 0.5, 0.9  # confidence at the limit, and at the examples' own likeness


@dataclass(frozen=True, slots=True)
class _Own:
    """The examples of a cause in one language, with the likeness at the limit and among themselves."""

    examples: NDArray[np.float32]
    limit: float
    among: float


class OwnCauses:
    """Finds the causes of a taxonomy that have examples; `background` has vectors of other lines by language."""

    def __init__(self, taxonomy: Taxonomy, encoder: Encoder, background: Mapping[str, NDArray[np.float32]]) -> None:
        self._told = {
            (name, language): sentences
            for name, cause in taxonomy.causes.items()
            for language, sentences in cause.examples.items()
        }
        self._encoder = encoder
        self._background = background
        self._known: dict[tuple[str, str], _Own] = {}
        lines = {language: hashlib.sha256(vectors.tobytes()).hexdigest() for language, vectors in background.items()}
        self.fingerprint = fingerprint("own causes 2", sorted(self._told.items()), encoder.fingerprint, lines)

    def found(self, text: str, language: str) -> dict[str, float]:
        """Name and confidence of each cause that the text is about."""
        mine = [name for name, of in self._told if of == language]
        vector = self._encoder.encode([text])[0] if mine else None
        sure = {}
        for name in mine:
            own = self._of(name, language)
            alike = float(_likeness(vector[None, :], own.examples)[0]) if vector is not None else 0.0
            if alike >= own.limit:
                share = (alike - own.limit) / max(own.among - own.limit, 1e-6)
                sure[name] = min(MOST, LEAST + (MOST - LEAST) * share)
        return sure

    def _of(self, name: str, language: str) -> _Own:
        key = (name, language)
        if key not in self._known:
            examples = self._encoder.encode(self._told[key])
            others = [np.delete(examples, row, axis=0) for row in range(len(examples))]
            among = float(np.median([_likeness(examples[[row]], rest)[0] for row, rest in enumerate(others)]))
            common = float(np.quantile(_likeness(self._background[language], examples), COMMON))
            self._known[key] = _Own(examples, max(common + NEARLY * (among - common), common), among)
        return self._known[key]


def _likeness(vectors: NDArray[np.float32], examples: NDArray[np.float32]) -> NDArray[np.float32]:
    """Shape (len(vectors),)."""
    return np.asarray(np.sort(vectors @ examples.T, axis=1)[:, -NEAREST:].mean(axis=1))


def read_background(path: Path) -> dict[str, NDArray[np.float32]]:
    """The vectors of other people's lines by language, shape (lines, width). Raises ModelError when there are none."""
    from safetensors.numpy import load_file  # noqa: PLC0415 - only where a site has causes of its own

    if not path.is_file():
        raise ModelError(f"{path} is missing.", code="head_missing", hint="`qa train causes` writes it.")
    return {language: vectors.astype(np.float32) for language, vectors in load_file(path).items()}
