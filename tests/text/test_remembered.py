"""What was computed once is not computed again, and forgetting changes no answer."""

from __future__ import annotations

import numpy as np

from qa_pipeline.text.remembered import Remembered


def lengths(seen: list[str], keep: int) -> Remembered:
    def compute(text: str) -> np.ndarray:
        seen.append(text)
        return np.array([len(text)])

    return Remembered(compute, keep=keep)


def test_a_text_is_looked_at_once() -> None:
    seen: list[str] = []
    remembered = lengths(seen, keep=3)
    remembered.rows(["a", "bb", "a"])
    assert remembered.rows(["bb"]).tolist() == [[2]]
    assert seen == ["a", "bb"]


def test_more_texts_than_are_remembered_are_no_trouble() -> None:
    remembered = lengths([], keep=3)
    assert remembered.rows(["a" * n for n in range(1, 9)]).ravel().tolist() == [1, 2, 3, 4, 5, 6, 7, 8]
    assert remembered.rows(["aaaaaaaa", "a", "aa", "b"]).ravel().tolist() == [8, 1, 2, 1]
