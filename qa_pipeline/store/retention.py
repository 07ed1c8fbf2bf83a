"""What is kept how long: counts, the oldest of each kind, and the sweep that enforces it. Raises StoreError.

Calls, judgements and people's decisions stay until somebody deletes them on purpose: a score must be explainable.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import ColumnElement, delete, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from qa_pipeline.domain import User
from qa_pipeline.settings import Settings
from qa_pipeline.store import audit
from qa_pipeline.store.engine import Store
from qa_pipeline.store.people_tables import AuditRow, DecisionRow, DeliveryRow, ThrottleRow, WebSessionRow
from qa_pipeline.store.tables import EvaluationRow, RecordingRow, TranscriptRow

FAILURES = timedelta(days=1)
"""Failed sign-ins are counted so long; the longest wait that follows from them is a quarter of an hour."""
DELIVERIES = timedelta(days=30)
_BATCH = 5000


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """How much of one kind is there, and since when (UTC; None: nothing is there)."""

    kind: str
    n: int
    oldest: datetime | None


@dataclass(frozen=True, slots=True)
class _Kind:
    """Rows of a table that have an age: `key` to delete by, `at` their age, `more` which of them."""

    name: str
    key: InstrumentedAttribute[Any]
    at: InstrumentedAttribute[Any]
    more: ColumnElement[bool] | None = None


_SWEPT = (
    _Kind("sessions", WebSessionRow.token, WebSessionRow.expires_at),
    _Kind("failures", ThrottleRow.key, ThrottleRow.last_at),
    _Kind("deliveries", DeliveryRow.id, DeliveryRow.delivered_at, DeliveryRow.delivered_at.is_not(None)),
    _Kind("audit", AuditRow.id, AuditRow.at),
)
_STAYS = (
    _Kind("calls", RecordingRow.call_id, RecordingRow.created_at),
    _Kind("transcripts", TranscriptRow.fingerprint, TranscriptRow.created_at),
    _Kind("evaluations", EvaluationRow.fingerprint, EvaluationRow.created_at),
    _Kind("decisions", DecisionRow.id, DecisionRow.made_at),
)


def kept(store: Store) -> tuple[Kept, ...]:
    """What is there of each kind: first what is swept, then what stays."""
    with store.read() as session:
        return tuple(_kept(session, kind) for kind in (*_SWEPT, *_STAYS))


def limits(settings: Settings, now: datetime) -> dict[str, datetime | None]:
    """Of each kind that is swept, the moment before which it goes; None: it stays."""
    audited = timedelta(days=settings.audit_days)
    return {
        "sessions": now,
        "failures": now - FAILURES,
        "deliveries": now - DELIVERIES,
        "audit": now - audited if audited else None,
    }


def sweep(store: Store, settings: Settings, now: datetime, by: User | None = None) -> dict[str, int]:
    """Removes what has been kept long enough, a few thousand rows at a time; gives how many of each kind.

    `now` is in UTC without a zone. What went of deliveries and the audit log is itself written into the audit log.
    """
    until = limits(settings, now)
    gone = {kind.name: _swept(store, kind, until[kind.name]) for kind in _SWEPT}
    if by is not None or gone["audit"] or gone["deliveries"]:
        audit.record(store, by, "swept", removed=gone)
    return gone


def _swept(store: Store, kind: _Kind, until: datetime | None) -> int:
    if until is None:
        return 0
    removed = 0
    work: Callable[[Session], int] = partial(_remove, kind=kind, until=until)
    while went := store.write(work):
        removed += went
    return removed


def _remove(session: Session, kind: _Kind, until: datetime) -> int:
    keys = tuple(session.scalars(select(kind.key).where(kind.at < until).order_by(kind.at).limit(_BATCH)))
    if keys:
        session.execute(delete(kind.key.class_).where(kind.key.in_(keys)))
    return len(keys)


def _kept(session: Session, kind: _Kind) -> Kept:
    query = select(func.count(), func.min(kind.at))
    if kind.more is not None:
        query = query.where(kind.more)
    n, oldest = session.execute(query.select_from(kind.key.class_)).one()
    return Kept(kind=kind.name, n=n, oldest=oldest)
