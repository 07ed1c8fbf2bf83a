"""What people say of single turns; kept for good, with the words that they said it of. Raises StoreError."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from qa_pipeline.domain import REVIEWED, LabelReview, Party, ReviewedTurn, Transcript
from qa_pipeline.store import mapping
from qa_pipeline.store.engine import Store
from qa_pipeline.store.tables.calls import EvaluationRow, LabelReviewRow, RecordingRow, TranscriptRow

Refused = tuple[int, str]  # a review's place among those given, and what is wrong with it


def take_in(store: Store, reviews: Sequence[LabelReview]) -> tuple[Refused, ...]:
    """Keeps these reviews with their turns as the current evaluations have them: all, or none when one is refused.

    A review that is kept already changes nothing.
    """
    return store.write(partial(_take_in, reviews=reviews))


def newest(store: Store) -> tuple[ReviewedTurn, ...]:
    """The newest review of each turn and kind, sorted by call, turn and kind."""
    row = LabelReviewRow
    with store.read() as session:
        rows = session.scalars(select(row).order_by(row.call_id, row.turn, row.kind, row.reviewed_at, row.key))
        return tuple({(one.call_id, one.turn, one.kind): mapping.review_of(one) for one in rows}.values())


def _take_in(session: Session, reviews: Sequence[LabelReview]) -> tuple[Refused, ...]:
    heard: dict[str, Transcript | None] = {}
    kept: dict[object, dict[str, object]] = {}
    refused = []
    for place, review in enumerate(reviews):
        if review.call_id not in heard:
            heard[review.call_id] = _heard(session, review.call_id)
        reviewed = _with_turn(review, heard[review.call_id])
        if isinstance(reviewed, str):
            refused.append((place, reviewed))
        else:
            columns = mapping.review_columns(reviewed)
            kept[columns["key"]] = columns
    new = [columns for key, columns in kept.items() if session.get(LabelReviewRow, key) is None]
    if new and not refused:
        session.execute(insert(LabelReviewRow), new)
    return tuple(refused)


def _heard(session: Session, call_id: str) -> Transcript | None:
    """The transcript that the call's current evaluation rests on."""
    row = session.scalar(
        select(TranscriptRow)
        .join(EvaluationRow, EvaluationRow.transcript == TranscriptRow.fingerprint)
        .join(RecordingRow, RecordingRow.evaluation == EvaluationRow.fingerprint)
        .where(RecordingRow.call_id == call_id)
    )
    return mapping.transcript_of(row) if row else None


def _with_turn(review: LabelReview, heard: Transcript | None) -> ReviewedTurn | str:
    """The review with its turn, or why it can be of none."""
    if heard is None:
        return f"no call {review.call_id!r} is judged"
    if not 0 <= review.turn < len(heard.turns):
        return f"call {review.call_id!r} has no turn {review.turn}: its turns are 0 to {len(heard.turns) - 1}"
    turn = heard.turns[review.turn]
    if turn.party not in (REVIEWED[review.kind], Party.UNKNOWN):
        return f"turn {review.turn} is the {turn.party}'s; {review.kind} is said of the {REVIEWED[review.kind]}'s"
    return ReviewedTurn(review=review, language=heard.language, party=turn.party, text=turn.text, flags=turn.flags)
