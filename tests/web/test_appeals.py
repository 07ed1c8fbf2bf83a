from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from qa_pipeline.domain import User, Verdict
from qa_pipeline.store.engine import Store
from qa_pipeline.store.queries import scored_calls
from qa_pipeline.store.tables.calls import RecordingRow
from qa_pipeline.store.tables.desk import StandingVerdictRow
from qa_pipeline.testing.calls import made_up_calls
from qa_pipeline.testing.pack_cases import Dialogue, read_pack_cases
from qa_pipeline.web.render import link

As = Callable[[str], Any]
CALL, ITEM = next(
    (one.recording.id, found.criterion)
    for one in made_up_calls()
    for found in one.findings
    if one.recording.meta.agent_id == "A102" and found.verdict is Verdict.FAIL and not one.score.critical_failures
)
HOSTILE = "<script>alert(1)</script>"


@pytest.fixture
def appeal(as_: As) -> str:
    """An appeal of Omar's, by number; the words are hostile."""
    answer = as_("omar").submit("/appeals/new", call=CALL, criterion=ITEM, proposed="pass", note=HOSTILE)
    assert answer.status_code == 303
    return str(answer.headers["location"].removeprefix("/appeal?id="))


def text(answer: Any) -> str:
    assert answer.status_code == 200
    return unescape(re.sub(r"<[^>]+>", " ", answer.text))


def test_an_agent_sees_own_calls_newest_first_with_what_is_worth_a_look(as_: As) -> None:
    page = as_("omar").get("/my-calls").text
    assert link("/appeals/new", call=CALL, criterion=ITEM).replace("&", "&amp;") in page
    assert "A101-" not in page
    assert "Mean of 12 scored calls" in page


@pytest.mark.parametrize(
    "query", ["want=failed", "want=nonsense", "since=x&until=2026-13-40", "criterion=<b>", "offset=9000"]
)
def test_any_filter_gives_a_page(as_: As, query: str) -> None:
    page = as_("omar").get(f"/my-calls?{query}")
    assert page.status_code == 200
    assert "<b>" not in re.sub(r"<b>\d+</b>|<b class|<b>[\d.]+</b>", "", page.text)


def test_an_agent_acknowledges_some_calls_or_all_on_the_page(as_: As) -> None:
    omar = as_("omar")
    assert "said=1" in omar.submit("/my-calls/acknowledge", call=CALL, which="chosen").headers["location"]
    page = omar.get("/my-calls?want=new")
    assert CALL not in page.text
    shown = re.findall(r'name="shown" value="([^"]+)"', page.text)
    answer = omar.post("/my-calls/acknowledge", data={"csrf": omar.csrf, "shown": shown, "which": "all"})
    assert f"said={len(shown)}" in answer.headers["location"]
    assert "No calls here" in omar.get("/my-calls?want=new").text
    assert "said=0" in as_("hannah").submit("/my-calls/acknowledge", call=CALL).headers["location"]


def test_the_form_shows_what_stands_why_and_by_which_time(as_: As) -> None:
    page = text(as_("omar").get(link("/appeals/new", call=CALL, criterion=ITEM)))
    assert "the machine" in page
    assert "You may appeal until" in page
    assert "Appeals left for this item: 2." in page
    assert "Listen" not in page or "0:" in page


def test_nobody_questions_a_call_of_somebody_else(as_: As) -> None:
    assert as_("hannah").get(link("/appeals/new", call=CALL, criterion=ITEM)).status_code == 404
    answer = as_("hannah").submit("/appeals/new", call=CALL, criterion=ITEM, proposed="pass", note="Mine?")
    assert answer.status_code == 404
    assert as_("rosa").get(link("/appeals/new", call=CALL, criterion=ITEM)).status_code == 403


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"proposed": "pass", "note": " "}, "A few words are needed"),
        ({"proposed": "nonsense", "note": "So."}, "Choose what would be right"),
        ({"note": "So."}, "Choose what would be right"),
        ({"criterion": "made up", "proposed": "pass", "note": "So."}, "no such criterion"),
    ],
)
def test_wrong_input_is_told_plainly(as_: As, form: dict[str, str], said: str) -> None:
    answer = as_("omar").submit("/appeals/new", **({"call": CALL, "criterion": ITEM} | form))
    assert answer.status_code == 422
    assert said in unescape(answer.text)


@pytest.mark.parametrize("path", ["/appeal", "/appeal?id=x", "/appeal?id=999", f"/appeal?id={9**40}", "/appeal?id=-1"])
def test_an_appeal_that_is_not_there_is_not_found(as_: As, path: str) -> None:
    assert as_("lena").get(path).status_code == 404


def test_the_words_of_an_appeal_are_shown_as_words(as_: As, appeal: str) -> None:
    for login in ("omar", "tom", "rosa", "lena", "audrey", "ada"):
        page = as_(login).get(f"/appeal?id={appeal}")
        assert page.status_code == 200
        assert HOSTILE not in page.text
        assert HOSTILE in unescape(page.text)
    assert as_("hannah").get(f"/appeal?id={appeal}").status_code == 404


