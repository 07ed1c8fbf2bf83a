"""Sums of the database to what the pages of agents and teams show: means, rates, trends, the map of criteria."""

from __future__ import annotations

import time
from collections import Counter, OrderedDict, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from threading import Lock
from typing import Any, TypeVar

from qa_pipeline.analytics.agent_scorecard import WEEK_CALLS
from qa_pipeline.analytics.intervals import mean_of_sums, wilson
from qa_pipeline.domain import Criterion, Mean, Rate, Scope, Scorecard, Verdict, WeekMean
from qa_pipeline.reviewing import Scorecards
from qa_pipeline.store.desk import agent_figures
from qa_pipeline.store.desk.agent_figures import DayFigures, VerdictCount
from qa_pipeline.store.engine import Store

PERIODS: Mapping[str, int | None] = {"4": 28, "13": 91, "all": None}
"""Days of each period, the newest call's day among them; None: all."""

SPARK_WIDTH, SPARK_HEIGHT = 108, 26
LOW = 0.7
"""A whole team under this has another trouble than one agent's habits."""

_SHADES = (0.5, 0.7, 0.85, 0.95)
_LASTS_S = 30  # people's words are seen at once, the machine's new judgements after so long at most
_KEPT = 200
_kept: OrderedDict[tuple[object, ...], tuple[float, object, object]] = OrderedDict()
_lock = Lock()
_Made = TypeVar("_Made")


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """An agent, a team or a language in figures."""

    key: str
    name: str
    calls: int
    mean: Mean | None
    critical: int
    waiting: int
    comparable: bool
    spark: str = ""
    weeks: tuple[WeekMean, ...] = ()

    @property
    def scored(self) -> int:
        return self.mean.n if self.mean else 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Team:
    """A team: its line, its agents (sorted by mean, those with few calls apart), its calls that name no agent."""

    line: Line
    agents: tuple[Line, ...]
    few: tuple[Line, ...]
    unnamed: int
    languages: tuple[Line, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """A criterion in an agent's calls; `shade` is "s0" (seldom passed) to "s4", "few" or "none"."""

    agent_id: str
    rate: Rate | None
    unsure: int
    shade: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HeatRow:
    """A criterion over all agents of a team."""

    criterion: Criterion
    cells: tuple[Cell, ...]
    team: Cell


@dataclass(frozen=True, slots=True, kw_only=True)
class HeatMap:
    """All criteria of a scorecard by agent."""

    name: str
    title: str
    language: str
    agents: tuple[Line, ...]
    rows: tuple[HeatRow, ...]


def kept(store: Store, key: tuple[object, ...], make: Callable[[], _Made]) -> _Made:
    """What was worked out a moment ago, or is now; never from before a person's newest decision."""
    whole = (str(store.engine.url), *key)
    mark, moment = agent_figures.mark(store), time.monotonic()
    with _lock:
        found = _kept.get(whole)
    if found and found[0] > moment and found[1] == mark:
        return found[2]  # type: ignore[return-value]  # what `make` gave for this key
    made = make()
    with _lock:
        _kept[whole] = (moment + _LASTS_S, mark, made)
        _kept.move_to_end(whole)
        while len(_kept) > _KEPT:
            _kept.popitem(last=False)
    return made


def since(store: Store, scope: Scope, period: str) -> date | None:
    """The first day of a period, counted back from the newest call in sight."""
    length = PERIODS[period]
    newest = agent_figures.newest_day(store, scope) if length else None
    return newest - timedelta(days=length - 1) if newest and length else None


def team_verdicts(store: Store, scope: Scope, agent_id: str, first: date | None) -> tuple[VerdictCount, ...]:
    """What stands in the calls of an agent's whole team; worked out once for all of its agents."""
    team = agent_figures.team_of(store, scope, agent_id)
    return kept(
        store,
        ("team verdicts", team, first),
        lambda: agent_figures.team_verdicts(store, scope, agent_id, since=first),
    )


def newest_cards(scorecards: Scorecards, names: Iterable[str]) -> tuple[Scorecard, ...]:
    """The newest known version of each scorecard that has this name, in the order of the names."""
    found: dict[str, Scorecard] = {}
    for card in scorecards:
        if card.name not in found or _version(card) > _version(found[card.name]):
            found[card.name] = card
    return tuple(found[name] for name in dict.fromkeys(names) if name in found)


def teams(figures: Iterable[DayFigures], least: int, *, by_mean: bool = False) -> tuple[Team, ...]:
    """The teams by name, each with its agents by name; `by_mean` puts those with `least` scored calls in that order."""
    grouped: defaultdict[str, list[DayFigures]] = defaultdict(list)
    for one in figures:
        grouped[one.team].append(one)
    return tuple(
        _team(name, grouped[name], least, by_mean=by_mean) for name in sorted(grouped, key=lambda n: (not n, n))
    )


def line(key: str, name: str, figures: Sequence[DayFigures], least: int) -> Line:
    """The figures of many days together."""
    mean = _mean(figures)
    by_week = weeks(figures)
    return Line(
        key=key,
        name=name,
        calls=sum(one.calls for one in figures),
        mean=mean,
        critical=sum(one.critical for one in figures),
        waiting=sum(one.waiting for one in figures),
        comparable=bool(key) and mean is not None and mean.n >= least,
        spark=_spark(by_week),
        weeks=by_week,
    )


def weeks(figures: Iterable[DayFigures]) -> tuple[WeekMean, ...]:
    """Means by week, without an interval where the calls are few."""
    grouped: defaultdict[date, list[DayFigures]] = defaultdict(list)
    for one in figures:
        if one.day and one.scored:
            grouped[one.day - timedelta(days=one.day.weekday())].append(one)
    found = []
    for monday in sorted(grouped):
        mean = _mean(grouped[monday])
        if mean is not None:
            few = mean.n < WEEK_CALLS
            found.append(WeekMean(monday=monday, mean=Mean(value=mean.value, n=mean.n) if few else mean))
    return tuple(found)


def heat_map(card: Scorecard, agents: Sequence[Line], counts: Iterable[VerdictCount], least: int) -> HeatMap:
    """Pass rates of each criterion of a scorecard by agent; a rate of fewer than `least` calls has no colour."""
    tally: defaultdict[tuple[str, str], Counter[Verdict]] = defaultdict(Counter)
    for one in counts:
        tally[one.criterion, one.agent_id][one.verdict] += one.n
        tally[one.criterion, ""][one.verdict] += one.n
    return HeatMap(
        name=card.name,
        title=card.title,
        language=card.language,
        agents=tuple(agents),
        rows=tuple(
            HeatRow(
                criterion=criterion,
                cells=tuple(cell(one.key, tally[criterion.name, one.key], least) for one in agents),
                team=cell("", tally[criterion.name, ""], least),
            )
            for criterion in card.criteria
            if (criterion.name, "") in tally
        ),
    )


def cell(agent_id: str, verdicts: Mapping[Verdict, int], least: int) -> Cell:
    """A criterion's verdicts as a cell."""
    rate = rate_of(verdicts)
    shade = "none" if rate is None else "few" if rate.n < least else f"s{sum(rate.value >= at for at in _SHADES)}"
    unsure = verdicts.get(Verdict.UNSURE, 0) + verdicts.get(Verdict.ERROR, 0)
    return Cell(agent_id=agent_id, rate=rate, unsure=unsure, shade=shade)


def rate_of(verdicts: Mapping[Verdict, int]) -> Rate | None:
    """Passes out of passes and fails."""
    passes = verdicts.get(Verdict.PASS, 0)
    n = passes + verdicts.get(Verdict.FAIL, 0)
    return Rate(hits=passes, n=n, interval=wilson(passes, n)) if n else None


def by_criterion(counts: Iterable[VerdictCount]) -> dict[str, Counter[Verdict]]:
    """The verdicts of each criterion, whoever's."""
    found: dict[str, Counter[Verdict]] = {}
    for one in counts:
        found.setdefault(one.criterion, Counter())[one.verdict] += one.n
    return found


def _team(name: str, figures: Sequence[DayFigures], least: int, *, by_mean: bool) -> Team:
    agents, languages = _grouped(figures, "agent_id"), _grouped(figures, "language")
    lines = [line(key, max(one.agent_name for one in own) or key, own, least) for key, own in agents.items() if key]
    lines.sort(key=lambda one: (one.name.casefold(), one.key))
    few: list[Line] = []
    if by_mean:
        few = [one for one in lines if not one.comparable]
        lines = [one for one in lines if one.comparable]
        lines.sort(key=lambda one: -(one.mean.value if one.mean else 0.0))
    named = [one for one in figures if one.agent_id]
    return Team(
        line=line(name, name, named, least),
        agents=tuple(lines),
        few=tuple(few),
        unnamed=sum(one.calls for one in agents.get("", ())),
        languages=tuple(line(key, key, languages[key], least) for key in sorted(languages)),
    )


def _grouped(figures: Iterable[DayFigures], name: str) -> dict[str, list[DayFigures]]:
    found: dict[str, list[DayFigures]] = {}
    for one in figures:
        key: Any = getattr(one, name)
        found.setdefault(key, []).append(one)
    return found


def _mean(figures: Sequence[DayFigures]) -> Mean | None:
    return mean_of_sums(
        sum(one.scored for one in figures),
        sum(one.total for one in figures),
        sum(one.squares for one in figures),
        max((one.highest for one in figures), default=0.0),
    )


def _spark(means: Sequence[WeekMean]) -> str:
    """The points of a small line from 0 to 100, always over the whole width."""
    if len(means) < 2:
        return ""
    first, length = means[0].monday, (means[-1].monday - means[0].monday).days
    points = (
        (
            3 + (one.monday - first).days / length * (SPARK_WIDTH - 6),
            3 + (1 - min(one.mean.value, 100.0) / 100) * (SPARK_HEIGHT - 6),
        )
        for one in means
    )
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in points)


def _version(card: Scorecard) -> tuple[object, ...]:
    """Versions in the order that people mean: 10 after 9."""
    return tuple((0, int(part)) if part.isdigit() else (1, part) for part in card.version.split("."))
