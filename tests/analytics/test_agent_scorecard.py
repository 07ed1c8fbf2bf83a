from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from qa_pipeline.analytics.agent_scorecard import agent_scorecards
from qa_pipeline.domain import (
    AgentScorecard,
    Criterion,
    Evidence,
    Party,
    ScoredCall,
    SectionScore,
    SignalKind,
    Verdict,
    WeekMean,
)
from qa_pipeline.testing.calls import made_up_calls, made_up_scorecards
from qa_pipeline.testing.dummies import (
    a_call_score,
    a_finding,
    a_recording,
    a_scorecard,
    a_scored_call,
    a_signal,
    a_transcript,
    an_evidence,
)

CARD = a_scorecard(
    Criterion(name="greeting", title="Greeting", check="dummy"),
    Criterion(name="recap", title="Recap", check="dummy", weight=3, standard="Say what, how much, when."),
    Criterion(name="verify", title="Verify", check="dummy", critical=True),
    Criterion(name="praise", title="Praise", check="dummy", coach_only=True),
)
CARDS = {("general-en", "1"): CARD}
START = datetime(2026, 11, 2, 9, tzinfo=UTC)


def one(*calls: ScoredCall, min_calls: int = 10) -> AgentScorecard:
    (card,) = agent_scorecards(calls, CARDS, min_calls=min_calls)
    return card


def calls_of(verdicts: list[Verdict], criterion: str = "greeting", **meta: object) -> list[ScoredCall]:
    return [
        a_scored_call(call_id=f"c{i}", findings=(a_finding(criterion, verdict),), **meta)
        for i, verdict in enumerate(verdicts)
    ]


def test_unsure_and_errors_are_shown_apart_and_count_neither_as_pass_nor_as_fail() -> None:
    card = one(*calls_of([Verdict.PASS, Verdict.PASS, Verdict.FAIL, Verdict.UNSURE, Verdict.ERROR]))
    (greeting,) = card.criteria
    assert greeting.rate is not None
    assert (2, 1, 2, 5) == (greeting.passes, greeting.fails, greeting.unsure, greeting.applicable)
    assert (2, 3) == (greeting.rate.hits, greeting.rate.n)


def test_findings_of_a_counted_criterion_that_were_for_coaching_only_are_counted() -> None:
    calls = [
        a_scored_call(
            call_id=f"c{number}",
            findings=tuple(a_finding(name, Verdict.FAIL, coach_only=number < 2) for name in ("greeting", "praise")),
        )
        for number in range(3)
    ]
    assert {"greeting": 2, "praise": 0} == {criterion.name: criterion.coached for criterion in one(*calls).criteria}


def test_not_applicable_leaves_the_denominator() -> None:
    (greeting,) = one(*calls_of([Verdict.PASS, Verdict.NOT_APPLICABLE, Verdict.NOT_APPLICABLE])).criteria
    assert greeting.rate is not None
    assert (1, 2, 1) == (greeting.applicable, greeting.not_applicable, greeting.rate.n)


def test_a_criterion_that_was_never_decided_has_no_rate() -> None:
    (greeting,) = one(*calls_of([Verdict.UNSURE, Verdict.NOT_APPLICABLE])).criteria
    assert greeting.rate is None


def test_calls_under_review_are_in_the_mean_and_are_counted_and_calls_without_a_score_are_not_in_it() -> None:
    card = one(
        a_scored_call(call_id="c1", score=a_call_score(60.0, needs_review=True)),
        a_scored_call(call_id="c2", score=a_call_score(90.0)),
        a_scored_call(call_id="c3", score=a_call_score(None, needs_review=True)),
    )
    assert card.mean is not None
    assert (3, 2, 75.0, 2) == (card.calls, card.mean.n, card.mean.value, card.needs_review)


def test_one_call_has_a_mean_and_no_interval() -> None:
    card = one(a_scored_call(score=a_call_score(60.0)))
    assert card.mean is not None
    assert (60.0, None) == (card.mean.value, card.mean.interval)


