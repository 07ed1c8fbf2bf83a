"""Agents and teams in figures, of what stands: sums by day, verdicts by criterion, and the calls behind them.

Sums leave the database, not calls, so that a page over 100,000 calls stays quick. Raises StoreError.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Null, Select, case, exists, func, null, select
from sqlalchemy.orm import Session

from qa_pipeline.domain import Evidence, Finding, Scope, StoreError, Verdict, overlaid, standing_decisions
from qa_pipeline.store import mapping
from qa_pipeline.store import standing as stands
from qa_pipeline.store.engine import Store
from qa_pipeline.store.tables.calls import EvaluationRow, FindingRow, RecordingRow
from qa_pipeline.store.tables.desk import DecisionRow, FinishedRow, ReopenedRow, StandingRow, StandingVerdictRow

PAGE = 25
_NO_CRITICAL = '%"critical_failures":[]%'  # as mapping.canonical writes it; in a text the quotes would be escaped


@dataclass(frozen=True, slots=True, kw_only=True)
class DayFigures:
    """One agent's calls of one day, by one scorecard, in one team (`day` None: calls without a date).

    `calls` are all, `scored` those with a score, `total` and `squares` the sums of their percent and its square,
    `highest` the greatest (0 without any). `critical` calls have a failed critical criterion, `waiting` ones wait for
    a person.
    """

    agent_id: str
    agent_name: str
    team: str
    language: str
    scorecard: str
    day: date | None
    calls: int
    scored: int
    total: float
    squares: float
    highest: float
    critical: int
    waiting: int


@dataclass(frozen=True, slots=True, kw_only=True)
class VerdictCount:
    """How often a verdict stands for a criterion in an agent's calls."""

    agent_id: str
    criterion: str
    verdict: Verdict
    n: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """One criterion on one call as it stands: what was found, why, and whether a person said so."""

    call_id: str
    agent_id: str
    agent_name: str
    team: str
    started_at: datetime | None
    percent: float | None
    scorecard: str
    scorecard_version: str
    duration_ms: int
    finding: Finding
    by_person: bool

    @property
    def place(self) -> Evidence | None:
        """The moment to listen to, None where nothing was said or heard that could be shown."""
        return next(iter((*self.finding.evidence, *self.finding.near_misses)), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which moments of a criterion: "" and None are no matter. `since` is the first day, the others are the calls'."""

    criterion: str
    verdict: Verdict
    agent_id: str = ""
    not_agent_id: str = ""
    team: str | None = None
    scorecard: str = ""
    since: date | None = None


def mark(store: Store) -> tuple[int, ...]:
    """Changes whenever a person decides, finishes or reopens: what was worked out before is then out of date."""
    with store.read() as session:
        tables = (DecisionRow, FinishedRow, ReopenedRow)
        return tuple(session.scalar(select(func.max(row.id))) or 0 for row in tables)


def newest_day(store: Store, scope: Scope) -> date | None:
    """The day of the newest call in sight, from which periods count back; None where no call has a date."""
    with store.read() as session:
        found = session.scalar(stands.in_sight(select(func.max(StandingRow.started_at)), scope))
        return found.date() if found else None


def team_of(store: Store, scope: Scope, agent_id: str) -> str | None:
    """The team of the agent's newest call in sight; None where there is no such agent in sight."""
    with store.read() as session:
        return session.scalars(_newest(select(StandingRow.team), scope, agent_id)).first()


def name_of(store: Store, scope: Scope, agent_id: str) -> str:
    """The agent's name in the newest call in sight, the id where it has none."""
    with store.read() as session:
        return session.scalars(_newest(select(StandingRow.agent_name), scope, agent_id)).first() or agent_id


def days(
    store: Store, scope: Scope, *, since: date | None = None, team: str | None = None, agent_id: str | None = None
) -> tuple[DayFigures, ...]:
    """The figures of the calls in sight by agent and day, from the first day on; None: however old, undated too."""
    with store.read() as session:
        return _figures(session, _narrowed(scope, since, team, agent_id), func.date(StandingRow.started_at))


def totals(store: Store, scope: Scope, *, since: date | None = None) -> tuple[DayFigures, ...]:
    """The same over all days at once, each with `day` None."""
    with store.read() as session:
        return _figures(session, _narrowed(scope, since, None, None), null())


def team_days(store: Store, scope: Scope, agent_id: str, *, since: date | None = None) -> tuple[DayFigures, ...]:
    """The same of the whole team of an agent in sight, for means to compare with, with neither ids nor names in it."""
    team = team_of(store, scope, agent_id)
    if not team:
        return ()
    names: dict[str, str] = {}
    with store.read() as session:
        return tuple(
            _nameless(one, names)
            for one in _figures(
                session, _narrowed(Scope(team=team), since, None, None), func.date(StandingRow.started_at)
            )
        )


def verdicts(
    store: Store,
    scope: Scope,
    *,
    since: date | None = None,
    team: str | None = None,
    agents: Sequence[str] = (),
    scorecard: str = "",
) -> tuple[VerdictCount, ...]:
    """What stands in the calls in sight of these agents, counted by agent and criterion.

    With `scorecard` only calls judged by it (whatever version) count: it costs a look at each call.
    """
    row = StandingVerdictRow
    query = _seen(
        select(row.agent_id, row.criterion, row.verdict, func.count()).where(row.agent_id.in_(agents)), scope
    ).group_by(row.agent_id, row.criterion, row.verdict)
    if team is not None:
        query = query.where(row.team == team)
    if since is not None:
        query = query.where(row.day >= since)
    if scorecard:
        query = query.join(StandingRow, StandingRow.call_id == row.call_id).where(StandingRow.scorecard == scorecard)
    with store.read() as session:
        return tuple(
            VerdictCount(agent_id=agent, criterion=criterion, verdict=verdict, n=n)
            for agent, criterion, verdict, n in session.execute(query)
        )


def team_verdicts(
    store: Store, scope: Scope, agent_id: str, *, since: date | None = None, scorecard: str = ""
) -> tuple[VerdictCount, ...]:
    """The same of the whole team of an agent in sight, all agents together under the name ""."""
    team = team_of(store, scope, agent_id)
    if not team:
        return ()
    with store.read() as session:
        mates = select(StandingRow.agent_id).where(StandingRow.team == team, StandingRow.agent_id != "").distinct()
        agents = session.scalars(mates if since is None else mates.where(StandingRow.started_at >= _first(since))).all()
    counts: Counter[tuple[str, Verdict]] = Counter()
    for one in verdicts(store, Scope(team=team), since=since, agents=agents, scorecard=scorecard):
        counts[one.criterion, one.verdict] += one.n
    return tuple(
        VerdictCount(agent_id="", criterion=criterion, verdict=verdict, n=n)
        for (criterion, verdict), n in counts.items()
    )


def verdicts_by_day(
    store: Store, scope: Scope, agent_id: str, criterion: str, *, since: date
) -> tuple[tuple[date, VerdictCount], ...]:
    """What stands for a criterion in an agent's calls in sight, day by day from the first one."""
    row = StandingVerdictRow
    query = _seen(select(row.day, row.verdict, func.count()), scope).where(
        row.agent_id == agent_id, row.criterion == criterion, row.day >= since
    )
    with store.read() as session:
        return tuple(
            (day, VerdictCount(agent_id=agent_id, criterion=criterion, verdict=verdict, n=n))
            for day, verdict, n in session.execute(query.group_by(row.day, row.verdict))
            if day is not None
        )


def moments(
    store: Store, scope: Scope, wanted: Wanted, *, offset: int = 0, limit: int = PAGE
) -> tuple[tuple[Moment, ...], int]:
    """The newest of these moments in sight, and how many there are in all."""
    query = _wanted(select(StandingRow), scope, wanted)
    with store.read() as session:
        total = session.scalar(_wanted(select(func.count()).select_from(StandingRow), scope, wanted)) or 0
        return _page(session, query, wanted, offset, limit), total


def newest_moments(store: Store, scope: Scope, wanted: Wanted, *, limit: int) -> tuple[Moment, ...]:
    """The newest of these moments in sight, without counting all."""
    with store.read() as session:
        return _page(session, _wanted(select(StandingRow), scope, wanted), wanted, 0, limit)


def bands(
    store: Store, scope: Scope, agent_id: str, *, since: date | None = None
) -> tuple[tuple[str, str, str, int], ...]:
    """An agent's calls in sight with a score, counted by (scorecard, version, band)."""
    row = StandingRow
    keys = (row.scorecard, row.scorecard_version, row.band)
    query = stands.in_sight(select(*keys, func.count(row.percent)), scope).where(
        row.agent_id == agent_id, row.agent_id != ""
    )
    if since is not None:
        query = query.where(row.started_at >= _first(since))
    with store.read() as session:
        found = session.execute(query.group_by(*keys)).all()
        return tuple((name, version, band, n) for name, version, band, n in found)


def _newest(query: stands.Narrowed, scope: Scope, agent_id: str) -> stands.Narrowed:
    own = stands.in_sight(query, scope).where(StandingRow.agent_id == agent_id, StandingRow.agent_id != "")
    return own.order_by(StandingRow.started_at.desc().nulls_last()).limit(1)


def _narrowed(
    scope: Scope, since: date | None, team: str | None, agent_id: str | None
) -> Callable[[stands.Narrowed], stands.Narrowed]:
    row = StandingRow

    def narrow(query: stands.Narrowed) -> stands.Narrowed:
        query = stands.in_sight(query, scope)
        if since is not None:
            query = query.where(row.started_at >= _first(since))
        if team is not None:
            query = query.where(row.team == team)
        if agent_id is not None:
            query = query.where(row.agent_id == agent_id, row.agent_id != "")
        return query

    return narrow


def _figures(session: Session, narrow: Callable[..., Any], day: ColumnElement[Any]) -> tuple[DayFigures, ...]:
    row = StandingRow
    query = narrow(
        select(
            row.agent_id,
            func.max(row.agent_name),
            row.team,
            row.language,
            row.scorecard,
            day,
            func.count(),
            func.count(row.percent),
            func.coalesce(func.sum(row.percent), 0.0),
            func.coalesce(func.sum(row.percent * row.percent), 0.0),
            func.coalesce(func.max(row.percent), 0.0),
            _number(row.body.not_like(_NO_CRITICAL)),
            _number(row.needs_review.is_(True)),
        )
    ).group_by(row.agent_id, row.team, row.language, row.scorecard, *([] if isinstance(day, Null) else [day]))
    names = DayFigures.__dataclass_fields__
    found = (dict(zip(names, values, strict=True)) for values in session.execute(query))
    return tuple(DayFigures(**(one | {"day": _day(one["day"])})) for one in found)


def _number(condition: ColumnElement[bool]) -> ColumnElement[int]:
    """How many rows meet a condition, in words that both databases know."""
    return func.count(case((condition, 1)))


def _day(found: object) -> date | None:
    return None if found is None else date.fromisoformat(str(found)[:10])


def _first(day: date) -> datetime:
    return datetime(day.year, day.month, day.day)  # noqa: DTZ001 - the calls' own clock


def _nameless(one: DayFigures, names: dict[str, str]) -> DayFigures:
    return replace(one, agent_id=names.setdefault(one.agent_id, str(len(names))), agent_name="")


def _seen(query: stands.Narrowed, scope: Scope) -> stands.Narrowed:
    row = StandingVerdictRow
    if scope.team is not None:
        query = query.where(row.team == scope.team)
    if scope.agent_id is not None:
        query = query.where(row.agent_id == scope.agent_id, row.agent_id != "")
    return query


def _wanted(query: stands.Narrowed, scope: Scope, wanted: Wanted) -> stands.Narrowed:
    """Calls in sight for which such a verdict stands.

    The verdict is asked for call by call: by agent or team the calls are found in the order that the page shows, and
    the database stops at the end of it.
    """
    call, row = StandingRow, StandingVerdictRow
    query = stands.in_sight(query, scope)
    for column, value in (
        (call.agent_id, wanted.agent_id),
        (call.scorecard, wanted.scorecard),
    ):
        if value:
            query = query.where(column == value)
    if wanted.not_agent_id:
        query = query.where(call.agent_id != wanted.not_agent_id, call.agent_id != "")
    if wanted.team is not None:
        query = query.where(call.team == wanted.team)
    if wanted.since is not None:
        query = query.where(call.started_at >= _first(wanted.since))
    stood = exists().where(
        row.call_id == call.call_id, row.criterion == wanted.criterion, row.verdict == wanted.verdict
    )
    return query.where(stood)


def _page(session: Session, query: Select[StandingRow], wanted: Wanted, offset: int, limit: int) -> tuple[Moment, ...]:
    newest = query.order_by(StandingRow.started_at.desc().nulls_last(), StandingRow.call_id).offset(offset).limit(limit)
    return tuple(_moment(session, call, wanted.criterion) for call in session.scalars(newest).all())


def _moment(session: Session, call: StandingRow, criterion: str) -> Moment:
    # By evaluation alone: asked for the criterion too, SQLite goes through all findings of that criterion.
    rows = session.scalars(select(FindingRow).where(FindingRow.evaluation == call.evaluation))
    row = next((one for one in rows if one.criterion == criterion), None)
    if row is None:
        raise StoreError("The call has no such criterion.", code="unknown_criterion")
    finding = mapping.finding_of(row)
    by_person = False
    if call.decided:
        known = standing_decisions(
            stands.decisions_on(session, call.call_id, session.get_one(EvaluationRow, call.evaluation))
        )
        (finding,), by_person = overlaid([finding], known), criterion in known
    return Moment(
        call_id=call.call_id,
        agent_id=call.agent_id,
        agent_name=call.agent_name,
        team=call.team,
        started_at=call.started_at,
        percent=call.percent,
        scorecard=call.scorecard,
        scorecard_version=call.scorecard_version,
        duration_ms=session.scalar(select(RecordingRow.duration_ms).where(RecordingRow.call_id == call.call_id)) or 0,
        finding=finding,
        by_person=by_person,
    )
