"""What webhooks are to be told: written in the transaction of the change, sent afterwards. Raises StoreError."""

from __future__ import annotations

import json

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from qa_pipeline.store.mapping import canonical
from qa_pipeline.store.tables.accounts import DeliveryRow, WebhookRow
from qa_pipeline.store.tables.base import now

EVENTS = ("score.changed", "review.finished", "review.reopened", "appeal.opened", "appeal.closed")


def put(session: Session, event: str, **payload: object) -> None:
    """Queues an event for each active webhook that asked for it; `payload` holds ids and figures, never words said."""
    moment = now()
    for row in session.scalars(select(WebhookRow).where(WebhookRow.active)):
        if event in json.loads(row.events):
            session.execute(
                insert(DeliveryRow).values(
                    webhook=row.id,
                    event=event,
                    payload=canonical({"event": event, "at": f"{moment.isoformat()}Z", **payload}),
                    made_at=moment,
                    attempts=0,
                    next_at=moment,
                    error="",
                )
            )
