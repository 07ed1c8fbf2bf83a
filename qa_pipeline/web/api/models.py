"""What goes in and out, as pydantic models: their descriptions are those of the OpenAPI schema."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from qa_pipeline.domain import Party, QueueKind, QueueState, Verdict

CallId = Annotated[str, Field(description="The call's id, whatever characters it holds.", min_length=1)]
Count = Annotated[int, Field(ge=0, le=2**53)]


class _Out(BaseModel):
    """What is answered."""

    model_config = ConfigDict(frozen=True, from_attributes=True)


class _In(BaseModel):
    """What is sent: nothing that is not known."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Fault(_Out):
    """One thing wrong with a request."""

    where: str = Field(description='Where in the request: "query.limit", "body.seen".')
    message: str


class Problem(_Out):
    """Something did not work (RFC 9457)."""

    model_config = ConfigDict(extra="allow")

    type: str = Field(description='Always "about:blank".')
    title: str = Field(description="The words of the HTTP status.")
    status: int
    code: str = Field(description="What is wrong, as a word that stays the same: decide by it.")
    detail: str = Field(description="A sentence for people.")


class SectionOut(_Out):
    """Points of one section of the scorecard."""

    section: str
    points: float
    out_of: float = Field(description="0 where nothing in it applied.")


class ScoreOut(_Out):
    """A call's points."""

    scorecard: str
    scorecard_version: str
    points: float
    out_of: float
    percent: float | None = Field(description="null where too little could be decided.")
    raw_percent: float | None = Field(description="What percent would be without a failed critical criterion.")
    band: str
    needs_review: bool = Field(description="A person must look before the score counts.")
    review_reasons: tuple[str, ...] = Field(description='Why: "unsure:greeting", "critical:identity_verification" …')
    critical_failures: tuple[str, ...]
    sections: tuple[SectionOut, ...]


class StandingOut(_Out):
    """What stands for a call now, people's words laid over the machine's."""

    call_id: str
    evaluation: str = Field(description="Fingerprint of the machine's judgement that it rests on.")
    state: QueueState = Field(description="clear: nobody need look; open: waits for a person; done: finished.")
    kinds: tuple[QueueKind, ...] = Field(description="Why people should look.")
    revision: int = Field(description="The number of decisions on the call: send it as `seen` when you decide.")
    decided: int = Field(description="On how many criteria a person's word stands.")
    score: ScoreOut


class CallOut(_Out):
    """A judged call."""

    id: str
    agent_id: str
    agent_name: str
    team: str
    queue: str
    language: str
    direction: str
    started_at: datetime | None = Field(description="On the call's own clock, with its distance from UTC if known.")
    duration_ms: int
    standing: StandingOut
    changed_at: datetime = Field(description="When what stands changed last, in UTC.")


class CallsOut(_Out):
    """Some calls, and how to go on."""

    items: tuple[CallOut, ...]
    next: str | None = Field(description="Send it as `cursor` for what comes after; null at the end.")


class MomentOut(_Out):
    """A moment in a call and the words said in it."""

    party: Party
    start_ms: int
    end_ms: int
    quote: str = Field(description="Empty where it is sound or silence.")


class WindowOut(_Out):
    """The window that was searched."""

    start_ms: int
    end_ms: int


class FindingOut(_Out):
    """One criterion's verdict."""

    criterion: str
    verdict: Verdict
    level: int | None
    confidence: float
    why: str
    coach_only: bool = Field(description="Shown, never counted.")
    evidence: tuple[MomentOut, ...]
    near_misses: tuple[MomentOut, ...]
    searched: WindowOut | None
    clarity: float | None


class FindingPairOut(_Out):
    """A criterion as it stands, and as the machine alone has it."""

    stands: FindingOut
    machine: FindingOut
    by_person: bool = Field(description="Whether a person's word stands.")


class FindingsOut(_Out):
    """All criteria of a call in the scorecard's order."""

    call_id: str
    items: tuple[FindingPairOut, ...]


class ScoresOut(_Out):
    """A call's score as it stands, and as the machine alone has it."""

    call_id: str
    stands: ScoreOut
    machine: ScoreOut


class TurnOut(_Out):
    """One party's words without a break."""

    party: Party
    start_ms: int
    end_ms: int
    text: str
    confidence: float
    flags: tuple[str, ...] = Field(description="Why the text may not be trusted.")


class TranscriptOut(_Out):
    """What was said."""

    call_id: str
    language: str
    flags: tuple[str, ...]
    turns: tuple[TurnOut, ...]


class DecisionOut(_Out):
    """A person's word on one criterion; the newest of a criterion counts."""

    criterion: str
    verdict: Verdict | None = Field(description="null takes the earlier word back.")
    level: int | None
    machine: Verdict = Field(description="The machine's verdict then.")
    reason: str
    origin: Literal["review", "appeal"]
    reviewer: str | None = Field(description="The account's id; null for agents, who are not told by whom.")
    made_at: datetime = Field(description="In UTC.")
    revision: int
    evaluation: str


class ReopeningOut(_Out):
    """A finished review that was opened again and waits to be finished once more."""

    by: str | None = Field(description="The account's id; null for agents, who are not told by whom.")
    reason: str | None = Field(description="null for agents.")
    at: datetime = Field(description="In UTC.")


class ReviewsOut(_Out):
    """All decisions on a call, oldest first, and what stands now."""

    standing: StandingOut
    reopened: ReopeningOut | None = Field(description="null where that is not why the call waits.")
    items: tuple[DecisionOut, ...]


class DecisionIn(_In):
    """A word on one criterion."""

    criterion: str = Field(description="Its name in the scorecard.", max_length=200)
    verdict: Verdict | None = Field(description="null takes the word that stands back.")
    level: Literal[1, 2] | None = Field(None, description="With a pass, where the criterion knows levels.")
    reason: str = Field("", max_length=4000, description="Needed where the verdict is not the machine's.")
    seen: Count = Field(description="The revision that you had before you; 409 where there is a newer one.")


class FinishIn(_In):
    """The end of a review."""

    seen: Count = Field(description="The revision that you had before you; 409 where there is a newer one.")


class ReopenIn(_In):
    """Why a finished review is opened again."""

    reason: str = Field(max_length=2000, description="For reviewers and the audit log.")


class IntervalOut(_Out):
    """Where the true mean lies, with probability `level`."""

    low: float
    high: float
    level: float


class FigureOut(_Out):
    """The mean of scores over a time; `interval` is null where n is 1."""

    period: date | None = Field(description="First day of the week (Monday) or month; null over all of the time.")
    n: int
    mean: float
    interval: IntervalOut | None


class AgentOut(_Out):
    """An agent's figures."""

    agent_id: str
    agent_name: str
    team: str
    comparable: bool = Field(description="Whether there are enough scored calls to compare the agent with others.")
    figures: tuple[FigureOut, ...]


class AgentsOut(_Out):
    """Agents by id: no ranking."""

    min_calls: int = Field(description="So many scored calls make an agent comparable.")
    items: tuple[AgentOut, ...]
