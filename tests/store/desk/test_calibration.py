from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from sqlalchemy import select

from qa_pipeline.domain import CalibrationCall, Role, StoreError, User, Verdict
from qa_pipeline.store import standing
from qa_pipeline.store.desk import calibration, decisions
from qa_pipeline.store.desk.calibration import Reply
from qa_pipeline.store.desk.calibration_opening import Drawn, Named, Plan, start
from qa_pipeline.store.desk.calibration_results import exported, labels, note, revealed
from qa_pipeline.store.desk.decisions import Word
from qa_pipeline.store.engine import Store
from qa_pipeline.store.people import audit
from qa_pipeline.store.tables.desk import (
    CalibrationCallRow,
    CalibrationPersonRow,
    DecisionRow,
    StandingRow,
    StandingVerdictRow,
)
from qa_pipeline.testing.calls import AGENTS, made_up_calls
from qa_pipeline.testing.dummies import a_call_score
from qa_pipeline.testing.stored import a_centre, keep

People = dict[str, User]
CALLS = ("A101-000", "A101-001", "A102-000")


@pytest.fixture
def people(store: Store) -> People:
    return a_centre(store, each=4)


def opened(store: Store, people: People, *logins: str, calls: Named | Drawn | None = None, expert: str = "") -> int:
    plan = Plan(
        title="Week 45",
        scorecard="general-en",
        scorecard_version="1",
        calls=calls or Named(ids=CALLS),
        people=tuple(people[login].id for login in logins or ("rosa", "rene")),
        expert=people[expert].id if expert else "",
    )
    return start(store, people["lena"], plan)


def answered(store: Store, user: User, session: int, verdict: Verdict = Verdict.PASS) -> None:
    """The person answers everything."""
    for call in calibration.calls(store, user, session):
        for criterion in calibration.blind_call(store, user, session, call.call_id).criteria:
            reply = Reply(criterion=criterion, verdict=verdict, note="as I heard it")
            calibration.answer(store, user, session, call.call_id, reply)


def code_of(caught: pytest.ExceptionInfo[StoreError]) -> str:
    return caught.value.code


def listed(store: Store, user: User, session: int) -> list[str]:
    return [one.call_id for one in calibration.calls(store, user, session)]


def test_a_lead_sees_all_sessions_and_others_those_they_take_part_in(store: Store, people: People) -> None:
    first, second = opened(store, people, "rosa", "rene"), opened(store, people, "rosa", "lena")
    seen = {
        login: [one.id for one in calibration.page(store, people[login])]
        for login in ("lena", "ada", "rosa", "rene", "tom", "hannah")
    }
    everything = [second, first]
    assert seen == {
        "lena": everything, "ada": everything, "rosa": everything, "rene": [first], "tom": [], "hannah": [],
    }  # fmt: skip


def test_a_session_knows_its_size_and_how_far_each_is(store: Store, people: People) -> None:
    session = opened(store, people)
    calibration.answer(store, people["rosa"], session, CALLS[0], Reply(criterion="recap", verdict=Verdict.UNSURE))
    found = calibration.get(store, people["lena"], session)
    assert (3, 18, {"Rosa Reviewer": 1, "René Reviewer": 0}) == (
        found.calls,
        found.items,
        {one.name: one.answered for one in found.people},
    )
    assert not found.revealed


def test_until_all_have_handed_in_nobody_sees_anything_of_others(store: Store, people: People) -> None:
    session = opened(store, people, "rosa", "rene", "lena")
    for login in ("rosa", "rene"):
        answered(store, people[login], session, Verdict.FAIL)
        calibration.submit(store, people[login], session)
    for login in ("rosa", "rene", "lena", "ada"):
        with pytest.raises(StoreError) as caught:
            revealed(store, people[login], session)
        assert code_of(caught) == "calibration_blind"
        with pytest.raises(StoreError) as caught:
            exported(store, people[login], session)
        assert code_of(caught) == "calibration_blind"
        with pytest.raises(StoreError) as caught:
            note(store, people[login], session, CALLS[0], "recap", "Let us talk.")
        assert code_of(caught) == "calibration_blind"
        assert labels(store, people[login], [session]) == {}
    assert calibration.blind_call(store, people["lena"], session, CALLS[0]).own == {}
    with pytest.raises(StoreError):
        calibration.blind_call(store, people["ada"], session, CALLS[0])


