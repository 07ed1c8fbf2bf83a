"""Coaching plans: what an agent works on, the moments to listen to, what was agreed. Raises StoreError.

Codes: "not_found" (no such plan or agent in sight), "unknown_call", "unknown_clip", "empty" (words are needed),
"plan_closed", "not_yours" (only the agent can agree, and only to an own plan).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial

from sqlalchemy import delete, func, insert, select
from sqlalchemy.orm import Session

from qa_pipeline.domain import Role, Scope, StoreError, User
from qa_pipeline.store.engine import Store
from qa_pipeline.store.people import audit
from qa_pipeline.store.standing import Narrowed
from qa_pipeline.store.tables.accounts import UserRow
from qa_pipeline.store.tables.base import now
from qa_pipeline.store.tables.calls import RecordingRow
from qa_pipeline.store.tables.desk import CoachingActionRow, CoachingClipRow, CoachingPlanRow, StandingRow

AGENT, LEAD = "agent", "lead"
OWNERS = (AGENT, LEAD)
LONGEST_CLIP_MS = 120_000
_LONGEST_TEXT = 4000


@dataclass(frozen=True, slots=True, kw_only=True)
class NewClip:
    """A moment to put into a plan."""

    call_id: str
    start_ms: int
    end_ms: int
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Clip:
    """A moment of a plan. `own` is false for a colleague's call: a good example, whose agent is not named."""

    id: int
    plan: int
    call_id: str
    start_ms: int
    end_ms: int
    note: str
    own: bool
    started_at: datetime | None
    percent: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """What was agreed; `owner` is "agent" or "lead", `done_at` in UTC."""

    id: int
    text: str
    owner: str
    due_on: date | None
    done_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPlan:
    """What a lead writes down."""

    agent_id: str
    title: str
    criterion: str
    note: str = ""
    follow_up_on: date | None = None
    clips: tuple[NewClip, ...] = ()
    actions: tuple[tuple[str, str, date | None], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A plan; moments of people's acts in UTC. Lists of plans come without clips and actions, with their counts."""

    id: int
    agent_id: str
    agent_name: str
    team: str
    title: str
    criterion: str
    note: str
    created_by: str
    created_at: datetime
    follow_up_on: date | None
    closed_at: datetime | None
    agreed_at: datetime | None
    clips: tuple[Clip, ...] = ()
    actions: tuple[Action, ...] = ()
    done: int = 0
    agreed_actions: int = 0


def plans(store: Store, scope: Scope, *, agent_id: str = "", limit: int = 100) -> tuple[Plan, ...]:
    """The plans in sight, open ones first, then by the day to follow up, the newest first of the closed."""
    row = CoachingPlanRow
    query = _in_sight(select(row, UserRow.name), scope).join(UserRow, UserRow.id == row.created_by)
    if agent_id:
        query = query.where(row.agent_id == agent_id)
    query = query.order_by(
        row.closed_at.is_not(None), row.follow_up_on.is_(None), row.follow_up_on, row.id.desc()
    ).limit(limit)
    with store.read() as session:
        found = session.execute(query).all()
        names = _agent_names(session, [plan.agent_id for plan, _ in found])
        counts = _counts(session, [plan.id for plan, _ in found])
        return tuple(_plan(plan, author, names, counts=counts.get(plan.id, (0, 0))) for plan, author in found)


def open_plans(store: Store, scope: Scope, agent_id: str) -> tuple[Plan, ...]:
    """The plans of an agent in sight that a clip can still be put into."""
    return tuple(one for one in plans(store, scope, agent_id=agent_id) if one.closed_at is None)


def plan(store: Store, scope: Scope, plan_id: int) -> Plan | None:
    """A plan in sight with its clips and actions."""
    row = CoachingPlanRow
    query = _in_sight(select(row, UserRow.name), scope).join(UserRow, UserRow.id == row.created_by)
    with store.read() as session:
        found = session.execute(query.where(row.id == plan_id)).first()
        if found is None:
            return None
        clips = session.execute(
            select(CoachingClipRow, RecordingRow.agent_id, RecordingRow.started_at, StandingRow.percent)
            .join(RecordingRow, RecordingRow.call_id == CoachingClipRow.call_id)
            .outerjoin(StandingRow, StandingRow.call_id == CoachingClipRow.call_id)
            .where(CoachingClipRow.plan == plan_id)
            .order_by(CoachingClipRow.id)
        )
        agent_id = found[0].agent_id
        return _plan(
            found[0],
            found[1],
            _agent_names(session, [agent_id]),
            clips=tuple(_clip(one, own=whose == agent_id, at=at, percent=score) for one, whose, at, score in clips),
            actions=tuple(
                Action(id=one.id, text=one.text, owner=one.owner, due_on=one.due_on, done_at=one.done_at)
                for one in session.scalars(
                    select(CoachingActionRow).where(CoachingActionRow.plan == plan_id).order_by(CoachingActionRow.id)
                )
            ),
        )


def clip_sound(store: Store, scope: Scope, clip_id: int) -> tuple[Clip, str, str] | None:
    """A clip of a plan in sight with its recording's place and SHA-256; None where there is none.

    A colleague's clip may be heard by whoever sees the plan, though not the call it is from: only the moment.
    """
    query = (
        _in_sight(select(CoachingClipRow, CoachingPlanRow.agent_id, RecordingRow), scope)
        .join(CoachingPlanRow, CoachingPlanRow.id == CoachingClipRow.plan)
        .join(RecordingRow, RecordingRow.call_id == CoachingClipRow.call_id)
        .where(CoachingClipRow.id == clip_id)
    )
    with store.read() as session:
        found = session.execute(query).first()
        if found is None:
            return None
        row, agent_id, recording = found
        clip = _clip(row, own=recording.agent_id == agent_id, at=recording.started_at, percent=None)
        return clip, recording.uri, recording.sha256


def add(store: Store, user: User, made: NewPlan) -> int:
    """Writes a plan for an agent who has calls in the person's sight; gives its id."""
    return store.write(partial(_add, user=user, made=made))


def add_clip(store: Store, user: User, plan_id: int, clip: NewClip) -> None:
    """Puts a moment of a call in the person's sight into an open plan."""
    store.write(partial(_add_clip, user=user, plan_id=plan_id, clip=clip))


def drop_clip(store: Store, user: User, plan_id: int, clip_id: int) -> None:
    """Takes a moment out of an open plan."""

    def work(session: Session) -> None:
        _open_plan(session, user.scope, plan_id)
        session.execute(delete(CoachingClipRow).where(CoachingClipRow.id == clip_id, CoachingClipRow.plan == plan_id))
        audit.note(session, user, "coaching.clip_dropped", "coaching_plan", str(plan_id), clip=clip_id)

    store.write(work)


def add_action(store: Store, user: User, plan_id: int, text: str, owner: str, due_on: date | None) -> None:
    """Adds to what was agreed; the agent has then to agree again."""

    def work(session: Session) -> None:
        row = _open_plan(session, user.scope, plan_id)
        _action(session, plan_id, text, owner, due_on)
        row.agreed_at = None
        audit.note(session, user, "coaching.action", "coaching_plan", str(plan_id), owner=owner)

    store.write(work)


def tick(store: Store, user: User, plan_id: int, action_id: int, *, done: bool) -> None:
    """Marks an action of an open plan as done, or not done. An agent ticks the own ones only ("not_yours")."""

    def work(session: Session) -> None:
        _open_plan(session, user.scope, plan_id)
        action = session.get(CoachingActionRow, action_id)
        if action is None or action.plan != plan_id:
            raise StoreError("The plan has no such action.", code="not_found")
        if user.role is Role.AGENT and action.owner != AGENT:
            raise StoreError("That is for your team lead to tick.", code="not_yours")
        action.done_at = now() if done else None
        said = "coaching.done" if done else "coaching.not_done"
        audit.note(session, user, said, "coaching_plan", str(plan_id), item=action_id)

    store.write(work)


def agree(store: Store, user: User, plan_id: int) -> None:
    """The agent agrees to the plan as it is. Raises StoreError, "not_yours" for anybody else."""

    def work(session: Session) -> None:
        row = _open_plan(session, user.scope, plan_id)
        if user.role is not Role.AGENT or row.agent_id != user.agent_id:
            raise StoreError("Only the agent can agree.", code="not_yours")
        row.agreed_at = now()
        audit.note(session, user, "coaching.agreed", "coaching_plan", str(plan_id))

    store.write(work)


def close(store: Store, user: User, plan_id: int) -> None:
    """Ends a plan: nothing in it changes any more."""

    def work(session: Session) -> None:
        row = _open_plan(session, user.scope, plan_id)
        row.closed_at = now()
        audit.note(session, user, "coaching.closed", "coaching_plan", str(plan_id))

    store.write(work)


def _in_sight(query: Narrowed, scope: Scope) -> Narrowed:
    row = CoachingPlanRow
    if scope.team is not None:
        query = query.where(row.team == scope.team)
    if scope.agent_id is not None:
        query = query.where(row.agent_id == scope.agent_id, row.agent_id != "")
    return query


def _add(session: Session, user: User, made: NewPlan) -> int:
    team = session.scalars(
        select(RecordingRow.team)
        .where(RecordingRow.agent_id == made.agent_id, RecordingRow.agent_id != "")
        .order_by(RecordingRow.started_at.desc().nulls_last())
        .limit(1)
    ).first()
    if team is None or not user.scope.covers(team=team, agent_id=made.agent_id):
        raise StoreError("There is no such agent, or not in your team.", code="not_found")
    row = CoachingPlanRow(
        agent_id=made.agent_id,
        team=team,
        title=_words(made.title)[:200],
        criterion=made.criterion,
        note=made.note.strip()[:_LONGEST_TEXT],
        created_by=user.id,
        created_at=now(),
        follow_up_on=made.follow_up_on,
    )
    session.add(row)
    session.flush()
    for clip in made.clips:
        _put_clip(session, user.scope, row.id, clip)
    for text, owner, due_on in made.actions:
        _action(session, row.id, text, owner, due_on)
    audit.note(session, user, "coaching.opened", "coaching_plan", str(row.id), agent_id=made.agent_id)
    return row.id


def _add_clip(session: Session, user: User, plan_id: int, clip: NewClip) -> None:
    _open_plan(session, user.scope, plan_id)
    _put_clip(session, user.scope, plan_id, clip)
    audit.note(session, user, "coaching.clip", "call", clip.call_id, plan=plan_id)


def _put_clip(session: Session, scope: Scope, plan_id: int, clip: NewClip) -> None:
    call = session.get(RecordingRow, clip.call_id)
    if call is None or not scope.covers(team=call.team, agent_id=call.agent_id):
        raise StoreError("There is no such call, or it is not yours to see.", code="unknown_call")
    if not 0 <= clip.start_ms < clip.end_ms <= call.duration_ms or clip.end_ms - clip.start_ms > LONGEST_CLIP_MS:
        raise StoreError("The call has no such moment, or it is longer than two minutes.", code="unknown_clip")
    session.execute(
        insert(CoachingClipRow).values(
            plan=plan_id,
            call_id=clip.call_id,
            start_ms=clip.start_ms,
            end_ms=clip.end_ms,
            note=clip.note.strip()[:_LONGEST_TEXT],
        )
    )


def _action(session: Session, plan_id: int, text: str, owner: str, due_on: date | None) -> None:
    session.execute(
        insert(CoachingActionRow).values(
            plan=plan_id,
            text=_words(text)[:_LONGEST_TEXT],
            owner=owner if owner in OWNERS else AGENT,
            due_on=due_on,
        )
    )


def _words(text: str) -> str:
    if not text.strip():
        raise StoreError("A few words are needed.", code="empty")
    return text.strip()


def _open_plan(session: Session, scope: Scope, plan_id: int) -> CoachingPlanRow:
    row = session.get(CoachingPlanRow, plan_id)
    if row is None or not scope.covers(team=row.team, agent_id=row.agent_id):
        raise StoreError("There is no such plan, or it is not yours to see.", code="not_found")
    if row.closed_at is not None:
        raise StoreError("The plan is closed.", code="plan_closed", hint="Make a new one.")
    return row


def _agent_names(session: Session, agents: Sequence[str]) -> dict[str, str]:
    """The name in each agent's newest call."""
    row = StandingRow
    newest = select(row.agent_name).order_by(row.started_at.desc().nulls_last()).limit(1)
    return {one: session.scalars(newest.where(row.agent_id == one)).first() or "" for one in set(agents)}


def _counts(session: Session, ids: Sequence[int]) -> dict[int, tuple[int, int]]:
    row = CoachingActionRow
    query = select(row.plan, func.count(row.done_at), func.count()).where(row.plan.in_(ids)).group_by(row.plan)
    return {plan_id: (done, agreed) for plan_id, done, agreed in session.execute(query)}


def _clip(row: CoachingClipRow, *, own: bool, at: datetime | None, percent: float | None) -> Clip:
    return Clip(
        id=row.id,
        plan=row.plan,
        call_id=row.call_id,
        start_ms=row.start_ms,
        end_ms=row.end_ms,
        note=row.note,
        own=own,
        started_at=at,
        percent=percent,
    )


def _plan(
    row: CoachingPlanRow,
    author: str,
    names: dict[str, str],
    *,
    clips: tuple[Clip, ...] = (),
    actions: tuple[Action, ...] = (),
    counts: tuple[int, int] | None = None,
) -> Plan:
    done, agreed = counts or (sum(one.done_at is not None for one in actions), len(actions))
    return Plan(
        id=row.id,
        agent_id=row.agent_id,
        agent_name=names.get(row.agent_id) or row.agent_id,
        team=row.team,
        title=row.title,
        criterion=row.criterion,
        note=row.note,
        created_by=author,
        created_at=row.created_at,
        follow_up_on=row.follow_up_on,
        closed_at=row.closed_at,
        agreed_at=row.agreed_at,
        clips=clips,
        actions=actions,
        done=done,
        agreed_actions=agreed,
    )
