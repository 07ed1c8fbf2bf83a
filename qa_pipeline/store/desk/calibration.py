"""Calibration sessions: what is asked of whom, and everybody's own answers until they are handed in.

Nothing here gives anybody another's answer or the machine's: those are in `calibration_results`, for sessions that are
over. Answers never touch what stands for a call. Raises StoreError.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from qa_pipeline.domain import (
    ANSWERS,
    BlindCall,
    Calibration,
    CalibrationAnswer,
    CalibrationCall,
    Participant,
    Right,
    StoreError,
    User,
    Verdict,
)
from qa_pipeline.store import mapping
from qa_pipeline.store.engine import Store
from qa_pipeline.store.people import audit
from qa_pipeline.store.standing import Narrowed
from qa_pipeline.store.tables.accounts import AuditRow, UserRow
from qa_pipeline.store.tables.base import now
from qa_pipeline.store.tables.calls import EvaluationRow, FindingRow, RecordingRow, TranscriptRow
from qa_pipeline.store.tables.desk import CalibrationAnswerRow, CalibrationCallRow, CalibrationPersonRow, CalibrationRow

PAGE = 30
LONGEST_NOTE = 2000
OPENED = "calibration.opened"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What a participant says of a criterion."""

    criterion: str
    verdict: Verdict
    note: str = ""


def page(store: Store, user: User, *, offset: int = 0, limit: int = PAGE) -> tuple[Calibration, ...]:
    """The newest sessions that a person may see: a lead all, others those they take part in."""
    query = in_sight(select(CalibrationRow), user).order_by(CalibrationRow.id.desc()).offset(offset).limit(limit)
    with store.read() as session:
        return _values(session, session.scalars(query).all())


def get(store: Store, user: User, session_id: int) -> Calibration:
    """One session in sight. Raises StoreError, "not_found"."""
    with store.read() as session:
        (found,) = _values(session, [row_of(session, user, session_id)])
        return found


def calls(store: Store, user: User, session_id: int) -> tuple[CalibrationCall, ...]:
    """The calls of a session in their order, each with how many items the person has answered."""
    with store.read() as session:
        row_of(session, user, session_id)
        return _calls(session, user, session_id)


def blind_call(store: Store, user: User, session_id: int, call_id: str) -> BlindCall:
    """What a participant judges; after the session everybody who sees it may read along.

    Raises StoreError, "not_found".
    """
    with store.read() as session:
        over = row_of(session, user, session_id).closed_at is not None
        if not over and session.get(CalibrationPersonRow, (session_id, user.id)) is None:
            raise no_such()
        listed = next((one for one in _calls(session, user, session_id) if one.call_id == call_id), None)
        if listed is None:
            raise no_such()
        frozen = session.get_one(CalibrationCallRow, (session_id, call_id)).evaluation
        heard = session.get_one(TranscriptRow, session.get_one(EvaluationRow, frozen).transcript)
        row = CalibrationAnswerRow
        own = select(row).where(row.session == session_id, row.call_id == call_id, row.user == user.id)
        return BlindCall(
            call=listed,
            transcript=mapping.transcript_of(heard),
            criteria=criteria_of(session, frozen),
            own={one.criterion: answer_of(one) for one in session.scalars(own)},
        )


def answer(store: Store, user: User, session_id: int, call_id: str, reply: Reply) -> CalibrationCall:
    """Keeps a participant's answer in place of an earlier one; gives how far the call is.

    Raises StoreError: "not_found", "calibration_over" (the session is), "calibration_submitted" (the person has handed
    in), "calibration_answer" (no criterion of the call, or nothing that a person may answer).
    """
    return store.write(partial(_keep, user=user, session_id=session_id, call_id=call_id, reply=reply))


def submit(store: Store, user: User, session_id: int) -> bool:
    """Hands a participant's answers in for good; whether they were the last, which ends the session.

    Raises StoreError: "not_found", "calibration_over", "calibration_submitted", "calibration_unanswered".
    """
    return store.write(partial(_submit, user=user, session_id=session_id))


def close(store: Store, by: User, session_id: int) -> None:
    """Ends a session before all have handed in; who has not is left out. Raises StoreError, "calibration_over"."""
    store.write(partial(_close, by=by, session_id=session_id))


