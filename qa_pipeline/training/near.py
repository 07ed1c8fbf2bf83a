"""When two lines are nearly one: training text must not be like test text, or the figures say nothing."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

MOST_EDIT_RATIO = 80  # of 100; rapidfuzz's ratio over letters and digits
MOST_TRIGRAMS = 0.6  # Jaccard's index over runs of three letters
ROWS = 256  # texts compared at a time


def letters(text: str) -> str:
    """What of a text counts here.

    >>> letters("Good-bye, Ann!")
    'goodbyeann'
    """
    return re.sub(r"[\W_]+", "", text.lower())


def near(texts: Sequence[str], others: Sequence[str]) -> list[str]:
    """Those of `texts` that are nearly one of `others`: by edits (80 of 100) or by runs of three letters (0.6).

    >>> near(["Thank you for calling us.", "One moment."], ["Thank you for calling."])
    ['Thank you for calling us.']
    """
    from rapidfuzz import fuzz, process  # noqa: PLC0415 - only here

    if not texts or not others:
        return []
    asked, there = [letters(text) for text in texts], [letters(other) for other in others]
    return [
        text
        for text, plain, alike in zip(texts, asked, _by_trigrams(asked, there), strict=True)
        if alike or process.extractOne(plain, there, scorer=fuzz.ratio, score_cutoff=MOST_EDIT_RATIO) is not None
    ]


def _by_trigrams(asked: Sequence[str], there: Sequence[str]) -> NDArray[np.bool_]:
    """Whether each text shares too many runs of three letters with one of the others; all pairs as a sparse product."""
    from sklearn.feature_extraction.text import CountVectorizer  # noqa: PLC0415 - heavy

    counter = CountVectorizer(analyzer=_trigrams, binary=True, dtype=np.int32)
    columns = counter.fit_transform(there).T.tocsr()
    rows = counter.transform(asked)
    own, other = (np.array([len(_trigrams(plain)) for plain in side]) for side in (asked, there))
    found = np.zeros(len(asked), dtype=bool)
    for start in range(0, len(asked), ROWS):
        shared = (rows[start : start + ROWS] @ columns).tocoo()
        at = start + shared.row
        found[at[shared.data >= MOST_TRIGRAMS * (own[at] + other[shared.col] - shared.data)]] = True
    return found


def _trigrams(plain: str) -> frozenset[str]:
    return frozenset(plain[at : at + 3] for at in range(len(plain) - 2)) or frozenset({plain})
