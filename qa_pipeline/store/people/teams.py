"""Teams and agents as the recordings name them, to give accounts to. Raises StoreError."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select

from qa_pipeline.domain import Scope
from qa_pipeline.store.engine import Store
from qa_pipeline.store.standing import in_sight
from qa_pipeline.store.tables.desk import StandingRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Team:
    """A team and how many judged calls name it."""

    name: str
    calls: int


def teams(store: Store, scope: Scope) -> tuple[Team, ...]:
    """The teams of the judged calls in sight, by name."""
    query = select(StandingRow.team, func.count()).where(StandingRow.team != "").group_by(StandingRow.team)
    with store.read() as session:
        return tuple(
            Team(name=name, calls=n) for name, n in session.execute(in_sight(query, scope).order_by(StandingRow.team))
        )


def agent_ids(store: Store, scope: Scope) -> tuple[str, ...]:
    """The agents of the judged calls in sight."""
    query = select(StandingRow.agent_id).where(StandingRow.agent_id != "").distinct()
    with store.read() as session:
        return tuple(session.scalars(in_sight(query, scope).order_by(StandingRow.agent_id)))
