"""Answers combined: three-valued logic."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa_pipeline.domain import Answer, SignalKind
from qa_pipeline.rules.seen import Seen, at_least, opposite
from qa_pipeline.testing.dummies import a_signal, a_turn

LETTERS = {"Y": Answer.YES, "N": Answer.NO, "?": Answer.UNSURE}
SOME = st.lists(st.builds(Seen, answer=st.sampled_from(Answer), confidence=st.floats(0, 1)), min_size=1, max_size=6)


def seen(letter: str, confidence: float = 0.9) -> Seen:
    return Seen(answer=LETTERS[letter], confidence=confidence)


def answer(count: int, letters: str) -> str:
    found = at_least(count, [seen(letter) for letter in letters]).answer
    return next(letter for letter, one in LETTERS.items() if one is found)


@pytest.mark.parametrize(("given_", "expected"), [("Y", "N"), ("N", "Y"), ("?", "?")])
def test_not(given_: str, expected: str) -> None:
    assert LETTERS[expected] is opposite(seen(given_)).answer


@pytest.mark.parametrize(
    ("pair", "both", "either"),
    [
        ("YY", "Y", "Y"),
        ("YN", "N", "Y"),
        ("Y?", "?", "Y"),
        ("NN", "N", "N"),
        ("N?", "N", "?"),
        ("??", "?", "?"),
    ],
)
def test_and_or(pair: str, both: str, either: str) -> None:
    for letters in (pair, pair[::-1]):
        assert (both, either) == (answer(2, letters), answer(1, letters))


@pytest.mark.parametrize(
    ("letters", "expected"), [("YYN", "Y"), ("YN?", "?"), ("NN?", "N"), ("Y??", "?"), ("YY?", "Y"), ("N??", "?")]
)
def test_two_of_three(letters: str, expected: str) -> None:
    assert expected == answer(2, letters)


def test_an_answer_is_as_sure_as_the_least_sure_of_those_it_needs() -> None:
    parts = [seen("Y", 0.9), seen("Y", 0.6), seen("Y", 0.8), seen("N", 0.3)]
    assert [0.9, 0.8, 0.6] == [at_least(count, parts).confidence for count in (1, 2, 3)]
    assert 0.3 == at_least(4, parts).confidence


def test_an_answer_rests_on_what_decided_it_alone() -> None:
    said, other = a_signal(SignalKind.ACT, "said"), a_signal(SignalKind.ACT, "other")
    turn = a_turn()
    yes = Seen(answer=Answer.YES, hits=(said, said), parts=("one",))
    no = Seen(answer=Answer.NO, near=(other,), turns=(turn,), parts=("two",))
    either, both = at_least(1, [yes, no]), at_least(2, [yes, no])
    assert (("one",), (said,), ()) == (either.parts, either.hits, either.turns)
    assert (("two",), (), (other,), (turn,)) == (both.parts, both.hits, both.near, both.turns)


def test_not_keeps_what_it_rests_on() -> None:
    found = Seen(answer=Answer.YES, confidence=0.7, hits=(a_signal(),), parts=("one",))
    assert (found.hits, found.parts, 0.7) == (
        opposite(found).hits,
        opposite(found).parts,
        opposite(found).confidence,
    )


@given(parts=SOME, data=st.data())
def test_no_answer_is_more_than_the_parts_allow(parts: list[Seen], data: st.DataObject) -> None:
    count = data.draw(st.integers(1, len(parts)))
    found = at_least(count, parts)
    true = sum(part.answer is Answer.YES for part in parts)
    possible = true + sum(part.answer is Answer.UNSURE for part in parts)
    assert (found.answer is Answer.YES) == (true >= count)
    assert (found.answer is Answer.NO) == (possible < count)
    assert found.confidence in {part.confidence for part in parts if part.answer is found.answer}


@given(parts=SOME, data=st.data())
def test_what_becomes_clear_later_never_turns_an_answer_round(parts: list[Seen], data: st.DataObject) -> None:
    count = data.draw(st.integers(1, len(parts)))
    before = at_least(count, parts).answer
    cleared = [part if part.answer is not Answer.UNSURE else seen(data.draw(st.sampled_from("YN?"))) for part in parts]
    assert before in (Answer.UNSURE, at_least(count, cleared).answer)


@given(parts=SOME, data=st.data())
def test_at_least_so_many_are_not_is_not_at_least_the_rest(parts: list[Seen], data: st.DataObject) -> None:
    """De Morgan, for counts."""
    count = data.draw(st.integers(1, len(parts)))
    turned = at_least(len(parts) - count + 1, [opposite(part) for part in parts])
    assert opposite(at_least(count, parts)).answer is turned.answer
