"""Who works on which call: claiming, releasing, taking over. Raises StoreError.

Each is one transaction, so that of two who want a call at the same moment one gets it and the other one is told.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from qa_pipeline.domain import Claim, StoreError, Takeover, User
from qa_pipeline.store.engine import Store
from qa_pipeline.store.people import audit
from qa_pipeline.store.tables.accounts import UserRow
from qa_pipeline.store.tables.base import now
from qa_pipeline.store.tables.calls import RecordingRow
from qa_pipeline.store.tables.desk import ClaimRow, DecisionRow, TakeoverRow

CLAIM = timedelta(minutes=30)
"""How long a call stays claimed after the last sign of life of whoever claimed it."""


def claim(store: Store, user: User, call_id: str) -> datetime:
    """Takes a call for half an hour from now (again and again); until when, in UTC.

    Raises StoreError: "claimed" with the name of whoever has it, "unknown_call".
    """
    return store.write(partial(_claim, user=user, call_id=call_id))


def take_over(store: Store, user: User, call_id: str, holder: str) -> datetime:
    """Takes a call from whoever is seen to have it (a user's id), or claims it if nobody has it any more; until when.

    Raises StoreError: "claimed" (somebody else has it meanwhile, or the holder is at work: see
    `Claim.may_be_taken_by`), "unknown_call".
    """
    return store.write(partial(_take_over, user=user, call_id=call_id, holder=holder))


def renew(store: Store, user: User, call_id: str) -> None:
    """A sign of life: the person's claim, if it is still theirs, lasts half an hour from now."""
    mine = (ClaimRow.call_id == call_id, ClaimRow.user == user.id, ClaimRow.until > now())
    store.write(lambda session: session.execute(update(ClaimRow).where(*mine).values(until=now() + CLAIM)))


def release(store: Store, user: User, call_id: str) -> None:
    """Gives a call back, if the person has it."""
    store.write(
        lambda session: session.execute(delete(ClaimRow).where(ClaimRow.call_id == call_id, ClaimRow.user == user.id))
    )


def holder(store: Store, call_id: str) -> tuple[str, datetime] | None:
    """Who has claimed a call (a user's id) and until when (UTC); None while nobody has."""
    with store.read() as session:
        row = _live(session, call_id)
        return (row.user, row.until) if row else None


def of(session: Session, call_id: str) -> Claim | None:
    """Who has a call and how they get on with it; None while nobody has it."""
    row = _live(session, call_id)
    if row is None:
        return None
    decided = session.scalar(
        select(func.max(DecisionRow.made_at)).where(DecisionRow.call_id == call_id, DecisionRow.reviewer == row.user)
    )
    active_at = max(row.since, decided) if decided else row.since
    return Claim(user=row.user, since=row.since, until=row.until, active_at=active_at)


def taken(session: Session, call_id: str) -> Mapping[str, Takeover]:
    """From whom the call was taken while they had it, no longer ago than a claim lasts, and by whom."""
    query = select(TakeoverRow).where(TakeoverRow.call_id == call_id, TakeoverRow.at > now() - CLAIM)
    return {row.taken_from: Takeover(by=row.by, at=row.at) for row in session.scalars(query)}


def refuse_others(session: Session, user: User, call_id: str) -> None:
    """Raises StoreError, "claimed", while somebody else has the call."""
    row = _live(session, call_id)
    if row is not None and row.user != user.id:
        raise _claimed(session, row.user)


def _claim(session: Session, user: User, call_id: str) -> datetime:
    refuse_others(session, user, call_id)
    _refuse_unseen(session, user, call_id)
    row = session.get(ClaimRow, call_id)
    if row is not None and row.user == user.id and row.until > now():
        row.until = now() + CLAIM
        return row.until
    if row is None or row.user != user.id:
        audit.note(session, user, "claimed", "call", call_id)
    return _hold(session, user, call_id)


def _take_over(session: Session, user: User, call_id: str, holder: str) -> datetime:
    present = of(session, call_id)
    if present is None or present.user == user.id:
        return _claim(session, user, call_id)
    _refuse_unseen(session, user, call_id)
    if present.user != holder or not present.may_be_taken_by(user, now()):
        raise _claimed(session, present.user)
    session.merge(TakeoverRow(call_id=call_id, taken_from=holder, by=user.id, at=now()))
    login = session.scalar(select(UserRow.login).where(UserRow.id == holder))
    audit.note(session, user, "taken_over", "call", call_id, taken_from=login)
    return _hold(session, user, call_id)


def _hold(session: Session, user: User, call_id: str) -> datetime:
    """The claim is the person's from now on; that it was once taken from them is over."""
    told = (TakeoverRow.call_id == call_id, TakeoverRow.taken_from == user.id)
    session.execute(delete(TakeoverRow).where(*told))
    moment = now()
    session.merge(ClaimRow(call_id=call_id, user=user.id, since=moment, until=moment + CLAIM))
    return moment + CLAIM


def _claimed(session: Session, holder: str) -> StoreError:
    name = session.scalar(select(UserRow.name).where(UserRow.id == holder))
    return StoreError(f"{name} works on this call.", code="claimed", hint="Take another one, or wait.")


def _live(session: Session, call_id: str) -> ClaimRow | None:
    row = session.get(ClaimRow, call_id)
    return row if row is not None and row.until > now() else None


def _refuse_unseen(session: Session, user: User, call_id: str) -> None:
    recording = session.get(RecordingRow, call_id)
    if recording is None or not user.scope.covers(team=recording.team, agent_id=recording.agent_id):
        raise StoreError("There is no such call, or it is not yours to see.", code="unknown_call")
