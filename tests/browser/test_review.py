from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from qa_pipeline.domain import Scope, ScoredCall, Verdict
from qa_pipeline.store import queries, standing
from qa_pipeline.store.desk import queue
from qa_pipeline.testing.stored import keep

PageOf = Callable[[str], Page]
ALL = Scope()


@pytest.fixture
def call(centre: Any) -> ScoredCall:
    """The most urgent English call of the queue; a critical criterion failed in it."""
    item = queue.page(centre.store, ALL, queue.Filters(language="en")).items[0]
    found = queries.scored_call(centre.store, item.recording.id)
    assert found is not None
    return found


def opened(page: Page, call: ScoredCall) -> None:
    page.goto(f"/call?id={call.recording.id}&language=en&blind=0")
    expect(page.locator("#wave canvas").first).to_be_attached()


def time_of(page: Page) -> float:
    seconds: float = page.evaluate("document.getElementById('audio').currentTime")
    return seconds


def wait_until(page: Page, holds: Callable[[], bool]) -> None:
    """Waits without evaluating a string in the page, which its rules forbid."""
    for _ in range(100):
        if holds():
            return
        page.wait_for_timeout(50)
    raise AssertionError


def playing(page: Page) -> bool:
    return not page.evaluate("document.getElementById('audio').paused")


def test_a_reviewer_scores_ten_criteria_by_keyboard_alone(page_of: PageOf, centre: Any) -> None:
    call = queries.scored_call(centre.store, "ten-criteria")
    assert call is not None
    assert 10 == len(call.findings)
    page = page_of("rosa")
    opened(page, call)
    passed = [one.criterion for one in call.findings].index(
        next(one.criterion for one in call.findings if one.verdict is Verdict.PASS and one.evidence)
    )
    before = page.locator("#score").inner_text()

    def walk_to(position: int) -> None:
        for _ in call.findings:
            page.keyboard.press("k")
        for _ in range(position):
            page.keyboard.press("j")

    walk_to(passed)
    page.keyboard.press("e")
    wait_until(page, lambda: playing(page))
    page.keyboard.press("f")
    expect(page.locator(".item.current textarea")).to_be_focused()
    page.keyboard.type("c, j and z are letters here. Not said in the greeting.")
    page.keyboard.press("Enter")
    current = page.locator(".item.current")
    expect(current.locator(".why")).to_contain_text("Not said in the greeting.")
    expect(current.locator(".machine")).to_contain_text("Pass")
    expect(page.locator("#holder")).to_contain_text("You have this call")
    expect(page.locator("#score")).not_to_have_text(before)
    assert playing(page)  # the change did not stop the sound

    page.keyboard.press("z")
    expect(page.locator(".item.current .machine")).to_have_count(0)
    assert page.locator("#score .big").inner_text() in before

    for position in range(len(call.findings)):
        walk_to(position)
        page.keyboard.press("c")
    expect(page.locator(".item .by-person")).to_have_count(len(call.findings))
    page.keyboard.press("Enter")
    expect(page.locator("#call-head")).to_contain_text("Reviewed by Rosa Reviewer")
    stands = standing.of(centre.store, call.recording.id, ALL)
    assert ("done", len(call.findings)) == (stands and stands.state.value, stands and stands.decided)

    page.keyboard.press("N")
    page.wait_for_url(lambda url: call.recording.id not in url)
    assert "language=en" in page.url


def test_of_two_on_one_call_the_later_loses_nothing(
    page_of: PageOf, call: ScoredCall, accessible: Callable[[Page], None]
) -> None:
    rosa, lena = page_of("rosa"), page_of("lena")
    opened(rosa, call)
    opened(lena, call)
    lena.keyboard.press("c")
    expect(lena.locator(".item.current .by-person")).to_have_count(1)
    lena.get_by_role("button", name="Release").click()
    expect(lena.locator("#holder")).to_contain_text("Nobody works on this call")

    rosa.keyboard.press("j")
    rosa.keyboard.press("u")
    rosa.keyboard.type("I cannot hear it.")
    with rosa.expect_response("**/call/decide") as told:
        # The browser writes every 409 on its console; nothing else may be there.
        rosa.keyboard.press("Enter")
    assert 409 == told.value.status
    expect(rosa.locator("#notices")).to_contain_text("Lena Lead")
    text = rosa.locator(".item.current textarea")
    expect(text).to_have_value("I cannot hear it.")
    accessible(rosa)
    text.focus()
    rosa.keyboard.press("Enter")
    expect(rosa.locator(".item.current .why")).to_contain_text("I cannot hear it.")
    expect(rosa.locator("#notices")).to_be_empty()


def test_evidence_plays_exactly_its_moment(page_of: PageOf, call: ScoredCall) -> None:
    page = page_of("rosa")
    opened(page, call)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "/call/sound" in request.url else None)
    evidence = next(one.evidence[0] for one in call.findings if one.evidence)
    start, end = (evidence.start_ms - 1000) / 1000, (evidence.end_ms + 1000) / 1000
    assert asked == []  # nothing is fetched, and no listening is noted, before somebody listens
    page.locator("#speed").select_option("2")
    page.locator(f'.clip[data-start="{evidence.start_ms}"]').first.click()
    wait_until(page, lambda: time_of(page) > start)
    assert start <= time_of(page) <= end
    wait_until(page, lambda: not playing(page))
    assert end - 0.1 <= time_of(page) <= end + 0.5


def test_words_and_moments_move_the_player(page_of: PageOf, call: ScoredCall) -> None:
    page = page_of("rosa")
    opened(page, call)
    page.locator(".turn.customer .words span").nth(1).click()
    expect(page.locator("#now")).to_have_text("00:03")
    expect(page.locator(".turn.customer")).to_have_class("turn customer now")
    page.locator("body").press("ArrowRight")
    expect(page.locator("#now")).to_have_text("00:08")
    page.keyboard.press("m")
    expect(page.locator("#remark-at")).to_have_value("00:08")
    page.keyboard.type("Listen to this together.")
    page.keyboard.press("Enter")
    expect(page.locator("#remark-list")).to_contain_text("Listen to this together.")
    expect(page.locator(".lane-remarks a")).to_have_count(1)
    page.locator(".lane-remarks a").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#now")).to_have_text("00:08")


def test_the_page_is_for_everybody(page_of: PageOf, call: ScoredCall, accessible: Callable[[Page], None]) -> None:
    for login, scheme in (("rosa", "light"), ("rosa", "dark"), ("audrey", "light"), ("rene", "dark")):
        page = page_of(login)
        page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
        opened(page, call)
        accessible(page)
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_be_visible()
    page.keyboard.press("c")  # the sheet takes no verdicts
    page.keyboard.press("Escape")
    expect(page.locator(".by-person")).to_have_count(0)


def test_a_blind_reviewer_judges_before_the_machine_is_seen(
    page_of: PageOf, centre: Any, call: ScoredCall, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(standing, "drawn", lambda call_id: call_id == call.recording.id)
    keep(centre.store, replace(call, score=replace(call.score, review_reasons=(*call.score.review_reasons, "x:y"))))
    page = page_of("rosa")
    page.goto(f"/call?id={call.recording.id}")
    expect(page.locator("#score")).to_contain_text("Score hidden")
    page.keyboard.press("p")
    expect(page.locator(".item.current textarea")).to_be_focused()
    page.keyboard.press("Enter")  # blind words need no reason: to ask for one would tell what the machine said
    expect(page.locator(".item .machine")).to_have_count(1)
    expect(page.locator("#score")).to_contain_text("Score hidden")
