"""What a coaching plan is proposed from, and what became of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from qa_pipeline.analytics.coaching import PROPOSED, Behaviour, Comparison, as_mean, compared, proposed
from qa_pipeline.domain import Criterion, Mean, Verdict
from qa_pipeline.store.desk import agent_figures
from qa_pipeline.store.desk.agent_figures import DayFigures, Moment, VerdictCount, Wanted
from qa_pipeline.store.desk.coaching import LONGEST_CLIP_MS, NewClip, Plan
from qa_pipeline.web import figures
from qa_pipeline.web.desk import Visit

OWN_CLIPS = 2
BEFORE_DAYS = 91
_LEAD_MS, _TAIL_MS = 3000, 4000  # a moment is understood by what came before it
_WINDOW_MS = 30_000  # of what was searched in vain
_LOOKED_AT = 12  # newest moments, of which some may have no place to play


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferedClip:
    """A moment that could go into a plan; `value` is how the form names it."""

    clip: NewClip
    moment: Moment
    peer: bool

    @property
    def value(self) -> str:
        return f"{self.clip.start_ms}:{self.clip.end_ms}:{self.clip.call_id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A behaviour with moments of the agent's own and, where there is one, a good one of a colleague."""

    behaviour: Behaviour
    clips: tuple[OfferedClip, ...]
    whole_team: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowUp:
    """The focus criterion and the mean before and after a plan was made."""

    title: str
    focus: Comparison | None
    mean: Comparison


def proposals(visit: Visit, agent_id: str, since: date | None) -> tuple[Proposal, ...]:
    """The behaviours worth most, three at most, each with at least two own moments to listen to."""
    store, scope = visit.store, visit.user.scope
    counts = figures.by_criterion(agent_figures.verdicts(store, scope, since=since, agents=[agent_id]))
    team = figures.by_criterion(figures.team_verdicts(store, scope, agent_id, since))
    least = visit.desk.settings.min_calls
    found: list[Proposal] = []
    known = criteria_of(visit, agent_id, since)
    for one in proposed(_behaviours(counts, team, known, least)):
        clips = _own(visit, agent_id, one.criterion, since)
        if len(clips) < OWN_CLIPS:
            continue
        low = one.team_rate is not None and one.team_rate < figures.LOW
        found.append(
            Proposal(behaviour=one, clips=(*clips, *_peer(visit, agent_id, one.criterion, since)), whole_team=low)
        )
        if len(found) == PROPOSED:
            break
    return tuple(found)


def criteria_of(visit: Visit, agent_id: str, since: date | None = None) -> dict[str, Criterion]:
    """The criteria that an agent's calls are judged by, in the order of the scorecards used most."""
    used: Counter[str] = Counter()
    for name, _, _, n in agent_figures.bands(visit.store, visit.user.scope, agent_id, since=since):
        used[name] += n
    cards = figures.newest_cards(visit.desk.scorecards, [name for name, _ in used.most_common()])
    found: dict[str, Criterion] = {}
    for card in cards:
        for one in card.criteria:
            found.setdefault(one.name, one)
    return found


def clip_of(moment: Moment) -> NewClip | None:
    """A moment with some seconds around it; of what was searched in vain the beginning."""
    place, searched = moment.place, moment.finding.searched
    if place is None and searched is None:
        return None
    if place is not None:
        start, end = place.start_ms - _LEAD_MS, place.end_ms + _TAIL_MS
    elif searched is not None:
        start, end = searched.start_ms, min(searched.end_ms, searched.start_ms + _WINDOW_MS)
    start = max(0, start)
    end = min(end, moment.duration_ms, start + LONGEST_CLIP_MS)
    return NewClip(call_id=moment.call_id, start_ms=start, end_ms=end) if end > start else None


