"""An agent's newest calls as they stand, light enough to read some hundred of them for one page. Raises StoreError."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from qa_pipeline.domain import Finding, Scope, ScoredCall, SignalKind, overlaid, standing_decisions
from qa_pipeline.store import mapping
from qa_pipeline.store import standing as stands
from qa_pipeline.store.engine import Store
from qa_pipeline.store.tables.calls import (
    EvaluationRow,
    EvaluationSignalsRow,
    FindingRow,
    RecordingRow,
    SignalSetRow,
    TranscriptRow,
)
from qa_pipeline.store.tables.desk import StandingRow

NEWEST = 30
"""So many calls at most, the newest."""

_BULK = frozenset({SignalKind.SPEECH, SignalKind.PITCH, SignalKind.MUSIC, SignalKind.SILENCE})
"""Most of what was measured; no fact of a call is drawn from it."""


def light_calls(
    store: Store, scope: Scope, agent_id: str, *, since: date | None = None, limit: int = NEWEST
) -> tuple[ScoredCall, ...]:
    """An agent's newest calls in sight as they stand; of their turns the text without its single words."""
    query = (
        stands.in_sight(select(StandingRow, RecordingRow, EvaluationRow, TranscriptRow), scope)
        .join(RecordingRow, RecordingRow.call_id == StandingRow.call_id)
        .join(EvaluationRow, EvaluationRow.fingerprint == StandingRow.evaluation)
        .join(TranscriptRow, TranscriptRow.fingerprint == EvaluationRow.transcript)
        .where(StandingRow.agent_id == agent_id, StandingRow.agent_id != "")
        .order_by(StandingRow.started_at.desc().nulls_last(), StandingRow.call_id)
        .limit(limit)
    )
    if since is not None:
        query = query.where(StandingRow.started_at >= datetime(since.year, since.month, since.day))  # noqa: DTZ001 - the calls' own clock
    with store.read() as session:
        rows = session.execute(query).all()
        keys = [standing.evaluation for standing, *_ in rows]
        findings: dict[str, list[Finding]] = {key: [] for key in keys}
        for one in session.scalars(
            select(FindingRow).where(FindingRow.evaluation.in_(keys)).order_by(FindingRow.position)
        ):
            findings[one.evaluation].append(mapping.finding_of(one))
        sets: dict[str, list[SignalSetRow]] = {key: [] for key in keys}
        signals = (
            select(EvaluationSignalsRow.evaluation, SignalSetRow)
            .join(SignalSetRow, SignalSetRow.fingerprint == EvaluationSignalsRow.signal_set)
            .where(EvaluationSignalsRow.evaluation.in_(keys))
            .order_by(EvaluationSignalsRow.position)
        )
        for key, found in session.execute(signals):
            sets[key].append(found)
        return tuple(
            _light(recording, standing, transcript, _stood(session, standing, evaluation, findings), sets)
            for standing, recording, evaluation, transcript in rows
        )


def _stood(
    session: Session, standing: StandingRow, evaluation: EvaluationRow, findings: dict[str, list[Finding]]
) -> tuple[Finding, ...]:
    own = findings[standing.evaluation]
    if not standing.decided:
        return tuple(own)
    return overlaid(own, standing_decisions(stands.decisions_on(session, standing.call_id, evaluation)))


def _light(
    recording: RecordingRow,
    standing: StandingRow,
    transcript: TranscriptRow,
    findings: tuple[Finding, ...],
    sets: dict[str, list[SignalSetRow]],
) -> ScoredCall:
    found = [mapping.signal_set_of(row, _BULK) for row in sets[standing.evaluation]]
    signals = (signal for one in found for signal in one.signals)
    return ScoredCall(
        recording=mapping.recording_of(recording),
        transcript=mapping.transcript_of(transcript, words=False),
        signals=tuple(sorted(signals, key=lambda signal: (signal.start_ms, signal.end_ms))),
        measured=frozenset(kind for one in found for kind in one.measured),
        findings=findings,
        score=mapping.score_of(standing),
    )
