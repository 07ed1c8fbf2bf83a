"""What asks and what only looks like it."""

from __future__ import annotations

import pytest

from qa_pipeline.text.questions import questions


def asked(text: str, language: str) -> list[str]:
    return [text[start:end].strip() for start, end, _ in questions(text, language)]


def test_a_mark_makes_a_question_and_each_sentence_counts() -> None:
    assert ["Who are you?", "Where?"] == asked("Who are you? I see. Where?", "en")
    assert ["您贵姓？", "电话多少？"] == asked("您贵姓？好的。电话多少？", "zh")


@pytest.mark.parametrize(
    "text",
    [
        "can you tell me your account number",
        "okay and what is your date of birth",
        "so when will it arrive",
        "how long does that take",
        "how much is it",
        "what's the number on the back",
        "did you get my email",
        "isn't there a cheaper one",
        "right and which colour would you like",
    ],
)
def test_english_without_marks_is_told_by_its_words(text: str) -> None:
    assert [text] == asked(text, "en")


@pytest.mark.parametrize(
    "text",
    [
        "when I called nobody answered",
        "what you did was wrong",
        "how nice of you",
        "I do not know what it is",
        "you can have a refund",
        "yes I would like that",
        "whatever you say",
        "Can you believe it.",
        "which I never got",
        "where they left it",
    ],
)
def test_english_that_only_looks_like_a_question_is_none(text: str) -> None:
    assert [] == asked(text, "en")


@pytest.mark.parametrize(
    "text",
    [
        "您是要退货吗",
        "您是要退货吗，我帮您查一下",
        "您住在哪里呢。",
        "什么时候能到",
        "请问您的订单号是多少",
        "能不能便宜一点",
        "您方不方便报一下身份证号",
        "那为什么扣了我两次钱",
        "这个要等多久",
    ],
)
def test_chinese_is_told_by_particles_and_words(text: str) -> None:
    assert [text] == asked(text, "zh")


@pytest.mark.parametrize(
    "text",
    [
        "没什么问题",
        "我不知道怎么办",
        "还没到呢",
        "我正在查呢",
        "是呢",
        "有什么问题您随时联系我们",
        "我帮您查一下是不是到了",
        "什么都可以",
        "他说了怎么弄。",
        "好的我明白了",
    ],
)
def test_chinese_that_only_looks_like_a_question_is_none(text: str) -> None:
    assert [] == asked(text, "zh")


def test_a_mark_is_surer_than_words() -> None:
    (marked,), (bare,) = (list(questions(text, "en")) for text in ("what is it?", "what is it"))
    assert marked[2] > bare[2]
