from __future__ import annotations

from dataclasses import replace

import pytest

from qa_pipeline.domain import Band, ConfigurationError, Criterion, Scorecard
from qa_pipeline.scoring import whatif
from qa_pipeline.testing.dummies import a_finding, a_scorecard

GREETING = Criterion(name="greeting", title="Greeting", check="greeting", weight=10)
RECAP = Criterion(name="recap", title="Recap", check="recap", weight=5)
PRESENT = a_scorecard(GREETING, RECAP)
FILE = """\
# ours
name: site
version: "1"
title: Site
language: en
critical_cap: 40  # low
bands:
  - {name: all, title: All, at_least: 0}
sections:
  - name: all
    title: All
    criteria:
      - name: greeting
        title: Greeting
        check: greeting
        weight: 10
"""


def with_criteria(*criteria: Criterion) -> Scorecard:
    return a_scorecard(*criteria)


def test_another_weight_can_be_tried() -> None:
    plan = whatif.plan(PRESENT, with_criteria(replace(GREETING, weight=20), RECAP))
    assert (("greeting",), (), (), (), ()) == (plan.changed, plan.again, plan.new, plan.gone, plan.held)
    assert [20, 5] == [one.weight for one in plan.card.criteria]


def test_what_is_decided_otherwise_stays_as_it_was() -> None:
    draft = with_criteria(replace(GREETING, weight=20, parameters={"turns": 2}), RECAP)
    plan = whatif.plan(PRESENT, draft)
    assert (("greeting",), ()) == (plan.again, plan.changed)
    assert [10, 5] == [one.weight for one in plan.card.criteria]


def test_what_nobody_has_judged_is_left_out_and_what_is_gone_counts_no_more() -> None:
    plan = whatif.plan(PRESENT, with_criteria(replace(RECAP, name="empathy"), GREETING))
    assert (("empathy",), ("recap",)) == (plan.new, plan.gone)
    assert ["greeting"] == [one.name for one in plan.card.criteria]


def test_what_was_measured_to_be_wrong_too_often_is_not_counted() -> None:
    present = with_criteria(replace(GREETING, coach_only=True), RECAP)
    plan = whatif.plan(present, PRESENT, frozenset({"greeting", "recap"}))
    assert (("greeting",), True) == (plan.held, plan.card.criteria[0].coach_only)
    assert not plan.card.criteria[1].coach_only  # its findings say themselves whether they count


def test_two_scorecards_without_a_common_criterion_cannot_be_compared() -> None:
    with pytest.raises(ConfigurationError) as caught:
        whatif.plan(PRESENT, with_criteria(replace(RECAP, name="other")))
    assert "nothing_to_try" == caught.value.code


def test_all_faults_of_figures_are_told_at_once() -> None:
    worths = {one.name: replace(whatif.worth(one), weight=float("nan")) for one in PRESENT.criteria}
    bands = (Band(name="all", title="All", at_least=3),)
    with pytest.raises(ConfigurationError) as caught:
        whatif.changed(PRESENT, worths, critical_cap=-1, max_undecided=2, bands=bands)
    found = [one.where for one in caught.value.problems]
    assert ["critical_cap", "max_undecided", "bands", "greeting", "recap"] == found


def test_a_call_without_a_verdict_that_the_draft_needs_is_not_complete() -> None:
    assert whatif.complete([a_finding("greeting"), a_finding("recap")], PRESENT)
    assert not whatif.complete([a_finding("greeting")], PRESENT)


def test_a_draft_changes_only_what_differs_and_keeps_comments() -> None:
    draft = replace(
        with_criteria(replace(GREETING, weight=12.5, critical=True)),
        critical_cap=40,
        bands=(Band(name="all", title="All", at_least=0),),
        max_undecided=0.25,
    )
    expected = FILE.replace('version: "1"', 'version: "1-draft"')
    expected = expected.replace("weight: 10\n", "weight: 12.5\n        critical: true\n")
    assert expected == whatif.draft_yaml(FILE, draft, "1-draft")
