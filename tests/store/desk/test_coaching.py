from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from qa_pipeline.domain import Scope, StoreError, User
from qa_pipeline.store.desk import coaching
from qa_pipeline.store.desk.coaching import NewClip, NewPlan, Plan
from qa_pipeline.store.engine import Store
from qa_pipeline.store.people import audit
from qa_pipeline.testing.stored import a_centre

PLAN = NewPlan(
    agent_id="A102",
    title=" Recap ",
    criterion="recap",
    follow_up_on=date(2026, 12, 24),
    clips=(NewClip(call_id="A102-001", start_ms=0, end_ms=5000), NewClip(call_id="A101-001", start_ms=0, end_ms=5000)),
    actions=(("Practise", "agent", None),),
)


@pytest.fixture
def people(store: Store) -> dict[str, User]:
    return a_centre(store, each=4)


def the_plan(store: Store, plan_id: int) -> Plan:
    found = coaching.plan(store, Scope(), plan_id)
    assert found is not None
    return found


def test_a_plan_keeps_what_was_written(store: Store, people: dict[str, User]) -> None:
    found = the_plan(store, coaching.add(store, people["tom"], PLAN))
    assert ("Recap", "A102", "Omar Haddad", "North", "Tom Team") == (
        found.title,
        found.agent_id,
        found.agent_name,
        found.team,
        found.created_by,
    )
    assert [True, False] == [clip.own for clip in found.clips]
    assert ["Practise"] == [action.text for action in found.actions]


def test_plans_are_in_sight_of_lead_and_agent_alone(store: Store, people: dict[str, User]) -> None:
    plan_id = coaching.add(store, people["lena"], PLAN)
    seen = {login: bool(coaching.plans(store, user.scope)) for login, user in people.items()}
    assert seen["tom"]
    assert seen["omar"]
    assert not seen["hannah"]
    assert coaching.plan(store, people["hannah"].scope, plan_id) is None
    assert coaching.plan(store, Scope(team="华东组"), plan_id) is None


def test_open_plans_come_first_and_the_next_to_follow_up(store: Store, people: dict[str, User]) -> None:
    closed, later, sooner = (
        coaching.add(store, people["tom"], replace(PLAN, follow_up_on=date(2026, 12, day))) for day in (1, 20, 10)
    )
    coaching.close(store, people["tom"], closed)
    assert [sooner, later, closed] == [one.id for one in coaching.plans(store, Scope())]
    assert [sooner, later] == [one.id for one in coaching.open_plans(store, Scope(), "A102")]


@pytest.mark.parametrize("agent_id", ["B201", "nobody", ""])
def test_a_lead_makes_no_plan_for_an_agent_out_of_sight(store: Store, people: dict[str, User], agent_id: str) -> None:
    with pytest.raises(StoreError) as told:
        coaching.add(store, people["tom"], replace(PLAN, agent_id=agent_id))
    assert "not_found" == told.value.code


def test_a_clip_out_of_sight_leaves_no_plan_behind(store: Store, people: dict[str, User]) -> None:
    with pytest.raises(StoreError, match="no such call"):
        coaching.add(store, people["tom"], replace(PLAN, clips=(NewClip(call_id="B201-001", start_ms=0, end_ms=1000),)))
    assert () == coaching.plans(store, Scope())


def test_only_the_agent_agrees(store: Store, people: dict[str, User]) -> None:
    plan_id = coaching.add(store, people["tom"], PLAN)
    with pytest.raises(StoreError) as told:
        coaching.agree(store, people["tom"], plan_id)
    assert "not_yours" == told.value.code
    coaching.agree(store, people["omar"], plan_id)
    assert the_plan(store, plan_id).agreed_at is not None
    coaching.add_action(store, people["tom"], plan_id, "Another", "nonsense", None)
    after = the_plan(store, plan_id)
    assert (None, "agent") == (after.agreed_at, after.actions[-1].owner)


def test_ticks_come_and_go(store: Store, people: dict[str, User]) -> None:
    plan_id = coaching.add(store, people["tom"], PLAN)
    (action,) = the_plan(store, plan_id).actions
    coaching.tick(store, people["omar"], plan_id, action.id, done=True)
    assert (1, 1) == ((found := coaching.plans(store, Scope())[0]).done, found.agreed_actions)
    coaching.tick(store, people["tom"], plan_id, action.id, done=False)
    assert 0 == coaching.plans(store, Scope())[0].done
    with pytest.raises(StoreError):
        coaching.tick(store, people["tom"], coaching.add(store, people["tom"], PLAN), action.id, done=True)


def test_a_colleague_s_clip_is_heard_by_whoever_sees_the_plan(store: Store, people: dict[str, User]) -> None:
    plan_id = coaching.add(store, people["tom"], PLAN)
    clip = the_plan(store, plan_id).clips[1]
    found = coaching.clip_sound(store, people["omar"].scope, clip.id)
    assert found is not None
    assert ("A101-001", False) == (found[0].call_id, found[0].own)
    assert coaching.clip_sound(store, people["hannah"].scope, clip.id) is None


def test_a_clip_taken_out_is_gone(store: Store, people: dict[str, User]) -> None:
    plan_id = coaching.add(store, people["tom"], PLAN)
    coaching.drop_clip(store, people["tom"], plan_id, the_plan(store, plan_id).clips[0].id)
    assert ["A101-001"] == [clip.call_id for clip in the_plan(store, plan_id).clips]


def test_a_closed_plan_does_not_change(store: Store, people: dict[str, User]) -> None:
    plan_id = coaching.add(store, people["tom"], PLAN)
    coaching.close(store, people["tom"], plan_id)
    with pytest.raises(StoreError, match="closed"):
        coaching.close(store, people["tom"], plan_id)
    with pytest.raises(StoreError, match="closed"):
        coaching.agree(store, people["omar"], plan_id)
    with pytest.raises(StoreError, match="closed"):
        coaching.add_clip(store, people["tom"], plan_id, PLAN.clips[0])


def test_every_act_is_in_the_audit_log_without_words(store: Store, people: dict[str, User]) -> None:
    plan_id = coaching.add(store, people["tom"], replace(PLAN, title="a secret title"))
    coaching.agree(store, people["omar"], plan_id)
    coaching.close(store, people["tom"], plan_id)
    entries = [one for one in audit.entries(store) if one.action.startswith("coaching.")]
    assert ["coaching.closed", "coaching.agreed", "coaching.opened"] == [one.action for one in entries]
    assert "secret" not in str(entries)
