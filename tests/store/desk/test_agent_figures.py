from __future__ import annotations

import math
from collections import Counter
from datetime import UTC, date, datetime

import pytest

from qa_pipeline.domain import Scope, ScoredCall, Verdict
from qa_pipeline.reviewing import Scorecards
from qa_pipeline.store.desk import agent_figures, decisions
from qa_pipeline.store.desk.agent_figures import Wanted
from qa_pipeline.store.desk.decisions import Word
from qa_pipeline.store.desk.light_calls import light_calls
from qa_pipeline.store.engine import Store
from qa_pipeline.store.queries import scored_calls
from qa_pipeline.testing.calls import made_up_calls, made_up_scorecards
from qa_pipeline.testing.dummies import a_scored_call
from qa_pipeline.testing.stored import a_centre, keep

NORTH = Scope(team="North")


def of(agent_id: str, each: int = 12) -> list[ScoredCall]:
    return [call for call in made_up_calls() if call.recording.meta.agent_id == agent_id][:each]


def test_sums_are_those_of_the_calls(store: Store) -> None:
    a_centre(store)
    calls = of("A102")
    days = agent_figures.days(store, Scope(), agent_id="A102")
    percents = [call.score.percent for call in calls if call.score.percent is not None]
    assert len(calls) == sum(one.calls for one in days)
    assert len(percents) == sum(one.scored for one in days)
    assert math.isclose(math.fsum(percents), sum(one.total for one in days))
    assert math.isclose(math.fsum(p * p for p in percents), sum(one.squares for one in days))
    assert max(percents) == max(one.highest for one in days)
    assert sum(bool(call.score.critical_failures) for call in calls) == sum(one.critical for one in days)
    assert sum(call.score.needs_review for call in calls) == sum(one.waiting for one in days)


def test_totals_are_the_days_together(store: Store) -> None:
    a_centre(store)
    by_agent: Counter[str] = Counter()
    for one in agent_figures.days(store, Scope()):
        by_agent[one.agent_id] += one.calls
    totals = agent_figures.totals(store, Scope())
    assert dict(by_agent) == {one.agent_id: one.calls for one in totals}
    assert {None} == {one.day for one in totals}


def test_a_period_begins_with_its_first_day(store: Store) -> None:
    keep(
        store,
        a_scored_call(call_id="late", started_at=_at(3)),
        a_scored_call(call_id="early", started_at=_at(1)),
        a_scored_call(call_id="undated", started_at=None),
    )
    since = agent_figures.days(store, Scope(), since=date(2026, 11, 3))
    assert [date(2026, 11, 3)] == [one.day for one in since]
    assert 3 == sum(one.calls for one in agent_figures.days(store, Scope()))
    assert date(2026, 11, 3) == agent_figures.newest_day(store, Scope())


def test_a_team_s_scope_holds_the_others_back(store: Store) -> None:
    a_centre(store)
    wanted = Wanted(criterion="recap", verdict=Verdict.PASS)
    assert {"North"} == {one.team for one in agent_figures.days(store, NORTH)}
    assert () == agent_figures.verdicts(store, NORTH, agents=["B201"])
    assert {"North"} == {one.team for one in agent_figures.moments(store, NORTH, wanted, limit=100)[0]}
    assert agent_figures.team_of(store, NORTH, "B201") is None
    assert () == light_calls(store, NORTH, "B201")
    assert () == agent_figures.team_days(store, NORTH, "B201")
    assert () == agent_figures.bands(store, NORTH, "B201")


def test_an_agent_s_scope_holds_colleagues_back(store: Store) -> None:
    people = a_centre(store)
    scope = people["omar"].scope
    assert {"A102"} == {one.agent_id for one in agent_figures.totals(store, scope)}
    assert () == light_calls(store, scope, "A101")


