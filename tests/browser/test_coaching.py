from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect


def test_a_lead_drills_into_the_map_makes_a_plan_and_the_agent_agrees(
    page_of: Callable[..., Page], accessible: Callable[[Page], None]
) -> None:
    tom = page_of("tom")
    tom.goto("/agents?period=all")
    expect(tom.get_by_role("heading", level=1)).to_have_text("North")
    accessible(tom)
    tom.locator("td.heat a[href*='agent=A102'][href*='criterion=recap']").click()
    expect(tom.get_by_role("heading", level=1)).to_have_text("Recap")
    expect(tom.locator(".moments-list li").first.get_by_role("link")).to_have_attribute(
        "href", re.compile(r"/call\?id=A102-\d+&at=\d+")
    )
    accessible(tom)
    tom.get_by_role("link", name="← Omar Haddad").click()
    accessible(tom)
    tom.get_by_role("link", name="Make a coaching plan").click()
    accessible(tom)
    tom.get_by_label("Title").fill("Say what happens next")
    tom.get_by_label("First agreed action").fill("End each call with the next step")
    tom.get_by_role("button", name="Make the plan").click()
    expect(tom.get_by_role("heading", level=1)).to_have_text("Say what happens next")
    accessible(tom)
    there = tom.url

    omar = page_of("omar")
    omar.goto("/coaching")
    omar.get_by_role("link", name="Say what happens next").click()
    accessible(omar)
    omar.get_by_role("button", name="I agree to this plan").click()
    expect(omar.locator(".notice.good")).to_contain_text("Agreed by the agent")
    omar.get_by_role("button", name="Mark done").click()
    expect(omar.locator("th.done")).to_have_text("End each call with the next step")

    tom.goto(there)
    expect(tom.locator(".notice.good")).to_contain_text("Agreed by the agent")


def test_a_colleague_s_moment_can_be_heard_and_nothing_else_of_the_call(page_of: Callable[..., Page]) -> None:
    tom = page_of("tom")
    tom.goto("/coaching/new?agent=A102&period=all")
    peer = tom.locator(".clip-choice", has_text="A good example by a colleague").first.locator("input")
    tom.locator("input[name=clip]").evaluate_all("boxes => boxes.forEach((box) => { box.checked = false; })")
    start, end, _ = (peer.get_attribute("value") or "").split(":")
    peer.check()
    tom.get_by_role("button", name="Make the plan").click()
    plan = tom.url.rpartition("=")[2]

    omar = page_of("omar")
    omar.goto(f"/coaching/plan?id={plan}")
    player = omar.locator("audio")
    seconds = player.evaluate(
        "async (audio) => { audio.preload = 'metadata'; audio.load();"
        " await new Promise((done) => audio.addEventListener('loadedmetadata', done)); return audio.duration; }"
    )
    assert abs(seconds - (int(end) - int(start)) / 1000) < 0.05
    assert "A101" not in omar.content()


def test_a_scorecard_prints_without_the_menu(page_of: Callable[..., Page]) -> None:
    tom = page_of("tom")
    tom.goto("/agent?id=A102&period=all")
    tom.emulate_media(media="print")
    expect(tom.locator("header.top")).to_be_hidden()
    expect(tom.locator(".tools")).to_be_hidden()
    expect(tom.get_by_role("heading", level=1)).to_be_visible()
    pdf = tom.pdf(format="A4", prefer_css_page_size=True)
    assert 1 <= len(re.findall(rb"/Type\s*/Page\b", pdf)) <= 4


def test_the_pages_are_accessible_in_the_dark_and_on_a_tablet(
    page_of: Callable[..., Page], accessible: Callable[[Page], None]
) -> None:
    lena = page_of("lena", color_scheme="dark")
    lena.set_viewport_size({"width": 820, "height": 1180})
    for path in (
        "/agents?period=all",
        "/agents?period=all&team=North",
        "/teams?period=all",
        "/agent?id=B202&period=all",
        "/agents/moments?agent=A102&criterion=empathy&period=all",
        "/coaching/new?agent=B202&period=all",
        "/coaching",
    ):
        lena.goto(path)
        accessible(lena)
        wide = lena.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
        assert wide is False, path


def test_a_lead_of_north_reaches_nobody_of_another_team(page_of: Callable[..., Page]) -> None:
    tom = page_of("tom")
    for path in ("/agent?id=B201", "/coaching/new?agent=B201"):
        answer = tom.context.request.get(path)
        assert 404 == answer.status
