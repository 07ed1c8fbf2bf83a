from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from argon2 import PasswordHasher
from sqlalchemy import update

from qa_pipeline import accounts
from qa_pipeline.accounts import SignInError
from qa_pipeline.domain import Role, StoreError, User
from qa_pipeline.store.engine import Store
from qa_pipeline.store.people import audit, users
from qa_pipeline.store.tables.accounts import ApiTokenRow, ThrottleRow, UserRow, WebSessionRow
from qa_pipeline.store.tables.base import now

PASSWORD = "correct horse battery"  # noqa: S105 - of a test


@pytest.fixture
def paula(store: Store) -> User:
    return accounts.add_user(store, User(id="", login="paula", name="Paula", role=Role.REVIEWER), PASSWORD)


def test_login_and_password_open_a_session(store: Store, paula: User) -> None:
    ticket = accounts.sign_in(store, " PAULA ", PASSWORD, "127.0.0.1")
    found = accounts.signed_in(store, ticket.token)
    assert found is not None
    assert (paula, ticket.csrf) == (found.user, found.csrf)
    accounts.sign_out(store, ticket.token)
    assert accounts.signed_in(store, ticket.token) is None
    assert accounts.signed_in(store, "") is None


def test_nothing_that_is_stored_could_be_used_to_sign_in(store: Store, paula: User) -> None:
    ticket = accounts.open_session(store, paula)
    token = accounts.make_token(store, paula, "t", days=None)
    with store.read() as session:
        kept = [
            session.query(UserRow.password).filter_by(id=paula.id).scalar(),
            session.query(WebSessionRow.token).scalar(),
            session.query(ApiTokenRow.token).scalar(),
        ]
    assert kept[0].startswith("$argon2id$")
    assert not {PASSWORD, ticket.token, token} & set(kept)
    assert accounts.signed_in(store, kept[1]) is None
    assert accounts.token_user(store, kept[2]) is None


def test_the_answer_does_not_say_what_was_wrong(store: Store, paula: User, people: dict[str, User]) -> None:
    users.change(store, replace(people["rosa"], active=False), None)
    told = set()
    for login in ("paula", "nobody", "rosa", "rene", ""):
        with pytest.raises(SignInError) as caught:
            accounts.sign_in(store, login, "wrong", f"address of {login}")
        told.add((caught.value.code, str(caught.value)))
    assert {("sign_in", "Login or password is wrong.")} == told


@pytest.mark.parametrize("password", ["", "$argon2id$", "wrong"])
def test_an_account_without_a_password_is_closed_to_passwords(
    store: Store, people: dict[str, User], password: str
) -> None:
    with pytest.raises(SignInError):
        accounts.sign_in(store, "rosa", password, "127.0.0.1")


def fail(store: Store, login: str, address: str, times: int = accounts.FREE_TRIES) -> None:
    for _ in range(times):
        with pytest.raises(SignInError):
            accounts.sign_in(store, login, "wrong", address)


def test_a_login_that_is_guessed_at_waits_wherever_from(store: Store, paula: User) -> None:
    for number in range(accounts.FREE_TRIES):
        fail(store, "paula", f"10.0.0.{number}", times=1)
    with pytest.raises(SignInError) as caught:
        accounts.sign_in(store, "paula", PASSWORD, "10.0.0.99")
    assert "throttled" == caught.value.code


def test_an_address_that_guesses_waits_whatever_the_login(store: Store, paula: User) -> None:
    for number in range(accounts.FREE_TRIES):
        fail(store, f"x{number}", "10.0.0.1", times=1)
    with pytest.raises(SignInError) as caught:
        accounts.sign_in(store, "paula", PASSWORD, "10.0.0.1")
    assert "throttled" == caught.value.code
    accounts.sign_in(store, "paula", PASSWORD, "10.0.0.2")


def aged(store: Store, failures: int, gone_s: int) -> None:
    values = {"failures": failures, "last_at": now() - timedelta(seconds=gone_s)}
    store.write(lambda session: session.execute(update(ThrottleRow).values(**values)))


def test_waits_double_and_end(store: Store, paula: User) -> None:
    fail(store, "paula", "a")
    for failures, gone_s, may in ((5, 1, False), (5, 3, True), (8, 14, False), (8, 17, True), (50, 800, False)):
        aged(store, failures, gone_s)
        if may:
            accounts.sign_in(store, "paula", PASSWORD, "b")
            fail(store, "paula", "a", times=1)
        else:
            with pytest.raises(SignInError):
                accounts.sign_in(store, "paula", PASSWORD, "b")


