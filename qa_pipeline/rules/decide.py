"""A rule over a call to a finding."""

from __future__ import annotations

from dataclasses import replace

from qa_pipeline.domain import Answer, CallView, Finding, Rule, Span, Verdict
from qa_pipeline.rules.conditions import Reader
from qa_pipeline.rules.outcome import clarity, evidence, not_applicable, say, unsure
from qa_pipeline.rules.seen import Seen

MOST_MOMENTS = 4  # pieces of evidence that a finding shows


class Decision:
    """One rule over one call."""

    def __init__(self, view: CallView, rule: Rule) -> None:
        self._view = view
        self._rule = rule
        self._reader = Reader(view, rule.conditions)

    def out_of_place(self) -> Finding | None:
        """The finding of a criterion that does not apply, or may not; None where it does apply."""
        if self._rule.only_when is None:
            return None
        seen = self._reader.evaluate(self._rule.only_when)
        what = _parts(self._view, seen)
        if seen.answer is Answer.NO:
            why = say(self._view, en=f"Not asked for in this call: {what}.", zh=f"这通电话不涉及这一项：{what}。")
            return not_applicable(why, confidence=seen.confidence)
        if seen.answer is Answer.UNSURE:
            why = say(
                self._view,
                en=f"It is not clear whether this applies: {what}.",
                zh=f"这一项是否适用并不明确：{what}。",
            )
            return unsure(self._view, why, seen.hits[:MOST_MOMENTS], confidence=0.4)
        return None

    def finding(self) -> Finding:
        """Pass, fail or unsure by `pass_when`."""
        if self._rule.pass_when is None:
            raise ValueError("this rule leaves the decision to a check")
        seen = self._reader.evaluate(self._rule.pass_when)
        what = _parts(self._view, seen)
        if seen.answer is Answer.UNSURE:
            why = say(
                self._view, en=f"Nobody can tell from what was heard: {what}.", zh=f"听到的内容不足以判断：{what}。"
            )
            return unsure(self._view, why, seen.hits[:MOST_MOMENTS], confidence=min(seen.confidence, 0.45))
        passed = seen.answer is Answer.YES
        why = say(
            self._view,
            en=f"{'As asked' if passed else 'Not as asked'}: {what}.",
            zh=f"{'符合要求' if passed else '不符合要求'}：{what}。",
        )
        return Finding(
            verdict=Verdict.PASS if passed else Verdict.FAIL,
            confidence=round(seen.confidence, 3),
            why=why,
            evidence=evidence(self._view, seen.hits[:MOST_MOMENTS]),
            near_misses=evidence(self._view, seen.near[:MOST_MOMENTS]),
            searched=_searched(seen),
            clarity=round(clarity(seen.turns), 3) if seen.turns else None,
        )

    def tolerated(self, finding: Finding) -> Finding:
        """A fail inside the tolerance is for coaching only; anything else stays as it is."""
        if finding.verdict is not Verdict.FAIL or self._rule.coach_when is None:
            return finding
        seen = self._reader.evaluate(self._rule.coach_when)
        if seen.answer is not Answer.YES:
            return finding
        why = say(
            self._view,
            en=f"{finding.why} Within tolerance: for coaching only.",
            zh=f"{finding.why}在容差内，仅作辅导。",
        )
        return replace(finding, coach_only=True, why=why)


def _parts(view: CallView, seen: Seen) -> str:
    return ("；" if view.language == "zh" else "; ").join(seen.parts)


def _searched(seen: Seen) -> Span | None:
    if not seen.turns:
        return None
    return Span(start_ms=min(turn.start_ms for turn in seen.turns), end_ms=max(turn.end_ms for turn in seen.turns))
