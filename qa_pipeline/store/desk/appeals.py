"""Appeals: an agent questions one item of an own call, a lead passes it on, somebody new decides. Raises StoreError.

Each step is one transaction: the event, what stands then, the audit log and what webhooks are told. Of two people who
take the same step at the same moment the later one is told, and the score moves once.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC
from functools import partial

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from qa_pipeline.domain import (
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
from qa_pipeline.store import mapping
from qa_pipeline.store import standing as stands
from qa_pipeline.store.desk.decisions import Word, decided
from qa_pipeline.store.engine import Store
from qa_pipeline.store.outgoing import outbox
from qa_pipeline.store.people import audit
from qa_pipeline.store.standing import Refold
from qa_pipeline.store.tables.base import now
from qa_pipeline.store.tables.calls import EvaluationRow, FindingRow, RecordingRow
from qa_pipeline.store.tables.desk import AppealEventRow, AppealRow, DecisionRow

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
class Question:
    """What an agent asks: the item, what they think right instead, and why."""

    criterion: str
    proposed: Verdict
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A step of an appeal; `verdict` (and its `level`) is what an upheld item becomes (None: as proposed)."""

    to: AppealState
    note: str = ""
    verdict: Verdict | None = None
    level: int | None = None


def item(store: Store, scope: Scope, call_id: str, criterion: str) -> AppealedItem:
    """What stands for an item of a call in sight. Raises StoreError ("unknown_call", "unknown_criterion")."""
    with store.read() as session:
        return _item(session, _seen_call(session, call_id, scope), criterion)


def open_appeal(
    store: Store, user: User, call_id: str, question: Question, *, days: int, rounds: int, refold: Refold
) -> int:
    """Questions an item of an own call, at most `rounds` times and `days` days after a judgement; the appeal's id.

    Raises StoreError: "unknown_call" (none such of the agent's own), "unknown_criterion", "appeal_proposed" (nothing
    better than what stands), "empty" (no words), or a code of `opening_refused`.
    """
    work = partial(_open, user=user, call_id=call_id, question=question, days=days, rounds=rounds, refold=refold)
    return store.write(work)


def take(store: Store, user: User, appeal_id: int, step: Step, *, refold: Refold) -> Appeal:
    """Takes an appeal's next step. A rejection confirms what stands as this person's word.

    Raises StoreError: "not_found", "empty" (all but passing on and withdrawing need words), "appeal_outcome" (worse
    than what stood), or a code of `step_refused`.
    """
    return store.write(partial(_take, user=user, appeal_id=appeal_id, step=step, refold=refold))


def _open(
    session: Session, *, user: User, call_id: str, question: Question, days: int, rounds: int, refold: Refold
) -> int:
    if not user.may(Right.APPEAL) or user.scope.agent_id is None:
        raise _refused("appeal_right")
    recording = _seen_call(session, call_id, user.scope)
    known = _item(session, recording, question.criterion)
    if code := opening_refused(known, now(), days=days, rounds=rounds):
        raise _refused(code)
    if question.proposed not in BETTER[known.verdict] or question.proposed is Verdict.UNSURE:
        raise StoreError("Propose what would be right instead.", code="appeal_proposed")
    row = AppealRow(
        call_id=call_id,
        evaluation=recording.evaluation,
        criterion=question.criterion,
        agent=user.id,
        agent_id=recording.agent_id,
        team=recording.team,
        stood=known.verdict,
        proposed=question.proposed,
        round=known.rounds + 1,
        state=AppealState.OPENED.value,
        first_reviewer=known.reviewer,
        outcome=None,
        opened_at=now(),
        closed_at=None,
    )
    session.add(row)
    session.flush()
    _event(session, row.id, AppealState.OPENED, user, _worded(question.note))
    stands.restand(session, recording, refold)
    audit.note(
        session, user, "appeal.opened", "call", call_id, appeal=row.id, criterion=question.criterion,
        stood=known.verdict.value, proposed=question.proposed.value,
    )  # fmt: skip
    outbox.put(session, "appeal.opened", appeal=row.id, call_id=call_id, criterion=question.criterion)
    return row.id


