"""Findings to a score, against a table worked out by hand."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from qa_pipeline.domain import Band, CallScore, Criterion, Finding, Scorecard, Section, SectionScore, Verdict
from qa_pipeline.scoring.fold import fold
from qa_pipeline.testing.dummies import a_finding, a_scorecard

GOLDEN = YAML(typ="safe").load((Path(__file__).parent / "golden.yaml").read_text("utf-8"))
LETTERS = {
    "P": (Verdict.PASS, 1),
    "2": (Verdict.PASS, 2),
    "F": (Verdict.FAIL, None),
    "N": (Verdict.NOT_APPLICABLE, None),
    "U": (Verdict.UNSURE, None),
    "E": (Verdict.ERROR, None),
}


def criterion(name: str, weight: float, **changes: Any) -> Criterion:
    return Criterion(name=name, title=name, check="any", weight=weight, **changes)


def section(name: str, *criteria: Criterion) -> Section:
    return Section(name=name, title=name, criteria=criteria)


SCORECARD = a_scorecard(
    sections=(
        section("opening", criterion("greeting", 2), criterion("name", 1)),
        section("care", criterion("empathy", 3, bonus=1), criterion("verification", 2, critical=True)),
        section("closing", criterion("check", 2, bonus=1), criterion("tone", 5, coach_only=True, critical=True)),
    ),
    bands=tuple(
        Band(name=name, title=name, at_least=limit) for name, limit in (("good", 90), ("fair", 75), ("poor", 0))
    ),
    critical_cap=40,
    max_undecided=0.25,
)


def findings(answers: str, scorecard: Scorecard = SCORECARD) -> list[Finding]:
    return [
        a_finding(one.name, LETTERS[letter][0], level=LETTERS[letter][1])
        for one, letter in zip(scorecard.criteria, answers, strict=True)
    ]


def score(answers: str) -> CallScore:
    return fold(findings(answers), SCORECARD)


def test_the_table_is_no_shorter_than_promised() -> None:
    assert len({row["answers"] for row in GOLDEN}) == len(GOLDEN) >= 30


@pytest.mark.parametrize("row", GOLDEN, ids=lambda row: row["answers"])
def test_the_score_is_the_one_worked_out_by_hand(row: dict[str, Any]) -> None:
    got = score(row["answers"])
    assert row["score"] == [got.points, got.out_of, got.percent, got.raw_percent, got.band, list(got.review_reasons)]
    assert got.needs_review == bool(row["score"][5])
    assert ("critical:verification" in row["score"][5]) == (got.critical_failures == ("verification",))


def test_sections_carry_their_own_points() -> None:
    assert score("NNP2FP".replace("2", "P")).sections == (
        SectionScore(section="opening", points=0, out_of=0),
        SectionScore(section="care", points=5, out_of=5),
        SectionScore(section="closing", points=0, out_of=2),
    )


def test_the_order_of_findings_does_not_matter() -> None:
    assert fold(findings("PFUPNP")[::-1], SCORECARD) == score("PFUPNP")


def test_no_cap_raises_a_low_score() -> None:
    high = replace(SCORECARD, critical_cap=95)
    assert fold(findings("FPPFPP"), high).percent == 60


def test_the_score_names_its_scorecard() -> None:
    got = score("PPPPPP")
    assert (SCORECARD.name, SCORECARD.version) == (got.scorecard, got.scorecard_version)


@given(answers=st.text("P2FNUE", min_size=6, max_size=6))
def test_nothing_but_a_pass_ever_earns(answers: str) -> None:
    got = score(answers)
    assert 0 <= got.points <= got.out_of <= 10
    assert got.percent is None or 0 <= got.percent <= 100
    for place, letter in enumerate(answers):
        if letter in "UE":
            for earning in "P2":
                better = score(answers[:place] + earning + answers[place + 1 :])
                assert better.points >= got.points
            assert got.out_of == score(answers[:place] + "F" + answers[place + 1 :]).out_of


RULES = a_scorecard(
    sections=(
        section("all", criterion("plain", 8), criterion("extra", 0, bonus=2), criterion("red_line", 2, auto_fail=True)),
    ),
    critical_cap=40,
    max_undecided=0.25,
)


def ruled(answers: str, *, coach_only: str = "", scorecard: Scorecard = RULES) -> CallScore:
    """`coach_only` names a criterion whose finding is for coaching only."""
    return fold(
        [replace(one, coach_only=one.criterion == coach_only) for one in findings(answers, scorecard)], scorecard
    )


@pytest.mark.parametrize(
    ("answers", "points", "percent"),
    [
        ("PPP", 10, 100),  # never beyond 100
        ("PFP", 10, 100),
        ("PNP", 10, 100),
        ("PUP", 10, 100),
        ("FPP", 4, 40),
        ("F2P", 4, 40),  # the bonus once
        ("FFP", 2, 20),
    ],
)
def test_a_bonus_item_can_only_help(answers: str, points: float, percent: float) -> None:
    got = ruled(answers)
    assert (points, 10, percent, ()) == (got.points, got.out_of, got.percent, got.review_reasons)


def test_an_auto_fail_takes_all_points_and_keeps_what_they_were() -> None:
    got = ruled("PPF")
    assert (0, 100, "poor", 10) == (got.percent, got.raw_percent, got.band, got.points)
    assert (("red_line",), ("auto_fail:red_line",)) == (got.critical_failures, got.review_reasons)


def test_an_auto_fail_goes_before_the_cap() -> None:
    both = a_scorecard(criterion("a", 5, critical=True), criterion("b", 1, auto_fail=True), criterion("c", 4))
    got = [ruled(answers, scorecard=both) for answers in ("FFP", "FPP", "PFP")]
    assert [0, 40, 0] == [one.percent for one in got]
    assert ("critical:a", "auto_fail:b") == got[0].review_reasons


def test_nobody_fails_for_an_auto_fail_that_is_unsure_but_somebody_looks() -> None:
    got = ruled("PPU")
    assert (100, ("unsure:red_line",)) == (got.percent, got.review_reasons)


@pytest.mark.parametrize("kind", ["critical", "auto_fail"])
def test_a_criterion_without_weight_can_fail_a_call(kind: str) -> None:
    scorecard = a_scorecard(criterion("plain", 8), criterion("red_line", 0, **{kind: True}))
    passed, failed, unsure = (ruled(answers, scorecard=scorecard) for answers in ("PP", "PF", "PU"))
    assert [100, 0 if kind == "auto_fail" else 40, 100] == [one.percent for one in (passed, failed, unsure)]
    assert [(), (f"{kind}:red_line",), ("unsure:red_line",)] == [one.review_reasons for one in (passed, failed, unsure)]


@pytest.mark.parametrize("answers", ["FPP", "PPP", "UPP"])
def test_a_coach_only_finding_counts_nowhere(answers: str) -> None:
    got = ruled(answers, coach_only="plain")
    assert (2, 2, 100, ()) == (got.points, got.out_of, got.percent, got.review_reasons)


def test_a_coach_only_finding_neither_caps_nor_ruins() -> None:
    got = ruled("PPF", coach_only="red_line")
    assert (100, (), False) == (got.percent, got.critical_failures, got.needs_review)


def test_a_coach_only_bonus_earns_nothing() -> None:
    assert 2 == ruled("FPP", coach_only="extra").points