def test_success_starts_the_count_of_the_login_anew(store: Store, paula: User) -> None:
    fail(store, "paula", "a", times=accounts.FREE_TRIES - 1)
    accounts.sign_in(store, "paula", PASSWORD, "a")
    assert 0 == users.failures(store, "login:paula")[0]


def test_failures_are_in_the_audit_log_without_the_password(store: Store, paula: User) -> None:
    fail(store, "paula", "a", times=1)
    (entry,) = audit.entries(store, action="sign_in_failed")
    assert ("paula", {}) == (entry.subject, entry.detail)


@pytest.mark.parametrize("password", ["", "short", "x" * (accounts.SHORTEST_PASSWORD - 1)])
def test_a_short_password_is_refused(store: Store, paula: User, password: str) -> None:
    with pytest.raises(StoreError) as caught:
        accounts.change_password(store, paula, PASSWORD, password)
    assert "weak_password" == caught.value.code
    accounts.sign_in(store, "paula", PASSWORD, "a")


def test_an_account_needs_a_login(store: Store) -> None:
    with pytest.raises(StoreError) as caught:
        accounts.add_user(store, User(id="", login="  ", name="x", role=Role.AGENT), PASSWORD)
    assert "login_empty" == caught.value.code


def test_a_new_password_needs_the_old_one_and_ends_sessions(store: Store, paula: User) -> None:
    ticket = accounts.open_session(store, paula)
    with pytest.raises(SignInError):
        accounts.change_password(store, paula, "wrong", "another long one")
    assert accounts.signed_in(store, ticket.token) is not None
    accounts.change_password(store, paula, PASSWORD, "another long one")
    assert accounts.signed_in(store, ticket.token) is None
    accounts.sign_in(store, "paula", "another long one", "a")


def must_change(store: Store, login: str = "paula") -> bool:
    found = users.by_login(store, login)
    assert found is not None
    return found[0].must_change


def test_a_password_from_somebody_else_is_to_be_changed_unless_it_may_be_kept(
    store: Store, paula: User, people: dict[str, User]
) -> None:
    assert not must_change(store)
    accounts.give_password(store, paula.id, "from somebody", people["ada"])
    assert must_change(store)
    accounts.change_password(store, paula, "from somebody", "an own long one")
    assert not must_change(store)
    accounts.give_password(store, paula.id, "from somebody", None, keep=True)
    assert not must_change(store)
    with pytest.raises(StoreError) as caught:
        accounts.give_password(store, paula.id, "short", None)
    assert "weak_password" == caught.value.code


def test_the_audit_log_says_who_set_a_password_and_whose_choice_it_is(
    store: Store, paula: User, people: dict[str, User]
) -> None:
    accounts.give_password(store, paula.id, "from somebody", people["ada"])
    accounts.change_password(store, paula, "from somebody", "an own long one")
    own, given = audit.entries(store, action="user.password")
    assert ("ada", "paula", {"must_change": True}) == (given.login, given.subject, given.detail)
    assert ("paula", "paula", {"must_change": False}) == (own.login, own.subject, own.detail)


def test_the_present_password_is_no_new_one(store: Store, paula: User) -> None:
    ticket = accounts.open_session(store, paula)
    with pytest.raises(StoreError) as caught:
        accounts.change_password(store, paula, PASSWORD, PASSWORD)
    assert "same_password" == caught.value.code
    assert accounts.signed_in(store, ticket.token) is not None


def test_a_password_that_is_only_stored_better_is_still_to_be_changed(store: Store, paula: User) -> None:
    weaker = PasswordHasher(time_cost=1, memory_cost=64).hash(PASSWORD)
    for still in (True, False):
        users.set_password(store, paula.id, weaker, None, must_change=still)
        accounts.sign_in(store, "paula", PASSWORD, "a")
        found = users.by_login(store, "paula")
        assert found is not None
        assert (still, False) == (found[0].must_change, found[1] == weaker)


def test_a_token_is_told_apart_from_other_secrets_and_runs_out(store: Store, paula: User) -> None:
    token = accounts.make_token(store, paula, " nightly export ", days=30)
    assert token.startswith("qa_")
    assert paula == accounts.token_user(store, token)
    (kept,) = users.tokens(store, paula.id)
    assert "nightly export" == kept.name
    assert kept.expires_at is not None
    assert timedelta(days=29) < kept.expires_at - now() < timedelta(days=31)
    assert accounts.token_user(store, "qa_made_up") is None
