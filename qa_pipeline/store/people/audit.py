"""The audit log: who saw, played, changed or exported what. Entries are only added. Raises StoreError."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, and_, insert, or_, select
from sqlalchemy.orm import Session

from qa_pipeline.domain import User
from qa_pipeline.store.engine import Store
from qa_pipeline.store.mapping import canonical
from qa_pipeline.store.tables.accounts import AuditRow
from qa_pipeline.store.tables.base import now


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What somebody did, when (UTC), to what. `detail` holds nothing that a customer said."""

    id: int
    at: datetime
    user: str
    login: str
    action: str
    subject_kind: str
    subject: str
    detail: Mapping[str, object]


def note(session: Session, user: User | None, action: str, kind: str = "", subject: str = "", **detail: object) -> None:
    """Adds an entry in the transaction of what it tells of; without a `user` it was the program or a stranger."""
    session.execute(
        insert(AuditRow).values(
            at=now(),
            user=user.id if user else "",
            login=user.login if user else "",
            action=action,
            subject_kind=kind,
            subject=subject,
            detail=canonical(detail),
        )
    )


def record(store: Store, user: User | None, action: str, kind: str = "", subject: str = "", **detail: object) -> None:
    """Adds an entry for what changes nothing else: a look, a playback, an export."""
    store.write(lambda session: note(session, user, action, kind, subject, **detail))


def entries(
    store: Store,
    *,
    user: str = "",
    action: str = "",
    subject: str = "",
    since: datetime | None = None,
    until: datetime | None = None,
    before: int | None = None,
    limit: int = 100,
) -> tuple[Entry, ...]:
    """The newest entries first, narrowed by login, action, subject and time (UTC, `until` not included).

    `before` is an entry's id, to turn pages.
    """
    query: Select[AuditRow] = select(AuditRow).order_by(AuditRow.at.desc(), AuditRow.id.desc()).limit(limit)
    login = user.strip().casefold()
    for column, wanted in ((AuditRow.login, login), (AuditRow.action, action), (AuditRow.subject, subject)):
        if wanted:
            query = query.where(column == wanted)
    if since is not None:
        query = query.where(AuditRow.at >= since)
    if until is not None:
        query = query.where(AuditRow.at < until)
    with store.read() as session:
        last = session.get(AuditRow, before) if before is not None else None
        if last is not None:
            query = query.where(or_(AuditRow.at < last.at, and_(AuditRow.at == last.at, AuditRow.id < last.id)))
        return tuple(_entry(row) for row in session.scalars(query))


def _entry(row: AuditRow) -> Entry:
    return Entry(
        id=row.id,
        at=row.at,
        user=row.user,
        login=row.login,
        action=row.action,
        subject_kind=row.subject_kind,
        subject=row.subject,
        detail=json.loads(row.detail),
    )
