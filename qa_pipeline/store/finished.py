"""Which reviews are finished: the one place that says so. A review that was opened again is finished no longer.

Raises StoreError.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.orm import Session

from qa_pipeline.domain import Reopening
from qa_pipeline.store.tables.calls import EvaluationRow
from qa_pipeline.store.tables.desk import FinishedRow, ReopenedRow, StandingRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Reviews:
    """The reviews of a call under one version of its scorecard, oldest first: those that hold, and the last reopening.

    `reopened` is None where a review holds, and where none was ever finished.
    """

    held: tuple[FinishedRow, ...]
    reopened: Reopening | None

    @property
    def last(self) -> FinishedRow | None:
        """The review that the call was finished by, if it is."""
        return self.held[-1] if self.held else None


def holds() -> ColumnElement[bool]:
    """Of finished reviews: that nobody has opened them again."""
    return ~exists().where(ReopenedRow.finished == FinishedRow.id)


def of(session: Session, call_id: str, scorecard: str, version: str) -> Reviews:
    """The reviews of a call under this version of the scorecard: under another one they are history."""
    query = (
        select(FinishedRow, ReopenedRow)
        .join(EvaluationRow, EvaluationRow.fingerprint == FinishedRow.evaluation)
        .outerjoin(ReopenedRow, ReopenedRow.finished == FinishedRow.id)
        .where(
            FinishedRow.call_id == call_id,
            EvaluationRow.scorecard == scorecard,
            EvaluationRow.scorecard_version == version,
        )
        .order_by(FinishedRow.id)
    )
    rows = [(row[0], row[1]) for row in session.execute(query)]
    held = tuple(finished for finished, again in rows if again is None)
    undone = [again for _, again in rows if again is not None]
    last = max(undone, key=lambda one: one.id, default=None)
    return Reviews(held=held, reopened=_reopening(last) if last and not held else None)


def reopenings(session: Session, call_ids: Collection[str]) -> Mapping[str, Reopening]:
    """Who opened each of these calls again last, under the version by which it is judged now."""
    query = (
        select(FinishedRow.call_id, ReopenedRow)
        .join(ReopenedRow, ReopenedRow.finished == FinishedRow.id)
        .join(EvaluationRow, EvaluationRow.fingerprint == FinishedRow.evaluation)
        .join(StandingRow, StandingRow.call_id == FinishedRow.call_id)
        .where(
            FinishedRow.call_id.in_(call_ids),
            EvaluationRow.scorecard == StandingRow.scorecard,
            EvaluationRow.scorecard_version == StandingRow.scorecard_version,
        )
        .order_by(ReopenedRow.id)
    )
    return {row[0]: _reopening(row[1]) for row in session.execute(query)}


def _reopening(row: ReopenedRow) -> Reopening:
    return Reopening(by=row.by, reason=row.reason, at=row.at)
