"""What the pipeline keeps of calls and asks for again.

Transcripts, signal sets and evaluations are written once: writing a fingerprint that is there changes nothing.
Everything is a short transaction of its own (recordings: one for each 500) and raises StoreError.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial
from itertools import islice

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from qa_pipeline.domain import (
    Evaluation,
    LedgerEntry,
    Recording,
    SignalSet,
    Status,
    StoreError,
    Transcript,
)
from qa_pipeline.store import mapping, standing
from qa_pipeline.store.engine import Store
from qa_pipeline.store.tables.calls import (
    EvaluationRow,
    EvaluationSignalsRow,
    FindingRow,
    RecordingRow,
    SignalSetRow,
    TranscriptRow,
)

_BATCH = 500
_LONGEST_ID = 500  # characters: PostgreSQL's indexes end at 2.7 kB, and a character may take four bytes


def upsert_recordings(store: Store, recordings: Iterable[Recording]) -> tuple[LedgerEntry, ...]:
    """Takes recordings in, or their news; gives an entry for each one that was refused.

    A known call's metadata are brought up to date. When its file moved (same content) the new place is noted;
    when the content changed, the call has no evaluation until it is judged again. A file that comes back under
    another call id is that call from now on; the old one is kept without a current evaluation.

    Refused: a call id that belongs to another recording ("call_id_taken", failed), content that is stored under
    another call id and path ("duplicate", skipped), an id of more than 500 characters ("id_too_long", failed).
    The entries name the recording by its `uri`; archive and line are the caller's to fill in.
    """
    refused: list[LedgerEntry] = []
    waiting = iter(recordings)
    while batch := list(islice(waiting, _BATCH)):
        refused += store.write(partial(_upsert, batch=batch))
    return tuple(refused)


def recording(store: Store, call_id: str) -> Recording | None:
    """The recording of this call, None when there is none."""
    with store.read() as session:
        row = session.get(RecordingRow, call_id)
        return mapping.recording_of(row) if row else None


def save_transcript(store: Store, call_id: str, fingerprint: str, transcript: Transcript) -> None:
    """Keeps a transcript."""
    values = {"fingerprint": fingerprint, "call_id": call_id} | mapping.transcript_columns(transcript)
    store.write(partial(_insert_once, table=TranscriptRow, values=values))


def transcript(store: Store, fingerprint: str) -> Transcript | None:
    """The transcript of this fingerprint, None when there is none."""
    with store.read() as session:
        row = session.get(TranscriptRow, fingerprint)
        return mapping.transcript_of(row) if row else None


def save_signals(store: Store, call_id: str, fingerprint: str, found: SignalSet) -> None:
    """Keeps what one stage found."""
    values = {"fingerprint": fingerprint, "call_id": call_id} | mapping.signal_set_columns(found)
    store.write(partial(_insert_once, table=SignalSetRow, values=values))


def signals(store: Store, fingerprint: str) -> SignalSet | None:
    """The signal set of this fingerprint, None when there is none."""
    with store.read() as session:
        row = session.get(SignalSetRow, fingerprint)
        return mapping.signal_set_of(row) if row else None


def save_evaluation(store: Store, evaluation: Evaluation) -> None:
    """Keeps an evaluation and makes it the call's current one; earlier ones stay.

    Raises:
        StoreError: code "unknown_call" when no such recording was taken in, "store" when the transcript or a
            signal set that it rests on is not kept.
    """
    store.write(partial(_evaluate, evaluation=evaluation))


def evaluation(store: Store, fingerprint: str) -> Evaluation | None:
    """The evaluation of this fingerprint, current or not; None when there is none."""
    with store.read() as session:
        row = session.get(EvaluationRow, fingerprint)
        if row is None:
            return None
        sets = select(EvaluationSignalsRow.signal_set).where(EvaluationSignalsRow.evaluation == fingerprint)
        findings = select(FindingRow).where(FindingRow.evaluation == fingerprint).order_by(FindingRow.position)
        return Evaluation(
            fingerprint=fingerprint,
            call_id=row.call_id,
            transcript=row.transcript,
            signal_sets=tuple(session.scalars(sets.order_by(EvaluationSignalsRow.position))),
            scorecard_fingerprint=row.scorecard_fingerprint,
            findings=tuple(mapping.finding_of(finding) for finding in session.scalars(findings)),
            score=mapping.score_of(row),
        )


def current(store: Store, call_ids: Iterable[str]) -> dict[str, str]:
    """The fingerprint of the current evaluation of each of these calls; calls without one are left out."""
    found: dict[str, str] = {}
    waiting = iter(call_ids)
    with store.read() as session:
        while batch := list(islice(waiting, _BATCH)):
            query = select(RecordingRow.call_id, RecordingRow.evaluation).where(RecordingRow.call_id.in_(batch))
            found |= {call_id: evaluation for call_id, evaluation in session.execute(query) if evaluation}
    return found


def pending(store: Store, call_ids: Sequence[str]) -> tuple[str, ...]:
    """Those of these calls that have no current evaluation, in the order given."""
    done = current(store, call_ids)
    return tuple(call_id for call_id in call_ids if call_id not in done)


def _upsert(session: Session, batch: Sequence[Recording]) -> list[LedgerEntry]:
    ids = {recording.id for recording in batch}
    contents = {recording.sha256 for recording in batch}
    query = select(RecordingRow).where(RecordingRow.call_id.in_(ids) | RecordingRow.sha256.in_(contents))
    known = {row.call_id: row for row in session.scalars(query)}
    by_content: dict[str, list[RecordingRow]] = {}
    for row in known.values():
        by_content.setdefault(row.sha256, []).append(row)
    refused = []
    for item in batch:
        others = [row for row in by_content.get(item.sha256, ()) if row.call_id != item.id]
        entry = _refusal(item, known.get(item.id), others)
        if entry:
            refused.append(entry)
            continue
        for row in others:
            if row.uri == item.uri:
                row.evaluation = None
                standing.unjudged(session, row.call_id)
        row = known[item.id] = _write(session, item, known.get(item.id))
        by_content.setdefault(item.sha256, []).append(row)
    return refused


def _refusal(item: Recording, row: RecordingRow | None, others: Sequence[RecordingRow]) -> LedgerEntry | None:
    """Why this recording cannot be taken; `row` is its call's, `others` are other calls' with the same content."""
    if max(len(item.id), len(item.meta.agent_id), len(item.meta.team)) > _LONGEST_ID:
        return _entry(
            item, Status.FAILED, "id_too_long", f"Call id, agent id and team may have {_LONGEST_ID} characters."
        )
    if row and row.sha256 == item.sha256:
        return None
    if row and row.uri != item.uri:
        return _entry(item, Status.FAILED, "call_id_taken", f"Another recording has this call id already: {row.uri}")
    if others and all(other.uri != item.uri for other in others):
        return _entry(item, Status.SKIPPED, "duplicate", f"The same sound is stored as call {others[0].call_id}.")
    return None


def _entry(item: Recording, status: Status, code: str, reason: str) -> LedgerEntry:
    return LedgerEntry(
        archive="", recording=item.uri, line=None, call_id=item.id, status=status, code=code, reason=reason
    )


def _write(session: Session, item: Recording, row: RecordingRow | None) -> RecordingRow:
    columns = mapping.recording_columns(item)
    if row is None:
        row = RecordingRow(**columns)
        session.add(row)
        return row
    if row.sha256 != item.sha256:
        row.evaluation = None
        standing.unjudged(session, row.call_id)
    for name, value in columns.items():
        setattr(row, name, value)  # what stays the same is not written
    if session.is_modified(row):
        standing.renamed(session, row)
    return row


def _insert_once(session: Session, table: type[TranscriptRow | SignalSetRow], values: dict[str, object]) -> None:
    if not _has(session, table, values["fingerprint"]):
        session.execute(insert(table), values)


def _evaluate(session: Session, evaluation: Evaluation) -> None:
    row = session.get(RecordingRow, evaluation.call_id)
    if row is None:
        raise StoreError(f"No recording of call {evaluation.call_id} was taken in.", code="unknown_call")
    key = evaluation.fingerprint
    if not _has(session, EvaluationRow, key):
        columns = mapping.score_columns(evaluation.score)
        columns |= {"fingerprint": key, "call_id": evaluation.call_id, "transcript": evaluation.transcript}
        session.execute(insert(EvaluationRow), columns | {"scorecard_fingerprint": evaluation.scorecard_fingerprint})
        findings = [mapping.finding_columns(finding) for finding in evaluation.findings]
        _insert_parts(session, FindingRow, key, findings)
        _insert_parts(session, EvaluationSignalsRow, key, [{"signal_set": name} for name in evaluation.signal_sets])
    if row.evaluation != key:
        row.evaluation = key
        session.flush()
        standing.judged(session, row)


def _insert_parts(
    session: Session,
    table: type[FindingRow | EvaluationSignalsRow],
    evaluation: str,
    parts: Sequence[dict[str, object]],
) -> None:
    rows = [{"evaluation": evaluation, "position": position} | part for position, part in enumerate(parts)]
    if rows:
        session.execute(insert(table), rows)


def _has(session: Session, table: type[TranscriptRow | SignalSetRow | EvaluationRow], fingerprint: object) -> bool:
    return session.scalar(select(table.fingerprint).where(table.fingerprint == fingerprint)) is not None
