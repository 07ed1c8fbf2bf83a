"""Who speaks for long without the other."""

from __future__ import annotations

from qa_pipeline.domain import CallView, Party
from qa_pipeline.signals.monologue import Monologue
from qa_pipeline.testing.timed import AGENT, CUSTOMER, call, turn


def found(view: CallView) -> list[tuple[Party, int, int, int | None]]:
    return [(one.party, one.start_ms, one.end_ms, one.turn) for one in Monologue()(view)]


def test_thirty_seconds_without_the_other_are_a_monologue() -> None:
    assert found(call(turn(AGENT, 1, 31))) == [(AGENT, 1000, 31_000, 0)]
    assert found(call(turn(AGENT, 1, 30.9))) == []


def test_listening_sounds_do_not_end_it_but_an_answer_does() -> None:
    long = turn(CUSTOMER, 1, 20), turn(CUSTOMER, 22, 40)
    assert found(call(*long, turn(AGENT, 20.5, 21, "Mm-hm, I see."))) == [(CUSTOMER, 1000, 40_000, 0)]
    assert found(call(*long, turn(AGENT, 20.5, 21.5, "Which router do you have?"))) == []


def test_each_party_and_each_stretch_has_its_own() -> None:
    view = call(turn(AGENT, 0, 31), turn(CUSTOMER, 32, 70), turn(AGENT, 71, 110))
    assert [AGENT, AGENT, CUSTOMER] == [party for party, *_ in found(view)]
