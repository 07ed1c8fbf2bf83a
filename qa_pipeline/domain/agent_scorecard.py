"""What is known of one agent's calls, put together: the contents of an agent's page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from qa_pipeline.domain.finding import Evidence, Verdict
from qa_pipeline.domain.span import Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """Where the true value lies, with probability `level`, if the calls are a fair sample of the agent's calls."""

    low: float
    high: float
    level: float = 0.95


@dataclass(frozen=True, slots=True, kw_only=True)
class Mean:
    """A mean over `n` values; no interval where one value says nothing about the spread, or none was asked for."""

    value: float
    n: int
    interval: Interval | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """`hits` out of `n`, with its Wilson interval."""

    hits: int
    n: int
    interval: Interval

    @property
    def value(self) -> float:
        return self.hits / self.n


@dataclass(frozen=True, slots=True, kw_only=True)
class Miss:
    """One failed criterion on one call: why, and the moment to play (None where nothing was said or heard)."""

    call_id: str
    why: str
    evidence: Evidence | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CriterionResult:
    """One criterion over an agent's calls.

    `rate` is passes out of passes and fails: calls where it does not apply or could not be decided (`unsure`,
    errors of a check included) are in neither. `level_two` counts the passes of level 2, `coached` the findings of a
    counted criterion that were for coaching only (within a tolerance, or measured to be imprecise). `team_rate` is the
    team's share of passes, this agent's calls included; None where a comparison would say nothing.
    `misses` are the newest fails.
    """

    name: str
    title: str
    section: str
    standard: str
    weight: float
    critical: bool
    coach_only: bool
    passes: int
    fails: int
    unsure: int
    not_applicable: int
    level_two: int
    coached: int
    rate: Rate | None
    team_rate: float | None
    misses: tuple[Miss, ...]

    @property
    def applicable(self) -> int:
        return self.passes + self.fails + self.unsure


@dataclass(frozen=True, slots=True, kw_only=True)
class SectionResult:
    """Points of a section over all calls with a score; `percent` is None where nothing in it applied."""

    name: str
    title: str
    points: float
    out_of: float

    @property
    def percent(self) -> float | None:
        return 100 * self.points / self.out_of if self.out_of else None


@dataclass(frozen=True, slots=True, kw_only=True)
class BandCount:
    """Calls in one band; bands stand from the best to the worst."""

    name: str
    title: str
    n: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CauseCount:
    """Calls with one complaint cause, and the surest of the customer's words for it."""

    cause: str
    n: int
    call_id: str
    quote: str
    start_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SentimentPaths:
    """How customers came and how they left: calls by (start, end) label, over the `n` calls where it was measured."""

    n: int
    paths: tuple[tuple[str, str, int], ...]

    def starting(self, label: str) -> int:
        """Calls that started with this label."""
        return sum(n for start, _, n in self.paths if start == label)

    def ending(self, label: str) -> int:
        """Calls that ended with this label."""
        return sum(n for _, end, n in self.paths if end == label)

    @property
    def recovered(self) -> int:
        """Calls that started negative and ended neutral or positive."""
        return sum(n for start, end, n in self.paths if start == "negative" and end != "negative")

    @property
    def soured(self) -> int:
        """Calls that ended negative although they had not started so."""
        return sum(n for start, end, n in self.paths if start != "negative" and end == "negative")


@dataclass(frozen=True, slots=True, kw_only=True)
class ConversationAverages:
    """Means a call, each over the calls where it was measured, None where it never was.

    `talk_share` 0 to 1; `pace_words` words a minute (English calls), `pace_characters` characters a minute (Chinese
    calls); `dead_air_s` and `hold_s` seconds a call; `interruptions` by the agent and `repeats` by the customer a call;
    `time_to_greeting_s`, `longest_monologue_s`, `questions` and `overlaps_started` are the agent's; `unannounced_holds`
    a call; `narratives_interrupted` the share of calls with a first account in which the agent cut in on it;
    `voice_raised` the share of the customer's turns in a raised voice, a signal of its own beside sentiment; `csat` the
    customers' own rating on the site's scale.
    """

    talk_share: Mean | None
    pace_words: Mean | None
    pace_characters: Mean | None
    dead_air_s: Mean | None
    hold_s: Mean | None
    interruptions: Mean | None
    repeats: Mean | None
    time_to_greeting_s: Mean | None
    longest_monologue_s: Mean | None
    questions: Mean | None
    unannounced_holds: Mean | None
    overlaps_started: Mean | None
    narratives_interrupted: Mean | None
    voice_raised: Mean | None
    csat: Mean | None


@dataclass(frozen=True, slots=True, kw_only=True)
class WeekMean:
    """The mean score of the calls of one week, without an interval where they are few; `monday` is its first day."""

    monday: date
    mean: Mean


@dataclass(frozen=True, slots=True, kw_only=True)
class ExampleItem:
    """One criterion on an example call."""

    criterion: str
    title: str
    verdict: Verdict
    level: int | None
    why: str
    evidence: tuple[Evidence, ...]
    near_misses: tuple[Evidence, ...]
    searched: Span | None
    clarity: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ExampleCall:
    """A call worth listening to, with the judgements on it."""

    call_id: str
    started_at: datetime | None
    duration_ms: int
    language: str
    percent: float
    band: str
    needs_review: bool
    items: tuple[ExampleItem, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentScorecard:
    """All of one agent's calls. `agent_id` is "" for calls that name no agent.

    `calls` counts all of them, `mean.n` those with a score, `needs_review` those of `calls` that wait for a person
    (their scores are in the mean). `languages` and `scorecards` go by number of calls, most first. `team_mean`,
    `team_conversation` and the criteria's `team_rate` are over all calls of the team, None below `min_calls` scored
    calls and where the team has no other agent.
    `strengths` and `gaps` name criteria.
    """

    agent_id: str
    agent_name: str
    team: str
    languages: tuple[tuple[str, int], ...]
    scorecards: tuple[tuple[str, str, int], ...]
    calls: int
    needs_review: int
    critical_calls: int
    first_call: date | None
    last_call: date | None
    mean: Mean | None
    min_calls: int
    team_mean: Mean | None
    criteria: tuple[CriterionResult, ...]
    strengths: tuple[str, ...]
    gaps: tuple[str, ...]
    sections: tuple[SectionResult, ...]
    bands: tuple[BandCount, ...]
    complaints: int
    complaints_measured: int
    causes: tuple[CauseCount, ...]
    sentiment: SentimentPaths
    conversation: ConversationAverages
    team_conversation: ConversationAverages | None
    weeks: tuple[WeekMean, ...]
    best: tuple[ExampleCall, ...]
    worst: tuple[ExampleCall, ...]

    @property
    def scored(self) -> int:
        return self.mean.n if self.mean else 0

    @property
    def comparable(self) -> bool:
        """Whether there are enough scored calls to stand beside other agents."""
        return bool(self.agent_id) and self.scored >= self.min_calls

    @property
    def language(self) -> str:
        """The language of most calls, "en" where none is known."""
        return self.languages[0][0] if self.languages else "en"
