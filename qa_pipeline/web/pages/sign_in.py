"""Signing in and out, and what everybody may set for themselves."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Annotated
from zoneinfo import available_timezones

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from qa_pipeline import accounts
from qa_pipeline.accounts import SignInError
from qa_pipeline.domain import Role, StoreError
from qa_pipeline.store.people import users
from qa_pipeline.web.desk import COOKIE, Desk, Visit, changes, desk, looks, nonce
from qa_pipeline.web.render import environment, render

router = APIRouter()

PASSWORD_FAULTS = frozenset({"sign_in", "same_password", "weak_password"})
SAID = {"saved": "me_saved", "password": "me_password_changed"}
HOME = {Role.TEAM_LEAD: "/agents", Role.AGENT: "/my-calls", Role.AUDITOR: "/agents"}


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInPage:
    """The form; `wrong` is the key of what went wrong, `to` where to go afterwards."""

    to: str
    login: str
    wrong: str
    sso: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class MePage:
    """A person's own settings."""

    timezones: tuple[str, ...]
    said: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PasswordPage:
    """The form for an own password; `wrong` is the key of what went wrong, `to` where to go afterwards."""

    to: str
    wrong: str


@router.get("/")
def home(visit: Annotated[Visit, looks()]) -> Response:
    """Where a person's day begins."""
    return RedirectResponse(HOME.get(visit.user.role, "/queue"), status_code=303)


@router.get("/sign-in")
def sign_in_form(request: Request, there: Annotated[Desk, Depends(desk)], to: str = "") -> HTMLResponse:
    """The form to sign in."""
    return form(request, SignInPage(to=own(to), login="", wrong="", sso=bool(there.settings.oidc_issuer)))


@router.post("/sign-in")
def sign_in(
    request: Request,
    there: Annotated[Desk, Depends(desk)],
    login: Annotated[str, Form()] = "",
    password: Annotated[str, Form()] = "",
    to: Annotated[str, Form()] = "",
) -> Response:
    """Opens a session, or shows the form again with what is wrong."""
    address = request.client.host if request.client else ""
    try:
        ticket = accounts.sign_in(there.store, login, password, address)
    except SignInError as error:
        wrong = "throttled" if error.code == "throttled" else "wrong_sign_in"
        page = SignInPage(to=own(to), login=login, wrong=wrong, sso=bool(there.settings.oidc_issuer))
        return form(request, page, status=429 if error.code == "throttled" else 401)
    response = RedirectResponse(own(to) or "/", status_code=303)
    keep(response, request, ticket)
    return response


@router.post("/sign-out")
def sign_out(request: Request, visit: Annotated[Visit, changes()]) -> Response:
    """Ends the session."""
    accounts.sign_out(visit.store, request.cookies.get(COOKIE, ""))
    response = RedirectResponse("/sign-in", status_code=303)
    response.delete_cookie(COOKIE, path="/")
    return response


@router.get("/me")
def me(visit: Annotated[Visit, looks()], said: str = "") -> HTMLResponse:
    """A person's own settings."""
    page = MePage(timezones=tuple(sorted(available_timezones())), said=SAID.get(said, ""))
    return render(visit, "me.html", page)


@router.post("/me")
def change_me(
    visit: Annotated[Visit, changes()],
    language: Annotated[str, Form()],
    timezone: Annotated[str, Form()],
    theme: Annotated[str, Form()],
) -> Response:
    """Takes the person's choices; what does not exist stays as it was."""
    user = visit.user
    changed = replace(
        user,
        language=language if language in ("en", "zh") else user.language,
        timezone=timezone if timezone in available_timezones() else user.timezone,
        theme=theme if theme in ("auto", "light", "dark") else user.theme,
    )
    users.change(visit.store, changed, user)
    return RedirectResponse("/me?said=saved", status_code=303)


@router.get("/me/password")
def password_form(visit: Annotated[Visit, looks()], to: str = "") -> HTMLResponse:
    """The form for an own password; whoever was given one by somebody else sees nothing else before."""
    return render(visit, "password.html", PasswordPage(to=own(to), wrong=""))


@router.post("/me/password")
def change_password(
    request: Request,
    visit: Annotated[Visit, changes()],
    old: Annotated[str, Form()] = "",
    new: Annotated[str, Form()] = "",
    to: Annotated[str, Form()] = "",
) -> Response:
    """Takes a new password; all sessions of the account end, and this browser gets a new one."""
    try:
        accounts.change_password(visit.store, visit.user, old, new)
    except (SignInError, StoreError) as error:
        if error.code not in PASSWORD_FAULTS:
            raise
        page = PasswordPage(to=own(to), wrong=f"error_{error.code}")
        return render(visit, "password.html", page, status=422)
    response = RedirectResponse(own(to) or "/", status_code=303)
    keep(response, request, accounts.open_session(visit.store, visit.user))
    return response


def keep(response: Response, request: Request, ticket: accounts.Ticket) -> None:
    """Puts a session into the browser's cookie: for this site alone, out of reach of scripts."""
    response.set_cookie(
        COOKIE,
        ticket.token,
        max_age=int(accounts.LASTS.total_seconds()),
        httponly=True,
        samesite="lax",
        secure=request.url.scheme == "https" or desk(request).settings.https,
        path="/",
    )


def form(request: Request, page: SignInPage, *, status: int = 200) -> HTMLResponse:
    """The page to sign in."""
    language = "zh" if request.headers.get("Accept-Language", "").startswith("zh") else "en"
    html = environment(language).get_template("sign_in.html").render(page=page, nonce=nonce(request))
    return HTMLResponse(html, status_code=status)


def own(to: str) -> str:
    """An address on this page, or "": nobody is sent elsewhere after signing in.

    Browsers take a backslash for a slash and leave out tabs and line ends.

    >>> own("/call?id=7"), own("//elsewhere"), own("https://elsewhere")
    ('/call?id=7', '', '')
    """
    plain = to.isprintable() and "\\" not in to
    return to if plain and to.startswith("/") and not to.startswith("//") else ""
