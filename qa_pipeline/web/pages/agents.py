"""Agents and teams: what their calls come to, how sure that is, and the moments behind every figure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse

from qa_pipeline.domain import Right, Role, Scope, StoreError, Verdict
from qa_pipeline.store.desk import agent_figures, calibration
from qa_pipeline.store.desk.agent_figures import DayFigures, Moment, Wanted
from qa_pipeline.web import figures
from qa_pipeline.web.agent_card import AgentPage, agent_page
from qa_pipeline.web.desk import Forbidden, Visit, looks
from qa_pipeline.web.figures import HeatMap, Team
from qa_pipeline.web.render import link, render

router = APIRouter()

Looks = Annotated[Visit, looks(Right.SEE_AGENTS)]
SHOWN_VERDICTS = (Verdict.FAIL, Verdict.UNSURE, Verdict.PASS, Verdict.NOT_APPLICABLE)


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentsPage:
    """The teams in sight, or one of them with its map of criteria."""

    period: str
    periods: tuple[str, ...]
    first: date | None
    last: date | None
    team: str
    teams: tuple[Team, ...]
    names: tuple[str, ...]
    sort: str
    maps: tuple[HeatMap, ...]
    min_calls: int

    def here(self, **changed: object) -> str:
        """This page with other choices."""
        chosen = {"period": self.period, "team": self.team or None, "sort": self.sort or None}
        return link("/agents", **(chosen | changed))

    def moments(self, agent_id: str, criterion: str, verdict: str = "fail") -> str:
        """Where the moments behind a cell are."""
        return link(
            "/agents/moments", agent=agent_id, criterion=criterion, verdict=verdict, period=self.period, team=self.team
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class MomentsPage:
    """The calls behind a figure."""

    moments: tuple[Moment, ...]
    total: int
    offset: int
    limit: int
    agent_id: str
    agent_name: str
    criterion: str
    title: str
    verdict: Verdict
    verdicts: tuple[Verdict, ...]
    period: str
    team: str
    own: bool

    def here(self, **changed: object) -> str:
        """The same moments otherwise."""
        chosen: dict[str, object] = {
            "agent": None if self.own else self.agent_id,
            "criterion": self.criterion,
            "verdict": self.verdict.value,
            "period": self.period,
            "team": self.team,
        }
        return link("/my-scorecard/moments" if self.own else "/agents/moments", **(chosen | changed))


@router.get("/agents")
def agents(visit: Looks, period: str = "4", team: str = "", sort: str = "") -> HTMLResponse:
    """Teams with their agents."""
    period = period if period in figures.PERIODS else "4"
    sort = sort if sort == "mean" else ""
    scope = visit.user.scope
    key = ("agents", scope, period, team, sort)
    page: AgentsPage = figures.kept(visit.store, key, lambda: _overview(visit, scope, period, team, sort))
    return render(visit, "agents.html", page)


@router.get("/teams")
def teams(visit: Looks, period: str = "4") -> HTMLResponse:
    """Teams beside one another, and what must be known before they are compared."""
    period = period if period in figures.PERIODS else "4"
    scope = visit.user.scope
    page: AgentsPage = figures.kept(
        visit.store, ("teams", scope, period), lambda: _overview(visit, scope, period, "", "")
    )
    return render(visit, "teams.html", page)


@router.get("/agents/moments")
def moments(  # noqa: PLR0917 - the parts of an address
    visit: Looks,
    criterion: str,
    agent: str = "",
    verdict: Verdict = Verdict.FAIL,
    period: str = "4",
    team: str = "",
    offset: Annotated[int, Query(ge=0)] = 0,
) -> HTMLResponse:
    """The calls of an agent (of all: agent "") in which a verdict stands for a criterion."""
    return _moments(visit, agent, criterion, verdict, period=period, team=team, offset=offset)


@router.get("/my-scorecard/moments")
def my_moments(
    visit: Annotated[Visit, looks(Right.APPEAL)],
    criterion: str,
    verdict: Verdict = Verdict.FAIL,
    period: str = "13",
    offset: Annotated[int, Query(ge=0)] = 0,
) -> HTMLResponse:
    """The same of the agent's own calls."""
    return _moments(visit, _own(visit), criterion, verdict, period=period, team="", offset=offset)


@router.get("/agent")
def agent(visit: Looks, id: str, period: str = "13") -> HTMLResponse:  # noqa: A002 - the address's own word
    """An agent's scorecard."""
    page = agent_page(visit, id, period if period in figures.PERIODS else "13")
    return render(visit, "agent.html", _without(page, calibration.hidden(visit.store, visit.user)))


def _without(page: AgentPage, blind: Collection[str]) -> AgentPage:
    """The page without single calls that the person is calibrating; the figures over all calls stay."""
    best, worst = (
        tuple(one for one in calls if one.call_id not in blind) for calls in (page.card.best, page.card.worst)
    )
    gaps = tuple(
        replace(gap, misses=tuple(miss for miss in gap.misses if miss.call_id not in blind)) for gap in page.gaps
    )
    return replace(page, card=replace(page.card, best=best, worst=worst), gaps=gaps)


