"""An agent's own judged calls: what stands, what people have confirmed, what was seen, what was questioned.

Raises StoreError.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from functools import partial

from sqlalchemy import ColumnElement, and_, exists, func, select
from sqlalchemy.orm import Session

from qa_pipeline.domain import AppealState, Scope, Standing, User, Verdict
from qa_pipeline.store import standing as stands
from qa_pipeline.store.engine import Store
from qa_pipeline.store.people import audit
from qa_pipeline.store.tables.base import now
from qa_pipeline.store.tables.calls import EvaluationRow, RecordingRow
from qa_pipeline.store.tables.desk import AcknowledgementRow, AppealRow, DecisionRow, StandingRow, StandingVerdictRow

PAGE = 25
NEWEST = 1000
"""A mean is over so many calls at most."""

_NOT_MET = (Verdict.FAIL, Verdict.UNSURE, Verdict.ERROR)


class Want(StrEnum):
    """Which of the own calls somebody looks at."""

    NEW = "new"  # the judgement as it stands is not acknowledged
    FAILED = "failed"  # something counted failed
    UNDECIDED = "undecided"
    APPEALED = "appealed"


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnFilters:
    """Which calls; `criterion` is one that was not passed. Days are the calls' own, both included."""

    want: Want | None = None
    criterion: str = ""
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnItem:
    """What stands for one criterion, and how its last appeal fares. `judged_at` in UTC."""

    criterion: str
    verdict: Verdict
    coach_only: bool
    by_person: bool
    judged_at: datetime
    appeal_id: int | None
    appeal_state: AppealState | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnCall:
    """A call of the agent's own. `acknowledged_at` None: never; `judged_at` is the newest judgement's. Both in UTC."""

    standing: Standing
    started_at: datetime | None
    duration_ms: int
    items: tuple[OwnItem, ...]
    judged_at: datetime
    acknowledged_at: datetime | None
    acknowledged: bool

    @property
    def not_met(self) -> tuple[OwnItem, ...]:
        """What is worth a look: all that neither passed nor did not apply."""
        return tuple(item for item in self.items if item.verdict in _NOT_MET)

    @property
    def confirmed(self) -> int:
        """On how many items a person's word stands."""
        return sum(item.by_person for item in self.items)


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnCalls:
    """Some calls, how many there are in all, and by what one may want to see."""

    items: tuple[OwnCall, ...]
    total: int
    wants: Mapping[Want, int]


def page(
    store: Store, user: User, scope: Scope, filters: OwnFilters, *, offset: int = 0, limit: int = PAGE
) -> OwnCalls:
    """The calls in sight, newest first; acknowledged or not as `user` has it."""
    rest = _conditions(filters)
    chosen = [*rest, _wanted(filters.want, user)] if filters.want else rest
    with store.read() as session:
        counted = [
            session.scalar(stands.in_sight(select(func.count(StandingRow.call_id)), scope).where(*conditions)) or 0
            for conditions in (chosen, *([*rest, _wanted(want, user)] for want in Want))
        ]
        query = (
            stands.in_sight(select(StandingRow, RecordingRow.duration_ms, EvaluationRow.created_at), scope)
            .join(RecordingRow, RecordingRow.call_id == StandingRow.call_id)
            .join(EvaluationRow, EvaluationRow.fingerprint == StandingRow.evaluation)
            .where(*chosen)
            .order_by(StandingRow.started_at.desc().nulls_last(), StandingRow.call_id.desc())
            .offset(offset)
            .limit(limit)
        )
        rows = [(row[0], row[1], row[2]) for row in session.execute(query)]
        return OwnCalls(
            items=_calls(session, user, rows), total=counted[0], wants=dict(zip(Want, counted[1:], strict=True))
        )


def percents(store: Store, scope: Scope, filters: OwnFilters) -> tuple[float, ...]:
    """The scores of the newest calls in sight between the days of the filters; calls without a score are left out."""
    query = (
        stands.in_sight(select(StandingRow.percent), scope)
        .where(StandingRow.percent.is_not(None), *_days(filters))
        .order_by(StandingRow.started_at.desc().nulls_last())
        .limit(NEWEST)
    )
    with store.read() as session:
        return tuple(value for value in session.scalars(query) if value is not None)


def cards(store: Store, scope: Scope) -> tuple[tuple[str, str], ...]:
    """The (scorecard, version) by which calls in sight are judged."""
    row = StandingRow
    query = stands.in_sight(select(row.scorecard, row.scorecard_version).distinct(), scope)
    with store.read() as session:
        return tuple(sorted((one[0], one[1]) for one in session.execute(query)))


