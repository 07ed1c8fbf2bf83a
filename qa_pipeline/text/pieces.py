"""Turns in pieces of the length that the networks were trained on: up to three sentences."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from qa_pipeline.contracts import Tagger
from qa_pipeline.domain import Turn
from qa_pipeline.text.sentences import sentences

SENTENCES = 3
Span = tuple[int, int]


def in_windows(parts: Sequence[Span]) -> Iterator[tuple[Span, ...]]:
    """Every `SENTENCES` sentences in a row; all of them where there are fewer."""
    for start in range(max(1, len(parts) - SENTENCES + 1)):
        if parts:
            yield tuple(parts[start : start + SENTENCES])


def pieces(text: str, language: str) -> list[str]:
    """A text cut after every `SENTENCES` sentences.

    >>> pieces("One. Two. Three. Four.", "en")
    ['One. Two. Three.', 'Four.']
    """
    parts = sentences(text, language)
    groups = [parts[start : start + SENTENCES] for start in range(0, len(parts), SENTENCES)]
    return [text[group[0][0] : group[-1][1]].strip() for group in groups]


def chances_in_pieces(turns: Sequence[Turn], language: str, tagger: Tagger) -> Iterator[NDArray[np.float64]]:
    """For each turn the chances in its pieces, shape (pieces, labels). Turns must have words."""
    cut = [pieces(turn.text, language) for turn in turns]
    chances = tagger.chances([piece for one in cut for piece in one])
    at = 0
    for one in cut:
        yield chances[at : at + len(one)]
        at += len(one)
