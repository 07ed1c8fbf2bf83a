"""Signing in with a single sign-on. No account is made here: administrators make them, the provider says who comes."""

from __future__ import annotations

from typing import Annotated

import structlog
from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse, Response

from qa_pipeline import accounts
from qa_pipeline.domain import User
from qa_pipeline.store.engine import Store
from qa_pipeline.store.people import audit, users
from qa_pipeline.web import oidc
from qa_pipeline.web.desk import Desk, desk
from qa_pipeline.web.oidc import Known, OidcError
from qa_pipeline.web.pages.sign_in import SignInPage, form, keep, own

router = APIRouter()

PATH = "/sign-in/sso"
COOKIE = "qa_sso"
_STATUS = {"sso_off": 404, "sso_missing": 503, "sso_unreachable": 502, "sso_unknown": 403}
_log = structlog.get_logger(__name__)


@router.get(PATH)
def go(request: Request, there: Annotated[Desk, Depends(desk)], to: str = "") -> Response:
    """Sends the person to the provider."""
    try:
        _refuse_off(there)
        address, kept = oidc.begin(there.settings, _back(request), own(to))
    except OidcError as error:
        return _refused(request, error)
    response = RedirectResponse(address, status_code=303)
    response.set_cookie(
        COOKIE,
        kept,
        max_age=oidc.LASTS_S,
        httponly=True,
        samesite="lax",  # the provider sends the browser back from elsewhere
        secure=request.url.scheme == "https",
        path=PATH,
    )
    return response


@router.get(f"{PATH}/back")
def back(request: Request, there: Annotated[Desk, Depends(desk)]) -> Response:
    """Takes the person back from the provider and opens a session."""
    try:
        _refuse_off(there)
        kept = request.cookies.get(COOKIE, "")
        known, to = oidc.finish(there.settings, _back(request), kept, request.query_params)
        user = account_of(there.store, known)
    except OidcError as error:
        response = _refused(request, error)
    else:
        response = RedirectResponse(own(to) or "/", status_code=303)
        keep(response, request, accounts.open_session(there.store, user))
    response.delete_cookie(COOKIE, path=PATH)
    return response


def account_of(store: Store, known: Known) -> User:
    """The account of whom the provider vouches for.

    The first time it is found by its login: the provider's `preferred_username`, or its e-mail address if the provider
    has verified it; only an account without a password that nobody has been linked to. Raises OidcError.
    """
    found = users.by_subject(store, known.subject)
    for login in known.logins:
        found = found or users.link_subject(store, login, known.subject)
    if found is None:
        audit.record(store, None, "sign_in_failed", "user", known.subject[:300], through="sso")
        raise OidcError("Nobody here is known by this name.", code="sso_unknown")
    return found


def _refuse_off(there: Desk) -> None:
    if not (there.settings.oidc_issuer and there.settings.oidc_client_id):
        raise OidcError("No provider is set up.", code="sso_off")


def _back(request: Request) -> str:
    """Our address that the provider sends people back to, as they see it."""
    return f"{str(request.base_url).rstrip('/')}{PATH}/back"


def _refused(request: Request, error: OidcError) -> Response:
    _log.warning("sso_refused", code=error.code, reason=error.message)
    page = SignInPage(to="", login="", wrong=error.code, sso=error.code not in ("sso_off", "sso_missing"))
    return form(request, page, status=_STATUS.get(error.code, 400))
