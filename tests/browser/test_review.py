from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect


def test_shot(page_of: Callable[[str], Page], accessible: Callable[[Page], None]) -> None:
    page = page_of("rosa")
    page.goto("/call?id=A101-000")
    page.wait_for_timeout(1500)
    page.screenshot(path="/tmp/web/call/a.png")
    accessible(page)
    page.emulate_media(color_scheme="dark")
    page.wait_for_timeout(500)
    accessible(page)
    page.screenshot(path="/tmp/web/call/b.png")