def hidden(store: Store, user: User) -> Mapping[str, int]:
    """The calls whose judgement a person must not see yet, with the session that they take part in."""
    query = (
        select(CalibrationCallRow.call_id, CalibrationCallRow.session)
        .join(CalibrationRow, CalibrationRow.id == CalibrationCallRow.session)
        .join(CalibrationPersonRow, CalibrationPersonRow.session == CalibrationRow.id)
        .where(CalibrationPersonRow.user == user.id, CalibrationRow.closed_at.is_(None))
    )
    with store.read() as session:
        return {call_id: number for call_id, number in session.execute(query)}  # noqa: C416 - rows are no pairs


def _keep(session: Session, user: User, session_id: int, call_id: str, reply: Reply) -> CalibrationCall:
    _still_answering(session, user, session_id)
    listed = session.get(CalibrationCallRow, (session_id, call_id))
    if listed is None:
        raise no_such()
    if reply.criterion not in criteria_of(session, listed.evaluation) or reply.verdict not in ANSWERS:
        raise StoreError("The call has no such criterion, or that is no answer.", code="calibration_answer")
    # Drafts are not in the audit log: until somebody hands in, they are the person's own.
    session.merge(
        CalibrationAnswerRow(
            session=session_id,
            call_id=call_id,
            user=user.id,
            criterion=reply.criterion,
            verdict=reply.verdict,
            note=reply.note.strip()[:LONGEST_NOTE],
            answered_at=now(),
        )
    )
    session.flush()
    return next(one for one in _calls(session, user, session_id) if one.call_id == call_id)


def _submit(session: Session, user: User, session_id: int) -> bool:
    person = _still_answering(session, user, session_id)
    lacking = sum(one.items - one.answered for one in _calls(session, user, session_id))
    if lacking:
        raise StoreError(
            f"{lacking} items are not answered.",
            code="calibration_unanswered",
            hint="Answer each; unsure is an answer.",
        )
    person.submitted_at = now()
    session.flush()
    audit.note(session, user, "calibration.submitted", "calibration", str(session_id))
    row = CalibrationPersonRow
    waiting = session.scalar(
        select(func.count()).select_from(row).where(row.session == session_id, row.submitted_at.is_(None))
    )
    if not waiting:
        session.get_one(CalibrationRow, session_id).closed_at = now()
        audit.note(session, user, "calibration.closed", "calibration", str(session_id), left_out=[])
    return not waiting


def _close(session: Session, by: User, session_id: int) -> None:
    found = row_of(session, by, session_id)
    _refuse_over(found)
    found.closed_at = now()
    row = CalibrationPersonRow
    left_out = session.scalars(select(row.user).where(row.session == session_id, row.submitted_at.is_(None)))
    audit.note(session, by, "calibration.closed", "calibration", str(session_id), left_out=sorted(left_out))


def _still_answering(session: Session, user: User, session_id: int) -> CalibrationPersonRow:
    found, person = session.get(CalibrationRow, session_id), session.get(CalibrationPersonRow, (session_id, user.id))
    if found is None or person is None:
        raise no_such()
    if person.submitted_at is not None:
        raise StoreError("You have handed your answers in; they stay.", code="calibration_submitted")
    _refuse_over(found)
    return person


def _refuse_over(row: CalibrationRow) -> None:
    if row.closed_at is not None:
        raise StoreError("The session is over.", code="calibration_over")


def in_sight(query: Narrowed, user: User) -> Narrowed:
    """The query over sessions, narrowed to those that somebody may see."""
    if user.may(Right.LEAD_CALIBRATION) or user.may(Right.EXPORT):
        return query
    mine = select(CalibrationPersonRow.session).where(CalibrationPersonRow.user == user.id)
    return query.where(CalibrationRow.id.in_(mine))


def row_of(session: Session, user: User, session_id: int) -> CalibrationRow:
    """A session in sight. Raises StoreError, "not_found"."""
    row = session.scalar(in_sight(select(CalibrationRow), user).where(CalibrationRow.id == session_id))
    if row is None:
        raise no_such()
    return row


def no_such() -> StoreError:
    """What is said of a session that is not there or not in sight."""
    return StoreError("There is no such session, or it is not yours to see.", code="not_found")