def acknowledge(store: Store, user: User, call_ids: Iterable[str], *, seen: datetime | None = None) -> int:
    """Notes that the person has seen what stands for these own calls; how many there were.

    `seen` (UTC) is when the page was made that they looked at: what was judged after that is not acknowledged.
    """
    moment = now()
    at = min(seen, moment) if seen else moment
    return store.write(partial(_acknowledge, user=user, call_ids=tuple(dict.fromkeys(call_ids)), at=at))


def _acknowledge(session: Session, user: User, call_ids: tuple[str, ...], at: datetime) -> int:
    query = (
        stands.in_sight(select(StandingRow.call_id, StandingRow.evaluation), user.scope)
        .join(EvaluationRow, EvaluationRow.fingerprint == StandingRow.evaluation)
        .where(StandingRow.call_id.in_(call_ids), EvaluationRow.created_at <= at)
    )
    found = session.execute(query).all()
    for call_id, evaluation in found:
        session.merge(AcknowledgementRow(call_id=call_id, user=user.id, evaluation=evaluation, at=at))
        audit.note(session, user, "acknowledged", "call", call_id)
    return len(found)


def _conditions(filters: OwnFilters) -> list[ColumnElement[bool]]:
    return [*_days(filters), *([_verdict(filters.criterion, *_NOT_MET)] if filters.criterion else [])]


def _days(filters: OwnFilters) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if filters.since:
        found.append(StandingRow.started_at >= datetime.combine(filters.since, time()))
    if filters.until:
        found.append(StandingRow.started_at < datetime.combine(filters.until, time()) + timedelta(days=1))
    return found


def _wanted(want: Want, user: User) -> ColumnElement[bool]:
    if want is Want.NEW:
        row = AcknowledgementRow
        later = exists().where(DecisionRow.call_id == row.call_id, DecisionRow.made_at > row.at)
        return ~exists().where(
            row.call_id == StandingRow.call_id, row.user == user.id, row.evaluation == StandingRow.evaluation, ~later
        )
    if want is Want.APPEALED:
        return exists().where(AppealRow.call_id == StandingRow.call_id)
    counted = (Verdict.FAIL,) if want is Want.FAILED else (Verdict.UNSURE, Verdict.ERROR)
    return _verdict("", *counted)


def _verdict(criterion: str, *verdicts: Verdict) -> ColumnElement[bool]:
    row = StandingVerdictRow
    about = row.criterion == criterion if criterion else row.coach_only.is_(False)
    return exists().where(and_(row.call_id == StandingRow.call_id, row.verdict.in_(verdicts), about))


def _calls(session: Session, user: User, rows: list[tuple[StandingRow, int, datetime]]) -> tuple[OwnCall, ...]:
    """The calls of one page, each table asked once."""
    ids = [row.call_id for row, _, _ in rows]
    verdicts: dict[str, list[StandingVerdictRow]] = defaultdict(list)
    row = StandingVerdictRow
    for one in session.scalars(select(row).where(row.call_id.in_(ids)).order_by(row.call_id, row.position)):
        verdicts[one.call_id].append(one)
    said = DecisionRow
    newest = select(said.call_id, said.criterion, func.max(said.made_at)).where(said.call_id.in_(ids))
    decided = {(one[0], one[1]): one[2] for one in session.execute(newest.group_by(said.call_id, said.criterion))}
    asked = select(AppealRow).where(AppealRow.call_id.in_(ids)).order_by(AppealRow.id)
    appeals = {(one.call_id, one.criterion): one for one in session.scalars(asked)}
    known = select(AcknowledgementRow).where(AcknowledgementRow.call_id.in_(ids), AcknowledgementRow.user == user.id)
    seen = {one.call_id: one for one in session.scalars(known)}
    found = []
    for standing, duration_ms, judged_at in rows:
        call_id = standing.call_id
        items = tuple(
            _item(one, max(judged_at, decided.get((call_id, one.criterion), judged_at)), appeals)
            for one in verdicts[call_id]
        )
        newest_at = max([judged_at, *(item.judged_at for item in items)])
        ack = seen.get(call_id)
        found.append(
            OwnCall(
                standing=stands.standing_of(standing),
                started_at=standing.started_at,
                duration_ms=duration_ms,
                items=items,
                judged_at=newest_at,
                acknowledged_at=ack.at if ack else None,
                acknowledged=ack is not None and ack.evaluation == standing.evaluation and newest_at <= ack.at,
            )
        )
    return tuple(found)


def _item(row: StandingVerdictRow, judged_at: datetime, appeals: Mapping[tuple[str, str], AppealRow]) -> OwnItem:
    appeal = appeals.get((row.call_id, row.criterion))
    return OwnItem(
        criterion=row.criterion,
        verdict=row.verdict,
        coach_only=row.coach_only,
        by_person=row.by_person,
        judged_at=judged_at,
        appeal_id=appeal.id if appeal else None,
        appeal_state=AppealState(appeal.state) if appeal else None,
    )
