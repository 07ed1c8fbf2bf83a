"""People's decisions on calls: confirm, override, take back, finish, open again. Raises StoreError.

Each is one transaction: the decision, what stands then, the audit log and what webhooks are told. Whoever decides names
the revision they saw, so that of two people on one call the later one is told and nothing is lost. While somebody has
claimed the call the others do not decide on it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import partial

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from qa_pipeline.domain import (
    Decision,
    Origin,
    Reopening,
    Scope,
    Standing,
    StoreError,
    User,
    Verdict,
    may_reopen,
    standing_decisions,
)
from qa_pipeline.store import finished, mapping
from qa_pipeline.store import standing as stands
from qa_pipeline.store.desk import claims
from qa_pipeline.store.engine import Store
from qa_pipeline.store.finished import Reviews
from qa_pipeline.store.mapping import canonical
from qa_pipeline.store.outgoing import outbox
from qa_pipeline.store.people import audit
from qa_pipeline.store.standing import Refold
from qa_pipeline.store.tables.base import now
from qa_pipeline.store.tables.calls import EvaluationRow, FindingRow, RecordingRow
from qa_pipeline.store.tables.desk import ClaimRow, CommentRow, DecisionRow, FinishedRow, ReopenedRow, StandingRow

LONGEST_REASON = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """What a person says of a criterion; `verdict` None takes the word that stands back."""

    criterion: str
    verdict: Verdict | None
    level: int | None = None
    reason: str = ""
    origin: Origin = Origin.REVIEW


@dataclass(frozen=True, slots=True, kw_only=True)
class Comment:
    """A remark on a call, a criterion ("": none) or a moment (None: none); `made_at` in UTC."""

    id: int
    call_id: str
    author: str
    criterion: str
    at_ms: int | None
    text: str
    made_at: datetime


def decide(store: Store, user: User, call_id: str, word: Word, *, seen: int, refold: Refold) -> Standing:
    """What stands after a person's word; `seen` is the revision that the person had before them.

    Raises StoreError: "unknown_call" (none such in the person's sight), "unknown_criterion", "stale" (somebody decided
    meanwhile), "claimed" (somebody else has the call), "reason_missing" (an override says why).
    """
    return store.write(partial(_decide, user=user, call_id=call_id, word=word, seen=seen, refold=refold))


def undo(store: Store, user: User, call_id: str, *, seen: int, refold: Refold) -> Standing:
    """Takes the person's own last word on the call back. Raises StoreError, "nothing_to_undo" among others."""
    return store.write(partial(_undo, user=user, call_id=call_id, seen=seen, refold=refold))


def finish(store: Store, user: User, call_id: str, *, seen: int, refold: Refold) -> Standing:
    """Closes the review of a call: its score no longer waits for anybody.

    Raises StoreError: "undecided" where a person has said nothing of something open (say that it stays undecided),
    and as `decide`.
    """
    return store.write(partial(_finish, user=user, call_id=call_id, seen=seen, refold=refold))


def reopen(store: Store, user: User, call_id: str, reason: str, *, refold: Refold) -> Standing:
    """Opens a finished review again: the call waits as before, for this reason. That it was finished stays on record.

    Raises StoreError: "unknown_call", "reason_missing", "not_finished" (or opened again meanwhile), "reopen_right"
    (somebody else finished it: see `may_reopen`).
    """
    return store.write(partial(_reopen, user=user, call_id=call_id, reason=reason.strip(), refold=refold))


def reopened(store: Store, call_id: str, scope: Scope) -> Reopening | None:
    """Who opened the review of a call in sight again, and why; None where it was not, or is finished by now."""
    with store.read() as session:
        recording = _seen_call(session, call_id, scope)
        return _reviews(session, recording).reopened


def comment(store: Store, user: User, call_id: str, text: str, *, criterion: str = "", at_ms: int | None = None) -> int:
    """Keeps a remark; gives its id."""
    return store.write(partial(_comment, user=user, call_id=call_id, text=text, criterion=criterion, at_ms=at_ms))


def of_call(store: Store, call_id: str, scope: Scope) -> tuple[Decision, ...]:
    """All decisions on a call in sight, oldest first, those under other versions among them."""
    with store.read() as session:
        _seen_call(session, call_id, scope)
        query = select(DecisionRow).where(DecisionRow.call_id == call_id).order_by(DecisionRow.revision)
        return tuple(mapping.decision_of(row) for row in session.scalars(query))


def comments(store: Store, call_id: str, scope: Scope) -> tuple[Comment, ...]:
    """All remarks on a call in sight, oldest first."""
    with store.read() as session:
        _seen_call(session, call_id, scope)
        query = select(CommentRow).where(CommentRow.call_id == call_id).order_by(CommentRow.id)
        return tuple(
            Comment(
                id=row.id,
                call_id=row.call_id,
                author=row.author,
                criterion=row.criterion,
                at_ms=row.at_ms,
                text=row.text,
                made_at=row.made_at,
            )
            for row in session.scalars(query)
        )


