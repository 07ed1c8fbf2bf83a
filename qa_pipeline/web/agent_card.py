"""An agent's scorecard for the page: exact sums over all calls of a period, and what only the newest calls can tell."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from itertools import groupby

from qa_pipeline import assembly
from qa_pipeline.analytics.agent_scorecard import agent_scorecards, gaps, strengths
from qa_pipeline.domain import (
    AgentScorecard,
    BandCount,
    Criterion,
    CriterionResult,
    Mean,
    Scope,
    Scorecard,
    ScoredCall,
    StoreError,
    Taxonomy,
    Verdict,
)
from qa_pipeline.reporting.charts import TrendChart, trend_chart
from qa_pipeline.reporting.html import MOODS, measures
from qa_pipeline.settings import Settings
from qa_pipeline.store.desk import agent_figures, light_calls
from qa_pipeline.web import figures
from qa_pipeline.web.desk import Visit
from qa_pipeline.web.words import say

MATES = 3
"""An agent sees the team's figures where so many agents stand behind them: of two, one could work out the other's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """The criteria of one section."""

    title: str
    criteria: tuple[CriterionResult, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Moods:
    """How customers came or left: parts of a bar as (class, word, calls, share)."""

    title: str
    parts: tuple[tuple[str, str, int, float], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentPage:
    """An agent's scorecard; `own` is whether the agent looks. `looked_at` of the calls give what follows the trend."""

    card: AgentScorecard
    period: str
    periods: tuple[str, ...]
    own: bool
    looked_at: int
    sheets: tuple[tuple[str, str, int], ...]
    gaps: tuple[CriterionResult, ...]
    strengths: tuple[CriterionResult, ...]
    sections: tuple[Section, ...]
    has_team: bool
    trend: TrendChart
    moods: tuple[Moods, ...]
    measures: tuple[tuple[str, str, str, int], ...]
    causes: tuple[tuple[str, int, str, int, str], ...]
    bands: Mapping[str, str]


def agent_page(visit: Visit, agent_id: str, period: str, *, own: bool = False) -> AgentPage:
    """The page of an agent in sight. Raises StoreError, code "not_found"."""
    scope = visit.user.scope
    key = ("agent", scope, agent_id, period, own, visit.language)
    return figures.kept(visit.store, key, lambda: _made(visit, scope, agent_id, period, own=own))


def _made(visit: Visit, scope: Scope, agent_id: str, period: str, *, own: bool) -> AgentPage:
    if agent_figures.team_of(visit.store, scope, agent_id) is None:
        raise StoreError("There is no such agent, or not in your team.", code="not_found")
    first = figures.since(visit.store, scope, period)
    newest = light_calls.light_calls(visit.store, scope, agent_id, since=first)
    card = _card(visit, scope, agent_id, first, newest, own=own)
    results = {one.name: one for one in card.criteria}
    titles = _taxonomy(visit.desk.settings)
    known = {(one.name, one.version): one for one in visit.desk.scorecards}
    return AgentPage(
        card=card,
        period=period,
        periods=tuple(figures.PERIODS),
        own=own,
        looked_at=len(newest),
        sheets=tuple(
            (known[name, version].title if (name, version) in known else name, version, n)
            for name, version, n in card.scorecards
        ),
        gaps=tuple(results[name] for name in card.gaps),
        strengths=tuple(results[name] for name in card.strengths),
        sections=tuple(
            Section(title=title, criteria=tuple(found))
            for title, found in groupby(card.criteria, key=lambda one: one.section)
        ),
        has_team=any(one.team_rate is not None for one in card.criteria),
        trend=trend_chart(card.weeks),
        moods=_moods(card, visit.language),
        measures=tuple(measures(card)),
        causes=tuple(
            (titles.title(one.cause, visit.language), one.n, one.call_id, one.start_ms, one.quote)
            for one in card.causes
        ),
        bands={band.name: band.title for band in card.bands},
    )


def _card(
    visit: Visit, scope: Scope, agent_id: str, first: date | None, newest: Sequence[ScoredCall], *, own: bool
) -> AgentScorecard:
    """The scorecard of the newest calls, with everything that sums can tell of all calls in its place."""
    store, least = visit.store, visit.desk.settings.min_calls
    known = {(one.name, one.version): one for one in visit.desk.scorecards}
    base = next(iter(agent_scorecards(newest, known, least)), None)
    if base is None:
        raise StoreError("The agent has no call in this period.", code="not_found")
    days = agent_figures.days(store, scope, since=first, agent_id=agent_id)
    line = figures.line(agent_id, base.agent_name, days, least)
    team_name = agent_figures.team_of(store, scope, agent_id)
    mates = figures.kept(
        store,
        ("team days", team_name, first),
        lambda: agent_figures.team_days(store, scope, agent_id, since=first),
    )
    team = _team_mean(mates, least) if line.comparable and _shown(mates, least, own=own) else None
    team_counts = figures.team_verdicts(store, scope, agent_id, first) if team else ()
    bands = agent_figures.bands(store, scope, agent_id, since=first)
    used = Counter[tuple[str, str]]()
    for name, version, _, n in bands:
        used[name, version] += n
    cards = [known[key] for key, _ in used.most_common() if key in known]
    counts = figures.by_criterion(agent_figures.verdicts(store, scope, since=first, agents=[agent_id]))
    criteria = _criteria(base, cards, counts, figures.by_criterion(team_counts))
    dates = [one.day for one in days if one.day]
    return replace(
        base,
        scorecards=tuple((name, version, n) for (name, version), n in used.most_common()),
        calls=line.calls,
        needs_review=line.waiting,
        critical_calls=line.critical,
        first_call=min(dates, default=None),
        last_call=max(dates, default=None),
        mean=line.mean,
        team_mean=team,
        team_conversation=None,
        criteria=criteria,
        strengths=strengths(criteria),
        gaps=gaps(criteria),
        bands=_bands(cards, bands),
        weeks=line.weeks,
    )


def _shown(mates: Sequence[agent_figures.DayFigures], least: int, *, own: bool) -> bool:
    """Whether a team's figures may stand beside an agent's."""
    scored: Counter[str] = Counter()
    for one in mates:
        scored[one.agent_id] += one.scored if one.agent_id else 0
    return len([n for n in scored.values() if n >= least]) >= MATES if own else len(+scored) > 1


def _team_mean(mates: Sequence[agent_figures.DayFigures], least: int) -> Mean | None:
    return figures.line("team", "", mates, least).mean


def _criteria(
    base: AgentScorecard,
    cards: Sequence[Scorecard],
    counts: Mapping[str, Counter[Verdict]],
    team: Mapping[str, Counter[Verdict]],
) -> tuple[CriterionResult, ...]:
    places = {
        criterion.name: (section.title, criterion)
        for card in reversed(cards)
        for section in card.sections
        for criterion in section.criteria
    }
    order = {name: i for i, name in enumerate(dict.fromkeys(one.name for card in cards for one in card.criteria))}
    newest = {one.name: one for one in base.criteria}
    return tuple(
        _result(
            *places.get(name, ("", Criterion(name=name, title=name))), counts[name], team.get(name), newest.get(name)
        )
        for name in sorted(counts, key=lambda name: (order.get(name, len(order)), name))
    )


def _result(
    section: str,
    criterion: Criterion,
    counts: Counter[Verdict],
    team: Counter[Verdict] | None,
    newest: CriterionResult | None,
) -> CriterionResult:
    team_rate = figures.rate_of(team) if team else None
    return CriterionResult(
        name=criterion.name,
        title=criterion.title,
        section=section,
        standard=criterion.standard,
        weight=criterion.weight,
        critical=criterion.critical,
        coach_only=criterion.coach_only,
        passes=counts[Verdict.PASS],
        fails=counts[Verdict.FAIL],
        unsure=counts[Verdict.UNSURE] + counts[Verdict.ERROR],
        not_applicable=counts[Verdict.NOT_APPLICABLE],
        level_two=0,
        coached=0,
        rate=figures.rate_of(counts),
        team_rate=team_rate.value if team_rate else None,
        misses=newest.misses if newest else (),
    )


def _bands(cards: Sequence[Scorecard], counted: Sequence[tuple[str, str, str, int]]) -> tuple[BandCount, ...]:
    n = Counter[str]()
    for _, _, band, calls in counted:
        n[band] += calls
    known = {band.name: band for card in reversed(cards) for band in card.bands}
    order = sorted({*known, *(+n)}, key=lambda name: (-known[name].at_least if name in known else 1.0, name))
    return tuple(BandCount(name=name, title=known[name].title if name in known else name, n=n[name]) for name in order)


def _moods(card: AgentScorecard, language: str) -> tuple[Moods, ...]:
    n = card.sentiment.n
    if not n:
        return ()
    return tuple(
        Moods(title=title, parts=tuple((mood, say(language, mood), count(mood), count(mood) / n) for mood in MOODS))
        for title, count in (("at_start", card.sentiment.starting), ("at_end", card.sentiment.ending))
    )


@cache
def _taxonomy(settings: Settings) -> Taxonomy:
    return assembly.taxonomy(settings)
