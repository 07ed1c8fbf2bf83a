"""The figures of a calibration session: people among themselves, people and the machine apart.

People's four answers are four labels: who is unsure differs from who passes. The machine is judged where it decided:
an item on which it was unsure, or its check failed, goes to a person anyway, and is counted aside.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from qa_pipeline.analytics.agreement import (
    LEAST_ITEMS,
    Reliability,
    Strictness,
    alpha_interval,
    cohen_kappa,
    fleiss_kappa,
    krippendorff_alpha,
    percent_agreement,
    reliability,
    said_by,
    strictness,
)
from qa_pipeline.analytics.intervals import wilson
from qa_pipeline.domain import Interval, Rate, RevealedItem, Verdict

MACHINE = "machine"
BASELINE = "baseline"
ENOUGH_ITEMS = 50
"""Below so many items the interval of alpha is too narrow (`alpha_interval` says by how much)."""

_DECIDED = (Verdict.PASS, Verdict.FAIL, Verdict.NOT_APPLICABLE)


@dataclass(frozen=True, slots=True, kw_only=True)
class AmongPeople:
    """How far people agree on `n` items that two or more of them answered.

    `agree`: items on which all said the same. `cohen` is the mean of Cohen's kappa over the pairs of people, or, with
    an expert, over everybody against the expert. None where it cannot be told: no item, or one label for all. Below
    ten items there is no word on reliability either: five items that agree are no proof.
    Source of the mean over pairs: R. J. Light, Measures of response agreement for qualitative data, Psychol. Bull. 76
    (1971) 365-377.
    """

    n: int
    agree: Rate | None
    cohen: float | None
    fleiss: float | None
    alpha: float | None
    interval: Interval | None
    reliability: Reliability | None


@dataclass(frozen=True, slots=True, kw_only=True)
class WithMachine:
    """How far the machine agrees with the expert or, without one, with what more than half of the people said.

    Over `n` items that both decided; on `undecided` more the machine did not.
    """

    n: int
    undecided: int
    agree: Rate | None
    kappa: float | None
    alpha: float | None
    interval: Interval | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Two people, or one and MACHINE, over all items that both answered."""

    one: str
    other: str
    agree: Rate | None
    kappa: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OfCriterion:
    """One criterion over the calls of a session."""

    criterion: str
    people: AmongPeople
    machine: WithMachine


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """A session in figures; `people` and `machine` are over the items of all criteria together."""

    people: AmongPeople
    machine: WithMachine
    criteria: tuple[OfCriterion, ...]
    pairs: tuple[Pair, ...]
    with_machine: tuple[Pair, ...]
    strictness: tuple[Strictness, ...]
    machine_strictness: Strictness | None


def figures(items: Sequence[RevealedItem], expert: str = "") -> Figures:
    """The figures of these items; `expert` is the user whose answers are the baseline, "" without one.

    An expert who did not hand in is none.
    """
    if not any(expert in item.answers for item in items):
        expert = ""
    said = [item.labels for item in items]
    machine = {place: label for place, item in enumerate(items) if (label := decided(item))}
    beside = [
        {BASELINE: base, MACHINE: machine[place]}
        for place, item in enumerate(items)
        if place in machine and (base := baseline(item.labels, expert)) is not None
    ]
    people = sorted({who for item in said for who in item})
    return Figures(
        people=among(said, expert),
        machine=with_machine(items, expert),
        criteria=tuple(
            OfCriterion(
                criterion=name,
                people=among([one.labels for one in items if one.criterion == name], expert),
                machine=with_machine([one for one in items if one.criterion == name], expert),
            )
            for name in dict.fromkeys(item.criterion for item in items)
        ),
        pairs=tuple(_pair(one, other, said) for one, other in combinations(people, 2)),
        with_machine=tuple(
            Pair(one=who, other=MACHINE, agree=percent_agreement(own, machine), kappa=cohen_kappa(own, machine))
            for who in people
            for own in [said_by(who, said)]
        ),
        strictness=strictness(said, expert or None),
        machine_strictness=next(iter(strictness(beside, BASELINE)), None),
    )


def among(said: Sequence[Mapping[str, str]], expert: str = "") -> AmongPeople:
    """How far people agree on items, each a mapping from user to label."""
    shared = [item for item in said if len(item) > 1]
    alpha = krippendorff_alpha(shared)
    agreed, n = sum(len(set(item.values())) == 1 for item in shared), len(shared)
    return AmongPeople(
        n=n,
        agree=Rate(hits=agreed, n=n, interval=wilson(agreed, n)) if n else None,
        cohen=_mean_kappa(shared, expert),
        fleiss=fleiss_kappa(shared),
        alpha=alpha,
        interval=alpha_interval(shared) if alpha is not None else None,
        reliability=reliability(alpha) if alpha is not None and n >= LEAST_ITEMS else None,
    )


def with_machine(items: Sequence[RevealedItem], expert: str = "") -> WithMachine:
    """How far the machine agrees with the baseline on items."""
    based = [(base, decided(item)) for item in items if (base := baseline(item.labels, expert)) is not None]
    both = [{BASELINE: base, MACHINE: label} for base, label in based if label]
    one, other = said_by(BASELINE, both), said_by(MACHINE, both)
    alpha = krippendorff_alpha(both)
    return WithMachine(
        n=len(both),
        undecided=len(based) - len(both),
        agree=percent_agreement(one, other),
        kappa=cohen_kappa(one, other),
        alpha=alpha,
        interval=alpha_interval(both) if alpha is not None else None,
    )


def decided(item: RevealedItem) -> str:
    """The machine's label of an item, "" where it did not decide."""
    return item.machine.verdict.value if item.machine.verdict in _DECIDED else ""


def baseline(labels: Mapping[str, str], expert: str = "") -> str | None:
    """The expert's label or, without an expert, what more than half said; None where there is neither.

    >>> baseline({"Ann": "pass", "Bo": "fail", "Cy": "fail"}), baseline({"Ann": "pass", "Bo": "fail"})
    ('fail', None)
    """
    if expert:
        return labels.get(expert)
    return next((label for label, count in Counter(labels.values()).items() if 2 * count > len(labels)), None)


def _mean_kappa(said: Sequence[Mapping[str, str]], expert: str) -> float | None:
    people = sorted({who for item in said for who in item})
    pairs: Iterable[tuple[str, str]] = combinations(people, 2)
    if expert:
        pairs = ((who, expert) for who in people if who != expert)
    kappas = [kappa for one, other in pairs if (kappa := _pair(one, other, said).kappa) is not None]
    return math.fsum(kappas) / len(kappas) if kappas else None


def _pair(one: str, other: str, said: Sequence[Mapping[str, str]]) -> Pair:
    a, b = said_by(one, said), said_by(other, said)
    return Pair(one=one, other=other, agree=percent_agreement(a, b), kappa=cohen_kappa(a, b))