def test_team_figures_name_nobody(store: Store) -> None:
    people = a_centre(store)
    days = agent_figures.team_days(store, people["omar"].scope, "A102")
    assert {"0", "1", "2"} == {one.agent_id for one in days}
    assert {""} == {one.agent_name for one in days}
    assert {""} == {one.agent_id for one in agent_figures.team_verdicts(store, people["omar"].scope, "A102")}


def test_verdicts_are_those_of_the_findings(store: Store) -> None:
    a_centre(store)
    expected = Counter((f.criterion, f.verdict) for call in of("A102") for f in call.findings)
    found = agent_figures.verdicts(store, Scope(), agents=["A102"])
    assert dict(expected) == {(one.criterion, one.verdict): one.n for one in found}
    of_card = agent_figures.verdicts(store, Scope(), agents=["A102"], scorecard="general-en")
    assert set(found) == set(of_card)
    assert () == agent_figures.verdicts(store, Scope(), agents=["A102"], scorecard="general-zh")


def test_moments_come_newest_first_in_pages(store: Store) -> None:
    a_centre(store)
    wanted = Wanted(criterion="recap", verdict=Verdict.PASS, agent_id="A101")
    whole, total = agent_figures.moments(store, Scope(), wanted, limit=100)
    first, _ = agent_figures.moments(store, Scope(), wanted, limit=2)
    then, _ = agent_figures.moments(store, Scope(), wanted, offset=2, limit=2)
    assert total == len(whole)
    assert whole[:4] == (*first, *then)
    starts = [one.started_at for one in whole if one.started_at]
    assert starts == sorted(starts, reverse=True)


def test_people_s_words_stand_in_moments_and_light_calls(store: Store) -> None:
    people = a_centre(store)
    wanted = Wanted(criterion="recap", verdict=Verdict.FAIL, agent_id="A102")
    (moment, *_), total = agent_figures.moments(store, Scope(), wanted)
    before = agent_figures.mark(store)
    decisions.decide(
        store,
        people["rosa"],
        moment.call_id,
        Word(criterion="recap", verdict=Verdict.PASS, reason="It is there."),
        seen=0,
        refold=Scorecards(made_up_scorecards().values()).refold,
    )
    assert before != agent_figures.mark(store)
    assert total - 1 == agent_figures.moments(store, Scope(), wanted)[1]
    (call,) = [one for one in light_calls(store, Scope(), "A102") if one.recording.id == moment.call_id]
    (finding,) = [one for one in call.findings if one.criterion == "recap"]
    assert (Verdict.PASS, "It is there.") == (finding.verdict, finding.why)


def test_light_calls_are_the_calls_without_words(store: Store) -> None:
    a_centre(store)
    whole = {call.recording.id: call for call in scored_calls(store, agent_id="B201")}
    for light in light_calls(store, Scope(), "B201"):
        full = whole[light.recording.id]
        assert full.score == light.score
        assert full.findings == light.findings
        assert full.signals == light.signals
        assert [turn.text for turn in full.transcript.turns] == [turn.text for turn in light.transcript.turns]
        assert not any(turn.words for turn in light.transcript.turns)


def test_a_criterion_that_a_call_does_not_have_is_no_moment(store: Store) -> None:
    a_centre(store)
    found, total = agent_figures.moments(store, Scope(), Wanted(criterion="nothing", verdict=Verdict.FAIL))
    assert ((), 0) == (found, total)


def test_bands_count_the_scored_calls(store: Store) -> None:
    a_centre(store)
    expected = Counter(call.score.band for call in of("A102"))
    assert dict(expected) == {band: n for _, _, band, n in agent_figures.bands(store, Scope(), "A102")}


@pytest.mark.parametrize("agent_id", ["", "nobody"])
def test_nobody_has_no_figures(store: Store, agent_id: str) -> None:
    a_centre(store)
    assert agent_figures.team_of(store, Scope(), agent_id) is None
    assert () == light_calls(store, Scope(), agent_id)
    assert agent_figures.name_of(store, Scope(), agent_id) == agent_id


def _at(day: int) -> datetime:
    return datetime(2026, 11, day, 23, 59, tzinfo=UTC)
