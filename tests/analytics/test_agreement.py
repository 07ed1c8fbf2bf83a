from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import repeat

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import cohen_kappa_score

from qa_pipeline.analytics.agreement import (
    Reliability,
    Strictness,
    alpha_interval,
    cohen_kappa,
    confusion,
    fleiss_kappa,
    krippendorff_alpha,
    percent_agreement,
    reliability,
    said_by,
    strictness,
)
from qa_pipeline.analytics.intervals import wilson
from qa_pipeline.domain import Rate, Verdict

Items = Sequence[Mapping[str, str]]

# Krippendorff, Computing Krippendorff's alpha-reliability, 2011: a line an observer, a column a unit, "." not judged.
BINARY = """
    0 1 0 0 0 0 0 0 1 0
    1 1 1 0 0 1 0 0 0 0
"""
NOMINAL = """
    a a b b d c c c e d d a
    b a b b b c c c e d d d
"""
FOUR_OBSERVERS = """
    1 2 3 3 2 1 4 1 2 . . .
    1 2 3 3 2 2 4 1 2 5 . 3
    . 3 3 3 2 3 4 2 2 5 1 .
    1 2 3 3 2 4 4 1 2 5 1 .
"""
# Wikipedia, Krippendorff's alpha, "A computational example".
THREE_CODERS = """
    . . . . . 3 4 1 2 1 1 3 3 . 3
    1 . 2 1 3 3 4 3 . . . . . . .
    . . 2 1 3 4 4 . 2 1 1 3 3 . 4
"""

# A line a subject, a column a category: how many raters chose it.
# Fleiss 1971: depression, personality disorder, schizophrenia, neurosis, other.
DIAGNOSES = """
    0 0 0 6 0 | 0 3 0 0 3 | 0 1 4 0 1 | 0 0 0 0 6 | 0 3 0 3 0 | 2 0 4 0 0
    0 0 4 0 2 | 2 0 3 1 0 | 2 0 0 4 0 | 0 0 0 0 6 | 1 0 0 5 0 | 1 1 0 4 0
    0 3 3 0 0 | 1 0 0 5 0 | 0 2 0 3 1 | 0 0 5 0 1 | 3 0 0 1 2 | 5 1 0 0 0
    0 2 0 4 0 | 1 0 2 0 3 | 0 0 0 0 6 | 0 1 0 5 0 | 0 2 0 1 3 | 2 0 0 4 0
    1 0 0 4 1 | 0 5 0 1 0 | 4 0 0 0 2 | 0 2 0 4 0 | 1 0 5 0 0 | 0 0 0 0 6
"""
# Wikipedia, Fleiss' kappa, "Worked example".
FOURTEEN_RATERS = """
    0 0 0 0 14 | 0 2 6 4 2 | 0 0 3 5 6 | 0 3 9 2 0 | 2 2 8 1 1
    7 7 0 0 0 | 3 2 6 3 0 | 2 5 3 2 2 | 6 5 2 1 0 | 0 2 2 3 7
"""

# Wikipedia, Cohen's kappa, "Simple example": 50 grants, read by A and B.
GRANTS = {("yes", "yes"): 20, ("yes", "no"): 5, ("no", "yes"): 10, ("no", "no"): 15}
# The same page, "Same percentages but different numbers".
SIXTY_PERCENT = {("yes", "yes"): 45, ("yes", "no"): 15, ("no", "yes"): 25, ("no", "no"): 15}
OTHER_SIXTY_PERCENT = {("yes", "yes"): 25, ("yes", "no"): 35, ("no", "yes"): 5, ("no", "no"): 35}


def observed(table: str) -> list[dict[str, str]]:
    """Items of a table with a line a rater."""
    lines = [line.split() for line in table.strip().splitlines()]
    return [
        {f"r{rater}": label for rater, label in enumerate(column) if label != "."}
        for column in zip(*lines, strict=True)
    ]


def counted(table: str) -> list[dict[str, str]]:
    """Items of a table with a line a subject, where raters are known by number only."""
    rows = [list(map(int, row.split())) for line in table.strip().splitlines() for row in line.split("|")]
    judged = [[str(category) for category, count in enumerate(row) for _ in range(count)] for row in rows]
    return [{f"r{rater}": label for rater, label in enumerate(labels)} for labels in judged]


def both(counts: Mapping[tuple[str, str], int]) -> tuple[dict[int, str], dict[int, str]]:
    pairs = [pair for pair, count in counts.items() for _ in range(count)]
    return {at: one for at, (one, _) in enumerate(pairs)}, {at: other for at, (_, other) in enumerate(pairs)}


