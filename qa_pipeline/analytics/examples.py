"""Which calls of an agent are worth listening to."""

from __future__ import annotations

from bisect import insort
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from qa_pipeline.domain import Criterion, ExampleCall, ExampleItem, Finding, ScoredCall, Verdict

SHOWN = 3
"""Best calls on a page, and as many of the worst."""

_ZERO = datetime(1, 1, 1, tzinfo=UTC)

Key = tuple[float, bool, float, str]


@dataclass(slots=True)
class Examples:
    """Keeps the best and the worst of the calls shown to it; memory does not grow with their number.

    Of calls with the same score, those come first that need no review, then the newest.
    """

    criterion_of: Callable[[ScoredCall, str], Criterion | None]
    _best: list[tuple[Key, ExampleCall]] = field(default_factory=list)
    _worst: list[tuple[Key, ExampleCall]] = field(default_factory=list)

    def add(self, call: ScoredCall) -> None:
        """Takes a call into account; calls without a score are passed over."""
        percent = call.score.percent
        if percent is None:
            return
        tail = (call.score.needs_review, -seconds(call.recording.meta.started_at), call.recording.id)
        for kept, key in ((self._best, (-percent, *tail)), (self._worst, (percent, *tail))):
            # Twice as many as shown: the best and the worst of a small number of calls overlap.
            if len(kept) < 2 * SHOWN or key < kept[-1][0]:
                insort(kept, (key, self._example(call, percent)), key=lambda entry: entry[0])
                del kept[2 * SHOWN :]

    def best_and_worst(self, scored: int) -> tuple[tuple[ExampleCall, ...], tuple[ExampleCall, ...]]:
        """The best and the worst of `scored` calls, no call in both, no faultless call among the worst."""
        best = [call for _, call in self._best[: min(SHOWN, scored // 2)]]
        rest = [call for _, call in self._worst if call.call_id not in {taken.call_id for taken in best}]
        worst = [call for call in rest if _has_fault(call)][:SHOWN]
        if len(self._best) < 2 * SHOWN:
            best += [call for call in reversed(rest) if not _has_fault(call)][: SHOWN - len(best)]
        return tuple(best), tuple(worst)

    def _example(self, call: ScoredCall, percent: float) -> ExampleCall:
        return ExampleCall(
            call_id=call.recording.id,
            started_at=call.recording.meta.started_at,
            duration_ms=call.recording.media.duration_ms,
            language=call.transcript.language,
            percent=percent,
            band=call.score.band,
            needs_review=call.score.needs_review,
            items=tuple(_item(finding, self.criterion_of(call, finding.criterion)) for finding in call.findings),
        )


def seconds(moment: datetime | None) -> float:
    """A sortable number for a time as the call centre's clock showed it; calls without a time are the oldest.

    >>> seconds(None) < seconds(datetime(1, 1, 1)) < seconds(datetime(2026, 11, 2))
    True
    """
    return -1.0 if moment is None else (moment.replace(tzinfo=UTC) - _ZERO).total_seconds()


def _has_fault(call: ExampleCall) -> bool:
    return any(item.verdict is Verdict.FAIL for item in call.items) or call.percent < 100


def _item(finding: Finding, criterion: Criterion | None) -> ExampleItem:
    return ExampleItem(
        criterion=finding.criterion,
        title=criterion.title if criterion else finding.criterion,
        verdict=finding.verdict,
        level=finding.level,
        why=finding.why,
        evidence=finding.evidence,
        near_misses=finding.near_misses,
        searched=finding.searched,
        clarity=finding.clarity,
    )
