"""A calibration session: several people judge the same calls without knowing what the others, or the machine, said."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from qa_pipeline.domain.finding import Finding, Verdict
from qa_pipeline.domain.transcript import Transcript

ANSWERS = (Verdict.PASS, Verdict.FAIL, Verdict.NOT_APPLICABLE, Verdict.UNSURE)
"""What a person may answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Participant:
    """Somebody who takes part: how many items they have answered, and when they handed them in for good (UTC)."""

    user: str
    name: str
    answered: int = 0
    submitted_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """A session without anybody's answers.

    `expert` is the user whose answers are the baseline, "" without one. `calls` counts its calls, `items` what each
    person answers: the criteria of all calls. `chosen` is how the calls were chosen: "ids", "draw" or "slice", with
    the `seed` of the last two. Times are in UTC.
    """

    id: int
    title: str
    scorecard: str
    scorecard_version: str
    expert: str
    created_by: str
    created_at: datetime
    due_on: date | None
    closed_at: datetime | None
    people: tuple[Participant, ...]
    calls: int
    items: int
    chosen: str = "ids"
    seed: int | None = None

    @property
    def revealed(self) -> bool:
        """Whether answers may be seen: all have handed in, or a lead has closed it."""
        return self.closed_at is not None

    @property
    def submitted(self) -> tuple[Participant, ...]:
        """Those who have handed in; after the session nobody else counts."""
        return tuple(one for one in self.people if one.submitted_at is not None)

    @property
    def left_out(self) -> tuple[Participant, ...]:
        """Those who have not handed in."""
        return tuple(one for one in self.people if one.submitted_at is None)

    def person(self, user: str) -> Participant | None:
        """The part that a user takes, None where they take none."""
        return next((one for one in self.people if one.user == user), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class CalibrationCall:
    """A call of a session as everybody may see it; `answered` counts the asking person's answers of `items`."""

    call_id: str
    language: str
    started_at: datetime | None
    duration_ms: int
    items: int
    answered: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CalibrationAnswer:
    """What one person said of one criterion of one call."""

    call_id: str
    criterion: str
    user: str
    verdict: Verdict
    note: str
    answered_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class BlindCall:
    """What a participant has before them: the call, its criteria in order, the own answers by criterion. No verdict
    of the machine and no answer of anybody else is in it.
    """

    call: CalibrationCall
    transcript: Transcript
    criteria: tuple[str, ...]
    own: Mapping[str, CalibrationAnswer]


@dataclass(frozen=True, slots=True, kw_only=True)
class CalibrationNote:
    """What was said of an item when the group talked it over."""

    call_id: str
    criterion: str
    author: str
    text: str
    made_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class RevealedItem:
    """One criterion of one call after the session: everybody's answers by user, the machine's finding, the notes."""

    call_id: str
    machine: Finding
    answers: Mapping[str, CalibrationAnswer]
    notes: tuple[CalibrationNote, ...] = ()

    @property
    def criterion(self) -> str:
        return self.machine.criterion

    @property
    def labels(self) -> Mapping[str, str]:
        """The answers as names, by user."""
        return {user: answer.verdict.value for user, answer in self.answers.items()}

    @property
    def differs(self) -> bool:
        """Whether people differ."""
        return len({answer.verdict for answer in self.answers.values()}) > 1