def test_an_agent_whose_calls_have_no_score_has_no_mean() -> None:
    card = one(a_scored_call(score=a_call_score(None)))
    assert (None, 0, (), ()) == (card.mean, card.scored, card.best, card.worst)


def test_agents_come_by_team_and_id_and_calls_that_name_none_come_last() -> None:
    calls = [
        a_scored_call(call_id=f"c{i}", agent_id=agent, team=team)
        for i, (agent, team) in enumerate([("", "a"), ("z", "a"), ("b", "b"), ("a", "b"), ("m", "")])
    ]
    cards = agent_scorecards(calls, CARDS)
    assert [("m", ""), ("z", "a"), ("a", "b"), ("b", "b"), ("", "")] == [(c.agent_id, c.team) for c in cards]


def test_name_and_team_are_those_of_the_newest_call_that_has_them() -> None:
    card = one(
        a_scored_call(call_id="c2", agent_name="Ann Lee", team="south", started_at=START + timedelta(days=9)),
        a_scored_call(call_id="c1", agent_name="Ann", team="north", started_at=START),
        a_scored_call(call_id="c3", agent_name="", team="", started_at=START + timedelta(days=20)),
    )
    assert ("Ann Lee", "south") == (card.agent_name, card.team)


def test_times_with_and_without_a_time_zone_go_together() -> None:
    card = one(
        a_scored_call(call_id="c1", started_at=START),
        a_scored_call(call_id="c2", started_at=datetime(2026, 11, 12, 9)),  # noqa: DTZ001 - manifests often name no zone
        a_scored_call(call_id="c3", started_at=datetime(2026, 11, 30, tzinfo=timezone(timedelta(hours=8)))),
        a_scored_call(call_id="c4", started_at=None),
    )
    assert (date(2026, 11, 2), date(2026, 11, 30)) == (card.first_call, card.last_call)


def test_weeks_start_on_monday() -> None:
    card = one(
        a_scored_call(call_id="c1", started_at=datetime(2026, 11, 8, 23, tzinfo=UTC), score=a_call_score(50.0)),
        a_scored_call(call_id="c2", started_at=datetime(2026, 11, 2, 0, tzinfo=UTC), score=a_call_score(70.0)),
        a_scored_call(call_id="c3", started_at=datetime(2026, 11, 9, 0, tzinfo=UTC), score=a_call_score(90.0)),
    )
    assert [(date(2026, 11, 2), 60.0, 2), (date(2026, 11, 9), 90.0, 1)] == [_week(week) for week in card.weeks]


def _week(week: WeekMean) -> tuple[date, float, int]:
    return week.monday, week.mean.value, week.mean.n


def teams(n: int) -> list[ScoredCall]:
    return [
        a_scored_call(
            call_id=f"{agent}{i}",
            agent_id=agent,
            score=a_call_score(percent),
            findings=(a_finding("greeting", verdict),),
        )
        for agent, percent, verdict in (("a", 60.0, Verdict.FAIL), ("b", 80.0, Verdict.PASS))
        for i in range(n)
    ]


def test_an_agent_with_enough_calls_stands_beside_the_team() -> None:
    card, _ = agent_scorecards(teams(10), CARDS)
    assert card.team_mean is not None
    assert (True, 70.0, 0.5) == (card.comparable, card.team_mean.value, card.criteria[0].team_rate)


def test_an_agent_with_few_calls_is_compared_with_nobody() -> None:
    card, _ = agent_scorecards(teams(9), CARDS)
    assert (False, None, None) == (card.comparable, card.team_mean, card.criteria[0].team_rate)


def test_an_agent_alone_in_a_team_is_compared_with_nobody() -> None:
    card = one(*teams(10)[:10])
    assert (True, None) == (card.comparable, card.team_mean)


def test_gaps_name_critical_criteria_first_then_those_that_cost_most_points() -> None:
    calls = [
        a_scored_call(
            call_id=f"c{i}",
            findings=tuple(a_finding(name, Verdict.FAIL) for name in ("greeting", "recap", "verify", "praise")),
        )
        for i in range(3)
    ]
    assert ("verify", "recap", "greeting") == one(*calls).gaps


