from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence
from typing import Annotated, Any

import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute

from qa_pipeline import accounts
from qa_pipeline.domain import User, Verdict
from qa_pipeline.store import queries
from qa_pipeline.store.desk import calibration, queue
from qa_pipeline.store.desk.calibration import Reply
from qa_pipeline.store.desk.calibration_opening import Named, Plan, start
from qa_pipeline.store.desk.queue import Filters
from qa_pipeline.store.engine import Store
from qa_pipeline.store.people import audit
from qa_pipeline.web.desk import Visit, changes, looks

As = Callable[[str], Any]
People = dict[str, User]
CALLS = ("A101-000", "A102-001")
SECRET = "Only Rosa heard this"  # noqa: S105 - no password


def opened(store: Store, people: People, logins: Sequence[str] = ("rosa", "rene", "lena"), **changes: Any) -> int:
    plan: dict[str, Any] = {
        "title": "Week <b>45</b>",
        "scorecard": "general-en",
        "scorecard_version": "1",
        "calls": Named(ids=CALLS),
        "people": tuple(people[login].id for login in logins),
    }
    return start(store, people["lena"], Plan(**plan | changes))


def answered(
    store: Store, user: User, session: int, verdict: Verdict = Verdict.PASS, note: str = "", *, hand_in: bool = True
) -> None:
    """The person answers everything, recap otherwise than the rest, and hands in."""
    for call in calibration.calls(store, user, session):
        for name in calibration.blind_call(store, user, session, call.call_id).criteria:
            said = Verdict.FAIL if name == "recap" else verdict
            reply = Reply(criterion=name, verdict=said, note=note)
            calibration.answer(store, user, session, call.call_id, reply)
    if hand_in:
        calibration.submit(store, user, session)


def over(store: Store, people: People) -> int:
    """A session of which all have handed in."""
    session = opened(store, people)
    answered(store, people["rosa"], session, Verdict.PASS, SECRET)
    answered(store, people["rene"], session, Verdict.FAIL)
    answered(store, people["lena"], session, Verdict.UNSURE)
    return session


def new_form(who: People, **changes: Any) -> dict[str, Any]:
    plain = {
        "title": "Week 46",
        "scorecard": "general-en|1",
        "how": "draw",
        "n": "3",
        "seed": "7",
        "people": [who["rosa"].id, who["rene"].id],
        "expert": who["lena"].id,
        "due": "2026-12-24",
    }
    return plain | changes


def test_a_lead_opens_a_session_and_all_find_it(as_: As, people: People) -> None:
    lena = as_("lena")
    assert 'name="seed"' in lena.get("/calibration/new").text
    made = lena.post("/calibration/new", data={"csrf": lena.csrf, **new_form(people)})
    assert (303, "/calibration/session?id=1") == (made.status_code, made.headers["location"])
    assert "seed 7" in lena.get("/calibration/session?id=1").text
    for login in ("rosa", "rene", "lena"):
        assert "Week 46" in as_(login).get("/calibration").text


def test_calls_can_be_named(as_: As, people: People) -> None:
    lena = as_("lena")
    form = new_form(people, how="ids", n="", ids="A101-003\n\n A102-000 ")
    there = lena.post("/calibration/new", data={"csrf": lena.csrf, **form}).headers["location"]
    page = as_("rosa").get(there).text
    assert page.index("A101-003") < page.index("A102-000")


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"title": " "}, "A few words are needed."),
        ({"scorecard": "made-up|9"}, "Choose a scorecard."),
        ({"people": [], "expert": ""}, "Choose two people or more"),
        ({"n": "many"}, "A whole number is needed."),
        ({"n": "51"}, "1 to 50 calls"),
        ({"n": "50"}, "calls could be drawn"),
        ({"due": "tomorrow"}, "A day is written"),
        ({"how": "ids", "ids": "<script>alert(1)</script>"}, "Not judged by this scorecard: &lt;script&gt;"),
    ],
)
def test_a_wrong_form_comes_back_with_what_is_wrong(as_: As, people: People, wrong: dict[str, Any], words: str) -> None:
    lena = as_("lena")
    answer = lena.post("/calibration/new", data={"csrf": lena.csrf, **new_form(people, **wrong)})
    assert answer.status_code == 422
    assert words in answer.text
    assert "<script>alert" not in answer.text


