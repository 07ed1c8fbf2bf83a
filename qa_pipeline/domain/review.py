"""What a person says of one turn: all labels of one kind that are right for it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from qa_pipeline.domain.recording import Party
from qa_pipeline.domain.signal import SignalKind
from qa_pipeline.domain.transcript import TurnFlag

# What people are asked of a turn, and whose turns have it.
REVIEWED = {
    SignalKind.ACT: Party.AGENT,
    SignalKind.SENTIMENT: Party.CUSTOMER,
    SignalKind.TONE: Party.AGENT,
    SignalKind.COMPLAINT: Party.CUSTOMER,
    SignalKind.CAUSE: Party.CUSTOMER,
}
ONE_LABEL = frozenset({SignalKind.SENTIMENT, SignalKind.TONE, SignalKind.COMPLAINT})


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelReview:
    """`labels` are all that hold for the turn: none says that there is none, those of `ONE_LABEL` have exactly one.

    `turn` is its place in the call, from 0; `kind` one of `REVIEWED`; a complaint's label is "true" or "false".
    `reviewed_at` has a time zone. Of two reviews of one turn and kind the newer one counts.
    """

    call_id: str
    turn: int
    kind: SignalKind
    labels: frozenset[str]
    reviewer: str
    reviewed_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewedTurn:
    """A review with the turn as it was when the review was taken in."""

    review: LabelReview
    language: str
    party: Party
    text: str
    flags: tuple[TurnFlag, ...] = ()
