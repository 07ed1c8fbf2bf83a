"""Conditions over a call: what holds, what does not, and what nobody can tell."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Any

import pytest

from qa_pipeline.domain import Answer, CallView, Condition, Party, Signal, SignalKind, TurnFlag, Window
from qa_pipeline.rules.conditions import Reader
from qa_pipeline.rules.expression import parse
from qa_pipeline.rules.seen import Seen
from qa_pipeline.testing.timed import AGENT, CUSTOMER, UNKNOWN, call, signal, turn

YES, NO, UNSURE = Answer.YES, Answer.NO, Answer.UNSURE
ACT, SENTIMENT, HOLD = SignalKind.ACT, SignalKind.SENTIMENT, SignalKind.HOLD


def condition(kind: str, *of: str, name: str = "it", **changes: Any) -> Condition:
    return Condition(name=name, kind=kind, of=of, **changes)


def ask(view: CallView, asked: Condition, *others: Condition) -> Seen:
    return Reader(view, {one.name: one for one in (asked, *others)}).answer(asked.name)


def answers(view: CallView, *asked: Condition) -> list[Answer]:
    return [ask(view, one).answer for one in asked]


def act(label: str, at: float, *, party: Party = AGENT, confidence: float = 0.9) -> Signal:
    return signal(ACT, at, at + 1, label, party=party, confidence=confidence)


def feeling(at: float, label: str = "negative", *, confidence: float = 0.9) -> Signal:
    return signal(SENTIMENT, at, at + 1, label, party=CUSTOMER, confidence=confidence)


def spoken(*texts: str, language: str = "en") -> CallView:
    """Turns of ten seconds, the agent and the customer by turns."""
    return call(
        *(turn((AGENT, CUSTOMER)[at % 2], 10 * at, 10 * at + 9, text) for at, text in enumerate(texts)),
        language=language,
    )


def acted(*signals: Signal) -> CallView:
    """A clear call of a minute, agent and customer in one turn each, with these signals."""
    return call(turn(AGENT, 0, 59), turn(CUSTOMER, 0.5, 58), signals=signals)


# says


def test_an_act_of_the_agent_is_a_condition_by_its_mere_name() -> None:
    reader = Reader(acted(act("greeting", 1), act("farewell", 50, party=CUSTOMER)), {})
    assert [YES, NO] == [reader.answer(name).answer for name in ("greeting", "farewell")]


@pytest.mark.parametrize(
    ("different", "said", "expected"),
    [
        (1, "", NO),
        (1, "b", YES),
        (3, "ab", NO),
        (3, "abc", YES),
        (2, "aa", NO),
        (2, "ac", YES),
        (0, "", YES),
        (0, "b", NO),
    ],
)
def test_any_all_none_or_some_of_several_acts(different: int, said: str, expected: Answer) -> None:
    view = acted(*(act(label, 2 * at) for at, label in enumerate(said)))
    assert expected is ask(view, condition("says", "a", "b", "c", different=different)).answer


def test_whose_words_count() -> None:
    view = acted(act("thanks", 1, party=CUSTOMER))
    assert [NO, YES, YES] == answers(view, *(condition("says", "thanks", by=by) for by in (AGENT, CUSTOMER, None)))


def test_a_find_that_is_less_than_half_sure_is_a_doubt() -> None:
    thanks = condition("says", "thanks")
    doubted = acted(act("thanks", 1, confidence=0.49))
    assert [UNSURE, NO, YES] == [ask(one, thanks).answer for one in (doubted, acted(), acted(act("thanks", 1)))]
    assert UNSURE is ask(doubted, replace(thanks, different=0)).answer
    assert UNSURE is ask(doubted, replace(thanks, most=0)).answer


@pytest.mark.parametrize("changes", [{"flags": (TurnFlag.LOOP,)}, {"confidence": 0.0}], ids=["flagged", "unclear"])
def test_what_was_not_found_in_unclear_words_is_unsure_and_what_was_found_stays(changes: dict[str, Any]) -> None:
    asked = [condition("says", "thanks", **one) for one in ({}, {"different": 0}, {"most": 0})]
    turns = (turn(AGENT, 0, 9), turn(AGENT, 10, 19, **changes))
    assert [UNSURE, UNSURE, UNSURE] == answers(call(*turns), *asked)
    assert [YES, NO, NO] == answers(call(*turns, signals=[act("thanks", 2)]), *asked)


def test_unclear_words_outside_the_window_or_of_the_other_do_not_matter() -> None:
    view = call(turn(AGENT, 0, 9), turn(CUSTOMER, 10, 19, confidence=0.0), turn(AGENT, 20, 29, confidence=0.0))
    assert [UNSURE, NO] == answers(view, condition("says", "x"), condition("says", "x", window=Window(first_turns=1)))


def test_nobody_can_say_what_the_agent_said_where_parties_are_unknown() -> None:
    view = call(turn(UNKNOWN, 0, 9), signals=[act("thanks", 1, party=UNKNOWN)])
    assert [UNSURE, UNSURE, YES] == answers(
        view, *(condition("says", "thanks", by=by) for by in (AGENT, CUSTOMER, None))
    )


def test_acts_that_nobody_looked_for_are_unsure() -> None:
    view = replace(acted(), measured=frozenset())
    assert UNSURE is ask(view, condition("says", "thanks")).answer


# how often


@pytest.mark.parametrize(
    ("times", "least", "most", "expected"),
    [
        (0, 2, None, NO),
        (1, 2, None, NO),
        (2, 2, None, YES),
        (0, None, 1, YES),
        (1, None, 1, YES),
        (2, None, 1, NO),
        (0, 1, 2, NO),
        (2, 1, 2, YES),
        (3, 1, 2, NO),
    ],
)
def test_how_often(times: int, least: float | None, most: float | None, expected: Answer) -> None:
    view = acted(*(act("um", 2 * at) for at in range(times)))
    assert expected is ask(view, condition("says", "um", least=least, most=most)).answer


def test_doubts_count_neither_for_nor_against() -> None:
    view = acted(act("um", 1), act("um", 3, confidence=0.3))
    assert [UNSURE, UNSURE, YES, NO] == answers(
        view,
        condition("says", "um", least=2),
        condition("says", "um", most=1),
        condition("says", "um", most=2),
        condition("says", "um", least=3),
    )


def test_too_few_show_what_there_was_as_near_misses() -> None:
    one = act("probe", 1)
    found = ask(acted(one), condition("says", "probe", least=2))
    assert (NO, (one,)) == (found.answer, found.near)
    assert found.turns


# words


def test_words_are_phrases_with_exceptions() -> None:
    sorry = condition("words", "(sorry|apologise)", unless=("sorry [could] you repeat",))
    for text, expected in (
        ("I am sorry about that.", YES),
        ("Sorry, could you repeat that?", NO),
        ("All is well.", NO),
    ):
        assert expected is ask(spoken(text), sorry).answer
    assert "sorry" == ask(spoken("I am sorry about that."), sorry).hits[0].quote


def test_all_of_several_phrases() -> None:
    asked = condition("words", "full refund", "three days", different=2)
    assert [YES, NO] == [
        ask(spoken(text), asked).answer for text in ("A full refund in three days.", "A full refund. A full refund.")
    ]


def test_phrases_that_overlap_are_said_once() -> None:
    asked = condition("words", "refund", "full refund", least=2)
    assert [NO, YES] == [
        ask(spoken(text), asked).answer for text in ("You get a full refund.", "A refund, yes, a full refund.")
    ]


def test_chinese_words() -> None:
    view = spoken("我马上帮您处理", language="zh")
    assert [YES, NO] == answers(view, condition("words", "马上...处理"), condition("words", "稍后处理"))


def test_words_in_a_flagged_turn_are_a_doubt() -> None:
    """Recognition may have invented them: no pass and no fail."""
    view = call(turn(AGENT, 0, 9, "You are an idiot.", flags=(TurnFlag.NO_SPEECH_EVIDENCE,)))
    for kind, text in (("words", "idiot"), ("regex", "idiot")):
        assert [UNSURE, UNSURE] == answers(view, condition(kind, text), condition(kind, text, different=0))


def test_words_that_recognition_was_not_sure_of_are_a_doubt() -> None:
    view = call(turn(AGENT, 0, 9, "Thank you.", confidence=0.2))
    assert UNSURE is ask(view, condition("words", "thank you")).answer


# regex


def test_a_regex_ignores_case_and_its_exceptions() -> None:
    asked = condition("regex", r"\b\d{3,4}\b", unless=(r"extension \d+",))
    for text, expected in (("Dial 4711.", YES), ("It is EXTENSION 4711.", NO), ("Dial 47.", NO)):
        assert expected is ask(spoken(text), asked).answer
    assert YES is ask(spoken("Certainly!"), condition("regex", "CERTAINLY")).answer


def test_a_regex_that_finds_nothing_but_emptiness_finds_nothing() -> None:
    assert NO is ask(spoken("Hello."), condition("regex", "x*")).answer


@pytest.mark.parametrize("role", ["of", "unless"])
def test_a_regex_that_takes_for_ever_is_unsure(role: str) -> None:
    endless = "(a|aa)+c"
    asked = condition("regex", endless) if role == "of" else condition("regex", "a", unless=(endless,))
    began = time.monotonic()
    assert UNSURE is ask(spoken("a" * 80), asked).answer
    assert time.monotonic() - began < 30


# feels, customer_is


def test_how_the_customer_sounds() -> None:
    asked = condition("feels", "negative", by=CUSTOMER)
    assert [YES, NO, UNSURE] == [
        ask(acted(*signals), asked).answer
        for signals in ([feeling(5)], [feeling(5, "neutral")], [feeling(5, confidence=0.4)])
    ]
    assert YES is ask(acted(feeling(5, "positive")), condition("feels", "negative", "positive", by=CUSTOMER)).answer


def test_feelings_have_windows_and_counts_too() -> None:
    view = call(turn(AGENT, 0, 4), *(turn(CUSTOMER, at, at + 4) for at in (5, 15, 25)), signals=[feeling(6)])
    assert [NO, NO, YES] == answers(
        view,
        condition("feels", "negative", by=CUSTOMER, window=Window(last_turns=1)),
        condition("feels", "negative", by=CUSTOMER, least=2),
        condition("feels", "negative", by=CUSTOMER, most=1),
    )


def test_feelings_that_nobody_measured_are_unsure() -> None:
    view = replace(acted(), measured=frozenset({ACT}))
    assert UNSURE is ask(view, condition("feels", "negative", by=CUSTOMER)).answer


@pytest.mark.parametrize(
    ("state", "signals", "expected"),
    [
        ("in_trouble", [signal(SignalKind.COMPLAINT, 0, 60, "true", confidence=0.9)], YES),
        ("in_trouble", [signal(SignalKind.COMPLAINT, 0, 60, "true", confidence=0.5)], YES),
        (
            "in_trouble",
            [signal(SignalKind.COMPLAINT, 0, 60, "false", confidence=0.6), act("trouble", 5, party=CUSTOMER)],
            NO,
        ),
        (
            "in_trouble",
            [signal(SignalKind.COMPLAINT, 0, 60, "false", confidence=0.5), feeling(5, confidence=0.8)],
            UNSURE,
        ),
        ("in_trouble", [], NO),
        ("in_trouble", [act("trouble", 5, party=CUSTOMER)], UNSURE),
        ("distressed", [feeling(5, confidence=0.8)], YES),
        ("distressed", [feeling(5, confidence=0.6)], UNSURE),
        ("unlucky", [act("misfortune", 5, party=CUSTOMER)], YES),
        ("unlucky", [feeling(5)], NO),
    ],
)
def test_what_the_call_says_of_the_customer(state: str, signals: list[Signal], expected: Answer) -> None:
    assert expected is ask(acted(*signals), condition("customer_is", state)).answer


def test_one_of_several_states_is_enough() -> None:
    asked = condition("customer_is", "in_trouble", "unlucky")
    assert YES is ask(acted(act("misfortune", 5, party=CUSTOMER)), asked).answer


def test_a_customer_whom_nobody_listened_to_is_not_said_to_be_content() -> None:
    calm = condition("customer_is", "distressed")
    unclear = call(turn(AGENT, 0, 9), turn(CUSTOMER, 10, 19, flags=(TurnFlag.LOW_CONFIDENCE,)))
    unmeasured = replace(acted(), measured=frozenset({ACT}))
    mono = call(turn(UNKNOWN, 0, 9))
    assert [UNSURE, UNSURE, UNSURE, NO] == [ask(one, calm).answer for one in (unclear, unmeasured, mono, acted())]


def test_a_state_stands_where_the_tone_shows_it() -> None:
    """Without a moment nothing could come after it."""
    upset = condition("customer_is", "distressed", name="upset")
    after = condition("says", "empathy", after="upset")
    assert YES is ask(acted(feeling(5), act("empathy", 8)), after, upset).answer
    assert NO is ask(acted(feeling(5), act("empathy", 2)), after, upset).answer


# measure, call


def test_a_measure_is_bounded() -> None:
    view = acted(signal(HOLD, 10, 40, "music"))
    assert [YES, NO, YES, NO, YES] == answers(
        view,
        condition("measure", "longest_hold", most=30),
        condition("measure", "longest_hold", most=29.9),
        condition("measure", "longest_hold", least=30),
        condition("measure", "longest_hold", least=31, most=60),
        condition("measure", "longest_hold", least=20, most=60),
    )


def test_a_measure_that_nobody_took_is_unsure() -> None:
    asked = condition("measure", "longest_hold", most=30)
    assert UNSURE is ask(replace(acted(), measured=frozenset({ACT})), asked).answer
    assert UNSURE is ask(acted(), condition("measure", "pace", most=200)).answer  # looked for, and no figure


def test_a_measure_of_one_party_needs_to_know_it() -> None:
    mono = call(turn(UNKNOWN, 0, 9))
    assert [UNSURE, YES] == answers(
        mono, condition("measure", "interruptions", most=2), condition("measure", "duration", most=60)
    )


def test_what_is_counted_in_words_is_unsure_where_they_may_be_invented() -> None:
    view = call(turn(AGENT, 0, 9, "Really? Are you? Why?", flags=(TurnFlag.LOOP,)), turn(CUSTOMER, 10, 19))
    assert [UNSURE, YES] == answers(
        view,
        condition("measure", "questions_at_once", most=1),
        condition("measure", "questions_at_once", most=1, by=CUSTOMER),
    )


def test_metadata() -> None:
    view = replace(acted(), meta=replace(acted().meta, queue="Billing", team=""))
    assert [YES, NO, UNSURE] == answers(
        view,
        condition("call", "queue", values=("sales", "billing")),
        condition("call", "queue", values=("sales",)),
        condition("call", "team", values=("north",)),
    )


# windows


def windowed(**window: float) -> list[str]:
    """Which acts a window lets in: the agent speaks at 20, 40 and 80 s, the customer first and last."""
    turns = [turn(CUSTOMER, 0, 15), *(turn(AGENT, at, at + 10) for at in (20, 40, 80)), turn(CUSTOMER, 91, 100)]
    view = call(*turns, signals=[act(label, at + 1) for label, at in zip("abc", (20, 40, 80), strict=True)])
    found = ask(view, condition("says", "a", "b", "c", window=Window(**window)))  # type: ignore[arg-type]  # as given
    return [hit.label for hit in found.hits]


@pytest.mark.parametrize(
    ("window", "expected"),
    [
        ({}, "abc"),
        ({"first_turns": 1}, "a"),
        ({"first_turns": 2}, "ab"),
        ({"first_turns": 9}, "abc"),
        ({"last_turns": 1}, "c"),
        ({"first_s": 20}, "ab"),  # from 20 s on, when the agent begins to speak
        ({"first_s": 19.9}, "a"),
        ({"last_s": 10}, "c"),  # of the 100 s until the last word, not of the file's length
        ({"last_s": 50}, "bc"),
        ({"first_turns": 2, "last_turns": 2}, "ab"),
        ({"first_turns": 2, "last_s": 60}, "b"),
    ],
)
def test_windows(window: dict[str, float], expected: str) -> None:
    assert list(expected) == windowed(**window)


def test_turns_are_counted_of_the_party_asked_for() -> None:
    view = call(turn(AGENT, 0, 4), turn(CUSTOMER, 5, 9), turn(CUSTOMER, 10, 14), signals=[act("x", 11, party=CUSTOMER)])
    first_two = Window(first_turns=2)
    assert [YES, NO] == answers(
        view,
        condition("says", "x", by=CUSTOMER, window=first_two),
        condition("says", "x", by=None, window=first_two),
    )


def test_words_and_expressions_keep_to_windows() -> None:
    view = spoken("Hello.", "Hi.", "Goodbye.")
    for kind in ("words", "regex"):
        assert [NO, YES] == answers(
            view,
            condition(kind, "goodbye", window=Window(first_turns=1)),
            condition(kind, "goodbye", window=Window(last_turns=1)),
        )


# after, before, within_s, each


def beside(*signals: Signal, **changes: Any) -> Answer:
    return ask(acted(*signals), condition("says", "x", **changes)).answer


def test_after() -> None:
    assert [YES, NO, NO] == [
        beside(act("x", 10), act("y", 5), after="y"),
        beside(act("x", 5), act("y", 10), after="y"),
        beside(act("x", 5), after="y"),
    ]


def test_before() -> None:
    assert [NO, YES, YES] == [
        beside(act("x", 10), act("y", 5), before="y"),
        beside(act("x", 5), act("y", 10), act("y", 2, party=CUSTOMER), before="y"),
        beside(act("x", 5), before="y"),  # nothing there that it should have come before
    ]


def test_before_means_before_the_first_time() -> None:
    assert NO is beside(act("y", 5), act("x", 10), act("y", 20), before="y")


def test_within_seconds_is_counted_from_end_to_start() -> None:
    assert [YES, NO] == [beside(act("y", 5), act("x", at), after="y", within_s=10) for at in (16, 16.1)]
    assert [YES, NO] == [beside(act("x", 5), act("y", at), before="y", within_s=10) for at in (16, 16.1)]


def test_near_to_something_that_never_came_is_not_near() -> None:
    assert [YES, NO] == [beside(act("x", 5), before="y", within_s=within) for within in (None, 10)]


def test_a_find_on_the_wrong_side_is_a_near_miss() -> None:
    early = act("x", 5)
    found = ask(acted(early, act("y", 10)), condition("says", "x", after="y"))
    assert (NO, (early,)) == (found.answer, found.near)


def test_nobody_knows_what_stands_after_a_doubt() -> None:
    doubt = act("y", 5, confidence=0.4)
    for changes in ({"after": "y"}, {"before": "y"}, {"after": "y", "each": True}):
        assert UNSURE is beside(doubt, act("x", 10), **changes)
    assert NO is beside(doubt, after="y")


def test_nobody_knows_what_stands_after_something_without_a_moment() -> None:
    trouble = condition("customer_is", "in_trouble", name="trouble")
    judged = signal(SignalKind.COMPLAINT, 0, 60, "true", confidence=0.9)  # of the whole call, by no words in it
    after = condition("says", "x", after="trouble")
    assert [UNSURE, NO] == [ask(acted(judged, *more), after, trouble).answer for more in ([act("x", 5)], [])]


def test_what_does_not_hold_has_no_moment_to_stand_after() -> None:
    long_hold = condition("measure", "longest_hold", name="long_hold", least=60)
    thanks = condition("says", "x", after="long_hold")
    assert [NO, YES] == [
        ask(acted(signal(HOLD, 2, end, "music"), act("x", 75)), thanks, long_hold).answer for end in (30, 70)
    ]


HOLDS = condition("measure", "holds", name="hold", least=1)


@pytest.mark.parametrize(
    ("thanks", "within_s", "expected"),
    [
        ((12, 32), None, YES),
        ((12, 32), 5, YES),
        ((12,), None, NO),
        ((32,), 5, NO),
        ((32, 34), None, YES),  # each has its own, if late
        ((32,), None, NO),  # one does not do for both
        ((12, 13), None, NO),
        ((), None, NO),
    ],
)
def test_each_moment_needs_its_own(thanks: tuple[float, ...], within_s: float | None, expected: Answer) -> None:
    view = acted(signal(HOLD, 5, 10, "asked"), signal(HOLD, 20, 30, "asked"), *(act("x", at) for at in thanks))
    asked = condition("says", "x", after="hold", each=True, within_s=within_s)
    assert expected is ask(view, asked, HOLDS).answer


def test_each_goes_for_before_too() -> None:
    def answer(*notices: float) -> Answer:
        view = acted(signal(HOLD, 5, 10, "music"), signal(HOLD, 20, 30, "music"), *(act("x", at) for at in notices))
        return ask(view, condition("says", "x", before="hold", each=True, within_s=8), HOLDS).answer

    assert [YES, NO, NO] == [answer(3, 15), answer(3), answer(15)]


def test_each_of_nothing_is_a_no() -> None:
    assert NO is ask(acted(act("x", 5)), condition("says", "x", after="hold", each=True), HOLDS).answer


def test_a_doubtful_find_leaves_its_moment_open() -> None:
    view = acted(signal(HOLD, 5, 10, "asked"), act("x", 12, confidence=0.4))
    assert UNSURE is ask(view, condition("says", "x", after="hold", each=True), HOLDS).answer


# emotion first: empathy after a negative turn and before the first solution that follows it


EMOTION = condition("feels", "negative", name="upset", by=CUSTOMER)
EMPATHY_FIRST = condition("says", "empathy", name="empathy_first", after="upset", before="solution")


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ([feeling(10), act("empathy", 20), act("solution", 30)], YES),
        ([feeling(10), act("solution", 20), act("empathy", 30)], NO),
        ([feeling(10), act("solution", 20)], NO),
        ([feeling(10), act("empathy", 20)], YES),
        ([act("empathy", 5), feeling(10), act("solution", 20)], NO),
        ([act("solution", 2), feeling(10), act("empathy", 20), act("solution", 30)], YES),
        ([feeling(10), act("solution", 20), feeling(30), act("empathy", 40)], NO),
        ([feeling(10), act("solution", 10.5), act("empathy", 20)], YES),  # before it had been said
        ([feeling(10, confidence=0.4), act("empathy", 20), act("solution", 30)], UNSURE),
        ([feeling(10), act("empathy", 20, confidence=0.4), act("solution", 30)], UNSURE),
        ([feeling(10), act("solution", 20, confidence=0.4), act("empathy", 30)], UNSURE),
    ],
)
def test_emotion_first(said: list[Signal], expected: Answer) -> None:
    assert expected is ask(acted(*said), EMPATHY_FIRST, EMOTION).answer


def test_emotion_first_within_a_time_counts_from_the_emotion() -> None:
    asked = replace(EMPATHY_FIRST, within_s=15)
    assert [YES, NO] == [
        ask(acted(feeling(10), act("empathy", at), act("solution", 50)), asked, EMOTION).answer for at in (26, 27)
    ]


# in_order


def ordered(stages: str, said: str, **changes: Any) -> Answer:
    """Whether acts, one letter each and a capital for a doubtful one, come in the order of the stages."""
    acts = [act(label.lower(), 2 * at, confidence=0.4 if label.isupper() else 0.9) for at, label in enumerate(said)]
    return ask(acted(*acts), condition("in_order", *stages, **changes)).answer


@pytest.mark.parametrize(
    ("said", "least", "expected"),
    [
        ("abcd", None, YES),
        ("xaxbxcd", None, YES),
        ("abdc", None, NO),
        ("abdcd", None, YES),  # what comes too early may come again
        ("abd", None, NO),
        ("abd", 3, YES),
        ("dabc", 3, YES),
        ("dcba", 2, NO),
        ("", 1, NO),
        ("abCd", None, UNSURE),
        ("abCd", 3, YES),
        ("aD", 3, NO),
    ],
)
def test_stages_in_order(said: str, least: float | None, expected: Answer) -> None:
    assert expected is ordered("abcd", said, least=least)


def test_a_broken_order_shows_how_far_it_came() -> None:
    found = ask(acted(act("a", 1), act("b", 5)), condition("in_order", "a", "b", "c"))
    assert ["a", "b"] == [hit.label for hit in found.near]
    assert found.turns


def test_a_stage_whose_place_nobody_knows_leaves_the_order_open() -> None:
    trouble = condition("customer_is", "in_trouble", name="trouble")
    judged = signal(SignalKind.COMPLAINT, 0, 60, "true", confidence=0.9)
    assert UNSURE is ask(acted(judged, act("a", 5)), condition("in_order", "trouble", "a"), trouble).answer


# expressions over them


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a and b", YES),
        ("a and c", NO),
        ("a and d", UNSURE),
        ("c or d", UNSURE),
        ("a or d", YES),
        ("not c", YES),
        ("not d", UNSURE),
        ("none of (c, e)", YES),
        ("at least 2 of (a, c, d)", UNSURE),
        ("at least 2 of (a, b, d)", YES),
    ],
)
def test_expressions(text: str, expected: Answer) -> None:
    reader = Reader(acted(act("a", 1), act("b", 3), act("d", 5, confidence=0.4)), {})
    assert expected is reader.evaluate(parse(text)).answer


def test_each_condition_is_looked_at_once() -> None:
    reader = Reader(acted(act("a", 1)), {})
    assert reader.answer("a") is reader.answer("a")
