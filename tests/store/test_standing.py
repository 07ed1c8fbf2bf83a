from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from qa_pipeline.domain import (
    CallScore,
    ConfigurationError,
    Finding,
    Origin,
    QueueKind,
    QueueState,
    Role,
    Scope,
    ScoredCall,
    Signal,
    SignalKind,
    StoreError,
    User,
    Verdict,
)
from qa_pipeline.store import calls, standing
from qa_pipeline.store.desk import decisions, queue
from qa_pipeline.store.desk.decisions import Word
from qa_pipeline.store.desk.queue import Filters
from qa_pipeline.store.engine import Store
from qa_pipeline.store.people import users
from qa_pipeline.store.queries import scored_call, scored_calls
from qa_pipeline.testing.dummies import a_call_score, a_recording, a_scored_call
from qa_pipeline.testing.stored import keep

EVERYTHING = Scope()


def refold(name: str, version: str, findings: Sequence[Finding]) -> CallScore:
    """Every pass is worth ten of a hundred."""
    open_items = tuple(f"unsure:{one.criterion}" for one in findings if one.verdict is Verdict.UNSURE)
    passes = sum(one.verdict is Verdict.PASS for one in findings)
    return a_call_score(
        10.0 * passes,
        scorecard=name,
        scorecard_version=version,
        needs_review=bool(open_items),
        review_reasons=open_items,
    )


def a_finding(criterion: str, verdict: Verdict) -> Finding:
    return Finding(criterion=criterion, verdict=verdict, confidence=0.8, why="Because.")


FINDINGS = (
    a_finding("greeting", Verdict.PASS),
    a_finding("recap", Verdict.UNSURE),
    a_finding("farewell", Verdict.FAIL),
)


def a_call(call_id: str, *, signals: tuple[Signal, ...] = (), version: str = "1", **meta: object) -> ScoredCall:
    return a_scored_call(
        recording=a_recording(
            call_id=call_id, **({"agent_id": "7", "team": "North"} | meta), sha256=call_id, uri=call_id
        ),
        findings=FINDINGS,
        signals=signals,
        score=refold("general-en", version, FINDINGS),
        measured=frozenset(SignalKind),
    )


@pytest.fixture
def rosa(store: Store) -> User:
    return users.add(store, User(id="", login="rosa", name="Rosa", role=Role.REVIEWER), "")


@pytest.fixture
def rene(store: Store) -> User:
    return users.add(store, User(id="", login="rene", name="René", role=Role.REVIEWER), "")


def say(store: Store, who: User, criterion: str, verdict: Verdict, reason: str, *, seen: int) -> None:
    word = Word(criterion=criterion, verdict=verdict, reason=reason)
    decisions.decide(store, who, "call-1", word, seen=seen, refold=refold)


def stands(store: Store, call_id: str = "call-1") -> tuple[float | None, QueueState, int]:
    found = standing.of(store, call_id, EVERYTHING)
    assert found is not None
    return found.score.percent, found.state, found.revision


def test_what_the_machine_judged_stands(store: Store) -> None:
    keep(store, a_call("call-1"))
    assert (10.0, QueueState.OPEN, 0) == stands(store)


def test_an_override_moves_the_score_and_the_machine_s_word_stays(store: Store, rosa: User) -> None:
    keep(store, a_call("call-1"))
    say(store, rosa, "farewell", Verdict.PASS, "Bye.", seen=0)
    assert (20.0, QueueState.OPEN, 1) == stands(store)
    (said,) = decisions.of_call(store, "call-1", EVERYTHING)
    assert (Verdict.FAIL, Verdict.PASS, "Bye.") == (said.machine, said.verdict, said.reason)
    as_it_is, machine = scored_call(store, "call-1"), scored_call(store, "call-1", machine=True)
    assert as_it_is is not None
    assert machine is not None
    assert (20.0, 10.0) == (as_it_is.score.percent, machine.score.percent)
    assert (Verdict.PASS, "Bye.") == (as_it_is.findings[2].verdict, as_it_is.findings[2].why)
    assert FINDINGS == machine.findings


