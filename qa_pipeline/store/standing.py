"""What stands for each call: the machine's findings with people's words laid over them. Raises StoreError.

It is written in the transaction that changes it, and can be made again from what it rests on.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any, TypeVar

from sqlalchemy import Select, delete, func, insert, select, update
from sqlalchemy.orm import Session

from qa_pipeline.domain import (
    CallScore,
    Decision,
    Finding,
    QueueKind,
    QueueState,
    Scope,
    Signal,
    SignalKind,
    Standing,
    StoreError,
    fingerprint,
    overlaid,
    standing_decisions,
)
from qa_pipeline.store import finished as finished_reviews
from qa_pipeline.store import mapping
from qa_pipeline.store.engine import Store
from qa_pipeline.store.mapping import canonical
from qa_pipeline.store.tables.base import now
from qa_pipeline.store.tables.calls import EvaluationRow, EvaluationSignalsRow, FindingRow, RecordingRow, SignalSetRow
from qa_pipeline.store.tables.desk import AppealRow, DecisionRow, StandingRow, StandingVerdictRow

Narrowed = TypeVar("Narrowed", bound=Select[*tuple[Any, ...]])
Refold = Callable[[str, str, Sequence[Finding]], CallScore]
"""Scorecard, version and findings to a score; raises ConfigurationError when that scorecard is not there."""

RANDOM_SHARE = 0.02
"""Of all calls, so many go to people whatever the machine says: only a blind slice measures it fairly."""

GRAVE = 3  # severity of a cause
# Numbers are in rows: one that is there keeps its meaning. What people ask for comes before what the machine asks for.
_URGENCY = {
    QueueKind.APPEAL: 0, QueueKind.REOPENED: 0, QueueKind.CRITICAL: 1, QueueKind.RISK: 2, QueueKind.TOO_LITTLE: 3,
    QueueKind.UNSURE: 4, QueueKind.RANDOM: 5,
}  # fmt: skip
_NOT_URGENT = 6
_BATCH = 200


def of(store: Store, call_id: str, scope: Scope) -> Standing | None:
    """What stands for a call in sight; None when there is none such, or it is not judged."""
    with store.read() as session:
        row = session.scalar(in_sight(select(StandingRow), scope).where(StandingRow.call_id == call_id))
        return standing_of(row) if row else None


def in_sight(query: Narrowed, scope: Scope) -> Narrowed:
    """The query over `standing`, narrowed to the calls that somebody may see."""
    if scope.team is not None:
        query = query.where(StandingRow.team == scope.team)
    if scope.agent_id is not None:
        query = query.where(StandingRow.agent_id == scope.agent_id, StandingRow.agent_id != "")
    return query


def settle(store: Store, refold: Refold) -> int:
    """Brings up to date what stands where the machine has judged since, or where nothing stands yet; how many."""
    done = 0
    while batch := _unsettled(store):
        done += store.write(partial(_settle, batch=batch, refold=refold))
    return done


def _unsettled(store: Store) -> list[str]:
    judged = RecordingRow.evaluation.is_not(None)
    with store.read() as session:
        stale = select(StandingRow.call_id).where(StandingRow.settled.is_(False)).limit(_BATCH)
        missing = (
            select(RecordingRow.call_id)
            .outerjoin(StandingRow, StandingRow.call_id == RecordingRow.call_id)
            .where(judged, StandingRow.call_id.is_(None))
            .limit(_BATCH)
        )
        return list(session.scalars(stale)) or list(session.scalars(missing))


def _settle(session: Session, batch: Iterable[str], refold: Refold) -> int:
    settled = 0
    for call_id in batch:
        recording = session.get(RecordingRow, call_id)
        if recording is not None and recording.evaluation is not None:
            restand(session, recording, refold)
            settled += 1
    return settled


def judged(session: Session, recording: RecordingRow) -> None:
    """The machine has judged a call: its findings stand, until people's earlier words are laid over them."""
    evaluation = session.get_one(EvaluationRow, recording.evaluation)
    _write(session, recording, mapping.score_of(evaluation), _findings(session, evaluation.fingerprint), {})
    if decisions_on(session, recording.call_id, evaluation):
        session.execute(update(StandingRow).where(StandingRow.call_id == recording.call_id).values(settled=False))


def unjudged(session: Session, call_id: str) -> None:
    """Nothing stands for a call whose sound has changed, until it is judged again."""
    session.execute(delete(StandingVerdictRow).where(StandingVerdictRow.call_id == call_id))
    session.execute(delete(StandingRow).where(StandingRow.call_id == call_id))


def renamed(session: Session, recording: RecordingRow) -> None:
    """The metadata of a call have changed: what is counted by them follows."""
    call = StandingRow.call_id == recording.call_id
    session.execute(update(StandingRow).where(call).values(**_copied(recording), changed_at=now()))
    session.execute(
        update(StandingVerdictRow)
        .where(StandingVerdictRow.call_id == recording.call_id)
        .values(agent_id=recording.agent_id, team=recording.team, day=_day(recording))
    )


def restand(session: Session, recording: RecordingRow, refold: Refold) -> Standing:
    """Lays people's words over the machine's findings and writes what stands then."""
    evaluation = session.get_one(EvaluationRow, recording.evaluation)
    decisions = decisions_on(session, recording.call_id, evaluation)
    standing = standing_decisions(decisions)
    findings = overlaid(_findings(session, evaluation.fingerprint), standing)
    score = mapping.score_of(evaluation)
    if standing:
        score = refold(score.scorecard, score.scorecard_version, findings)
    return _write(session, recording, score, findings, standing)


