from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

Pages = Callable[..., Page]
Check = Callable[[Page], None]


def in_both(page: Page, accessible: Check) -> None:
    """The page is accessible in light and dark."""
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        accessible(page)
    page.emulate_media(color_scheme="light")


def test_a_session_from_its_opening_to_the_talk(page_of: Pages, accessible: Check) -> None:
    lead, rosa, rene = page_of("lena"), page_of("rosa"), page_of("rene")
    number = open_session(lead, accessible)

    by_keyboard(rosa, accessible)

    # Nobody can peek: neither through the address of the session, nor of the file, nor of the call.
    rosa.goto(f"/calibration/session?id={number}&show=all")
    expect(rosa.get_by_text("You judge blindly")).to_be_visible()
    expect(rosa.get_by_text("Krippendorff")).to_have_count(0)
    peeked = lead.request.get(f"/calibration/export?id={number}")
    assert peeked.status == 422
    assert "verdict" not in peeked.text()

    answer_all(rosa, number, "Pass")
    hand_in(rosa, number)
    expect(rosa.get_by_text("You have handed in.")).to_be_visible()
    answer_all(rene, number, "不适用")
    expect(rene.get_by_text("继续下一通")).to_have_count(0)
    rene.goto(f"/calibration/session?id={number}")
    in_both(rene, accessible)
    rene.get_by_role("button", name="提交").click()
    expect(rene.get_by_text("您已提交")).to_be_visible()
    lead.goto(f"/calibration/session?id={number}")
    expect(lead.get_by_text("Krippendorff")).to_have_count(0)
    answer_all(lead, number, "Pass")
    hand_in(lead, number)

    figures_show(lead, accessible)
    talked_over(rosa, number, accessible)
    rene.goto(f"/calibration/session?id={number}")
    expect(rene.get_by_role("heading", name="两两比较")).to_be_visible()
    in_both(rene, accessible)


def open_session(lead: Page, accessible: Check) -> str:
    """A session of three calls for all three; its number."""
    lead.goto("/calibration")
    in_both(lead, accessible)
    lead.get_by_role("link", name="New session").click()
    in_both(lead, accessible)
    lead.get_by_label("Title").fill("Week 45")
    lead.get_by_label("Scorecard").select_option("general-en|1")
    lead.get_by_label("How many").fill("3")
    for name in ("Lena Lead", "Rosa Reviewer", "René Reviewer"):
        lead.get_by_role("checkbox", name=name).check()
    lead.get_by_role("button", name="Open the session").click()
    lead.wait_for_url("**/calibration/session?id=*")
    return lead.url.rpartition("=")[2]


def by_keyboard(page: Page, accessible: Check) -> None:
    """The first call is answered without a mouse, kept, and heard from its transcript."""
    page.goto("/calibration")
    page.get_by_role("link", name="Week 45").click()
    expect(page.get_by_text("You judge blindly")).to_be_visible()
    in_both(page, accessible)
    page.get_by_role("link", name="Go on with the next call").click()
    in_both(page, accessible)
    for key in ("1", "2", "3", "4", "1", "1"):
        page.keyboard.press("j")
        with page.expect_response("**/calibration/answer"):
            page.keyboard.press(key)
    expect(page.get_by_text("6 of 6 answered")).to_be_visible()
    page.keyboard.press("n")
    page.keyboard.type("She says it late.")
    with page.expect_response("**/calibration/answer"):
        page.keyboard.press("Escape")
    page.reload()
    expect(page.locator("input:checked")).to_have_count(6)
    expect(page.get_by_text("She says it late.")).to_be_visible()
    sound_follows(page)


def figures_show(lead: Page, accessible: Check) -> None:
    """The last who hands in opens the session for all."""
    expect(lead.get_by_role("heading", name="People among themselves")).to_be_visible()
    expect(lead.get_by_text("3 calls are few")).to_be_visible()
    in_both(lead, accessible)
    lead.get_by_role("link", name="Show all items").click()
    expect(lead.locator(".cal-matrix tbody tr")).to_have_count(18)
    with lead.expect_download() as file:
        lead.get_by_role("link", name="All answers as CSV").click()
    assert file.value.path().read_text(encoding="utf-8-sig").count("\n") == 1 + 18 * 4


def talked_over(rosa: Page, number: str, accessible: Check) -> None:
    """The group listens again and keeps what it agreed."""
    rosa.goto(f"/calibration/session?id={number}")
    rosa.get_by_role("link", name=re.compile("Listen and talk over")).first.click()
    rosa.get_by_label("Add a note: Greeting").fill("The company's name is enough.")
    rosa.locator("#item-1").get_by_role("button", name="Keep").click()
    expect(rosa.get_by_text("The company's name is enough.")).to_be_visible()
    in_both(rosa, accessible)


def answer_all(page: Page, number: str, words: str) -> None:
    """Chooses one answer for everything, call after call."""
    page.goto(f"/calibration/session?id={number}")
    for place in range(page.locator("tbody tr").count()):
        page.goto(f"/calibration/session?id={number}")
        page.locator("tbody tr th a").nth(place).click()
        for item in page.locator("[data-item]").all():
            choice = item.get_by_role("radio", name=words, exact=False).first
            if not choice.is_checked():
                with page.expect_response("**/calibration/answer"):
                    choice.check(force=True)


def hand_in(page: Page, number: str) -> None:
    page.goto(f"/calibration/session?id={number}")
    page.get_by_role("button", name="Hand in").click()


def sound_follows(page: Page) -> None:
    """A click into the transcript plays from there."""
    expect(page.locator("#sound")).to_have_js_property("paused", value=True)
    page.locator("[data-seek='3000']").first.click()
    expect(page.locator(".cal-turns li[aria-current] [data-seek='3000']")).to_have_count(1)
    page.locator("#item-1").focus()
    page.keyboard.press("p")
    expect(page.locator("#sound")).to_have_js_property("paused", value=True)
