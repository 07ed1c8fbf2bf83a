"""One call with all that people and machine have said of it, for its page. Raises StoreError."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import lru_cache, partial

from sqlalchemy import select
from sqlalchemy.orm import Session

from qa_pipeline.domain import (
    Claim,
    Decision,
    Recording,
    Reopening,
    Role,
    Scope,
    ScoredCall,
    Standing,
    StoreError,
    Takeover,
    User,
)
from qa_pipeline.store import finished as finished_reviews
from qa_pipeline.store import mapping, queries
from qa_pipeline.store import standing as stands
from qa_pipeline.store.desk import claims, decisions
from qa_pipeline.store.desk.decisions import Comment
from qa_pipeline.store.engine import Store
from qa_pipeline.store.people import audit
from qa_pipeline.store.tables.accounts import AuditRow, UserRow
from qa_pipeline.store.tables.base import now
from qa_pipeline.store.tables.calls import EvaluationRow, RecordingRow
from qa_pipeline.store.tables.desk import AssignmentRow, DecisionRow, StandingRow

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
    first, `earlier` those under other versions. `claim` says who works on it, `taken` from whom it was taken lately.
    `people` has whoever is named, by id; `finished` is the review that closed it under this version, `reopened` who has
    opened that one again since.
    """

    call: ScoredCall
    standing: Standing
    decisions: tuple[Decision, ...]
    earlier: tuple[Decision, ...]
    comments: tuple[Comment, ...]
    claim: Claim | None
    taken: Mapping[str, Takeover]
    assigned_to: str
    finished: Finished | None
    reopened: Reopening | None
    people: Mapping[str, Person]

    @property
    def claimed_by(self) -> str:
        """Who works on it, "" while nobody does."""
        return self.claim.user if self.claim else ""


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
        reviews = finished_reviews.of(session, call_id, evaluation.scorecard, evaluation.scorecard_version)
        last = reviews.last
        assigned = session.get(AssignmentRow, call_id)
        made = OpenedCall(
            call=replace(call, recording=mapping.recording_of(session.get_one(RecordingRow, call_id))),
            standing=stands.standing_of(row),
            decisions=said,
            earlier=tuple(mapping.decision_of(one) for one in session.scalars(every) if one.revision not in present),
            comments=remarks,
            claim=claims.of(session, call_id),
            taken=claims.taken(session, call_id),
            assigned_to=assigned.user if assigned else "",
            finished=Finished(reviewer=last.reviewer, at=last.finished_at) if last else None,
            reopened=reviews.reopened,
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


def _with_names(session: Session, made: OpenedCall) -> OpenedCall:
    ids = {one.reviewer for one in (*made.decisions, *made.earlier)}
    ids |= {one.author for one in made.comments} | {made.claimed_by, made.assigned_to}
    ids |= {one.by for one in made.taken.values()}
    ids |= {made.finished.reviewer} if made.finished else set()
    ids |= {made.reopened.by} if made.reopened else set()
    rows = session.execute(select(UserRow.id, UserRow.name, UserRow.role).where(UserRow.id.in_(ids)))
    people = {row.id: Person(name=row.name, role=Role(row.role)) for row in rows}
    return replace(made, people=people)


def _unknown() -> StoreError:
    return StoreError("There is no such call, or it is not yours to see.", code="unknown_call")
