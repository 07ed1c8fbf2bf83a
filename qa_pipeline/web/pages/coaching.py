"""Coaching: a plan with one focus, moments to listen to together, agreed actions, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Form
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from qa_pipeline.audio.excerpt import excerpt
from qa_pipeline.audio.review_copy import review_copy
from qa_pipeline.domain import Right, StoreError
from qa_pipeline.store.desk import agent_figures, coaching
from qa_pipeline.store.desk.coaching import Clip, NewClip, NewPlan, Plan
from qa_pipeline.store.people import audit
from qa_pipeline.web import figures, plans
from qa_pipeline.web.desk import Forbidden, Visit, changes, looks
from qa_pipeline.web.plans import FollowUp, Proposal
from qa_pipeline.web.render import link, render

router = APIRouter()

FOLLOW_UP = timedelta(days=28)
Coaches = Annotated[Visit, changes(Right.COACH)]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlansPage:
    """The plans in sight; `titles` names each one's focus by plan."""

    plans: tuple[Plan, ...]
    titles: dict[int, str]
    coach: bool
    agent_id: str
    agent_name: str
    today: date


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPlanPage:
    """The form for a plan, with what is proposed."""

    agent_id: str
    agent_name: str
    period: str
    periods: tuple[str, ...]
    proposals: tuple[Proposal, ...]
    choices: tuple[tuple[str, str], ...]
    follow_up_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanPage:
    """A plan as lead and agent see it."""

    plan: Plan
    follow_up: FollowUp
    coach: bool
    own: bool
    today: date
    min_calls: int
    before_days: int

    @property
    def open(self) -> bool:
        return self.plan.closed_at is None

    def sound(self, clip: Clip) -> str:
        """Where a clip is heard: of an own call from the whole recording, of a colleague's the moment alone."""
        if not clip.own:
            return link("/coaching/sound", clip=clip.id)
        return f"{link('/call/sound', id=clip.call_id)}#t={clip.start_ms / 1000:.1f},{clip.end_ms / 1000:.1f}"


@router.get("/coaching")
def show_plans(visit: Annotated[Visit, looks()], agent: str = "") -> HTMLResponse:
    """The plans in sight."""
    _takes_part(visit)
    store, scope = visit.store, visit.user.scope
    found = coaching.plans(store, scope, agent_id=agent)
    page = PlansPage(
        plans=found,
        titles=_titles(visit, found),
        coach=visit.user.may(Right.COACH),
        agent_id=agent,
        agent_name=agent_figures.name_of(store, scope, agent) if agent else "",
        today=_today(visit),
    )
    return render(visit, "coaching.html", page)


@router.get("/coaching/new")
def new_plan(visit: Annotated[Visit, looks(Right.COACH)], agent: str, period: str = "13") -> HTMLResponse:
    """The form for a plan of an agent."""
    store, scope = visit.store, visit.user.scope
    if agent_figures.team_of(store, scope, agent) is None:
        raise StoreError("There is no such agent, or not in your team.", code="not_found")
    period = period if period in figures.PERIODS else "13"
    since = figures.since(store, scope, period)
    page = NewPlanPage(
        agent_id=agent,
        agent_name=agent_figures.name_of(store, scope, agent),
        period=period,
        periods=tuple(figures.PERIODS),
        proposals=plans.proposals(visit, agent, since),
        choices=tuple((one.name, one.title) for one in plans.criteria_of(visit, agent).values()),
        follow_up_on=_today(visit) + FOLLOW_UP,
    )
    return render(visit, "coaching_new.html", page)


@router.post("/coaching/new")
def make_plan(  # noqa: PLR0913, PLR0917 - the fields of a form
    visit: Coaches,
    agent: Annotated[str, Form()],
    title: Annotated[str, Form()] = "",
    focus: Annotated[str, Form()] = "",
    other: Annotated[str, Form()] = "",
    note: Annotated[str, Form()] = "",
    follow_up_on: Annotated[str, Form()] = "",
    action: Annotated[str, Form()] = "",
    owner: Annotated[str, Form()] = coaching.AGENT,
    due_on: Annotated[str, Form()] = "",
    clip: Annotated[list[str] | None, Form()] = None,
) -> Response:
    """Makes a plan."""
    known = plans.criteria_of(visit, agent)
    criterion = focus or other
    if criterion and criterion not in known:
        raise StoreError("The agent's scorecard has no such criterion.", code="unknown_criterion")
    made = NewPlan(
        agent_id=agent,
        title=title.strip() or (known[criterion].title if criterion else ""),
        criterion=criterion,
        note=note,
        follow_up_on=_date(follow_up_on),
        clips=tuple(_clip(value) for value in clip or ()),
        actions=((action, owner, _date(due_on)),) if action.strip() else (),
    )
    return _to(coaching.add(visit.store, visit.user, made))


