"""Appeals: an agent questions one item of an own call, a lead passes it on, somebody new decides. Raises StoreError.

Each step is one transaction: the event, what stands then, the audit log and what webhooks are told. Of two people who
take the same step at the same moment the later one is told, and the score moves once.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial

from sqlalchemy import Select, distinct, func, insert, select
from sqlalchemy.orm import Session

from qa_pipeline.domain import (
    ANSWER_WITHIN,
    BETTER,
    Appeal,
    AppealedItem,
    AppealEvent,
    AppealState,
    Origin,
    Right,
    Scope,
    StoreError,
    User,
    Verdict,
    opening_refused,
    overlaid,
    standing_decisions,
    step_refused,
)
from qa_pipeline.store import audit, mapping, outbox
from qa_pipeline.store import standing as stands
from qa_pipeline.store.base import now
from qa_pipeline.store.decisions import Word, decided
from qa_pipeline.store.engine import Store
from qa_pipeline.store.people_tables import AppealEventRow, AppealRow, DecisionRow
from qa_pipeline.store.standing import Narrowed, Refold
from qa_pipeline.store.tables import EvaluationRow, FindingRow, RecordingRow

PAGE = 25
LONGEST_NOTE = 4000

_REFUSALS = {
    "appeal_passed": "The item stands as pass.",
    "appeal_open": "The item is questioned already.",
    "appeal_rounds": "The item was questioned as often as it may be.",
    "appeal_late": "The time to question this judgement is over.",
    "appeal_closed": "The appeal has gone on meanwhile.",
    "appeal_right": "This step is not yours to take.",
    "appeal_own": "Nobody decides on an own appeal.",
    "appeal_judged": "You judged this item yourself; somebody new must look.",
    "appeal_gatekeeper": "You passed this appeal on; somebody else must decide.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class AppealFilters:
    """Which appeals somebody looks at; "" and None: no matter. `closed`: those that are over, or (False) those that are
    not. `overdue`: only those that have waited too long for their next step.
    """

    state: AppealState | None = None
    closed: bool | None = None
    team: str = ""
    agent_id: str = ""
    criterion: str = ""
    overdue: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class AppealLine:
    """An appeal with its call, and by what it was judged; `judges` are all who ever judged the item."""

    appeal: Appeal
    scorecard: str
    scorecard_version: str
    agent_name: str
    started_at: datetime | None
    judges: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class AppealsPage:
    """Some appeals, how many there are in all, and by state whatever the state asked for."""

    items: tuple[AppealLine, ...]
    total: int
    states: Mapping[AppealState, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class AppealCounts:
    """How a criterion's appeals ended: how often it was questioned, and of the decided ones how many were upheld."""

    scorecard: str
    criterion: str
    opened: int
    decided: int
    upheld: int


def item(store: Store, scope: Scope, call_id: str, criterion: str) -> AppealedItem:
    """What stands for an item of a call in sight. Raises StoreError ("unknown_call", "unknown_criterion")."""
    with store.read() as session:
        return _item(session, _seen_call(session, call_id, scope), criterion)


def of_item(store: Store, scope: Scope, call_id: str, criterion: str) -> tuple[Appeal, ...]:
    """All appeals about an item of a call in sight, oldest first."""
    row = AppealRow
    query = _in_sight(select(row), scope).where(row.call_id == call_id, row.criterion == criterion).order_by(row.id)
    with store.read() as session:
        rows = session.scalars(query).all()
        events = _events(session, [one.id for one in rows])
        return tuple(_appeal(one, events[one.id]) for one in rows)


