"""A finished review is opened again on the page: who is offered it, what is shown, to whom."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from qa_pipeline.domain import Scope
from qa_pipeline.store import queries, standing
from qa_pipeline.store.engine import Store
from qa_pipeline.testing.stored import keep

As = Callable[[str], Any]
CALL = "A101-000"
OFFER, WHY = 'id="reopen"', "The greeting <b>was</b> cut short."


def finish(store: Store, browser: Any, call_id: str = CALL) -> None:
    found = queries.scored_call(store, call_id, machine=True)
    assert found is not None
    for one in found.findings:
        form = {"criterion": one.criterion, "answer": one.verdict.value, "seen": 0, "blind": "0"}
        assert 303 == browser.submit("/call/decide", id=call_id, **form).status_code
    stands = standing.of(store, call_id, Scope())
    assert stands is not None
    assert 303 == browser.submit("/call/finish", id=call_id, seen=stands.revision, blind="0").status_code


def state(store: Store) -> str:
    stands = standing.of(store, CALL, Scope())
    return stands.state.value if stands else ""


@pytest.mark.parametrize("login", ["rosa", "lena", "ada"])
def test_who_finished_it_or_leads_opens_it_again(as_: As, store: Store, login: str) -> None:
    browser = as_(login)
    assert OFFER not in browser.get(f"/call?id={CALL}").text
    finish(store, as_("rosa"))
    assert OFFER in browser.get(f"/call?id={CALL}").text
    assert 303 == browser.submit("/call/reopen", id=CALL, reason=WHY).status_code
    page = browser.get(f"/call?id={CALL}").text
    assert f"Reopened by {browser.user.name}" in page
    assert "The greeting &lt;b&gt;was&lt;/b&gt; cut short." in page
    assert OFFER not in page
    assert "Reviewed by" not in page
    assert "open" == state(store)


@pytest.mark.parametrize("login", ["rene", "tom", "hannah", "audrey"])
def test_others_are_neither_offered_it_nor_let(as_: As, store: Store, login: str) -> None:
    finish(store, as_("rosa"))
    browser = as_(login)
    assert OFFER not in browser.get(f"/call?id={CALL}").text
    assert 403 == browser.submit("/call/reopen", id=CALL, reason=WHY).status_code
    assert "done" == state(store)


def test_it_needs_a_reason_and_happens_once(as_: As, store: Store) -> None:
    rosa = as_("rosa")
    finish(store, rosa)
    assert 422 == rosa.submit("/call/reopen", id=CALL, reason=" ").status_code
    assert 303 == rosa.submit("/call/reopen", id=CALL, reason=WHY).status_code
    again = rosa.submit("/call/reopen", id=CALL, reason=WHY)
    assert (409, True) == (again.status_code, "opened again meanwhile" in again.text)


def test_the_queue_says_who_and_why(as_: As, store: Store) -> None:
    rosa = as_("rosa")
    finish(store, rosa)
    assert "Finished this week: 1 of" in rosa.get("/queue").text
    as_("lena").submit("/call/reopen", id=CALL, reason=WHY)
    page = rosa.get("/queue?kind=reopened").text
    assert "Reopened by Lena Lead:" in page
    assert "The greeting &lt;b&gt;was&lt;/b&gt; cut short." in page
    assert "Finished this week: 0 of" in page
    assert "Lena Lead 重新打开：" in as_("rene").get("/queue").text


def test_the_agent_reads_that_it_was_opened_again_but_not_by_whom_or_why(as_: As, store: Store) -> None:
    finish(store, as_("rosa"))
    as_("lena").submit("/call/reopen", id=CALL, reason=WHY)
    page = as_("hannah").get(f"/call?id={CALL}").text
    assert "Reopened by QA lead" in page
    assert "cut short" not in page
    assert "Lena" not in page


def test_of_the_random_slice_what_is_opened_again_is_not_blind(
    as_: As, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    call = queries.scored_call(store, CALL)
    assert call is not None
    monkeypatch.setattr(standing, "drawn", lambda call_id: call_id == CALL)
    keep(store, replace(call, score=replace(call.score, review_reasons=(*call.score.review_reasons, "x:"))))
    rene = as_("rene")
    assert "data-agrees" not in rene.get(f"/call?id={CALL}").text
    finish(store, as_("rosa"))
    as_("lena").submit("/call/reopen", id=CALL, reason=WHY)
    assert "data-agrees" in rene.get(f"/call?id={CALL}").text
    assert "cut short" in rene.get("/queue?kind=random").text
