"""What people decide about a call's findings, and what stands then."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from qa_pipeline.domain.finding import CallScore, Finding, Verdict
from qa_pipeline.domain.people import Right, User
from qa_pipeline.domain.recording import Recording


class Origin(StrEnum):
    """On what occasion a person decided."""

    REVIEW = "review"
    APPEAL = "appeal"


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """A person's word on one criterion of one call; the newest of a criterion counts, all are kept.

    `verdict` None takes the earlier word back (undo), so that the machine's stands again. `machine` is the machine's
    verdict at that time, `evaluation` the fingerprint of what was decided on. `revision` counts the decisions on the
    call from 1. `made_at` is in UTC.
    """

    call_id: str
    evaluation: str
    criterion: str
    verdict: Verdict | None
    level: int | None = None
    machine: Verdict
    reason: str = ""
    origin: Origin = Origin.REVIEW
    reviewer: str
    made_at: datetime
    revision: int

    @property
    def confirms(self) -> bool:
        """Whether the person agrees with the machine."""
        return self.verdict is self.machine


class QueueState(StrEnum):
    """Where a call is on its way past people."""

    CLEAR = "clear"  # nothing asks for a person
    OPEN = "open"  # waits for a person
    DONE = "done"  # a person has finished it


class QueueKind(StrEnum):
    """Why a call is in the queue."""

    CRITICAL = "critical"  # a critical criterion failed
    UNSURE = "unsure"  # something counted is undecided
    TOO_LITTLE = "too_little"  # too little was decided for a score
    RISK = "risk"  # a grave or escalated complaint
    RANDOM = "random"  # drawn blindly, to measure the machine
    APPEAL = "appeal"  # the agent questions it
    REOPENED = "reopened"  # somebody opened the finished review again


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What stands for a call now: the machine's findings with people's words laid over them, and where it is.

    `revision` is the number of decisions made on the call (0: none); whoever decides names the one they saw.
    `decided` counts the criteria on which a person's word stands.
    """

    call_id: str
    evaluation: str
    score: CallScore
    state: QueueState
    kinds: tuple[QueueKind, ...]
    revision: int
    decided: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Reopening:
    """Who opened a finished review again (a user's id), why, and when (UTC)."""

    by: str
    reason: str
    at: datetime


def may_reopen(finished_by: str, user: User) -> bool:
    """Whether somebody may open a review again: who finished it, and whoever says who has a call."""
    return user.may(Right.REVIEW) and (user.id == finished_by or user.may(Right.ASSIGN))


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueItem:
    """A line of the queue: the call, what stands, who has claimed it (until when, UTC) and whose it is.

    `reopened` says who opened its review again and why; None where that is not why it waits.
    """

    recording: Recording
    standing: Standing
    claimed_by: str = ""
    claimed_until: datetime | None = None
    assigned_to: str = ""
    reopened: Reopening | None = None

    @property
    def blind(self) -> bool:
        """Whether what the machine thinks stays hidden: of the random slice, and nobody has finished it yet.

        A review that was opened again is about what somebody said in it: whoever takes it must see that.
        """
        kinds = self.standing.kinds
        is_open = self.standing.state is QueueState.OPEN
        return is_open and QueueKind.RANDOM in kinds and QueueKind.REOPENED not in kinds

    @property
    def shown_kinds(self) -> tuple[QueueKind, ...]:
        """Why it is in the queue, as far as that may be told."""
        open_ones = (QueueKind.RANDOM, QueueKind.APPEAL)
        return tuple(kind for kind in self.standing.kinds if not self.blind or kind in open_ones)

    @property
    def open_items(self) -> int:
        """How many criteria are undecided."""
        return sum(reason.startswith(("unsure:", "error:")) for reason in self.standing.score.review_reasons)


def standing_decisions(decisions: Iterable[Decision]) -> Mapping[str, Decision]:
    """The decision that stands for each criterion; criteria whose decision was taken back are left out."""
    newest: dict[str, Decision] = {}
    for decision in sorted(decisions, key=lambda one: one.revision):
        newest[decision.criterion] = decision
    return {name: one for name, one in newest.items() if one.verdict is not None}


def overlaid(findings: Sequence[Finding], decisions: Mapping[str, Decision]) -> tuple[Finding, ...]:
    """The findings with people's words in place of the machine's verdicts.

    Evidence and the machine's sentence stay; a person's reason takes the sentence's place where one was given. A
    finding that only coaching used, because the detector was measured to be imprecise or within a tolerance, counts
    once a person has said otherwise than the machine.
    """
    return tuple(_over(one, decisions.get(one.criterion)) for one in findings)


def _over(finding: Finding, decision: Decision | None) -> Finding:
    if decision is None or decision.verdict is None:
        return finding
    return replace(
        finding,
        verdict=decision.verdict,
        level=decision.level if decision.verdict is Verdict.PASS else None,
        confidence=1.0,
        why=decision.reason or finding.why,
        coach_only=finding.coach_only and decision.verdict is finding.verdict,
    )
