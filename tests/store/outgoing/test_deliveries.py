from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from qa_pipeline.domain import Role, StoreError, User
from qa_pipeline.store.engine import Store
from qa_pipeline.store.outgoing import deliveries, outbox
from qa_pipeline.store.outgoing.deliveries import WAITS
from qa_pipeline.store.people import audit, users
from qa_pipeline.store.tables.accounts import DeliveryRow, WebhookRow
from qa_pipeline.store.tables.base import now


@pytest.fixture
def ada(store: Store) -> User:
    return users.add(store, User(id="", login="ada", name="Ada", role=Role.ADMIN), "")


@pytest.fixture
def hook(store: Store, ada: User) -> Callable[..., int]:
    """Makes a webhook and gives its id."""

    def made(
        url: str = "http://127.0.0.1:1/", *, events: tuple[str, ...] = ("score.changed",), active: bool = True
    ) -> int:
        def work(session: Session) -> int:
            row = WebhookRow(url=url, events=json.dumps(events), active=active, created_by=ada.id, created_at=now())
            row.secret = url
            session.add(row)
            session.flush()
            return row.id

        return store.write(work)

    return made


def put(store: Store, event: str = "score.changed", **payload: object) -> None:
    store.write(lambda session: outbox.put(session, event, **payload))


def hurry(store: Store) -> None:
    """The wait is over."""
    store.write(lambda session: session.execute(update(DeliveryRow).values(next_at=now() - timedelta(seconds=1))))


def test_an_event_goes_to_each_active_webhook_that_asked(store: Store, hook: Callable[..., int]) -> None:
    first, second = hook("http://a/"), hook("http://b/", events=("score.changed", "appeal.opened"))
    hook("http://c/", events=("appeal.opened",))
    hook("http://d/", active=False)
    put(store, call_id="c1", before=None, after=80.0)
    assert [first, second] == sorted(one.webhook for one in deliveries.recent(store))
    told = json.loads(deliveries.claim(store, limit=1)[0].payload)
    assert datetime.fromisoformat(told.pop("at")).tzinfo is not None
    assert {"event": "score.changed", "call_id": "c1", "before": None, "after": 80.0} == told


def test_a_change_that_is_undone_is_not_told(store: Store, hook: Callable[..., int]) -> None:
    hook()

    def work(session: Session) -> None:
        outbox.put(session, "score.changed", call_id="c1")
        raise StoreError("no", code="no")

    with pytest.raises(StoreError):
        store.write(work)
    assert () == deliveries.recent(store)


def test_a_claimed_delivery_is_nobody_elses_until_the_claim_ends(store: Store, hook: Callable[..., int]) -> None:
    hook()
    put(store)
    (mine,) = deliveries.claim(store, limit=5)
    assert () == deliveries.claim(store, limit=5)
    hurry(store)
    (again,) = deliveries.claim(store, limit=5)
    assert (mine.id, 2) == (again.id, again.attempts)


def test_the_limit_of_a_claim_holds(store: Store, hook: Callable[..., int]) -> None:
    hook()
    for _ in range(3):
        put(store)
    assert [2, 1, 0] == [len(deliveries.claim(store, limit=2)) for _ in range(3)]


def test_waits_grow_and_then_it_is_given_up_with_its_error(store: Store, hook: Callable[..., int]) -> None:
    hook()
    put(store)
    for wait in (*WAITS, None):
        hurry(store)
        (one,) = deliveries.claim(store, limit=5)
        deliveries.failed(store, one, "HTTP 503")
        (known,) = deliveries.recent(store)
        assert "HTTP 503" == known.error
        if wait is None:
            assert (None, None) == (known.next_at, known.delivered_at)
        else:
            assert known.next_at is not None
            assert abs(known.next_at - now() - wait) < timedelta(seconds=20)
    assert () == deliveries.claim(store, limit=5)


def test_what_was_given_up_is_sent_again_when_somebody_says_so(
    store: Store, hook: Callable[..., int], ada: User
) -> None:
    hook()
    put(store)
    (one,) = deliveries.claim(store, limit=5)
    deliveries.failed(store, one, "HTTP 500")
    deliveries.again(store, ada, one.id)
    (again,) = deliveries.claim(store, limit=5)
    assert (one.id, 1) == (again.id, again.attempts)
    deliveries.delivered(store, again)
    (known,) = deliveries.recent(store)
    assert ("", True) == (known.error, known.delivered_at is not None)
    with pytest.raises(StoreError, match="no such delivery"):
        deliveries.again(store, ada, one.id)
    assert ["webhook.again"] == [one.action for one in audit.entries(store, action="webhook.again")]


def test_the_news_of_a_failure_that_comes_too_late_changes_nothing(store: Store, hook: Callable[..., int]) -> None:
    hook()
    put(store)
    (slow,) = deliveries.claim(store, limit=5)
    hurry(store)
    (other,) = deliveries.claim(store, limit=5)
    deliveries.failed(store, slow, "too late")
    assert "" == deliveries.recent(store)[0].error
    deliveries.delivered(store, other)
    deliveries.failed(store, other, "too late")
    assert "" == deliveries.recent(store)[0].error


def test_what_was_delivered_long_ago_is_forgotten(store: Store, hook: Callable[..., int]) -> None:
    hook()
    for _ in range(2):
        put(store)
    for one in deliveries.claim(store, limit=5):
        deliveries.delivered(store, one)
    old = now() - deliveries.KEPT - timedelta(days=1)
    first = deliveries.recent(store)[-1].id
    store.write(
        lambda session: session.execute(update(DeliveryRow).where(DeliveryRow.id == first).values(delivered_at=old))
    )
    deliveries.sweep(store)
    assert [first + 1] == [one.id for one in deliveries.recent(store)]
