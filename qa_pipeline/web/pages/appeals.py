"""Appeals: what agents question, what leads pass on, what reviewers decide; and how each item fares."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated
from urllib.parse import parse_qsl, urlencode

from fastapi import APIRouter, Depends, Form, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response, StreamingResponse

from qa_pipeline.analytics.intervals import wilson
from qa_pipeline.domain import (
    NEXT,
    AppealState,
    Rate,
    Right,
    Role,
    StoreError,
    Verdict,
    step_refused,
)
from qa_pipeline.reporting.appeal_cases import cases_yaml
from qa_pipeline.reviewing import Scorecards
from qa_pipeline.store.desk import appeal_lists, appeals
from qa_pipeline.store.desk.appeal_lists import AppealCounts, AppealFilters, AppealLine, AppealsPage
from qa_pipeline.store.desk.appeals import Step, not_found
from qa_pipeline.store.people import audit
from qa_pipeline.web.desk import Visit, changes, looks
from qa_pipeline.web.pages.my_calls import title_of
from qa_pipeline.web.render import link, render

router = APIRouter()

OPEN = frozenset(NEXT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """How often a criterion was questioned, and the share of the decided appeals that were upheld."""

    title: str
    counts: AppealCounts
    rate: Rate | None
    few: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class AppealsView:
    """A list of appeals; `query` is that of its address, without the offset and what was said."""

    found: AppealsPage
    filters: AppealFilters
    state: str
    states: tuple[str, ...]
    teams: tuple[str, ...]
    criteria: tuple[tuple[str, str], ...]
    offset: int
    limit: int
    query: str
    lead: str
    health: tuple[Health, ...]
    exports: tuple[str, ...]
    min_calls: int
    cards: Scorecards
    visit: Visit
    now: datetime

    def page_link(self, offset: int) -> str:
        """The same filters, another part."""
        return f"/appeals?{urlencode([*parse_qsl(self.query), ('offset', str(offset))])}"

    def state_link(self, state: str) -> str:
        """The same filters, one state; of the chosen one all again."""
        others = [(name, value) for name, value in parse_qsl(self.query) if name != "state"]
        return f"/appeals?{urlencode([*others, ('state', '' if self.state == state else state)])}"

    def title(self, line: AppealLine) -> str:
        """What the question is about."""
        return title_of(self.cards, line.scorecard, line.scorecard_version, line.appeal.criterion)

    def turn(self, line: AppealLine) -> str:
        """Whether the next step is the person's: "yes", why not (a code), or "" where it is not theirs anyway."""
        return turn(visit=self.visit, line=line)


def turn(visit: Visit, line: AppealLine) -> str:
    """Whether the next step of an appeal is the person's: "yes", why not (a code), or "" where nobody asks them."""
    steps = NEXT.get(line.appeal.state, frozenset()) - {AppealState.WITHDRAWN}
    codes = {step_refused(line.appeal, step, visit.user, line.judges) for step in steps}
    if "" in codes:
        return "yes"
    return next(iter(sorted(codes - {"appeal_right", "appeal_closed"})), "")


def state_of(visit: Visit, state: str | None) -> str:
    """The state to show: as asked for, else what waits (to an agent everything)."""
    if state is None:
        return "" if visit.user.role is Role.AGENT else "open"
    return state if state in ("", "open", "closed", *AppealState) else ""


def filters_of(
    state: str | None = None, team: str = "", agent: str = "", criterion: str = "", overdue: str = ""
) -> tuple[str | None, AppealFilters]:
    """The filters that an address names, and the state as it was asked for."""
    return state, AppealFilters(team=team, agent_id=agent, criterion=criterion, overdue=bool(overdue))


@router.get("/appeals")
def show(
    request: Request,
    visit: Annotated[Visit, looks()],
    asked: Annotated[tuple[str | None, AppealFilters], Depends(filters_of)],
    offset: Annotated[int, Query(ge=0)] = 0,
) -> HTMLResponse:
    """The appeals about calls in sight: an agent's own, a team's, or all."""
    store, scope, cards = visit.store, visit.user.scope, visit.desk.scorecards
    state = state_of(visit, asked[0])
    plain = asked[1]
    filters = AppealFilters(
        states=_states(state), team=plain.team, agent_id=plain.agent_id, criterion=plain.criterion,
        overdue=plain.overdue,
    )  # fmt: skip
    teams, items = appeal_lists.questioned(store, scope)
    titles = {one.name: one.title for card in cards for one in card.criteria}
    health = _health(visit) if visit.may(Right.SEE_AUDIT) else ()
    kept = [(name, value) for name, value in parse_qsl(str(request.url.query), keep_blank_values=True)]
    page = AppealsView(
        found=appeal_lists.page(store, scope, filters, offset=offset),
        filters=filters,
        state=state,
        states=("open", "closed", *(one.value for one in AppealState)),
        teams=teams if scope.team is None and scope.agent_id is None else (),
        criteria=tuple({name: titles.get(name, name) for _, name in items}.items()),
        offset=offset,
        limit=appeal_lists.PAGE,
        query=urlencode([(name, value) for name, value in kept if name != "offset"]),
        lead=_lead(visit),
        health=health,
        exports=tuple(dict.fromkeys(one.counts.scorecard for one in health if one.counts.upheld)),
        min_calls=visit.desk.settings.min_calls,
        cards=cards,
        visit=visit,
        now=datetime.now(UTC).replace(tzinfo=None),
    )
    return render(visit, "appeals.html", page)


