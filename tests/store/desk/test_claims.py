from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from sqlalchemy import update

from qa_pipeline.domain import QUIET, CallScore, Finding, Role, Scope, StoreError, Takeover, User, Verdict
from qa_pipeline.scoring.fold import fold
from qa_pipeline.store.desk import call_page, claims, decisions
from qa_pipeline.store.desk.decisions import Word
from qa_pipeline.store.engine import Store
from qa_pipeline.store.people import audit, users
from qa_pipeline.store.tables.base import now
from qa_pipeline.store.tables.desk import ClaimRow, DecisionRow
from qa_pipeline.testing.dummies import a_finding, a_scorecard, a_scored_call
from qa_pipeline.testing.stored import keep

WORD = Word(criterion="greeting", verdict=Verdict.FAIL, reason="Not said.")


def refold(_name: str, _version: str, findings: Sequence[Finding]) -> CallScore:
    return fold(findings, a_scorecard())


def somebody(store: Store, login: str, role: Role = Role.REVIEWER) -> User:
    return users.add(store, User(id="", login=login, name=login.title(), role=role), "")


@pytest.fixture
def rosa(store: Store) -> User:
    return somebody(store, "rosa")


@pytest.fixture
def rene(store: Store) -> User:
    return somebody(store, "rene")


@pytest.fixture
def lena(store: Store) -> User:
    return somebody(store, "lena", Role.QA_LEAD)


@pytest.fixture
def call_id(store: Store) -> str:
    call = a_scored_call(findings=(a_finding(),), agent_id="a1", team="north")
    keep(store, call)
    return call.recording.id


def claimed(store: Store, user: User, call_id: str, *, ago: timedelta) -> None:
    """Somebody claimed the call a while ago and has been there since."""
    claims.claim(store, user, call_id)
    mine = update(ClaimRow).where(ClaimRow.call_id == call_id).values(since=now() - ago)
    store.write(lambda session: session.execute(mine))


def holder(store: Store, call_id: str) -> str:
    held = claims.holder(store, call_id)
    return held[0] if held else ""


def refused(store: Store, user: User, call_id: str, from_: User) -> str:
    with pytest.raises(StoreError) as told:
        claims.take_over(store, user, call_id, from_.id)
    return told.value.code


def test_a_claimed_call_is_nobody_else_s(store: Store, rosa: User, rene: User, call_id: str) -> None:
    claims.claim(store, rosa, call_id)
    with pytest.raises(StoreError, match="Rosa"):
        claims.claim(store, rene, call_id)
    claims.release(store, rosa, call_id)
    claims.claim(store, rene, call_id)
    assert rene.id == holder(store, call_id)


def at_once(store: Store, count: int, role: Role, work: Callable[[User], object]) -> list[str]:
    """What happened to each of many who did the same at the same moment."""
    everybody = [somebody(store, f"r{n}", role) for n in range(count)]

    def tried(user: User) -> str:
        try:
            work(user)
        except StoreError as error:
            return error.code
        return "got it"

    with ThreadPoolExecutor(count) as pool:
        return sorted(pool.map(tried, everybody))


def test_of_many_who_claim_at_once_one_gets_the_call(store: Store, call_id: str) -> None:
    told = at_once(store, 8, Role.REVIEWER, lambda user: claims.claim(store, user, call_id))
    assert [*["claimed"] * 7, "got it"] == told


@pytest.mark.parametrize("role", [Role.QA_LEAD, Role.REVIEWER])
def test_of_many_who_take_over_at_once_one_gets_the_call(store: Store, rosa: User, call_id: str, role: Role) -> None:
    claimed(store, rosa, call_id, ago=2 * QUIET)
    told = at_once(store, 8, role, lambda user: claims.take_over(store, user, call_id, rosa.id))
    assert [*["claimed"] * 7, "got it"] == told
    assert 1 == len(audit.entries(store, action="taken_over"))


def test_a_decision_and_a_takeover_at_once_do_not_both_happen(
    store: Store, rosa: User, lena: User, call_id: str
) -> None:
    """Whoever comes second is told: the decision came before the takeover, or it was refused."""
    claims.claim(store, rosa, call_id)

    def decide() -> str:
        try:
            decisions.decide(store, rosa, call_id, WORD, seen=0, refold=refold)
        except StoreError as error:
            return error.code
        return "decided"

    with ThreadPoolExecutor(2) as pool:
        said = pool.submit(decide)
        took = pool.submit(claims.take_over, store, lena, call_id, rosa.id)
        took.result()
        said_what = said.result()
    made = decisions.of_call(store, call_id, Scope())
    with store.read() as session:
        since = session.get_one(ClaimRow, call_id).since
    assert (("decided", 1) if made else ("claimed", 0)) == (said_what, len(made))
    assert all(one.made_at.replace(tzinfo=None) <= since for one in made)


