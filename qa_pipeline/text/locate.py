"""From characters in a turn's text to the moment at which they were said."""

from __future__ import annotations

from dataclasses import dataclass

from qa_pipeline.domain import Turn, Word
from qa_pipeline.text.normalise import simplify


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """Words of a turn: when, what, and how sure recognition was of them (mean word probability)."""

    start_ms: int
    end_ms: int
    quote: str
    probability: float


def moment(turn: Turn, start: int, end: int) -> Moment:
    """When `turn.text[start:end]` was said; the whole turn where its words do not spell its text."""
    quote = turn.text[start:end]
    inside = _words_inside(turn, start, end)
    if not inside:
        return Moment(start_ms=turn.start_ms, end_ms=turn.end_ms, quote=quote, probability=turn.confidence)
    return Moment(
        start_ms=inside[0].start_ms,
        end_ms=inside[-1].end_ms,
        quote=quote,
        probability=sum(word.probability for word in inside) / len(inside),
    )


def _words_inside(turn: Turn, start: int, end: int) -> list[Word]:
    """The words that have letters in `turn.text[start:end]`. Blanks are left out: engines put them anywhere."""
    spelled = ["".join(word.text.split()) for word in turn.words]
    if simplify("".join(spelled)) != "".join(turn.text.split()):  # a turn's text is simplified, its words are as heard
        return []
    first = len("".join(turn.text[:start].split()))
    last = first + len("".join(turn.text[start:end].split()))
    inside = []
    at = 0
    for word, letters in zip(turn.words, spelled, strict=True):
        if at < last and at + len(letters) > first:
            inside.append(word)
        at += len(letters)
    return inside
