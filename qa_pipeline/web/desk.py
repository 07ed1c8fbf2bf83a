"""What every page works with: the open database, the settings, the scorecards, and who is asking."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import Depends, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.params import Depends as DependsParameter

from qa_pipeline import accounts
from qa_pipeline.domain import QaError, Right, User
from qa_pipeline.reviewing import Scorecards
from qa_pipeline.settings import Settings
from qa_pipeline.store.desk import calibration
from qa_pipeline.store.engine import Store

COOKIE = "qa_session"

HEARD = frozenset({"/call/sound", "/call/peaks"})
"""What may be asked of a call that somebody judges blindly: it shows no judgement."""

OF_MENU = {"/call": "/queue", "/teams": "/agents"}
"""Pages that belong to an entry of the main menu by another name."""

BEFORE_OWN_PASSWORD = frozenset({"/me/password", "/sign-out"})
"""All that is answered to somebody whose password was chosen by somebody else."""

ASKED: dict[object, Right | None] = {}
"""The right that each dependency asks for; a test makes the table of roles and routes from it."""


class NotSignedIn(Exception):  # noqa: N818 - no fault: the page to sign in is shown
    """Nobody is signed in, or the session has ended."""


class OwnPassword(Exception):  # noqa: N818 - no fault: the page to choose one is shown
    """Somebody has not yet chosen an own password."""


class Forbidden(QaError):  # noqa: N818 - as people say it
    """Somebody asked for what their role does not allow, or a form did not come from our page."""


class Blind(Exception):  # noqa: N818 - no fault: the page to judge it blindly is shown
    """Somebody asked for a call whose judgement they must not know before a calibration session is over."""

    def __init__(self, session: int, call_id: str) -> None:
        super().__init__(session, call_id)
        self.session, self.call_id = session, call_id


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What does not change between requests."""

    store: Store
    settings: Settings
    scorecards: Scorecards


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """One request of somebody who is signed in and may ask it. `address` is where from, `path` what for."""

    desk: Desk
    user: User
    csrf: str
    nonce: str
    address: str
    path: str

    @property
    def store(self) -> Store:
        return self.desk.store

    @property
    def language(self) -> str:
        return self.user.language

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.user.timezone)

    def within(self, path: str) -> bool:
        """Whether the page asked for belongs to an entry of the main menu."""
        first = f"/{self.path.split('/')[1]}"
        return path in (first, f"{first}s", OF_MENU.get(first))

    def may(self, right: str) -> bool:
        """Whether the person has a right, by its name (templates ask)."""
        return self.user.may(Right(right))


def desk(request: Request) -> Desk:
    """The desk of the running page."""
    found: Desk = request.app.state.desk
    return found


def nonce(request: Request) -> str:
    """This answer's word for the scripts and styles that it may run."""
    if not hasattr(request.state, "nonce"):
        request.state.nonce = secrets.token_urlsafe(16)
    made: str = request.state.nonce
    return made


def looks(right: Right | None = None) -> DependsParameter:
    """A dependency that gives the Visit of somebody with this right (None: anybody who is signed in)."""

    def visit(request: Request, there: Annotated[Desk, Depends(desk)]) -> Visit:
        return _visit(request, there, right)

    made: DependsParameter = Depends(visit)
    ASKED[visit] = right
    return made


def changes(right: Right | None = None) -> DependsParameter:
    """As `looks`, for what changes something: the form must hold the session's `csrf`, or the header X-CSRF-Token."""

    async def visit(request: Request, there: Annotated[Desk, Depends(desk)]) -> Visit:
        form = await request.form()
        sent = request.headers.get("X-CSRF-Token") or form.get("csrf") or ""
        found = await run_in_threadpool(_visit, request, there, right, str(form.get("id") or form.get("call") or ""))
        if not secrets.compare_digest(str(sent).encode(), found.csrf.encode()):
            raise Forbidden("The form is too old, or is not from this page.", code="csrf", hint="Load the page again.")
        return found

    made: DependsParameter = Depends(visit)
    ASKED[visit] = right
    return made


def _visit(request: Request, there: Desk, right: Right | None, call_id: str = "") -> Visit:
    session = accounts.signed_in(there.store, request.cookies.get(COOKIE, ""))
    if session is None:
        raise NotSignedIn
    if session.user.must_change and request.url.path not in BEFORE_OWN_PASSWORD:
        raise OwnPassword
    if right is not None and not session.user.may(right):
        raise Forbidden("Your role does not include this.", code="forbidden")
    _refuse_blind(request, there, session.user, request.query_params.get("id") or call_id)
    return Visit(
        desk=there,
        user=session.user,
        csrf=session.csrf,
        nonce=nonce(request),
        address=request.client.host if request.client else "",
        path=request.url.path,
    )


def _refuse_blind(request: Request, there: Desk, user: User, call_id: str) -> None:
    """Whoever calibrates a call sees no page of it, so that no page has to think of it."""
    path = request.url.path
    if call_id and (path == "/call" or path.startswith("/call/")) and path not in HEARD:
        session = calibration.hidden(there.store, user).get(call_id)
        if session is not None:
            raise Blind(session, call_id)