def test_the_last_who_hands_in_ends_the_session(store: Store, people: People) -> None:
    session = opened(store, people)
    answered(store, people["rosa"], session)
    answered(store, people["rene"], session, Verdict.FAIL)
    assert (False, True) == (
        calibration.submit(store, people["rosa"], session),
        calibration.submit(store, people["rene"], session),
    )
    items = revealed(store, people["rosa"], session)
    assert len(items) == 18
    assert all(set(one.answers) == {people["rosa"].id, people["rene"].id} and one.differs for one in items)
    assert list(dict.fromkeys(one.call_id for one in items)) == list(CALLS)
    assert len(labels(store, people["rene"], [session])[session]) == 18


def test_two_who_hand_in_at_the_same_time_end_the_session_once(store: Store, people: People) -> None:
    session = opened(store, people)
    for login in ("rosa", "rene"):
        answered(store, people[login], session)
    with ThreadPoolExecutor(2) as pool:
        last = list(pool.map(lambda login: calibration.submit(store, people[login], session), ("rosa", "rene")))
    assert sorted(last) == [False, True]
    assert calibration.get(store, people["lena"], session).revealed
    assert len(audit.entries(store, action="calibration.closed")) == 1


def test_answers_cannot_be_handed_in_before_all_are_given(store: Store, people: People) -> None:
    session = opened(store, people)
    with pytest.raises(StoreError) as caught:
        calibration.submit(store, people["rosa"], session)
    assert code_of(caught) == "calibration_unanswered"


def test_an_answer_changes_until_it_is_handed_in_and_never_after(store: Store, people: People) -> None:
    session, rosa = opened(store, people), people["rosa"]
    answered(store, rosa, session)
    changed = Reply(criterion="recap", verdict=Verdict.NOT_APPLICABLE)
    call = calibration.answer(store, rosa, session, CALLS[0], changed)
    assert (6, 6) == (call.answered, call.items)
    calibration.submit(store, rosa, session)
    for again in (
        lambda: calibration.answer(store, rosa, session, CALLS[0], replace(changed, verdict=Verdict.FAIL)),
        lambda: calibration.submit(store, rosa, session),
    ):
        with pytest.raises(StoreError) as caught:
            again()
        assert code_of(caught) == "calibration_submitted"
    own = calibration.blind_call(store, rosa, session, CALLS[0]).own
    assert own["recap"].verdict is Verdict.NOT_APPLICABLE


def test_nobody_answers_what_was_not_asked_of_them(store: Store, people: People) -> None:
    session = opened(store, people)
    asked = Reply(criterion="recap", verdict=Verdict.PASS)
    tries = (
        (people["lena"], CALLS[0], asked, "not_found"),
        (people["rosa"], "B201-000", asked, "not_found"),
        (people["rosa"], CALLS[0], replace(asked, criterion="made up"), "calibration_answer"),
        (people["rosa"], CALLS[0], replace(asked, verdict=Verdict.ERROR), "calibration_answer"),
    )
    for user, call_id, reply, code in tries:
        with pytest.raises(StoreError) as caught:
            calibration.answer(store, user, session, call_id, reply)
        assert code_of(caught) == code