def follow_up(visit: Visit, plan: Plan) -> FollowUp:
    """The figures of the 13 weeks before a plan and of all calls since, up to its end."""
    store, scope, least = visit.store, visit.user.scope, visit.desk.settings.min_calls
    made = plan.created_at.date()
    first = made - timedelta(days=BEFORE_DAYS)
    last = plan.closed_at.date() if plan.closed_at else None
    days = agent_figures.days(store, scope, since=first, agent_id=plan.agent_id)
    before = [one for one in days if one.day and one.day < made]
    after = [one for one in days if one.day and one.day > made and (last is None or one.day <= last)]
    focus = None
    if plan.criterion:
        counts = agent_figures.verdicts_by_day(store, scope, plan.agent_id, plan.criterion, since=first)
        focus = compared(
            as_mean(figures.rate_of(_count(one for day, one in counts if day < made))),
            as_mean(
                figures.rate_of(_count(one for day, one in counts if day > made and (last is None or day <= last)))
            ),
            least,
        )
    return FollowUp(title=title_of(visit, plan), focus=focus, mean=compared(_mean(before), _mean(after), least))


def title_of(visit: Visit, plan: Plan) -> str:
    """A plan's focus as the scorecards call it."""
    if not plan.criterion:
        return ""
    known = criteria_of(visit, plan.agent_id)
    return known[plan.criterion].title if plan.criterion in known else plan.criterion


def _behaviours(
    counts: dict[str, Counter[Verdict]],
    team: dict[str, Counter[Verdict]],
    known: dict[str, Criterion],
    least: int,
) -> list[Behaviour]:
    found = []
    for name, verdicts in counts.items():
        criterion, rate = known.get(name), figures.rate_of(verdicts)
        if criterion is None or rate is None or criterion.coach_only:
            continue
        whole = figures.rate_of(team.get(name, {}))
        found.append(
            Behaviour(
                criterion=name,
                title=criterion.title,
                weight=criterion.weight or criterion.bonus,
                critical=criterion.critical,
                rate=rate,
                team_rate=whole.value if whole and whole.n >= least else None,
            )
        )
    return found


def _own(visit: Visit, agent_id: str, criterion: str, since: date | None) -> tuple[OfferedClip, ...]:
    wanted = Wanted(criterion=criterion, verdict=Verdict.FAIL, agent_id=agent_id, since=since)
    found = agent_figures.newest_moments(visit.store, visit.user.scope, wanted, limit=_LOOKED_AT)
    # What a person has confirmed comes first: a wrong verdict is a bad beginning of a talk.
    found = tuple(sorted(found, key=lambda one: not one.by_person))
    clips = ((one, clip_of(one)) for one in found)
    return tuple(OfferedClip(clip=clip, moment=one, peer=False) for one, clip in clips if clip)[: OWN_CLIPS + 1]


def _peer(visit: Visit, agent_id: str, criterion: str, since: date | None) -> tuple[OfferedClip, ...]:
    """A colleague's pass with words to hear, of the same team and scorecard: confirmed, level 2, a good call."""
    scope = visit.user.scope
    team = agent_figures.team_of(visit.store, scope, agent_id)
    card = next(iter(agent_figures.bands(visit.store, scope, agent_id, since=since)), ("", "", "", 0))[0]
    wanted = Wanted(
        criterion=criterion, verdict=Verdict.PASS, not_agent_id=agent_id, team=team, scorecard=card, since=since
    )
    found = agent_figures.newest_moments(visit.store, scope, wanted, limit=_LOOKED_AT)
    quoted = [one for one in found if one.finding.evidence and one.finding.evidence[0].quote]
    quoted.sort(key=lambda one: (not one.by_person, -(one.finding.level or 0), -(one.percent or 0.0)))
    for one in quoted:
        if clip := clip_of(one):
            return (OfferedClip(clip=clip, moment=one, peer=True),)
    return ()


def _count(counts: Iterable[VerdictCount]) -> Counter[Verdict]:
    found: Counter[Verdict] = Counter()
    for one in counts:
        found[one.verdict] += one.n
    return found


def _mean(days: list[DayFigures]) -> Mean | None:
    return figures.line("", "", days, 1).mean
