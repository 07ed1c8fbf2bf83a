"""The tables of a report, defined once for CSV, Parquet and Excel."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from qa_pipeline.domain import (
    AgentScorecard,
    CriterionResult,
    Evidence,
    Finding,
    Mean,
    Scorecard,
    ScoredCall,
    call_facts,
)
from qa_pipeline.reporting.files import clean
from qa_pipeline.reporting.wording import cause_title, main_language

Kind = Literal["text", "integer", "number", "score", "share", "flag", "time", "date", "clock"]
"""score: 0 to 100; share: 0 to 1; time: text, ISO 8601; clock: milliseconds from the start of the recording."""

Value = str | int | float | bool | datetime | date | None
Row = tuple[Value, ...]
Scorecards = Mapping[tuple[str, str], Scorecard]


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column; the name is the head in CSV and Parquet, and the key of its words in Excel."""

    name: str
    kind: Kind


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table and its columns, in order."""

    name: str
    columns: tuple[Column, ...]


def _table(name: str, **kinds: Kind) -> Table:
    return Table(name=name, columns=tuple(Column(name=column, kind=kind) for column, kind in kinds.items()))


CALLS = _table(
    "calls",
    call_id="text",
    agent_id="text",
    agent_name="text",
    team="text",
    queue="text",
    language="text",
    started_at="time",
    duration_s="number",
    direction="text",
    customer_id="text",
    disposition="text",
    csat="number",
    scorecard="text",
    scorecard_version="text",
    points="number",
    out_of="number",
    percent="score",
    raw_percent="score",
    band="text",
    needs_review="flag",
    review_reasons="text",
    critical_failures="text",
    is_complaint="flag",
    causes="text",
    sentiment_start="text",
    sentiment_end="text",
    talk_share="share",
    agent_pace="number",
    interruptions="integer",
    dead_air_s="number",
    hold_s="number",
    repeats="integer",
    doubts="text",
)
FINDINGS = _table(
    "findings",
    call_id="text",
    agent_id="text",
    team="text",
    started_at="time",
    scorecard="text",
    criterion="text",
    criterion_title="text",
    verdict="text",
    finding_level="integer",
    confidence="share",
    why="text",
    start_ms="clock",
    end_ms="clock",
    quote="text",
    near_miss_ms="clock",
    near_miss="text",
    searched_start_ms="clock",
    searched_end_ms="clock",
)
AGENTS = _table(
    "agents",
    agent_id="text",
    agent_name="text",
    team="text",
    calls="integer",
    scored="integer",
    needs_review="integer",
    mean="score",
    low="score",
    high="score",
    compared="flag",
    critical_calls="integer",
    complaints="integer",
    complaints_measured="integer",
    started_negative="integer",
    ended_negative="integer",
    recovered_calls="integer",
    talk_share="share",
    pace_words="number",
    pace_characters="number",
    dead_air_s="number",
    hold_s="number",
    interruptions="number",
    repeats="number",
    csat="number",
    first_call="date",
    last_call="date",
)
CRITERIA = _table(
    "criteria",
    agent_id="text",
    agent_name="text",
    team="text",
    section="text",
    criterion="text",
    criterion_title="text",
    weight="number",
    critical="flag",
    coach_only="flag",
    applicable="integer",
    passes="integer",
    fails="integer",
    unsure_n="integer",
    not_applicable="integer",
    level_two_n="integer",
    rate="share",
    low="share",
    high="share",
    team_rate="share",
)
CAUSES = _table(
    "causes",
    agent_id="text",
    agent_name="text",
    team="text",
    cause="text",
    cause_title="text",
    calls="integer",
    example_call="text",
    start_ms="clock",
    quote="text",
)
TABLES = (AGENTS, CRITERIA, CALLS, FINDINGS, CAUSES)


def call_row(call: ScoredCall) -> Row:
    """One row of CALLS."""
    meta, score, facts = call.recording.meta, call.score, call_facts(call)
    return _row(
        meta.call_id,
        meta.agent_id,
        meta.agent_name,
        meta.team,
        meta.queue,
        call.transcript.language,
        meta.started_at,
        call.recording.media.duration_ms / 1000,
        meta.direction,
        meta.customer_id,
        meta.disposition,
        meta.csat,
        score.scorecard,
        score.scorecard_version,
        score.points,
        score.out_of,
        score.percent,
        score.raw_percent,
        score.band,
        score.needs_review,
        " ".join(score.review_reasons),
        " ".join(score.critical_failures),
        facts.is_complaint,
        " ".join(cause.label for cause in facts.causes),
        facts.sentiment_start,
        facts.sentiment_end,
        facts.talk_share,
        facts.agent_pace,
        facts.interruptions,
        _seconds(facts.dead_air_ms),
        _seconds(facts.hold_ms),
        facts.repeats,
        " ".join(call.transcript.flags),
    )


def finding_rows(call: ScoredCall, scorecards: Scorecards) -> Iterator[Row]:
    """The rows of FINDINGS of one call: a row a criterion, with its first moment."""
    card = scorecards.get((call.score.scorecard, call.score.scorecard_version))
    titles = {criterion.name: criterion.title for criterion in card.criteria} if card else {}
    meta = call.recording.meta
    head = (meta.call_id, meta.agent_id, meta.team, meta.started_at, call.score.scorecard)
    for finding in call.findings:
        yield _row(*head, *_judgement(finding, titles.get(finding.criterion, finding.criterion)))


def _judgement(finding: Finding, title: str) -> Row:
    moment = _first(finding.evidence)
    nearest = _first(finding.near_misses)
    return (
        finding.criterion,
        title,
        finding.verdict.value,
        finding.level,
        finding.confidence,
        finding.why,
        moment.start_ms if moment else None,
        moment.end_ms if moment else None,
        moment.quote if moment else "",
        nearest.start_ms if nearest else None,
        nearest.quote if nearest else "",
        finding.searched.start_ms if finding.searched else None,
        finding.searched.end_ms if finding.searched else None,
    )


def agent_row(card: AgentScorecard) -> Row:
    """One row of AGENTS."""
    averages, mood = card.conversation, card.sentiment
    interval = card.mean.interval if card.mean else None
    return _row(
        card.agent_id,
        card.agent_name,
        card.team,
        card.calls,
        card.scored,
        card.needs_review,
        _value(card.mean),
        interval.low if interval else None,
        interval.high if interval else None,
        card.comparable,
        card.critical_calls,
        card.complaints if card.complaints_measured else None,
        card.complaints_measured,
        mood.starting("negative") if mood.n else None,
        mood.ending("negative") if mood.n else None,
        mood.recovered if mood.n else None,
        _value(averages.talk_share),
        _value(averages.pace_words),
        _value(averages.pace_characters),
        _value(averages.dead_air_s),
        _value(averages.hold_s),
        _value(averages.interruptions),
        _value(averages.repeats),
        _value(averages.csat),
        card.first_call,
        card.last_call,
    )


def criterion_row(card: AgentScorecard, result: CriterionResult) -> Row:
    """One row of CRITERIA."""
    rate = result.rate
    return _row(
        card.agent_id,
        card.agent_name,
        card.team,
        result.section,
        result.name,
        result.title,
        result.weight,
        result.critical,
        result.coach_only,
        result.applicable,
        result.passes,
        result.fails,
        result.unsure,
        result.not_applicable,
        result.level_two,
        rate.value if rate else None,
        rate.interval.low if rate else None,
        rate.interval.high if rate else None,
        result.team_rate,
    )


def cause_rows(card: AgentScorecard) -> Iterator[Row]:
    """The rows of CAUSES of one agent; the title is in the language of most of the agent's calls."""
    language = main_language([card])
    for count in card.causes:
        yield _row(
            card.agent_id,
            card.agent_name,
            card.team,
            count.cause,
            cause_title(language, count.cause),
            count.n,
            count.call_id,
            count.start_ms,
            count.quote,
        )


def _row(*values: Value) -> Row:
    return tuple(_plain(value) for value in values)


def _plain(value: Value) -> Value:
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, float):
        # Digits beyond these are noise of the arithmetic.
        return round(value, 6) if math.isfinite(value) else None
    return value


def _value(mean: Mean | None) -> float | None:
    return mean.value if mean else None


def _seconds(ms: int | None) -> float | None:
    return None if ms is None else ms / 1000


def _first(moments: tuple[Evidence, ...]) -> Evidence | None:
    return moments[0] if moments else None
