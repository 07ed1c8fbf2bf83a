"""A linear model on n-grams: which words, parts of words and sounds stood in training text of each label.

It knows nothing of meaning, which the networks have from their encoder, and errs elsewhere: the mean of both scores is
right more often than the network's (ADR 19). N-grams are hashed into buckets (Weinberger et al. 2009), so that there is
no vocabulary to keep. Chinese counts by character and by sound, so that a character heard as another still tells.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qa_pipeline.domain import ModelError
from qa_pipeline.text.normalise import tokens
from qa_pipeline.text.sound import sound_of

# Weights belong to these and to `ngrams`: who changes them trains again.
BUCKETS = 2**17
WORDS = 2  # words, Chinese characters and sounds in a row
LETTERS = (3, 4)  # in a row, of words in plain letters or digits; a space stands for the word's ends


@dataclass(frozen=True, slots=True, kw_only=True)
class NgramModel:
    """Scores by label.

    `weights`, shape (labels, BUCKETS), are whole numbers of `step`s (labels,); `bias` (labels,) is added. `rarity`
    (BUCKETS,) is the inverse document frequency, by which the tallies of a text are weighed.
    """

    weights: NDArray[np.int8]
    step: NDArray[np.float32]
    bias: NDArray[np.float32]
    rarity: NDArray[np.float16]

    def scores(self, texts: Sequence[str]) -> NDArray[np.float64]:
        """Logits, shape (len(texts), labels); a text without words has the bias alone."""
        found = np.tile(self.bias.astype(float), (len(texts), 1))
        if not texts:
            return found
        rows = tallies(texts)
        for at, (start, end) in enumerate(zip(rows.indptr, rows.indptr[1:], strict=False)):
            buckets = rows.indices[start:end]
            tally = (1 + np.log(rows.data[start:end])) * self.rarity[buckets]
            length = np.linalg.norm(tally) or 1.0
            found[at] += self.step * (self.weights[:, buckets] @ (tally / length))
        return found

    def save(self, path: Path) -> None:
        """As safetensors."""
        from safetensors.numpy import save_file  # noqa: PLC0415 - like its like

        save_file({one.name: np.ascontiguousarray(getattr(self, one.name)) for one in fields(self)}, path)


def load_ngrams(path: Path) -> NgramModel:
    """What was saved. The caller knows that the file is whole. Raises ModelError when it has other buckets."""
    from safetensors.numpy import load_file  # noqa: PLC0415 - like its like

    model = NgramModel(**load_file(path))
    if model.weights.shape[1] != BUCKETS:
        raise ModelError(f"{path} has other buckets than this program.", code="head_broken", hint="Train it again.")
    return model


def tallies(texts: Sequence[str]) -> Any:  # noqa: ANN401 - scipy has no types
    """How often each bucket's n-grams stand in each text: a sparse (CSR) matrix, shape (len(texts), BUCKETS)."""
    return _hashing().transform(texts)


def ngrams(text: str) -> Iterator[str]:
    """The n-grams of a text: words (w), their letters (l), and sounds (s) where Chinese is among them.

    >>> " ".join(one.replace(" ", "_") for one in ngrams("退款 ok"))
    'w退 stui w款 skuan wok w退_款 stui_kuan w款_ok skuan_ok l_ok lok_ l_ok_'
    """
    words = [token.text.lower() for token in tokens(text)]
    sounds = [word if word.isascii() else sound_of(word) for word in words]
    for size in range(1, WORDS + 1):
        for said, heard in zip(_runs(words, size, " "), _runs(sounds, size, " "), strict=True):
            yield f"w{said}"
            if heard != said:
                yield f"s{heard}"
    for word in words:
        if word.isascii():
            for size in LETTERS:
                yield from (f"l{run}" for run in _runs(f" {word} ", size, ""))


def _runs(parts: Sequence[str], size: int, glue: str) -> Iterator[str]:
    """All that stand next to each other, `size` at a time."""
    for start in range(len(parts) - size + 1):
        yield glue.join(parts[start : start + size])


@cache
def _hashing() -> Any:  # noqa: ANN401 - scikit-learn has no types
    from sklearn.feature_extraction.text import HashingVectorizer  # noqa: PLC0415 - heavy

    return HashingVectorizer(analyzer=ngrams, n_features=BUCKETS, alternate_sign=False, norm=None)
