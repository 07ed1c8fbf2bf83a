"""Administration, what-if and the auditor, each as somebody's walk."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from qa_pipeline.domain import LedgerEntry, Status
from qa_pipeline.store import ledger, runs

PageOf = Callable[..., Page]
Accessible = Callable[[Page], None]
PAGES = (
    "/scorecards",
    "/scorecard?name=general-en&version=1",
    "/scorecard/diff?name=general-en&old=1&new=1",
    "/scorecards/what-if",
    "/detectors",
    "/runs",
    "/admin",
    "/admin/teams",
    "/admin/audit",
    "/admin/tokens",
    "/admin/webhooks",
    "/admin/retention",
)


def test_an_administrator_adds_somebody_who_then_signs_in(page_of: PageOf, accessible: Accessible) -> None:
    page = page_of("ada")
    page.goto("/admin")
    form = page.locator("form[action='/admin/users']")
    form.get_by_label("Login").fill("nina")
    form.get_by_label("Name", exact=True).fill("Nina New")
    form.get_by_role("button", name="Add").click()
    password = page.locator("#secret").inner_text()
    accessible(page)

    theirs = page_of("rosa")
    theirs.context.clear_cookies()
    theirs.goto("/queue")
    theirs.get_by_label("Login").fill("nina")
    theirs.get_by_label("Password").fill(password)
    theirs.get_by_role("button", name="Sign in").click()
    accessible(theirs)
    theirs.get_by_label("Present password").fill(password)
    theirs.get_by_label("New password").fill("only nina knows it")
    theirs.get_by_role("button", name="Change the password").click()
    expect(theirs.get_by_role("heading", name="Queue")).to_be_visible()

    page.get_by_role("link", name="Back").click()
    page.get_by_label("Role").select_option("qa_lead")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("status")).to_have_text("Changed.")
    accessible(page)
    page.get_by_role("link", name="In the audit log").click()
    page.get_by_label("Who").fill("ada")
    page.get_by_role("button", name="Apply").click()
    row = page.get_by_role("row").filter(has_text="account changed")
    expect(row).to_contain_text("qa_lead")
    theirs.goto("/admin")
    expect(theirs.get_by_text("You may look here and change nothing.")).to_be_visible()


def test_a_lead_tries_another_weight_and_sees_which_calls_change_band(page_of: PageOf, accessible: Accessible) -> None:
    page = page_of("lena")
    page.goto("/scorecards")
    page.get_by_role("row").filter(has_text="general-en").get_by_role("link", name="What if").click()
    page.get_by_label("Weight: Greeting").fill("8")
    page.get_by_role("button", name="Try it").first.click()
    moved = page.locator("#moved")
    expect(moved.locator("tbody tr").first).to_be_visible()
    expect(moved.locator("tbody a").first).to_have_attribute("href", re.compile(r"^/call\?id=A1"))
    expect(page.locator("table.changes")).to_contain_text("8 points")
    accessible(page)
    page.goto("/scorecard?name=general-en&version=1")
    expect(page.locator("#greeting")).to_contain_text("1 point")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_an_auditor_sees_everything_and_finds_nothing_to_press(
    page_of: PageOf, accessible: Accessible, centre: Any, scheme: str
) -> None:
    run = runs.start_run(centre.store, "nightly", {"archive": "/recordings", "plan": "all", "taken": 3})
    runs.finish_run(centre.store, run, {"scored": 2, "failed": 1})
    ledger.record(
        centre.store,
        [
            LedgerEntry(
                archive="/recordings", recording="a.wav", line=2, call_id="a", status=Status.FAILED, code="unreadable",
                reason="The file breaks off.",
            )
        ],
    )  # fmt: skip
    page = page_of("audrey", color_scheme=scheme)
    for path in (*PAGES, f"/run?id={run}"):
        page.goto(path)
        expect(page.locator("h1")).to_be_visible()
        accessible(page)
        if path.startswith("/admin"):
            assert 0 == page.locator("main form[method=post]").count()
    page.set_viewport_size({"width": 820, "height": 1100})
    for path in PAGES:
        page.goto(path)
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide <= 820, f"{path} is {wide} wide on a tablet"
