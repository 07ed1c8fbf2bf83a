"""Agent scorecards: what an agent's calls come to, and how sure that is."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import partial

from qa_pipeline.analytics.intervals import mean_interval, wilson
from qa_pipeline.analytics.tally import CriterionTally, Scorecards, Tally
from qa_pipeline.domain import (
    AgentScorecard,
    BandCount,
    CauseCount,
    ConversationAverages,
    Criterion,
    CriterionResult,
    Mean,
    Rate,
    Scorecard,
    ScoredCall,
    SectionResult,
    SentimentPaths,
    Verdict,
    WeekMean,
)

NAMED = 3
"""Strengths and gaps named, at most."""

STRONG = 0.9
"""A criterion passed at least this often is no gap, and may be a strength."""

WEEK_CALLS = 5
"""With fewer calls a week's interval covers most of the scale and says nothing."""


def agent_scorecards(
    calls: Iterable[ScoredCall], scorecards: Scorecards, min_calls: int = 10
) -> tuple[AgentScorecard, ...]:
    """One scorecard an agent, by team and agent id; calls that name no agent come last, as agent "".

    `calls` is read once and may be a stream: a few numbers of each call are kept, and a handful of calls with their
    quotes for each agent. `scorecards` gives titles, by (name, version); unknown ones leave the bare names.
    All calls with a score are in the means, those that wait for review too. UNSURE and ERROR count neither as pass nor
    as fail. Agents with fewer than `min_calls` scored calls are not compared with their team.
    """
    tallies: defaultdict[str, Tally] = defaultdict(partial(Tally, scorecards))
    for call in calls:
        tallies[call.recording.meta.agent_id].add(call)
    teams: defaultdict[str, list[Tally]] = defaultdict(list)
    for agent_id, tally in tallies.items():
        if agent_id:
            teams[tally.team].append(tally)
    order = sorted(tallies, key=lambda agent_id: (not agent_id, tallies[agent_id].team, agent_id))
    return tuple(_scorecard(i, tallies[i], teams[tallies[i].team], min_calls) for i in order)


def _scorecard(agent_id: str, tally: Tally, team: Sequence[Tally], min_calls: int) -> AgentScorecard:
    comparable = bool(agent_id and tally.team) and len(tally.percents) >= min_calls and len(team) > 1
    cards = _cards(tally)
    criteria = _criteria(tally, cards, team if comparable else ())
    best, worst = tally.examples.best_and_worst(len(tally.percents))
    return AgentScorecard(
        agent_id=agent_id,
        agent_name=tally.agent_name if agent_id else "",
        team=tally.team if agent_id else "",
        languages=tuple(sorted(tally.languages.items(), key=lambda item: (-item[1], item[0]))),
        scorecards=tuple((name, version, n) for (name, version), n in _most_used(tally)),
        calls=tally.calls,
        needs_review=tally.needs_review,
        critical_calls=tally.critical_calls,
        first_call=tally.days[0] if tally.days else None,
        last_call=tally.days[-1] if tally.days else None,
        mean=_score_mean(tally.percents),
        min_calls=min_calls,
        team_mean=_mean([p for other in team for p in other.percents]) if comparable else None,
        criteria=criteria,
        strengths=strengths(criteria),
        gaps=gaps(criteria),
        sections=_sections(tally, cards),
        bands=_bands(tally, cards),
        complaints=tally.complaints[True],
        complaints_measured=tally.complaints.total(),
        causes=_causes(tally),
        sentiment=SentimentPaths(
            n=tally.paths.total(),
            paths=tuple((start, end, n) for (start, end), n in sorted(tally.paths.items())),
        ),
        conversation=_conversation([tally]),
        team_conversation=_conversation(team) if comparable else None,
        weeks=tuple(WeekMean(monday=day, mean=_week(tally.weeks[day])) for day in sorted(tally.weeks)),
        best=best,
        worst=worst,
    )


def _score_mean(percents: Sequence[float]) -> Mean | None:
    mean = _mean(percents)
    # Bonus points can lift a call over 100 %.
    interval = mean_interval(percents, top=max(100.0, *percents)) if percents else None
    return mean and Mean(value=mean.value, n=mean.n, interval=interval)


def _mean(values: Sequence[float]) -> Mean | None:
    # fsum gives the same sum in every order.
    return Mean(value=math.fsum(values) / len(values), n=len(values)) if values else None


def _conversation(tallies: Sequence[Tally]) -> ConversationAverages:
    """The means over all calls of these tallies."""
    return ConversationAverages(
        **{
            name: _mean([value for tally in tallies for value in tally.averages.get(name, ())])
            for name in ConversationAverages.__dataclass_fields__
        }
    )


def _week(percents: Sequence[float]) -> Mean:
    interval = mean_interval(percents, top=max(100.0, *percents)) if len(percents) >= WEEK_CALLS else None
    return Mean(value=math.fsum(percents) / len(percents), n=len(percents), interval=interval)


