"""The part of a transcript around what a judgement rests on."""

from __future__ import annotations

from dataclasses import dataclass

from qa_pipeline.domain import Finding, Transcript, Turn

AROUND_MS = 8000
MOST_TURNS = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A turn; `marked` where the evidence lies in it, `gap` where turns before it were left out."""

    turn: Turn
    marked: bool
    gap: bool


def excerpt(transcript: Transcript, finding: Finding) -> tuple[Line, ...]:
    """The turns within 8 s of the finding's evidence; where there is none, of the nearest misses and in the part that
    was searched, the former first. 16 turns at most, in their order; where nothing was said near, the turn before.
    """
    turns, spans = transcript.turns, [(one.start_ms, one.end_ms) for one in finding.evidence or finding.near_misses]
    near = [
        index
        for index, turn in enumerate(turns)
        if any(_touches(turn, start - AROUND_MS, end + AROUND_MS) for start, end in spans)
    ]
    searched = finding.searched if not finding.evidence else None
    if searched or not spans:
        start_ms, end_ms = (searched.start_ms, searched.end_ms) if searched else (0, AROUND_MS)
        near += [index for index, turn in enumerate(turns) if index not in near and _touches(turn, start_ms, end_ms)]
    if not near and spans:
        near = [index for index, turn in enumerate(turns) if turn.start_ms <= spans[0][0]][-1:]
    shown = sorted(near[:MOST_TURNS])
    return tuple(
        Line(
            turn=turns[index],
            marked=any(_touches(turns[index], start, end) for start, end in spans),
            gap=index > 0 and index - 1 not in shown,
        )
        for index in shown
    )


def _touches(turn: Turn, start_ms: int, end_ms: int) -> bool:
    return turn.start_ms < end_ms and turn.end_ms > start_ms
