from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Locator, Page, expect

from qa_pipeline.domain import Verdict
from qa_pipeline.testing.calls import made_up_calls

TITLES = {"greeting": "Greeting", "empathy": "Empathy", "recap": "Recap"}
CALL, TITLE = next(
    (one.recording.id, TITLES[found.criterion])
    for one in made_up_calls()
    for found in one.findings
    if one.recording.meta.agent_id == "A102"
    and found.verdict is Verdict.FAIL
    and found.criterion in TITLES
    and not one.score.critical_failures
)


def row_of(page: Page) -> Locator:
    return page.locator("tr", has=page.get_by_role("link", name=CALL, exact=True))


def score_of(page: Page) -> float:
    return float(row_of(page).locator("td.num b").inner_text())


def test_an_agent_appeals_a_lead_passes_on_somebody_new_upholds_and_the_score_moves(
    page_of: Callable[[str], Page], accessible: Callable[[Page], None]
) -> None:
    omar = page_of("omar")
    omar.goto("/my-calls")
    accessible(omar)
    before, mean = score_of(omar), float(omar.locator("#mean .big").inner_text())
    row_of(omar).get_by_role("link", name=f"Appeal {TITLE} of call {CALL}").click()
    expect(omar.get_by_role("heading", level=1)).to_have_text("Appeal an item")
    accessible(omar)
    omar.get_by_label("Pass", exact=False).first.check()
    omar.get_by_label("Why?", exact=False).fill("I say it right at the start, at 0:02.")
    omar.get_by_role("button", name="Send the appeal").click()
    expect(omar.get_by_text("Waits for a lead")).to_be_visible()
    accessible(omar)

    tom = page_of("tom")
    tom.goto("/appeals")
    accessible(tom)
    tom.get_by_role("link", name="yours to take").click()
    expect(tom.get_by_text("I say it right at the start, at 0:02.")).to_be_visible()
    accessible(tom)
    tom.get_by_role("button", name="Pass on to a reviewer").click()
    expect(tom.get_by_text("Waits for a reviewer")).to_be_visible()

    rosa = page_of("rosa")
    rosa.goto("/appeals")
    rosa.get_by_role("link", name="yours to take").click()
    accessible(rosa)
    rosa.get_by_label("Upheld: Pass").check()
    rosa.get_by_label("Why: the agent reads this").fill("You do, at 0:02. The machine missed it.")
    rosa.get_by_role("button", name="Decide").click()
    expect(rosa.locator(".where")).to_have_text("Upheld")

    omar.goto("/my-calls")
    assert score_of(omar) > before
    assert float(omar.locator("#mean .big").inner_text()) > mean
    row_of(omar).get_by_role("link", name="Upheld").click()
    expect(omar.locator(".steps").get_by_text("You do, at 0:02. The machine missed it.")).to_be_visible()
    omar.goto("/my-calls?want=appealed")
    omar.get_by_label(f"I have seen call {CALL}").check()
    omar.get_by_role("button", name="Acknowledge the chosen ones").click()
    expect(omar.get_by_role("status")).to_have_text("Thank you. 1 call is acknowledged.")

    lena = page_of("lena")
    lena.goto("/appeals?state=")
    expect(lena.get_by_role("heading", name="Which questions are questioned rightly")).to_be_visible()
    accessible(lena)


def test_the_pages_are_readable_in_the_dark_and_in_chinese(
    page_of: Callable[..., Page], accessible: Callable[[Page], None]
) -> None:
    omar = page_of("omar", color_scheme="dark")
    omar.goto("/my-calls")
    accessible(omar)
    row_of(omar).get_by_role("link", name=f"Appeal {TITLE} of call {CALL}").click()
    accessible(omar)
    omar.get_by_label("Why?", exact=False).fill("您好，我说过。")
    omar.get_by_role("button", name="Send the appeal").click()
    accessible(omar)
    lena = page_of("lena", color_scheme="dark")
    lena.goto("/appeals")
    lena.get_by_role("link", name="yours to take").click()
    lena.get_by_role("button", name="Pass on to a reviewer").click()
    lena.goto("/appeals")
    expect(lena.get_by_text("You passed it on, so somebody else decides.")).to_be_visible()
    accessible(lena)
    rene = page_of("rene", color_scheme="dark")
    rene.goto("/appeals")
    accessible(rene)
    rene.get_by_role("link", name="由您处理").click()
    expect(rene.get_by_role("heading", level=1)).to_contain_text("申诉：")
    accessible(rene)
    rene.get_by_label("申诉不成立", exact=False).check()
    rene.get_by_label("裁定理由", exact=False).fill("没有主动询问。")
    rene.get_by_role("button", name="提交裁定").click()
    expect(rene.locator(".where")).to_have_text("申诉不成立")