def test_strengths_name_what_passes_almost_always() -> None:
    calls = calls_of([Verdict.PASS] * 9 + [Verdict.FAIL]) + calls_of([Verdict.PASS] * 2 + [Verdict.FAIL] * 4, "recap")
    card = one(*calls)
    assert (("greeting",), ("recap",)) == (card.strengths, card.gaps)


def test_titles_come_from_the_scorecard_and_unknown_ones_keep_the_bare_name() -> None:
    call = a_scored_call(findings=(a_finding("recap"), a_finding("greeting"), a_finding("zzz")))
    known = one(call).criteria
    assert [("greeting", "Greeting"), ("recap", "Recap"), ("zzz", "zzz")] == [(c.name, c.title) for c in known]
    (unknown,) = agent_scorecards([call], {})
    assert ["greeting", "recap", "zzz"] == [c.title for c in unknown.criteria]


def test_titles_are_in_the_language_of_most_calls() -> None:
    chinese = a_scorecard(Criterion(name="greeting", title="开场问候", check="dummy"), name="general-zh", language="zh")
    calls = [
        a_scored_call(
            call_id=f"c{i}",
            transcript=a_transcript(language=language),
            findings=(a_finding(),),
            score=a_call_score(scorecard=f"general-{language}"),
        )
        for i, language in enumerate(["zh", "zh", "en"])
    ]
    (card,) = agent_scorecards(calls, {**CARDS, ("general-zh", "1"): chinese})
    assert ("zh", ["开场问候"], 3) == (card.language, [c.title for c in card.criteria], card.criteria[0].passes)


def test_misses_are_the_newest_fails_with_the_moment_to_play() -> None:
    heard = an_evidence("bye")
    calls = [
        a_scored_call(
            call_id=f"c{i}",
            started_at=START + timedelta(days=i),
            findings=(a_finding("greeting", Verdict.FAIL, near_misses=(heard,)),),
        )
        for i in range(5)
    ]
    misses = one(*calls).criteria[0].misses
    assert [("c4", heard), ("c3", heard)] == [(miss.call_id, miss.evidence) for miss in misses]