def _values(session: Session, rows: Sequence[CalibrationRow]) -> tuple[Calibration, ...]:
    ids = [row.id for row in rows]
    people, sizes, chosen = _people(session, ids), _sizes(session, ids), _chosen(session, ids)
    return tuple(
        Calibration(
            id=row.id,
            title=row.title,
            scorecard=row.scorecard,
            scorecard_version=row.scorecard_version,
            expert=row.expert or "",
            created_by=row.created_by,
            created_at=row.created_at,
            due_on=row.due_on,
            closed_at=row.closed_at,
            people=tuple(people[row.id]),
            calls=sizes[row.id][0],
            items=sizes[row.id][1],
            chosen=str(chosen[row.id].get("chosen", "ids")),
            seed=chosen[row.id].get("seed"),
        )
        for row in rows
    )


def _people(session: Session, ids: Sequence[int]) -> dict[int, list[Participant]]:
    row, person = CalibrationAnswerRow, CalibrationPersonRow
    counted = select(row.session, row.user, func.count()).where(row.session.in_(ids)).group_by(row.session, row.user)
    answered = {(number, who): n for number, who, n in session.execute(counted)}
    query = (
        select(person, UserRow.name)
        .join(UserRow, UserRow.id == person.user)
        .where(person.session.in_(ids))
        .order_by(UserRow.name, UserRow.id)
    )
    found: dict[int, list[Participant]] = defaultdict(list)
    for one, name in session.execute(query):
        done = answered.get((one.session, one.user), 0)
        found[one.session].append(Participant(user=one.user, name=name, answered=done, submitted_at=one.submitted_at))
    return found


def _sizes(session: Session, ids: Sequence[int]) -> dict[int, tuple[int, int]]:
    """Calls and items of each session."""
    row = CalibrationCallRow
    query = (
        select(row.session, func.count(row.call_id.distinct()), func.count(FindingRow.criterion))
        .outerjoin(FindingRow, FindingRow.evaluation == row.evaluation)
        .where(row.session.in_(ids))
        .group_by(row.session)
    )
    return defaultdict(lambda: (0, 0), {number: (n, items) for number, n, items in session.execute(query)})


def _chosen(session: Session, ids: Sequence[int]) -> Mapping[int, dict[str, Any]]:
    """How the calls were chosen: the audit log of the opening knows."""
    query = select(AuditRow).where(
        AuditRow.subject_kind == "calibration",
        AuditRow.subject.in_([str(one) for one in ids]),
        AuditRow.action == OPENED,
    )
    return defaultdict(dict, {int(row.subject): json.loads(row.detail) for row in session.scalars(query)})


def _calls(session: Session, user: User, session_id: int) -> tuple[CalibrationCall, ...]:
    row, said = CalibrationCallRow, CalibrationAnswerRow
    counted = select(said.call_id, func.count()).where(said.session == session_id, said.user == user.id)
    answered = {call_id: n for call_id, n in session.execute(counted.group_by(said.call_id))}  # noqa: C416 - rows are no pairs
    query = (
        select(RecordingRow, func.count(FindingRow.criterion))
        .join(row, row.call_id == RecordingRow.call_id)
        .outerjoin(FindingRow, FindingRow.evaluation == row.evaluation)
        .where(row.session == session_id)
        .group_by(*RecordingRow.__table__.columns, row.position)
        .order_by(row.position)
    )
    return tuple(
        CalibrationCall(
            call_id=one.call_id,
            language=one.language,
            started_at=one.started_at,
            duration_ms=one.duration_ms,
            items=items,
            answered=answered.get(one.call_id, 0),
        )
        for one, items in session.execute(query)
        if user.scope.covers(team=one.team, agent_id=one.agent_id)
    )


def criteria_of(session: Session, evaluation: str) -> tuple[str, ...]:
    """The criteria that an evaluation judged, in the scorecard's order."""
    query = select(FindingRow.criterion).where(FindingRow.evaluation == evaluation).order_by(FindingRow.position)
    return tuple(session.scalars(query))


def answer_of(row: CalibrationAnswerRow) -> CalibrationAnswer:
    """The value of a row."""
    return CalibrationAnswer(
        call_id=row.call_id,
        criterion=row.criterion,
        user=row.user,
        verdict=row.verdict,
        note=row.note,
        answered_at=row.answered_at,
    )
