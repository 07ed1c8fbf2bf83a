from __future__ import annotations

from datetime import datetime

from qa_pipeline.analytics.agreement import Reliability
from qa_pipeline.analytics.calibration import among, baseline, figures, with_machine
from qa_pipeline.domain import CalibrationAnswer, RevealedItem, Verdict
from qa_pipeline.testing.dummies import a_finding

P, F, N, U, E = Verdict.PASS, Verdict.FAIL, Verdict.NOT_APPLICABLE, Verdict.UNSURE, Verdict.ERROR


def an_item(machine: Verdict, *said: Verdict, call_id: str = "c", criterion: str = "greeting") -> RevealedItem:
    """An item that ann, bo and so on answered in turn."""
    return RevealedItem(
        call_id=call_id,
        machine=a_finding(criterion, machine),
        answers={
            who: CalibrationAnswer(
                call_id=call_id,
                criterion=criterion,
                user=who,
                verdict=verdict,
                note="",
                answered_at=datetime(2026, 11, 3),  # noqa: DTZ001 - UTC, as the column has it
            )
            for who, verdict in zip(("ann", "bo", "cy"), said, strict=False)
        },
    )


def test_an_items_label_is_the_experts_or_the_majoritys() -> None:
    labels = {"ann": "pass", "bo": "fail", "cy": "fail"}
    assert ("fail", "pass", None) == (
        baseline(labels),
        baseline(labels, "ann"),
        baseline({"ann": "pass", "bo": "fail"}),
    )


def test_a_worked_example_gives_the_published_figures() -> None:
    # Cohen 1960's form with 20, 5, 10 and 15 items: kappa 0.4 by hand.
    items = [an_item(P, P, P)] * 20 + [an_item(P, P, F)] * 5 + [an_item(P, F, P)] * 10 + [an_item(P, F, F)] * 15
    found = figures(items)
    (pair,) = found.pairs
    assert pair.kappa is not None
    assert round(pair.kappa, 3) == 0.4
    assert found.people.cohen == pair.kappa
    assert found.people.agree is not None
    assert (35, 50) == (found.people.agree.hits, found.people.agree.n)
    assert found.people.reliability is Reliability.NOT_RELIABLE


def test_unsure_people_differ_and_an_unsure_machine_is_counted_aside() -> None:
    items = [an_item(P, P, P), an_item(U, P, P), an_item(E, F, F), an_item(P, P, U), an_item(F, F, F)]
    found = figures(items)
    assert found.people.agree is not None
    assert (4, 5) == (found.people.agree.hits, found.people.agree.n)
    assert (2, 2) == (found.machine.n, found.machine.undecided)  # ann and bo have no majority where they differ
    assert found.machine.agree is not None
    assert found.machine.agree.value == 1.0


def test_where_all_gave_one_label_there_is_no_coefficient() -> None:
    found = among([{"ann": "pass", "bo": "pass"}] * 12)
    assert (None, None, None, None, None) == (
        found.cohen, found.fleiss, found.alpha, found.interval, found.reliability,
    )  # fmt: skip
    assert found.agree is not None
    assert found.agree.value == 1.0


def test_a_few_items_that_agree_are_not_called_reliable() -> None:
    found = among([{"ann": "pass", "bo": "pass"}] * 4 + [{"ann": "fail", "bo": "fail"}] * 5)
    assert (1.0, None, None) == (found.alpha, found.interval, found.reliability)


def test_against_an_expert_the_others_are_strict_or_lenient() -> None:
    items = [an_item(P, P, F, P), an_item(F, F, F, P), an_item(F, P, P, P)]
    found = figures(items, "ann")
    bo, cy = found.strictness
    assert ("bo", "cy") == (bo.reviewer, cy.reviewer)
    assert bo.strict is not None
    assert cy.lenient is not None
    assert (1, 2, 1, 1) == (bo.strict.hits, bo.strict.n, cy.lenient.hits, cy.lenient.n)
    assert found.machine_strictness is not None
    assert found.machine_strictness.strict is not None
    assert (1, 2) == (found.machine_strictness.strict.hits, found.machine_strictness.strict.n)


def test_an_expert_who_did_not_hand_in_is_none() -> None:
    items = [an_item(P, P, P), an_item(F, F, P)]
    assert figures(items) == figures(items, "zoe")


def test_without_answers_there_are_no_figures() -> None:
    found = figures([an_item(P)])
    assert (0, None, None) == (found.people.n, found.people.agree, found.people.alpha)
    assert with_machine([]).agree is None
    assert found.pairs == ()
    assert found.machine_strictness is None
