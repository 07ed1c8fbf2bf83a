"""Accounts, their sessions in a browser, failed sign-ins and tokens of the programming interface. Raises StoreError.

Secrets come in as hashes: nothing here could give one back.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.orm import Session

from qa_pipeline.domain import Role, StoreError, User
from qa_pipeline.store.engine import Store
from qa_pipeline.store.people import audit
from qa_pipeline.store.tables.accounts import ApiTokenRow, ThrottleRow, UserRow, WebSessionRow
from qa_pipeline.store.tables.base import now

_FIELDS = ("login", "name", "team", "agent_id", "language", "timezone", "theme", "subject", "active")


@dataclass(frozen=True, slots=True, kw_only=True)
class WebSession:
    """Somebody signed in. `csrf` must come back with every change."""

    user: User
    token: str
    csrf: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiToken:
    """A token's row without the token; times in UTC."""

    key: str
    user: str
    name: str
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None
    used_at: datetime | None


def add(store: Store, user: User, password: str, by: User | None = None) -> User:
    """Makes an account and gives it with its id; `password` is a hash, "" where nobody signs in by password.

    Without a password there is none to change: `must_change` is False then. Raises StoreError, code "login_taken".
    """
    made = replace(
        user,
        id=user.id or uuid.uuid4().hex,
        login=user.login.strip().casefold(),
        must_change=user.must_change and bool(password),
    )
    store.write(partial(_add, user=made, password=password, by=by))
    return made


def change(store: Store, user: User, by: User | None) -> None:
    """Brings an account to what `user` says; of one that is no longer active all sessions end.

    `must_change` stays as it is: only a new password changes it. Raises StoreError: "unknown_user", "login_taken", or
    "last_admin" where nobody could administer any more.
    """
    store.write(partial(_change, user=user, by=by))


def set_password(store: Store, user_id: str, password: str, by: User | None, *, must_change: bool = False) -> None:
    """Takes a new hash and ends all sessions of the account; `must_change`: it is not the person's own choice.

    Raises StoreError, code "unknown_user".
    """
    store.write(partial(_set_password, user_id=user_id, password=password, by=by, must_change=must_change))


def by_login(store: Store, login: str) -> tuple[User, str] | None:
    """The account and its password's hash."""
    with store.read() as session:
        row = session.scalar(select(UserRow).where(UserRow.login == login.strip().casefold()))
        return (_user(row), row.password) if row else None


def by_subject(store: Store, subject: str) -> User | None:
    """The account that a single sign-on knows by this name."""
    with store.read() as session:
        row = session.scalar(select(UserRow).where(UserRow.subject == subject, UserRow.active))
        return _user(row) if row and subject else None


def link_subject(store: Store, login: str, subject: str) -> User | None:
    """The account of this login, known from now on to the single sign-on as `subject`.

    None where there is no such account, or one that has a password, or a subject, or is closed: whoever could sign in
    otherwise must not be taken over by a name.
    """

    def work(session: Session) -> User | None:
        row = session.scalar(select(UserRow).where(UserRow.login == login.strip().casefold(), UserRow.active))
        if row is None or not row.login or row.password or row.subject:
            return None
        if session.scalar(select(UserRow.id).where(UserRow.subject == subject)) is not None:
            return None  # a closed account's
        row.subject = subject
        user = _user(row)
        audit.note(session, user, "user.linked", "user", user.login, known_as=subject)
        return user

    return store.write(work)


def everybody(store: Store) -> tuple[User, ...]:
    """All accounts by login."""
    with store.read() as session:
        return tuple(_user(row) for row in session.scalars(select(UserRow).order_by(UserRow.login)))


def names(store: Store) -> dict[str, str]:
    """Name by id, of all accounts."""
    with store.read() as session:
        return {row.id: row.name for row in session.execute(select(UserRow.id, UserRow.name))}


def open_session(store: Store, user: User, *, token: str, csrf: str, lasts: timedelta, idle: timedelta) -> None:
    """Keeps a session under its token's hash; old ones are swept away."""
    store.write(partial(_open, user=user, token=token, csrf=csrf, lasts=lasts, idle=idle))


