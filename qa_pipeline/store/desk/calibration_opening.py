"""Opening a calibration session: who takes part, and which calls, named or drawn by chance. Raises StoreError."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import partial

from sqlalchemy import Select, insert, select
from sqlalchemy.orm import Session

from qa_pipeline.domain import QueueKind, Right, StoreError, User
from qa_pipeline.store import standing as stands
from qa_pipeline.store.desk.calibration import OPENED
from qa_pipeline.store.engine import Store
from qa_pipeline.store.people import audit
from qa_pipeline.store.people.users import everybody
from qa_pipeline.store.tables.base import now
from qa_pipeline.store.tables.desk import (
    CalibrationCallRow,
    CalibrationPersonRow,
    CalibrationRow,
    DecisionRow,
    FinishedRow,
    ReopenedRow,
    StandingRow,
)

MOST_CALLS = 50
FEWEST_PEOPLE = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """These calls, in this order."""

    ids: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """`n` calls drawn by chance: the same seed draws the same calls from the same archive.

    With `slice_only` from the queue's random slice, with `since` from calls that started on that day or later. Calls
    that a participant has decided on, and those of earlier sessions, are not drawn.
    """

    n: int
    seed: int
    slice_only: bool = False
    since: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a lead asks for; `people` are users' ids, `expert` one of them whose answers are the baseline, or ""."""

    title: str
    scorecard: str
    scorecard_version: str
    calls: Named | Drawn
    people: tuple[str, ...]
    expert: str = ""
    due_on: date | None = None


def start(store: Store, by: User, plan: Plan) -> int:
    """Opens a session and gives its id; the machine's judgement of each call is frozen as it is now.

    Raises StoreError: "empty" (no title), "calibration_people" (fewer than two, or one who may not take part),
    "calibration_calls" (none, too many, or not judged by this scorecard), "calibration_too_few" (to draw from).
    """
    able = {one.id for one in everybody(store) if one.active and one.may(Right.CALIBRATE)}
    people = tuple(dict.fromkeys((*plan.people, *filter(None, [plan.expert]))))
    if not plan.title.strip():
        raise StoreError("A session needs a title.", code="empty")
    if len(people) < FEWEST_PEOPLE or not able.issuperset(people):
        raise StoreError("Choose two people or more who may calibrate.", code="calibration_people")
    return store.write(partial(_start, by=by, plan=plan, people=people))


def _start(session: Session, by: User, plan: Plan, people: Sequence[str]) -> int:
    chosen = _chosen(session, by, plan, people)
    row = CalibrationRow(
        title=plan.title.strip()[:200],
        scorecard=plan.scorecard,
        scorecard_version=plan.scorecard_version,
        expert=plan.expert or None,
        created_by=by.id,
        created_at=now(),
        due_on=plan.due_on,
        closed_at=None,
    )
    session.add(row)
    session.flush()
    session.execute(
        insert(CalibrationCallRow),
        [
            {"session": row.id, "call_id": call_id, "evaluation": evaluation, "position": position}
            for position, (call_id, evaluation) in enumerate(chosen)
        ],
    )
    session.execute(
        insert(CalibrationPersonRow), [{"session": row.id, "user": one, "submitted_at": None} for one in people]
    )
    how: dict[str, object] = {"chosen": "ids"}
    if isinstance(plan.calls, Drawn):
        how = {"chosen": "slice" if plan.calls.slice_only else "draw", "seed": plan.calls.seed}
    audit.note(session, by, OPENED, "calibration", str(row.id), calls=len(chosen), people=list(people), **how)
    return row.id


def _chosen(session: Session, by: User, plan: Plan, people: Sequence[str]) -> list[tuple[str, str]]:
    """The calls, each with the evaluation that is frozen."""
    judged = stands.in_sight(select(StandingRow.call_id, StandingRow.evaluation), by.scope).where(
        StandingRow.scorecard == plan.scorecard, StandingRow.scorecard_version == plan.scorecard_version
    )
    if isinstance(plan.calls, Named):
        wanted = list(dict.fromkeys(plan.calls.ids))
        _refuse_number(len(wanted))
        known = {row[0]: row[1] for row in session.execute(judged.where(StandingRow.call_id.in_(wanted)))}
        unknown = [call_id for call_id in wanted if call_id not in known]
        if unknown:
            raise StoreError(
                f"Not judged by this scorecard: {', '.join(unknown[:5])}.",
                code="calibration_unknown",
                hint="Take calls that this version of the scorecard has judged.",
            )
        return [(call_id, known[call_id]) for call_id in wanted]
    _refuse_number(plan.calls.n)
    pool = [(row[0], row[1]) for row in session.execute(_pool(judged, plan.calls, people))]
    if len(pool) < plan.calls.n:
        raise StoreError(
            f"Only {len(pool)} calls could be drawn.",
            code="calibration_too_few",
            hint="Calls of earlier sessions and those that a participant has decided on are left out.",
        )
    return random.Random(plan.calls.seed).sample(pool, plan.calls.n)  # noqa: S311 - to be drawn again, no secret


def _pool(judged: Select[str, str], draw: Drawn, people: Sequence[str]) -> Select[str, str]:
    """Calls that no participant knows the judgement of, in an order that does not change."""
    opened_again = select(FinishedRow.call_id).join(ReopenedRow, ReopenedRow.finished == FinishedRow.id)
    known = (
        select(DecisionRow.call_id).where(DecisionRow.reviewer.in_(people)),
        # Also where it was opened again: what they know of it they know.
        select(FinishedRow.call_id).where(FinishedRow.reviewer.in_(people)),
        opened_again.where(ReopenedRow.by.in_(people)),
        select(CalibrationCallRow.call_id),
    )
    for calls in known:
        judged = judged.where(StandingRow.call_id.not_in(calls))
    if draw.slice_only:
        judged = judged.where(StandingRow.kinds.like(f'%"{QueueKind.RANDOM.value}"%'))
    if draw.since is not None:
        judged = judged.where(StandingRow.started_at >= datetime.combine(draw.since, time()))
    return judged.order_by(StandingRow.call_id)


def _refuse_number(n: int) -> None:
    if not 1 <= n <= MOST_CALLS:
        raise StoreError(f"A session has 1 to {MOST_CALLS} calls.", code="calibration_calls")
