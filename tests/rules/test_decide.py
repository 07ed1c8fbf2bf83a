"""A rule over a call to a finding."""

from __future__ import annotations

from typing import Any

import pytest

from qa_pipeline.domain import (
    CallView,
    Condition,
    Finding,
    Party,
    Rule,
    Signal,
    SignalKind,
    Span,
    TurnFlag,
    Verdict,
    Window,
)
from qa_pipeline.rules.decide import MOST_MOMENTS, Decision
from qa_pipeline.rules.expression import parse
from qa_pipeline.rules.wording import describe
from qa_pipeline.testing.dummies import a_finding
from qa_pipeline.testing.timed import AGENT, CUSTOMER, call, signal, turn

WORDS = "Good morning. I can see why that is annoying."


def said(label: str, at: float = 1, *, quote: str = "I can see", **changes: Any) -> Signal:
    plain = {"party": AGENT, "confidence": 0.9, "turn": 0, "quote": quote}
    return signal(SignalKind.ACT, at, at + 1, label, **{**plain, **changes})


def a_call(*signals: Signal, language: str = "en", **changes: Any) -> CallView:
    text = WORDS if language == "en" else "早上好。我理解您的心情。"
    return call(turn(AGENT, 0, 9, text, **changes), turn(CUSTOMER, 10, 19), signals=signals, language=language)


def rule(earned: str | None = "empathy", *conditions: Condition, **expressions: str) -> Rule:
    return Rule(
        pass_when=parse(earned) if earned else None,
        conditions={one.name: one for one in conditions},
        **{key: parse(text) for key, text in expressions.items()},  # type: ignore[arg-type]  # only expressions are given
    )


def found(view: CallView, asked: Rule) -> Finding:
    decision = Decision(view, asked)
    return decision.out_of_place() or decision.tolerated(decision.finding())


def test_a_pass_shows_where() -> None:
    finding = found(a_call(said("empathy")), rule())
    assert (Verdict.PASS, 0.9) == (finding.verdict, finding.confidence)
    assert ["I can see why that is annoying."] == [one.quote for one in finding.evidence]
    assert "As asked: the agent says empathy: yes." == finding.why


def test_a_fail_for_something_missing_shows_where_it_was_looked_for_and_what_came_near() -> None:
    late = Condition(name="late", kind="says", of=("empathy",), before="solution")
    finding = found(a_call(said("solution", 1), said("empathy", 5)), rule("late", late))
    assert Verdict.FAIL is finding.verdict
    assert Span(start_ms=0, end_ms=9000) == finding.searched
    assert ["I can see why that is annoying."] == [one.quote for one in finding.near_misses]
    assert () == finding.evidence
    assert "Not as asked: the agent says empathy (before solution): no." == finding.why


def test_a_fail_for_something_said_shows_it() -> None:
    finding = found(a_call(said("blame")), rule("not blame"))
    assert (Verdict.FAIL, 1) == (finding.verdict, len(finding.evidence))
    assert "Not as asked: the agent says blame: yes." == finding.why


def test_a_pass_for_something_not_said_does_not_read_as_if_it_had_been() -> None:
    finding = found(a_call(), rule("not blame"))
    assert (Verdict.PASS, "As asked: the agent says blame: no.") == (finding.verdict, finding.why)


def test_nobody_can_tell_from_doubtful_words() -> None:
    finding = found(a_call(said("empathy", confidence=0.3)), rule())
    assert Verdict.UNSURE is finding.verdict
    assert finding.confidence < 0.5
    assert 1 == len(finding.evidence)
    assert "Nobody can tell from what was heard: the agent says empathy: not clear." == finding.why


def test_nobody_can_tell_from_flagged_words() -> None:
    assert Verdict.UNSURE is found(a_call(flags=(TurnFlag.LOOP,)), rule()).verdict


def test_a_finding_shows_a_few_moments_and_not_all() -> None:
    hits = [said("um", at, turn=None, quote="") for at in range(9)]
    assert MOST_MOMENTS == len(found(a_call(*hits), rule("um")).evidence)


@pytest.mark.parametrize(
    ("signals", "expected"),
    [
        ([], Verdict.NOT_APPLICABLE),
        ([said("request")], Verdict.FAIL),
        ([said("request"), said("empathy")], Verdict.PASS),
        ([said("request", confidence=0.3), said("empathy")], Verdict.UNSURE),
        ([said("empathy")], Verdict.NOT_APPLICABLE),
    ],
)
def test_a_rule_applies_where_it_says(signals: list[Signal], expected: Verdict) -> None:
    assert expected is found(a_call(*signals), rule(only_when="request")).verdict


def test_why_a_rule_does_not_apply_is_said() -> None:
    assert "Not asked for in this call: the agent says request: no." == found(a_call(), rule(only_when="request")).why
    unclear = found(a_call(said("request", confidence=0.3)), rule(only_when="request"))
    assert "It is not clear whether this applies: the agent says request: not clear." == unclear.why


def test_a_rule_without_limits_applies_everywhere() -> None:
    assert None is Decision(a_call(), rule()).out_of_place()


