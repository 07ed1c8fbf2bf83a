from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from statistics import mean

import pytest
from sqlalchemy import update

from qa_pipeline.domain import (
    AppealState,
    QueueKind,
    QueueState,
    Role,
    Scope,
    StoreError,
    User,
    Verdict,
)
from qa_pipeline.reviewing import Scorecards
from qa_pipeline.store import queries, standing
from qa_pipeline.store.desk import appeal_lists, appeals, decisions, own_calls
from qa_pipeline.store.desk.appeal_lists import AppealFilters
from qa_pipeline.store.desk.appeals import Question, Step
from qa_pipeline.store.desk.decisions import Word
from qa_pipeline.store.desk.own_calls import OwnFilters, Want
from qa_pipeline.store.engine import Store
from qa_pipeline.store.people import audit, users
from qa_pipeline.store.tables.base import now
from qa_pipeline.store.tables.calls import EvaluationRow
from qa_pipeline.store.tables.desk import AppealEventRow
from qa_pipeline.testing.calls import made_up_calls, made_up_scorecards
from qa_pipeline.testing.stored import PEOPLE, keep

CARDS = Scorecards(made_up_scorecards().values())
OMARS = [one for one in made_up_calls() if one.recording.meta.agent_id == "A102"][:8]
FAILED = next(
    (one.recording.id, found.criterion)
    for one in OMARS
    for found in one.findings
    if found.verdict is Verdict.FAIL and found.criterion != "identity_verification" and not one.score.critical_failures
)
PASSED = next(
    (one.recording.id, found.criterion) for one in OMARS for found in one.findings if found.verdict is Verdict.PASS
)


@dataclass(frozen=True, kw_only=True)
class Centre:
    """Omar's calls and everybody by login."""

    store: Store
    people: dict[str, User]

    def ask(self, who: str = "omar", item: tuple[str, str] = FAILED, *, days: int = 14, rounds: int = 2) -> int:
        question = Question(criterion=item[1], proposed=Verdict.PASS, note="I said it at the start.")
        return appeals.open_appeal(
            self.store, self.people[who], item[0], question, days=days, rounds=rounds, refold=CARDS.refold
        )

    def take(
        self, who: str, appeal: int, to: AppealState, note: str = "Heard again.", verdict: Verdict | None = None
    ) -> None:
        step = Step(to=to, note=note, verdict=verdict)
        appeals.take(self.store, self.people[who], appeal, step, refold=CARDS.refold)

    def stands(self) -> tuple[Verdict, float | None]:
        call = queries.scored_call(self.store, FAILED[0])
        assert call is not None
        return next(one.verdict for one in call.findings if one.criterion == FAILED[1]), call.score.percent

    def mean(self) -> float:
        of = [one.score.percent for one in queries.scored_calls(self.store, agent_id="A102")]
        return mean(value for value in of if value is not None)


@pytest.fixture
def centre(store: Store) -> Centre:
    keep(store, *(replace(one, recording=replace(one.recording, sha256=one.recording.id)) for one in OMARS))
    extra = User(id="", login="rita", name="Rita", role=Role.REVIEWER)
    return Centre(store=store, people={user.login: users.add(store, user, "") for user in (*PEOPLE, extra)})


def code(work: Callable[[], object]) -> str:
    with pytest.raises(StoreError) as error:
        work()
    return error.value.code


def test_an_upheld_appeal_moves_item_score_and_mean_exactly_once(centre: Centre) -> None:
    verdict, percent = centre.stands()
    before = centre.mean()
    appeal = centre.ask()
    centre.take("tom", appeal, AppealState.PASSED_ON)
    assert (verdict, percent, before) == (*centre.stands(), centre.mean())
    centre.take("rosa", appeal, AppealState.UPHELD)
    after, raised = centre.stands()
    assert Verdict.PASS is after
    assert percent is not None
    assert raised is not None
    assert raised > percent
    n = sum(one.score.percent is not None for one in OMARS)
    assert pytest.approx(before + (raised - percent) / n) == centre.mean()
    found = standing.of(centre.store, FAILED[0], Scope())
    assert found is not None
    assert (raised, 1, 1) == (found.score.percent, found.revision, found.decided)
    assert code(lambda: centre.take("rene", appeal, AppealState.UPHELD)) == "appeal_closed"
    assert pytest.approx(before + (raised - percent) / n) == centre.mean()