def decisions_on(session: Session, call_id: str, evaluation: EvaluationRow) -> tuple[Decision, ...]:
    """What people decided on a call under the scorecard and version of this evaluation.

    A word said of a criterion outlives a new judgement by the same written standard; under another version it is
    history.
    """
    row = DecisionRow
    query = select(row).where(row.call_id == call_id).order_by(row.revision)
    return tuple(
        mapping.decision_of(one)
        for one in session.scalars(query)
        if (one.scorecard, one.scorecard_version) == (evaluation.scorecard, evaluation.scorecard_version)
    )


def revision_of(session: Session, call_id: str) -> int:
    """How many decisions were made on a call, under whatever version."""
    return session.scalar(select(func.max(DecisionRow.revision)).where(DecisionRow.call_id == call_id)) or 0


def standing_of(row: StandingRow) -> Standing:
    """The value of a row."""
    return Standing(
        call_id=row.call_id,
        evaluation=row.evaluation,
        score=mapping.score_of(row),
        state=QueueState(row.state),
        kinds=tuple(QueueKind(kind) for kind in json.loads(row.kinds)),
        revision=row.revision,
        decided=row.decided,
    )


def _write(
    session: Session,
    recording: RecordingRow,
    score: CallScore,
    findings: Sequence[Finding],
    decided: Mapping[str, Decision],
) -> Standing:
    call_id, evaluation = recording.call_id, recording.evaluation
    if evaluation is None:
        raise StoreError("The call is not judged.", code="not_judged")
    reviews = finished_reviews.of(session, call_id, score.scorecard, score.scorecard_version)
    finished, appealed = reviews.last is not None, _is_appealed(session, call_id)
    machine = mapping.score_of(session.get_one(EvaluationRow, evaluation))
    signals, reopened = _signals(session, evaluation), reviews.reopened is not None
    kinds = _kinds(call_id, machine, signals, appealed=appealed, reopened=reopened)
    if finished:
        score = replace(score, needs_review=False, review_reasons=())
    state = QueueState.DONE if finished else QueueState.OPEN if kinds else QueueState.CLEAR
    if appealed:
        state = QueueState.OPEN
    unjudged(session, call_id)
    row = StandingRow(
        call_id=call_id,
        evaluation=evaluation,
        **_copied(recording),
        **mapping.score_columns(score),
        state=state.value,
        kinds=canonical([kind.value for kind in kinds]),
        priority=min((_URGENCY[kind] for kind in kinds), default=_NOT_URGENT),
        revision=revision_of(session, call_id),
        decided=len(decided),
        settled=True,
    )
    session.add(row)
    _write_verdicts(session, recording, findings, decided)
    session.flush()
    return standing_of(row)


def _write_verdicts(
    session: Session, recording: RecordingRow, findings: Sequence[Finding], decided: Mapping[str, Decision]
) -> None:
    if findings:
        session.execute(
            insert(StandingVerdictRow),
            [
                {
                    "call_id": recording.call_id,
                    "criterion": one.criterion,
                    "position": position,
                    "verdict": one.verdict,
                    "coach_only": one.coach_only,
                    "by_person": one.criterion in decided,
                    "agent_id": recording.agent_id,
                    "team": recording.team,
                    "day": _day(recording),
                }
                for position, one in enumerate(findings)
            ],
        )


def _is_appealed(session: Session, call_id: str) -> bool:
    query = select(AppealRow.id).where(AppealRow.call_id == call_id, AppealRow.closed_at.is_(None))
    return session.scalars(query).first() is not None


def _kinds(
    call_id: str, machine: CallScore, signals: Sequence[Signal], *, appealed: bool, reopened: bool
) -> tuple[QueueKind, ...]:
    """Why people should look: what the machine's own judgement has stays although they have decided since."""
    reasons = machine.review_reasons
    complains = any(one.kind is SignalKind.COMPLAINT and one.label == "true" for one in signals)
    grave = any(
        one.kind is SignalKind.ESCALATION or (one.kind is SignalKind.CAUSE and (one.value or 0) >= GRAVE)
        for one in signals
    )
    found = {
        QueueKind.APPEAL: appealed,
        QueueKind.REOPENED: reopened,
        QueueKind.CRITICAL: bool(machine.critical_failures),
        QueueKind.RISK: complains and grave,
        QueueKind.TOO_LITTLE: "too_little_decided" in reasons,
        QueueKind.UNSURE: any(reason.startswith(("unsure:", "error:")) for reason in reasons),
        QueueKind.RANDOM: drawn(call_id),
    }
    return tuple(kind for kind in _URGENCY if found[kind])


def drawn(call_id: str) -> bool:
    """Whether a call is of the blind random slice: always the same calls, whatever was judged."""
    return int(fingerprint("random slice", call_id)[:8], 16) < RANDOM_SHARE * 16**8


def _copied(recording: RecordingRow) -> dict[str, object]:
    names = ("agent_id", "agent_name", "team", "queue", "language", "started_at")
    return {name: getattr(recording, name) for name in names}


def _day(recording: RecordingRow) -> object:
    return recording.started_at.date() if recording.started_at else None


def _findings(session: Session, evaluation: str) -> tuple[Finding, ...]:
    query = select(FindingRow).where(FindingRow.evaluation == evaluation).order_by(FindingRow.position)
    return tuple(mapping.finding_of(row) for row in session.scalars(query))


def _signals(session: Session, evaluation: str) -> list[Signal]:
    query = (
        select(SignalSetRow)
        .join(EvaluationSignalsRow, EvaluationSignalsRow.signal_set == SignalSetRow.fingerprint)
        .where(EvaluationSignalsRow.evaluation == evaluation)
    )
    return [signal for row in session.scalars(query) for signal in mapping.signal_set_of(row).signals]
