"""The queue: which calls wait for people, why, and who has them."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Annotated
from urllib.parse import parse_qsl, urlencode

from fastapi import APIRouter, Depends, Form, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from qa_pipeline.domain import QueueKind, QueueState, Right, Scope, StoreError, User
from qa_pipeline.store.desk import calibration, claims, queue
from qa_pipeline.store.desk.queue import Filters, QueuePage, SavedView
from qa_pipeline.store.people import users
from qa_pipeline.web.desk import Visit, changes, looks
from qa_pipeline.web.render import link, render

router = APIRouter()

OFFERED_FOR_S = 60
Offered = tuple[tuple[str, ...], tuple[tuple[str, str], ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueView:
    """The queue as somebody sees it; `query` is that of its address, without the offset."""

    found: QueuePage
    filters: Filters
    offset: int
    limit: int
    query: str
    states: tuple[str, ...]
    teams: tuple[str, ...]
    agents: tuple[tuple[str, str], ...]
    names: dict[str, str]
    reviewers: tuple[User, ...]
    views: tuple[SavedView, ...]
    done: int
    quota: int

    def page_link(self, offset: int) -> str:
        """The same filters, another part."""
        return f"/queue?{urlencode([*parse_qsl(self.query), ('offset', str(offset))])}"

    def kind_link(self, kind: str) -> str:
        """The same filters, one reason; of the reason that is chosen all again."""
        others = [(name, value) for name, value in parse_qsl(self.query) if name != "kind"]
        chosen = [] if self.filters.kind == kind else [("kind", kind)]
        return f"/queue?{urlencode([*others, *chosen])}"


def filters_of(
    state: QueueState = QueueState.OPEN,
    kind: str = "",
    team: str = "",
    agent: str = "",
    language: str = "",
    whose: str = "",
) -> Filters:
    """The filters that an address names; what does not exist is no filter. `whose` is "mine", "free" or ""."""
    return Filters(
        state=state,
        kind=QueueKind(kind) if kind in set(QueueKind) else None,
        team=team,
        agent_id=agent,
        language=language if language in ("en", "zh") else "",
        mine=whose if whose == "mine" else "",
        free=whose == "free",
    )


Chosen = Annotated[Filters, Depends(filters_of)]


def theirs(filters: Filters, user: User) -> Filters:
    """The filters with the person in the place of "mine"."""
    return replace(filters, mine=user.id) if filters.mine else filters


@router.get("/queue")
def show(
    request: Request,
    visit: Annotated[Visit, looks(Right.REVIEW)],
    chosen: Chosen,
    offset: Annotated[int, Query(ge=0)] = 0,
) -> HTMLResponse:
    """The queue."""
    return render(visit, "queue.html", _view(visit, chosen, offset, str(request.url.query)))


@router.post("/queue/next")
def take_next(visit: Annotated[Visit, changes(Right.REVIEW)], query: Annotated[str, Form()] = "") -> Response:
    """Claims the most urgent call that nobody has, and opens it."""
    free = Filters(free=True, without=frozenset(calibration.hidden(visit.store, visit.user)))
    for call_id in queue.first(visit.store, visit.user.scope, free, limit=20):
        try:
            claims.claim(visit.store, visit.user, call_id)
        except StoreError:  # somebody was faster: take the one after
            continue
        return RedirectResponse(link("/call", id=call_id), status_code=303)
    return RedirectResponse(f"/queue?{query}" if query else "/queue", status_code=303)


@router.post("/queue/assign")
def assign(
    visit: Annotated[Visit, changes(Right.ASSIGN)],
    call: Annotated[str, Form()],
    to: Annotated[str, Form()] = "",
    query: Annotated[str, Form()] = "",
) -> Response:
    """Makes a call somebody's task."""
    queue.assign(visit.store, visit.user, call, to or None)
    return RedirectResponse(f"/queue?{query}" if query else "/queue", status_code=303)


@router.post("/queue/views")
def save_view(
    visit: Annotated[Visit, changes(Right.REVIEW)], name: Annotated[str, Form()], query: Annotated[str, Form()] = ""
) -> Response:
    """Keeps the filters under a name."""
    queue.save_view(visit.store, visit.user, "queue", name, query)
    return RedirectResponse(f"/queue?{query}" if query else "/queue", status_code=303)


@router.post("/queue/views/drop")
def drop_view(visit: Annotated[Visit, changes(Right.REVIEW)], view: Annotated[int, Form()]) -> Response:
    """Forgets a saved view."""
    queue.drop_view(visit.store, visit.user, view)
    return RedirectResponse("/queue", status_code=303)


_OFFERED: dict[tuple[int, Scope], tuple[float, Offered]] = {}


def _offered(visit: Visit) -> Offered:
    """Teams and agents for the filters, a minute old at most: they change with a night, and many ask."""
    key = (id(visit.store), visit.user.scope)
    made_at, found = _OFFERED.get(key, (-math.inf, ((), ())))
    if time.monotonic() - made_at > OFFERED_FOR_S:
        found = queue.teams_and_agents(visit.store, visit.user.scope)
        _OFFERED[key] = (time.monotonic(), found)
    return found


def _view(visit: Visit, chosen: Filters, offset: int, query: str) -> QueueView:
    store, scope = visit.store, visit.user.scope
    # Who calibrates a call must not learn what the machine made of it, and a filter by reason would tell.
    hidden = frozenset(calibration.hidden(store, visit.user))
    teams, agents = _offered(visit)
    everybody = users.everybody(store)
    monday = datetime.now(UTC).replace(tzinfo=None, hour=0, minute=0, second=0, microsecond=0)
    monday -= timedelta(days=monday.weekday())
    kept = [(name, value) for name, value in parse_qsl(query) if name != "offset"]
    return QueueView(
        found=queue.page(store, scope, replace(theirs(chosen, visit.user), without=hidden), offset=offset),
        filters=chosen,
        offset=offset,
        limit=queue.PAGE,
        query=urlencode(kept),
        states=tuple(state.value for state in QueueState),
        teams=teams,
        agents=agents,
        names={one.id: one.name for one in everybody},
        reviewers=tuple(one for one in everybody if one.active and one.may(Right.REVIEW)),
        views=queue.views(store, visit.user, "queue"),
        done=queue.finished(store, since=monday, reviewer=visit.user.id).get(visit.user.id, 0),
        quota=visit.desk.settings.review_quota,
    )
