"""A scorecard over a call."""

from __future__ import annotations

import pytest
from structlog.testing import capture_logs

from qa_pipeline.domain import CallView, Criterion, Finding, Verdict
from qa_pipeline.scoring.evaluate import evaluate
from qa_pipeline.testing.dummies import a_call_view, a_finding, a_scorecard, a_transcript, an_evidence


def sure(view: CallView, *, confidence: float = 0.9, verdict: str = "pass") -> Finding:
    return Finding(
        verdict=Verdict(verdict),
        confidence=confidence,
        why="It was said.",
        evidence=(an_evidence(),),
        level=2 if verdict == "pass" else None,
    )


def broken(view: CallView) -> Finding:
    raise ValueError("the customer's words")


CHECKS = {"sure": sure, "broken": broken}


def criterion(name: str, check: str = "sure", **changes: object) -> Criterion:
    return Criterion(name=name, title=name, check=check, **changes)  # type: ignore[arg-type]  # as given


def judged(*criteria: Criterion, language: str = "en") -> tuple[Finding, ...]:
    return evaluate(a_call_view(transcript=a_transcript(language=language)), a_scorecard(*criteria), CHECKS)


def test_every_criterion_gets_its_finding_in_order() -> None:
    assert [one.criterion for one in judged(criterion("b"), criterion("a"))] == ["b", "a"]


def test_parameters_reach_the_check() -> None:
    (found,) = judged(criterion("a", parameters={"verdict": "fail"}))
    assert found.verdict is Verdict.FAIL


def test_a_check_that_breaks_gives_an_error_and_the_rest_goes_on() -> None:
    first, second = judged(criterion("a", "broken"), criterion("b"))
    assert (Verdict.ERROR, 0.0, "a") == (first.verdict, first.confidence, first.criterion)
    assert first.why == "The check broke (ValueError)."
    assert second.verdict is Verdict.PASS


def test_a_check_that_is_not_there_gives_an_error() -> None:
    assert [one.verdict for one in judged(criterion("a", "gone"), criterion("b"))] == [Verdict.ERROR, Verdict.PASS]


def test_a_parameter_that_the_check_does_not_take_gives_an_error() -> None:
    assert judged(criterion("a", parameters={"speed": 1}))[0].verdict is Verdict.ERROR


def test_what_broke_is_logged_without_anybodys_words() -> None:
    with capture_logs() as logs:
        judged(criterion("a", "broken"))
    assert [(one["event"], one["criterion"], one["error"]) for one in logs] == [("check_failed", "a", "ValueError")]
    assert "customer" not in str(logs)


@pytest.mark.parametrize("verdict", ["pass", "fail"])
def test_a_verdict_under_the_asked_confidence_becomes_unsure_and_keeps_its_evidence(verdict: str) -> None:
    (found,) = judged(criterion("a", parameters={"confidence": 0.49, "verdict": verdict}))
    assert (Verdict.UNSURE, None, (an_evidence(),)) == (found.verdict, found.level, found.evidence)
    assert found.why == "Not sure enough (49%) for a verdict: It was said."


def test_at_the_asked_confidence_the_verdict_stands() -> None:
    found = judged(criterion("a", min_confidence=0.9), criterion("b", min_confidence=0.91))
    assert [one.verdict for one in found] == [Verdict.PASS, Verdict.UNSURE]


def test_not_applicable_needs_no_confidence() -> None:
    (found,) = judged(criterion("a", parameters={"confidence": 0.1, "verdict": "not_applicable"}))
    assert found.verdict is Verdict.NOT_APPLICABLE


def test_reasons_are_told_in_the_calls_language() -> None:
    broke, doubt = judged(criterion("a", "broken"), criterion("b", min_confidence=1.0), language="zh")
    assert broke.why.startswith("检查出错")
    assert doubt.why.startswith("把握不足")


def test_nothing_of_the_check_is_lost() -> None:
    (found,) = evaluate(a_call_view(), a_scorecard(criterion("x", "given")), {"given": lambda _: a_finding("y")})
    assert found == a_finding("x")
