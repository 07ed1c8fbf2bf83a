"""An agent's own judged calls: what stands and who says so, to be acknowledged or questioned."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Annotated
from urllib.parse import parse_qsl, urlencode
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends, Form, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from qa_pipeline.analytics.intervals import mean_interval
from qa_pipeline.domain import BETTER, Mean, Right, Standing
from qa_pipeline.reviewing import Scorecards
from qa_pipeline.store.desk import own_calls
from qa_pipeline.store.desk.own_calls import OwnCall, OwnCalls, OwnFilters, OwnItem, Want
from qa_pipeline.web.desk import Visit, changes, looks
from qa_pipeline.web.render import render, when

router = APIRouter()


@dataclass(frozen=True, slots=True, kw_only=True)
class MyCallsPage:
    """The own calls; `mean` is over the days chosen, `seen` the moment of this page, `query` its filters."""

    found: OwnCalls
    filters: OwnFilters
    mean: Mean | None
    newest_only: bool
    min_calls: int
    offset: int
    limit: int
    query: str
    seen: str
    said: int
    criteria: tuple[tuple[str, str], ...]
    cards: Scorecards
    days: int
    now: datetime
    zone: ZoneInfo

    def page_link(self, offset: int) -> str:
        """The same filters, another part."""
        return f"/my-calls?{urlencode([*parse_qsl(self.query), ('offset', str(offset))])}"

    def want_link(self, want: str) -> str:
        """The same days, another choice; of the chosen one all again."""
        others = [(name, value) for name, value in parse_qsl(self.query) if name != "want"]
        chosen = [] if self.filters.want == want else [("want", want)]
        return f"/my-calls?{urlencode([*others, *chosen])}"

    def title(self, standing: Standing, criterion: str) -> str:
        """The criterion's title, its name where the scorecard is gone."""
        return title_of(self.cards, standing.score.scorecard, standing.score.scorecard_version, criterion)

    def band(self, standing: Standing) -> str:
        """The title of the band."""
        card = self.cards.get(standing.score.scorecard, standing.score.scorecard_version)
        titles: Mapping[str, str] = {band.name: band.title for band in card.bands} if card else {}
        return titles.get(standing.score.band, standing.score.band)

    def may_appeal(self, item: OwnItem) -> bool:
        """Whether the link to appeal is shown: something better is possible, nothing waits, and there is time."""
        waits = item.appeal_state is not None and item.appeal_state.is_open
        return bool(BETTER[item.verdict]) and not waits and self.now <= self.until(item)

    def until(self, item: OwnItem) -> datetime:
        """The last moment to question an item (UTC)."""
        return item.judged_at + timedelta(days=self.days)

    def last_day(self, call: OwnCall) -> str:
        """The one day until which the call's items may be questioned, on the person's clock; "" where they differ."""
        days = {self.day(item) for item in call.not_met if self.may_appeal(item)}
        return next(iter(days)) if len(days) == 1 else ""

    def day(self, item: OwnItem) -> str:
        """The last day to question an item, on the person's clock."""
        return when(self.until(item), self.zone)[:10]

    def asked(self, call: OwnCall) -> tuple[OwnItem, ...]:
        """The items of a call that were ever questioned."""
        return tuple(item for item in call.items if item.appeal_state)


def filters_of(want: str = "", criterion: str = "", since: str = "", until: str = "") -> OwnFilters:
    """The filters that an address names; what is none is left out."""
    return OwnFilters(
        want=Want(want) if want in set(Want) else None, criterion=criterion, since=_day(since), until=_day(until)
    )


def title_of(cards: Scorecards, name: str, version: str, criterion: str) -> str:
    """A criterion's title in a version of a scorecard, its name where that is gone."""
    card = cards.get(name, version)
    return next((one.title for one in card.criteria if one.name == criterion), criterion) if card else criterion


@router.get("/my-calls")
def show(
    request: Request,
    visit: Annotated[Visit, looks(Right.APPEAL)],
    chosen: Annotated[OwnFilters, Depends(filters_of)],
    offset: Annotated[int, Query(ge=0)] = 0,
    said: Annotated[int, Query(ge=0)] = 0,
) -> HTMLResponse:
    """The own calls."""
    store, scope, settings = visit.store, visit.user.scope, visit.desk.settings
    moment = datetime.now(UTC).replace(tzinfo=None)
    percents = own_calls.percents(store, scope, chosen)
    kept = [(name, value) for name, value in parse_qsl(str(request.url.query)) if name not in ("offset", "said")]
    page = MyCallsPage(
        found=own_calls.page(store, visit.user, scope, chosen, offset=offset),
        filters=chosen,
        mean=_mean(percents),
        newest_only=len(percents) >= own_calls.NEWEST,
        min_calls=settings.min_calls,
        offset=offset,
        limit=own_calls.PAGE,
        query=urlencode(kept),
        seen=moment.isoformat(),
        said=said,
        criteria=_criteria(visit),
        cards=visit.desk.scorecards,
        days=settings.appeal_days,
        now=moment,
        zone=visit.zone,
    )
    return render(visit, "my_calls.html", page)


@router.post("/my-calls/acknowledge")
def acknowledge(
    visit: Annotated[Visit, changes(Right.APPEAL)],
    call: Annotated[list[str] | None, Form()] = None,
    shown: Annotated[list[str] | None, Form()] = None,
    which: Annotated[str, Form()] = "",
    seen: Annotated[str, Form()] = "",
    query: Annotated[str, Form()] = "",
) -> Response:
    """Notes that the agent has seen what stands: for the calls chosen, or (`which` "all") for all that were shown."""
    chosen = (shown if which == "all" else call) or []
    n = own_calls.acknowledge(visit.store, visit.user, chosen, seen=_moment(seen))
    return RedirectResponse(f"/my-calls?{urlencode([*parse_qsl(query), ('said', str(n))])}", status_code=303)


def _mean(percents: tuple[float, ...]) -> Mean | None:
    if not percents:
        return None
    # Bonus points can lift a call over 100 %.
    interval = mean_interval(percents, top=max(100.0, *percents))
    return Mean(value=math.fsum(percents) / len(percents), n=len(percents), interval=interval)


def _criteria(visit: Visit) -> tuple[tuple[str, str], ...]:
    """Name and title of each criterion by which the own calls are judged."""
    cards = [visit.desk.scorecards.get(*key) for key in own_calls.cards(visit.store, visit.user.scope)]
    return tuple({one.name: one.title for card in cards if card for one in card.criteria}.items())


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _moment(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo is None else None
