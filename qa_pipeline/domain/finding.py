"""Judgements on one call and what they rest on."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from qa_pipeline.domain.recording import Party
from qa_pipeline.domain.span import Span


class Verdict(StrEnum):
    """Five answers. Only PASS earns points; NOT_APPLICABLE leaves the denominator; the last two ask for a person."""

    PASS = "pass"  # noqa: S105 - a verdict, not a password
    FAIL = "fail"
    NOT_APPLICABLE = "not_applicable"
    UNSURE = "unsure"
    ERROR = "error"


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """A moment that can be played, with the words said in it ("" where it is sound or silence)."""

    party: Party
    start_ms: int
    end_ms: int
    quote: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One criterion's verdict on one call. Checks leave `criterion` empty; evaluate fills it in.

    `why` is one sentence in the call's language that a team lead can read to an agent. A pass shows its
    `evidence`; a FAIL for something missing has `searched` (the window looked at), `clarity` (the mean word
    probability there, 0 to 1) and the `near_misses` in it.
    `level` is 1 or 2 where a criterion knows levels, else None. `confidence` is of the verdict, 0 to 1. A `coach_only`
    finding is shown and never counted: within a tolerance, or from a detector whose precision is too low.
    """

    verdict: Verdict
    confidence: float
    why: str
    criterion: str = ""
    evidence: tuple[Evidence, ...] = ()
    near_misses: tuple[Evidence, ...] = ()
    searched: Span | None = None
    level: int | None = None
    coach_only: bool = False
    clarity: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SectionScore:
    """Points of one section; `out_of` is 0 when nothing in it applied."""

    section: str
    points: float
    out_of: float


@dataclass(frozen=True, slots=True, kw_only=True)
class CallScore:
    """A call's points.

    `percent` is 100 * points / out_of, None when too little could be decided; a failed critical criterion lowers it
    to the scorecard's cap while `raw_percent` keeps what it would have been. `needs_review` says that a person
    must look before the score counts, `review_reasons` why (codes such as "unsure:greeting").
    """

    scorecard: str
    scorecard_version: str
    points: float
    out_of: float
    percent: float | None
    raw_percent: float | None
    band: str
    needs_review: bool
    review_reasons: tuple[str, ...]
    critical_failures: tuple[str, ...]
    sections: tuple[SectionScore, ...]
