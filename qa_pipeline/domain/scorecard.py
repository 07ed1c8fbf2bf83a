"""A scorecard as the scoring uses it; the file's form stands in scoring/model.py."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from qa_pipeline.domain.rule import Rule


class Dimension(StrEnum):
    """The five dimensions of service quality (SERVQUAL; Parasuraman, Zeithaml and Berry 1988)."""

    TANGIBLES = "tangibles"
    RELIABILITY = "reliability"
    RESPONSIVENESS = "responsiveness"
    ASSURANCE = "assurance"
    EMPATHY = "empathy"


class Indicator(StrEnum):
    """The class of figure that a criterion belongs to in a quality report."""

    EFFICIENCY = "efficiency"
    QUALITY = "quality"
    SATISFACTION = "satisfaction"
    IMPROVEMENT = "improvement"


@dataclass(frozen=True, slots=True, kw_only=True)
class Criterion:
    """One line of a scorecard.

    `check` names the decision and `parameters` tune it; without a check `rule` decides. `rule` may also say when the
    criterion applies and what is tolerated. `weight` is the points for a pass; `bonus` points come on top for level 2;
    with weight 0 the criterion is a bonus item, and a pass earns the bonus. A `critical` failure caps the call, an
    `auto_fail` takes all its points. `min_confidence`: a finding below it becomes UNSURE. `min_precision`: a criterion
    whose measured precision in the language is below it is not counted. `coach_only` criteria are shown and never
    counted. `standard` is what agents are told, `dimension` and `indicator` are for reports.
    """

    name: str
    title: str
    check: str = ""
    rule: Rule | None = None
    parameters: Mapping[str, object] = field(default_factory=dict)
    weight: float = 1.0
    bonus: float = 0.0
    critical: bool = False
    auto_fail: bool = False
    coach_only: bool = False
    min_confidence: float = 0.5
    min_precision: float = 0.8
    standard: str = ""
    dimension: Dimension | None = None
    indicator: Indicator | None = None


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
    no percentage. It judges calls that started from `effective_from` up to, not including, `effective_to`; None sets
    no limit.
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
    effective_from: date | None = None
    effective_to: date | None = None

    def judges(self, day: date | None) -> bool:
        """Whether calls of this day are judged by it; a call without a day by whatever has not run out."""
        if day is None:
            return self.effective_to is None
        return (self.effective_from is None or self.effective_from <= day) and (
            self.effective_to is None or day < self.effective_to
        )

    @property
    def criteria(self) -> tuple[Criterion, ...]:
        return tuple(criterion for section in self.sections for criterion in section.criteria)
