"""How the interface says that something did not work: RFC 9457, with a `code` that stays the same."""

from __future__ import annotations

import traceback
from collections.abc import Awaitable, Callable, Mapping
from http import HTTPStatus

import structlog
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from qa_pipeline.domain import QaError
from qa_pipeline.web.api.models import Problem

_CODES = {404: "not_found", 405: "method_not_allowed"}
_log = structlog.get_logger(__name__)


class Refused(QaError):  # noqa: N818 - an answer, told to the program that asked
    """A request that is not answered; `status` and `headers` are the answer's, `more` goes into the problem."""

    def __init__(
        self,
        message: str,
        *,
        code: str,
        status: int,
        headers: Mapping[str, str] | None = None,
        more: Mapping[str, object] | None = None,
    ) -> None:
        super().__init__(message, code=code)
        self.status = status
        self.headers = dict(headers or {})
        self.more = dict(more or {})


def tell_problems(api: FastAPI, statuses: Mapping[str, int]) -> None:
    """Makes every error an answer in the form of a problem; `statuses` are those of errors by their code."""

    async def told(_: Request, error: Exception) -> Response:
        if isinstance(error, Refused):
            return problem(error.status, error.code, error.message, headers=error.headers, **error.more)
        if isinstance(error, QaError):
            return problem(statuses.get(error.code, 422), error.code, str(error))
        if isinstance(error, RequestValidationError):
            return problem(422, "invalid", "The request cannot be read: see `errors`.", errors=_faults(error))
        if isinstance(error, HTTPException):
            code = _CODES.get(error.status_code, "http")
            return problem(error.status_code, code, _phrase(error.status_code), headers=error.headers)
        raise error

    async def caught(request: Request, answer: Callable[[Request], Awaitable[Response]]) -> Response:
        try:
            return await answer(request)
        except Exception as error:  # noqa: BLE001 - a fault must not show how it came about
            # Where, not what: an error's own words may quote a customer.
            last = traceback.extract_tb(error.__traceback__)[-1]
            _log.error(
                "api_broke", path=request.url.path, error=type(error).__name__, file=last.filename, line=last.lineno
            )
            return problem(500, "internal", "Something broke in the program. Tell your operator.")

    for kind in (QaError, RequestValidationError, HTTPException):
        api.add_exception_handler(kind, told)
    api.middleware("http")(caught)


def problem(
    status: int, code: str, detail: str, *, headers: Mapping[str, str] | None = None, **more: object
) -> Response:
    """The answer of a problem; its type is "about:blank", so that its title is that of the status."""
    body = {"type": "about:blank", "title": _phrase(status), "status": status, "code": code, "detail": detail, **more}
    return JSONResponse(
        body, status_code=status, media_type="application/problem+json", headers=dict(headers) if headers else None
    )


def answers(*statuses: int) -> dict[int | str, dict[str, object]]:
    """What the schema says of the problems that an operation may answer with."""
    content = {"application/problem+json": {"schema": Problem.model_json_schema()}}
    return {status: {"description": _phrase(status), "content": content} for status in (401, 403, 422, 429, *statuses)}


def _faults(error: RequestValidationError) -> list[dict[str, str]]:
    """Where and what, without what was sent."""
    return [{"where": ".".join(map(str, one["loc"])), "message": one["msg"]} for one in error.errors()]


def _phrase(status: int) -> str:
    return HTTPStatus(status).phrase
