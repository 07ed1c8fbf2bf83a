"""Signing in: passwords, sessions in a browser, tokens for programs. What is stored could not be used to sign in."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING

from qa_pipeline.domain import QaError, StoreError, User
from qa_pipeline.store.engine import Store
from qa_pipeline.store.people import users

if TYPE_CHECKING:
    from argon2 import PasswordHasher

SHORTEST_PASSWORD = 10
LASTS = timedelta(hours=12)
IDLE = timedelta(hours=2)
FREE_TRIES = 5
LONGEST_WAIT_S = 900


class SignInError(QaError):
    """Nobody is signed in; `code` is "sign_in" (wrong login or password) or "throttled" (too many tries)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """What the browser keeps: `token` for its cookie; `csrf` comes back with every change."""

    token: str
    csrf: str


def add_user(store: Store, user: User, password: str | None, by: User | None = None) -> User:
    """Makes an account; `user.must_change` says whether the person chooses an own password before all else.

    Without a password (None) it is for single sign-on alone. Raises StoreError ("login_taken", "weak_password",
    "login_empty").
    """
    if not user.login.strip():
        raise StoreError("An account needs a login.", code="login_empty")
    return users.add(store, user, "" if password is None else hashed(password), by)


def first_password() -> str:
    """A password for somebody else to begin with: random, and easy to read out."""
    letters = "abcdefghjkmnpqrstuvwxyz23456789"  # without those that look like others
    return "-".join("".join(secrets.choice(letters) for _ in range(4)) for _ in range(4))


def hashed(password: str) -> str:
    """The argon2id hash of a password. Raises StoreError, code "weak_password"."""
    if len(password) < SHORTEST_PASSWORD:
        raise StoreError(f"A password has {SHORTEST_PASSWORD} characters or more.", code="weak_password")
    return _hasher().hash(password)


def sign_in(store: Store, login: str, password: str, address: str) -> Ticket:
    """Opens a session for login and password, from a network address.

    After five failures for a login, or for an address, the waits double up to a quarter of an hour; the answer says
    neither whether the login exists nor which of the two was wrong. Raises SignInError.
    """
    keys = (f"login:{login.strip().casefold()[:200]}", f"address:{address}")
    wait_s = max(_wait_s(*users.failures(store, key)) for key in keys)
    if wait_s > 0:
        raise SignInError(f"Too many tries. Wait {wait_s} s.", code="throttled")
    found = users.by_login(store, login)
    stored = found[1] if found and found[1] else _nobodys()
    right = _verified(stored, password)
    if not right or found is None or not found[1] or not found[0].active:
        users.note_failure(store, keys, login.strip())
        raise SignInError("Login or password is wrong.", code="sign_in")
    users.forget_failures(store, keys[:1])
    if _hasher().check_needs_rehash(stored):
        # The same password, stored better: whoever has to choose an own one still has to.
        again = found[0].must_change
        users.set_password(store, found[0].id, _hasher().hash(password), found[0], must_change=again)
    return open_session(store, found[0])


def open_session(store: Store, user: User) -> Ticket:
    """A session for somebody who has proven who they are."""
    ticket = Ticket(token=secrets.token_urlsafe(32), csrf=secrets.token_urlsafe(24))
    users.open_session(store, user, token=key_of(ticket.token), csrf=ticket.csrf, lasts=LASTS, idle=IDLE)
    return ticket


def signed_in(store: Store, token: str) -> users.WebSession | None:
    """Whose session this is, None when it has ended."""
    return users.session(store, key_of(token), idle=IDLE) if token else None


def sign_out(store: Store, token: str) -> None:
    """Ends a session."""
    users.close_session(store, key_of(token))


def change_password(store: Store, user: User, old: str, new: str) -> None:
    """Takes a new password from somebody who knows the old one; all their sessions end, and nobody asks for another.

    Raises SignInError, and StoreError: "same_password" where it is the old one, "weak_password".
    """
    found = users.by_login(store, user.login)
    if found is None or not _verified(found[1], old):
        raise SignInError("The present password is wrong.", code="sign_in")
    if new == old:
        raise StoreError("The new password is the present one.", code="same_password", hint="Choose another one.")
    users.set_password(store, user.id, hashed(new), user)


def give_password(store: Store, user_id: str, password: str, by: User | None, *, keep: bool = False) -> None:
    """Sets somebody's password for them; all their sessions end.

    They must choose an own one when they next sign in, unless they may `keep` it. Raises StoreError ("unknown_user",
    "weak_password").
    """
    users.set_password(store, user_id, hashed(password), by, must_change=not keep)


def make_token(store: Store, user: User, name: str, *, days: int | None, by: User | None = None) -> str:
    """A token of the programming interface, shown this once; it may what its owner may. `by`: who makes it for them."""
    token = f"qa_{secrets.token_urlsafe(32)}"
    expires = (datetime.now(UTC) + timedelta(days=days)).replace(tzinfo=None) if days else None
    users.add_token(store, user, key=key_of(token), name=name.strip()[:100] or "-", expires_at=expires, by=by)
    return token


def token_user(store: Store, token: str) -> User | None:
    """Whose token this is; None when it holds no longer."""
    return users.by_token(store, key_of(token))


def key_of(token: str) -> str:
    """What is stored of a token: it is random and long, so that one round of SHA-256 is enough."""
    return hashlib.sha256(token.encode()).hexdigest()


def _wait_s(failures: int, last_at: datetime | None) -> int:
    if failures < FREE_TRIES or last_at is None:
        return 0
    penalty = min(LONGEST_WAIT_S, 1 << min(failures - FREE_TRIES + 1, 20))
    gone = (datetime.now(UTC).replace(tzinfo=None) - last_at).total_seconds()
    return max(0, round(penalty - gone))


def _verified(stored: str, password: str) -> bool:
    from argon2.exceptions import InvalidHashError, VerificationError  # noqa: PLC0415 - with the hasher

    try:
        return _hasher().verify(stored, password)
    except (VerificationError, InvalidHashError):
        return False


@cache
def _hasher() -> PasswordHasher:
    from argon2 import PasswordHasher  # noqa: PLC0415 - loads a compiled library

    return PasswordHasher()


@cache
def _nobodys() -> str:
    """A hash that takes as long to refuse as a real one."""
    return _hasher().hash(secrets.token_urlsafe(16))
