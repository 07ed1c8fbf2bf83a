"""When two lines are nearly one: training text must not be like test text, or the figures say nothing."""

from __future__ import annotations

import re
from collections.abc import Sequence

MOST_EDIT_RATIO = 80  # of 100; rapidfuzz's ratio over letters and digits
MOST_TRIGRAMS = 0.6  # Jaccard's index over runs of three letters


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

    plain = [letters(other) for other in others]
    grams = [_trigrams(other) for other in plain]

    def like_one(text: str) -> bool:
        own = _trigrams(text)
        return process.extractOne(text, plain, scorer=fuzz.ratio, score_cutoff=MOST_EDIT_RATIO) is not None or any(
            len(own & other) >= MOST_TRIGRAMS * len(own | other) for other in grams
        )

    return [text for text in texts if like_one(letters(text))]


def _trigrams(plain: str) -> frozenset[str]:
    return frozenset(plain[at : at + 3] for at in range(len(plain) - 2)) or frozenset({plain})
