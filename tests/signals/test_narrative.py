"""The customer's first account, and whether it could be told to its end."""

from __future__ import annotations

from qa_pipeline.domain import CallView, Signal, SignalKind, TurnFlag
from qa_pipeline.signals.narrative import Narrative
from qa_pipeline.testing.timed import AGENT, CUSTOMER, call, signal, turn

GREETING = turn(AGENT, 0, 3, "Good morning, Northwind, how can I help?")
STORY = turn(CUSTOMER, 4, 20, "My router has been off since Monday and nobody has called me back.")
ANSWER = turn(AGENT, 21, 24, "Let me look at your line right away.")


def cut(start_s: float, **changes: object) -> Signal:
    return signal(SignalKind.INTERRUPTION, start_s, start_s + 2, **{"party": AGENT} | changes)


def told(view: CallView) -> list[tuple[str, int, int, int | None]]:
    return [(one.label, one.start_ms, one.end_ms, one.turn) for one in Narrative()(view)]


def test_the_account_goes_from_the_first_turn_of_substance_to_where_the_agent_takes_over() -> None:
    more = turn(CUSTOMER, 24.5, 30, "And I pay forty pounds every month for that.")
    assert told(call(GREETING, STORY, ANSWER, more)) == [("whole", 4000, 20_000, 1)]


def test_a_word_of_greeting_is_no_account_and_listening_sounds_do_not_end_one() -> None:
    hello, ask = turn(CUSTOMER, 3.1, 3.5, "Hello there."), turn(AGENT, 3.6, 3.9, "How can I help you today?")
    more = turn(CUSTOMER, 21, 30, "And I pay forty pounds every month for that.")
    view = call(GREETING, hello, ask, STORY, turn(AGENT, 20.2, 20.8, "Mm-hm."), more)
    assert told(view) == [("whole", 4000, 30_000, 3)]
    (account,) = Narrative()(view)
    assert account.quote == f"{STORY.text} {more.text}"


def test_it_is_interrupted_where_the_agent_cuts_in() -> None:
    assert told(call(GREETING, STORY, ANSWER, signals=[cut(12)]))[0][0] == "interrupted"


def test_cutting_in_later_or_by_the_customer_leaves_it_whole() -> None:
    assert told(call(GREETING, STORY, ANSWER, signals=[cut(30)]))[0][0] == "whole"
    assert told(call(GREETING, STORY, ANSWER, signals=[cut(12, party=CUSTOMER)]))[0][0] == "whole"


def test_it_is_as_sure_as_the_interruption() -> None:
    (account,) = Narrative()(call(GREETING, STORY, signals=[cut(12, confidence=0.6)]))
    assert account.confidence == 0.6


def test_words_that_cannot_be_trusted_make_it_unsure() -> None:
    story = turn(CUSTOMER, 4, 20, STORY.text, flags=(TurnFlag.LOW_CONFIDENCE,))
    (account,) = Narrative()(call(GREETING, story))
    assert account.confidence == 0.5


def test_an_answer_to_an_identity_check_is_no_account() -> None:
    asked = signal(SignalKind.ACT, 1, 3, "identity_verification", party=AGENT, turn=0)
    name = turn(CUSTOMER, 4, 8, "It is Jane Miller, the fourth of May nineteen eighty.")
    ask = turn(AGENT, 8.5, 9.5, "How can I help you today?")
    story = turn(CUSTOMER, 10, 20, STORY.text)
    view = call(
        GREETING,
        name,
        ask,
        story,
        signals=[asked, signal(SignalKind.ACT, 8.5, 9.5, "offer_of_help", party=AGENT, turn=2)],
    )
    assert told(view) == [("whole", 10_000, 20_000, 3)]


def test_a_customer_who_says_little_tells_nothing() -> None:
    assert told(call(GREETING, turn(CUSTOMER, 4, 6, "My bill, please."), ANSWER)) == []


def test_chinese_is_counted_in_characters() -> None:
    short, long = (turn(CUSTOMER, 4, 8, text) for text in ("我要查话费。", "我家宽带从周一开始就断了。"))
    assert told(call(GREETING, short, language="zh")) == []
    assert told(call(GREETING, long, language="zh")) == [("whole", 4000, 8000, 1)]