def open_appeal(
    store: Store,
    user: User,
    call_id: str,
    criterion: str,
    proposed: Verdict,
    note: str,
    *,
    days: int,
    rounds: int,
    refold: Refold,
) -> int:
    """Questions an item of an own call; gives the appeal's id.

    Args:
        store: Where to write.
        user: The agent.
        call_id: The call.
        criterion: The item.
        proposed: What the agent thinks right: better than what stands.
        note: Why.
        days: So long after a judgement it may be questioned.
        rounds: So often an item may be questioned.
        refold: Findings to a score.

    Raises StoreError: "unknown_call" (none such of the agent's own), "unknown_criterion", "appeal_proposed", "empty",
    or a code of `opening_refused`.
    """

    def work(session: Session) -> int:
        if not user.may(Right.APPEAL) or user.scope.agent_id is None:
            raise _refused("appeal_right")
        recording = _seen_call(session, call_id, user.scope)
        known = _item(session, recording, criterion)
        if code := opening_refused(known, now(), days=days, rounds=rounds):
            raise _refused(code)
        if proposed not in BETTER[known.verdict] or proposed is Verdict.UNSURE:
            raise StoreError("Propose what would be right instead.", code="appeal_proposed")
        row = AppealRow(
            call_id=call_id,
            evaluation=recording.evaluation,
            criterion=criterion,
            agent=user.id,
            agent_id=recording.agent_id,
            team=recording.team,
            stood=known.verdict,
            proposed=proposed,
            round=known.rounds + 1,
            state=AppealState.OPENED.value,
            first_reviewer=known.reviewer,
            outcome=None,
            opened_at=now(),
            closed_at=None,
        )
        session.add(row)
        session.flush()
        _event(session, row.id, AppealState.OPENED, user, _worded(note))
        stands.restand(session, recording, refold)
        audit.note(
            session, user, "appeal.opened", "call", call_id, appeal=row.id, criterion=criterion,
            stood=known.verdict.value, proposed=proposed.value,
        )  # fmt: skip
        outbox.put(session, "appeal.opened", appeal=row.id, call_id=call_id, criterion=criterion)
        return row.id

    return store.write(work)


def step(
    store: Store,
    user: User,
    appeal_id: int,
    to: AppealState,
    note: str = "",
    *,
    verdict: Verdict | None = None,
    level: int | None = None,
    refold: Refold,
) -> Appeal:
    """Takes an appeal's next step; `verdict` (and its `level`) is what an upheld item becomes (None: as proposed).

    A rejection confirms what stands as this person's word. Raises StoreError: "not_found", "empty" (all but passing on
    and withdrawing need words), "appeal_outcome" (worse than what stood), or a code of `step_refused`.
    """
    work = partial(_step, user=user, appeal_id=appeal_id, to=to, note=note, verdict=verdict, level=level, refold=refold)
    return store.write(work)


def one(store: Store, scope: Scope, appeal_id: int) -> AppealLine:
    """An appeal about a call in sight. Raises StoreError, "not_found"."""
    with store.read() as session:
        found = session.execute(_lines(scope).where(AppealRow.id == appeal_id)).first()
        if found is None:
            raise _not_found()
        return _with_history(session, [found])[0]


def page(
    store: Store,
    scope: Scope,
    filters: AppealFilters,
    *,
    oldest_first: bool = False,
    offset: int = 0,
    limit: int = PAGE,
) -> AppealsPage:
    """The appeals about calls in sight; the newest first, or those that wait longest."""
    key = AppealRow.id if oldest_first else AppealRow.id.desc()
    with store.read() as session:
        by_state = _filtered(_in_sight(select(AppealRow.state, func.count()), scope), filters)
        states = {AppealState(row[0]): row[1] for row in session.execute(by_state.group_by(AppealRow.state))}
        query = _filtered(_lines(scope), filters)
        if filters.state:
            query = query.where(AppealRow.state == filters.state.value)
        rows = session.execute(query.order_by(key).offset(offset).limit(limit)).all()
        items = _with_history(session, rows)
    total = states.get(filters.state, 0) if filters.state else sum(states.values())
    return AppealsPage(items=items, total=total, states=states)


