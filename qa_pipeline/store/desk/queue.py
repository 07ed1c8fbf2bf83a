"""The queue of calls that wait for people: what is in it, and whose task it is. Raises StoreError."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from sqlalchemy import ColumnElement, Select, and_, delete, func, or_, select
from sqlalchemy.orm import Session

from qa_pipeline.domain import QueueItem, QueueKind, QueueState, Reopening, Scope, StoreError, User
from qa_pipeline.store import finished as finished_reviews
from qa_pipeline.store import mapping
from qa_pipeline.store import standing as stands
from qa_pipeline.store.engine import Store
from qa_pipeline.store.people import audit
from qa_pipeline.store.tables.accounts import SavedViewRow
from qa_pipeline.store.tables.base import now
from qa_pipeline.store.tables.calls import RecordingRow
from qa_pipeline.store.tables.desk import AssignmentRow, ClaimRow, FinishedRow, StandingRow

PAGE = 50
_REOPENED = f'"{QueueKind.REOPENED.value}"'
_ORDER = (StandingRow.priority, StandingRow.started_at, StandingRow.call_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """What part of the queue somebody looks at; "" and None: no matter. `mine` is a user's id: assigned to or claimed
    by them; `without` are calls to leave out.
    """

    state: QueueState = QueueState.OPEN
    kind: QueueKind | None = None
    team: str = ""
    agent_id: str = ""
    language: str = ""
    mine: str = ""
    free: bool = False
    without: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class QueuePage:
    """Some of the queue: the items, how many there are in all, and by kind."""

    items: tuple[QueueItem, ...]
    total: int
    kinds: Mapping[QueueKind, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedView:
    """Filters that a person has given a name; `query` is that of the page's address."""

    id: int
    name: str
    query: str


def page(store: Store, scope: Scope, filters: Filters, *, offset: int = 0, limit: int = PAGE) -> QueuePage:
    """The most urgent first, of the equally urgent the oldest."""
    counted = _filtered(select(StandingRow.kinds, func.count()), scope, replace(filters, kind=None))
    with store.read() as session:
        by_kinds = {text: n for text, n in session.execute(counted.group_by(StandingRow.kinds))}  # noqa: C416 - rows
        kinds = {kind: sum(n for text, n in by_kinds.items() if f'"{kind.value}"' in text) for kind in QueueKind}
        total = kinds[filters.kind] if filters.kind else sum(by_kinds.values())
        query = (
            _filtered(select(StandingRow, RecordingRow, ClaimRow, AssignmentRow), scope, filters)
            .join(RecordingRow, RecordingRow.call_id == StandingRow.call_id)
            .outerjoin(ClaimRow, and_(ClaimRow.call_id == StandingRow.call_id, ClaimRow.until > now()))
            .outerjoin(AssignmentRow, AssignmentRow.call_id == StandingRow.call_id)
            .order_by(*_ORDER)
            .offset(offset)
            .limit(limit)
        )
        rows = session.execute(query).all()
        waits = [row[0].call_id for row in rows if _REOPENED in row[0].kinds]
        again = finished_reviews.reopenings(session, waits) if waits else {}
        items = tuple(_item(*row, again.get(row[0].call_id)) for row in rows)
    return QueuePage(items=items, total=total, kinds=kinds)


def first(store: Store, scope: Scope, filters: Filters, *, limit: int) -> tuple[str, ...]:
    """The ids of the most urgent calls, without counting the others."""
    query = _filtered(select(StandingRow.call_id), scope, filters).order_by(*_ORDER).limit(limit)
    with store.read() as session:
        return tuple(session.scalars(query))


def neighbour(store: Store, scope: Scope, filters: Filters, call_id: str, *, step: int) -> str | None:
    """The next call of the queue (`step` 1) or the one before (-1), in the order of `page`; None at its end."""
    with store.read() as session:
        row = session.get(StandingRow, call_id)
        if row is None:
            return None
        return session.scalars(_beyond(_filtered(select(StandingRow.call_id), scope, filters), row, step)).first()


def assign(store: Store, by: User, call_id: str, to: str | None) -> None:
    """Makes a call somebody's task, or nobody's (None)."""
    store.write(partial(_assign, by=by, call_id=call_id, to=to))


def finished(store: Store, *, since: datetime, reviewer: str | None = None) -> dict[str, int]:
    """How many reviews each person has finished since a moment (UTC), those left out that were opened again."""
    counted = (FinishedRow.finished_at >= since, finished_reviews.holds())
    query = select(FinishedRow.reviewer, func.count()).where(*counted)
    if reviewer is not None:
        query = query.where(FinishedRow.reviewer == reviewer)
    with store.read() as session:
        return {who: n for who, n in session.execute(query.group_by(FinishedRow.reviewer))}  # noqa: C416 - rows are no pairs


