"""Who asks: a token in the header `Authorization: Bearer qa_…`, never a cookie, so that no form elsewhere can act."""

from __future__ import annotations

import time
from collections import OrderedDict
from dataclasses import dataclass
from threading import Lock
from typing import Annotated

from fastapi import Depends, Request
from fastapi.params import Depends as DependsParameter
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from qa_pipeline import accounts
from qa_pipeline.domain import Right, Scope, User
from qa_pipeline.store.desk import calibration
from qa_pipeline.store.engine import Store
from qa_pipeline.web.api.problems import Refused
from qa_pipeline.web.desk import ASKED, Desk, desk

A_MINUTE = 600
"""So many requests in a minute are answered for one token, in each process of the page."""

_TOKENS_KEPT = 10_000
_bearer = HTTPBearer(auto_error=False, scheme_name="token", description="A token of yours, made under Administration.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """A program that asks on somebody's behalf, and what it works with."""

    desk: Desk
    user: User

    @property
    def store(self) -> Store:
        return self.desk.store

    @property
    def scope(self) -> Scope:
        return self.user.scope


class Meter:
    """Counts requests by token and minute, in this process."""

    def __init__(self, most: int = A_MINUTE) -> None:
        self._most = most
        self._seen: OrderedDict[str, tuple[int, int]] = OrderedDict()
        self._lock = Lock()

    def wait_s(self, token: str, now_s: float) -> int:
        """Counts a request; 0 where it may be answered, else how long to wait."""
        minute = int(now_s // 60)
        with self._lock:
            since, count = self._seen.pop(token, (minute, 0))
            count = count + 1 if since == minute else 1
            self._seen[token] = (minute, count)
            while len(self._seen) > _TOKENS_KEPT:
                self._seen.popitem(last=False)
        return 0 if count <= self._most else 60 - int(now_s % 60)


def calls_with(right: Right | None = None) -> DependsParameter:
    """A dependency that gives the Caller whose token this is, if its owner has this right (None: anybody)."""

    def caller(
        request: Request,
        there: Annotated[Desk, Depends(desk)],
        sent: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)],
    ) -> Caller:
        user = accounts.token_user(there.store, sent.credentials) if sent else None
        if sent is None or user is None:
            raise Refused(
                "Send a valid token: `Authorization: Bearer qa_…`.",
                code="token",
                status=401,
                headers={"WWW-Authenticate": 'Bearer realm="qa"' + (', error="invalid_token"' if sent else "")},
            )
        meter: Meter = request.app.state.meter
        if wait_s := meter.wait_s(accounts.key_of(sent.credentials), time.time()):
            raise Refused(
                "Too many requests with this token.",
                code="throttled",
                status=429,
                headers={"Retry-After": str(wait_s)},
            )
        if right is not None and not user.may(right):
            raise Refused("The role of the token's owner does not include this.", code="forbidden", status=403)
        call_id = request.query_params.get("id", "")
        if call_id and call_id in calibration.hidden(there.store, user):
            raise Refused("You calibrate this call: nothing is told before all have judged.", code="blind", status=409)
        return Caller(desk=there, user=user)

    made: DependsParameter = Depends(caller)
    ASKED[caller] = right
    return made
