from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import update

from qa_pipeline.domain import Role, StoreError, User
from qa_pipeline.store.engine import Store
from qa_pipeline.store.people import audit, users
from qa_pipeline.store.tables.accounts import WebSessionRow
from qa_pipeline.store.tables.base import now

HOUR = timedelta(hours=1)


@pytest.fixture
def ada(store: Store) -> User:
    return users.add(store, User(id="", login=" Ada ", name="Ada", role=Role.ADMIN), "a hash")


def test_an_account_comes_back_as_it_was_whatever_the_case_of_its_login(store: Store, ada: User) -> None:
    assert ("ada", True) == (ada.login, bool(ada.id))
    assert (ada, "a hash") == users.by_login(store, " ADA")
    assert (ada,) == users.everybody(store)
    assert {ada.id: "Ada"} == users.names(store)
    assert users.by_login(store, "nobody") is None


def test_a_password_to_be_changed_stays_so_until_there_is_a_new_one(store: Store, ada: User) -> None:
    bob = users.add(store, User(id="", login="bob", name="Bob", role=Role.AGENT, must_change=True), "a hash")
    assert (bob, True) == (users.everybody(store)[1], bob.must_change)
    users.change(store, replace(bob, name="Robert", must_change=False), ada)
    assert users.everybody(store)[1].must_change
    users.set_password(store, bob.id, "another hash", bob)
    assert not users.everybody(store)[1].must_change


def test_who_signs_in_without_a_password_has_none_to_change(store: Store) -> None:
    assert not users.add(store, User(id="", login="bob", name="Bob", role=Role.AGENT, must_change=True), "").must_change


def test_a_login_is_taken_once(store: Store, ada: User) -> None:
    with pytest.raises(StoreError) as caught:
        users.add(store, User(id="", login="ADA", name="Another", role=Role.AGENT), "")
    assert "login_taken" == caught.value.code
    bob = users.add(store, User(id="", login="bob", name="Bob", role=Role.AGENT), "")
    with pytest.raises(StoreError) as caught:
        users.change(store, replace(bob, login="ada"), ada)
    assert "login_taken" == caught.value.code


def test_the_last_who_can_administer_stays(store: Store, ada: User) -> None:
    for change in ({"role": Role.AUDITOR}, {"active": False}):
        with pytest.raises(StoreError) as caught:
            users.change(store, replace(ada, **change), ada)
        assert "last_admin" == caught.value.code
    assert (ada,) == users.everybody(store)


def test_nobody_unknown_is_changed(store: Store, ada: User) -> None:
    with pytest.raises(StoreError) as caught:
        users.change(store, replace(ada, id="x", login="x"), ada)
    assert "unknown_user" == caught.value.code
    with pytest.raises(StoreError) as caught:
        users.set_password(store, "x", "a hash", ada)
    assert "unknown_user" == caught.value.code


def test_a_change_is_in_the_audit_log_with_what_changed(store: Store, ada: User) -> None:
    users.change(store, replace(ada, language="zh", subject="issuer|1"), ada)
    (entry,) = audit.entries(store, action="user.changed")
    assert ("ada", {"language": "zh", "known_as": "issuer|1"}) == (entry.subject, entry.detail)


def open_session(store: Store, user: User, token: str) -> None:
    users.open_session(store, user, token=token, csrf="word", lasts=12 * HOUR, idle=2 * HOUR)


def test_a_session_lasts_while_it_is_used_and_no_longer_than_its_time(store: Store, ada: User) -> None:
    open_session(store, ada, "t")
    found = users.session(store, "t", idle=2 * HOUR)
    assert found is not None
    assert (ada, "word") == (found.user, found.csrf)
    store.write(lambda session: session.execute(update(WebSessionRow).values(seen_at=now() - HOUR)))
    assert users.session(store, "t", idle=HOUR) is None
    assert users.session(store, "t", idle=2 * HOUR) is not None
    with store.read() as session:  # that it was used has been written
        assert now() - session.get_one(WebSessionRow, "t").seen_at < HOUR / 2
    store.write(lambda session: session.execute(update(WebSessionRow).values(expires_at=now())))
    assert users.session(store, "t", idle=2 * HOUR) is None


def test_old_sessions_are_swept_when_somebody_signs_in(store: Store, ada: User) -> None:
    open_session(store, ada, "old")
    store.write(lambda session: session.execute(update(WebSessionRow).values(expires_at=now())))
    open_session(store, ada, "new")
    with store.read() as session:
        assert ["new"] == [row.token for row in session.query(WebSessionRow)]


def test_sessions_end_with_the_account_the_password_and_signing_out(store: Store, ada: User) -> None:
    bob = users.add(store, User(id="", login="bob", name="Bob", role=Role.AGENT), "")
    ends: tuple[Callable[[], None], ...] = (
        lambda: users.close_session(store, "t"),
        lambda: users.set_password(store, bob.id, "a hash", ada),
        lambda: users.change(store, replace(bob, active=False), ada),
    )
    for end in ends:
        open_session(store, bob, "t")
        end()
        assert users.session(store, "t", idle=HOUR) is None


def test_failures_are_counted_until_forgotten(store: Store) -> None:
    for _ in range(2):
        users.note_failure(store, ("login:x", "address:y"), "x")
    assert 2 == users.failures(store, "login:x")[0]
    users.forget_failures(store, ("login:x",))
    assert [0, 2] == [users.failures(store, key)[0] for key in ("login:x", "address:y")]


def test_a_token_opens_until_it_is_revoked_or_runs_out_or_its_owner_is_closed(store: Store, ada: User) -> None:
    bob = users.add(store, User(id="", login="bob", name="Bob", role=Role.AGENT), "")
    for key, expires in (("for good", None), ("short", now() - HOUR), ("long", now() + HOUR)):
        users.add_token(store, bob, key=key, name=key, expires_at=expires)
    assert [bob, None, bob, None] == [users.by_token(store, key) for key in ("for good", "short", "long", "made up")]
    users.revoke_token(store, "for good", ada)
    assert users.by_token(store, "for good") is None
    by_name = {one.name: one for one in users.tokens(store, bob.id)}
    assert by_name["long"].used_at is not None
    assert by_name["for good"].revoked_at is not None
    assert () == users.tokens(store, ada.id)
    users.change(store, replace(bob, active=False), ada)
    assert users.by_token(store, "long") is None


def test_a_name_of_the_single_sign_on_is_linked_once_and_to_an_account_that_has_no_other_way_in(
    store: Store, ada: User
) -> None:
    bob = users.add(store, User(id="", login="bob", name="Bob", role=Role.AGENT), "")
    assert users.link_subject(store, "ada", "issuer|1") is None  # it has a password
    assert users.link_subject(store, "nobody", "issuer|1") is None
    linked = users.link_subject(store, "BOB", "issuer|1")
    assert replace(bob, subject="issuer|1") == linked == users.by_subject(store, "issuer|1")
    assert users.link_subject(store, "bob", "issuer|2") is None
    assert users.by_subject(store, "") is None
