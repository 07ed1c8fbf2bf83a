"""A scorecard over a call: each criterion's check, its confidence gate, its finding."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

import structlog

from qa_pipeline.domain import CallView, Criterion, Evidence, Finding, Scorecard, Verdict

Checks = Mapping[str, Callable[..., Finding]]
_log = structlog.get_logger(__name__)


def evaluate(view: CallView, scorecard: Scorecard, checks: Checks) -> tuple[Finding, ...]:
    """One finding for each criterion, in the scorecard's order.

    A check that breaks gives ERROR and never stops the call. A pass or fail less sure than the criterion asks for
    becomes UNSURE, and so does a pass that rests on words which may not be trusted, whatever check gave it; what the
    check had seen stays with it.
    """
    return tuple(_judge(view, criterion, checks) for criterion in scorecard.criteria)


def _judge(view: CallView, criterion: Criterion, checks: Checks) -> Finding:
    try:
        finding = checks[criterion.check](view, **criterion.parameters)
    except Exception as error:  # noqa: BLE001 - a check may come from outside and raise anything
        _log.warning("check_failed", call_id=view.meta.call_id, criterion=criterion.name, error=type(error).__name__)
        return Finding(
            criterion=criterion.name,
            verdict=Verdict.ERROR,
            confidence=0.0,
            why=_say(view, en=f"The check broke ({type(error).__name__}).", zh=f"检查出错({type(error).__name__})。"),
        )
    finding = replace(finding, criterion=criterion.name)
    if finding.verdict in (Verdict.PASS, Verdict.FAIL) and finding.confidence < criterion.min_confidence:
        doubt = _say(
            view,
            en=f"Not sure enough ({finding.confidence:.0%}) for a verdict: {finding.why}",
            zh=f"把握不足({finding.confidence:.0%}),请人工复核:{finding.why}",
        )
        return replace(finding, verdict=Verdict.UNSURE, why=doubt, level=None)
    if finding.verdict is Verdict.PASS and any(_flagged(view, item) for item in finding.evidence):
        doubt = _say(
            view,
            en=f"The words that this rests on are not certain: {finding.why}",
            zh=f"所依据的话识别不可靠,请人工复核:{finding.why}",
        )
        return replace(finding, verdict=Verdict.UNSURE, why=doubt, level=None)
    return finding


def _flagged(view: CallView, item: Evidence) -> bool:
    """Whether the words of this evidence stand in a turn that recognition may have got wrong or invented."""
    return item.quote != "" and any(
        turn.flags and turn.party is item.party and turn.start_ms <= item.start_ms <= turn.end_ms
        for turn in view.transcript.turns
    )


def _say(view: CallView, *, en: str, zh: str) -> str:
    return zh if view.language == "zh" else en
