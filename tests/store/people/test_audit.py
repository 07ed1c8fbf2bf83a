from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from qa_pipeline.domain import Role, StoreError, User
from qa_pipeline.store.engine import Store
from qa_pipeline.store.people import audit

ADA = User(id="1", login="ada", name="Ada", role=Role.ADMIN)
BOB = User(id="2", login="bob", name="Bob", role=Role.AUDITOR)


def test_an_entry_says_who_did_what_to_what(store: Store) -> None:
    audit.record(store, ADA, "played", "call", "c/1", at_ms=1500, language="zh")
    audit.record(store, None, "sign_in_failed", "user", "王\x00")
    failed, played = audit.entries(store)
    assert ("1", "ada", "played", "call", "c/1") == (
        played.user, played.login, played.action, played.subject_kind, played.subject,
    )  # fmt: skip
    assert {"at_ms": 1500, "language": "zh"} == played.detail
    assert ("", "", "王\x00", {}) == (failed.user, failed.login, failed.subject, failed.detail)
    assert failed.at >= played.at


def test_entries_are_narrowed_and_come_in_parts(store: Store) -> None:
    for number in range(5):
        audit.record(
            store, ADA if number % 2 else BOB, "played" if number < 3 else "exported", "call", f"c{number % 2}"
        )
    assert [4, 2, 0] == [one.id - 1 for one in audit.entries(store, user="bob")]
    assert [4, 3] == [one.id - 1 for one in audit.entries(store, action="exported")]
    assert [3, 1] == [one.id - 1 for one in audit.entries(store, subject="c1")]
    first = audit.entries(store, limit=2)
    rest = audit.entries(store, before=first[-1].id)
    assert [5, 4, 3, 2, 1] == [one.id for one in (*first, *rest)]


def test_what_did_not_happen_is_not_in_the_log(store: Store) -> None:
    def work(session: Session) -> None:
        audit.note(session, ADA, "played")
        raise StoreError("no", code="no")

    with pytest.raises(StoreError):
        store.write(work)
    assert () == audit.entries(store)