def session(store: Store, token: str, *, idle: timedelta) -> WebSession | None:
    """Who holds this token's hash, None when it has run out or the account is closed.

    That it was seen is written once a minute at most.
    """
    moment = now()
    with store.read() as reading:
        found = reading.execute(
            select(WebSessionRow, UserRow)
            .join(UserRow, WebSessionRow.user == UserRow.id)
            .where(WebSessionRow.token == token, UserRow.active)
        ).first()
        if found is None:
            return None
        row, user = found
        if row.expires_at <= moment or row.seen_at + idle <= moment:
            return None
        kept = WebSession(user=_user(user), token=token, csrf=row.csrf)
        seen = row.seen_at
    if moment - seen > timedelta(minutes=1):
        store.write(partial(_seen, token=token))
    return kept


def close_session(store: Store, token: str) -> None:
    """Signs out."""
    store.write(lambda session: session.execute(delete(WebSessionRow).where(WebSessionRow.token == token)))


def end_sessions(store: Store, user_id: str, by: User) -> int:
    """Signs an account out everywhere; gives how many sessions ended. Raises StoreError, code "unknown_user"."""

    def work(session: Session) -> int:
        row = session.get(UserRow, user_id)
        if row is None:
            raise StoreError("There is no such account.", code="unknown_user")
        held = WebSessionRow.user == user_id
        ended = session.scalar(select(func.count()).select_from(WebSessionRow).where(held)) or 0
        session.execute(delete(WebSessionRow).where(held))
        audit.note(session, by, "user.signed_out", "user", row.login, sessions=ended)
        return ended

    return store.write(work)


def open_sessions(store: Store) -> dict[str, int]:
    """How many sessions each account has that have not run out, by the account's id."""
    query = select(WebSessionRow.user, func.count()).where(WebSessionRow.expires_at > now())
    with store.read() as session:
        return {user: n for user, n in session.execute(query.group_by(WebSessionRow.user))}  # noqa: C416 - rows are no pairs


def failures(store: Store, key: str) -> tuple[int, datetime | None]:
    """How often signing in has failed for this key since it last succeeded, and when last (UTC)."""
    with store.read() as session:
        row = session.get(ThrottleRow, key)
        return (row.failures, row.last_at) if row else (0, None)


def note_failure(store: Store, keys: tuple[str, ...], login: str) -> None:
    """Counts a failed sign-in."""
    store.write(partial(_failed, keys=keys, login=login))


def forget_failures(store: Store, keys: tuple[str, ...]) -> None:
    """Starts the count anew."""
    store.write(lambda session: session.execute(delete(ThrottleRow).where(ThrottleRow.key.in_(keys))))


def add_token(
    store: Store, user: User, *, key: str, name: str, expires_at: datetime | None, by: User | None = None
) -> None:
    """Keeps a token's hash; `by` is who made it, where that is somebody else."""

    def work(session: Session) -> None:
        session.execute(
            insert(ApiTokenRow).values(token=key, user=user.id, name=name, created_at=now(), expires_at=expires_at)
        )
        audit.note(session, by or user, "token.made", "token", key[:8], name=name, owner=user.login)

    store.write(work)


def revoke_token(store: Store, key: str, by: User) -> None:
    """Ends a token's life."""

    def work(session: Session) -> None:
        session.execute(update(ApiTokenRow).where(ApiTokenRow.token == key).values(revoked_at=now()))
        audit.note(session, by, "token.revoked", "token", key[:8])

    store.write(work)


def tokens(store: Store, user_id: str | None = None) -> tuple[ApiToken, ...]:
    """All tokens, or one account's, the newest first."""
    query = select(ApiTokenRow).order_by(ApiTokenRow.created_at.desc(), ApiTokenRow.token)
    if user_id is not None:
        query = query.where(ApiTokenRow.user == user_id)
    with store.read() as session:
        return tuple(
            ApiToken(
                key=row.token,
                user=row.user,
                name=row.name,
                created_at=row.created_at,
                expires_at=row.expires_at,
                revoked_at=row.revoked_at,
                used_at=row.used_at,
            )
            for row in session.scalars(query)
        )


