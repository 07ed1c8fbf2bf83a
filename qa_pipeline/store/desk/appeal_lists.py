"""Lists of appeals for those who ask, pass on and decide; how each criterion fares; what was upheld.

Raises StoreError.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from qa_pipeline.domain import ANSWER_WITHIN, Appeal, AppealCase, AppealState, Scope
from qa_pipeline.store import queries
from qa_pipeline.store.desk.appeals import appeal_of, events_of, judges_of, not_found
from qa_pipeline.store.engine import Store
from qa_pipeline.store.standing import Narrowed
from qa_pipeline.store.tables.base import now
from qa_pipeline.store.tables.calls import EvaluationRow, RecordingRow
from qa_pipeline.store.tables.desk import AppealEventRow, AppealRow

PAGE = 25


@dataclass(frozen=True, slots=True, kw_only=True)
class AppealFilters:
    """Which appeals somebody looks at; "" and no `states`: no matter. `overdue`: those that have waited too long."""

    states: frozenset[AppealState] = frozenset()
    team: str = ""
    agent_id: str = ""
    criterion: str = ""
    overdue: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class AppealLine:
    """An appeal with its call, and by what it was judged; `judges` are all who ever judged the item."""

    appeal: Appeal
    scorecard: str
    scorecard_version: str
    agent_name: str
    started_at: datetime | None
    judges: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class AppealsPage:
    """Some appeals, how many there are in all, and by state whatever the state asked for."""

    items: tuple[AppealLine, ...]
    total: int
    states: Mapping[AppealState, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class AppealCounts:
    """How a criterion's appeals ended: how often it was questioned, and of the decided ones how many were upheld."""

    scorecard: str
    criterion: str
    opened: int
    decided: int
    upheld: int


def of_item(store: Store, scope: Scope, call_id: str, criterion: str) -> tuple[Appeal, ...]:
    """All appeals about an item of a call in sight, oldest first."""
    row = AppealRow
    query = _in_sight(select(row), scope).where(row.call_id == call_id, row.criterion == criterion).order_by(row.id)
    with store.read() as session:
        rows = session.scalars(query).all()
        events = events_of(session, [one.id for one in rows])
        return tuple(appeal_of(one, events[one.id]) for one in rows)


def one(store: Store, scope: Scope, appeal_id: int) -> AppealLine:
    """An appeal about a call in sight. Raises StoreError, "not_found"."""
    with store.read() as session:
        found = session.execute(_lines(scope).where(AppealRow.id == appeal_id)).first()
        if found is None:
            raise not_found()
        return _with_history(session, [found])[0]


def page(store: Store, scope: Scope, filters: AppealFilters, *, offset: int = 0, limit: int = PAGE) -> AppealsPage:
    """The appeals about calls in sight: the newest first; where all of them wait, the oldest."""
    waiting = bool(filters.states) and all(state.is_open for state in filters.states)
    key = AppealRow.id if waiting else AppealRow.id.desc()
    with store.read() as session:
        by_state = _filtered(_in_sight(select(AppealRow.state, func.count()), scope), filters)
        states = {AppealState(row[0]): row[1] for row in session.execute(by_state.group_by(AppealRow.state))}
        query = _filtered(_lines(scope), filters)
        if filters.states:
            query = query.where(AppealRow.state.in_([state.value for state in filters.states]))
        items = _with_history(session, session.execute(query.order_by(key).offset(offset).limit(limit)).all())
    total = sum(n for state, n in states.items() if state in (filters.states or states))
    return AppealsPage(items=items, total=total, states=states)


def questioned(store: Store, scope: Scope) -> tuple[tuple[str, ...], tuple[tuple[str, str], ...]]:
    """What the filters can offer: the teams, and the items as (scorecard, criterion), that were ever questioned."""
    with store.read() as session:
        teams = session.scalars(_in_sight(select(AppealRow.team).distinct(), scope))
        items = session.execute(
            _in_sight(select(EvaluationRow.scorecard, AppealRow.criterion).distinct(), scope).join(
                EvaluationRow, EvaluationRow.fingerprint == AppealRow.evaluation
            )
        )
        return tuple(sorted(filter(None, teams))), tuple(sorted((row[0], row[1]) for row in items))


