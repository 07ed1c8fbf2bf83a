"""What reports read: judged calls, one after the other, however many there are. Raises StoreError."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from qa_pipeline.domain import Finding, ScoredCall, SignalSet, StoreError
from qa_pipeline.store import mapping
from qa_pipeline.store.engine import Store
from qa_pipeline.store.tables import (
    EvaluationRow,
    EvaluationSignalsRow,
    FindingRow,
    RecordingRow,
    SignalSetRow,
    TranscriptRow,
)

_CHUNK = 50  # calls in memory at a time: about 10 MB when they are long


def scored_calls(
    store: Store,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    team: str | None = None,
    agent_id: str | None = None,
) -> Iterator[ScoredCall]:
    """Every call that has a current evaluation, sorted by call id (code points), in bounded memory.

    Each call is read as it was at one moment; between calls the database is free, so the reader may write.

    Args:
        store: Where to read.
        since: Calls that started then or later, on the clock that the metadata show; calls without a start are out.
        until: Calls that started before.
        team: Calls of this team only.
        agent_id: Calls of this agent only.
    """
    query = _current()
    for bound in (since, until):
        if bound is not None and bound.tzinfo is not None:
            raise StoreError(
                "Give since and until without a time zone.",
                code="time_zone",
                hint="They are compared with the calls' own clock.",
            )
    if since is not None:
        query = query.where(RecordingRow.started_at >= since)
    if until is not None:
        query = query.where(RecordingRow.started_at < until)
    if team is not None:
        query = query.where(RecordingRow.team == team)
    if agent_id is not None:
        query = query.where(RecordingRow.agent_id == agent_id)
    return _chunks(store, query.order_by(RecordingRow.call_id).limit(_CHUNK))


def scored_call(store: Store, call_id: str) -> ScoredCall | None:
    """One call with its current evaluation, None when it has none."""
    with store.read() as session:
        return next(iter(_load(session, _current().where(RecordingRow.call_id == call_id))), None)


def _current() -> Select[RecordingRow, EvaluationRow, TranscriptRow]:
    return (
        select(RecordingRow, EvaluationRow, TranscriptRow)
        .join(EvaluationRow, RecordingRow.evaluation == EvaluationRow.fingerprint)
        .join(TranscriptRow, EvaluationRow.transcript == TranscriptRow.fingerprint)
    )


def _chunks(store: Store, query: Select[RecordingRow, EvaluationRow, TranscriptRow]) -> Iterator[ScoredCall]:
    """Goes on after the last call id seen, each time in a transaction of its own."""
    after = query
    while True:
        with store.read() as session:
            calls = _load(session, after)
        yield from calls
        if len(calls) < _CHUNK:
            return
        after = query.where(RecordingRow.call_id > calls[-1].recording.id)


def _load(session: Session, query: Select[RecordingRow, EvaluationRow, TranscriptRow]) -> list[ScoredCall]:
    rows = session.execute(query).all()
    keys = [evaluation.fingerprint for _, evaluation, _ in rows]
    findings, sets = _findings(session, keys), _signal_sets(session, keys)
    return [
        _scored(recording, evaluation, transcript, findings[evaluation.fingerprint], sets[evaluation.fingerprint])
        for recording, evaluation, transcript in rows
    ]


def _findings(session: Session, evaluations: Sequence[str]) -> dict[str, list[Finding]]:
    query = select(FindingRow).where(FindingRow.evaluation.in_(evaluations)).order_by(FindingRow.position)
    found: dict[str, list[Finding]] = defaultdict(list)
    for row in session.scalars(query):
        found[row.evaluation].append(mapping.finding_of(row))
    return found


def _signal_sets(session: Session, evaluations: Sequence[str]) -> dict[str, list[SignalSet]]:
    query = (
        select(EvaluationSignalsRow.evaluation, SignalSetRow)
        .join(SignalSetRow, EvaluationSignalsRow.signal_set == SignalSetRow.fingerprint)
        .where(EvaluationSignalsRow.evaluation.in_(evaluations))
        .order_by(EvaluationSignalsRow.position)
    )
    found: dict[str, list[SignalSet]] = defaultdict(list)
    for evaluation, row in session.execute(query):
        found[evaluation].append(mapping.signal_set_of(row))
    return found


def _scored(
    recording: RecordingRow,
    evaluation: EvaluationRow,
    transcript: TranscriptRow,
    findings: Sequence[Finding],
    sets: Sequence[SignalSet],
) -> ScoredCall:
    signals = [signal for found in sets for signal in found.signals]
    return ScoredCall(
        recording=mapping.recording_of(recording),
        transcript=mapping.transcript_of(transcript),
        signals=tuple(sorted(signals, key=lambda signal: (signal.start_ms, signal.end_ms))),
        measured=frozenset(kind for found in sets for kind in found.measured),
        findings=tuple(findings),
        score=mapping.score_of(evaluation),
    )
