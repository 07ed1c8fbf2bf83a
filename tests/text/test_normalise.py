"""One spelling for matching."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa_pipeline.text.normalise import simplify, tokens


def words(text: str) -> list[str]:
    return [token.text for token in tokens(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Hello, how are you?", "Hello how are you"),
        ("I'm sure you've seen we'll call", "I am sure you have seen we will call"),
        ("don’t can't won't cannot", "do not can not will not can not"),
        ("it's Ann's", "it is Ann's"),
        ("I'd", "I'd"),
        ("gonna", "going to"),
        ("$30 and 5%", "dollars 30 and 5 percent"),
        ("ＶＩＰ１２", "VIP12"),
        ("mm-hm", "mm hm"),
        ("", ""),
        ("…—!?", ""),
    ],
)
def test_english_is_opened_into_plain_words(text: str, expected: str) -> None:
    assert words(text) == expected.split()


def test_chinese_is_taken_by_character_in_simplified_script() -> None:
    assert words("請問您的VIP號碼是12嗎？") == ["请", "问", "您", "的", "VIP", "号", "码", "是", "12", "吗"]


def test_simplifying_leaves_everything_else_alone() -> None:
    assert simplify("Hello, 您好。") == "Hello, 您好。"
    assert simplify("還有其他問題嗎？OK") == "还有其他问题吗？OK"


ANY = st.text(st.one_of(st.characters(codec="utf-8"), st.sampled_from("ab'’ 1$%您請。,.-")), max_size=40)


@given(text=ANY)
def test_tokens_stand_in_the_text_in_order(text: str) -> None:
    found = tokens(text)
    assert all(0 <= one.start < one.end <= len(text) for one in found)
    assert all(
        sooner.end <= later.start or (sooner.start, sooner.end) == (later.start, later.end)
        for sooner, later in pairwise(found)
    )


@given(text=ANY)
def test_no_token_is_empty(text: str) -> None:
    assert all(words(text))


@given(text=st.text("ab '您請问。", max_size=30))
def test_case_is_kept_and_two_parts_at_most_stand_at_one_place(text: str) -> None:
    places = [(one.start, one.end) for one in tokens(text)]
    assert all(places.count(place) <= 2 for place in places)