def decided(session: Session, user: User, call_id: str, word: Word, refold: Refold) -> Standing:
    """Writes a word and what stands then, in a transaction that does more (an appeal's)."""
    recording = _seen_call(session, call_id, user.scope)
    evaluation = session.get_one(EvaluationRow, recording.evaluation)
    machine = session.scalar(
        select(FindingRow.verdict).where(
            FindingRow.evaluation == evaluation.fingerprint, FindingRow.criterion == word.criterion
        )
    )
    if machine is None:
        raise StoreError(f"The call has no criterion {word.criterion!r}.", code="unknown_criterion")
    if word.verdict not in (None, machine) and not word.reason.strip():
        raise StoreError("Say why it is so.", code="reason_missing")
    revision = stands.revision_of(session, call_id) + 1
    session.execute(
        insert(DecisionRow).values(
            call_id=call_id,
            revision=revision,
            evaluation=evaluation.fingerprint,
            scorecard=evaluation.scorecard,
            scorecard_version=evaluation.scorecard_version,
            criterion=word.criterion,
            verdict=word.verdict,
            level=word.level if word.verdict is Verdict.PASS else None,
            machine=machine,
            reason=word.reason.strip(),
            origin=word.origin.value,
            reviewer=user.id,
            made_at=now(),
        )
    )
    before = session.get(StandingRow, call_id)
    percent = before.percent if before else None
    after = stands.restand(session, recording, refold)
    said = word.verdict.value if word.verdict else "taken_back"
    audit.note(
        session, user, "decided", "call", call_id, criterion=word.criterion, verdict=said, machine=machine.value,
        origin=word.origin.value,
    )  # fmt: skip
    if after.score.percent != percent:
        outbox.put(session, "score.changed", call_id=call_id, before=percent, after=after.score.percent)
    return after


def _decide(session: Session, user: User, call_id: str, word: Word, seen: int, refold: Refold) -> Standing:
    claims.refuse_others(session, user, call_id)
    _refuse_stale(session, call_id, seen)
    return decided(session, user, call_id, word, refold)


def _undo(session: Session, user: User, call_id: str, seen: int, refold: Refold) -> Standing:
    recording = _seen_call(session, call_id, user.scope)
    claims.refuse_others(session, user, call_id)
    _refuse_stale(session, call_id, seen)
    evaluation = session.get_one(EvaluationRow, recording.evaluation)
    standing = standing_decisions(stands.decisions_on(session, call_id, evaluation)).values()
    own = [one for one in standing if one.reviewer == user.id and one.origin is Origin.REVIEW]
    if not own:
        raise StoreError("There is nothing of yours to take back.", code="nothing_to_undo")
    last = max(own, key=lambda one: one.revision)
    return decided(session, user, call_id, Word(criterion=last.criterion, verdict=None), refold)


def _finish(session: Session, user: User, call_id: str, seen: int, refold: Refold) -> Standing:
    recording = _seen_call(session, call_id, user.scope)
    claims.refuse_others(session, user, call_id)
    _refuse_stale(session, call_id, seen)
    evaluation = session.get_one(EvaluationRow, recording.evaluation)
    standing = standing_decisions(stands.decisions_on(session, call_id, evaluation))
    reasons = mapping.score_of(evaluation).review_reasons
    open_items = [name for reason in reasons if (name := reason.partition(":")[2]) and name not in standing]
    if open_items:
        raise StoreError(
            f"Open: {', '.join(open_items)}.", code="undecided", hint="Decide each, or say that it stays undecided."
        )
    row = session.get(StandingRow, call_id)
    session.execute(
        insert(FinishedRow).values(
            call_id=call_id,
            evaluation=evaluation.fingerprint,
            reviewer=user.id,
            kinds=row.kinds if row else canonical([]),
            finished_at=now(),
        )
    )
    claim = session.get(ClaimRow, call_id)
    if claim is not None and claim.user == user.id:
        session.delete(claim)
    after = stands.restand(session, recording, refold)
    audit.note(session, user, "review.finished", "call", call_id)
    outbox.put(session, "review.finished", call_id=call_id, percent=after.score.percent)
    return after


def _reopen(session: Session, user: User, call_id: str, reason: str, refold: Refold) -> Standing:
    recording = _seen_call(session, call_id, user.scope)
    if not reason:
        raise StoreError("Say why it is opened again.", code="reason_missing")
    reviews = _reviews(session, recording)
    if reviews.last is None:
        raise StoreError("The review of this call is not finished.", code="not_finished")
    if not may_reopen(reviews.last.reviewer, user):
        raise StoreError("Whoever finished it opens it again, or a QA lead.", code="reopen_right")
    words = reason[:LONGEST_REASON]
    for one in reviews.held:
        session.add(ReopenedRow(finished=one.id, by=user.id, reason=words, at=now()))
    session.flush()
    after = stands.restand(session, recording, refold)
    audit.note(session, user, "review.reopened", "call", call_id, reason=words)
    outbox.put(session, "review.reopened", call_id=call_id, percent=after.score.percent)
    return after


def _reviews(session: Session, recording: RecordingRow) -> Reviews:
    evaluation = session.get_one(EvaluationRow, recording.evaluation)
    return finished.of(session, recording.call_id, evaluation.scorecard, evaluation.scorecard_version)


def _comment(session: Session, user: User, call_id: str, text: str, criterion: str, at_ms: int | None) -> int:
    recording = _seen_call(session, call_id, user.scope)
    if not text.strip():
        raise StoreError("A remark needs words.", code="empty")
    if at_ms is not None and not 0 <= at_ms <= recording.duration_ms:
        raise StoreError("The call has no such moment.", code="unknown_moment")
    row = CommentRow(
        call_id=call_id, author=user.id, criterion=criterion, at_ms=at_ms, text=text.strip()[:4000], made_at=now()
    )
    session.add(row)
    session.flush()
    audit.note(session, user, "commented", "call", call_id, criterion=criterion)
    return row.id


def _seen_call(session: Session, call_id: str, scope: Scope) -> RecordingRow:
    row = session.get(RecordingRow, call_id)
    if row is None or row.evaluation is None or not scope.covers(team=row.team, agent_id=row.agent_id):
        raise StoreError("There is no such call, or it is not yours to see.", code="unknown_call")
    return row


def _refuse_stale(session: Session, call_id: str, seen: int) -> None:
    if stands.revision_of(session, call_id) != seen:
        raise StoreError(
            "Somebody has decided on this call meanwhile.", code="stale", hint="Look at what stands now, then go on."
        )
