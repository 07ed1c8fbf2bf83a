"""A scorecard over a call."""

from __future__ import annotations

import pytest
from structlog.testing import capture_logs

from qa_pipeline.domain import CallView, Criterion, Finding, Name, Party, Rule, Verdict
from qa_pipeline.rules.expression import parse
from qa_pipeline.scoring.evaluate import evaluate
from qa_pipeline.testing.dummies import a_call_view, a_finding, a_scorecard, a_signal, a_transcript, an_evidence


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


def gated(*criteria: Criterion, language: str = "en") -> tuple[Finding, ...]:
    view = a_call_view(transcript=a_transcript(language=language))
    return evaluate(view, a_scorecard(*criteria), CHECKS, imprecise=frozenset({"a"}))


def test_an_imprecise_criterion_keeps_its_verdict_is_coach_only_and_says_so() -> None:
    first, second = gated(criterion("a"), criterion("b"))
    assert (Verdict.PASS, True, (an_evidence(),)) == (first.verdict, first.coach_only, first.evidence)
    assert (
        "It was said. (For coaching only, not counted: too many of this criterion's passes were measured to be wrong.)"
        == first.why
    )
    assert ("It was said.", False) == (second.why, second.coach_only)


def test_the_gate_speaks_chinese_on_a_chinese_call() -> None:
    (found,) = gated(criterion("a"), language="zh")
    assert found.why.endswith("（该项实测的误判通过偏多，仅供辅导，不计分。）")


def test_the_gate_says_nothing_where_the_scorecard_itself_says_coach_only() -> None:
    (found,) = gated(criterion("a", coach_only=True))
    assert "It was said." == found.why


# rules


def a_rule(**expressions: str) -> Rule:
    return Rule(**{key: parse(text) for key, text in expressions.items()})  # type: ignore[arg-type]  # only expressions


def said(*acts: str, confidence: float = 0.9) -> CallView:
    signals = [a_signal(label=act, party=Party.AGENT, confidence=confidence) for act in acts]
    return a_call_view(signals=tuple(signals))


def by_rule(view: CallView, one: Criterion) -> Finding:
    (found,) = evaluate(view, a_scorecard(one), CHECKS)
    return found


def test_a_rule_decides_without_a_check() -> None:
    warm = criterion("warm", "", rule=Rule(pass_when=Name("empathy")))
    assert [Verdict.PASS, Verdict.FAIL] == [by_rule(view, warm).verdict for view in (said("empathy"), said())]
    assert "warm" == by_rule(said(), warm).criterion


def test_a_check_is_not_asked_where_the_rule_does_not_apply() -> None:
    one = criterion("a", "broken", rule=a_rule(only_when="request"))
    assert [Verdict.NOT_APPLICABLE, Verdict.ERROR] == [by_rule(view, one).verdict for view in (said(), said("request"))]


def test_a_checks_fail_within_the_rules_tolerance_is_for_coaching() -> None:
    one = criterion("a", parameters={"verdict": "fail"}, rule=a_rule(coach_when="thanks"))
    assert [True, False] == [by_rule(view, one).coach_only for view in (said("thanks"), said())]


def test_a_fail_that_is_not_sure_enough_stays_in_the_count_in_spite_of_a_tolerance() -> None:
    parameters = {"verdict": "fail", "confidence": 0.3}
    found = by_rule(said("thanks"), criterion("a", parameters=parameters, rule=a_rule(coach_when="thanks")))
    assert (Verdict.UNSURE, False) == (found.verdict, found.coach_only)
    assert "tolerance" not in found.why