def test_a_lead_ends_a_session_early_and_who_lacks_is_left_out(store: Store, people: People) -> None:
    session = opened(store, people, "rosa", "rene", "lena")
    for login in ("rosa", "rene"):
        answered(store, people[login], session)
    calibration.submit(store, people["rosa"], session)
    calibration.close(store, people["lena"], session)
    assert {who for one in revealed(store, people["rene"], session) for who in one.answers} == {people["rosa"].id}
    (entry,) = audit.entries(store, action="calibration.closed")
    assert entry.detail == {"left_out": sorted([people["rene"].id, people["lena"].id])}
    assert entry.login == "lena"
    with pytest.raises(StoreError) as caught:
        calibration.submit(store, people["rene"], session)
    assert code_of(caught) == "calibration_over"
    with pytest.raises(StoreError) as caught:
        calibration.close(store, people["lena"], session)
    assert code_of(caught) == "calibration_over"


def test_the_machines_judgement_is_the_one_of_when_the_session_was_opened(store: Store, people: People) -> None:
    session = opened(store, people)
    before = next(one for one in made_up_calls() if one.recording.id == CALLS[0])
    anew = tuple(replace(one, verdict=Verdict.FAIL, confidence=1.0) for one in before.findings)
    known = replace(before.recording, uri=f"made-up/{CALLS[0]}.wav")
    keep(store, replace(before, recording=known, findings=anew, score=a_call_score(1.0)))
    calibration.close(store, people["lena"], session)
    machine = [one.machine for one in revealed(store, people["lena"], session, CALLS[0])]
    assert [one.verdict for one in before.findings] == [one.verdict for one in machine]


def test_answers_change_nothing_that_stands(store: Store, people: People) -> None:
    before = stands(store)
    session = opened(store, people)
    answered(store, people["rosa"], session, Verdict.FAIL)
    answered(store, people["rene"], session, Verdict.UNSURE)
    calibration.submit(store, people["rosa"], session)
    calibration.submit(store, people["rene"], session)
    note(store, people["rosa"], session, CALLS[0], "recap", "The next step was never said.")
    assert before == stands(store)


def test_notes_of_the_talk_stay_with_their_item(store: Store, people: People) -> None:
    session = opened(store, people)
    calibration.close(store, people["lena"], session)
    note(store, people["rene"], session, CALLS[1], "recap", " A summary needs the next step. ")
    (item,) = [one for one in revealed(store, people["rosa"], session) if one.notes]
    assert (CALLS[1], "recap", "A summary needs the next step.", people["rene"].id) == (
        item.call_id,
        item.criterion,
        item.notes[0].text,
        item.notes[0].author,
    )


def test_the_same_seed_draws_the_same_calls(store: Store, people: People) -> None:
    one = opened(store, people, calls=Drawn(n=3, seed=7))
    drawn = listed(store, people["lena"], one)
    found = calibration.get(store, people["lena"], one)
    assert ("draw", 7) == (found.chosen, found.seed)
    assert all(call_id.startswith("A") for call_id in drawn)  # the English scorecard judges English calls
    store.write(lambda session: session.query(CalibrationCallRow).delete())
    assert drawn == listed(store, people["lena"], opened(store, people, calls=Drawn(n=3, seed=7)))


def test_calls_that_a_participant_knows_are_not_drawn(store: Store, people: People) -> None:
    pool = [one.recording.id for one in made_up_calls(AGENTS[:3])]
    here = [call_id for call_id in pool if int(call_id[-3:]) < 4]
    word = Word(criterion="recap", verdict=Verdict.FAIL, reason="heard it")
    for call_id in here[:3]:
        decisions.decide(
            store, people["rosa"], call_id, word, seen=0, refold=lambda *_: a_call_score(50.0, review_reasons=())
        )
    known = {*here[:3], *CALLS}
    opened(store, people)
    fresh = [call_id for call_id in here if call_id not in known]
    session = opened(store, people, calls=Drawn(n=len(fresh), seed=1))
    assert sorted(fresh) == sorted(listed(store, people["lena"], session))
    with pytest.raises(StoreError) as caught:
        opened(store, people, calls=Drawn(n=1, seed=1))
    assert code_of(caught) == "calibration_too_few"


