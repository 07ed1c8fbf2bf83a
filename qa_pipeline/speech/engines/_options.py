"""How Whisper is asked and how its answers are taken, the same for every engine."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from qa_pipeline.domain import EngineError, Word

BEAM_SIZE = 5
NO_REPEAT_AGAIN = 5  # a second look writes no run of so many tokens twice
TOKENS_A_SECOND = {"en": 8, "zh": 14}  # nobody speaks faster; a loop ends here
TOKENS_MORE = 16
PROMPTS = {"zh": "以下是普通话的客服通话，使用简体中文。"}  # without it the model writes traditional characters
OPENING_MARKS = "\"'“¿([{-"
CLOSING_MARKS = "\"'.。,，!！?？:：”)]}、"


def most_tokens(language: str, seconds: float) -> int:
    """The longest text that may be written for so much sound."""
    return TOKENS_MORE + round(seconds * TOKENS_A_SECOND.get(language, max(TOKENS_A_SECOND.values())))


def written() -> tuple[tuple[str, str], ...]:
    """All this, for a transcript's provenance."""
    return (
        ("again_no_repeat", str(NO_REPEAT_AGAIN)),
        ("beam_size", str(BEAM_SIZE)),
        ("numbers", "in parts"),
        *((f"prompt_{language}", text) for language, text in sorted(PROMPTS.items())),
        ("temperature", "0"),
        ("timestamps", "none"),
        *((f"tokens_a_second_{language}", str(most)) for language, most in sorted(TOKENS_A_SECOND.items())),
    )


@contextmanager
def errors(engine: str) -> Iterator[None]:
    """What the libraries under an engine raise, as EngineError."""
    try:
        yield
    except (RuntimeError, ValueError, MemoryError) as error:
        raise EngineError(
            f"{engine} could not decode ({type(error).__name__}).",
            code="engine_failed",
            transient=isinstance(error, MemoryError) or "memory" in str(error),
        ) from error


class NumbersInParts:
    """A Whisper tokenizer that parts long numbers into their tokens, of three figures at most, where others join them.

    People say numbers figure by figure with pauses between: as one word a number would reach over all of them.
    """

    def __init__(self, tokenizer: Any) -> None:  # noqa: ANN401 - both engines have one of their own
        self._tokenizer = tokenizer

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever the tokenizer has
        return getattr(self._tokenizer, name)

    def split_to_word_tokens(self, tokens: list[int]) -> tuple[list[str], list[list[int]]]:
        """(words, the tokens of each)."""
        words: list[str] = []
        parts: list[list[int]] = []
        for word, own in zip(*self._tokenizer.split_to_word_tokens(tokens), strict=True):
            pieces = [self._tokenizer.decode([token]) for token in own] if word.strip().isdecimal() else []
            if "".join(pieces) == word:
                words += pieces
                parts += [[token] for token in own]
            else:
                words.append(word)
                parts.append(own)
        return words, parts


def word(text: str, start_s: float, end_s: float, probability: float) -> Word:
    """A word of an engine that tells seconds."""
    start_ms = max(0, round(start_s * 1000))
    return Word(
        text=text,
        start_ms=start_ms,
        end_ms=max(start_ms, round(end_s * 1000)),
        probability=round(float(probability), 4),
    )