def counts(store: Store, scope: Scope) -> tuple[AppealCounts, ...]:
    """How the appeals about each criterion of each scorecard ended, by scorecard and name."""
    query = (
        _in_sight(select(EvaluationRow.scorecard, AppealRow.criterion, AppealRow.state, func.count()), scope)
        .join(EvaluationRow, EvaluationRow.fingerprint == AppealRow.evaluation)
        .group_by(EvaluationRow.scorecard, AppealRow.criterion, AppealRow.state)
    )
    found: dict[tuple[str, str], dict[str, int]] = defaultdict(dict)
    with store.read() as session:
        for scorecard, criterion, state, n in session.execute(query):
            found[scorecard, criterion][state] = n
    made = []
    for scorecard, criterion in sorted(found):
        ends = found[scorecard, criterion]
        upheld = ends.get(AppealState.UPHELD, 0)
        made.append(
            AppealCounts(
                scorecard=scorecard,
                criterion=criterion,
                opened=sum(ends.values()),
                decided=upheld + ends.get(AppealState.REJECTED, 0),
                upheld=upheld,
            )
        )
    return tuple(made)


def upheld(store: Store, scope: Scope, scorecard: str = "") -> tuple[AppealLine, ...]:
    """All upheld appeals, of an item the last one only, by scorecard and id; of one `scorecard` or ("") of all."""
    query = _lines(scope).where(AppealRow.state == AppealState.UPHELD.value)
    if scorecard:
        query = query.where(EvaluationRow.scorecard == scorecard)
    with store.read() as session:
        rows = session.execute(query.order_by(EvaluationRow.scorecard, AppealRow.id)).all()
        last = {(row[0].call_id, row[0].criterion): row[0].id for row in rows}
        return _with_history(session, [row for row in rows if last[row[0].call_id, row[0].criterion] == row[0].id])


def cases(store: Store, scope: Scope, lines: Iterable[AppealLine]) -> Iterator[AppealCase]:
    """Upheld appeals with their calls, read one after the other; calls that are gone are left out."""
    for line in lines:
        appeal = line.appeal
        call = queries.scored_call(store, appeal.call_id, scope)
        if call is not None and appeal.outcome is not None:
            yield AppealCase(appeal=appeal.id, criterion=appeal.criterion, verdict=appeal.outcome, call=call)


_Line = tuple[AppealRow, str, str, str, datetime | None]


def _lines(scope: Scope) -> Select[AppealRow, str, str, str, datetime | None]:
    columns = (EvaluationRow.scorecard, EvaluationRow.scorecard_version, RecordingRow.agent_name)
    query = (
        select(AppealRow, *columns, RecordingRow.started_at)
        .join(EvaluationRow, EvaluationRow.fingerprint == AppealRow.evaluation)
        .join(RecordingRow, RecordingRow.call_id == AppealRow.call_id)
    )
    return _in_sight(query, scope)


def _in_sight(query: Narrowed, scope: Scope) -> Narrowed:
    """The query over appeals narrowed to the calls in sight, as the calls' metadata are now."""
    row = RecordingRow
    seen = select(row.call_id).where(row.call_id == AppealRow.call_id).correlate(AppealRow)
    if scope.team is not None:
        query = query.where(seen.where(row.team == scope.team).exists())
    if scope.agent_id is not None:
        query = query.where(seen.where(row.agent_id == scope.agent_id, row.agent_id != "").exists())
    return query


def _filtered(query: Narrowed, filters: AppealFilters) -> Narrowed:
    """All but the state, so that the states can be counted beside one another."""
    for column, wanted in (
        (AppealRow.team, filters.team),
        (AppealRow.agent_id, filters.agent_id),
        (AppealRow.criterion, filters.criterion),
    ):
        if wanted:
            query = query.where(column == wanted)
    if filters.overdue:
        last = select(func.max(AppealEventRow.at)).where(AppealEventRow.appeal == AppealRow.id).scalar_subquery()
        query = query.where(AppealRow.closed_at.is_(None), last < now() - ANSWER_WITHIN)
    return query


def _with_history(session: Session, rows: Collection[_Line]) -> tuple[AppealLine, ...]:
    events = events_of(session, [row[0].id for row in rows])
    judges = judges_of(session, [row[0].call_id for row in rows])
    return tuple(
        AppealLine(
            appeal=appeal_of(row, events[row.id]),
            scorecard=scorecard,
            scorecard_version=version,
            agent_name=agent_name,
            started_at=started_at,
            judges=judges[row.call_id, row.criterion],
        )
        for row, scorecard, version, agent_name, started_at in rows
    )
