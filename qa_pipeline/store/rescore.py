"""What stands for many calls, as little of it as a score needs: to fold it again otherwise. Raises StoreError."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from qa_pipeline.domain import Finding, Scope, Verdict
from qa_pipeline.store.engine import Store
from qa_pipeline.store.standing import in_sight
from qa_pipeline.store.tables.calls import FindingRow
from qa_pipeline.store.tables.desk import DecisionRow, StandingRow, StandingVerdictRow

LOOKED_AT = 2000
"""Calls that a distribution of verdicts is taken from at most: so many say enough, and are counted at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedCall:
    """A call's score as it stands, and the verdicts that it rests on.

    Of the findings only criterion, verdict, level and `coach_only` are filled in; people's words are laid over them.
    """

    call_id: str
    agent_id: str
    agent_name: str
    team: str
    started_at: datetime | None
    percent: float | None
    band: str
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdicts:
    """How often a criterion came out how, in `n` calls; `coach_only` counts verdicts that were not counted."""

    criterion: str
    counts: Mapping[Verdict, int]
    coach_only: int
    by_person: int

    @property
    def n(self) -> int:
        return sum(self.counts.values())


def newest(store: Store, scope: Scope, scorecard: str, version: str, limit: int | None) -> tuple[str, ...]:
    """The ids of the newest calls in sight that this version judged; all of them with None."""
    with store.read() as session:
        return tuple(session.scalars(_newest(scope, scorecard, version, limit)))


def count(store: Store, scope: Scope, scorecard: str, version: str) -> int:
    """How many calls in sight this version judged."""
    row = StandingRow
    query = select(func.count()).where(row.scorecard == scorecard, row.scorecard_version == version)
    with store.read() as session:
        return session.scalar(in_sight(query, scope)) or 0


def judged_calls(store: Store, scope: Scope, call_ids: Sequence[str]) -> tuple[JudgedCall, ...]:
    """What stands for these calls, as far as they are in sight; a few hundred at a time keep the database free."""
    row = StandingRow
    query = in_sight(
        select(
            row.call_id, row.agent_id, row.agent_name, row.team, row.started_at, row.percent, row.band, row.evaluation,
            row.scorecard, row.scorecard_version,
        ),
        scope,
    ).where(row.call_id.in_(call_ids))  # fmt: skip
    with store.read() as session:
        calls = session.execute(query).all()
        levels = _levels(session, {call.call_id: call.evaluation for call in calls})
        said = _said_levels(session, {call.call_id: (call.scorecard, call.scorecard_version) for call in calls})
        findings = _findings(session, [call.call_id for call in calls], levels, said)
    return tuple(
        JudgedCall(
            call_id=call.call_id,
            agent_id=call.agent_id,
            agent_name=call.agent_name,
            team=call.team,
            started_at=call.started_at,
            percent=call.percent,
            band=call.band,
            findings=tuple(findings[call.call_id]),
        )
        for call in calls
    )


def distribution(
    store: Store, scope: Scope, scorecard: str, version: str, *, limit: int = LOOKED_AT
) -> dict[str, Verdicts]:
    """How each criterion came out in the newest `limit` calls in sight that this version judged."""
    row = StandingVerdictRow
    calls = _newest(scope, scorecard, version, limit).subquery()
    query = (
        select(row.criterion, row.verdict, row.coach_only, row.by_person, func.count())
        .join(calls, calls.c.call_id == row.call_id)
        .group_by(row.criterion, row.verdict, row.coach_only, row.by_person)
    )
    counts: dict[str, dict[Verdict, int]] = defaultdict(lambda: dict.fromkeys(Verdict, 0))
    coached: dict[str, int] = defaultdict(int)
    said: dict[str, int] = defaultdict(int)
    with store.read() as session:
        for criterion, verdict, coach_only, by_person, n in session.execute(query):
            counts[criterion][verdict] += n
            coached[criterion] += n * coach_only
            said[criterion] += n * by_person
    return {
        name: Verdicts(criterion=name, counts=found, coach_only=coached[name], by_person=said[name])
        for name, found in counts.items()
    }


def _newest(scope: Scope, scorecard: str, version: str, limit: int | None) -> Select[str]:
    row = StandingRow
    query = select(row.call_id).where(row.scorecard == scorecard, row.scorecard_version == version)
    return in_sight(query, scope).order_by(row.started_at.desc(), row.call_id).limit(limit)


def _levels(session: Session, evaluations: Mapping[str, str]) -> dict[tuple[str, str], int]:
    """The machine's levels by call and criterion, where it gave one."""
    calls = {evaluation: call_id for call_id, evaluation in evaluations.items()}
    row = FindingRow
    query = select(row.evaluation, row.criterion, row.level).where(
        row.evaluation.in_(tuple(calls)), row.level.is_not(None)
    )
    return {(calls[found.evaluation], found.criterion): found.level or 0 for found in session.execute(query)}


def _said_levels(session: Session, judged_by: Mapping[str, tuple[str, str]]) -> dict[tuple[str, str], int | None]:
    """The level of people's newest word by call and criterion, under the version that judges the call."""
    row = DecisionRow
    query = (
        select(row.call_id, row.criterion, row.level, row.scorecard, row.scorecard_version)
        .where(row.call_id.in_(tuple(judged_by)))
        .order_by(row.call_id, row.revision)
    )
    return {
        (said.call_id, said.criterion): said.level
        for said in session.execute(query)
        if (said.scorecard, said.scorecard_version) == judged_by[said.call_id]
    }


def _findings(
    session: Session,
    call_ids: Sequence[str],
    levels: Mapping[tuple[str, str], int],
    said: Mapping[tuple[str, str], int | None],
) -> dict[str, list[Finding]]:
    row = StandingVerdictRow
    query = (
        select(row.call_id, row.criterion, row.verdict, row.coach_only, row.by_person)
        .where(row.call_id.in_(call_ids))
        .order_by(row.call_id, row.position)
    )
    found: dict[str, list[Finding]] = defaultdict(list)
    for one in session.execute(query):
        key = (one.call_id, one.criterion)
        level = said.get(key) if one.by_person else levels.get(key)
        found[one.call_id].append(
            Finding(
                criterion=one.criterion,
                verdict=one.verdict,
                level=level if one.verdict is Verdict.PASS else None,
                confidence=1.0,
                why="",
                coach_only=one.coach_only,
            )
        )
    return found
