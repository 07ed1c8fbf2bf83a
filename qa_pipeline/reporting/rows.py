"""The tables of a report, defined once for CSV, Parquet and Excel."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from qa_pipeline.domain import (
    AgentScorecard,
    ConversationAverages,
    CriterionResult,
    Evidence,
    Finding,
    Mean,
    Mood,
    Scorecard,
    ScoredCall,
    SignalKind,
    Taxonomy,
    call_facts,
)
from qa_pipeline.reporting.complaint_rows import COMPLAINTS
from qa_pipeline.reporting.table import Row, plain_row, table
from qa_pipeline.reporting.wording import main_language

USUAL_CALLS = 5
"""With fewer calls of an agent there is no usual pace."""

Scorecards = Mapping[tuple[str, str], Scorecard]

CALLS = table(
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
    category="text",
    resolved_at="time",
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
    complaint_undecided="flag",
    causes="text",
    severity="integer",
    cause_hints="text",
    escalated="flag",
    sentiment_start="text",
    sentiment_end="text",
    sentiment_path="text",
    sentiment_lowest="number",
    sentiment_lowest_ms="clock",
    recovery="number",
    turning_points="integer",
    negative_tone="integer",
    talk_share="share",
    agent_pace="number",
    pace_against_usual="number",
    interruptions="integer",
    dead_air_s="number",
    hold_s="number",
    repeats="integer",
    time_to_greeting_s="number",
    longest_monologue_s="number",
    questions="integer",
    unannounced_holds="integer",
    overlaps_started="integer",
    narrative_interrupted="flag",
    voice_raised="share",
    doubts="text",
)
FINDINGS = table(
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
AGENTS = table(
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
    team_pace_words="number",
    pace_characters="number",
    team_pace_characters="number",
    dead_air_s="number",
    hold_s="number",
    interruptions="number",
    repeats="number",
    time_to_greeting_s="number",
    longest_monologue_s="number",
    questions="number",
    unannounced_holds="number",
    overlaps_started="number",
    narratives_interrupted="share",
    voice_raised="share",
    csat="number",
    first_call="date",
    last_call="date",
)
CRITERIA = table(
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
CAUSES = table(
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
TABLES = (AGENTS, CRITERIA, CALLS, FINDINGS, CAUSES, *COMPLAINTS)


def call_row(call: ScoredCall, usual: ConversationAverages | None = None) -> Row:
    """One row of CALLS; `usual` is how the agent's calls go, to hold this one's pace against."""
    meta, score, facts = call.recording.meta, call.score, call_facts(call)
    return plain_row(
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
        meta.category,
        meta.resolved_at,
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
        facts.undecided if SignalKind.COMPLAINT in call.measured else None,
        " ".join(cause.label for cause in facts.causes),
        facts.severity,
        " ".join(sorted({hint.label for hint in facts.hints})),
        facts.escalation is not None if SignalKind.ESCALATION in call.measured else None,
        *_mood(facts.mood),
        len(facts.turning_points) if facts.mood else None,
        len(facts.negative_tone) if facts.negative_tone is not None else None,
        facts.talk_share,
        facts.agent_pace,
        _against(facts.agent_pace, usual, call.transcript.language),
        facts.interruptions,
        _seconds(facts.dead_air_ms),
        _seconds(facts.hold_ms),
        facts.repeats,
        _seconds(facts.time_to_greeting_ms),
        _seconds(facts.longest_monologue_ms),
        facts.questions,
        facts.unannounced_holds,
        facts.overlaps_started,
        facts.narrative_interrupted,
        facts.voice_raised,
        " ".join(call.transcript.flags),
    )


def _mood(path: Mood | None) -> Row:
    """Start, end, path, lowest value and its time, recovery."""
    if path is None:
        return "", "", "", None, None, None
    return (path.start, path.end, " ".join(path.labels), path.lowest.value, path.lowest.start_ms, path.recovery)


def finding_rows(call: ScoredCall, scorecards: Scorecards) -> Iterator[Row]:
    """The rows of FINDINGS of one call: a row a criterion, with its first moment."""
    card = scorecards.get((call.score.scorecard, call.score.scorecard_version))
    titles = {criterion.name: criterion.title for criterion in card.criteria} if card else {}
    meta = call.recording.meta
    head = (meta.call_id, meta.agent_id, meta.team, meta.started_at, call.score.scorecard)
    for finding in call.findings:
        yield plain_row(*head, *_judgement(finding, titles.get(finding.criterion, finding.criterion)))


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
    averages, team, mood = card.conversation, card.team_conversation, card.sentiment
    interval = card.mean.interval if card.mean else None
    return plain_row(
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
        _value(team.pace_words) if team else None,
        _value(averages.pace_characters),
        _value(team.pace_characters) if team else None,
        _value(averages.dead_air_s),
        _value(averages.hold_s),
        _value(averages.interruptions),
        _value(averages.repeats),
        _value(averages.time_to_greeting_s),
        _value(averages.longest_monologue_s),
        _value(averages.questions),
        _value(averages.unannounced_holds),
        _value(averages.overlaps_started),
        _value(averages.narratives_interrupted),
        _value(averages.voice_raised),
        _value(averages.csat),
        card.first_call,
        card.last_call,
    )


def criterion_row(card: AgentScorecard, result: CriterionResult) -> Row:
    """One row of CRITERIA."""
    rate = result.rate
    return plain_row(
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


def cause_rows(card: AgentScorecard, taxonomy: Taxonomy) -> Iterator[Row]:
    """The rows of CAUSES of one agent; the title is in the language of most of the agent's calls."""
    language = main_language([card])
    for count in card.causes:
        yield plain_row(
            card.agent_id,
            card.agent_name,
            card.team,
            count.cause,
            taxonomy.title(count.cause, language),
            count.n,
            count.call_id,
            count.start_ms,
            count.quote,
        )


def _value(mean: Mean | None) -> float | None:
    return mean.value if mean else None


def _against(pace: float | None, usual: ConversationAverages | None, language: str) -> float | None:
    """A call's pace as a multiple of the agent's own mean in its language; None with too few calls to have a usual."""
    mean = usual and (usual.pace_characters if language == "zh" else usual.pace_words)
    return pace / mean.value if pace is not None and mean and mean.n >= USUAL_CALLS and mean.value else None


def _seconds(ms: int | None) -> float | None:
    return None if ms is None else ms / 1000


def _first(moments: tuple[Evidence, ...]) -> Evidence | None:
    return moments[0] if moments else None
