from __future__ import annotations

import json

import pytest

from qa_pipeline.domain import Role, User
from qa_pipeline.store.engine import Store
from qa_pipeline.store.outgoing import outbox
from qa_pipeline.store.outgoing.outbox import EVENTS
from qa_pipeline.store.people import users
from qa_pipeline.store.tables.accounts import DeliveryRow, WebhookRow
from qa_pipeline.store.tables.base import now


def hook(store: Store, events: tuple[str, ...], *, active: bool = True) -> None:
    found = users.by_login(store, "ada")
    ada = found[0] if found else users.add(store, User(id="", login="ada", name="Ada", role=Role.ADMIN), "")
    values = {"secret": "", "events": json.dumps(events), "active": active, "created_by": ada.id, "created_at": now()}
    store.write(lambda session: session.add(WebhookRow(url="http://127.0.0.1:1/", **values)))


def put(store: Store, event: str, **payload: object) -> None:
    store.write(lambda session: outbox.put(session, event, **payload))


def queued(store: Store) -> list[DeliveryRow]:
    with store.read() as session:
        return list(session.query(DeliveryRow).order_by(DeliveryRow.id))


@pytest.mark.parametrize("event", EVENTS)
def test_each_webhook_gets_what_it_asked_for(store: Store, event: str) -> None:
    hook(store, (event,))
    hook(store, tuple(one for one in EVENTS if one != event))
    hook(store, EVENTS)
    hook(store, EVENTS, active=False)
    put(store, event, call_id="北/1")
    assert [1, 3] == [one.webhook for one in queued(store)]


def test_a_queued_event_is_due_at_once_and_says_what_when(store: Store) -> None:
    hook(store, EVENTS)
    put(store, "score.changed", call_id="北/1", before=None, after=81.25)
    (row,) = queued(store)
    told = json.loads(row.payload)
    assert ("score.changed", "北/1", None, 81.25) == tuple(
        told[name] for name in ("event", "call_id", "before", "after")
    )
    assert f"{row.made_at.isoformat()}Z" == told["at"]
    assert (0, row.made_at, None, "") == (row.attempts, row.next_at, row.delivered_at, row.error)


def test_without_webhooks_nothing_is_queued(store: Store) -> None:
    put(store, "score.changed", call_id="c")
    assert [] == queued(store)