def teams_and_agents(store: Store, scope: Scope) -> tuple[tuple[str, ...], tuple[tuple[str, str], ...]]:
    """What the filters can offer: the teams, and the agents as (id, name), of the calls in sight."""
    row = StandingRow
    query = stands.in_sight(select(row.team, row.agent_id, func.max(row.agent_name)), scope)
    with store.read() as session:
        found = session.execute(query.group_by(row.team, row.agent_id)).all()
    agents = {agent: name for _, agent, name in found if agent}
    return tuple(sorted({team for team, _, _ in found if team})), tuple(sorted(agents.items()))


def save_view(store: Store, user: User, page_name: str, name: str, query: str) -> None:
    """Keeps filters under a name; the same name takes the new ones."""
    store.write(partial(_save_view, user=user, page_name=page_name, name=name, query=query))


def drop_view(store: Store, user: User, view_id: int) -> None:
    """Forgets a view of the person's own."""
    store.write(
        lambda session: session.execute(
            delete(SavedViewRow).where(SavedViewRow.id == view_id, SavedViewRow.user == user.id)
        )
    )


def views(store: Store, user: User, page_name: str) -> tuple[SavedView, ...]:
    """A person's views of a page by name."""
    row = SavedViewRow
    query = select(row).where(row.user == user.id, row.page == page_name).order_by(row.name)
    with store.read() as session:
        return tuple(SavedView(id=one.id, name=one.name, query=one.query) for one in session.scalars(query))


def _filtered(query: stands.Narrowed, scope: Scope, filters: Filters) -> stands.Narrowed:
    query = stands.in_sight(query, scope).where(StandingRow.state == filters.state.value)
    if filters.without:
        query = query.where(StandingRow.call_id.not_in(filters.without))
    if filters.kind:
        query = query.where(_of_kind(filters.kind))
    for column, wanted in (
        (StandingRow.team, filters.team),
        (StandingRow.agent_id, filters.agent_id),
        (StandingRow.language, filters.language),
    ):
        if wanted:
            query = query.where(column == wanted)
    claimed = select(ClaimRow.call_id).where(ClaimRow.until > now())
    if filters.mine:
        assigned = select(AssignmentRow.call_id).where(AssignmentRow.user == filters.mine)
        query = query.where(
            or_(
                StandingRow.call_id.in_(assigned),
                StandingRow.call_id.in_(claimed.where(ClaimRow.user == filters.mine)),
            )
        )
    if filters.free:
        query = query.where(
            StandingRow.call_id.not_in(claimed), StandingRow.call_id.not_in(select(AssignmentRow.call_id))
        )
    return query


def _of_kind(kind: QueueKind) -> ColumnElement[bool]:
    return StandingRow.kinds.like(f'%"{kind.value}"%')


def _beyond(query: Select[str], row: StandingRow, step: int) -> Select[str]:
    """What comes after (or before) a row, NULL times as the databases sort them left out of account."""
    priority, started_at, call_id = _ORDER
    forward = step > 0
    later = call_id > row.call_id if forward else call_id < row.call_id
    if row.started_at is None:
        same = and_(priority == row.priority, started_at.is_(None), later)
    else:
        after = started_at > row.started_at if forward else started_at < row.started_at
        same = and_(priority == row.priority, or_(after, and_(started_at == row.started_at, later)))
    ahead = priority > row.priority if forward else priority < row.priority
    order = _ORDER if forward else tuple(column.desc() for column in _ORDER)
    return query.where(or_(ahead, same)).order_by(*order).limit(1)


def _item(
    row: StandingRow,
    recording: RecordingRow,
    claimed: ClaimRow | None,
    assigned: AssignmentRow | None,
    reopened: Reopening | None,
) -> QueueItem:
    return QueueItem(
        recording=mapping.recording_of(recording),
        standing=stands.standing_of(row),
        claimed_by=claimed.user if claimed else "",
        claimed_until=claimed.until if claimed else None,
        assigned_to=assigned.user if assigned else "",
        reopened=reopened,
    )


def _assign(session: Session, by: User, call_id: str, to: str | None) -> None:
    if to is None:
        session.execute(delete(AssignmentRow).where(AssignmentRow.call_id == call_id))
    else:
        session.merge(AssignmentRow(call_id=call_id, user=to, by=by.id, at=now()))
    audit.note(session, by, "assigned", "call", call_id, to=to or "")


def _save_view(session: Session, user: User, page_name: str, name: str, query: str) -> None:
    if not name.strip():
        raise StoreError("A view needs a name.", code="empty")
    row = SavedViewRow
    known = session.scalar(select(row).where(row.user == user.id, row.page == page_name, row.name == name.strip()))
    if known is not None:
        known.query = query
    else:
        session.add(SavedViewRow(user=user.id, page=page_name, name=name.strip()[:100], query=query))