def test_an_override_says_why(store: Store, rosa: User) -> None:
    keep(store, a_call("call-1"))
    with pytest.raises(StoreError, match="why"):
        decisions.decide(store, rosa, "call-1", Word(criterion="farewell", verdict=Verdict.PASS), seen=0, refold=refold)
    assert (10.0, QueueState.OPEN, 0) == stands(store)


def test_who_decides_on_what_has_changed_is_told(store: Store, rosa: User, rene: User) -> None:
    keep(store, a_call("call-1"))
    word = Word(criterion="recap", verdict=Verdict.PASS, reason="She does.")
    decisions.decide(store, rosa, "call-1", word, seen=0, refold=refold)
    with pytest.raises(StoreError) as refused:
        decisions.decide(store, rene, "call-1", replace(word, verdict=Verdict.FAIL), seen=0, refold=refold)
    assert "stale" == refused.value.code
    assert (20.0, QueueState.OPEN, 1) == stands(store)


def test_of_many_who_decide_at_once_one_is_first_and_nothing_is_lost(store: Store, rosa: User) -> None:
    keep(store, a_call("call-1"))

    def decide(number: int) -> str:
        word = Word(criterion="recap", verdict=Verdict.FAIL, reason=f"Reason {number}.")
        try:
            decisions.decide(store, rosa, "call-1", word, seen=0, refold=refold)
        except StoreError as error:
            return error.code
        return "first"

    with ThreadPoolExecutor(8) as pool:
        told = sorted(pool.map(decide, range(8)))
    assert ["first", *["stale"] * 7] == told
    assert 1 == len(decisions.of_call(store, "call-1", EVERYTHING))


def test_a_person_takes_the_own_last_word_back(store: Store, rosa: User, rene: User) -> None:
    keep(store, a_call("call-1"))
    say(store, rosa, "recap", Verdict.PASS, "Yes.", seen=0)
    say(store, rene, "farewell", Verdict.PASS, "Yes.", seen=1)
    decisions.undo(store, rosa, "call-1", seen=2, refold=refold)
    assert (20.0, QueueState.OPEN, 3) == stands(store)
    with pytest.raises(StoreError) as refused:
        decisions.undo(store, rosa, "call-1", seen=3, refold=refold)
    assert "nothing_to_undo" == refused.value.code


def test_an_appeal_s_outcome_is_not_taken_back_by_undo(store: Store, rosa: User) -> None:
    keep(store, a_call("call-1"))
    word = Word(criterion="recap", verdict=Verdict.PASS, reason="Upheld.", origin=Origin.APPEAL)
    decisions.decide(store, rosa, "call-1", word, seen=0, refold=refold)
    with pytest.raises(StoreError):
        decisions.undo(store, rosa, "call-1", seen=1, refold=refold)


def test_a_review_is_finished_when_a_person_has_said_something_of_all_that_is_open(store: Store, rosa: User) -> None:
    keep(store, a_call("call-1"))
    with pytest.raises(StoreError) as refused:
        decisions.finish(store, rosa, "call-1", seen=0, refold=refold)
    assert ("undecided", True) == (refused.value.code, "recap" in str(refused.value))
    decisions.decide(store, rosa, "call-1", Word(criterion="recap", verdict=Verdict.UNSURE), seen=0, refold=refold)
    after = decisions.finish(store, rosa, "call-1", seen=1, refold=refold)
    assert (QueueState.DONE, False, ()) == (after.state, after.score.needs_review, after.score.review_reasons)
    assert [False] == [call.score.needs_review for call in scored_calls(store)]


def test_a_person_s_word_outlives_a_new_judgement_by_the_same_version(store: Store, rosa: User) -> None:
    keep(store, a_call("call-1"))
    say(store, rosa, "recap", Verdict.PASS, "Yes.", seen=0)
    again = replace(a_call("call-1"), score=replace(a_call("call-1").score, points=99.0))
    keep(store, again)
    assert (10.0, QueueState.OPEN, 1) == stands(store)  # until it is settled
    assert 1 == standing.settle(store, refold)
    assert (20.0, QueueState.OPEN, 1) == stands(store)
    assert 0 == standing.settle(store, refold)