def test_of_two_who_decide_at_the_same_moment_one_is_told(centre: Centre) -> None:
    appeal = centre.ask()
    centre.take("tom", appeal, AppealState.PASSED_ON)
    gate, said = threading.Barrier(2), []

    def decide(who: str) -> None:
        gate.wait()
        try:
            centre.take(who, appeal, AppealState.UPHELD)
            said.append("done")
        except StoreError as error:
            said.append(error.code)

    threads = [threading.Thread(target=decide, args=(who,)) for who in ("rosa", "rene")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert ["appeal_closed", "done"] == sorted(said)
    assert 1 == len(decisions.of_call(centre.store, FAILED[0], Scope()))


def test_a_rejection_confirms_what_stands(centre: Centre) -> None:
    before = centre.stands()
    appeal = centre.ask()
    centre.take("lena", appeal, AppealState.PASSED_ON)
    centre.take("rosa", appeal, AppealState.REJECTED, "Only the name was said.")
    assert before == centre.stands()
    (word,) = decisions.of_call(centre.store, FAILED[0], Scope())
    assert ("Only the name was said.", "appeal", Verdict.FAIL) == (word.reason, word.origin, word.verdict)


def test_the_call_waits_in_the_queue_while_an_appeal_is_open(centre: Centre) -> None:
    def queue() -> tuple[QueueState, bool]:
        found = standing.of(centre.store, FAILED[0], Scope())
        assert found is not None
        return found.state, QueueKind.APPEAL in found.kinds

    before = queue()
    appeal = centre.ask()
    assert (QueueState.OPEN, True) == queue()
    centre.take("tom", appeal, AppealState.PASSED_ON, "")
    assert (QueueState.OPEN, True) == queue()
    centre.take("omar", appeal, AppealState.WITHDRAWN, "")
    assert before == queue()


def test_an_agent_questions_own_calls_only(centre: Centre) -> None:
    assert code(lambda: centre.ask("hannah")) == "unknown_call"
    assert code(lambda: centre.ask("rosa")) == "appeal_right"
    nobody = replace(centre.people["omar"], agent_id="")
    assert code(lambda: appeals.item(centre.store, nobody.scope, *FAILED)) == "unknown_call"


def test_what_stands_as_pass_is_not_questioned(centre: Centre) -> None:
    assert code(lambda: centre.ask(item=PASSED)) == "appeal_passed"


def test_a_question_needs_words_and_a_better_verdict(centre: Centre) -> None:
    def ask(proposed: Verdict, note: str) -> None:
        question = Question(criterion=FAILED[1], proposed=proposed, note=note)
        omar = centre.people["omar"]
        appeals.open_appeal(centre.store, omar, FAILED[0], question, days=14, rounds=2, refold=CARDS.refold)

    assert code(lambda: ask(Verdict.PASS, "  ")) == "empty"
    assert code(lambda: ask(Verdict.FAIL, "So.")) == "appeal_proposed"
    assert code(lambda: ask(Verdict.UNSURE, "So.")) == "appeal_proposed"
    assert appeal_lists.page(centre.store, Scope(), AppealFilters()).total == 0


def judged_days_ago(store: Store, days: int) -> None:
    store.write(lambda session: session.execute(update(EvaluationRow).values(created_at=now() - timedelta(days=days))))


def test_after_the_window_nothing_is_questioned_until_it_is_judged_anew(centre: Centre) -> None:
    judged_days_ago(centre.store, 15)
    assert code(centre.ask) == "appeal_late"
    word = Word(criterion=FAILED[1], verdict=Verdict.FAIL)
    decisions.decide(centre.store, centre.people["rosa"], FAILED[0], word, seen=0, refold=CARDS.refold)
    assert centre.ask() > 0


def test_an_item_is_questioned_in_rounds_and_one_at_a_time(centre: Centre) -> None:
    first = centre.ask()
    assert code(centre.ask) == "appeal_open"
    centre.take("tom", first, AppealState.SENT_BACK, "Listen at 0:40.")
    second = centre.ask()
    centre.take("tom", second, AppealState.PASSED_ON)
    centre.take("rosa", second, AppealState.REJECTED)
    assert code(centre.ask) == "appeal_rounds"
    rounds = [one.round for one in appeal_lists.of_item(centre.store, Scope(), *FAILED)]
    assert [1, 2] == rounds


def test_whoever_judged_the_item_and_whoever_passed_it_on_do_not_decide(centre: Centre) -> None:
    word = Word(criterion=FAILED[1], verdict=Verdict.FAIL)
    decisions.decide(centre.store, centre.people["rosa"], FAILED[0], word, seen=0, refold=CARDS.refold)
    appeal = centre.ask()
    assert centre.people["rosa"].id == appeal_lists.one(centre.store, Scope(), appeal).appeal.first_reviewer
    centre.take("lena", appeal, AppealState.PASSED_ON)
    assert code(lambda: centre.take("rosa", appeal, AppealState.UPHELD)) == "appeal_judged"
    assert code(lambda: centre.take("lena", appeal, AppealState.UPHELD)) == "appeal_gatekeeper"
    centre.take("rene", appeal, AppealState.REJECTED)
    again = centre.ask()
    centre.take("tom", again, AppealState.PASSED_ON)
    assert code(lambda: centre.take("rene", again, AppealState.UPHELD)) == "appeal_judged"
    centre.take("rita", again, AppealState.UPHELD, verdict=Verdict.NOT_APPLICABLE)
    assert Verdict.NOT_APPLICABLE is centre.stands()[0]


def test_an_appeal_makes_nothing_worse(centre: Centre) -> None:
    appeal = centre.ask()
    centre.take("tom", appeal, AppealState.PASSED_ON)
    assert code(lambda: centre.take("rosa", appeal, AppealState.UPHELD, verdict=Verdict.FAIL)) == "appeal_outcome"
    word = Word(criterion=FAILED[1], verdict=Verdict.PASS, reason="Heard it.")
    decisions.decide(centre.store, centre.people["rene"], FAILED[0], word, seen=0, refold=CARDS.refold)
    assert code(lambda: centre.take("rosa", appeal, AppealState.UPHELD, verdict=Verdict.UNSURE)) == "appeal_outcome"
    centre.take("rosa", appeal, AppealState.UPHELD)
    assert Verdict.PASS is centre.stands()[0]


def test_a_lead_of_another_team_neither_sees_nor_gates(centre: Centre) -> None:
    appeal = centre.ask()
    stranger = replace(centre.people["tom"], team="South")
    elsewhere = Centre(store=centre.store, people={"tom": stranger})
    assert code(lambda: elsewhere.take("tom", appeal, AppealState.PASSED_ON)) == "not_found"
    assert code(lambda: appeal_lists.one(centre.store, stranger.scope, appeal)) == "not_found"
    assert 0 == appeal_lists.page(centre.store, stranger.scope, AppealFilters()).total
    assert 0 == appeal_lists.page(centre.store, centre.people["hannah"].scope, AppealFilters()).total


def test_lists_count_by_state_and_know_what_is_overdue(centre: Centre) -> None:
    appeal = centre.ask()
    overdue = AppealFilters(overdue=True)
    assert 0 == appeal_lists.page(centre.store, Scope(), overdue).total
    old = now() - timedelta(days=8)
    centre.store.write(lambda session: session.execute(update(AppealEventRow).values(at=old)))
    assert [appeal] == [one.appeal.id for one in appeal_lists.page(centre.store, Scope(), overdue).items]
    found = appeal_lists.page(centre.store, Scope(), AppealFilters(states=frozenset({AppealState.UPHELD})))
    assert (0, {AppealState.OPENED: 1}) == (found.total, found.states)
    assert ((FAILED[1],), ("North",)) == (
        tuple(name for _, name in appeal_lists.questioned(centre.store, Scope())[1]),
        appeal_lists.questioned(centre.store, Scope())[0],
    )


def test_every_step_is_in_the_history_and_in_the_audit_log(centre: Centre) -> None:
    appeal = centre.ask()
    centre.take("tom", appeal, AppealState.PASSED_ON, "")
    centre.take("rosa", appeal, AppealState.UPHELD, "He greets at 0:02.")
    line = appeal_lists.one(centre.store, Scope(), appeal)
    assert [
        ("opened", "I said it at the start."),
        ("passed_on", ""),
        ("upheld", "He greets at 0:02."),
    ] == [(one.state.value, one.note) for one in line.appeal.events]
    actions = [one.action for one in audit.entries(centre.store, subject=FAILED[0])]
    assert ["decided", "appeal.upheld", "appeal.passed_on", "appeal.opened"] == actions
    (counts,) = appeal_lists.counts(centre.store, Scope())
    assert (1, 1, 1) == (counts.opened, counts.decided, counts.upheld)
    assert [appeal] == [one.appeal.id for one in appeal_lists.upheld(centre.store, Scope(), "general-en")]
    assert () == appeal_lists.upheld(centre.store, Scope(), "general-zh")


def test_own_calls_show_what_was_seen_and_what_changed_since(centre: Centre) -> None:
    omar = centre.people["omar"]

    def page(want: Want | None = None) -> own_calls.OwnCalls:
        return own_calls.page(centre.store, omar, omar.scope, OwnFilters(want=want))

    assert len(OMARS) == page().total == page().wants[Want.NEW]
    starts = [one.started_at for one in page().items if one.started_at]
    assert sorted(starts, reverse=True) == starts
    assert 1 == own_calls.acknowledge(centre.store, omar, [FAILED[0], "nobody's"])
    assert len(OMARS) - 1 == page(Want.NEW).total
    word = Word(criterion=FAILED[1], verdict=Verdict.FAIL)
    decisions.decide(centre.store, centre.people["rosa"], FAILED[0], word, seen=0, refold=CARDS.refold)
    (call,) = [one for one in page(Want.NEW).items if one.standing.call_id == FAILED[0]]
    assert (False, True, 1) == (call.acknowledged, call.acknowledged_at is not None, call.confirmed)
    assert FAILED[1] in {item.criterion for item in call.not_met}


def test_what_was_judged_after_the_page_was_made_is_not_acknowledged(centre: Centre) -> None:
    omar = centre.people["omar"]
    assert 0 == own_calls.acknowledge(centre.store, omar, [FAILED[0]], seen=now() - timedelta(days=1))


def test_nobody_acknowledges_a_call_of_somebody_else(centre: Centre) -> None:
    assert 0 == own_calls.acknowledge(centre.store, centre.people["hannah"], [FAILED[0]])


def test_own_calls_are_filtered_by_verdict_item_and_day(centre: Centre) -> None:
    omar = centre.people["omar"]
    centre.ask()

    def ids(filters: OwnFilters) -> set[str]:
        found = own_calls.page(centre.store, omar, omar.scope, filters)
        return {one.standing.call_id for one in found.items}

    failed = {one.recording.id for one in OMARS if any(found.verdict is Verdict.FAIL for found in one.findings)}
    assert failed == ids(OwnFilters(want=Want.FAILED))
    assert {FAILED[0]} == ids(OwnFilters(want=Want.APPEALED))
    assert FAILED[0] in ids(OwnFilters(criterion=FAILED[1]))
    first = min(one.recording.meta.started_at.date() for one in OMARS if one.recording.meta.started_at)
    assert 1 <= len(ids(OwnFilters(until=first))) < len(OMARS)
    assert len(OMARS) == len(own_calls.percents(centre.store, omar.scope, OwnFilters()))
    assert (("general-en", "1"),) == own_calls.cards(centre.store, omar.scope)
