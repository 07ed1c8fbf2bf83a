"""What other programs get: tokens of the programming interface, and webhooks that are told of events."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Form
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from qa_pipeline import accounts
from qa_pipeline.domain import Right, StoreError, User
from qa_pipeline.store.outgoing import webhooks
from qa_pipeline.store.outgoing.outbox import EVENTS
from qa_pipeline.store.outgoing.webhooks import Delivery, Webhook
from qa_pipeline.store.people import users
from qa_pipeline.store.people.users import ApiToken
from qa_pipeline.web.desk import Visit, changes, looks
from qa_pipeline.web.pages.admin import SecretPage
from qa_pipeline.web.render import link, render

router = APIRouter()

DAYS = (30, 90, 365)


@dataclass(frozen=True, slots=True, kw_only=True)
class TokensPage:
    """All tokens with their owners; `now` (UTC) tells which have run out."""

    tokens: tuple[ApiToken, ...]
    people: tuple[User, ...]
    names: dict[str, str]
    days: tuple[int, ...]
    now: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhooksPage:
    """All webhooks, and the last deliveries of one (`chosen`) or of all."""

    hooks: tuple[Webhook, ...]
    deliveries: tuple[Delivery, ...]
    chosen: int | None
    events: tuple[str, ...]
    names: dict[str, str]


@router.get("/admin/tokens")
def show_tokens(visit: Annotated[Visit, looks(Right.SEE_AUDIT)]) -> HTMLResponse:
    """The tokens, without what would open anything."""
    page = TokensPage(
        tokens=users.tokens(visit.store),
        people=tuple(one for one in users.everybody(visit.store) if one.active),
        names=users.names(visit.store),
        days=DAYS,
        now=datetime.now(UTC).replace(tzinfo=None),
    )
    return render(visit, "admin_tokens.html", page)


@router.post("/admin/tokens")
def make_token(
    visit: Annotated[Visit, changes(Right.ADMINISTER)],
    name: Annotated[str, Form(max_length=100)] = "",
    owner: Annotated[str, Form()] = "",
    days: Annotated[str, Form()] = "",
) -> HTMLResponse:
    """Makes a token for oneself or another account, shown this once; it may what that account may."""
    everybody = users.everybody(visit.store)
    whose = next((one for one in everybody if one.id == (owner or visit.user.id) and one.active), None)
    if whose is None:
        raise StoreError("There is no such account.", code="unknown_user")
    lasts = int(days) if days.isdecimal() and int(days) in DAYS else None
    token = accounts.make_token(visit.store, whose, name, days=lasts, by=visit.user)
    return render(visit, "secret.html", SecretPage(kind="token", secret=token, whose=whose.login, back="/admin/tokens"))


@router.post("/admin/tokens/revoke")
def revoke_token(visit: Annotated[Visit, changes(Right.ADMINISTER)], key: Annotated[str, Form()] = "") -> Response:
    """Ends a token's life."""
    users.revoke_token(visit.store, key, visit.user)
    return RedirectResponse("/admin/tokens", status_code=303)


@router.get("/admin/webhooks")
def show_webhooks(visit: Annotated[Visit, looks(Right.SEE_AUDIT)], id: int | None = None) -> HTMLResponse:  # noqa: A002 - in the address
    """The webhooks and what became of the last deliveries."""
    page = WebhooksPage(
        hooks=webhooks.every(visit.store),
        deliveries=webhooks.deliveries(visit.store, id),
        chosen=id,
        events=EVENTS,
        names=users.names(visit.store),
    )
    return render(visit, "admin_webhooks.html", page)


@router.post("/admin/webhooks")
def add_webhook(
    visit: Annotated[Visit, changes(Right.ADMINISTER)],
    url: Annotated[str, Form()] = "",
    events: Annotated[list[str] | None, Form()] = None,
) -> HTMLResponse:
    """Takes an address in and shows the secret that signs what is sent, this once."""
    secret = secrets.token_urlsafe(32)
    webhooks.add(visit.store, visit.user, url, events or [], secret)
    page = SecretPage(kind="webhook", secret=secret, whose=url.strip(), back="/admin/webhooks")
    return render(visit, "secret.html", page)


@router.post("/admin/webhooks/change")
def change_webhook(
    visit: Annotated[Visit, changes(Right.ADMINISTER)],
    id: Annotated[int, Form()],  # noqa: A002 - the name in the form
    active: Annotated[str, Form()] = "",
    events: Annotated[list[str] | None, Form()] = None,
) -> Response:
    """Switches a webhook on or off, and changes what it is told."""
    webhooks.change(visit.store, visit.user, id, active=bool(active), events=events or [])
    return RedirectResponse(link("/admin/webhooks", id=id), status_code=303)