def test_the_random_slice_can_be_drawn_from(store: Store, people: People) -> None:
    call = next(one for one in made_up_calls() if one.recording.id.startswith("A"))
    name = next(f"slice-{i}" for i in range(1000) if standing.drawn(f"slice-{i}"))
    made = replace(call.recording, meta=replace(call.recording.meta, call_id=name), uri="slice.wav", sha256="5" * 64)
    keep(store, replace(call, recording=made))
    session = opened(store, people, calls=Drawn(n=1, seed=1, slice_only=True))
    assert [name] == listed(store, people["lena"], session)
    assert calibration.get(store, people["lena"], session).chosen == "slice"


def test_what_cannot_be_a_session_is_refused(store: Store, people: People) -> None:
    tries: tuple[tuple[tuple[str, ...], Named | Drawn, str], ...] = (
        (("rosa",), Named(ids=CALLS), "calibration_people"),
        (("rosa", "tom"), Named(ids=CALLS), "calibration_people"),
        (("rosa", "hannah"), Named(ids=CALLS), "calibration_people"),
        (("rosa", "rene"), Named(ids=()), "calibration_calls"),
        (("rosa", "rene"), Drawn(n=51, seed=1), "calibration_calls"),
        (("rosa", "rene"), Named(ids=("B201-000",)), "calibration_unknown"),
        (("rosa", "rene"), Named(ids=("no such",)), "calibration_unknown"),
    )
    for logins, calls, code in tries:
        with pytest.raises(StoreError) as caught:
            opened(store, people, *logins, calls=calls)
        assert code_of(caught) == code
    assert calibration.page(store, people["lena"]) == ()


def test_an_expert_takes_part(store: Store, people: People) -> None:
    session = opened(store, people, "rosa", "rene", expert="lena")
    assert calibration.get(store, people["lena"], session).person(people["lena"].id) is not None


def test_a_call_is_hidden_from_participants_until_the_session_is_over(store: Store, people: People) -> None:
    session = opened(store, people)
    assert dict.fromkeys(CALLS, session) == calibration.hidden(store, people["rosa"])
    assert calibration.hidden(store, people["lena"]) == {}
    calibration.close(store, people["lena"], session)
    assert calibration.hidden(store, people["rosa"]) == {}


def test_somebody_whose_role_has_changed_sees_calls_in_sight_only(store: Store, people: People) -> None:
    session = opened(store, people)
    moved = replace(people["rosa"], role=Role.TEAM_LEAD, team="South")
    assert calibration.calls(store, moved, session) == ()
    with pytest.raises(StoreError):
        calibration.blind_call(store, moved, session, CALLS[0])


def test_a_worklist_counts_the_own_answers(store: Store, people: People) -> None:
    session = opened(store, people)
    calibration.answer(store, people["rosa"], session, CALLS[1], Reply(criterion="recap", verdict=Verdict.PASS))
    mine: tuple[CalibrationCall, ...] = calibration.calls(store, people["rosa"], session)
    assert [0, 1, 0] == [one.answered for one in mine]
    assert [0, 0, 0] == [one.answered for one in calibration.calls(store, people["rene"], session)]


def stands(store: Store) -> list[object]:
    """Everything that a score or an average could be made of."""
    with store.read() as session:
        found: list[object] = []
        for row in (StandingRow, StandingVerdictRow, DecisionRow):
            columns = row.__table__.columns
            found += [tuple(one) for one in session.execute(select(*columns).order_by(*row.__table__.primary_key))]
        return found


def test_nobody_takes_part_twice(store: Store, people: People) -> None:
    session = opened(store, people, "rosa", "rene", "rosa", expert="rosa")
    with store.read() as reading:
        rows = reading.scalars(select(CalibrationPersonRow.user).where(CalibrationPersonRow.session == session)).all()
    assert sorted(rows) == sorted([people["rosa"].id, people["rene"].id])
