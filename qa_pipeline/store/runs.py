"""The account of runs: when a flow ran, with what, and how many calls went where. Raises StoreError."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from qa_pipeline.domain import StoreError
from qa_pipeline.store.engine import Store
from qa_pipeline.store.mapping import canonical
from qa_pipeline.store.tables.calls import RunRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One run of a flow; `finished_at` is None while it is under way, or when it was killed. Times in UTC."""

    id: str
    kind: str
    started_at: datetime
    finished_at: datetime | None
    parameters: Mapping[str, object]
    counts: Mapping[str, int]


def page(store: Store, *, offset: int = 0, limit: int = 30) -> tuple[tuple[Run, ...], int]:
    """Some runs, the newest first, and how many there are."""
    query = select(RunRow).order_by(RunRow.started_at.desc(), RunRow.id).offset(offset).limit(limit)
    with store.read() as session:
        total = session.scalar(select(func.count()).select_from(RunRow)) or 0
        return tuple(_run(row) for row in session.scalars(query)), total


def run(store: Store, run_id: str) -> Run | None:
    """One run; None when there is none such."""
    with store.read() as session:
        row = session.get(RunRow, run_id)
        return _run(row) if row else None


def start_run(store: Store, kind: str, parameters: Mapping[str, object]) -> str:
    """Notes that a run began; returns its id. `parameters` must fit JSON and hold no secret."""
    run_id = uuid.uuid4().hex
    store.write(partial(_start, run_id=run_id, kind=kind, parameters=canonical(parameters)))
    return run_id


def finish_run(store: Store, run_id: str, counts: Mapping[str, int]) -> None:
    """Notes that a run ended and what it did. Raises StoreError, code "unknown_run", when it never began."""
    store.write(partial(_finish, run_id=run_id, counts=canonical(counts)))


def counts(store: Store, run_id: str) -> dict[str, int] | None:
    """What a run did; None while it is under way, after it was killed, or when there is none."""
    with store.read() as session:
        row = session.get(RunRow, run_id)
        return json.loads(row.counts) if row and row.finished_at else None


def _run(row: RunRow) -> Run:
    return Run(
        id=row.id,
        kind=row.kind,
        started_at=row.started_at,
        finished_at=row.finished_at,
        parameters=json.loads(row.parameters),
        counts=json.loads(row.counts),
    )


def _start(session: Session, run_id: str, kind: str, parameters: str) -> None:
    session.add(RunRow(id=run_id, kind=kind, started_at=_now(), finished_at=None, parameters=parameters, counts="{}"))


def _finish(session: Session, run_id: str, counts: str) -> None:
    row = session.get(RunRow, run_id)
    if row is None:
        raise StoreError(f"No run {run_id} began.", code="unknown_run")
    row.finished_at, row.counts = _now(), counts


def _now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None)