def test_a_participant_answers_hands_in_and_can_change_nothing_after(as_: As, store: Store, people: People) -> None:
    session = opened(store, people)
    rosa = as_("rosa")
    page = rosa.get(f"/calibration/call?session={session}&id={CALLS[0]}").text
    assert "Week &lt;b&gt;45&lt;/b&gt;" in page
    assert "/call/sound?id=A101-000" in page
    assert 'data-seek="3000"' in page
    one = {"session": session, "call": CALLS[0], "criterion": "recap", "verdict": "not_applicable", "note": "<i>x</i>"}
    assert rosa.submit("/calibration/answer", **one).status_code == 303
    page = rosa.get(f"/calibration/call?session={session}&id={CALLS[0]}").text
    assert "&lt;i&gt;x&lt;/i&gt;" in page
    assert "1 of 6 answered" in page
    assert rosa.submit("/calibration/submit", session=session).status_code == 422
    answered(store, people["rosa"], session, hand_in=False)
    assert "Handing in is final" in rosa.get(f"/calibration/session?id={session}").text
    assert rosa.submit("/calibration/submit", session=session).status_code == 303
    assert "You have handed in" in rosa.get(f"/calibration/session?id={session}").text
    late = rosa.submit("/calibration/answer", **one)
    assert late.status_code == 422
    assert "your answers stay as they are" in late.text


def test_an_answer_is_saved_in_place(as_: As, store: Store, people: People) -> None:
    session = opened(store, people)
    rosa = as_("rosa")
    form = {"csrf": rosa.csrf, "session": str(session), "call": CALLS[0], "criterion": "recap"}
    part = rosa.post("/calibration/answer", data=form | {"verdict": "pass"}, headers={"HX-Request": "true"})
    assert "saved" in part.text
    assert "1 of 6 answered" in part.text
    assert "<main" not in part.text
    part = rosa.post("/calibration/answer", data=form | {"note": "Hm."}, headers={"HX-Request": "true"})
    assert "Choose an answer" in part.text
    for wrong in ("error", "excellent"):
        assert rosa.submit("/calibration/answer", **form | {"verdict": wrong}).status_code == 422


def test_no_page_shows_a_judgement_before_all_have_handed_in(
    as_: As, app: FastAPI, store: Store, people: People
) -> None:
    session = opened(store, people)
    answered(store, people["rosa"], session, Verdict.PASS, SECRET)
    answered(store, people["rene"], session, Verdict.PASS, hand_in=False)
    judged = [queries.scored_call(store, call_id) for call_id in CALLS]
    whys = {one.why for call in judged if call for one in call.findings if len(one.why) > 1}
    quotes = {at.quote for call in judged if call for one in call.findings for at in one.near_misses}
    said = {turn.text for call in judged if call for turn in call.transcript.turns}
    secrets = {SECRET, *whys, *{quote for quote in quotes if not any(quote in text for text in said)}}
    assert whys
    paths = [route.path for route in app.routes if isinstance(route, APIRoute) and "GET" in (route.methods or ())]
    for login in ("lena", "rene"):
        browser = as_(login)
        for path in (*paths, "/call", "/calibration/call", "/calibration/session", "/calibration/export"):
            for call in CALLS:
                for query in (f"id={call}&session={session}", f"id={session}&session={session}&show=all&call={call}"):
                    answer = browser.get(f"{path}?{query}", follow_redirects=True)
                    text = answer.text.replace(browser.csrf, "")  # a token may spell anything
                    assert [] == [one for one in secrets if one in text], path


def test_programs_are_told_nothing_either(as_: As, store: Store, people: People) -> None:
    opened(store, people)
    token = accounts.make_token(store, people["rosa"], "mine", days=1)
    ask = {"headers": {"Authorization": f"Bearer {token}"}}
    answers = [
        as_("rosa").get(f"/api/v1/{one}?id={CALLS[0]}", **ask) for one in ("call", "findings", "scores", "reviews")
    ]
    assert [(409, "blind")] * 4 == [(one.status_code, one.json()["code"]) for one in answers]
    listed = as_("rosa").get("/api/v1/calls?limit=200", **ask).json()["items"]
    assert set() == {one["id"] for one in listed} & set(CALLS)


