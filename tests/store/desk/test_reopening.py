from __future__ import annotations

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from qa_pipeline.domain import (
    AppealState,
    QueueKind,
    QueueState,
    Scope,
    Standing,
    StoreError,
    User,
    Verdict,
)
from qa_pipeline.reviewing import Scorecards
from qa_pipeline.store import queries, standing
from qa_pipeline.store.desk import agent_figures, appeals, call_page, decisions, queue
from qa_pipeline.store.desk.appeals import Question, Step
from qa_pipeline.store.desk.calibration_opening import Drawn, _pool
from qa_pipeline.store.desk.decisions import Word
from qa_pipeline.store.desk.queue import Filters
from qa_pipeline.store.engine import Store
from qa_pipeline.store.outgoing import webhooks
from qa_pipeline.store.people import audit, users
from qa_pipeline.store.tables.accounts import DeliveryRow
from qa_pipeline.store.tables.base import now
from qa_pipeline.store.tables.desk import FinishedRow, ReopenedRow, StandingRow
from qa_pipeline.testing.calls import made_up_calls, made_up_scorecards
from qa_pipeline.testing.stored import PEOPLE, keep

CARDS = Scorecards(made_up_scorecards().values())
CALL = next(
    one
    for one in made_up_calls()
    if one.recording.meta.agent_id == "A102"
    and one.score.needs_review
    and not standing.drawn(one.recording.id)
    and any(found.verdict is Verdict.FAIL and found.criterion != "identity_verification" for found in one.findings)
)
CALM = next(
    one
    for one in made_up_calls()
    if not one.score.needs_review and not standing.drawn(one.recording.id) and one.recording.id != CALL.recording.id
)
ID, WHY = CALL.recording.id, "The greeting was not heard to its end."


@dataclass(frozen=True, kw_only=True)
class Desk:
    """A call that waits, one that does not, and everybody by login."""

    store: Store
    people: dict[str, User]

    def stands(self, call_id: str = ID) -> Standing:
        found = standing.of(self.store, call_id, Scope())
        assert found is not None
        return found

    def finish(self, login: str = "rosa", call_id: str = ID) -> Standing:
        user = self.people[login]
        for finding in (CALL if call_id == ID else CALM).findings:
            word = Word(criterion=finding.criterion, verdict=finding.verdict)
            seen = self.stands(call_id).revision
            decisions.decide(self.store, user, call_id, word, seen=seen, refold=CARDS.refold)
        seen = self.stands(call_id).revision
        return decisions.finish(self.store, user, call_id, seen=seen, refold=CARDS.refold)

    def again(self, login: str = "rosa", reason: str = WHY, call_id: str = ID) -> Standing:
        return decisions.reopen(self.store, self.people[login], call_id, reason, refold=CARDS.refold)

    def refused(self, login: str, reason: str = WHY) -> str:
        with pytest.raises(StoreError) as told:
            self.again(login, reason)
        return told.value.code

    def waiting(self, kind: QueueKind | None = None) -> list[str]:
        return [one.recording.id for one in queue.page(self.store, Scope(), Filters(kind=kind)).items]


@pytest.fixture
def desk(store: Store) -> Desk:
    keep(store, *(replace(one, recording=replace(one.recording, sha256=one.recording.id)) for one in (CALL, CALM)))
    return Desk(store=store, people={user.login: users.add(store, user, "") for user in PEOPLE})


@pytest.mark.parametrize("login", ["rosa", "lena", "ada"])
def test_who_finished_a_review_or_leads_opens_it_again(desk: Desk, login: str) -> None:
    desk.finish("rosa")
    assert QueueState.OPEN is desk.again(login).state


@pytest.mark.parametrize("login", ["rene", "audrey", "hannah"])
def test_nobody_else_does(desk: Desk, login: str) -> None:
    desk.finish("rosa")
    assert desk.refused(login) in ("reopen_right", "unknown_call")
    assert QueueState.DONE is desk.stands().state


def test_a_reason_is_needed_and_something_finished(desk: Desk) -> None:
    assert "not_finished" == desk.refused("lena")
    desk.finish()
    assert "reason_missing" == desk.refused("rosa", " \n")


