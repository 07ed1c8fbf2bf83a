"""A scorecard as the scoring uses it; the file's form stands in scoring/model.py."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Criterion:
    """One line of a scorecard.

    `check` names the decision, `parameters` tune it. `weight` is the points for a pass; `bonus` points come on
    top for level 2. A `critical` failure caps the call. `min_confidence`: a finding below it becomes UNSURE.
    `coach_only` criteria are shown and never counted.
    """

    name: str
    title: str
    check: str
    parameters: Mapping[str, object] = field(default_factory=dict)
    weight: float = 1.0
    bonus: float = 0.0
    critical: bool = False
    coach_only: bool = False
    min_confidence: float = 0.5
    standard: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A named group of criteria."""

    name: str
    title: str
    criteria: tuple[Criterion, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    """A named range of percent, from `at_least` up to the next band."""

    name: str
    title: str
    at_least: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Scorecard:
    """What a call is judged by. `fingerprint` changes with anything that can change a score.

    `bands` run from the best to the worst. `critical_cap` is the most percent that a call with a failed
    critical criterion can have. `max_undecided`: with a greater share of the weight in UNSURE or ERROR a call gets
    no percentage.
    """

    name: str
    version: str
    title: str
    language: str
    sections: tuple[Section, ...]
    bands: tuple[Band, ...]
    critical_cap: float
    fingerprint: str
    max_undecided: float = 0.25

    @property
    def criteria(self) -> tuple[Criterion, ...]:
        return tuple(criterion for section in self.sections for criterion in section.criteria)
