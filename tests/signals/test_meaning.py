"""Repeats by meaning, on pairs of turns written for it: tests/cases/repeats."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from qa_pipeline.signals.repetition import MEANING, Repetition
from qa_pipeline.testing.timed import AGENT, CUSTOMER, call, turn
from qa_pipeline.text.embed import SentenceEncoder

pytestmark = pytest.mark.models
ANSWER = {"en": "I am sorry, let me look into that for you.", "zh": "不好意思，我马上帮您查一下。"}


@pytest.fixture(scope="module")
def encoder(weights: Callable[[str], Path]) -> SentenceEncoder:
    return SentenceEncoder(weights("multilingual-e5-small"), sha256="test", threads=1)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_limit_finds_nearly_half_of_the_repeats_and_hardly_anything_else(
    language: str, encoder: SentenceEncoder, repository: Path
) -> None:
    pairs = yaml.safe_load((repository / f"tests/cases/repeats/{language}.yaml").read_text(encoding="utf-8"))
    vectors = {kind: [encoder.encode(pair) for pair in pairs[kind]] for kind in ("same", "other")}
    same, other = (
        sum(float(first @ second) >= MEANING[language] for first, second in vectors[kind]) for kind in vectors
    )
    assert {"same": 60, "other": 60} == {kind: len(pairs[kind]) for kind in pairs}
    assert same >= 0.45 * 60
    assert other <= 1


def test_a_customer_who_says_it_again_in_other_words_is_heard(encoder: SentenceEncoder) -> None:
    said = {
        "en": ("My account is locked and I cannot log in.", "I can't log in because my account is locked."),
        "zh": ("我家宽带从周一早上就断了。", "从周一早上开始我家的宽带就断了。"),
    }
    for language, (first, second) in said.items():
        view = call(
            turn(CUSTOMER, 0, 4, first),
            turn(AGENT, 5, 8, ANSWER[language]),
            turn(CUSTOMER, 9, 13, second),
            language=language,
        )
        assert [2] == [one.turn for one in Repetition(encoder)(view)]
