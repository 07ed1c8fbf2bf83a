"""An answer with what it rests on, and how answers combine (three-valued logic after Kleene 1938)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from qa_pipeline.domain import Answer, Signal, Turn

_OPPOSITE = {Answer.YES: Answer.NO, Answer.NO: Answer.YES, Answer.UNSURE: Answer.UNSURE}


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """One answer about one call.

    `hits` are the moments found, `near` what came close, `turns` where something was looked for and not found;
    `confidence` is of the answer. `parts` says, for people, which conditions decided.
    """

    answer: Answer
    confidence: float = 0.9
    hits: tuple[Signal, ...] = ()
    near: tuple[Signal, ...] = ()
    turns: tuple[Turn, ...] = ()
    parts: tuple[str, ...] = ()


def opposite(seen: Seen) -> Seen:
    """The answer to "not"; what it rests on stays."""
    return replace(seen, answer=_OPPOSITE[seen.answer])


def at_least(count: int, parts: Sequence[Seen]) -> Seen:
    """Whether so many parts are true: yes as soon as enough are, no as soon as enough cannot be, else unsure.

    A yes is as sure as the least sure of the parts that it needs, taking the surest; a no likewise.
    """
    true = _surest(parts, Answer.YES)
    false = _surest(parts, Answer.NO)
    to_fail = len(parts) - count + 1
    if len(true) >= count:
        return _together(Answer.YES, true[:count] if count < len(parts) else true)
    if len(false) >= to_fail:
        return _together(Answer.NO, false[:to_fail])
    return _together(Answer.UNSURE, [part for part in parts if part.answer is Answer.UNSURE])


def _surest(parts: Sequence[Seen], answer: Answer) -> list[Seen]:
    return sorted((part for part in parts if part.answer is answer), key=lambda part: -part.confidence)


def _together(answer: Answer, parts: Sequence[Seen]) -> Seen:
    return Seen(
        answer=answer,
        confidence=min(part.confidence for part in parts),
        hits=tuple(dict.fromkeys(hit for part in parts for hit in part.hits)),
        near=tuple(dict.fromkeys(hit for part in parts for hit in part.near)),
        turns=tuple(dict.fromkeys(turn for part in parts for turn in part.turns)),
        parts=tuple(dict.fromkeys(name for part in parts for name in part.parts)),
    )
