"""Addresses that are told of events, and what became of each delivery. Raises StoreError."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from urllib.parse import urlsplit

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from qa_pipeline.domain import StoreError, User
from qa_pipeline.store.engine import Store
from qa_pipeline.store.mapping import canonical
from qa_pipeline.store.outgoing.outbox import EVENTS
from qa_pipeline.store.people import audit
from qa_pipeline.store.tables.accounts import DeliveryRow, WebhookRow
from qa_pipeline.store.tables.base import now

LONGEST_URL = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class Webhook:
    """An address without its secret; `waiting` deliveries are still to be sent. Times in UTC."""

    id: int
    url: str
    events: tuple[str, ...]
    active: bool
    created_by: str
    created_at: datetime
    waiting: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One event on its way: sent at `delivered_at`, tried again at `next_at`, given up when both are None."""

    id: int
    webhook: int
    url: str
    event: str
    made_at: datetime
    attempts: int
    next_at: datetime | None
    delivered_at: datetime | None
    error: str


def add(store: Store, by: User, url: str, events: Collection[str], secret: str) -> int:
    """Takes an address in; gives its id. `secret` signs what is sent: show it once, nothing here gives it back.

    Raises StoreError: "webhook_url" (no http or https address, or one with a password in it), "webhook_events".
    """
    return store.write(partial(_add, by=by, url=checked(url), events=_known(events), secret=secret))


def change(store: Store, by: User, webhook_id: int, *, active: bool, events: Collection[str] | None = None) -> None:
    """Switches an address on or off, and changes what it is told. Raises StoreError, "unknown_webhook"."""
    known = None if events is None else _known(events)
    store.write(partial(_change, by=by, webhook_id=webhook_id, active=active, events=known))


def every(store: Store) -> tuple[Webhook, ...]:
    """All addresses, the oldest first."""
    open_ones = (
        select(DeliveryRow.webhook, func.count().label("n"))
        .where(DeliveryRow.delivered_at.is_(None), DeliveryRow.next_at.is_not(None))
        .group_by(DeliveryRow.webhook)
    )
    with store.read() as session:
        waiting = {row.webhook: row.n for row in session.execute(open_ones)}
        return tuple(
            Webhook(
                id=row.id,
                url=row.url,
                events=tuple(json.loads(row.events)),
                active=row.active,
                created_by=row.created_by,
                created_at=row.created_at,
                waiting=waiting.get(row.id, 0),
            )
            for row in session.scalars(select(WebhookRow).order_by(WebhookRow.id))
        )


def deliveries(store: Store, webhook_id: int | None = None, *, limit: int = 50) -> tuple[Delivery, ...]:
    """The last deliveries of an address, or of all, the newest first."""
    row = DeliveryRow
    query = select(row, WebhookRow.url).join(WebhookRow, WebhookRow.id == row.webhook).order_by(row.id.desc())
    if webhook_id is not None:
        query = query.where(row.webhook == webhook_id)
    with store.read() as session:
        return tuple(
            Delivery(
                id=one.id,
                webhook=one.webhook,
                url=url,
                event=one.event,
                made_at=one.made_at,
                attempts=one.attempts,
                next_at=one.next_at,
                delivered_at=one.delivered_at,
                error=one.error,
            )
            for one, url in session.execute(query.limit(limit))
        )


def checked(url: str) -> str:
    """An address that can be told of events. Raises StoreError, code "webhook_url".

    >>> checked(" https://crm.example/hook ")
    'https://crm.example/hook'
    """
    stripped = url.strip()
    try:
        parts = urlsplit(stripped)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        usable = False
    strange = any(not one.isprintable() or one.isspace() for one in stripped) or len(stripped) > LONGEST_URL
    if not usable or strange or parts.username or parts.password:
        raise StoreError("A webhook needs an http or https address without a password in it.", code="webhook_url")
    return stripped


def _known(events: Collection[str]) -> tuple[str, ...]:
    found = tuple(event for event in EVENTS if event in events)
    if not found or set(events) - set(EVENTS):
        raise StoreError(f"A webhook is told of one or more of: {', '.join(EVENTS)}.", code="webhook_events")
    return found


def _add(session: Session, by: User, url: str, events: tuple[str, ...], secret: str) -> int:
    row = WebhookRow(
        url=url, secret=secret, events=canonical(events), active=True, created_by=by.id, created_at=now()
    )  # fmt: skip
    session.add(row)
    session.flush()
    audit.note(session, by, "webhook.added", "webhook", str(row.id), host=urlsplit(url).hostname, events=events)
    return row.id


def _change(session: Session, by: User, webhook_id: int, active: bool, events: tuple[str, ...] | None) -> None:
    row = session.get(WebhookRow, webhook_id)
    if row is None:
        raise StoreError("There is no such webhook.", code="unknown_webhook")
    row.active = active
    if events is not None:
        row.events = canonical(events)
    audit.note(session, by, "webhook.changed", "webhook", str(row.id), active=active, events=json.loads(row.events))