@router.get("/coaching/plan")
def show_plan(visit: Annotated[Visit, looks()], id: int) -> HTMLResponse:  # noqa: A002 - the address's own word
    """A plan."""
    _takes_part(visit)
    found = coaching.plan(visit.store, visit.user.scope, id)
    if found is None:
        raise StoreError("There is no such plan, or it is not yours to see.", code="not_found")
    coach = visit.user.may(Right.COACH)
    page = PlanPage(
        plan=found,
        follow_up=plans.follow_up(visit, found),
        coach=coach,
        own=not coach,
        today=_today(visit),
        min_calls=visit.desk.settings.min_calls,
        before_days=plans.BEFORE_DAYS,
    )
    return render(visit, "coaching_plan.html", page)


@router.get("/coaching/sound")
def sound(visit: Annotated[Visit, looks(Right.HEAR)], clip: int) -> Response:
    """The moment of a clip, and nothing else of its call."""
    found = coaching.clip_sound(visit.store, visit.user.scope, clip)
    if found is None or not (visit.user.may(Right.COACH) or visit.user.may(Right.APPEAL)):
        raise StoreError("There is no such moment, or it is not yours to hear.", code="not_found")
    moment, uri, sha256 = found
    copy = review_copy(Path(uri), visit.desk.settings.cache_dir, key=sha256)
    audit.record(visit.store, visit.user, "heard", "call", moment.call_id, clip=moment.id)
    return Response(
        excerpt(copy.sound, moment.start_ms, moment.end_ms),
        media_type="audio/wav",
        headers={"Content-Disposition": 'inline; filename="clip.wav"'},
    )


@router.post("/coaching/clip")
def add_clip(
    visit: Coaches,
    plan: Annotated[int, Form()],
    call: Annotated[str, Form()],
    start_ms: Annotated[int, Form()],
    end_ms: Annotated[int, Form()],
    note: Annotated[str, Form()] = "",
) -> Response:
    """Puts a moment of a call into a plan."""
    clip = NewClip(call_id=call, start_ms=start_ms, end_ms=end_ms, note=note)
    coaching.add_clip(visit.store, visit.user, plan, clip)
    return _to(plan)


@router.post("/coaching/clip/drop")
def drop_clip(visit: Coaches, plan: Annotated[int, Form()], clip: Annotated[int, Form()]) -> Response:
    """Takes a moment out of a plan."""
    coaching.drop_clip(visit.store, visit.user, plan, clip)
    return _to(plan)


@router.post("/coaching/action")
def add_action(
    visit: Coaches,
    plan: Annotated[int, Form()],
    text: Annotated[str, Form()] = "",
    owner: Annotated[str, Form()] = coaching.AGENT,
    due_on: Annotated[str, Form()] = "",
) -> Response:
    """Adds an agreed action."""
    coaching.add_action(visit.store, visit.user, plan, text, owner, _date(due_on))
    return _to(plan)


@router.post("/coaching/action/tick")
def tick(
    visit: Annotated[Visit, changes()],
    plan: Annotated[int, Form()],
    action: Annotated[int, Form()],
    done: Annotated[str, Form()] = "",
) -> Response:
    """Marks an action as done, or as not done; leads any, agents their own."""
    _takes_part(visit)
    coaching.tick(visit.store, visit.user, plan, action, done=done == "1")
    return _to(plan)


@router.post("/coaching/agree")
def agree(visit: Annotated[Visit, changes(Right.APPEAL)], plan: Annotated[int, Form()]) -> Response:
    """The agent agrees."""
    coaching.agree(visit.store, visit.user, plan)
    return _to(plan)


@router.post("/coaching/close")
def close(visit: Coaches, plan: Annotated[int, Form()]) -> Response:
    """Ends a plan."""
    coaching.close(visit.store, visit.user, plan)
    return _to(plan)


def _takes_part(visit: Visit) -> None:
    if not (visit.user.may(Right.COACH) or visit.user.may(Right.APPEAL)):
        raise Forbidden("Your role does not include this.", code="forbidden")


def _to(plan: int) -> Response:
    return RedirectResponse(link("/coaching/plan", id=plan), status_code=303)


def _today(visit: Visit) -> date:
    return datetime.now(UTC).astimezone(visit.zone).date()


def _date(text: str) -> date | None:
    """A day of a form's field; "" is none. Raises StoreError, code "bad_date"."""
    try:
        return date.fromisoformat(text) if text.strip() else None
    except ValueError:
        raise StoreError("Write the date as 2026-12-31.", code="bad_date") from None


def _clip(value: str) -> NewClip:
    """A clip as the form names it: start, end and call, colons between. Raises StoreError, "unknown_clip"."""
    start, _, rest = value.partition(":")
    end, _, call_id = rest.partition(":")
    if not (start.isdecimal() and end.isdecimal()):
        raise StoreError("The call has no such moment.", code="unknown_clip")
    return NewClip(call_id=call_id, start_ms=int(start), end_ms=int(end))


def _titles(visit: Visit, found: tuple[Plan, ...]) -> dict[int, str]:
    spoken = sorted(visit.desk.scorecards, key=lambda card: card.language == visit.language)
    known = {one.name: one.title for card in spoken for one in card.criteria}
    return {one.id: known.get(one.criterion, one.criterion) for one in found}
