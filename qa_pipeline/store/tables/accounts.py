"""The tables of accounts: people, sessions, tokens, views, the audit log, webhooks. A migration goes with a change.

The audit log is only added to. Times are in UTC.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, Integer, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from qa_pipeline.store.tables.base import Base, now


class UserRow(Base):
    """An account; `password` is an argon2 hash, "" where nobody can sign in by password.

    `must_change`: the password is somebody else's choice, to be replaced at the next sign-in.
    """

    __tablename__ = "person"

    id: Mapped[str] = mapped_column(primary_key=True)
    login: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    role: Mapped[str]
    team: Mapped[str]
    agent_id: Mapped[str]
    language: Mapped[str]
    timezone: Mapped[str]
    theme: Mapped[str]
    subject: Mapped[str] = mapped_column(index=True)
    password: Mapped[str]
    active: Mapped[bool]
    must_change: Mapped[bool]
    created_at: Mapped[datetime] = mapped_column(default=now)


class WebSessionRow(Base):
    """A signed-in browser; `token` is the SHA-256 of what its cookie holds."""

    __tablename__ = "web_session"

    token: Mapped[str] = mapped_column(primary_key=True)
    user: Mapped[str] = mapped_column(ForeignKey("person.id"), index=True)
    csrf: Mapped[str]
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)


class ThrottleRow(Base):
    """Failed sign-ins, by login and by address."""

    __tablename__ = "login_throttle"

    key: Mapped[str] = mapped_column(primary_key=True)
    failures: Mapped[int]
    last_at: Mapped[datetime]


class ApiTokenRow(Base):
    """A token of the programming interface; `token` is the SHA-256 of it."""

    __tablename__ = "api_token"

    token: Mapped[str] = mapped_column(primary_key=True)
    user: Mapped[str] = mapped_column(ForeignKey("person.id"), index=True)
    name: Mapped[str]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    used_at: Mapped[datetime | None]


class AuditRow(Base):
    """Who saw, played, changed, exported what. `detail` is JSON and holds nothing that a customer said."""

    __tablename__ = "audit"
    __table_args__ = (Index(None, "subject_kind", "subject"), Index(None, "login", "at"))

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    at: Mapped[datetime] = mapped_column(index=True)
    user: Mapped[str]
    login: Mapped[str]
    action: Mapped[str]
    subject_kind: Mapped[str]
    subject: Mapped[str]
    detail: Mapped[str]


class SavedViewRow(Base):
    """A person's filters of a page, by name."""

    __tablename__ = "saved_view"
    __table_args__ = (UniqueConstraint("user", "page", "name"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    user: Mapped[str] = mapped_column(ForeignKey("person.id"))
    page: Mapped[str]
    name: Mapped[str]
    query: Mapped[str]


class WebhookRow(Base):
    """An address that is told of events; `secret` signs what is sent."""

    __tablename__ = "webhook"

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    url: Mapped[str]
    secret: Mapped[str]
    events: Mapped[str]
    active: Mapped[bool]
    created_by: Mapped[str] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime]


class DeliveryRow(Base):
    """One event on its way to one address; written with the change that it tells of, sent afterwards."""

    __tablename__ = "webhook_delivery"
    __table_args__ = (Index(None, "delivered_at", "next_at"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    webhook: Mapped[int] = mapped_column(ForeignKey("webhook.id"), index=True)
    event: Mapped[str]
    payload: Mapped[str]
    made_at: Mapped[datetime]
    attempts: Mapped[int]
    next_at: Mapped[datetime | None]
    delivered_at: Mapped[datetime | None]
    error: Mapped[str]
