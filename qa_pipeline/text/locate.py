"""From characters in a turn's text to the moment at which they were said."""

from __future__ import annotations

from dataclasses import dataclass

from qa_pipeline.domain import Turn


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """Words of a turn: when, what, and how sure recognition was of them (mean word probability)."""

    start_ms: int
    end_ms: int
    quote: str
    probability: float


def moment(turn: Turn, start: int, end: int) -> Moment:
    """When `turn.text[start:end]` was said; the whole turn where its words do not spell its text."""
    at = 0
    inside = []
    spelled = "".join(word.text for word in turn.words)
    lead = len(spelled) - len(spelled.lstrip())
    if len(spelled.strip()) == len(turn.text):
        for word in turn.words:
            first, at = at - lead, at + len(word.text)
            if first < end and at - lead > start:
                inside.append(word)
    if not inside:
        return Moment(
            start_ms=turn.start_ms, end_ms=turn.end_ms, quote=turn.text[start:end], probability=turn.confidence
        )
    return Moment(
        start_ms=inside[0].start_ms,
        end_ms=inside[-1].end_ms,
        quote=turn.text[start:end],
        probability=sum(word.probability for word in inside) / len(inside),
    )