def _most_used(tally: Tally) -> list[tuple[tuple[str, str], int]]:
    return sorted(tally.used.items(), key=lambda item: (-item[1], item[0]))


def _cards(tally: Tally) -> list[Scorecard]:
    """The scorecards used: those in the language of most calls first, then the most used; they lend the titles."""
    language = min(tally.languages.items(), key=lambda item: (-item[1], item[0]))[0]
    known = [tally.scorecards[key] for key, _ in _most_used(tally) if key in tally.scorecards]
    return sorted(known, key=lambda card: card.language != language)


def _criteria(tally: Tally, cards: Sequence[Scorecard], team: Sequence[Tally]) -> tuple[CriterionResult, ...]:
    known = {
        c.name: (section.name, c) for card in reversed(cards) for section in card.sections for c in section.criteria
    }
    order = {name: i for i, name in enumerate(dict.fromkeys(c.name for card in cards for c in card.criteria))}
    results = []
    for name in sorted(tally.criteria, key=lambda name: (order.get(name, len(order)), name)):
        section, criterion = known.get(name, ("", Criterion(name=name, title=name, check="")))
        team_rate = _rate([other.criteria[name] for other in team if name in other.criteria])
        results.append(_criterion(tally.criteria[name], section, criterion, team_rate))
    return tuple(results)


def _criterion(counts: CriterionTally, section: str, criterion: Criterion, team_rate: Rate | None) -> CriterionResult:
    verdicts = counts.verdicts
    return CriterionResult(
        name=criterion.name,
        title=criterion.title,
        section=section,
        standard=criterion.standard,
        weight=criterion.weight,
        critical=criterion.critical,
        coach_only=criterion.coach_only,
        passes=verdicts[Verdict.PASS],
        fails=verdicts[Verdict.FAIL],
        unsure=verdicts[Verdict.UNSURE] + verdicts[Verdict.ERROR],
        not_applicable=verdicts[Verdict.NOT_APPLICABLE],
        level_two=counts.level_two,
        coached=0 if criterion.coach_only else counts.coached,
        rate=_rate([counts]),
        team_rate=team_rate.value if team_rate else None,
        misses=tuple(miss for _, _, miss in counts.misses),
    )


def _rate(counts: Sequence[CriterionTally]) -> Rate | None:
    passes = sum(one.verdicts[Verdict.PASS] for one in counts)
    n = passes + sum(one.verdicts[Verdict.FAIL] for one in counts)
    return Rate(hits=passes, n=n, interval=wilson(passes, n)) if n else None


def strengths(criteria: Sequence[CriterionResult]) -> tuple[str, ...]:
    """What is surely done well: the highest lower ends of the intervals."""
    sure = [(c.rate.interval.low, c.name) for c in criteria if c.rate and c.rate.value >= STRONG and not c.coach_only]
    return tuple(name for _, name in sorted(sure, key=lambda item: -item[0])[:NAMED])


def gaps(criteria: Sequence[CriterionResult]) -> tuple[str, ...]:
    """What cost most: critical criteria first, then by points lost (fails x weight)."""
    lost = [
        (not c.critical, -c.fails * c.weight, c.name)
        for c in criteria
        if c.rate and c.rate.value < STRONG and not c.coach_only
    ]
    return tuple(name for *_, name in sorted(lost, key=lambda item: item[:2])[:NAMED])


def _sections(tally: Tally, cards: Sequence[Scorecard]) -> tuple[SectionResult, ...]:
    titles = {section.name: section.title for card in reversed(cards) for section in card.sections}
    order = {name: i for i, name in enumerate(dict.fromkeys(s.name for card in cards for s in card.sections))}
    return tuple(
        SectionResult(
            name=name,
            title=titles.get(name, name),
            points=math.fsum(points for points, _ in tally.sections[name]),
            out_of=math.fsum(out_of for _, out_of in tally.sections[name]),
        )
        for name in sorted(tally.sections, key=lambda name: (order.get(name, len(order)), name))
    )


def _bands(tally: Tally, cards: Sequence[Scorecard]) -> tuple[BandCount, ...]:
    """All bands of the scorecards used, empty ones too, best first; bands of unknown scorecards follow."""
    titles = {band.name: band.title for card in reversed(cards) for band in card.bands}
    places = {band.name: -band.at_least for card in reversed(cards) for band in card.bands}
    names = sorted({*titles, *tally.bands}, key=lambda name: (places.get(name, math.inf), name))
    return tuple(BandCount(name=name, title=titles.get(name, name), n=tally.bands[name]) for name in names)


def _causes(tally: Tally) -> tuple[CauseCount, ...]:
    counts = []
    for cause, n in sorted(tally.causes.items(), key=lambda item: (-item[1], item[0])):
        _, call_id, start_ms, quote = tally.cause_examples[cause]
        counts.append(CauseCount(cause=cause, n=n, call_id=call_id, quote=quote, start_ms=start_ms))
    return tuple(counts)
