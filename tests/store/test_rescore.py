from __future__ import annotations

from qa_pipeline.domain import Finding, Scope, User, Verdict
from qa_pipeline.reviewing import Scorecards
from qa_pipeline.store import rescore
from qa_pipeline.store.desk import decisions
from qa_pipeline.store.desk.decisions import Word
from qa_pipeline.store.engine import Store
from qa_pipeline.testing.calls import made_up_scorecards
from qa_pipeline.testing.stored import a_centre

REFOLD = Scorecards(made_up_scorecards().values()).refold
EVERYTHING = Scope()


def judge(store: Store, user: User, call_id: str, *, level: int | None = None) -> None:
    """A person says the opposite of what stands for the closing check."""
    (call,) = rescore.judged_calls(store, EVERYTHING, [call_id])
    passed = finding(call, "closing_check").verdict is Verdict.PASS
    word = Word(
        criterion="closing_check",
        verdict=Verdict.FAIL if passed else Verdict.PASS,
        level=None if passed else level,
        reason="I heard it.",
    )
    decisions.decide(store, user, call_id, word, seen=0, refold=REFOLD)


def finding(call: rescore.JudgedCall, criterion: str) -> Finding:
    return next(one for one in call.findings if one.criterion == criterion)


def test_the_newest_calls_of_a_version_come_first(store: Store) -> None:
    a_centre(store, each=4)
    ids = rescore.newest(store, EVERYTHING, "general-en", "1", None)
    calls = {one.call_id: one for one in rescore.judged_calls(store, EVERYTHING, ids)}
    starts = [calls[one].started_at for one in ids]
    assert 12 == len(ids) == rescore.count(store, EVERYTHING, "general-en", "1")
    assert sorted(starts, key=str, reverse=True) == starts
    assert ids[:3] == rescore.newest(store, EVERYTHING, "general-en", "1", 3)
    assert () == rescore.newest(store, EVERYTHING, "general-en", "2", None)


def test_a_persons_word_and_level_stand_in_place_of_the_machines(store: Store) -> None:
    people = a_centre(store, each=4)
    ids = rescore.newest(store, EVERYTHING, "general-en", "1", None)
    before = {one.call_id: finding(one, "closing_check") for one in rescore.judged_calls(store, EVERYTHING, ids)}
    failed = next(name for name, one in before.items() if one.verdict is Verdict.FAIL)
    passed = next(name for name, one in before.items() if one.verdict is Verdict.PASS)
    judge(store, people["rosa"], failed, level=2)
    judge(store, people["rosa"], passed)
    after = {one.call_id: finding(one, "closing_check") for one in rescore.judged_calls(store, EVERYTHING, ids)}
    assert (Verdict.PASS, 2) == (after[failed].verdict, after[failed].level)
    assert (Verdict.FAIL, None) == (after[passed].verdict, after[passed].level)
    assert {None, 1, 2} >= {one.level for one in after.values()}


def test_nothing_is_given_out_of_sight(store: Store) -> None:
    a_centre(store, each=4)
    ids = rescore.newest(store, EVERYTHING, "general-zh", "1", None)
    assert ids
    assert () == rescore.judged_calls(store, Scope(team="North"), ids)
    assert 0 == rescore.count(store, Scope(team="North"), "general-zh", "1")
    assert {} == rescore.distribution(store, Scope(team="North"), "general-zh", "1")


def test_the_distribution_counts_every_verdict_of_the_newest_calls(store: Store) -> None:
    people = a_centre(store, each=4)
    found = rescore.distribution(store, EVERYTHING, "general-en", "1")
    assert {12} == {one.n for one in found.values()}
    assert {5} == {one.n for one in rescore.distribution(store, EVERYTHING, "general-en", "1", limit=5).values()}
    judge(store, people["rosa"], rescore.newest(store, EVERYTHING, "general-en", "1", 1)[0])
    assert 1 == rescore.distribution(store, EVERYTHING, "general-en", "1")["closing_check"].by_person