@pytest.mark.parametrize("n", [1, 2, 3, 4, 5, 6, 7, 20])
def test_best_and_worst_calls_are_different_calls_in_order(n: int) -> None:
    calls = [
        a_scored_call(
            call_id=f"c{i:02d}", findings=(a_finding("greeting", Verdict.FAIL),), score=a_call_score(40.0 + i)
        )
        for i in range(n)
    ]
    card = one(*calls)
    best, worst = [c.percent for c in card.best], [c.percent for c in card.worst]
    assert set() == set(best) & set(worst)
    assert (sorted(best, reverse=True), sorted(worst)) == (best, worst)
    assert (min(3, n // 2), min(3, n - n // 2)) == (len(best), len(worst))
    assert 40.0 == worst[0]


def test_faultless_calls_are_never_among_the_worst() -> None:
    calls = [a_scored_call(call_id=f"c{i}", findings=(a_finding(),), score=a_call_score(100.0)) for i in range(4)]
    card = one(*calls)
    assert (3, ()) == (len(card.best), card.worst)


def test_examples_carry_quotes_times_and_the_reason() -> None:
    quote = Evidence(party=Party.AGENT, start_ms=61_000, end_ms=62_000, quote="anything else?")
    finding = a_finding("recap", Verdict.FAIL, why="No recap.", near_misses=(quote,))
    (call,) = one(a_scored_call(findings=(finding,))).worst
    (item,) = call.items
    assert ("Recap", "No recap.", (quote,)) == (item.title, item.why, item.near_misses)


def test_complaints_causes_and_sentiment_are_counted_where_they_were_measured() -> None:
    def call(call_id: str, complaint: str, start: str, end: str) -> ScoredCall:
        cause = a_signal(SignalKind.CAUSE, "refund_delay", quote=f"refund {call_id}", confidence=0.7)
        turns = [a_signal(SignalKind.SENTIMENT, label, party=Party.CUSTOMER) for label in (start, "neutral", end)]
        return a_scored_call(
            call_id=call_id,
            signals=(a_signal(SignalKind.COMPLAINT, complaint), *turns, *((cause,) if complaint == "true" else ())),
            measured=frozenset({SignalKind.COMPLAINT, SignalKind.CAUSE, SignalKind.SENTIMENT}),
        )

    card = one(
        call("c1", "true", "negative", "positive"),
        call("c2", "true", "negative", "negative"),
        call("c3", "false", "neutral", "negative"),
        call("c4", "unsure", "neutral", "neutral"),
        a_scored_call(call_id="c5"),
    )
    assert (2, 3) == (card.complaints, card.complaints_measured)
    assert [("refund_delay", 2, "c1", "refund c1")] == [(c.cause, c.n, c.call_id, c.quote) for c in card.causes]
    sentiment = card.sentiment
    assert (4, 2, 2, 1, 1) == (
        sentiment.n,
        sentiment.starting("negative"),
        sentiment.ending("negative"),
        sentiment.recovered,
        sentiment.soured,
    )


def test_what_nothing_has_measured_has_no_average() -> None:
    averages = one(a_scored_call(), a_scored_call(call_id="c2")).conversation
    assert (None, None, None) == (averages.talk_share, averages.dead_air_s, averages.interruptions)


def test_averages_are_a_call_and_pace_has_its_language() -> None:
    measured = frozenset({SignalKind.DEAD_AIR, SignalKind.INTERRUPTION, SignalKind.PACE})
    pace = a_signal(SignalKind.PACE, party=Party.AGENT, value=240.0)
    card = one(
        a_scored_call(
            call_id="c1",
            transcript=a_transcript(language="zh"),
            signals=(pace, a_signal(SignalKind.DEAD_AIR, end_ms=6000)),
            measured=measured,
        ),
        a_scored_call(
            call_id="c2",
            transcript=a_transcript(language="zh"),
            signals=(
                a_signal(SignalKind.INTERRUPTION, party=Party.AGENT),
                a_signal(SignalKind.INTERRUPTION, party=Party.CUSTOMER),
            ),
            measured=measured,
        ),
    )
    averages = card.conversation
    assert averages.dead_air_s is not None
    assert averages.interruptions is not None
    assert averages.pace_characters is not None
    assert (3.0, 0.5, 240.0, None) == (
        averages.dead_air_s.value,
        averages.interruptions.value,
        averages.pace_characters.value,
        averages.pace_words,
    )


def test_sections_add_up_points_and_one_that_never_applied_has_no_percent() -> None:
    def call(call_id: str, points: float, out_of: float) -> ScoredCall:
        sections = (
            SectionScore(section="all", points=points, out_of=out_of),
            SectionScore(section="hold", points=0, out_of=0),
        )
        return a_scored_call(call_id=call_id, score=a_call_score(sections=sections))

    sections = one(call("c1", 3, 4), call("c2", 0, 2)).sections
    assert [("All", 50.0), ("hold", None)] == [(section.title, section.percent) for section in sections]


def test_a_stream_is_enough_and_the_order_of_the_calls_does_not_matter() -> None:
    def stream() -> Iterator[ScoredCall]:
        yield from made_up_calls()

    backwards = sorted(made_up_calls(), key=lambda call: call.recording.id, reverse=True)
    assert agent_scorecards(stream(), made_up_scorecards()) == agent_scorecards(backwards, made_up_scorecards())


def test_no_calls_no_agents() -> None:
    assert () == agent_scorecards([], CARDS)


def test_calls_that_name_no_agent_are_never_compared() -> None:
    calls = [a_scored_call(recording=a_recording(call_id=f"c{i}", agent_id="")) for i in range(30)]
    card = one(*calls)
    assert ("", "", False) == (card.agent_id, card.agent_name, card.comparable)