def test_an_agents_page_leaves_out_the_calls_that_a_participant_judges(as_: As, store: Store, people: People) -> None:
    def shown(login: str) -> set[str]:
        text = as_(login).get("/agent?id=A101&period=all").text
        return {call for call in CALLS if f"<bdi>{call}</bdi>" in text}

    assert shown("rosa")
    opened(store, people)
    assert (set(), True) == (shown("rosa"), bool(shown("ada")))


def probe(visit: Annotated[Visit, looks()]) -> str:
    return visit.user.login


def probe_change(visit: Annotated[Visit, changes()]) -> str:
    return visit.user.login


def test_a_page_of_the_call_leads_to_the_blind_one(as_: As, app: FastAPI, store: Store, people: People) -> None:
    app.add_api_route("/call/probe", probe)
    app.add_api_route("/call/probe", probe_change, methods=["POST"])
    session = opened(store, people)
    there = f"/calibration/call?session={session}&id={CALLS[0]}"
    rosa, ada = as_("rosa"), as_("ada")
    asked = (f"/call/probe?id={CALLS[0]}", f"/call?id={CALLS[0]}", f"/call/next?id={CALLS[0]}")
    for answer in (*map(rosa.get, asked), rosa.submit("/call/probe", call=CALLS[0])):
        assert (303, there) == (answer.status_code, answer.headers["location"])
    part = rosa.get(f"/call/probe?id={CALLS[0]}", headers={"HX-Request": "true"})
    assert (409, there) == (part.status_code, part.headers["HX-Redirect"])
    for allowed in (ada.get(f"/call/probe?id={CALLS[0]}"), rosa.get("/call/probe?id=A101-009")):
        assert allowed.status_code == 200
    calibration.close(store, people["lena"], session)
    assert rosa.submit("/call/probe", call=CALLS[0]).status_code == 200


def test_the_queue_hides_what_a_participant_judges(as_: As, store: Store, people: People) -> None:
    first = queue.page(store, people["rosa"].scope, Filters(free=True), limit=1).items[0]
    call, card = first.recording.id, first.standing.score.scorecard
    opened(store, people, calls=Named(ids=(call,)), scorecard=card)
    assert f">{call}<" not in as_("rosa").get("/queue").text
    assert f">{call}<" in as_("ada").get("/queue").text
    assert call not in as_("rosa").submit("/queue/next").headers["location"]
    assert call in as_("ada").submit("/queue/next").headers["location"]


def test_when_it_is_over_all_see_what_all_said(as_: As, store: Store, people: People) -> None:
    session = over(store, people)
    for login in ("rosa", "lena", "ada"):
        page = as_(login).get(f"/calibration/session?id={session}&show=all").text
        for words in ("Rosa Reviewer", "René Reviewer", "Lena Lead", "Machine", "Krippendorff", "not reliable", SECRET):
            assert words in page
        assert "2 calls are few" in page
        assert "<script>" not in page
    page = as_("rosa").get(f"/calibration/call?session={session}&id={CALLS[0]}").text
    assert SECRET in page
    assert "What all said" in page


def test_the_group_keeps_notes(as_: As, store: Store, people: People) -> None:
    session = over(store, people)
    rene = as_("rene")
    told = {"session": session, "call": CALLS[0], "criterion": "recap"}
    assert rene.submit("/calibration/note", **told, text=" ").status_code == 422
    rene.submit("/calibration/note", **told, text="<u>The next step</u> must be said.")
    assert (
        "&lt;u&gt;The next step&lt;/u&gt;" in as_("rosa").get(f"/calibration/call?session={session}&id={CALLS[0]}").text
    )
    assert rene.submit("/calibration/note", **told | {"criterion": "made up"}, text="x").status_code == 404


