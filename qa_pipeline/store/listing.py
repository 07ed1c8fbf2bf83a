"""Calls for other programs: many, part by part in an order that stays, and what agents' scores add up to.

Raises StoreError.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from sqlalchemy import func, null, or_, select

from qa_pipeline.domain import QueueState, Recording, Scope, Standing
from qa_pipeline.store import mapping
from qa_pipeline.store import standing as stands
from qa_pipeline.store.engine import Store
from qa_pipeline.store.tables.calls import RecordingRow
from qa_pipeline.store.tables.desk import StandingRow, StandingVerdictRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which calls; "" and None: no matter. `since` is the first day, `until` the day after the last one, on the calls'
    own clock (a call without a start is then left out). `changed_since` is in UTC.
    """

    since: date | None = None
    until: date | None = None
    team: str = ""
    agent_id: str = ""
    state: QueueState | None = None
    changed_since: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A judged call, what stands for it, and since when (UTC)."""

    recording: Recording
    standing: Standing
    changed_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class After:
    """The last call of the part before; `changed_at` (UTC) where the order is by it."""

    call_id: str
    changed_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DayScores:
    """The scored calls of one agent on one day (None: all days together); `squares` is the sum of percents squared."""

    agent_id: str
    agent_name: str
    team: str
    day: date | None
    n: int
    total: float
    squares: float
    highest: float


def page(store: Store, scope: Scope, wanted: Wanted, *, after: After | None, limit: int) -> tuple[Listed, ...]:
    """Calls in sight, sorted by id; with `changed_since` by when they changed, so that whoever follows misses none."""
    row = StandingRow
    query = _narrowed(select(row, RecordingRow).join(RecordingRow, RecordingRow.call_id == row.call_id), scope, wanted)
    if wanted.changed_since is None:
        query = query.order_by(row.call_id)
        if after is not None:
            query = query.where(row.call_id > after.call_id)
    else:
        query = query.where(row.changed_at >= wanted.changed_since).order_by(row.changed_at, row.call_id)
        if after is not None and after.changed_at is not None:
            later = (row.changed_at == after.changed_at) & (row.call_id > after.call_id)
            query = query.where(row.changed_at >= after.changed_at, or_(row.changed_at > after.changed_at, later))
    with store.read() as session:
        return tuple(_listed(one[0], one[1]) for one in session.execute(query.limit(limit)))


def one(store: Store, call_id: str, scope: Scope) -> Listed | None:
    """One judged call in sight, None where there is none such."""
    row = StandingRow
    query = select(row, RecordingRow).join(RecordingRow, RecordingRow.call_id == row.call_id)
    with store.read() as session:
        found = session.execute(stands.in_sight(query, scope).where(row.call_id == call_id)).first()
        return _listed(found[0], found[1]) if found else None


def by_people(store: Store, call_id: str, scope: Scope) -> frozenset[str]:
    """The criteria of a call in sight on which a person's word stands."""
    row = StandingVerdictRow
    query = select(row.criterion).join(StandingRow, StandingRow.call_id == row.call_id)
    with store.read() as session:
        return frozenset(session.scalars(stands.in_sight(query, scope).where(row.call_id == call_id, row.by_person)))


def added_up(store: Store, scope: Scope, wanted: Wanted, *, by_day: bool) -> tuple[DayScores, ...]:
    """What agents' scores add up to, by agent or by agent and day, the agents sorted by id.

    An agent who has changed team stands under the team of the last name in the alphabet; calls without a score count
    nowhere, and calls without an agent neither.
    """
    row = StandingRow
    day = func.date(row.started_at)
    query = (
        select(
            row.agent_id,
            func.max(row.agent_name),
            func.max(row.team),
            day if by_day else null(),
            func.count(),
            func.sum(row.percent),
            func.sum(row.percent * row.percent),
            func.max(row.percent),
        )
        .where(row.percent.is_not(None), row.agent_id != "")
        .group_by(row.agent_id, *([day] if by_day else []))
        .order_by(row.agent_id, *([day] if by_day else []))
    )
    with store.read() as session:
        return tuple(_day_scores(one) for one in session.execute(_narrowed(query, scope, wanted)))


def _narrowed(query: stands.Narrowed, scope: Scope, wanted: Wanted) -> stands.Narrowed:
    row = StandingRow
    query = stands.in_sight(query, scope)
    if wanted.since is not None:
        query = query.where(row.started_at >= datetime.combine(wanted.since, time()))
    if wanted.until is not None:
        query = query.where(row.started_at < datetime.combine(wanted.until, time()))
    for column, value in ((row.team, wanted.team), (row.agent_id, wanted.agent_id)):
        if value:
            query = query.where(column == value)
    if wanted.state is not None:
        query = query.where(row.state == wanted.state.value)
    return query


def _listed(row: StandingRow, recording: RecordingRow) -> Listed:
    return Listed(
        recording=mapping.recording_of(recording), standing=stands.standing_of(row), changed_at=row.changed_at
    )


def _day_scores(values: Sequence[object]) -> DayScores:
    agent_id, name, team, day, n, total, squares, highest = values
    return DayScores(
        agent_id=str(agent_id),
        agent_name=str(name),
        team=str(team),
        # SQLite's date() is text, PostgreSQL's a date.
        day=date.fromisoformat(str(day)) if day is not None else None,
        n=int(str(n)),
        total=float(str(total)),
        squares=float(str(squares)),
        highest=float(str(highest)),
    )
