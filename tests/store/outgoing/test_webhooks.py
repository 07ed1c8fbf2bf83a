from __future__ import annotations

import pytest

from qa_pipeline.domain import StoreError
from qa_pipeline.store.engine import Store
from qa_pipeline.store.outgoing import outbox, webhooks
from qa_pipeline.store.people import audit
from qa_pipeline.testing.stored import a_centre


def test_an_active_webhook_is_told_what_it_asked_for(store: Store) -> None:
    ada = a_centre(store, each=1)["ada"]
    hook = webhooks.add(store, ada, "https://a/x", ["appeal.opened", "score.changed"], "s3cret")
    other = webhooks.add(store, ada, "http://b:8080/", ["review.finished"], "other")
    store.write(lambda session: outbox.put(session, "score.changed", call_id="C"))
    assert [(hook, "score.changed")] == [(one.webhook, one.event) for one in webhooks.deliveries(store)]
    assert () == webhooks.deliveries(store, other)
    assert [1, 0] == [one.waiting for one in webhooks.every(store)]
    assert "s3cret" not in str(webhooks.every(store)) + str(audit.entries(store))


def test_a_webhook_that_is_off_is_told_nothing(store: Store) -> None:
    ada = a_centre(store, each=1)["ada"]
    hook = webhooks.add(store, ada, "https://a/x", ["score.changed"], "s")
    webhooks.change(store, ada, hook, active=False)
    store.write(lambda session: outbox.put(session, "score.changed", call_id="C"))
    assert () == webhooks.deliveries(store)
    assert [("score.changed",)] == [one.events for one in webhooks.every(store)]
    with pytest.raises(StoreError, match="no such webhook"):
        webhooks.change(store, ada, 99, active=True)