@pytest.mark.parametrize("role", [Role.QA_LEAD, Role.ADMIN])
def test_a_lead_takes_a_call_over_at_once(store: Store, rosa: User, call_id: str, role: Role) -> None:
    lead = somebody(store, "lead", role)
    claims.claim(store, rosa, call_id)
    claims.take_over(store, lead, call_id, rosa.id)
    assert lead.id == holder(store, call_id)
    (entry,) = audit.entries(store, action="taken_over")
    assert ("lead", call_id, {"taken_from": "rosa"}) == (entry.login, entry.subject, entry.detail)


def test_a_reviewer_takes_over_what_its_holder_has_left_alone(
    store: Store, rosa: User, rene: User, call_id: str
) -> None:
    claims.claim(store, rosa, call_id)
    assert "claimed" == refused(store, rene, call_id, rosa)  # claimed just now
    claimed(store, rosa, call_id, ago=QUIET)
    claims.take_over(store, rene, call_id, rosa.id)
    assert rene.id == holder(store, call_id)
    assert "claimed" == refused(store, rosa, call_id, rene)  # nobody snatches it back


def test_a_sign_of_life_alone_is_no_work(store: Store, rosa: User, rene: User, call_id: str) -> None:
    claimed(store, rosa, call_id, ago=QUIET)
    claims.renew(store, rosa, call_id)
    claims.claim(store, rosa, call_id)
    claims.take_over(store, rene, call_id, rosa.id)
    assert rene.id == holder(store, call_id)


def test_who_has_decided_lately_is_at_work(store: Store, rosa: User, rene: User, call_id: str) -> None:
    claimed(store, rosa, call_id, ago=2 * QUIET)
    decisions.decide(store, rosa, call_id, WORD, seen=0, refold=refold)
    assert "claimed" == refused(store, rene, call_id, rosa)
    long_ago = update(DecisionRow).values(made_at=now() - QUIET)
    store.write(lambda session: session.execute(long_ago))
    claims.take_over(store, rene, call_id, rosa.id)
    assert rene.id == holder(store, call_id)


@pytest.mark.parametrize("role", [Role.TEAM_LEAD, Role.AUDITOR])
def test_who_does_not_review_takes_nothing_over(store: Store, rosa: User, call_id: str, role: Role) -> None:
    claimed(store, rosa, call_id, ago=2 * QUIET)
    other = users.add(store, User(id="", login="tom", name="Tom", role=role, team="north"), "")
    assert "claimed" == refused(store, other, call_id, rosa)


def test_a_call_is_taken_only_from_whom_one_saw(store: Store, rosa: User, rene: User, lena: User, call_id: str) -> None:
    claims.claim(store, rosa, call_id)
    claims.take_over(store, lena, call_id, rosa.id)
    ada = somebody(store, "ada", Role.ADMIN)
    assert "claimed" == refused(store, ada, call_id, rosa)
    claims.release(store, lena, call_id)
    claims.take_over(store, rene, call_id, lena.id)  # nobody has it any more: it is simply claimed
    assert rene.id == holder(store, call_id)
    assert 1 == len(audit.entries(store, action="taken_over"))


def test_whose_call_was_taken_decides_nothing_more(store: Store, rosa: User, lena: User, call_id: str) -> None:
    claims.claim(store, rosa, call_id)
    decisions.decide(store, rosa, call_id, WORD, seen=0, refold=refold)
    claims.take_over(store, lena, call_id, rosa.id)
    for act in (
        lambda: decisions.decide(store, rosa, call_id, WORD, seen=1, refold=refold),
        lambda: decisions.undo(store, rosa, call_id, seen=1, refold=refold),
        lambda: decisions.finish(store, rosa, call_id, seen=1, refold=refold),
        lambda: claims.claim(store, rosa, call_id),
    ):
        with pytest.raises(StoreError) as told:
            act()
        assert "claimed" == told.value.code
    before = claims.holder(store, call_id)
    claims.renew(store, rosa, call_id)
    assert before == claims.holder(store, call_id)
    assert 1 == len(decisions.of_call(store, call_id, Scope()))


def taken_from(store: Store, user: User, call_id: str) -> Takeover | None:
    return call_page.opened(store, call_id, Scope()).taken.get(user.id)


def test_whose_call_was_taken_learns_by_whom_until_they_have_it_again(
    store: Store, rosa: User, lena: User, call_id: str
) -> None:
    claims.claim(store, rosa, call_id)
    before = now()
    claims.take_over(store, lena, call_id, rosa.id)
    told = taken_from(store, rosa, call_id)
    assert told is not None
    assert (lena.id, True) == (told.by, before <= told.at <= now())
    assert taken_from(store, lena, call_id) is None
    claims.release(store, lena, call_id)
    assert told == taken_from(store, rosa, call_id)  # however soon it was given back
    claims.claim(store, rosa, call_id)
    assert taken_from(store, rosa, call_id) is None


def test_that_a_call_was_taken_is_old_news_once_the_claim_would_be_over(
    store: Store, rosa: User, lena: User, call_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    claims.claim(store, rosa, call_id)
    claims.take_over(store, lena, call_id, rosa.id)
    later: datetime = now() + claims.CLAIM
    monkeypatch.setattr(claims, "now", lambda: later)
    assert taken_from(store, rosa, call_id) is None
