"""Every page that the menu and its neighbours lead to: no serious accessibility fault, nothing wider than a tablet."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

CALL = "A101-000"
PAGES = {
    "ada": (
        "/queue",
        "/queue?state=done",
        f"/call?id={CALL}",
        "/agents",
        "/agents?team=North",
        "/teams",
        "/agent?id=A101",
        "/agents/moments?agent=A101&criterion=greeting",
        "/coaching",
        "/coaching/new?agent=A101",
        "/appeals",
        "/calibration",
        "/calibration/new",
        "/scorecards",
        "/scorecard?name=general-en&version=1",
        "/scorecards/what-if",
        "/detectors",
        "/runs",
        "/admin",
        "/admin/teams",
        "/admin/audit",
        "/admin/tokens",
        "/admin/webhooks",
        "/admin/retention",
        "/me",
        "/me/password",
    ),
    "hannah": ("/my-calls", "/my-scorecard", f"/call?id={CALL}", f"/appeals/new?call={CALL}&criterion=greeting"),
    "rene": ("/queue", f"/call?id={CALL}", "/agents", "/scorecards"),
}


@pytest.mark.parametrize(
    ("login", "scheme"), [("ada", "light"), ("ada", "dark"), ("hannah", "light"), ("rene", "dark")]
)
def test_every_page_is_accessible(
    page_of: Callable[..., Page], accessible: Callable[[Page], None], login: str, scheme: str
) -> None:
    page = page_of(login, color_scheme=scheme)
    for path in PAGES[login]:
        answer = page.goto(path)
        assert answer is not None
        assert (path, 200) == (path, answer.status)
        accessible(page)


@pytest.mark.parametrize("login", ["ada", "hannah"])
def test_every_page_fits_a_tablet(page_of: Callable[..., Page], login: str) -> None:
    page = page_of(login)
    page.set_viewport_size({"width": 820, "height": 1180})
    for path in PAGES[login]:
        page.goto(path)
        wide = page.evaluate("() => document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert (path, 0) == (path, max(0, wide))
