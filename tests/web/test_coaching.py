from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from qa_pipeline.domain import User
from qa_pipeline.store.desk import coaching
from qa_pipeline.store.desk.coaching import NewClip, NewPlan, Plan
from qa_pipeline.store.engine import Store

As = Callable[[str], Any]


@pytest.fixture
def plan(store: Store, people: dict[str, User]) -> int:
    """A plan of Tom's for Omar, with an own clip, a colleague's and an action of each."""
    return coaching.add(
        store,
        people["tom"],
        NewPlan(
            agent_id="A102",
            title="Put it together",
            criterion="recap",
            note="Say the next step aloud.",
            clips=(
                NewClip(call_id="A102-001", start_ms=1000, end_ms=9000, note="Listen to the end."),
                NewClip(call_id="A101-002", start_ms=2000, end_ms=8000),
            ),
            actions=(("Practise with Lucy", "agent", None), ("Sit in on a call", "lead", None)),
        ),
    )


def the(store: Store, people: dict[str, User], plan: int) -> Plan:
    """The plan as its lead sees it."""
    found = coaching.plan(store, people["tom"].scope, plan)
    assert found is not None
    return found


def test_a_lead_makes_a_plan_from_what_is_proposed(as_: As, store: Store, people: dict[str, User]) -> None:
    tom = as_("tom")
    page = tom.get("/coaching/new?agent=A102&period=all").text
    focus = re.findall(r'name="focus" value="([^"]+)"', page)
    clips = re.findall(r'name="clip" value="([^"]+)" id="clip-\d-(\w+)"', page)
    assert 1 <= len(focus) <= 3
    own = {name: [value for value, said in clips if said == name and ":A102-" in value] for name in focus}
    peers = {name: [value for value, said in clips if said == name and ":A102-" not in value] for name in focus}
    assert all(len(found) >= 2 for found in own.values())
    assert all(len(found) <= 1 for found in peers.values())
    chosen = next(name for name in focus if peers[name])
    answer = tom.post(
        "/coaching/new",
        data={
            "csrf": tom.csrf,
            "agent": "A102",
            "focus": chosen,
            "clip": [own[chosen][0], peers[chosen][0]],
            "action": "Say the next step",
            "due_on": "2026-12-24",
        },
    )
    assert answer.status_code == 303
    made = coaching.plans(store, people["tom"].scope)[0]
    assert (made.agent_id, made.criterion, made.agreed_actions) == ("A102", chosen, 1)
    assert made.title  # the criterion's, where none was written
    assert 2 == tom.get(answer.headers["location"]).text.count("<audio")


def test_an_agent_sees_and_agrees_to_an_own_plan(as_: As, plan: int) -> None:
    omar = as_("omar")
    assert "Put it together" in omar.get("/coaching").text
    page = omar.get(f"/coaching/plan?id={plan}").text
    assert "I agree to this plan" in page
    assert omar.submit("/coaching/agree", plan=plan).status_code == 303
    assert "Agreed by the agent" in as_("tom").get(f"/coaching/plan?id={plan}").text


def test_a_new_action_asks_for_agreement_again(as_: As, plan: int) -> None:
    omar, tom = as_("omar"), as_("tom")
    omar.submit("/coaching/agree", plan=plan)
    tom.submit("/coaching/action", plan=plan, text="One more", owner="lead")
    assert "I agree to this plan" in omar.get(f"/coaching/plan?id={plan}").text


def test_a_colleague_is_neither_named_nor_linked_to_the_agent(as_: As, plan: int) -> None:
    page = as_("omar").get(f"/coaching/plan?id={plan}").text
    assert "A101" not in page
    assert "Hannah" not in page
    assert "A good example by a colleague" in page
    assert "/call/sound?id=A102-001#t=1.0,9.0" in page


@pytest.mark.parametrize("login", ["hannah", "rosa", "audrey", "rene"])
def test_nobody_else_sees_the_plan(as_: As, plan: int, login: str) -> None:
    page = as_(login).get(f"/coaching/plan?id={plan}")
    assert page.status_code in (403, 404)
    assert "Put it together" not in page.text


def test_another_agent_can_neither_agree_nor_tick(as_: As, store: Store, people: dict[str, User], plan: int) -> None:
    hannah = as_("hannah")
    action = the(store, people, plan).actions[0].id
    assert hannah.submit("/coaching/agree", plan=plan).status_code == 404
    assert hannah.submit("/coaching/action/tick", plan=plan, action=action, done="1").status_code == 404


