"""What reports read: judged calls, one after the other, however many there are. Raises StoreError."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from qa_pipeline.domain import (
    Finding,
    QueueState,
    Scope,
    ScoredCall,
    SignalSet,
    StoreError,
    overlaid,
    standing_decisions,
)
from qa_pipeline.store import mapping
from qa_pipeline.store.engine import Store
from qa_pipeline.store.standing import decisions_on
from qa_pipeline.store.tables.calls import (
    EvaluationRow,
    EvaluationSignalsRow,
    FindingRow,
    RecordingRow,
    SignalSetRow,
    TranscriptRow,
)
from qa_pipeline.store.tables.desk import StandingRow

EVERYTHING = Scope()
_CHUNK = 50  # calls in memory at a time: about 10 MB when they are long


def scored_calls(
    store: Store,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    team: str | None = None,
    agent_id: str | None = None,
    machine: bool = False,
) -> Iterator[ScoredCall]:
    """Every call that has a current evaluation, sorted by call id (code points), in bounded memory.

    What people decided stands in place of the machine's verdicts (with `machine` it is left out: to measure the
    machine, say). People's words on a call that the machine has judged anew count once `standing.settle` has run.

    Each call is read as it was at one moment; between calls the database is free, so the reader may write.

    Args:
        store: Where to read.
        since: Calls that started then or later, on the clock that the metadata show; calls without a start are out.
        until: Calls that started before.
        team: Calls of this team only.
        agent_id: Calls of this agent only.
        machine: The machine's own judgement alone.
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
    return _chunks(store, query.order_by(RecordingRow.call_id).limit(_CHUNK), machine=machine)


def scored_call(store: Store, call_id: str, scope: Scope = EVERYTHING, *, machine: bool = False) -> ScoredCall | None:
    """One call with what stands for it; None when it has no evaluation, or is out of sight."""
    query = _current().where(RecordingRow.call_id == call_id)
    if scope.team is not None:
        query = query.where(RecordingRow.team == scope.team)
    if scope.agent_id is not None:
        query = query.where(RecordingRow.agent_id == scope.agent_id, RecordingRow.agent_id != "")
    with store.read() as session:
        return next(iter(_load(session, query, machine=machine)), None)


def judged(store: Store, evaluation: str) -> ScoredCall | None:
    """What the machine found in an evaluation, named by its fingerprint; the same for as long as it is kept.

    Only the recording may change: new metadata come in.
    """
    query = (
        select(RecordingRow, EvaluationRow, TranscriptRow)
        .join(EvaluationRow, RecordingRow.call_id == EvaluationRow.call_id)
        .join(TranscriptRow, EvaluationRow.transcript == TranscriptRow.fingerprint)
    )
    with store.read() as session:
        return next(iter(_load(session, query.where(EvaluationRow.fingerprint == evaluation), machine=True)), None)


def _current() -> Select[RecordingRow, EvaluationRow, TranscriptRow]:
    return (
        select(RecordingRow, EvaluationRow, TranscriptRow)
        .join(EvaluationRow, RecordingRow.evaluation == EvaluationRow.fingerprint)
        .join(TranscriptRow, EvaluationRow.transcript == TranscriptRow.fingerprint)
    )


def _chunks(
    store: Store, query: Select[RecordingRow, EvaluationRow, TranscriptRow], *, machine: bool
) -> Iterator[ScoredCall]:
    """Goes on after the last call id seen, each time in a transaction of its own."""
    after = query
    while True:
        with store.read() as session:
            calls = _load(session, after, machine=machine)
        yield from calls
        if len(calls) < _CHUNK:
            return
        after = query.where(RecordingRow.call_id > calls[-1].recording.id)


def _load(
    session: Session, query: Select[RecordingRow, EvaluationRow, TranscriptRow], *, machine: bool
) -> list[ScoredCall]:
    rows = session.execute(query).all()
    keys = [evaluation.fingerprint for _, evaluation, _ in rows]
    findings, sets = _findings(session, keys), _signal_sets(session, keys)
    calls = [
        _scored(recording, evaluation, transcript, findings[evaluation.fingerprint], sets[evaluation.fingerprint])
        for recording, evaluation, transcript in rows
    ]
    return (
        calls
        if machine
        else _with_people(session, calls, {row.call_id: key for (row, _, _), key in zip(rows, keys, strict=True)})
    )


def _with_people(session: Session, calls: Sequence[ScoredCall], evaluations: Mapping[str, str]) -> list[ScoredCall]:
    """The calls as they stand: people's words over the machine's, where they have been brought together."""
    row = StandingRow
    touched = select(row).where(row.call_id.in_(evaluations), (row.decided > 0) | (row.state == QueueState.DONE.value))
    stands = {one.call_id: one for one in session.scalars(touched) if one.settled}
    return [
        _as_it_stands(session, call, stands[call.recording.id])
        if call.recording.id in stands and stands[call.recording.id].evaluation == evaluations[call.recording.id]
        else call
        for call in calls
    ]


def _as_it_stands(session: Session, call: ScoredCall, row: StandingRow) -> ScoredCall:
    known = decisions_on(session, row.call_id, session.get_one(EvaluationRow, row.evaluation))
    findings = overlaid(call.findings, standing_decisions(known))
    return replace(call, findings=findings, score=mapping.score_of(row))


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
