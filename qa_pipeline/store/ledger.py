"""The account of an archive: one entry for every recording and every refused manifest row. Raises StoreError."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import islice

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from qa_pipeline.domain import LedgerEntry, Status
from qa_pipeline.store import mapping
from qa_pipeline.store.engine import Store
from qa_pipeline.store.tables.calls import LedgerRow

_BATCH = 500


def record(store: Store, entries: Iterable[LedgerEntry]) -> None:
    """Writes entries; one for the same archive, recording and line takes the place of the earlier one."""
    waiting = iter(entries)
    while batch := list(islice(waiting, _BATCH)):
        store.write(partial(_record, batch=batch))


def statuses(store: Store, archive: str | None = None) -> tuple[LedgerEntry, ...]:
    """All entries, or one archive's, sorted by archive, recording and line."""
    query = select(LedgerRow) if archive is None else select(LedgerRow).where(LedgerRow.archive == archive)
    with store.read() as session:
        entries = [mapping.ledger_of(row) for row in session.scalars(query.execution_options(yield_per=_BATCH))]
    return tuple(sorted(entries, key=lambda entry: (entry.archive, entry.recording, entry.line or 0)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """How many recordings and refused rows have a status for a reason."""

    status: Status
    code: str
    n: int


def reasons(store: Store, archive: str = "") -> tuple[Reason, ...]:
    """How often each status and code stands, of one archive or all ("")."""
    row = LedgerRow
    query = select(row.status, row.code, func.count().label("n")).group_by(row.status, row.code)
    if archive:
        query = query.where(row.archive == archive)
    with store.read() as session:
        found = [Reason(status=one.status, code=one.code, n=one.n) for one in session.execute(query)]
    return tuple(sorted(found, key=lambda one: (list(Status).index(one.status), -one.n, one.code)))


def archives(store: Store) -> tuple[str, ...]:
    """The archives that the account knows."""
    with store.read() as session:
        return tuple(session.scalars(select(LedgerRow.archive).distinct().order_by(LedgerRow.archive)))


def page(
    store: Store, status: Status, *, archive: str = "", code: str = "", offset: int = 0, limit: int = 50
) -> tuple[LedgerEntry, ...]:
    """Some entries of a status, of one archive and code or all (""), by archive, recording and line."""
    row = LedgerRow
    order = (row.archive, row.recording, row.line, row.key)
    keys = select(row.key).where(row.status == status).order_by(*order).offset(offset).limit(limit)  # narrow to sort
    if archive:
        keys = keys.where(row.archive == archive)
    if code:
        keys = keys.where(row.code == code)
    with store.read() as session:
        chosen = tuple(session.scalars(keys))
        query = select(row).where(row.key.in_(chosen)).order_by(*order)
        return tuple(mapping.ledger_of(one) for one in session.scalars(query))


def drop_moved(store: Store, archive: str, listing: Iterable[LedgerEntry]) -> int:
    """Removes entries that a new scan of the archive contradicts; returns how many.

    `listing` is all that the scan found. When a manifest has gained or lost rows, a recording stands on another
    line than before, and a row that was refused may be gone or mended: without this they would be listed twice.
    Entries of recordings that the scan did not come across stay: they are what became of them.
    """
    found: dict[str, set[str]] = {"": set()}
    for entry in listing:
        found.setdefault(entry.recording, set()).add(mapping.ledger_key(entry))
    return store.write(partial(_drop_moved, archive=archive, found=found))


def _record(session: Session, batch: Sequence[LedgerEntry]) -> None:
    keys = {mapping.ledger_key(entry) for entry in batch}
    known = {row.key: row for row in session.scalars(select(LedgerRow).where(LedgerRow.key.in_(keys)))}
    for entry in batch:
        columns = mapping.ledger_columns(entry)
        row = known.get(mapping.ledger_key(entry))
        if row is None:
            row = known[mapping.ledger_key(entry)] = LedgerRow(**columns)
            session.add(row)
        for name, value in columns.items():
            setattr(row, name, value)  # what stays the same is not written


def _drop_moved(session: Session, archive: str, found: dict[str, set[str]]) -> int:
    kept = session.execute(select(LedgerRow.key, LedgerRow.recording).where(LedgerRow.archive == archive))
    gone = [key for key, recording in kept if recording in found and key not in found[recording]]
    for start in range(0, len(gone), _BATCH):
        session.execute(delete(LedgerRow).where(LedgerRow.key.in_(gone[start : start + _BATCH])))
    return len(gone)
