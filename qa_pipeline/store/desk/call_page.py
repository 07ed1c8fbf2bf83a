"""One call with all that people and machine have said of it, for its page. Raises StoreError."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import lru_cache, partial

from sqlalchemy import select
from sqlalchemy.orm import Session

from qa_pipeline.domain import Decision, Recording, Role, Scope, ScoredCall, Standing, StoreError, User
from qa_pipeline.store import mapping, queries
from qa_pipeline.store import standing as stands
from qa_pipeline.store.desk import decisions
from qa_pipeline.store.desk.decisions import Comment
from qa_pipeline.store.engine import Store
from qa_pipeline.store.people import audit
from qa_pipeline.store.tables.accounts import AuditRow, UserRow
from qa_pipeline.store.tables.base import now
from qa_pipeline.store.tables.calls import EvaluationRow, RecordingRow
from qa_pipeline.store.tables.desk import AssignmentRow, ClaimRow, DecisionRow, FinishedRow, StandingRow

ONE_LISTENING = timedelta(minutes=30)
"""Playing a call again within this time is one listening, with one entry in the audit log."""
KEPT = 32
"""How many calls stay in memory as the machine judged them: a page asks for its call every few seconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Who said something."""

    name: str
    role: Role


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished:
    """Who closed a review, and when (UTC)."""

    reviewer: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedCall:
    """A call as its page needs it.

    `call` is the machine's judgement alone; `decisions` are people's words under this version of the scorecard, oldest
    first, `earlier` those under other versions. `claimed_by` ("": nobody) works on it until `claimed_until` (UTC).
    `people` has whoever is named, by id; `finished` is the last review that was closed under this version.
    """

    call: ScoredCall
    standing: Standing
    decisions: tuple[Decision, ...]
    earlier: tuple[Decision, ...]
    comments: tuple[Comment, ...]
    claimed_by: str
    claimed_until: datetime | None
    assigned_to: str
    finished: Finished | None
    people: Mapping[str, Person]


def opened(store: Store, call_id: str, scope: Scope) -> OpenedCall:
    """The call with everything said of it. Raises StoreError "unknown_call": none such in sight, or not judged."""
    remarks = decisions.comments(store, call_id, scope)
    call = _judged(store, _evaluation_of(store, call_id))
    with store.read() as session:
        row = session.get_one(StandingRow, call_id)
        evaluation = session.get_one(EvaluationRow, row.evaluation)
        every = select(DecisionRow).where(DecisionRow.call_id == call_id).order_by(DecisionRow.revision)
        said = stands.decisions_on(session, call_id, evaluation)
        present = {one.revision for one in said}
        claim = session.get(ClaimRow, call_id)
        live = claim if claim and claim.until > now() else None
        assigned = session.get(AssignmentRow, call_id)
        made = OpenedCall(
            call=replace(call, recording=mapping.recording_of(session.get_one(RecordingRow, call_id))),
            standing=stands.standing_of(row),
            decisions=said,
            earlier=tuple(mapping.decision_of(one) for one in session.scalars(every) if one.revision not in present),
            comments=remarks,
            claimed_by=live.user if live else "",
            claimed_until=live.until if live else None,
            assigned_to=assigned.user if assigned else "",
            finished=_finished(session, call_id, evaluation),
            people={},
        )
        return _with_names(session, made)


def recording(store: Store, call_id: str, scope: Scope) -> Recording:
    """The recording of a judged call in sight. Raises StoreError "unknown_call"."""
    query = select(RecordingRow).join(StandingRow, StandingRow.call_id == RecordingRow.call_id)
    with store.read() as session:
        row = session.scalar(stands.in_sight(query, scope).where(RecordingRow.call_id == call_id))
        if row is None:
            raise _unknown()
        return mapping.recording_of(row)


def note_played(store: Store, user: User, call_id: str) -> None:
    """Writes into the audit log that somebody hears a call; what follows within `ONE_LISTENING` is the same hearing.

    Browsers ask for a recording piece by piece, so that each hearing is many requests.
    """
    with store.read() as session:
        if _heard(session, user, call_id):
            return
    store.write(partial(_note_played, user=user, call_id=call_id))


def _note_played(session: Session, user: User, call_id: str) -> None:
    if not _heard(session, user, call_id):
        audit.note(session, user, "played", "call", call_id)


def _heard(session: Session, user: User, call_id: str) -> bool:
    query = select(AuditRow.id).where(
        AuditRow.user == user.id,
        AuditRow.at > now() - ONE_LISTENING,
        AuditRow.action == "played",
        AuditRow.subject_kind == "call",
        AuditRow.subject == call_id,
    )
    return session.scalars(query.limit(1)).first() is not None


@lru_cache(maxsize=KEPT)
def _judged(store: Store, evaluation: str) -> ScoredCall:
    call = queries.judged(store, evaluation)
    if call is None:
        raise _unknown()
    return call


def _evaluation_of(store: Store, call_id: str) -> str:
    query = select(RecordingRow.evaluation).join(StandingRow, StandingRow.call_id == RecordingRow.call_id)
    with store.read() as session:
        found = session.scalar(query.where(RecordingRow.call_id == call_id))
    if found is None:
        raise _unknown()
    return found


def _finished(session: Session, call_id: str, evaluation: EvaluationRow) -> Finished | None:
    row = session.scalars(
        select(FinishedRow)
        .join(EvaluationRow, EvaluationRow.fingerprint == FinishedRow.evaluation)
        .where(
            FinishedRow.call_id == call_id,
            EvaluationRow.scorecard == evaluation.scorecard,
            EvaluationRow.scorecard_version == evaluation.scorecard_version,
        )
        .order_by(FinishedRow.id.desc())
    ).first()
    return Finished(reviewer=row.reviewer, at=row.finished_at) if row else None


def _with_names(session: Session, made: OpenedCall) -> OpenedCall:
    ids = {one.reviewer for one in (*made.decisions, *made.earlier)}
    ids |= {one.author for one in made.comments} | {made.claimed_by, made.assigned_to}
    ids |= {made.finished.reviewer} if made.finished else set()
    rows = session.execute(select(UserRow.id, UserRow.name, UserRow.role).where(UserRow.id.in_(ids)))
    people = {row.id: Person(name=row.name, role=Role(row.role)) for row in rows}
    return replace(made, people=people)


def _unknown() -> StoreError:
    return StoreError("There is no such call, or it is not yours to see.", code="unknown_call")