def test_an_open_review_counts_as_before_it_was_finished(desk: Desk) -> None:
    def counted() -> tuple[object, ...]:
        now_it_is = desk.stands()
        (call,) = (one for one in queries.scored_calls(desk.store) if one.recording.id == ID)
        return now_it_is.state, now_it_is.score, call.score.needs_review, desk.waiting()

    for finding in CALL.findings:
        word = Word(criterion=finding.criterion, verdict=finding.verdict)
        seen = desk.stands().revision
        decisions.decide(desk.store, desk.people["rosa"], ID, word, seen=seen, refold=CARDS.refold)
    before = counted()
    decisions.finish(desk.store, desk.people["rosa"], ID, seen=desk.stands().revision, refold=CARDS.refold)
    assert before != counted()
    desk.again()
    assert before == counted()


def test_the_call_is_back_in_the_queue_with_who_and_why(desk: Desk) -> None:
    desk.finish()
    assert [] == desk.waiting()
    desk.again("lena")
    assert [ID] == desk.waiting() == desk.waiting(QueueKind.REOPENED)
    (item,) = queue.page(desk.store, Scope(), Filters()).items
    assert QueueKind.REOPENED in item.shown_kinds
    assert item.reopened is not None
    assert (desk.people["lena"].id, WHY) == (item.reopened.by, item.reopened.reason)


def test_a_call_that_asked_for_nobody_waits_once_it_is_opened_again(desk: Desk) -> None:
    calm = CALM.recording.id
    assert QueueState.CLEAR is desk.stands(calm).state
    desk.finish(call_id=calm)
    after = desk.again(call_id=calm)
    assert (QueueState.OPEN, (QueueKind.REOPENED,)) == (after.state, after.kinds)
    assert [calm, ID] == desk.waiting()  # what people ask for comes first
    assert QueueState.DONE is desk.finish(call_id=calm).state


def test_a_review_is_finished_again_and_opened_again(desk: Desk) -> None:
    for _ in range(2):
        after = desk.finish()
        assert (QueueState.DONE, False) == (after.state, QueueKind.REOPENED in after.kinds)
        assert QueueState.OPEN is desk.again().state
    with desk.store.read() as session:
        assert 2 == session.query(FinishedRow).count() == session.query(ReopenedRow).count()
    assert "not_finished" == desk.refused("lena")


def test_a_review_that_was_finished_twice_is_opened_as_one(desk: Desk) -> None:
    for login in ("rosa", "lena"):
        desk.finish(login)
    assert "reopen_right" == desk.refused("rosa")  # the last word was another's
    assert QueueState.OPEN is desk.again("lena").state


def test_of_many_who_open_at_once_one_does(desk: Desk) -> None:
    desk.finish()

    def tried(_: int) -> str:
        try:
            desk.again()
        except StoreError as error:
            return error.code
        return "opened"

    with ThreadPoolExecutor(6) as pool:
        assert [*["not_finished"] * 5, "opened"] == sorted(pool.map(tried, range(6)))
    assert 1 == len(audit.entries(desk.store, action="review.reopened"))


def test_the_page_of_the_call_says_who_and_why_until_it_is_finished(desk: Desk) -> None:
    def shown() -> tuple[bool, str]:
        opened = call_page.opened(desk.store, ID, Scope())
        return opened.finished is not None, opened.reopened.reason if opened.reopened else ""

    desk.finish()
    assert (True, "") == shown()
    desk.again("lena")
    assert (False, WHY) == shown()
    assert "Lena Lead" == call_page.opened(desk.store, ID, Scope()).people[desk.people["lena"].id].name
    desk.finish()
    assert (True, "") == shown()


def test_the_audit_log_keeps_the_reason_and_webhooks_are_told_without_it(desk: Desk) -> None:
    webhooks.add(desk.store, desk.people["ada"], "http://127.0.0.1:1/", ["review.reopened"], "secret")
    desk.finish()
    after = desk.again("lena")
    (entry,) = audit.entries(desk.store, action="review.reopened")
    assert ("lena", ID, {"reason": WHY}) == (entry.login, entry.subject, entry.detail)
    with desk.store.read() as session:
        (told,) = [json.loads(row.payload) for row in session.query(DeliveryRow)]
    assert {"event": "review.reopened", "call_id": ID, "percent": after.score.percent} == {
        name: value for name, value in told.items() if name != "at"
    }


