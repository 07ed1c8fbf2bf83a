"""Webhooks' deliveries on their way: which are due, who sends them, what became of them. Raises StoreError.

Whoever claims a delivery has it for a while; if nothing is heard of it by then, it is due again. So every delivery is
made at least once, and by one sender at a time.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import Select, delete, select
from sqlalchemy.orm import Session

from qa_pipeline.domain import StoreError, User
from qa_pipeline.store.engine import Store
from qa_pipeline.store.people import audit
from qa_pipeline.store.tables.accounts import DeliveryRow, WebhookRow
from qa_pipeline.store.tables.base import now

WAITS = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=12),
)
"""How long after a failure the next try is made; after the last one the delivery is given up."""

HELD = timedelta(minutes=5)
"""How long a claim holds: longer than sending can take, so that nobody else sends meanwhile."""

KEPT = timedelta(days=30)
"""How long it stays known that something was delivered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """An event to be sent; `attempts` counts this one too."""

    id: int
    url: str
    secret: str
    event: str
    payload: str
    attempts: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """What became of a delivery; times in UTC. `next_at` None and `delivered_at` None: given up, `error` says why."""

    id: int
    webhook: int
    event: str
    made_at: datetime
    attempts: int
    next_at: datetime | None
    delivered_at: datetime | None
    error: str


def claim(store: Store, *, limit: int) -> tuple[Delivery, ...]:
    """The deliveries that are due, longest ago first: the caller sends them, nobody else does until `HELD` is over."""
    with store.read() as session:  # no lock while there is nothing to do
        if session.scalars(_due().limit(1)).first() is None:
            return ()
    return store.write(partial(_claim, limit=limit))


def delivered(store: Store, delivery: Delivery) -> None:
    """The receiver has taken it."""

    def work(session: Session) -> None:
        row = session.get(DeliveryRow, delivery.id)
        if row is not None:
            row.delivered_at, row.next_at, row.error = now(), None, ""

    store.write(work)


def failed(store: Store, delivery: Delivery, error: str) -> None:
    """The receiver has not taken it: it is tried again after a wait, or given up."""

    def work(session: Session) -> None:
        row = session.get(DeliveryRow, delivery.id)
        if row is not None and row.delivered_at is None and row.attempts == delivery.attempts:
            tries = delivery.attempts
            row.next_at = now() + WAITS[tries - 1] if tries <= len(WAITS) else None
            row.error = error[:500]

    store.write(work)


def again(store: Store, user: User, delivery_id: int) -> None:
    """Sends a delivery that was given up, or waits, at once and with all its tries. Raises StoreError."""

    def work(session: Session) -> None:
        row = session.get(DeliveryRow, delivery_id)
        if row is None or row.delivered_at is not None:
            raise StoreError("There is no such delivery on its way.", code="not_found")
        row.next_at, row.attempts = now(), 0
        audit.note(session, user, "webhook.again", "webhook", str(row.webhook), delivery=delivery_id)

    store.write(work)


def recent(store: Store, webhook: int | None = None, *, limit: int = 50) -> tuple[Sent, ...]:
    """What became of the newest deliveries, of one webhook or of all."""
    query = select(DeliveryRow).order_by(DeliveryRow.id.desc()).limit(limit)
    if webhook is not None:
        query = query.where(DeliveryRow.webhook == webhook)
    with store.read() as session:
        return tuple(
            Sent(
                id=row.id,
                webhook=row.webhook,
                event=row.event,
                made_at=row.made_at,
                attempts=row.attempts,
                next_at=row.next_at,
                delivered_at=row.delivered_at,
                error=row.error,
            )
            for row in session.scalars(query)
        )


def sweep(store: Store) -> None:
    """Forgets what was delivered long ago."""
    store.write(
        lambda session: session.execute(delete(DeliveryRow).where(DeliveryRow.delivered_at < now() - KEPT)),
    )


def _due() -> Select[DeliveryRow]:
    return (
        select(DeliveryRow)
        .join(WebhookRow, WebhookRow.id == DeliveryRow.webhook)
        .where(DeliveryRow.delivered_at.is_(None), DeliveryRow.next_at <= now(), WebhookRow.active)
        .order_by(DeliveryRow.next_at, DeliveryRow.id)
    )


def _claim(session: Session, limit: int) -> tuple[Delivery, ...]:
    taken = []
    for row in session.scalars(_due().limit(limit)).all():
        row.attempts, row.next_at = row.attempts + 1, now() + HELD
        webhook = session.get_one(WebhookRow, row.webhook)
        taken.append(
            Delivery(
                id=row.id,
                url=webhook.url,
                secret=webhook.secret,
                event=row.event,
                payload=row.payload,
                attempts=row.attempts,
            )
        )
    return tuple(taken)
