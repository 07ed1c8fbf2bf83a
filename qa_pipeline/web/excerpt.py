"""The part of a transcript around what a judgement rests on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from qa_pipeline.domain import Evidence, Finding, Transcript, Turn

AROUND_MS = 8000
MOST_TURNS = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A turn; `marked` where the evidence lies in it, `gap` where turns before it were left out."""

    turn: Turn
    marked: bool
    gap: bool


def excerpt(transcript: Transcript, finding: Finding) -> tuple[Line, ...]:
    """The turns within 8 s of the finding's evidence (of the nearest misses, where there is none).

    Where neither is, the beginning of the part that was searched, or of the call; 16 turns at most.
    """
    moments: Sequence[Evidence] = finding.evidence or finding.near_misses
    spans = [(one.start_ms, one.end_ms) for one in moments]
    start_ms = finding.searched.start_ms if finding.searched else 0
    near = [
        index
        for index, turn in enumerate(transcript.turns)
        if any(_touches(turn, start - AROUND_MS, end + AROUND_MS) for start, end in spans)
        or (not spans and turn.end_ms >= start_ms)
    ][:MOST_TURNS]
    return tuple(
        Line(
            turn=transcript.turns[index],
            marked=any(_touches(transcript.turns[index], start, end) for start, end in spans),
            gap=index > 0 and index - 1 not in near,
        )
        for index in near
    )


def _touches(turn: Turn, start_ms: int, end_ms: int) -> bool:
    return turn.start_ms < end_ms and turn.end_ms > start_ms