def questioned(store: Store, scope: Scope) -> tuple[tuple[str, ...], tuple[tuple[str, str], ...]]:
    """What the filters can offer: the teams, and the items as (scorecard, criterion), that were ever questioned."""
    with store.read() as session:
        teams = session.scalars(_in_sight(select(distinct(RecordingRow.team)), scope, joined=False))
        items = session.execute(
            _in_sight(select(EvaluationRow.scorecard, AppealRow.criterion).distinct(), scope).join(
                EvaluationRow, EvaluationRow.fingerprint == AppealRow.evaluation
            )
        )
        return tuple(sorted(filter(None, teams))), tuple(sorted((row[0], row[1]) for row in items))


def counts(store: Store, scope: Scope) -> tuple[AppealCounts, ...]:
    """How the appeals about each criterion of each scorecard ended, by scorecard and name."""
    query = (
        _in_sight(select(EvaluationRow.scorecard, AppealRow.criterion, AppealRow.state, func.count()), scope)
        .join(EvaluationRow, EvaluationRow.fingerprint == AppealRow.evaluation)
        .group_by(EvaluationRow.scorecard, AppealRow.criterion, AppealRow.state)
    )
    found: dict[tuple[str, str], dict[str, int]] = defaultdict(dict)
    with store.read() as session:
        for scorecard, criterion, state, n in session.execute(query):
            found[scorecard, criterion][state] = n
    made = []
    for scorecard, criterion in sorted(found):
        ends = found[scorecard, criterion]
        upheld = ends.get(AppealState.UPHELD, 0)
        made.append(
            AppealCounts(
                scorecard=scorecard,
                criterion=criterion,
                opened=sum(ends.values()),
                decided=upheld + ends.get(AppealState.REJECTED, 0),
                upheld=upheld,
            )
        )
    return tuple(made)


def upheld(store: Store, scope: Scope, scorecard: str = "") -> tuple[AppealLine, ...]:
    """All upheld appeals, of an item the last one only, by scorecard and id; of one `scorecard` or ("") of all."""
    query = _lines(scope).where(AppealRow.state == AppealState.UPHELD.value)
    if scorecard:
        query = query.where(EvaluationRow.scorecard == scorecard)
    with store.read() as session:
        rows = session.execute(query.order_by(EvaluationRow.scorecard, AppealRow.id)).all()
        last = {(row[0].call_id, row[0].criterion): row[0].id for row in rows}
        return _with_history(session, [row for row in rows if last[row[0].call_id, row[0].criterion] == row[0].id])


_Line = tuple[AppealRow, str, str, str, datetime | None]


def _step(
    session: Session,
    user: User,
    appeal_id: int,
    to: AppealState,
    note: str,
    verdict: Verdict | None,
    level: int | None,
    refold: Refold,
) -> Appeal:
    row = session.get(AppealRow, appeal_id)
    recording = session.get(RecordingRow, row.call_id) if row else None
    if row is None or recording is None or not _sees(user.scope, recording):
        raise _not_found()
    appeal = _appeal(row, _events(session, [appeal_id])[appeal_id])
    if code := step_refused(appeal, to, user, _judges(session, [row.call_id])[row.call_id, row.criterion]):
        raise _refused(code)
    may_be_silent = to in (AppealState.PASSED_ON, AppealState.WITHDRAWN)
    words = note.strip()[:LONGEST_NOTE] if may_be_silent else _worded(note)
    _event(session, appeal_id, to, user, words)
    row.state = to.value
    audit.note(session, user, f"appeal.{to}", "call", row.call_id, appeal=appeal_id, criterion=row.criterion)
    if not to.is_open:
        _close(session, user, row, recording, to, words, verdict or row.proposed, level, refold)
    return _appeal(row, _events(session, [appeal_id])[appeal_id])


