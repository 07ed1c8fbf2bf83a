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
from qa_pipeline.store.engine import Store
from qa_pipeline.store.people import audit
from qa_pipeline.store.tables.accounts import AuditRow, DeliveryRow, ThrottleRow, WebSessionRow
from qa_pipeline.store.tables.calls import EvaluationRow, RecordingRow, TranscriptRow
from qa_pipeline.store.tables.desk import DecisionRow

FAILURES = timedelta(days=1)
"""Failed sign-ins are counted so long; the longest wait that follows from them is a quarter of an hour."""
DELIVERIES = timedelta(days=30)
_BATCH = 5000


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """How much of one kind is there, and since when (UTC, of calls their own clock; None: nobody knows)."""

    kind: str
    n: int
    oldest: datetime | None


@dataclass(frozen=True, slots=True)
class _Kind:
    """Rows of a table: `key` names one, `since` is the age shown, `more` says which of them."""

    name: str
    key: InstrumentedAttribute[Any]
    since: InstrumentedAttribute[Any] | None
    more: ColumnElement[bool] | None = None


_SWEPT = {  # with the column that says when it may go
    _Kind("sessions", WebSessionRow.token, WebSessionRow.created_at): WebSessionRow.expires_at,
    _Kind("failures", ThrottleRow.key, ThrottleRow.last_at): ThrottleRow.last_at,
    _Kind(
        "deliveries", DeliveryRow.id, DeliveryRow.delivered_at, DeliveryRow.delivered_at.is_not(None)
    ): DeliveryRow.delivered_at,
    _Kind("audit", AuditRow.id, AuditRow.at): AuditRow.at,
}
# Only what an index answers: transcripts are gigabytes, and nobody should wait for the oldest of them.
_STAYS = (
    _Kind("calls", RecordingRow.call_id, RecordingRow.started_at),
    _Kind("transcripts", TranscriptRow.fingerprint, None),
    _Kind("evaluations", EvaluationRow.fingerprint, None),
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
    gone = {kind.name: _swept(store, kind.key, at, until[kind.name]) for kind, at in _SWEPT.items()}
    if by is not None or gone["audit"] or gone["deliveries"]:
        audit.record(store, by, "swept", removed=gone)
    return gone


def _swept(
    store: Store, key: InstrumentedAttribute[Any], at: InstrumentedAttribute[Any], until: datetime | None
) -> int:
    if until is None:
        return 0
    removed = 0
    work: Callable[[Session], int] = partial(_remove, key=key, at=at, until=until)
    while went := store.write(work):
        removed += went
    return removed


def _remove(
    session: Session, key: InstrumentedAttribute[Any], at: InstrumentedAttribute[Any], until: datetime
) -> int:  # fmt: skip
    keys = tuple(session.scalars(select(key).where(at < until).order_by(at).limit(_BATCH)))
    if keys:
        session.execute(delete(key.class_).where(key.in_(keys)))
    return len(keys)


def _kept(session: Session, kind: _Kind) -> Kept:
    counted = select(func.count()).select_from(kind.key.class_)
    if kind.more is not None:
        counted = counted.where(kind.more)
    # apart from the count, so that the index alone answers
    oldest = session.scalar(select(func.min(kind.since))) if kind.since is not None else None
    return Kept(kind=kind.name, n=session.scalar(counted) or 0, oldest=oldest)
