"""A scorecard over a call: each criterion's check, its confidence gate, its finding."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

import structlog

from qa_pipeline.domain import CallView, Criterion, Evidence, Finding, Scorecard, Verdict
from qa_pipeline.rules.decide import Decision

Checks = Mapping[str, Callable[..., Finding]]
_log = structlog.get_logger(__name__)


def evaluate(
    view: CallView, scorecard: Scorecard, checks: Checks, *, imprecise: frozenset[str] = frozenset()
) -> tuple[Finding, ...]:
    """One finding for each criterion, in the scorecard's order.

    Criteria that are `imprecise` (measured precision below what they ask for) are for coaching only, and say so.

    A check that breaks gives ERROR and never stops the call. A pass or fail less sure than the criterion asks for
    becomes UNSURE, and so does a pass that rests on words which may not be trusted, whatever check gave it; what the
    check had seen stays with it.
    """
    findings = (_judge(view, criterion, checks) for criterion in scorecard.criteria)
    return tuple(
        _coach_only(view, finding) if criterion.name in imprecise and not criterion.coach_only else finding
        for criterion, finding in zip(scorecard.criteria, findings, strict=True)
    )


def _judge(view: CallView, criterion: Criterion, checks: Checks) -> Finding:
    try:
        finding = _decide(view, criterion, checks)
    except Exception as error:  # noqa: BLE001 - a check may come from outside and raise anything
        _log.warning("check_failed", call_id=view.meta.call_id, criterion=criterion.name, error=type(error).__name__)
        return Finding(
            criterion=criterion.name,
            verdict=Verdict.ERROR,
            confidence=0.0,
            why=_say(view, en=f"The check broke ({type(error).__name__}).", zh=f"检查出错({type(error).__name__})。"),
        )
    return replace(finding, criterion=criterion.name)


def _decide(view: CallView, criterion: Criterion, checks: Checks) -> Finding:
    """What the rule says of the call's occasion, else what check or rule decide, within the rule's tolerance."""
    if criterion.rule is None:
        return _trusted(view, criterion, checks[criterion.check](view, **criterion.parameters))
    decision = Decision(view, criterion.rule)
    out_of_place = decision.out_of_place()
    if out_of_place:
        return out_of_place
    finding = checks[criterion.check](view, **criterion.parameters) if criterion.check else decision.finding()
    return decision.tolerated(_trusted(view, criterion, finding))


def _trusted(view: CallView, criterion: Criterion, finding: Finding) -> Finding:
    """The finding, or UNSURE where it is less sure than the criterion asks, or a pass on words that may be wrong."""
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


def _coach_only(view: CallView, finding: Finding) -> Finding:
    note = _say(
        view,
        en=" (For coaching only, not counted: too many of this criterion's passes were measured to be wrong.)",
        zh="（该项实测的误判通过偏多，仅供辅导，不计分。）",
    )
    return finding if finding.coach_only else replace(finding, coach_only=True, why=finding.why + note)


def _flagged(view: CallView, item: Evidence) -> bool:
    """Whether the words of this evidence stand in a turn that recognition may have got wrong or invented."""
    return item.quote != "" and any(
        turn.flags and turn.party is item.party and turn.start_ms <= item.start_ms <= turn.end_ms
        for turn in view.transcript.turns
    )


def _say(view: CallView, *, en: str, zh: str) -> str:
    return zh if view.language == "zh" else en