def _close(  # noqa: PLR0917 - all of it is one step's
    session: Session,
    user: User,
    row: AppealRow,
    recording: RecordingRow,
    to: AppealState,
    words: str,
    verdict: Verdict,
    level: int | None,
    refold: Refold,
) -> None:
    """Ends an appeal. It is closed before the word is written: what stands then must not count it as open."""
    row.closed_at = now()
    row.outcome = verdict if to is AppealState.UPHELD else None
    session.flush()
    if to in (AppealState.UPHELD, AppealState.REJECTED) and recording.evaluation is not None:
        stood = _item(session, recording, row.criterion)
        if to is AppealState.UPHELD:
            if verdict not in BETTER[row.stood] or verdict not in (stood.verdict, *BETTER[stood.verdict]):
                raise StoreError("An appeal makes nothing worse than it stands.", code="appeal_outcome")
            said, at = verdict, level
        else:
            # Nobody can say "the check broke" of what they heard: nobody could tell is what it comes to.
            said = Verdict.UNSURE if stood.verdict is Verdict.ERROR else stood.verdict
            at = stood.level
        word = Word(criterion=row.criterion, verdict=said, level=at, reason=words, origin=Origin.APPEAL)
        decided(session, user, row.call_id, word, refold)
    elif recording.evaluation is not None:
        stands.restand(session, recording, refold)
    outbox.put(
        session, "appeal.closed", appeal=row.id, call_id=row.call_id, criterion=row.criterion, state=to.value,
        outcome=row.outcome.value if row.outcome else None,
    )  # fmt: skip


def _item(session: Session, recording: RecordingRow, criterion: str) -> AppealedItem:
    evaluation = session.get_one(EvaluationRow, recording.evaluation)
    row = session.scalar(
        select(FindingRow).where(FindingRow.evaluation == evaluation.fingerprint, FindingRow.criterion == criterion)
    )
    if row is None:
        raise StoreError(f"The call has no criterion {criterion!r}.", code="unknown_criterion")
    known = [
        said for said in stands.decisions_on(session, recording.call_id, evaluation) if said.criterion == criterion
    ]
    standing = standing_decisions(known)
    finding = overlaid([mapping.finding_of(row)], standing)[0]
    about = (AppealRow.call_id == recording.call_id, AppealRow.criterion == criterion)
    rounds = session.scalar(
        select(func.count())
        .select_from(AppealRow)
        .join(EvaluationRow, EvaluationRow.fingerprint == AppealRow.evaluation)
        .where(
            *about,
            EvaluationRow.scorecard == evaluation.scorecard,
            EvaluationRow.scorecard_version == evaluation.scorecard_version,
        )
    )
    return AppealedItem(
        call_id=recording.call_id,
        criterion=criterion,
        verdict=finding.verdict,
        level=finding.level,
        coach_only=finding.coach_only,
        reviewer=standing[criterion].reviewer if criterion in standing else "",
        judged_at=max([evaluation.created_at, *(said.made_at.astimezone(UTC).replace(tzinfo=None) for said in known)]),
        rounds=rounds or 0,
        open_id=session.scalars(select(AppealRow.id).where(*about, AppealRow.closed_at.is_(None))).first(),
        judges=_judges(session, [recording.call_id])[recording.call_id, criterion],
    )


def _lines(scope: Scope) -> Select[AppealRow, str, str, str, datetime | None]:
    query = select(
        AppealRow, EvaluationRow.scorecard, EvaluationRow.scorecard_version, RecordingRow.agent_name,
        RecordingRow.started_at,
    ).join(EvaluationRow, EvaluationRow.fingerprint == AppealRow.evaluation)  # fmt: skip
    return _in_sight(query, scope)


def _in_sight(query: Narrowed, scope: Scope, *, joined: bool = True) -> Narrowed:
    """The query over appeals narrowed to the calls in sight, as the calls' metadata are now."""
    on = RecordingRow.call_id == AppealRow.call_id
    query = query.join(RecordingRow, on) if joined else query.join(AppealRow, on)
    if scope.team is not None:
        query = query.where(RecordingRow.team == scope.team)
    if scope.agent_id is not None:
        query = query.where(RecordingRow.agent_id == scope.agent_id, RecordingRow.agent_id != "")
    return query


