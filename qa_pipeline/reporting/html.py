"""Pages that open anywhere: one file an agent and an index, with nothing outside of themselves."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache, partial
from itertools import groupby
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from qa_pipeline.domain import (
    AgentScorecard,
    CriterionResult,
    ExampleCall,
    ExampleItem,
    Scorecard,
    Taxonomy,
    Verdict,
)
from qa_pipeline.reporting.charts import trend_chart
from qa_pipeline.reporting.rows import TABLES
from qa_pipeline.reporting.wording import say

MOODS = ("negative", "neutral", "positive")
QUOTES_A_CALL = 4
"""Passes of a best call that are quoted; the others are named."""

_MARKS = {"pass": "✓", "fail": "✕", "unsure": "?", "error": "!", "not_applicable": "–"}
_PUNCTUATION = {
    "en": {"colon": ": ", "comma": ", ", "semicolon": "; ", "stop": "."},
    "zh": {"colon": "：", "comma": "、", "semicolon": "；", "stop": "。"},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Group:
    """The criteria of one section with the section's points."""

    title: str
    percent: float | None
    points: float
    out_of: float
    criteria: tuple[CriterionResult, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Example:
    """A call with its findings sorted: what is open (failed, undecided), quoted passes, names of the other passes."""

    call: ExampleCall
    open: tuple[ExampleItem, ...]
    shown: tuple[ExampleItem, ...]
    rest: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sheet:
    """A scorecard that the agent's calls were judged by."""

    title: str
    version: str
    n: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Team:
    """A table of the index; `mean` is over all calls of the team."""

    title: str
    named: bool
    cards: tuple[AgentScorecard, ...]
    calls: int
    scored: int
    mean: float | None


def agent_page(
    card: AgentScorecard,
    scorecards: Mapping[tuple[str, str], Scorecard],
    taxonomy: Taxonomy,
    index: str = "../index.html",
) -> str:
    """An agent's page as HTML, Chinese when most of the agent's calls are; `index` is the link back."""
    results = {result.name: result for result in card.criteria}
    return (
        environment(_language(card.language))
        .get_template("agent.j2")
        .render(
            card=card,
            index=index,
            sheets=tuple(_sheet(scorecards, *used) for used in card.scorecards),
            gaps=[results[name] for name in card.gaps],
            strengths=[results[name] for name in card.strengths],
            groups=_groups(card),
            has_team_rates=any(result.team_rate is not None for result in card.criteria),
            trend=trend_chart(card.weeks),
            moods={"start": _moods(card, card.sentiment.starting), "end": _moods(card, card.sentiment.ending)},
            mood_names=MOODS,
            measures=measures(card),
            cause_titles={count.cause: taxonomy.title(count.cause, _language(card.language)) for count in card.causes},
            most_causes=max((count.n for count in card.causes), default=1),
            bands={band.name: band.title for band in card.bands},
            best=[_example(call, quotes=QUOTES_A_CALL) for call in card.best],
            worst=[_example(call, quotes=0) for call in card.worst],
        )
    )


def index_page(
    agents: Sequence[AgentScorecard], pages: Mapping[str, str], language: str, *, complaints: bool = False
) -> str:
    """The page that leads to all agents; `pages` names each agent's file by agent id.

    `complaints` says whether complaints.html lies beside it.
    """
    days = [day for card in agents for day in (card.first_call, card.last_call) if day]
    return (
        environment(_language(language))
        .get_template("index.j2")
        .render(
            teams=_teams(agents, language),
            pages=pages,
            complaints=complaints,
            tables=[table.name for table in TABLES],
            named=sum(1 for card in agents if card.agent_id),
            calls=sum(card.calls for card in agents),
            needs_review=sum(card.needs_review for card in agents),
            first=min(days, default=None),
            last=max(days, default=None),
            min_calls=agents[0].min_calls if agents else 0,
        )
    )


def _language(language: str) -> str:
    return "zh" if language == "zh" else "en"


@cache
def environment(language: str) -> Environment:
    """The templates with words and forms of one language, "en" or "zh"."""
    made = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        # Always, whatever a template is called: names and quotes are other people's words.
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals.update(t=partial(say, language), language=language, marks=_MARKS, **_PUNCTUATION[language])
    made.filters.update(
        px=lambda value: f"{value:.1f}".removesuffix(".0"),
        score=lambda value: f"{value:.1f}",
        points=lambda value: f"{value:.6g}",
        two=lambda value: f"{value:.2f}",
        share=share,
        clock=clock,
        day=date.isoformat,
        moment=lambda at: f"{at:%Y-%m-%d %H:%M}",
        short=short,
    )
    return made


def clock(ms: int) -> str:
    """Minutes and seconds from the start of the recording.

    >>> clock(65_900), clock(3_600_000)
    ('01:05', '60:00')
    """
    return f"{ms // 60_000:02}:{ms // 1000 % 60:02}"


def share(value: float) -> str:
    """A share as whole percent; what is not all never becomes 100 %, nor what is something 0 %.

    >>> share(0.5), share(0.999), share(1.0), share(0.001)
    ('50%', '99%', '100%', '1%')
    """
    percent = round(100 * value)
    return f"{min(max(percent, 1), 99) if 0 < value < 1 else percent}%"


def short(text: str, longest: int = 240) -> str:
    """The text, cut at a length that a page can bear.

    >>> short("abcdef", 4)
    'abc…'
    """
    return text if len(text) <= longest else text[: longest - 1] + "…"


def _sheet(scorecards: Mapping[tuple[str, str], Scorecard], name: str, version: str, n: int) -> _Sheet:
    known = scorecards.get((name, version))
    return _Sheet(title=known.title if known else name, version=version, n=n)


def _groups(card: AgentScorecard) -> tuple[_Group, ...]:
    sections = {section.name: section for section in card.sections}
    groups = []
    for name, results in groupby(card.criteria, key=lambda result: result.section):
        section = sections.get(name)
        groups.append(
            _Group(
                title=section.title if section else name,
                percent=section.percent if section else None,
                points=section.points if section else 0.0,
                out_of=section.out_of if section else 0.0,
                criteria=tuple(results),
            )
        )
    return tuple(groups)


def _moods(card: AgentScorecard, count: Callable[[str], int]) -> list[tuple[str, str, int, float]]:
    n, language = card.sentiment.n, _language(card.language)
    return [(mood, say(language, mood), count(mood), count(mood) / n) for mood in MOODS] if n else []


def measures(card: AgentScorecard) -> list[tuple[str, str, str, int]]:
    """(measure, the agent's mean, the team's or "", n) of all that was measured."""
    found = []
    for key, form in _MEASURES.items():
        mean, team = getattr(card.conversation, key), getattr(card.team_conversation, key, None)
        if mean:
            found.append((key, form(mean.value), form(team.value) if team else "", mean.n))
    return found


_MEASURES: Mapping[str, Callable[[float], str]] = {
    "talk_share": share,
    "pace_words": "{:.0f}".format,
    "pace_characters": "{:.0f}".format,
    "time_to_greeting_s": "{:.1f}".format,
    "dead_air_s": "{:.1f}".format,
    "hold_s": "{:.1f}".format,
    "unannounced_holds": "{:.2f}".format,
    "interruptions": "{:.2f}".format,
    "overlaps_started": "{:.2f}".format,
    "narratives_interrupted": share,
    "longest_monologue_s": "{:.1f}".format,
    "questions": "{:.1f}".format,
    "repeats": "{:.2f}".format,
    "voice_raised": share,
}


def _example(call: ExampleCall, quotes: int) -> _Example:
    faults = (Verdict.FAIL, Verdict.ERROR, Verdict.UNSURE)
    open_items = [item for item in call.items if item.verdict in faults]
    passes = [item for item in call.items if item.verdict is Verdict.PASS]
    quotable = [item for item in passes if any(evidence.quote for evidence in item.evidence)]
    shown = sorted(quotable, key=lambda item: -(item.level or 0))[:quotes]
    return _Example(
        call=call,
        open=tuple(sorted(open_items, key=lambda item: faults.index(item.verdict))),
        shown=tuple(item for item in passes if item in shown),
        rest=tuple(item.title for item in passes if item not in shown),
    )


def _teams(agents: Sequence[AgentScorecard], language: str) -> list[_Team]:
    teams = []
    for (unnamed, name), cards in groupby(agents, key=lambda card: (not card.agent_id, card.team)):
        members = tuple(cards)
        means = [card.mean for card in members if card.mean]
        scored = sum(mean.n for mean in means)
        teams.append(
            _Team(
                title=say(language, "no_agent") if unnamed else name or say(language, "no_team"),
                named=not unnamed,
                cards=members,
                calls=sum(card.calls for card in members),
                scored=scored,
                mean=math.fsum(mean.value * mean.n for mean in means) / scored if scored else None,
            )
        )
    return teams