def repeated(*items: tuple[Mapping[str, str], int]) -> list[Mapping[str, str]]:
    return [item for one, times in items for item in repeat(one, times)]


ITEMS = st.lists(st.dictionaries(st.sampled_from("ABCD"), st.sampled_from("xyz"), max_size=4), max_size=15)
SAID = st.dictionaries(st.integers(0, 30), st.sampled_from("xyz"), max_size=30)


@pytest.mark.parametrize(
    ("table", "alpha"), [(BINARY, 0.095), (NOMINAL, 0.692), (FOUR_OBSERVERS, 0.743), (THREE_CODERS, 0.691)]
)
def test_alpha_of_the_published_examples(table: str, alpha: float) -> None:
    assert alpha == round(krippendorff_alpha(observed(table)) or 0, 3)


@pytest.mark.parametrize(("table", "kappa"), [(DIAGNOSES, 0.430), (FOURTEEN_RATERS, 0.210)])
def test_fleiss_kappa_of_the_published_examples(table: str, kappa: float) -> None:
    assert kappa == round(fleiss_kappa(counted(table)) or 0, 3)


@pytest.mark.parametrize(
    ("counts", "agreed", "kappa"),
    [(GRANTS, 0.70, 0.400), (SIXTY_PERCENT, 0.60, 0.130), (OTHER_SIXTY_PERCENT, 0.60, 0.259)],
)
def test_cohens_kappa_of_the_published_examples(
    counts: Mapping[tuple[str, str], int], agreed: float, kappa: float
) -> None:
    a, b = both(counts)
    rate = percent_agreement(a, b)
    assert rate
    assert (agreed, kappa) == (rate.value, round(cohen_kappa(a, b) or 0, 3))


def test_the_tables_are_the_published_ones() -> None:
    # Fleiss gives the shares of the diagnoses as 0.144, 0.144, 0.167, 0.306 and 0.239.
    labels = [label for item in counted(DIAGNOSES) for label in item.values()]
    assert [26, 26, 30, 55, 43] == [labels.count(str(category)) for category in range(5)]
    assert ({6}, {14}) == ({len(item) for item in counted(DIAGNOSES)}, {len(item) for item in counted(FOURTEEN_RATERS)})


def test_the_confusion_counts_what_both_judged() -> None:
    assert GRANTS == confusion(*both(GRANTS))
    assert {("fail", "pass"): 1} == confusion({"c1": "fail", "c2": "pass"}, {"c1": "pass", "c3": "pass"})


def test_what_a_rater_said_leaves_out_what_the_rater_did_not_see() -> None:
    assert {9: "5", 10: "1"} == {at: label for at, label in said_by("r2", observed(FOUR_OBSERVERS)).items() if at > 8}


def test_percent_agreement_tells_of_how_many_items_and_how_sure() -> None:
    a, b = said_by("r0", observed(FOUR_OBSERVERS)), said_by("r3", observed(FOUR_OBSERVERS))
    assert Rate(hits=8, n=9, interval=wilson(8, 9)) == percent_agreement(a, b)


def test_raters_without_a_common_item_have_no_agreement() -> None:
    assert (None, None, {}) == tuple(of({1: "x"}, {2: "x"}) for of in (percent_agreement, cohen_kappa, confusion))


def test_cohens_kappa_says_nothing_where_both_gave_one_and_the_same_label_to_all() -> None:
    assert cohen_kappa({1: "x", 2: "x"}, {1: "x", 2: "x"}) is None


def test_cohens_kappa_is_nought_where_each_gave_another_label_to_all() -> None:
    assert 0 == cohen_kappa({1: "x", 2: "x"}, {1: "y", 2: "y"})


@given(a=SAID, b=SAID)
def test_cohens_kappa_is_that_of_scikit_learn_whoever_comes_first(a: dict[int, str], b: dict[int, str]) -> None:
    ours = cohen_kappa(a, b)
    assert ours == cohen_kappa(b, a)
    common = sorted(a.keys() & b.keys())
    if len({label for item in common for label in (a[item], b[item])}) < 2:
        assert ours is None
    else:
        theirs = cohen_kappa_score([a[item] for item in common], [b[item] for item in common])
        assert theirs == pytest.approx(ours, abs=1e-12)


def test_fleiss_kappa_is_over_the_items_with_the_most_frequent_number_of_raters() -> None:
    three = [{"A": "x", "B": "x", "C": "y"}, {"A": "y", "B": "y", "C": "y"}]
    two = [{"A": "x", "B": "x"}, {"A": "y", "B": "x"}, {"B": "y", "C": "y"}]
    alone: Items = [{"A": "x"}] * 9
    assert fleiss_kappa(two) == fleiss_kappa([*three, *two, *alone])
    assert fleiss_kappa(three) == fleiss_kappa([*three, *two[:2], *alone])


