from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import partial

from sqlalchemy import update

from qa_pipeline import accounts
from qa_pipeline.settings import load_settings
from qa_pipeline.store import retention
from qa_pipeline.store.engine import Store
from qa_pipeline.store.outgoing import outbox, webhooks
from qa_pipeline.store.people import audit, users
from qa_pipeline.store.tables.accounts import DeliveryRow
from qa_pipeline.testing.stored import a_centre

SETTINGS = load_settings(db="sqlite:///unused.db")


def now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None)


def counts(store: Store) -> dict[str, int]:
    return {one.kind: one.n for one in retention.kept(store)}


def test_what_is_young_stays(store: Store) -> None:
    ada = a_centre(store, each=1)["ada"]
    accounts.open_session(store, ada)
    users.note_failure(store, ("login:x",), "x")
    before = counts(store)
    assert {"sessions": 0, "failures": 0, "deliveries": 0, "audit": 0} == retention.sweep(store, SETTINGS, now())
    assert before == counts(store)


def test_sessions_and_failures_go_first_and_calls_never(store: Store) -> None:
    ada = a_centre(store, each=1)["ada"]
    accounts.open_session(store, ada)
    users.note_failure(store, ("login:x", "address:y"), "x")
    gone = retention.sweep(store, SETTINGS, now() + timedelta(days=2))
    assert {"sessions": 1, "failures": 2, "deliveries": 0, "audit": 0} == gone
    assert 5 == counts(store)["calls"]


def test_the_audit_log_is_kept_as_long_as_the_setting_says(store: Store) -> None:
    a_centre(store, each=1)
    written = counts(store)["audit"]
    later = now() + timedelta(days=731)
    for_ever = load_settings(db="sqlite:///unused.db", audit_days=0)
    assert 0 == retention.sweep(store, for_ever, later)["audit"]
    assert written == retention.sweep(store, SETTINGS, later)["audit"]
    (entry,) = audit.entries(store)
    assert ("swept", written) == (entry.action, entry.detail["removed"]["audit"])  # type: ignore[index]  # of JSON


def test_only_deliveries_that_arrived_go(store: Store) -> None:
    ada = a_centre(store, each=1)["ada"]
    webhooks.add(store, ada, "https://a/", ["score.changed"], "secret")
    for number in range(2):
        store.write(partial(outbox.put, event="score.changed", call_id=str(number)))
    store.write(
        lambda session: session.execute(update(DeliveryRow).where(DeliveryRow.id == 1).values(delivered_at=now()))
    )
    assert 0 == retention.sweep(store, SETTINGS, now() + timedelta(days=29))["deliveries"]
    assert 1 == retention.sweep(store, SETTINGS, now() + timedelta(days=31))["deliveries"]
    assert 1 == len(webhooks.deliveries(store))


def test_what_somebody_sweeps_is_written_down_even_if_nothing_went(store: Store) -> None:
    ada = a_centre(store, each=1)["ada"]
    retention.sweep(store, SETTINGS, now(), ada)
    assert "ada" == audit.entries(store, action="swept")[0].login