def by_token(store: Store, key: str) -> User | None:
    """Whose token has this hash; None when it was revoked, has run out, or the account is closed."""
    moment = now()
    with store.read() as session:
        found = session.execute(
            select(ApiTokenRow, UserRow)
            .join(UserRow, ApiTokenRow.user == UserRow.id)
            .where(ApiTokenRow.token == key, ApiTokenRow.revoked_at.is_(None), UserRow.active)
        ).first()
        if found is None or (found[0].expires_at and found[0].expires_at <= moment):
            return None
        user, used = _user(found[1]), found[0].used_at
    if used is None or moment - used > timedelta(minutes=1):
        store.write(
            lambda session: session.execute(update(ApiTokenRow).where(ApiTokenRow.token == key).values(used_at=moment))
        )
    return user


def _user(row: UserRow) -> User:
    fields = {name: getattr(row, name) for name in _FIELDS}
    return User(id=row.id, role=Role(row.role), must_change=row.must_change, **fields)


def _columns(user: User) -> dict[str, object]:
    return {"id": user.id, "role": user.role.value} | {name: getattr(user, name) for name in _FIELDS}


def _add(session: Session, user: User, password: str, by: User | None) -> None:
    _refuse_taken(session, user)
    columns = _columns(user) | {"password": password, "must_change": user.must_change}
    session.execute(insert(UserRow).values(**columns, created_at=now()))
    audit.note(session, by, "user.added", "user", user.login, role=user.role.value, team=user.team)


def _change(session: Session, user: User, by: User | None) -> None:
    row = session.get(UserRow, user.id)
    if row is None:
        raise StoreError("There is no such account.", code="unknown_user")
    _refuse_taken(session, user)
    before = _columns(_user(row))
    for name, value in _columns(user).items():
        setattr(row, name, value)
    session.flush()
    admins = select(UserRow.id).where(UserRow.role == Role.ADMIN.value, UserRow.active)
    if session.scalars(admins).first() is None:
        raise StoreError(
            "Somebody must be able to administer.", code="last_admin", hint="Make somebody else an admin first."
        )
    if not user.active:
        session.execute(delete(WebSessionRow).where(WebSessionRow.user == user.id))
    changed = {name: value for name, value in _columns(user).items() if value != before[name]}
    if "subject" in changed:  # in the audit log the subject is what an entry is about
        changed["known_as"] = changed.pop("subject")
    audit.note(session, by, "user.changed", "user", user.login, **changed)


def _set_password(session: Session, user_id: str, password: str, by: User | None, must_change: bool) -> None:
    row = session.get(UserRow, user_id)
    if row is None:
        raise StoreError("There is no such account.", code="unknown_user")
    row.password, row.must_change = password, must_change
    session.execute(delete(WebSessionRow).where(WebSessionRow.user == user_id))
    audit.note(session, by, "user.password", "user", row.login, must_change=must_change)


def _refuse_taken(session: Session, user: User) -> None:
    other = session.scalar(select(UserRow.id).where(UserRow.login == user.login, UserRow.id != user.id))
    if other:
        raise StoreError(f"The login {user.login!r} is taken.", code="login_taken", hint="Choose another one.")


def _open(session: Session, user: User, token: str, csrf: str, lasts: timedelta, idle: timedelta) -> None:
    moment = now()
    stale = (WebSessionRow.expires_at <= moment) | (WebSessionRow.seen_at <= moment - idle)
    session.execute(delete(WebSessionRow).where(stale))
    session.execute(
        insert(WebSessionRow).values(
            token=token, user=user.id, csrf=csrf, created_at=moment, seen_at=moment, expires_at=moment + lasts
        )
    )
    audit.note(session, user, "signed_in", "user", user.login)


def _seen(session: Session, token: str) -> None:
    session.execute(update(WebSessionRow).where(WebSessionRow.token == token).values(seen_at=now()))


def _failed(session: Session, keys: tuple[str, ...], login: str) -> None:
    for key in keys:
        row = session.get(ThrottleRow, key)
        if row is None:
            session.add(ThrottleRow(key=key, failures=1, last_at=now()))
        else:
            row.failures, row.last_at = row.failures + 1, now()
    audit.note(session, None, "sign_in_failed", "user", login[:100])
