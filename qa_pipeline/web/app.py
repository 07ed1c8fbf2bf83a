"""The page put together: routes, static files, headers, and how errors look."""

from __future__ import annotations

import traceback
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

import structlog
from fastapi import FastAPI, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from fastapi.staticfiles import StaticFiles
from starlette.exceptions import HTTPException

from qa_pipeline import accounts
from qa_pipeline.domain import QaError, User
from qa_pipeline.reviewing import Scorecards
from qa_pipeline.settings import Settings
from qa_pipeline.store.engine import Store
from qa_pipeline.trials import Trials
from qa_pipeline.web import pages
from qa_pipeline.web.api import create_api
from qa_pipeline.web.desk import COOKIE, Blind, Desk, NotSignedIn, OwnPassword, nonce
from qa_pipeline.web.render import environment, is_part, link
from qa_pipeline.web.words import WORDS, say

STATUS = {
    "unknown_call": 404,
    "not_found": 404,
    "unknown_trial": 404,
    "unknown_user": 404,
    "unknown_webhook": 404,
    "forbidden": 403,
    "csrf": 403,
    "appeal_closed": 409,
    "appeal_gatekeeper": 403,
    "appeal_judged": 403,
    "appeal_own": 403,
    "appeal_right": 403,
    "stale": 409,
    "claimed": 409,
    "not_finished": 409,
    "reopen_right": 403,
    "throttled": 429,
    "store_busy": 503,
}
_STATIC = Path(__file__).parent / "static"
_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorPage:
    """What a person reads when something did not work."""

    message: str
    status: int


def create_app(store: Store, settings: Settings, scorecards: Scorecards) -> FastAPI:
    """The page over an open database."""
    app = FastAPI(title="Call quality", docs_url=None, redoc_url=None, openapi_url=None)
    app.state.desk = Desk(store=store, settings=settings, scorecards=scorecards)
    app.state.trials = Trials()
    for module in sorted(one.name for one in iter_modules(pages.__path__)):
        app.include_router(import_module(f"{pages.__name__}.{module}").router)
    app.mount("/api/v1", create_api(app.state.desk, STATUS))
    app.mount("/static", StaticFiles(directory=_STATIC), name="static")
    app.middleware("http")(_safe)
    app.add_exception_handler(NotSignedIn, _to_sign_in)
    app.add_exception_handler(OwnPassword, _to_own_password)
    app.add_exception_handler(Blind, _to_calibration)
    app.add_exception_handler(QaError, _told)
    app.add_exception_handler(HTTPException, _told)
    return app


async def _safe(request: Request, answer: Callable[[Request], Awaitable[Response]]) -> Response:
    """Headers that keep pages to themselves: nothing from elsewhere, nothing inline without this answer's word."""
    word = nonce(request)
    try:
        response = await answer(request)
    except Exception as error:  # noqa: BLE001 - a page that breaks must not show how
        # Where, not what: an error's own words may quote a customer.
        last = traceback.extract_tb(error.__traceback__)[-1]
        _log.error(
            "page_broke", path=request.url.path, error=type(error).__name__, file=last.filename, line=last.lineno
        )
        response = _error_page(request, "error_internal", "", 500)
    response.headers["Content-Security-Policy"] = (
        f"default-src 'none'; script-src 'self' 'nonce-{word}'; style-src 'self' 'nonce-{word}'; img-src 'self' data:; "
        "media-src 'self' blob:; connect-src 'self'; font-src 'self'; form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'none'"
    )
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "same-origin"
    response.headers["Cross-Origin-Opener-Policy"] = "same-origin"
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    response.headers["Permissions-Policy"] = "camera=(), microphone=(), geolocation=()"
    if not request.url.path.startswith("/static/"):
        response.headers.setdefault("Cache-Control", "no-store")
    return response


async def _to_sign_in(request: Request, _: Exception) -> Response:
    if is_part(request):
        return Response(status_code=401, headers={"HX-Redirect": "/sign-in"})
    return RedirectResponse(link("/sign-in", to=_wanted(request)), status_code=303)


async def _to_own_password(request: Request, _: Exception) -> Response:
    if is_part(request):
        return Response(status_code=409, headers={"HX-Redirect": "/me/password"})
    return RedirectResponse(link("/me/password", to=_wanted(request)), status_code=303)


def _wanted(request: Request) -> str | None:
    """The page to go on with afterwards; None where it would be the first one, or a form's answer."""
    wanted = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    return wanted if request.method == "GET" and wanted != "/" else None


async def _to_calibration(request: Request, error: Exception) -> Response:
    """The call as it may be seen while a calibration session runs."""
    there = link("/calibration/call", session=error.session, id=error.call_id) if isinstance(error, Blind) else "/"
    if is_part(request):
        return Response(status_code=409, headers={"HX-Redirect": there})
    return RedirectResponse(there, status_code=303)


async def _told(request: Request, error: Exception) -> Response:
    code = error.code if isinstance(error, QaError) else "not_found"
    message = str(error) if isinstance(error, QaError) else ""
    status = error.status_code if isinstance(error, HTTPException) else STATUS.get(code, 422)
    key = f"error_{code}"
    return _error_page(request, key if key in WORDS else "error_other", message, status)


def _error_page(request: Request, key: str, message: str, status: int) -> Response:
    """A whole page, or, where htmx waits for a part, a notice above the page that stays as it is."""
    user = _who(request)
    language = user.language if user else "zh" if request.headers.get("Accept-Language", "").startswith("zh") else "en"
    words = say(language, key, message=message) if key == "error_other" else say(language, key)
    page = ErrorPage(message=words, status=status)
    template = "notice.html" if is_part(request) else "error.html"
    html = environment(language).get_template(template).render(page=page, nonce=nonce(request))
    response = HTMLResponse(html, status_code=status)
    if is_part(request):
        response.headers["HX-Retarget"] = "#notices"
        response.headers["HX-Reswap"] = "innerHTML"
    return response


def _who(request: Request) -> User | None:
    desk: Desk = request.app.state.desk
    session = accounts.signed_in(desk.store, request.cookies.get(COOKIE, ""))
    return session.user if session else None
