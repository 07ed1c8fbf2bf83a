from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from qa_pipeline.domain import Scope
from qa_pipeline.store import queries, standing
from qa_pipeline.store.desk import claims, decisions, queue
from qa_pipeline.store.desk.decisions import Word
from qa_pipeline.testing.calls import made_up_scorecards

PageOf = Callable[[str], Page]


@pytest.fixture
def call_id(centre: Any) -> str:
    """The most urgent English call of the queue."""
    return queue.page(centre.store, Scope(), queue.Filters(language="en")).items[0].recording.id


def opened(page: Page, call_id: str) -> None:
    page.goto(f"/call?id={call_id}&blind=0")
    expect(page.locator("#wave canvas").first).to_be_attached()


def beat(page: Page) -> None:
    with page.expect_response("**/call/beat"):
        page.locator("#beat").dispatch_event("beat")


def test_a_lead_takes_a_call_over_by_keyboard_and_its_holder_loses_no_word(
    page_of: PageOf, centre: Any, call_id: str, accessible: Callable[[Page], None]
) -> None:
    rosa, lena = page_of("rosa"), page_of("lena")
    opened(rosa, call_id)
    rosa.keyboard.press("t")
    expect(rosa.locator("#holder")).to_contain_text("You have this call")
    rosa.keyboard.press("j")
    rosa.keyboard.press("u")
    rosa.keyboard.type("Half a sentence")

    opened(lena, call_id)
    lena.keyboard.press("t")
    button = lena.get_by_role("button", name="Yes, take it over")
    expect(button).to_be_focused()
    accessible(lena)
    lena.keyboard.press("Escape")
    expect(button).to_be_hidden()
    lena.keyboard.press("t")
    lena.keyboard.press("Enter")
    expect(lena.locator("#holder")).to_contain_text("You have this call")

    beat(rosa)
    expect(rosa.locator("#holder")).to_contain_text("Lena Lead has taken this call over at")
    expect(rosa.locator("#said")).to_contain_text("Lena Lead has taken this call over at")
    text = rosa.locator(".item.current textarea")
    expect(text).to_have_value("Half a sentence")
    expect(text).to_be_focused()
    accessible(rosa)
    with rosa.expect_response("**/call/decide") as told:
        rosa.keyboard.press("Enter")
    assert 409 == told.value.status
    expect(rosa.locator("#notices")).to_contain_text("Somebody else works on this call")
    expect(rosa.locator(".item.current textarea")).to_have_value("Half a sentence")
    assert () == decisions.of_call(centre.store, call_id, Scope())


def test_a_review_is_opened_again_by_keyboard(
    page_of: PageOf, centre: Any, call_id: str, accessible: Callable[[Page], None]
) -> None:
    from qa_pipeline.reviewing import Scorecards

    refold, rosa = Scorecards(made_up_scorecards().values()).refold, centre.people["rosa"]
    call = queries.scored_call(centre.store, call_id)
    assert call is not None
    for seen, one in enumerate(call.findings):
        word = Word(criterion=one.criterion, verdict=one.verdict)
        decisions.decide(centre.store, rosa, call_id, word, seen=seen, refold=refold)
    decisions.finish(centre.store, rosa, call_id, seen=len(call.findings), refold=refold)
    assert claims.holder(centre.store, call_id) is None

    page = page_of("rosa")
    opened(page, call_id)
    page.keyboard.press("r")
    reason = page.locator("#reopen textarea")
    expect(reason).to_be_focused()
    accessible(page)
    page.keyboard.press("Enter")  # without a reason nothing happens
    expect(reason).to_be_visible()
    page.keyboard.type("r, t and j are letters here.")
    page.keyboard.press("Enter")
    expect(page.locator("#call-head")).to_contain_text("Reopened by Rosa Reviewer")
    expect(page.locator("#call-head")).to_contain_text("r, t and j are letters here.")
    expect(page.locator("#reopen")).to_have_count(0)
    accessible(page)
    page.keyboard.press("Enter")
    expect(page.locator("#call-head")).to_contain_text("Reviewed by Rosa Reviewer")
    stands = standing.of(centre.store, call_id, Scope())
    assert "done" == (stands and stands.state.value)