@pytest.mark.parametrize(
    ("signals", "expected"),
    [
        ([], (Verdict.FAIL, False)),
        ([said("thanks")], (Verdict.FAIL, True)),
        ([said("thanks", confidence=0.3)], (Verdict.FAIL, False)),
        ([said("thanks"), said("empathy")], (Verdict.PASS, False)),
        ([said("thanks"), said("empathy", confidence=0.3)], (Verdict.UNSURE, False)),
    ],
)
def test_a_fail_within_tolerance_is_for_coaching_only(signals: list[Signal], expected: tuple[Verdict, bool]) -> None:
    finding = found(a_call(*signals), rule(coach_when="thanks"))
    assert expected == (finding.verdict, finding.coach_only)
    assert finding.coach_only == finding.why.endswith("Within tolerance: for coaching only.")


def test_the_finding_of_a_check_is_tolerated_alike() -> None:
    decision = Decision(a_call(said("thanks")), rule(None, coach_when="thanks"))
    assert decision.tolerated(a_finding(verdict=Verdict.FAIL)).coach_only
    assert not decision.tolerated(a_finding(verdict=Verdict.ERROR)).coach_only


def test_a_rule_without_pass_when_leaves_the_decision_to_its_check() -> None:
    with pytest.raises(ValueError, match="leaves the decision to a check"):
        Decision(a_call(), rule(None)).finding()


def test_a_title_stands_for_the_condition() -> None:
    named = Condition(name="warm", kind="says", of=("empathy",), title="Warm words")
    assert "As asked: Warm words: yes." == found(a_call(said("empathy")), rule("warm", named)).why


def test_what_decided_is_named_and_no_more() -> None:
    finding = found(a_call(said("b")), rule("a or b"))
    assert "As asked: the agent says b: yes." == finding.why


@pytest.mark.parametrize(
    ("act", "confidence", "expressions", "why"),
    [
        ("empathy", 0.9, {}, "符合要求：坐席说了empathy：是。"),
        ("other", 0.9, {}, "不符合要求：坐席说了empathy：否。"),
        ("empathy", 0.3, {}, "听到的内容不足以判断：坐席说了empathy：不明确。"),
        ("other", 0.9, {"only_when": "request"}, "这通电话不涉及这一项：坐席说了request：否。"),
        ("request", 0.3, {"only_when": "request"}, "这一项是否适用并不明确：坐席说了request：不明确。"),
        ("thanks", 0.9, {"coach_when": "thanks"}, "不符合要求：坐席说了empathy：否。在容差内，仅作辅导。"),
    ],
)
def test_reasons_in_chinese(act: str, confidence: float, expressions: dict[str, str], why: str) -> None:
    view = a_call(said(act, quote="理解", confidence=confidence), language="zh")
    assert why == found(view, rule(**expressions)).why


def condition(kind: str, *of: str, **changes: Any) -> Condition:
    return Condition(name="it", kind=kind, of=of, **changes)


@pytest.mark.parametrize(
    ("asked", "english", "chinese"),
    [
        (condition("says", "a_b", "c"), "the agent says a b or c", "坐席说了a_b或c"),
        (condition("says", "a", "b", different=2), "the agent says all of a, b", "坐席说全了a、b"),
        (condition("says", "a", "b", different=0), "the agent says none of a or b", "坐席没有说a或b"),
        (condition("says", "a", "b", "c", different=2), "the agent says 2 of a, b, c", "坐席至少说了2种：a、b、c"),
        (
            condition("words", "ok", by=Party.CUSTOMER, least=2, most=3),
            'the customer says "ok", at least 2 and at most 3 times',
            "客户说了ok（至少2、最多3次）",
        ),
        (condition("regex", "ab+", by=None), "anyone says something like /ab+/", "任何一方说了符合 /ab+/ 的话"),
        (condition("feels", "negative", by=Party.CUSTOMER), "the customer sounds negative", "客户语气不满"),
        (
            condition("customer_is", "in_trouble", "unlucky"),
            "the customer has trouble with the service or tells of a misfortune",
            "客户对服务有不满或遭遇不幸",
        ),
        (condition("measure", "holds", most=2), "number of holds at most 2", "等待次数不超过2"),
        (
            condition("measure", "interruptions", most=2, by=Party.CUSTOMER),
            "the customer: times that this party cuts in at most 2",
            "客户打断对方的次数不超过2",
        ),
        (condition("call", "queue", values=("a", "b")), "queue is a or b", "queue 为 a或b"),
        (condition("in_order", "a", "b_c", least=1), "a → b c (at least 1 of them)", "a → b_c（至少1项）"),
    ],
)
def test_conditions_in_words(asked: Condition, english: str, chinese: str) -> None:

    assert english == describe(asked, "en")
    assert chinese == describe(asked, "zh")


def test_places_in_words() -> None:

    window = Window(first_turns=3, last_turns=2, first_s=20, last_s=15.5)
    asked = condition("says", "a", window=window, after="x_y", within_s=8, each=True)
    assert (
        "the agent says a (in the first 3 turns, in the last 2 turns, within 20 s of the agent's first word, "
        "in the last 15.5 s, after every x y, at most 8 s away)"
    ) == describe(asked, "en")
    assert "坐席说了a（前3句，最后2句，坐席开口后20秒内，最后15.5秒，在每次x_y之后，相隔不超过8秒）" == describe(
        asked, "zh"
    )