def test_each_role_sees_its_list(as_: As, appeal: str) -> None:
    there = f"/appeal?id={appeal}"
    seen = {login: there in as_(login).get("/appeals").text for login in ("omar", "hannah", "tom", "rosa", "lena")}
    assert seen == {"omar": True, "hannah": False, "tom": True, "rosa": True, "lena": True}
    assert "yours to take" in as_("tom").get("/appeals").text
    assert "yours to take" not in as_("rosa").get("/appeals").text
    assert there not in as_("lena").get("/appeals?state=closed").text
    assert there in as_("lena").get(f"/appeals?state=&team=North&criterion={ITEM}").text
    assert as_("lena").get("/appeals?state=nonsense&overdue=1&offset=50").status_code == 200


def test_the_whole_way_and_who_may_not_take_which_step(as_: As, appeal: str) -> None:
    omar, tom, lena, rosa, rene = (as_(login) for login in ("omar", "tom", "lena", "rosa", "rene"))
    assert omar.submit("/appeals/pass-on", appeal=appeal).status_code == 403
    assert rosa.submit("/appeals/decide", appeal=appeal, outcome="pass", note="Too soon.").status_code == 409
    assert tom.submit("/appeals/send-back", appeal=appeal, note=" ").status_code == 422
    assert lena.submit("/appeals/pass-on", appeal=appeal).status_code == 303
    assert "You passed it on" in lena.get("/appeals").text
    refused = lena.submit("/appeals/decide", appeal=appeal, outcome="pass", note="Mine too.")
    assert (403, True) == (refused.status_code, "somebody else must decide" in refused.text)
    assert rosa.submit("/appeals/decide", appeal=appeal, outcome="", note="Well.").status_code == 422
    assert rosa.submit("/appeals/decide", appeal=appeal, outcome="pass", note="He does greet.").status_code == 303
    late = rene.submit("/appeals/decide", appeal=appeal, outcome="rejected", note="No.")
    assert (409, True) == (late.status_code, "未重复改动" in late.text)
    page = text(omar.get(f"/appeal?id={appeal}"))
    assert "He does greet." in page
    assert "Upheld" in page
    assert "stands as pass" in omar.get(link("/appeals/new", call=CALL, criterion=ITEM)).text


def test_an_agent_withdraws(as_: As, appeal: str) -> None:
    omar = as_("omar")
    assert omar.submit("/appeals/withdraw", appeal=appeal).status_code == 303
    assert "Withdrawn" in omar.get("/my-calls").text
    assert as_("tom").submit("/appeals/pass-on", appeal=appeal).status_code == 409


def test_a_lead_sees_how_often_each_item_was_questioned_rightly(as_: As, appeal: str) -> None:
    as_("tom").submit("/appeals/pass-on", appeal=appeal)
    as_("rosa").submit("/appeals/decide", appeal=appeal, outcome="pass", note="He does.")
    page = text(as_("lena").get("/appeals"))
    assert "Which questions are questioned rightly" in page
    assert "100% (21% – 100%)" in page
    assert "fewer than 10 decided" in page
    assert "questioned rightly" not in as_("rosa").get("/appeals").text


def test_upheld_appeals_become_cases_that_the_scorecard_can_be_tested_with(
    as_: As, appeal: str, tmp_path: Path
) -> None:
    lena = as_("lena")
    assert lena.get("/appeals/cases.yaml").text == "[]\n"
    as_("tom").submit("/appeals/pass-on", appeal=appeal)
    as_("rosa").submit("/appeals/decide", appeal=appeal, outcome="not_applicable", note="No occasion.")
    (tmp_path / "appeals.yaml").write_text(lena.get("/appeals/cases.yaml?scorecard=general-en").text, encoding="utf-8")
    ((_, _, case),) = read_pack_cases(tmp_path)
    assert isinstance(case, Dialogue)
    assert CALL in case.name
    assert {ITEM: "not_applicable"} == {name: one["verdict"] for name, one in case.model_dump()["expect"].items()}
    assert as_("rosa").get("/appeals/cases.yaml").status_code == 403
    assert as_("audrey").get("/appeals/cases.yaml").status_code == 200


def test_hostile_names_are_words_everywhere(as_: As, store: Store, appeal: str) -> None:
    names = {"agent_name": HOSTILE, "team": "North"}
    store.write(lambda session: session.execute(update(RecordingRow).values(**names)))
    store.write(
        lambda session: session.execute(
            update(StandingVerdictRow).where(StandingVerdictRow.criterion == "recap").values(criterion=HOSTILE)
        )
    )
    for login, path in (("lena", "/appeals"), ("tom", f"/appeal?id={appeal}"), ("omar", "/my-calls")):
        page = as_(login).get(path)
        assert page.status_code == 200
        assert HOSTILE not in page.text


def test_the_pages_speak_chinese(as_: As, appeal: str, people: dict[str, User]) -> None:
    rene = as_("rene")
    assert "待主管审核" in rene.get("/appeals").text
    assert "处理经过" in rene.get(f"/appeal?id={appeal}").text


def test_only_agents_have_calls_of_their_own(as_: As) -> None:
    assert as_("rosa").get("/my-calls").status_code == 403


def test_the_call_page_has_a_link_for_each_item_that_is_not_passed(as_: As, store: Store) -> None:
    call = next(one for one in scored_calls(store, agent_id="A101"))
    page = as_("hannah").get("/call", params={"id": call.recording.id}).text
    linked = set(re.findall(r"/appeals/new\?call=[^&]+&amp;criterion=(\w+)", page))
    assert {one.criterion for one in call.findings if one.verdict is not Verdict.PASS} == linked
    assert "/appeals/new" not in as_("rosa").get("/call", params={"id": call.recording.id}).text
