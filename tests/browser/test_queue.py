from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect


def test_a_reviewer_walks_the_queue_by_keyboard(
    page_of: Callable[[str], Page], accessible: Callable[[Page], None]
) -> None:
    page = page_of("rosa")
    page.goto("/queue")
    accessible(page)
    page.keyboard.press("j")
    page.keyboard.press("j")
    expect(page.locator("tr[data-row]").nth(1).locator("th a")).to_be_focused()
