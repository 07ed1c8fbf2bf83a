"""How far people, and the machine, agree when each gives an item one of a few labels.

An item is a mapping from rater to label, for example one criterion on one call; a rater may be missing. What one of two
raters said is a mapping from item to label: `said_by` takes it from items, and a truth or the machine's verdicts have
that form already. Labels are names without an order.

    two raters                  percent_agreement, confusion, cohen_kappa
    as many raters on an item   fleiss_kappa
    any, with gaps              krippendorff_alpha, alpha_interval, reliability: the figure to judge reviewers by
    one against the others      strictness

A coefficient is 1 where all agree, 0 where they agree as often as by chance, below 0 where less often. Where only one
label was ever given there is nothing that raters could have told apart, and no coefficient: None, not 1.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import TypeVar

from qa_pipeline.analytics.intervals import DRAWS, wilson
from qa_pipeline.domain import Interval, Rate, Verdict

RELIABLE_FROM = 0.8
TENTATIVE_FROM = 0.667
LEAST_ITEMS = 10  # with fewer, items drawn again say too little of those that were not judged
SEED = 20261201

_Item = TypeVar("_Item")
_Label = TypeVar("_Label", bound=str)
_Said = tuple[tuple[str, int], ...]  # how often each label was given to one item, by label


class Reliability(StrEnum):
    """What labels with a certain alpha are good for."""

    RELIABLE = "reliable"
    TENTATIVE = "tentative"
    NOT_RELIABLE = "not reliable"


@dataclass(frozen=True, slots=True, kw_only=True)
class Strictness:
    """How often a reviewer differed from a comparison in each direction; None where there was no occasion.

    `strict` is the share failed of what the comparison passed, `lenient` the share passed of what it failed.
    """

    reviewer: str
    strict: Rate | None
    lenient: Rate | None


def said_by(rater: str, items: Sequence[Mapping[str, str]]) -> dict[int, str]:
    """What one rater said, by the item's place in `items`.

    >>> said_by("Ann", [{"Ann": "pass", "Bo": "fail"}, {"Bo": "pass"}, {"Ann": "fail"}])
    {0: 'pass', 2: 'fail'}
    """
    return {place: item[rater] for place, item in enumerate(items) if rater in item}


def confusion(a: Mapping[_Item, str], b: Mapping[_Item, str]) -> dict[tuple[str, str], int]:
    """How often `a` said the one and `b` the other of the items that both judged, sorted by label.

    >>> confusion({1: "pass", 2: "pass", 3: "fail"}, {1: "pass", 2: "fail", 4: "fail"})
    {('pass', 'fail'): 1, ('pass', 'pass'): 1}
    """
    return dict(sorted(Counter((label, b[item]) for item, label in a.items() if item in b).items()))


def percent_agreement(a: Mapping[_Item, str], b: Mapping[_Item, str]) -> Rate | None:
    """On how many of the items that both judged they gave the same label; None without such an item.

    Nothing is taken off for chance: two who each pass nine in ten calls without listening agree on eight in ten.

    >>> percent_agreement({1: "pass", 2: "pass", 3: "fail"}, {1: "pass", 2: "fail", 4: "fail"}).value
    0.5
    """
    pairs = confusion(a, b)
    return _rate(sum(count for (one, other), count in pairs.items() if one == other), sum(pairs.values()))


def cohen_kappa(a: Mapping[_Item, str], b: Mapping[_Item, str]) -> float | None:
    """Cohen's kappa over the items that both judged: (p_o - p_e) / (1 - p_e).

    p_o is the share on which they agree, p_e the share on which they would if each gave the labels as often as now but
    to any item. None without an item that both judged, and where p_e is 1: both gave one and the same label to all.
    Source: J. Cohen, A coefficient of agreement for nominal scales, Educ. Psychol. Meas. 20 (1960) 37-46.

    >>> cohen_kappa({1: "pass", 2: "pass", 3: "pass", 4: "fail"}, {1: "pass", 2: "pass", 3: "fail", 4: "fail"})
    0.5
    """
    return kappa(confusion(a, b))


def kappa(pairs: Mapping[tuple[_Label, _Label], int]) -> float | None:
    """`cohen_kappa` of pairs that are counted already, such as true and found verdicts.

    >>> kappa({("pass", "pass"): 2, ("fail", "fail"): 1, ("fail", "pass"): 1})
    0.5
    """
    n = sum(pairs.values())
    agreed = sum(count for (one, other), count in pairs.items() if one == other)
    by_a, by_b = Counter[_Label](), Counter[_Label]()
    for (one, other), count in pairs.items():
        by_a[one] += count
        by_b[other] += count
    chance = sum(count * by_b[label] for label, count in by_a.items())  # times n squared
    return None if chance == n * n else (n * agreed - chance) / (n * n - chance)


def fleiss_kappa(items: Sequence[Mapping[str, str]]) -> float | None:
    """Fleiss' kappa of items with the same number of raters, who need not be the same people: (P - P_e) / (1 - P_e).

    P is the share of pairs of judgements on an item that agree, P_e the sum of the squared shares of the labels. Where
    the numbers of raters differ, the items with the number that most items have count, of equally frequent numbers the
    larger; those with fewer than two raters never do. None without such an item, or where all got one label.
    Source: J. L. Fleiss, Measuring nominal scale agreement among many raters, Psychol. Bull. 76 (1971) 378-382.

    >>> both = {"Ann": "pass", "Bo": "pass"}
    >>> fleiss_kappa([both, {"Ann": "pass", "Bo": "fail"}, {"Ann": "fail", "Bo": "fail"}, both, {"Ann": "fail"}])
    0.4666666666666667
    """
    numbers = Counter(len(item) for item in items if len(item) > 1)
    if not numbers:
        return None
    raters = max(numbers, key=lambda number: (numbers[number], number))
    said = [Counter(item.values()) for item in items if len(item) == raters]
    n = raters * len(said)
    agreed = Fraction(sum(_ordered_pairs(labels) for labels in said), n * (raters - 1))
    chance = Fraction(sum(count * count for count in sum(said, Counter[str]()).values()), n * n)
    return None if chance == 1 else float((agreed - chance) / (1 - chance))


def krippendorff_alpha(items: Sequence[Mapping[str, str]]) -> float | None:
    """Krippendorff's alpha for labels without an order, any number of raters and any gaps: 1 - D_o / D_e.

    D_o is how often two judgements of one item differ, D_e how often two of all judgements do. Items with fewer than
    two judgements count nowhere. None where no item has two, or all judgements of those that do are the same.
    Source: K. Krippendorff, Computing Krippendorff's alpha-reliability, 2011.

    >>> both = {"Ann": "pass", "Bo": "pass"}
    >>> krippendorff_alpha([both, {"Ann": "pass", "Bo": "fail"}, {"Ann": "fail", "Bo": "fail"}, both, {"Ann": "fail"}])
    0.5333333333333333
    """
    labels = Counter[str]()
    differ = Fraction()  # exact, so that neither the order nor the names of labels move the last digit
    for said, times in _judged_twice(items).items():
        one = Counter(dict(said))
        n = one.total()
        differ += Fraction(times * (n * n - n - _ordered_pairs(one)), n - 1)
        labels.update({label: times * count for label, count in said})
    n = labels.total()
    by_chance = n * n - sum(count * count for count in labels.values())
    return float(1 - (n - 1) * differ / by_chance) if by_chance else None


def alpha_interval(items: Sequence[Mapping[str, str]], *, level: float = 0.95, seed: int = SEED) -> Interval | None:
    """The percentile bootstrap interval of alpha, over items drawn anew 1,000 times.

    None for fewer than ten items with two judgements or more (the others do not count), and where nobody ever differed:
    every draw would be 1, and the interval would say nothing. Draws in which all judgements are the same have no alpha
    and are left out. The same items in any order give the same interval. Raters are not drawn: it is about these people
    on other items, not about other people.

    Simulated with three raters, pass or fail and true alphas of 0.33 to 0.81, it holds the truth for 92 to 95 % of
    samples of fifty items, for 80 to 99 % of twenty and 57 to 97 % of ten, least where nine in ten items pass. Below
    fifty items take it for a lower limit of how unsure alpha is.
    Source: B. Efron and R. Tibshirani, An introduction to the bootstrap, 1993, chapter 13.
    """
    patterns = _judged_twice(items)
    n_items, names = patterns.total(), sorted({label for said in patterns for label, _ in said})
    if n_items < LEAST_ITEMS or all(len(said) == 1 for said in patterns):
        return None
    import numpy as np  # noqa: PLC0415 - heavy, and not needed to import this module

    # Drawing items with replacement is drawing from a multinomial distribution how often each pattern comes.
    shares = [times / n_items for times in patterns.values()]
    times = np.random.default_rng(seed).multinomial(n_items, shares, size=DRAWS)
    counts = np.array([[dict(said).get(name, 0) for name in names] for said in patterns])
    raters = counts.sum(axis=1)
    differ = times @ ((raters**2 - (counts**2).sum(axis=1)) / (raters - 1))
    labels = times @ counts
    n = labels.sum(axis=1)
    by_chance = n**2 - (labels**2).sum(axis=1)
    there = by_chance > 0
    alphas = 1 - (n[there] - 1) * differ[there] / by_chance[there]
    low, high = np.quantile(alphas, [(1 - level) / 2, (1 + level) / 2])
    return Interval(low=float(low), high=float(high), level=level)


def reliability(alpha: float) -> Reliability:
    """What labels with this alpha are good for: from 0.8 to rely on, from 0.667 for tentative conclusions only.

    Source: K. Krippendorff, Content analysis, 2nd edition, 2004, p. 241.

    >>> reliability(0.7).value
    'tentative'
    """
    if alpha >= RELIABLE_FROM:
        return Reliability.RELIABLE
    return Reliability.TENTATIVE if alpha >= TENTATIVE_FROM else Reliability.NOT_RELIABLE


def strictness(items: Sequence[Mapping[str, str]], expert: str | None = None) -> tuple[Strictness, ...]:
    """Each reviewer against the expert or, without one, against what more than half of the others said; by name.

    Only items count that the reviewer and the comparison both passed or failed: who says "not applicable" or "unsure"
    is neither strict nor lenient. Items that the expert did not judge, or on which no label has more than half of the
    others, are left out. Against the others, reviewers who are all lenient in the same way do not show.

    >>> bo, = strictness([{"Ann": "pass", "Bo": "fail"}, {"Ann": "pass", "Bo": "pass"}], expert="Ann")
    >>> bo.reviewer, bo.strict.value, bo.lenient
    ('Bo', 0.5, None)
    """
    reviewers = sorted({rater for item in items for rater in item if rater != expert})
    return tuple(_strictness(reviewer, items, expert) for reviewer in reviewers)


def _strictness(reviewer: str, items: Sequence[Mapping[str, str]], expert: str | None) -> Strictness:
    own = said_by(reviewer, items)
    theirs = {place: label for place in own if (label := _comparison(reviewer, items[place], expert)) is not None}
    pairs = Counter(confusion(theirs, own))
    strict, lenient = pairs[Verdict.PASS, Verdict.FAIL], pairs[Verdict.FAIL, Verdict.PASS]
    return Strictness(
        reviewer=reviewer,
        strict=_rate(strict, strict + pairs[Verdict.PASS, Verdict.PASS]),
        lenient=_rate(lenient, lenient + pairs[Verdict.FAIL, Verdict.FAIL]),
    )


def _comparison(reviewer: str, item: Mapping[str, str], expert: str | None) -> str | None:
    if expert is not None:
        return item.get(expert)
    others = [label for rater, label in item.items() if rater != reviewer]
    return next((label for label, count in Counter(others).items() if 2 * count > len(others)), None)


def _judged_twice(items: Sequence[Mapping[str, str]]) -> Counter[_Said]:
    """How many items got just these labels, of those with two or more; sorted."""
    said = Counter(tuple(sorted(Counter(item.values()).items())) for item in items if len(item) > 1)
    return Counter(dict(sorted(said.items())))


def _ordered_pairs(labels: Counter[str]) -> int:
    """In how many ways two of these judgements can be taken one after the other and be the same."""
    return sum(count * (count - 1) for count in labels.values())


def _rate(hits: int, n: int) -> Rate | None:
    return Rate(hits=hits, n=n, interval=wilson(hits, n)) if n else None
