"""Each question, with its party, words and moment."""

from __future__ import annotations

from qa_pipeline.domain import TurnFlag
from qa_pipeline.signals.questions import Questions
from qa_pipeline.testing.timed import AGENT, CUSTOMER, call, turn


def test_each_question_has_its_party_turn_words_and_moment() -> None:
    view = call(turn(AGENT, 0, 4, "I see. What is it?"), turn(CUSTOMER, 5, 7, "Why? It is late. Why not?"))
    found = [(one.party, one.turn, one.quote, one.start_ms) for one in Questions()(view)]
    assert found == [
        (AGENT, 0, "What is it?", 1600),
        (CUSTOMER, 1, "Why?", 5000),
        (CUSTOMER, 1, "Why not?", 6333),
    ]


def test_flagged_turns_ask_nothing() -> None:
    assert Questions()(call(turn(AGENT, 0, 4, "What is it?", flags=(TurnFlag.LOOP,)))) == ()


def test_words_that_are_hardly_recognised_make_a_question_less_sure() -> None:
    clear, unclear = (
        Questions()(call(turn(AGENT, 0, 4, "What is it?", confidence=sure)))[0].confidence for sure in (0.9, 0.3)
    )
    assert unclear < 0.5 < clear
