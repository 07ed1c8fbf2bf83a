from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from qa_pipeline.domain import CallScore, Finding, Role, Scope, StoreError, User, Verdict
from qa_pipeline.scoring.fold import fold
from qa_pipeline.store import calls
from qa_pipeline.store.desk import call_page, claims, decisions
from qa_pipeline.store.desk.decisions import Word
from qa_pipeline.store.engine import Store
from qa_pipeline.store.people import audit, users
from qa_pipeline.testing.dummies import a_finding, a_scorecard, a_scored_call
from qa_pipeline.testing.stored import keep

ALL = Scope()


@pytest.fixture
def rosa(store: Store) -> User:
    return users.add(store, User(id="", login="rosa", name="Rosa", role=Role.REVIEWER), "")


@pytest.fixture
def call_id(store: Store) -> str:
    call = a_scored_call(findings=(a_finding(),), agent_id="a1", team="north")
    keep(store, call)
    return call.recording.id


def refold(_name: str, _version: str, findings: Sequence[Finding]) -> CallScore:
    return fold(findings, a_scorecard())


def test_a_call_opens_with_everything_said_of_it(store: Store, rosa: User, call_id: str) -> None:
    claims.claim(store, rosa, call_id)
    word = Word(criterion="greeting", verdict=Verdict.FAIL, reason="Not said.")
    decisions.decide(store, rosa, call_id, word, seen=0, refold=refold)
    decisions.comment(store, rosa, call_id, "Listen here.", at_ms=1000)
    opened = call_page.opened(store, call_id, ALL)
    assert [Verdict.PASS] == [one.verdict for one in opened.call.findings]  # the machine's alone
    assert [(1, Verdict.FAIL)] == [(one.revision, one.verdict) for one in opened.decisions]
    assert (1, ()) == (opened.standing.revision, opened.earlier)
    assert ["Listen here."] == [one.text for one in opened.comments]
    assert (rosa.id, "Rosa", Role.REVIEWER) == (
        opened.claimed_by, opened.people[rosa.id].name, opened.people[rosa.id].role,
    )  # fmt: skip


def test_what_came_in_meanwhile_shows_although_the_judgement_stays_in_memory(store: Store, call_id: str) -> None:
    before = call_page.opened(store, call_id, ALL)
    moved = replace(before.call.recording, meta=replace(before.call.recording.meta, team="south"))
    calls.upsert_recordings(store, [moved])
    after = call_page.opened(store, call_id, ALL)
    assert "south" == after.call.recording.meta.team
    assert before.call.transcript is after.call.transcript


def test_a_finished_review_names_who_and_when(store: Store, rosa: User, call_id: str) -> None:
    assert call_page.opened(store, call_id, ALL).finished is None
    decisions.finish(store, rosa, call_id, seen=0, refold=refold)
    finished = call_page.opened(store, call_id, ALL).finished
    assert rosa.id == (finished and finished.reviewer)


@pytest.mark.parametrize(
    ("scope", "there"),
    [
        (Scope(team="north"), True),
        (Scope(team="south"), False),
        (Scope(agent_id="a1"), True),
        (Scope(agent_id="a2"), False),
        (Scope(agent_id=""), False),
    ],
)
def test_who_may_not_see_a_call_does_not_learn_that_it_is_there(
    store: Store, call_id: str, scope: Scope, *, there: bool
) -> None:
    for look in (call_page.opened, call_page.recording):
        if there:
            look(store, call_id, scope)
        else:
            with pytest.raises(StoreError) as refused:
                look(store, call_id, scope)
            assert "unknown_call" == refused.value.code


def test_one_listening_is_one_entry(store: Store, rosa: User, call_id: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def entries() -> int:
        return len(audit.entries(store, action="played", subject=call_id))

    for _ in range(3):
        call_page.note_played(store, rosa, call_id)
    assert 1 == entries()
    monkeypatch.setattr(call_page, "ONE_LISTENING", timedelta(0))
    call_page.note_played(store, rosa, call_id)
    assert 2 == entries()
