"""A scorecard as a person reads it, and what differs between two."""

from __future__ import annotations

from dataclasses import replace

from qa_pipeline.domain import Condition, Criterion, Rule, Scorecard, Section
from qa_pipeline.rules.expression import parse
from qa_pipeline.scoring.show import differences, lines
from qa_pipeline.testing.dummies import a_scorecard

SOON = Condition(name="soon", kind="says", of=("promise",), after="upset", within_s=60)
UPSET = Condition(name="upset", kind="feels", of=("negative",), by=None)
RULE = Rule(
    pass_when=parse("soon or empathy and not blame"),
    only_when=parse("upset"),
    conditions={"soon": SOON, "upset": UPSET},
)
PROMISE = Criterion(name="promise", title="A promise", rule=RULE, weight=5, standard="Say by when.", auto_fail=True)


def card(*criteria: Criterion, **changes: object) -> Scorecard:
    return replace(a_scorecard(sections=(Section(name="all", title="All", criteria=criteria),)), **changes)  # type: ignore[arg-type]  # as given


def test_a_rule_is_shown_with_its_brackets_and_conditions() -> None:
    shown = "\n".join(lines(card(PROMISE)))
    assert "passes when: soon or (empathy and (not blame))" in shown
    assert "only when: upset" in shown
    assert "soon = the agent says promise (after upset, at most 60 s away)" in shown
    assert "A promise [promise] 5 points, auto-fail" in shown
    assert "“Say by when.”" in shown


def test_equal_scorecards_do_not_differ() -> None:
    assert list(differences(card(PROMISE), card(PROMISE))) == []


def test_what_changed_is_told_by_criterion() -> None:
    found = list(differences(card(PROMISE), card(replace(PROMISE, weight=3))))
    assert found == ["promise:", "  - worth 5 points, auto-fail", "  + worth 3 points, auto-fail"]


def test_what_came_and_what_went_is_told() -> None:
    other = Criterion(name="pace", title="Pace", check="pace")
    found = list(differences(card(PROMISE), card(other)))
    assert "promise:" in found
    assert "pace:" in found
    assert any(line == "  + decided by pace" for line in found)
