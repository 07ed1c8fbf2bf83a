from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

import pytest

from qa_pipeline.analytics.agreement import kappa
from qa_pipeline.analytics.evaluate import Measured, evaluate
from qa_pipeline.analytics.intervals import f1_interval, wilson
from qa_pipeline.analytics.truth import Truth
from qa_pipeline.domain import DetectorCard, ScoredCall, Verdict
from qa_pipeline.testing.dummies import a_call_score, a_finding, a_scored_call, a_transcript

P, F, N, U, E = Verdict.PASS, Verdict.FAIL, Verdict.NOT_APPLICABLE, Verdict.UNSURE, Verdict.ERROR
NOW = datetime(2026, 12, 1, 8, tzinfo=UTC)

# (true, found, confidence), worked by hand:
#   TP 4   FN 3 (one failed, one unsure, one broken)   FP 2 (true fail, true n. a.)   TN 3   unsure 1
CALLS = (
    (P, P, 0.95),
    (P, P, 0.8),
    (P, P, 0.8),
    (P, P, 0.8),
    (P, F, 0.9),
    (P, U, 0.4),
    (P, E, 0.0),
    (F, P, 0.9),
    (N, P, 0.89),
    (F, F, 0.9),
    (F, N, 0.9),
    (N, N, 1.0),
    (F, U, 0.4),
)


def judged(pairs: Iterable[tuple[Verdict, Verdict, float]]) -> tuple[list[ScoredCall], Truth]:
    calls, truth = [], {}
    for number, (true, found, confidence) in enumerate(pairs):
        call_id = f"c{number:02}"
        calls.append(a_scored_call(call_id=call_id, findings=(a_finding("greeting", found, confidence=confidence),)))
        truth[call_id] = {"greeting": true}
    return calls, Truth(calls=truth, sha256="truth")


def measure(calls: Iterable[ScoredCall], truth: Truth) -> Measured:
    return evaluate(calls, truth, checks="checks", measured_at=NOW)


def card_of(*pairs: tuple[Verdict, Verdict, float]) -> DetectorCard:
    (card,) = measure(*judged(pairs)).cards
    return card


def test_the_table_worked_by_hand() -> None:
    card = card_of(*CALLS)
    assert ("general-en", "greeting", "en", ("1",)) == (
        card.scorecard,
        card.criterion,
        card.language,
        card.scorecard_versions,
    )
    assert (13, 4, 2, 3, 3, 1) == (card.n, card.tp, card.fp, card.fn, card.tn, card.unsure)
    assert (3, 3 / 13) == (card.undecided, card.share_unsure)
    assert ("checks", "truth", NOW) == (card.checks, card.truth_sha256, card.measured_at)


def test_precision_and_recall_have_wilson_intervals_and_f1_one_by_bootstrap() -> None:
    card = card_of(*CALLS)
    assert card.precision
    assert card.recall
    assert card.f1
    assert (4, 6, wilson(4, 6)) == (card.precision.hits, card.precision.n, card.precision.interval)
    assert (4, 7, wilson(4, 7)) == (card.recall.hits, card.recall.n, card.recall.interval)
    assert (8 / 13, 13, f1_interval(4, 2, 3, 13)) == (card.f1.value, card.f1.n, card.f1.interval)


def test_kappa_is_over_three_classes_where_the_finding_decided() -> None:
    # 10 decided; agreed: 4 pass, 1 fail, 1 n. a. = 6. Truth: 5 pass, 3 fail, 2 n. a.; found: 6, 2, 2.
    # Chance: (5*6 + 3*2 + 2*2) / 100 = 0.4; (0.6 - 0.4) / (1 - 0.4) = 1/3.
    assert card_of(*CALLS).kappa == pytest.approx(1 / 3)


@pytest.mark.parametrize("pairs", [{}, {(P, P): 5}])
def test_kappa_says_nothing_where_chance_alone_would_agree(pairs: dict[tuple[Verdict, Verdict], int]) -> None:
    assert kappa(pairs) is None


def test_only_false_passes_of_nine_tenths_confidence_are_counted_as_sure() -> None:
    assert 1 == card_of(*CALLS).sure_fp


def test_a_true_fail_that_is_left_unsure_harms_neither_precision_nor_recall() -> None:
    card = card_of((P, P, 0.9), (F, U, 0.4))
    assert card.precision
    assert card.recall
    assert (1.0, 1.0, 0, 1) == (card.precision.value, card.recall.value, card.tn, card.unsure)


def test_figures_that_no_call_allows_are_missing() -> None:
    card = card_of((F, F, 0.9), (N, U, 0.4))
    assert (None, None, None, None) == (card.precision, card.recall, card.f1, card.kappa)


def test_a_detector_that_never_finds_a_true_pass_has_f1_nought() -> None:
    card = card_of((P, F, 0.9), (F, F, 0.9))
    assert card.f1
    assert (None, 0.0) == (card.precision, card.f1.value)


def test_a_call_of_which_people_are_unsure_does_not_count() -> None:
    assert 1 == card_of((P, P, 0.9), (U, P, 0.9)).n


def test_each_scorecard_criterion_and_language_has_its_card_and_names_all_versions() -> None:
    findings = (a_finding("greeting"), a_finding("recap"), a_finding("not in the truth"))
    old, new = a_call_score(), a_call_score(scorecard_version="2")
    chinese = a_call_score(scorecard="general-zh")
    calls = [
        a_scored_call(call_id="a", findings=findings, score=old),
        a_scored_call(call_id="b", findings=findings, score=new),
        a_scored_call(call_id="c", findings=findings, score=chinese, transcript=a_transcript(language="zh")),
    ]
    truth = Truth(calls={one: {"greeting": P, "recap": P} for one in "abc"}, sha256="")
    assert [
        ("general-en", "greeting", "en", 2, ("1", "2")),
        ("general-en", "recap", "en", 2, ("1", "2")),
        ("general-zh", "greeting", "zh", 1, ("1",)),
        ("general-zh", "recap", "zh", 1, ("1",)),
    ] == [
        (one.scorecard, one.criterion, one.language, one.n, one.scorecard_versions)
        for one in measure(calls, truth).cards
    ]


def test_what_the_truth_names_and_nobody_judged_is_reported() -> None:
    calls, truth = judged([(P, P, 0.9)])
    more = Truth(calls=truth.calls | {"gone": {"greeting": P}, "c00": {"greeting": P, "smile": P}}, sha256="")
    measured = measure([*calls, a_scored_call(call_id="no truth", findings=(a_finding(),))], more)
    assert (("gone",), (("general-en", "smile"),)) == (measured.unknown_calls, measured.unknown_criteria)
    assert [1] == [card.n for card in measured.cards]


def test_every_verdict_that_differs_is_named() -> None:
    wrong = measure(*judged(CALLS)).wrong
    assert ["c04", "c05", "c06", "c07", "c08", "c10", "c12"] == [one.call_id for one in wrong]
    assert (N, P) == (wrong[4].truth, wrong[4].finding.verdict)


def test_the_order_of_calls_changes_nothing() -> None:
    calls, truth = judged(CALLS)
    assert measure(calls, truth) == measure(reversed(calls), truth)