def test_an_agent_ticks_the_own_actions_only(as_: As, store: Store, people: dict[str, User], plan: int) -> None:
    omar = as_("omar")
    own, leads = the(store, people, plan).actions
    assert omar.submit("/coaching/action/tick", plan=plan, action=own.id, done="1").status_code == 303
    assert omar.submit("/coaching/action/tick", plan=plan, action=leads.id, done="1").status_code == 422
    assert [True, False] == [one.done_at is not None for one in the(store, people, plan).actions]


def test_few_calls_are_called_too_few(as_: As, plan: int) -> None:
    page = as_("tom").get(f"/coaching/plan?id={plan}").text
    assert "Too few calls to tell: 10 on each side are needed." in page
    assert "low figures tend to rise by themselves" in page


@pytest.mark.parametrize(
    ("path", "form"),
    [
        ("/coaching/clip", {"call": "A102-001", "start_ms": 0, "end_ms": 2000}),
        ("/coaching/clip/drop", {"clip": 1}),
        ("/coaching/action", {"text": "x"}),
        ("/coaching/close", {}),
    ],
)
def test_an_agent_changes_nothing_in_a_plan(as_: As, plan: int, path: str, form: dict[str, object]) -> None:
    assert as_("omar").submit(path, plan=plan, **form).status_code == 403


@pytest.mark.parametrize(
    ("form", "status"),
    [
        ({"call": "A102-001", "start_ms": 5, "end_ms": 2000}, 303),
        ({"call": "B201-001", "start_ms": 5, "end_ms": 2000}, 404),  # another team's
        ({"call": "nothing", "start_ms": 5, "end_ms": 2000}, 404),
        ({"call": "A102-001", "start_ms": 2000, "end_ms": 2000}, 422),
        ({"call": "A102-001", "start_ms": -5, "end_ms": 2000}, 422),
        ({"call": "A102-001", "start_ms": 0, "end_ms": 900_000}, 422),
    ],
)
def test_a_clip_is_a_moment_of_a_call_in_sight(as_: As, plan: int, form: dict[str, object], status: int) -> None:
    assert as_("tom").submit("/coaching/clip", plan=plan, **form).status_code == status


def test_a_closed_plan_stays_as_it_was(as_: As, plan: int) -> None:
    tom = as_("tom")
    tom.submit("/coaching/close", plan=plan)
    answer = tom.submit("/coaching/action", plan=plan, text="too late")
    assert (422, True) == (answer.status_code, "The plan is closed" in answer.text)
    assert "Closed on" in tom.get(f"/coaching/plan?id={plan}").text


def test_wrong_input_is_told(as_: As) -> None:
    tom = as_("tom")
    assert tom.submit("/coaching/new", agent="A102").status_code == 422  # no title, no focus
    assert tom.submit("/coaching/new", agent="A102", title="x", follow_up_on="soon").status_code == 422
    assert tom.submit("/coaching/new", agent="A102", focus="bogus").status_code == 422
    assert tom.submit("/coaching/new", agent="A102", title="x", clip="1:x:A102-001").status_code == 422
    assert tom.submit("/coaching/new", agent="B201", title="x").status_code == 404
    assert tom.get("/coaching/plan?id=999").status_code == 404


def test_a_form_without_the_token_makes_nothing(as_: As, store: Store, people: dict[str, User]) -> None:
    assert as_("tom").post("/coaching/new", data={"agent": "A102", "title": "x"}).status_code == 403
    assert () == coaching.plans(store, people["tom"].scope)


def test_hostile_words_stay_words(as_: As) -> None:
    tom = as_("tom")
    said = "<script>alert(1)</script>"
    there = tom.submit("/coaching/new", agent="A102", title=said, note=said, action=said).headers["location"]
    assert said not in tom.get(there).text
    assert said not in tom.get("/coaching").text


def test_a_clip_without_a_recording_is_told(as_: As, store: Store, people: dict[str, User], plan: int) -> None:
    clip = the(store, people, plan).clips[1].id
    assert as_("omar").get(f"/coaching/sound?clip={clip}").status_code == 422  # the file is not there
    assert as_("hannah").get(f"/coaching/sound?clip={clip}").status_code == 404
    assert as_("rosa").get(f"/coaching/sound?clip={clip}").status_code == 404


def test_coaching_speaks_chinese(as_: As, store: Store, people: dict[str, User], plan: int) -> None:
    from dataclasses import replace

    from qa_pipeline.store.people import users

    users.change(store, replace(people["omar"], language="zh"), None)
    assert "我认可此计划" in as_("omar").get(f"/coaching/plan?id={plan}").text
