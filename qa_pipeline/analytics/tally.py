"""Counts over one agent's calls, taken in one call at a time; no transcript is kept."""

from __future__ import annotations

from bisect import insort
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from qa_pipeline.analytics.examples import Examples, seconds
from qa_pipeline.domain import (
    CallFacts,
    Criterion,
    Finding,
    Miss,
    Scorecard,
    ScoredCall,
    Verdict,
    call_facts,
)

Scorecards = Mapping[tuple[str, str], Scorecard]

MISSES_KEPT = 2


@dataclass(slots=True)
class CriterionTally:
    """Verdicts on one criterion, and its newest fails."""

    verdicts: Counter[Verdict] = field(default_factory=Counter)
    level_two: int = 0
    coached: int = 0
    misses: list[tuple[float, str, Miss]] = field(default_factory=list)

    def add(self, call: ScoredCall, finding: Finding) -> None:
        self.verdicts[finding.verdict] += 1
        if finding.verdict is Verdict.PASS and finding.level == 2:
            self.level_two += 1
        self.coached += finding.coach_only
        if finding.verdict is Verdict.FAIL:
            moment = next(iter((*finding.evidence, *finding.near_misses)), None)
            miss = Miss(call_id=call.recording.id, why=finding.why, evidence=moment)
            insort(
                self.misses, (-seconds(call.recording.meta.started_at), miss.call_id, miss), key=lambda kept: kept[:2]
            )
            del self.misses[MISSES_KEPT:]


@dataclass(slots=True)
class Tally:
    """One agent's counts."""

    scorecards: Scorecards
    examples: Examples = field(init=False)
    calls: int = 0
    needs_review: int = 0
    critical_calls: int = 0
    complaints: Counter[bool] = field(default_factory=Counter)
    percents: list[float] = field(default_factory=list)
    weeks: defaultdict[date, list[float]] = field(default_factory=lambda: defaultdict(list))
    days: list[date] = field(default_factory=list)
    languages: Counter[str] = field(default_factory=Counter)
    used: Counter[tuple[str, str]] = field(default_factory=Counter)
    bands: Counter[str] = field(default_factory=Counter)
    criteria: defaultdict[str, CriterionTally] = field(default_factory=lambda: defaultdict(CriterionTally))
    sections: defaultdict[str, list[tuple[float, float]]] = field(default_factory=lambda: defaultdict(list))
    causes: Counter[str] = field(default_factory=Counter)
    cause_examples: dict[str, tuple[float, str, int, str]] = field(default_factory=dict)
    paths: Counter[tuple[str, str]] = field(default_factory=Counter)
    averages: defaultdict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    newest: dict[str, tuple[float, str, str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.examples = Examples(self.criterion_of)

    @property
    def agent_name(self) -> str:
        """The name in the newest call that has one."""
        return self.newest.get("agent_name", (0.0, "", ""))[2]

    @property
    def team(self) -> str:
        """The team in the newest call that has one."""
        return self.newest.get("team", (0.0, "", ""))[2]

    def criterion_of(self, call: ScoredCall, name: str) -> Criterion | None:
        """What the call's own scorecard says of a criterion, None where that scorecard is not known."""
        scorecard = self.scorecards.get((call.score.scorecard, call.score.scorecard_version))
        return next((c for c in scorecard.criteria if c.name == name), None) if scorecard else None

    def add(self, call: ScoredCall) -> None:
        """Takes one call into account."""
        score, meta = call.score, call.recording.meta
        self.calls += 1
        self.needs_review += score.needs_review
        self.critical_calls += bool(score.critical_failures)
        self.languages[call.transcript.language] += 1
        self.used[score.scorecard, score.scorecard_version] += 1
        if meta.started_at:
            self._extend_period(meta.started_at.date())
        if score.percent is not None:
            self._add_percent(call, score.percent)
            for section in score.sections:
                self.sections[section.section].append((section.points, section.out_of))
        for finding in call.findings:
            self.criteria[finding.criterion].add(call, finding)
        for name, value in (("agent_name", meta.agent_name), ("team", meta.team)):
            stamp = (seconds(meta.started_at), call.recording.id, value)
            if value and stamp > self.newest.get(name, (-2.0, "", "")):
                self.newest[name] = stamp
        self._add_facts(call, call_facts(call))
        self.examples.add(call)

    def _extend_period(self, day: date) -> None:
        self.days = [min(self.days[0], day), max(self.days[-1], day)] if self.days else [day, day]

    def _add_percent(self, call: ScoredCall, percent: float) -> None:
        self.percents.append(percent)
        self.bands[call.score.band] += 1
        if started := call.recording.meta.started_at:
            self.weeks[started.date() - timedelta(days=started.weekday())].append(percent)

    def _add_facts(self, call: ScoredCall, facts: CallFacts) -> None:
        if facts.is_complaint is not None:
            self.complaints[facts.is_complaint] += 1
        if facts.mood:
            self.paths[facts.mood.start, facts.mood.end] += 1
        for signal in facts.causes:
            self.causes[signal.label] += 1
            example = (-signal.confidence, call.recording.id, signal.start_ms, signal.quote)
            self.cause_examples[signal.label] = min(example, self.cause_examples.get(signal.label, example))
        chinese = call.transcript.language == "zh"
        values = {
            "talk_share": facts.talk_share,
            "pace_characters" if chinese else "pace_words": facts.agent_pace,
            "dead_air_s": _in_seconds(facts.dead_air_ms),
            "hold_s": _in_seconds(facts.hold_ms),
            "interruptions": facts.interruptions,
            "repeats": facts.repeats,
            "time_to_greeting_s": _in_seconds(facts.time_to_greeting_ms),
            "longest_monologue_s": _in_seconds(facts.longest_monologue_ms),
            "questions": facts.questions,
            "unannounced_holds": facts.unannounced_holds,
            "overlaps_started": facts.overlaps_started,
            "narratives_interrupted": facts.narrative_interrupted,
            "voice_raised": facts.voice_raised,
            "csat": call.recording.meta.csat,
        }
        for name, value in values.items():
            if value is not None:
                self.averages[name].append(value)


def _in_seconds(ms: int | None) -> float | None:
    return None if ms is None else ms / 1000