@router.get("/my-scorecard")
def my_scorecard(visit: Annotated[Visit, looks(Right.APPEAL)], period: str = "13") -> HTMLResponse:
    """The agent's own scorecard."""
    chosen = period if period in figures.PERIODS else "13"
    return render(visit, "agent.html", agent_page(visit, _own(visit), chosen, own=True))


def _own(visit: Visit) -> str:
    if visit.user.role is not Role.AGENT or not visit.user.agent_id:
        raise Forbidden("Your role does not include this.", code="forbidden")
    return visit.user.agent_id


def _overview(visit: Visit, scope: Scope, period: str, team: str, sort: str) -> AgentsPage:
    store, least = visit.store, visit.desk.settings.min_calls
    first = figures.since(store, scope, period)
    last = agent_figures.newest_day(store, scope)
    chosen = team or (scope.team or "")
    if chosen:
        found = agent_figures.days(store, scope, since=first, team=chosen)
        names: tuple[str, ...] = () if scope.team else _names(agent_figures.totals(store, scope, since=first))
        if not found and chosen not in (*names, scope.team):
            raise StoreError("There is no such team in sight.", code="not_found")
    else:
        found = agent_figures.totals(store, scope, since=first)
        names = _names(found)
        if len(names) == 1 and not any(not one.team for one in found):
            return _overview(visit, scope, period, names[0], sort)
    grouped = figures.teams(found, least, by_mean=sort == "mean")
    return AgentsPage(
        period=period,
        periods=tuple(figures.PERIODS),
        first=first,
        last=last,
        team=chosen,
        teams=grouped,
        names=names,
        sort=sort,
        maps=_maps(visit, scope, found, grouped, first) if chosen else (),
        min_calls=least,
    )


def _names(found: tuple[DayFigures, ...]) -> tuple[str, ...]:
    return tuple(sorted({one.team for one in found if one.team}))


def _maps(
    visit: Visit, scope: Scope, found: tuple[DayFigures, ...], grouped: tuple[Team, ...], first: date | None
) -> tuple[HeatMap, ...]:
    """A map for each scorecard of a team; where every agent is judged by one alone, no call has to be asked for it."""
    lines = [one for team in grouped for one in (*team.agents, *team.few)]
    lines.sort(key=lambda one: (one.name.casefold(), one.key))
    judged: defaultdict[str, set[str]] = defaultdict(set)
    used: defaultdict[str, int] = defaultdict(int)
    for one in found:
        if one.agent_id:
            judged[one.agent_id].add(one.scorecard)
            used[one.scorecard] += one.calls
    mixed = any(len(cards) > 1 for cards in judged.values())
    maps = []
    for card in figures.newest_cards(visit.desk.scorecards, sorted(used, key=lambda name: (-used[name], name))):
        agents_of = [one for one in lines if card.name in judged[one.key]]
        counts = agent_figures.verdicts(
            visit.store,
            scope,
            since=first,
            team=grouped[0].line.key if grouped else None,
            agents=[one.key for one in agents_of],
            scorecard=card.name if mixed else "",
        )
        maps.append(figures.heat_map(card, agents_of, counts, visit.desk.settings.min_calls))
    return tuple(maps)


def _moments(
    visit: Visit, agent_id: str, criterion: str, verdict: Verdict, *, period: str, team: str, offset: int
) -> HTMLResponse:
    store, scope = visit.store, visit.user.scope
    period = period if period in figures.PERIODS else "13"
    wanted = Wanted(
        criterion=criterion,
        verdict=verdict,
        agent_id=agent_id,
        team=team or None,
        since=figures.since(store, scope, period),
    )
    if agent_id and agent_figures.team_of(store, scope, agent_id) is None:
        raise StoreError("There is no such agent, or not in your team.", code="not_found")
    found, total = agent_figures.moments(store, scope, wanted, offset=offset)
    blind = calibration.hidden(store, visit.user)
    page = MomentsPage(
        moments=tuple(one for one in found if one.call_id not in blind),
        total=total,
        offset=offset,
        limit=agent_figures.PAGE,
        agent_id=agent_id,
        agent_name=agent_figures.name_of(store, scope, agent_id) if agent_id else "",
        criterion=criterion,
        title=_title(visit, criterion, found),
        verdict=verdict,
        verdicts=SHOWN_VERDICTS,
        period=period,
        team=team,
        own=visit.user.role is Role.AGENT,
    )
    return render(visit, "moments.html", page)


def _title(visit: Visit, criterion: str, found: tuple[Moment, ...]) -> str:
    """A criterion as its scorecard calls it, best in the words of the calls shown."""
    known = {(card.name, card.version): card for card in visit.desk.scorecards}
    shown = [
        known[one.scorecard, one.scorecard_version] for one in found if (one.scorecard, one.scorecard_version) in known
    ]
    spoken = sorted(visit.desk.scorecards, key=lambda card: card.language != visit.language)
    titles = (one.title for card in (*shown[:1], *spoken) for one in card.criteria if one.name == criterion)
    return next(titles, criterion)