def test_the_export_holds_every_answer_and_no_formula(as_: As, store: Store, people: People) -> None:
    session = opened(store, people, ("rosa", "rene"), title="=1+1")
    answered(store, people["rosa"], session, Verdict.PASS, "=HYPERLINK(1)")
    answered(store, people["rene"], session)
    answer = as_("audrey").get(f"/calibration/export?id={session}")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert "attachment" in answer.headers["content-disposition"]
    rows = list(csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff"))))
    assert len(rows) == 2 * 6 * 3
    assert {"machine", "rosa", "rene"} == {row["who"] for row in rows}
    assert {"'=1+1"} == {row["title"] for row in rows}
    assert {"'=HYPERLINK(1)"} == {row["note"] for row in rows if row["who"] == "rosa"}
    assert audit.entries(store, action="exported")[0].subject == str(session)


def test_a_lead_ends_a_session_early(as_: As, store: Store, people: People) -> None:
    session = opened(store, people)
    answered(store, people["rosa"], session)
    assert "René Reviewer" in as_("lena").get(f"/calibration/session?id={session}").text
    assert as_("rosa").submit("/calibration/close", session=session).status_code == 403
    assert as_("lena").submit("/calibration/close", session=session).status_code == 303
    page = as_("lena").get(f"/calibration/session?id={session}").text
    assert "Left out, because they had not handed in: Lena Lead, René Reviewer." in page
    assert "Fewer than two people" in page
    assert as_("lena").submit("/calibration/close", session=session).status_code == 422


@pytest.mark.parametrize("login", ["tom", "hannah", "audrey"])
def test_others_have_no_part_in_it(as_: As, store: Store, people: People, login: str) -> None:
    session = over(store, people)
    browser = as_(login)
    for path in ("/calibration", f"/calibration/session?id={session}", f"/calibration/call?session={session}&id=x"):
        assert browser.get(path).status_code == 403
    assert browser.get("/calibration/new").status_code == 403


def test_a_reviewer_sees_no_session_of_others_and_opens_none(as_: As, store: Store, people: People) -> None:
    session = opened(store, people, ("rosa", "lena"))
    rene = as_("rene")
    page = rene.get("/calibration").text
    assert "Week" not in page
    assert f"/calibration/session?id={session}" not in page
    for path in (f"/calibration/session?id={session}", f"/calibration/call?session={session}&id={CALLS[0]}"):
        assert rene.get(path).status_code == 404
    assert rene.get("/calibration/new").status_code == 403
    assert rene.get(f"/calibration/export?id={session}").status_code == 403
    assert rene.submit("/calibration/new").status_code == 403


@pytest.mark.parametrize("number", ["", "x", "-1", "99", "9" * 30, "<script>"])
def test_a_session_that_is_not_there_is_not_found(as_: As, number: str) -> None:
    answer = as_("lena").get("/calibration/session", params={"id": number})
    assert answer.status_code == 404
    assert "<script>" not in answer.text


def test_agreement_is_shown_over_time(as_: As, store: Store, people: People) -> None:
    assert "Agreement over time" not in as_("lena").get("/calibration").text
    over(store, people)
    over(store, people)
    assert "Agreement over time: General" in as_("lena").get("/calibration").text


def test_a_gone_scorecard_leaves_the_names_of_its_criteria(as_: As, app: FastAPI, store: Store, people: People) -> None:
    session = over(store, people)
    app.state.desk = type(app.state.desk)(
        store=store, settings=app.state.desk.settings, scorecards=type(app.state.desk.scorecards)(())
    )
    assert "identity_verification" in as_("rosa").get(f"/calibration/session?id={session}&show=all").text
    assert "No written standard." in as_("rosa").get(f"/calibration/call?session={session}&id={CALLS[0]}").text


def test_calibration_speaks_chinese(as_: As, store: Store, people: People) -> None:
    session = opened(store, people)
    rene = as_("rene")
    assert "校准" in rene.get("/calibration").text
    assert "本次为盲评" in rene.get(f"/calibration/session?id={session}").text
    assert "不确定" in rene.get(f"/calibration/call?session={session}&id={CALLS[0]}").text
    calibration.close(store, people["lena"], session)
    assert "两两比较" in rene.get(f"/calibration/session?id={session}").text