@pytest.mark.parametrize("items", [[], [{}], [{"A": "x"}, {"A": "y"}], [{"A": "x", "B": "x"}, {"A": "x", "B": "x"}]])
def test_there_is_no_coefficient_where_nothing_could_be_told_apart(items: Items) -> None:
    assert (None, None, None) == (fleiss_kappa(items), krippendorff_alpha(items), alpha_interval([*items] * 20))


def test_the_label_of_an_item_that_one_rater_judged_does_not_make_a_difference() -> None:
    assert krippendorff_alpha([{"A": "x", "B": "x"}, {"A": "y"}]) is None


@given(items=ITEMS, data=st.data())
def test_alpha_and_fleiss_kappa_do_not_depend_on_names_or_order(items: Items, data: st.DataObject) -> None:
    raters = dict(zip("ABCD", data.draw(st.permutations("ABCD")), strict=True))
    labels = dict(zip("xyz", data.draw(st.permutations("xyz")), strict=True))
    renamed = [{raters[rater]: labels[label] for rater, label in item.items()} for item in items]
    shuffled = data.draw(st.permutations(renamed))
    assert krippendorff_alpha(items) == krippendorff_alpha(shuffled)
    assert fleiss_kappa(items) == fleiss_kappa(shuffled)


@given(labels=st.lists(st.sampled_from("xyz"), min_size=2), raters=st.integers(2, 5))
def test_perfect_agreement_is_exactly_one_unless_all_labels_are_the_same(labels: list[str], raters: int) -> None:
    items = [dict.fromkeys("ABCDE"[:raters], label) for label in labels]
    expected = 1.0 if len(set(labels)) > 1 else None
    a, b = said_by("A", items), said_by("B", items)
    assert (expected,) * 3 == (krippendorff_alpha(items), fleiss_kappa(items), cohen_kappa(a, b))


@given(items=ITEMS)
def test_no_alpha_is_above_one_and_a_missing_one_means_a_single_label(items: Items) -> None:
    alpha = krippendorff_alpha(items)
    pairable = {label for item in items if len(item) > 1 for label in item.values()}
    assert (len(pairable) < 2) == (alpha is None)
    assert alpha is None or -1 <= alpha <= 1


def test_an_alpha_of_exactly_the_limit_is_not_lost_to_rounding() -> None:
    # 10 judgements x and 18 y; of the last item 8 of 12 ordered pairs differ: 1 - 27 * (8 / 3) / (2 * 10 * 18) = 0.8.
    items = [dict(zip("ABCD", labels, strict=True)) for labels in ("xxxx", "xxxx", *repeat("yyyy", 4), "xxyy")]
    assert (0.8, Reliability.RELIABLE) == (krippendorff_alpha(items), reliability(krippendorff_alpha(items) or 0))


def test_the_interval_of_alpha_is_that_of_items_drawn_again() -> None:
    items = counted(DIAGNOSES)
    chance = np.random.default_rng(7)
    drawn = [krippendorff_alpha([items[at] for at in chance.integers(0, 30, 30)]) or 0 for _ in range(1000)]
    ours = alpha_interval(items)
    assert ours
    assert (ours.low, ours.high) == pytest.approx(np.quantile(drawn, [0.025, 0.975]), abs=0.02)


def test_the_interval_of_alpha_holds_alpha_and_narrows_with_more_items() -> None:
    few, many = counted(DIAGNOSES), counted(DIAGNOSES) * 10
    wide, narrow = alpha_interval(few), alpha_interval(many)
    assert wide
    assert narrow
    assert wide.low < narrow.low < (krippendorff_alpha(many) or 0) < narrow.high < wide.high


def test_the_same_items_in_any_order_give_the_same_interval_and_another_seed_another() -> None:
    items = counted(DIAGNOSES)
    assert alpha_interval(items) == alpha_interval(items[::-1])
    assert alpha_interval(items) != alpha_interval(items, seed=1)


def test_fewer_than_ten_items_that_two_judged_have_no_interval() -> None:
    items = repeated(({"A": "x", "B": "x"}, 8), ({"A": "y", "B": "x"}, 1), ({"A": "x"}, 5))
    assert alpha_interval(items) is None
    assert alpha_interval([*items, {"A": "x", "B": "y"}])


def test_where_nobody_ever_differed_there_is_no_interval_of_no_width() -> None:
    assert alpha_interval(repeated(({"A": "x", "B": "x"}, 20), ({"A": "y", "B": "y"}, 20))) is None