def test_a_week_s_work_counts_what_is_finished_still(desk: Desk) -> None:
    def done() -> int:
        rosa = desk.people["rosa"].id
        return queue.finished(desk.store, since=now() - timedelta(days=1), reviewer=rosa).get(rosa, 0)

    desk.finish()
    assert 1 == done()
    desk.again("lena")
    assert 0 == done()


def test_figures_worked_out_before_are_out_of_date(desk: Desk) -> None:
    desk.finish()
    before = agent_figures.mark(desk.store)
    desk.again()
    assert before != agent_figures.mark(desk.store)


def test_who_opened_a_review_again_knows_the_call_when_calibration_draws(desk: Desk) -> None:
    def drawable(login: str) -> bool:
        judged = select(StandingRow.call_id, StandingRow.evaluation)
        draw = Drawn(n=1, seed=1)
        with desk.store.read() as session:
            found = session.execute(_pool(judged, draw, [desk.people[login].id])).all()
        return ID in {row[0] for row in found}

    decisions.finish(
        desk.store, desk.people["rene"], CALM.recording.id, seen=0, refold=CARDS.refold
    )  # fmt: skip
    desk.finish("rosa")
    desk.again("lena")
    assert (False, False, True) == (drawable("rosa"), drawable("lena"), drawable("ada"))


def test_under_another_version_a_reopening_is_history(desk: Desk) -> None:
    desk.finish()
    desk.again()
    keep(desk.store, replace(CALL, score=replace(CALL.score, scorecard_version="2")))
    assert QueueKind.REOPENED not in desk.stands().kinds
    assert "not_finished" == desk.refused("rosa")


def test_a_new_judgement_by_the_same_version_leaves_it_open(desk: Desk) -> None:
    desk.finish()
    desk.again()
    keep(desk.store, replace(CALL, score=replace(CALL.score, points=CALL.score.points + 1)))
    assert QueueKind.REOPENED in desk.stands().kinds
    standing.settle(desk.store, CARDS.refold)
    assert QueueState.OPEN is desk.stands().state
    assert decisions.reopened(desk.store, ID, Scope()) is not None


def an_appeal(desk: Desk) -> Callable[[str, AppealState], None]:
    failed = next(
        one.criterion
        for one in CALL.findings
        if one.verdict is Verdict.FAIL and one.criterion != "identity_verification"
    )
    question = Question(criterion=failed, proposed=Verdict.PASS, note="I said it.")
    omar = desk.people["omar"]
    number = appeals.open_appeal(desk.store, omar, ID, question, days=14, rounds=2, refold=CARDS.refold)

    def step(login: str, to: AppealState) -> None:
        appeals.take(desk.store, desk.people[login], number, Step(to=to, note="So."), refold=CARDS.refold)

    return step


def test_an_appeal_opens_and_closes_a_finished_call_as_before(desk: Desk) -> None:
    desk.finish("rosa")
    step = an_appeal(desk)
    assert (QueueState.OPEN, True, False) == (
        desk.stands().state, QueueKind.APPEAL in desk.stands().kinds, QueueKind.REOPENED in desk.stands().kinds,
    )  # fmt: skip
    step("lena", AppealState.PASSED_ON)
    step("rene", AppealState.UPHELD)
    assert QueueState.DONE is desk.stands().state


def test_a_call_that_was_opened_again_waits_after_its_appeal_is_closed(desk: Desk) -> None:
    desk.finish("rosa")
    step = an_appeal(desk)
    desk.again("lena")
    assert {QueueKind.APPEAL, QueueKind.REOPENED} <= set(desk.stands().kinds)
    step("omar", AppealState.WITHDRAWN)
    assert (QueueState.OPEN, False, True) == (
        desk.stands().state, QueueKind.APPEAL in desk.stands().kinds, QueueKind.REOPENED in desk.stands().kinds,
    )  # fmt: skip
    assert QueueState.DONE is desk.finish("rosa").state
