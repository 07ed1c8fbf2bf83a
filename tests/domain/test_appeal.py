from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from qa_pipeline.domain import (
    BETTER,
    NEXT,
    Appeal,
    AppealedItem,
    AppealEvent,
    AppealState,
    Role,
    User,
    Verdict,
    opening_refused,
    step_refused,
)

MOMENT = datetime(2026, 11, 3, 12, tzinfo=UTC)
PEOPLE = tuple(
    User(id=name, login=name, name=name, role=role, agent_id="A1" if role is Role.AGENT else "", team="North")
    for name, role in (
        ("agent", Role.AGENT),
        ("other agent", Role.AGENT),
        ("team lead", Role.TEAM_LEAD),
        ("lead", Role.QA_LEAD),
        ("admin", Role.ADMIN),
        ("first", Role.REVIEWER),
        ("second", Role.REVIEWER),
        ("auditor", Role.AUDITOR),
    )
)
BY_NAME = {user.id: user for user in PEOPLE}


def an_appeal(**changes: object) -> Appeal:
    asked = AppealEvent(state=AppealState.OPENED, user="agent", note="But I did.", at=MOMENT)
    plain = Appeal(
        id=1, call_id="c", evaluation="e", criterion="greeting", agent="agent", agent_id="A1", team="North",
        stood=Verdict.FAIL, proposed=Verdict.PASS, round=1, state=AppealState.OPENED, first_reviewer="first",
        outcome=None, opened_at=MOMENT, closed_at=None, events=(asked,),
    )  # fmt: skip
    return replace(plain, **changes)  # type: ignore[arg-type]  # names of its fields


def an_item(**changes: object) -> AppealedItem:
    plain = AppealedItem(
        call_id="c", criterion="greeting", verdict=Verdict.FAIL, level=None, coach_only=False, reviewer="",
        judged_at=MOMENT, rounds=0, open_id=None, judges=frozenset(),
    )  # fmt: skip
    return replace(plain, **changes)  # type: ignore[arg-type]  # names of its fields


def taken(appeal: Appeal, to: AppealState, user: User) -> Appeal:
    return replace(appeal, state=to, events=(*appeal.events, AppealEvent(state=to, user=user.id, note="", at=MOMENT)))


walks = st.lists(st.tuples(st.sampled_from(AppealState), st.sampled_from(PEOPLE)), max_size=30)


@given(walks)
def test_whatever_people_try_an_appeal_ends_at_most_once_and_by_somebody_new(
    tries: list[tuple[AppealState, User]],
) -> None:
    appeal, judges = an_appeal(), frozenset({"first"})
    for to, user in tries:
        if not step_refused(appeal, to, user, judges):
            appeal = taken(appeal, to, user)
    states = [one.state for one in appeal.events]
    assert sum(not state.is_open for state in states) == (0 if appeal.state.is_open else 1)
    assert states == [state for state in AppealState if state in states]  # in the order of the way, none twice
    deciders = [one.user for one in appeal.events if one.state in (AppealState.UPHELD, AppealState.REJECTED)]
    assert not {"agent", "other agent", "team lead", "first", "auditor", appeal.gatekeeper}.intersection(deciders)
    if deciders:
        assert AppealState.PASSED_ON in states


@given(st.sampled_from(AppealState), st.sampled_from(PEOPLE))
def test_nothing_follows_the_end(to: AppealState, user: User) -> None:
    for end in set(AppealState) - set(NEXT):
        assert step_refused(an_appeal(state=end), to, user, frozenset()) == "appeal_closed"


@given(st.sampled_from(Verdict), st.integers(0, 3), st.integers(-5, 30), st.booleans())
def test_an_item_can_be_questioned_in_time_not_too_often_and_not_twice_at_once(
    verdict: Verdict, rounds: int, day: int, waits: bool
) -> None:
    item = an_item(verdict=verdict, rounds=rounds, open_id=7 if waits else None)
    refused = opening_refused(item, MOMENT + timedelta(days=day), days=14, rounds=2)
    allowed = verdict is not Verdict.PASS and rounds < 2 and day <= 14 and not waits
    assert allowed == (refused == "")


def test_nothing_can_get_worse() -> None:
    order = [Verdict.FAIL, Verdict.ERROR, Verdict.UNSURE, Verdict.NOT_APPLICABLE, Verdict.PASS]
    assert all(order.index(better) > order.index(stood) for stood, found in BETTER.items() for better in found)


def test_the_reasons_for_a_refusal_are_told_apart() -> None:
    opened = an_appeal()
    passed = taken(opened, AppealState.PASSED_ON, BY_NAME["lead"])
    judges = frozenset({"first"})
    said = {
        name: step_refused(passed, AppealState.UPHELD, BY_NAME[name], judges)
        for name in ("agent", "team lead", "lead", "first", "second", "admin")
    }
    assert said == {
        "agent": "appeal_right",
        "team lead": "appeal_right",
        "lead": "appeal_gatekeeper",
        "first": "appeal_judged",
        "second": "",
        "admin": "",
    }
    assert step_refused(opened, AppealState.UPHELD, BY_NAME["second"], judges) == "appeal_closed"
    promoted = replace(BY_NAME["second"], agent_id="A1")
    assert step_refused(passed, AppealState.UPHELD, promoted, judges) == "appeal_own"


def test_a_lead_who_judged_the_item_may_pass_it_on_but_not_send_it_back() -> None:
    judges = frozenset({"lead"})
    assert step_refused(an_appeal(), AppealState.PASSED_ON, BY_NAME["lead"], judges) == ""
    assert step_refused(an_appeal(), AppealState.SENT_BACK, BY_NAME["lead"], judges) == "appeal_judged"


def test_only_who_asks_withdraws() -> None:
    assert step_refused(an_appeal(), AppealState.WITHDRAWN, BY_NAME["agent"], frozenset()) == ""
    assert step_refused(an_appeal(), AppealState.WITHDRAWN, BY_NAME["other agent"], frozenset()) == "appeal_right"


def test_a_step_is_overdue_after_a_week() -> None:
    assert not an_appeal().overdue(MOMENT + timedelta(days=7))
    assert an_appeal().overdue(MOMENT + timedelta(days=7, seconds=1))
    assert not an_appeal(state=AppealState.UPHELD).overdue(MOMENT + timedelta(days=99))