def _filtered(query: Narrowed, filters: AppealFilters) -> Narrowed:
    """All but the state, so that the states can be counted beside one another."""
    if filters.closed is not None:
        query = query.where(AppealRow.closed_at.is_not(None) if filters.closed else AppealRow.closed_at.is_(None))
    for column, wanted in (
        (RecordingRow.team, filters.team),
        (RecordingRow.agent_id, filters.agent_id),
        (AppealRow.criterion, filters.criterion),
    ):
        if wanted:
            query = query.where(column == wanted)
    if filters.overdue:
        last = select(func.max(AppealEventRow.at)).where(AppealEventRow.appeal == AppealRow.id).scalar_subquery()
        query = query.where(AppealRow.closed_at.is_(None), last < now() - ANSWER_WITHIN)
    return query


def _with_history(session: Session, rows: Collection[_Line]) -> tuple[AppealLine, ...]:
    events = _events(session, [row[0].id for row in rows])
    judges = _judges(session, [row[0].call_id for row in rows])
    return tuple(
        AppealLine(
            appeal=_appeal(row, events[row.id]),
            scorecard=scorecard,
            scorecard_version=version,
            agent_name=agent_name,
            started_at=started_at,
            judges=judges[row.call_id, row.criterion],
        )
        for row, scorecard, version, agent_name, started_at in rows
    )


def _judges(session: Session, call_ids: Collection[str]) -> Mapping[tuple[str, str], frozenset[str]]:
    """All who ever judged an item of these calls, by (call, criterion)."""
    row = DecisionRow
    query = select(row.call_id, row.criterion, row.reviewer).where(row.call_id.in_(set(call_ids))).distinct()
    found: dict[tuple[str, str], frozenset[str]] = defaultdict(frozenset)
    for call_id, criterion, reviewer in session.execute(query):
        found[call_id, criterion] |= {reviewer}
    return found


def _events(session: Session, appeals: Collection[int]) -> Mapping[int, tuple[AppealEvent, ...]]:
    query = select(AppealEventRow).where(AppealEventRow.appeal.in_(appeals)).order_by(AppealEventRow.id)
    found: dict[int, tuple[AppealEvent, ...]] = defaultdict(tuple)
    for row in session.scalars(query):
        found[row.appeal] += (AppealEvent(state=AppealState(row.kind), user=row.user, note=row.note, at=row.at),)
    return found


def _event(session: Session, appeal: int, state: AppealState, user: User, note: str) -> None:
    session.execute(insert(AppealEventRow).values(appeal=appeal, kind=state.value, user=user.id, note=note, at=now()))


def _appeal(row: AppealRow, events: tuple[AppealEvent, ...]) -> Appeal:
    names = (
        "id", "call_id", "evaluation", "criterion", "agent", "agent_id", "team", "stood", "proposed", "round",
        "first_reviewer", "outcome", "opened_at", "closed_at",
    )  # fmt: skip
    return Appeal(**{name: getattr(row, name) for name in names}, state=AppealState(row.state), events=events)


def _seen_call(session: Session, call_id: str, scope: Scope) -> RecordingRow:
    row = session.get(RecordingRow, call_id)
    if row is None or row.evaluation is None or not _sees(scope, row):
        raise StoreError("There is no such call, or it is not yours to see.", code="unknown_call")
    return row


def _sees(scope: Scope, row: RecordingRow) -> bool:
    # An account without an agent number owns no calls, not those that name no agent.
    return scope.agent_id != "" and scope.covers(team=row.team, agent_id=row.agent_id)


def _worded(note: str) -> str:
    if not note.strip():
        raise StoreError("A few words are needed.", code="empty")
    return note.strip()[:LONGEST_NOTE]


def _refused(code: str) -> StoreError:
    return StoreError(_REFUSALS[code], code=code)


def _not_found() -> StoreError:
    return StoreError("There is no such appeal, or it is not yours to see.", code="not_found")