def _take(session: Session, *, user: User, appeal_id: int, step: Step, refold: Refold) -> Appeal:
    row = session.get(AppealRow, appeal_id)
    recording = session.get(RecordingRow, row.call_id) if row else None
    if row is None or recording is None or not _sees(user.scope, recording):
        raise not_found()
    appeal = appeal_of(row, events_of(session, [appeal_id])[appeal_id])
    if code := step_refused(appeal, step.to, user, judges_of(session, [row.call_id])[row.call_id, row.criterion]):
        raise _refused(code)
    may_be_silent = step.to in (AppealState.PASSED_ON, AppealState.WITHDRAWN)
    words = step.note.strip()[:LONGEST_NOTE] if may_be_silent else _worded(step.note)
    _event(session, appeal_id, step.to, user, words)
    row.state = step.to.value
    audit.note(session, user, f"appeal.{step.to}", "call", row.call_id, appeal=appeal_id, criterion=row.criterion)
    if not step.to.is_open:
        _close(session, user, row, recording, step, refold)
    return appeal_of(row, events_of(session, [appeal_id])[appeal_id])


def _close(session: Session, user: User, row: AppealRow, recording: RecordingRow, step: Step, refold: Refold) -> None:
    """Ends an appeal. It is closed before the word is written: what stands then must not count it as open."""
    row.closed_at = now()
    row.outcome = (step.verdict or row.proposed) if step.to is AppealState.UPHELD else None
    session.flush()
    if recording.evaluation is None:
        if step.to is AppealState.UPHELD:
            raise StoreError("The call is not judged at present.", code="not_judged")
    elif step.to in (AppealState.UPHELD, AppealState.REJECTED):
        decided(session, user, row.call_id, _word(row, _item(session, recording, row.criterion), step), refold)
    else:
        stands.restand(session, recording, refold)
    outbox.put(
        session, "appeal.closed", appeal=row.id, call_id=row.call_id, criterion=row.criterion, state=step.to.value,
        outcome=row.outcome.value if row.outcome else None,
    )  # fmt: skip


def _word(row: AppealRow, stands_now: AppealedItem, step: Step) -> Word:
    """What the decider says of the item: the outcome, or that it stays as it is."""
    said, level = row.outcome, step.level
    if said is None:
        # Nobody can say "the check broke" of what they heard: that nobody can tell is what it comes to.
        broke = stands_now.verdict is Verdict.ERROR
        said, level = Verdict.UNSURE if broke else stands_now.verdict, stands_now.level
    elif said not in BETTER[row.stood] or said not in (stands_now.verdict, *BETTER[stands_now.verdict]):
        raise StoreError("An appeal makes nothing worse than it stands.", code="appeal_outcome")
    return Word(
        criterion=row.criterion,
        verdict=said,
        level=level,
        reason=step.note.strip()[:LONGEST_NOTE],
        origin=Origin.APPEAL,
    )


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
        judges=judges_of(session, [recording.call_id])[recording.call_id, criterion],
    )


def judges_of(session: Session, call_ids: Collection[str]) -> Mapping[tuple[str, str], frozenset[str]]:
    """All who ever judged an item of these calls, by (call, criterion)."""
    row = DecisionRow
    query = select(row.call_id, row.criterion, row.reviewer).where(row.call_id.in_(set(call_ids))).distinct()
    found: dict[tuple[str, str], frozenset[str]] = defaultdict(frozenset)
    for call_id, criterion, reviewer in session.execute(query):
        found[call_id, criterion] |= {reviewer}
    return found


def events_of(session: Session, appeals: Collection[int]) -> Mapping[int, tuple[AppealEvent, ...]]:
    """The history of each of these appeals, by id."""
    query = select(AppealEventRow).where(AppealEventRow.appeal.in_(appeals)).order_by(AppealEventRow.id)
    found: dict[int, tuple[AppealEvent, ...]] = defaultdict(tuple)
    for row in session.scalars(query):
        found[row.appeal] += (AppealEvent(state=AppealState(row.kind), user=row.user, note=row.note, at=row.at),)
    return found


def _event(session: Session, appeal: int, state: AppealState, user: User, note: str) -> None:
    session.execute(insert(AppealEventRow).values(appeal=appeal, kind=state.value, user=user.id, note=note, at=now()))


def appeal_of(row: AppealRow, events: tuple[AppealEvent, ...]) -> Appeal:
    """The value of a row and its history."""
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


def not_found() -> StoreError:
    """What is said of an appeal that is not there or out of sight: the same."""
    return StoreError("There is no such appeal, or it is not yours to see.", code="not_found")
