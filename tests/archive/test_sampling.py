"""Sampling: quotas hold, every eligible call has its probability, and nothing depends on order."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa_pipeline.archive.sampling import PerAgent, Plan, Sample, Share, Shortfall, draw
from qa_pipeline.domain import CallMeta, Media, Recording


def call(number: int, *, agent: str = "A", team: str = "", disposition: str = "", seconds: int = 60) -> Recording:
    return Recording(
        uri=f"/calls/{number}.wav",
        sha256=f"{number:064x}",
        media=Media(container="wav", codec="ULAW", sample_rate_hz=8000, channels=2, duration_ms=seconds * 1000),
        meta=CallMeta(call_id=f"c{number}", agent_id=agent, team=team, disposition=disposition),
    )


def calls_of(*agents: int, team: str = "") -> tuple[Recording, ...]:
    """As many calls for each agent as the numbers say."""
    owners = [f"agent {agent}" for agent, count in enumerate(agents) for _ in range(count)]
    return tuple(call(number, agent=owner, team=team) for number, owner in enumerate(owners))


def taken(sample: Sample) -> set[str]:
    return {each.recording.id for each in sample.calls if each.taken}


def taken_by(sample: Sample, trait: str) -> Counter[str]:
    return Counter(getattr(each.recording.meta, trait) for each in sample.calls if each.taken)


frames = st.lists(st.integers(0, 12), min_size=1, max_size=6).map(lambda counts: calls_of(*counts))
plans = st.builds(
    Plan,
    name=st.just("plan"),
    seed=st.integers(0, 2**40),
    take=st.one_of(
        st.just("all"),
        st.builds(PerAgent, per_agent=st.integers(1, 10)),
        st.builds(
            Share,
            share=st.floats(0.001, 1),
            by=st.sampled_from([(), ("agent_id",), ("agent_id", "team")]),
            at_least=st.integers(0, 4),
        ),
    ),
)


def test_the_plan_all_takes_everything_with_certainty() -> None:
    sample = draw(Plan(name="all"), calls_of(3, 2))
    assert [(each.taken, each.probability) for each in sample.calls] == [(True, 1.0)] * 5
    assert sample.shortfalls == ()


@given(frame=frames, wanted=st.integers(1, 10), seed=st.integers())
def test_the_quota_holds_for_every_agent_with_enough_calls(
    frame: tuple[Recording, ...], wanted: int, seed: int
) -> None:
    sample = draw(Plan(name="quota", take=PerAgent(per_agent=wanted), seed=seed), frame)
    have = Counter(recording.meta.agent_id for recording in frame)
    assert taken_by(sample, "agent_id") == {agent: min(wanted, count) for agent, count in have.items()}
    short = {agent: count for agent, count in have.items() if count < wanted}
    assert {each.stratum.removeprefix("agent_id="): each.had for each in sample.shortfalls} == short


@given(plan=plans, frame=frames, shuffle=st.randoms(use_true_random=False))
def test_the_order_of_the_calls_does_not_matter(
    plan: Plan, frame: tuple[Recording, ...], shuffle: random.Random
) -> None:
    mixed = list(frame)
    shuffle.shuffle(mixed)
    sample, again = draw(plan, frame), draw(plan, mixed)
    assert taken(sample) == taken(again)
    assert sample.shortfalls == again.shortfalls
    assert [each.recording for each in again.calls] == mixed


@given(plan=plans, frame=frames)
def test_every_call_has_a_probability_and_they_add_up_to_the_sample(plan: Plan, frame: tuple[Recording, ...]) -> None:
    sample = draw(plan, frame)
    probabilities = [each.probability or 0.0 for each in sample.calls]
    assert len(frame) == len(sample.calls)
    assert all(0 < probability <= 1 for probability in probabilities)
    assert abs(sum(probabilities) - len(taken(sample))) < 1e-9
    assert all(each.taken or each.code == "not_sampled" for each in sample.calls)


@given(share=st.integers(1, 100), count=st.integers(1, 300), at_least=st.integers(0, 20))
def test_a_share_is_rounded_up_exactly_and_never_below_the_floor(share: int, count: int, at_least: int) -> None:
    plan = Plan(name="share", take=Share(share=share / 100, at_least=at_least))
    assert len(taken(draw(plan, calls_of(count)))) == min(count, max(at_least, -(-share * count // 100)))


def test_the_inclusion_probability_is_the_long_run_share_of_seeds() -> None:
    frame = calls_of(12)
    hits = Counter(
        name
        for seed in range(600)
        for name in taken(draw(Plan(name="quota", take=PerAgent(per_agent=3), seed=seed), frame))
    )
    # Expected 150 each, standard deviation 10.6: five of them either way.
    assert all(97 <= hits[recording.id] <= 203 for recording in frame)


def test_another_seed_gives_another_sample() -> None:
    frame = calls_of(200)
    first, second = (taken(draw(Plan(name="p", take=PerAgent(per_agent=20), seed=seed), frame)) for seed in (1, 2))
    assert first != second


def test_a_call_that_arrives_later_changes_one_place_at_most() -> None:
    frame = calls_of(100)
    plan = Plan(name="p", take=PerAgent(per_agent=20))
    assert len(taken(draw(plan, frame)) - taken(draw(plan, frame[:-1]))) <= 1


def test_strata_are_the_calls_alike_in_all_traits() -> None:
    frame = [call(number, agent=str(number % 2), team="xy"[number // 30]) for number in range(60)]
    sample = draw(Plan(name="s", take=Share(share=0.1, by=("team", "agent_id"), at_least=3)), frame)
    assert Counter(each.stratum for each in sample.calls if each.taken) == {
        f"team={team}, agent_id={agent}": 3 for team in "xy" for agent in "01"
    }


def test_calls_that_are_always_taken_come_besides_the_quota() -> None:
    frame = [call(number, disposition="Complaint" if number < 4 else "enquiry") for number in range(10)]
    plan = Plan(name="risk", take=PerAgent(per_agent=3), always={"disposition": ("complaint",)})
    sample = draw(plan, frame)
    assert [(each.taken, each.probability) for each in sample.calls[:4]] == [(True, 1.0)] * 4
    assert sample.calls[0].stratum == "always: disposition=Complaint"
    assert [each.probability for each in sample.calls[4:]] == [0.5] * 6
    assert len(taken(sample)) == 7


def test_calls_that_are_always_taken_count_before_a_shortfall_is_told() -> None:
    frame = [call(number, disposition="complaint" if number < 4 else "") for number in range(6)]
    plan = Plan(name="risk", take=PerAgent(per_agent=6), always={"disposition": ("complaint",)})
    assert draw(plan, frame).shortfalls == ()
    assert draw(plan, frame[:5]).shortfalls == (Shortfall(stratum="agent_id=A", wanted=6, had=5),)


def test_short_calls_are_not_eligible_and_have_no_probability() -> None:
    frame = [call(1, seconds=19), call(2, seconds=20)]
    short, long = draw(Plan(name="p", min_duration_s=20), frame).calls
    assert (short.taken, short.probability, short.code) == (False, None, "too_short")
    assert (long.taken, long.probability) == (True, 1.0)


@pytest.mark.parametrize("frame", [(), (call(1, agent=""),)])
def test_no_calls_and_calls_without_agent_are_no_trouble(frame: Sequence[Recording]) -> None:
    assert len(taken(draw(Plan(name="p", take=PerAgent(per_agent=1)), frame))) == len(frame)