@router.get("/appeals/cases.yaml")
def cases(visit: Annotated[Visit, looks(Right.EXPORT)], scorecard: str = "") -> Response:
    """The upheld appeals as cases of a scorecard (or, without its name, of all)."""
    lines = appeal_lists.upheld(visit.store, visit.user.scope, scorecard)
    audit.record(visit.store, visit.user, "exported", "appeals", scorecard, n=len(lines))
    name = f"appeals-{scorecard}" if scorecard.replace("-", "").isalnum() and scorecard.isascii() else "appeals"
    return StreamingResponse(
        cases_yaml(appeal_lists.cases(visit.store, visit.user.scope, lines)),
        media_type="application/yaml",
        headers={"Content-Disposition": f'attachment; filename="{name}.yaml"'},
    )


@router.post("/appeals/pass-on")
def pass_on(
    visit: Annotated[Visit, changes(Right.GATE_APPEALS)],
    appeal: Annotated[str, Form()] = "",
    note: Annotated[str, Form()] = "",
) -> Response:
    """A lead finds that somebody should look again."""
    return _take(visit, appeal, Step(to=AppealState.PASSED_ON, note=note))


@router.post("/appeals/send-back")
def send_back(
    visit: Annotated[Visit, changes(Right.GATE_APPEALS)],
    appeal: Annotated[str, Form()] = "",
    note: Annotated[str, Form()] = "",
) -> Response:
    """A lead answers the agent, which ends this round."""
    return _take(visit, appeal, Step(to=AppealState.SENT_BACK, note=note))


@router.post("/appeals/decide")
def decide(
    visit: Annotated[Visit, changes(Right.DECIDE_APPEALS)],
    appeal: Annotated[str, Form()] = "",
    outcome: Annotated[str, Form()] = "",
    note: Annotated[str, Form()] = "",
    level: Annotated[str, Form()] = "",
) -> Response:
    """Somebody new says how the item stands: `outcome` is a verdict, or "rejected"."""
    if outcome == AppealState.REJECTED:
        return _take(visit, appeal, Step(to=AppealState.REJECTED, note=note))
    if outcome not in set(Verdict):
        raise StoreError("Choose how the item stands.", code="appeal_proposed")
    step = Step(to=AppealState.UPHELD, note=note, verdict=Verdict(outcome), level=_level(level))
    return _take(visit, appeal, step)


@router.post("/appeals/withdraw")
def withdraw(
    visit: Annotated[Visit, changes(Right.APPEAL)],
    appeal: Annotated[str, Form()] = "",
    note: Annotated[str, Form()] = "",
) -> Response:
    """The agent no longer asks."""
    return _take(visit, appeal, Step(to=AppealState.WITHDRAWN, note=note))


def number(text: str) -> int:
    """The number of an appeal out of an address or a form. Raises StoreError, "not_found"."""
    if not (text.isascii() and text.isdecimal() and len(text) < 10):
        raise not_found()
    return int(text)


def _take(visit: Visit, appeal: str, step: Step) -> Response:
    appeals.take(visit.store, visit.user, number(appeal), step, refold=visit.desk.scorecards.refold)
    return RedirectResponse(link("/appeal", id=appeal), status_code=303)


def _level(text: str) -> int | None:
    return int(text) if text in ("1", "2") else None


def _states(state: str) -> frozenset[AppealState]:
    if state == "open":
        return OPEN
    if state == "closed":
        return frozenset(AppealState) - OPEN
    return frozenset({AppealState(state)}) if state else frozenset()


def _lead(visit: Visit) -> str:
    if visit.user.role is Role.AGENT:
        return "appeals_lead_agent"
    gates, decides = visit.may(Right.GATE_APPEALS), visit.may(Right.DECIDE_APPEALS)
    return "appeals_lead_all" if gates is decides else "appeals_lead_gate" if gates else "appeals_lead_decide"


def _health(visit: Visit) -> tuple[Health, ...]:
    """The surest worst questions first; those decided too seldom after them, by name."""
    cards, few = visit.desk.scorecards, visit.desk.settings.min_calls
    newest = {(card.name, one.name): one.title for card in cards for one in card.criteria}
    found = []
    for counts in appeal_lists.counts(visit.store, visit.user.scope):
        n = counts.decided
        rate = Rate(hits=counts.upheld, n=n, interval=wilson(counts.upheld, n)) if n else None
        title = newest.get((counts.scorecard, counts.criterion), counts.criterion)
        found.append(Health(title=title, counts=counts, rate=rate, few=n < few))
    return tuple(
        sorted(found, key=lambda one: (one.few, -one.rate.interval.low if one.rate and not one.few else 0.0, one.title))
    )