def test_draws_without_two_labels_are_left_out() -> None:
    # A third of the draws miss the one item. With it once alpha is 1 - 21 * 2 / (2 * 21 * 1) = 0, with more it is less.
    interval = alpha_interval(repeated(({"A": "x", "B": "x"}, 10), ({"A": "x", "B": "y"}, 1)))
    assert interval
    assert interval.low < interval.high == pytest.approx(0)


def test_with_fifty_items_the_95_percent_interval_of_alpha_holds_the_truth_for_90_to_98_percent_of_samples() -> None:
    chance = np.random.default_rng(20261122)
    held = []
    for passing in (0.5, 0.8, 0.9):
        for error in (0.05, 0.12):
            # Three raters who each err on their own; two judgements differ by 2e(1-e), two of all by 2q(1-q).
            share = passing * (1 - error) + (1 - passing) * error
            alpha = 1 - error * (1 - error) / (share * (1 - share))
            for _ in range(100):
                said = (chance.random((50, 1)) < passing) ^ (chance.random((50, 3)) < error)
                interval = alpha_interval([dict(zip("ABC", map(str, row), strict=True)) for row in said])
                held.append(interval is not None and interval.low <= alpha <= interval.high)
    assert 0.90 <= sum(held) / len(held) <= 0.98


@pytest.mark.parametrize(
    ("alpha", "expected"),
    [
        (1.0, Reliability.RELIABLE),
        (0.8, Reliability.RELIABLE),
        (0.799, Reliability.TENTATIVE),
        (0.667, Reliability.TENTATIVE),
        (0.666, Reliability.NOT_RELIABLE),
        (-0.2, Reliability.NOT_RELIABLE),
    ],
)
def test_labels_are_good_for_what_krippendorff_says(alpha: float, expected: Reliability) -> None:
    assert expected is reliability(alpha)


def rate(hits: int, n: int) -> Rate:
    return Rate(hits=hits, n=n, interval=wilson(hits, n))


def test_reviewers_are_strict_or_lenient_against_the_expert() -> None:
    items = repeated(
        ({"expert": "pass", "Ann": "pass", "Bo": "fail"}, 3),
        ({"expert": "pass", "Ann": "pass", "Bo": "pass"}, 1),
        ({"expert": "fail", "Ann": "pass", "Bo": "fail"}, 2),
        ({"expert": "fail", "Ann": "fail"}, 3),
        ({"Ann": "pass", "Bo": "fail"}, 7),
    )
    assert (
        Strictness(reviewer="Ann", strict=rate(0, 4), lenient=rate(2, 5)),
        Strictness(reviewer="Bo", strict=rate(3, 4), lenient=rate(0, 2)),
    ) == strictness(items, expert="expert")


def test_without_an_expert_the_comparison_is_what_more_than_half_of_the_others_said() -> None:
    items = repeated(
        ({"Ann": "pass", "Bo": "pass", "Cem": "pass", "Di": "fail"}, 1),  # tied for all but Di, who is strict
        ({"Ann": "fail", "Bo": "fail", "Cem": "pass"}, 1),  # Cem is lenient; the others have a tie
    )
    found = {one.reviewer: (one.strict, one.lenient) for one in strictness(items)}
    # Of the first item, Ann, Bo and Cem see two passes and a fail: more than half passed.
    assert {
        "Ann": (rate(0, 1), None),
        "Bo": (rate(0, 1), None),
        "Cem": (rate(0, 1), rate(1, 1)),
        "Di": (rate(1, 1), None),
    } == found


def test_of_two_reviewers_each_is_compared_with_the_other() -> None:
    items = repeated(({"Ann": "pass", "Bo": "fail"}, 2), ({"Ann": "pass", "Bo": "pass"}, 1))
    ann, bo = strictness(items)
    assert (rate(0, 1), rate(2, 2)) == (ann.strict, ann.lenient)
    assert (rate(2, 3), None) == (bo.strict, bo.lenient)


def test_who_does_not_decide_is_neither_strict_nor_lenient() -> None:
    items: Items = [{"Ann": Verdict.UNSURE, "Bo": Verdict.PASS}, {"Ann": Verdict.FAIL, "Bo": Verdict.NOT_APPLICABLE}]
    assert [(None, None), (None, None)] == [(one.strict, one.lenient) for one in strictness(items)]


def test_a_reviewer_who_judged_alone_is_named_without_shares() -> None:
    assert (Strictness(reviewer="Ann", strict=None, lenient=None),) == strictness([{"Ann": "pass"}])