def test_under_another_version_a_person_s_word_is_history(store: Store, rosa: User) -> None:
    keep(store, a_call("call-1"))
    say(store, rosa, "recap", Verdict.PASS, "Yes.", seen=0)
    keep(store, a_call("call-1", version="2"))
    standing.settle(store, refold)
    assert (10.0, QueueState.OPEN, 1) == stands(store)
    assert 1 == len(decisions.of_call(store, "call-1", EVERYTHING))


def test_a_scorecard_that_is_gone_changes_nothing(store: Store, rosa: User) -> None:
    keep(store, a_call("call-1"))

    def gone(name: str, version: str, findings: Sequence[Finding]) -> CallScore:
        raise ConfigurationError("gone", code="unknown_scorecard")

    with pytest.raises(ConfigurationError):
        decisions.decide(store, rosa, "call-1", Word(criterion="recap", verdict=Verdict.UNSURE), seen=0, refold=gone)
    assert () == decisions.of_call(store, "call-1", EVERYTHING)


def test_nothing_stands_for_a_call_whose_sound_has_changed(store: Store) -> None:
    call = a_call("call-1")
    keep(store, call)
    calls.upsert_recordings(store, [replace(call.recording, sha256="other")])
    assert standing.of(store, "call-1", EVERYTHING) is None


def test_what_stands_follows_the_metadata(store: Store) -> None:
    call = a_call("call-1")
    keep(store, call)
    calls.upsert_recordings(store, [replace(call.recording, meta=replace(call.recording.meta, team="South"))])
    assert standing.of(store, "call-1", Scope(team="North")) is None
    assert standing.of(store, "call-1", Scope(team="South")) is not None


def test_a_grave_complaint_is_a_risk(store: Store) -> None:
    complaint = Signal(kind=SignalKind.COMPLAINT, start_ms=0, end_ms=9, label="true", value=0.9)
    grave = Signal(kind=SignalKind.CAUSE, start_ms=0, end_ms=9, label="billing_error", value=3)
    keep(store, a_call("call-1", signals=(complaint, grave)), a_call("call-2", signals=(complaint,)))
    found = {one.recording.id: one.standing.kinds for one in queue.page(store, EVERYTHING, Filters()).items}
    assert QueueKind.RISK in found["call-1"]
    assert QueueKind.RISK not in found["call-2"]


def test_the_random_slice_is_about_as_large_as_it_says() -> None:
    drawn = sum(standing.drawn(f"call-{number}") for number in range(5000))
    assert 60 <= drawn <= 140


def test_nobody_decides_on_a_call_out_of_sight(store: Store) -> None:
    keep(store, a_call("call-1"))
    tom = users.add(store, User(id="", login="tom", name="Tom", role=Role.TEAM_LEAD, team="South"), "")
    with pytest.raises(StoreError) as refused:
        decisions.comment(store, tom, "call-1", "Well done.")
    assert "unknown_call" == refused.value.code
    with pytest.raises(StoreError):
        decisions.of_call(store, "call-1", tom.scope)


def test_an_agent_without_a_number_sees_no_call(store: Store) -> None:
    keep(store, a_call("call-1", agent_id=""))
    assert standing.of(store, "call-1", Scope(agent_id="")) is None
    assert scored_call(store, "call-1", Scope(agent_id="")) is None


def test_the_queue_is_walked_from_call_to_call(store: Store) -> None:
    keep(store, *(a_call(f"call-{n}") for n in range(4)))
    order = [one.recording.id for one in queue.page(store, EVERYTHING, Filters()).items]
    ahead = [queue.neighbour(store, EVERYTHING, Filters(), one, step=1) for one in order]
    back = [queue.neighbour(store, EVERYTHING, Filters(), one, step=-1) for one in order]
    assert [*order[1:], None] == ahead
    assert [None, *order[:-1]] == back
