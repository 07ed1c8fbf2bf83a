from __future__ import annotations

import re

import pytest

from qa_pipeline.domain import Party
from qa_pipeline.text.grammar import PhraseError, expression, least_words, read, words_of
from qa_pipeline.text.phrases import Act, PhraseBook


def found(phrase: str, text: str, *, language: str = "en", brands: tuple[str, ...] = (), unless: str = "") -> list[str]:
    act = Act(name="act", party=Party.AGENT, phrases=(phrase,), unless=(unless,) if unless else ())
    book = PhraseBook([act], language=language, brands=brands)
    return [text[hit.start : hit.end] for hit in book.search(text) if hit.method == "phrase"]


@pytest.mark.parametrize(
    ("phrase", "text", "expected"),
    [
        ("anything else", "Is there anything else?", ["anything else"]),
        ("anything else", "ANYTHING, else", ["ANYTHING, else"]),
        ("i am sorry", "I'm sorry.", ["I'm sorry"]),
        ("(help|assist) you", "Can I assist you?", ["assist you"]),
        ("(help|be of service to) you", "To be of service to you", ["be of service to you"]),
        ("[please] hold on", "Please hold on", ["Please hold on"]),
        ("[please] hold on", "hold on", ["hold on"]),
        ("thank you ... holding", "Thank you very much for holding", ["Thank you very much for holding"]),
        ("thank you ... holding", "Thank you for being so kind and holding", []),
        ("sorry ... repeat", "I am sorry. Could you repeat that?", []),
        ("one ([or two] moments|second)", "one or two moments", ["one or two moments"]),
        ("my name is {name}", "my name is Laura", ["my name is Laura"]),
        ("my name is {name}", "my name is on the list", []),
        ("this is {name}", "This is Just a test", []),
        ("{number} days", "in twenty five days or 3 days", ["twenty five days", "3 days"]),
        ("{number} pounds", "That is £38.", []),
        ("pounds {number}", "That is £38.", ["£38"]),
        ("calling {brand}", "for calling Marks and Spencer today", ["calling Marks and Spencer"]),
        ("calling {brand}", "for calling the bank", []),
        ("{company}", "Good morning, Northwind Mobile", ["Northwind Mobile"]),
        ("{company}", "Good morning, Home Insurance", []),
        ("{company}", "Good morning, Laura Bennett", []),
        ("{company}", "this is Harper Valley National Bake", ["Harper Valley National"]),
        ("about {any} bill", "about your bill", ["about your bill"]),
    ],
)
def test_english_phrase_finds(phrase: str, text: str, expected: list[str]) -> None:
    assert expected == found(phrase, text)


@pytest.mark.parametrize(
    ("phrase", "text", "expected"),
    [
        ("还有(其他|别的)...可以帮", "请问还有别的什么可以帮您", ["还有别的什么可以帮"]),
        ("还有其他问题", "還有其他問題嗎", ["還有其他問題"]),
        ("请[您]稍等", "请，您稍等。", ["请，您稍等"]),
        ("{number}天之内", "3天之内，十五天之内", ["3天之内", "十五天之内"]),
        ("我是[客服]{name}", "我是客服李晓雯请问", ["我是客服李晓雯"]),
        ("我是{name}", "我是理解您的", []),
        ("{company}", "您好北风电信", ["北风电信"]),
        ("{company}", "您好技术支持", []),
        ("致电{brand}", "感谢致电携程请问", ["致电携程"]),
    ],
)
def test_chinese_phrase_finds(phrase: str, text: str, expected: list[str]) -> None:
    assert expected == found(phrase, text, language="zh")


def test_site_brand_stands_for_brand_and_company_alone() -> None:
    brands = ("harper valley national bank",)
    assert ["this is harper valley national bank"] == found(
        "this is {company}", "this is harper valley national bank", brands=brands
    )
    assert [] == found("this is {brand}", "this is Northwind Mobile", brands=brands)


def test_the_same_words_in_forbidden_surroundings_do_not_count() -> None:
    assert [] == found("anything else", "is there anything else i need to do", unless="anything else i need to")


@pytest.mark.parametrize(
    ("phrase", "complaint"),
    [
        ("(help|assist you", "missing"),
        ("help) you", "too many"),
        ("[please]", "names no word"),
        ("...", "names no word"),
        ("(help|) you", "empty"),
        ("(help)? you", "square brackets"),
        ("{nobody} speaking", "unknown"),
        ("", "names no word"),
    ],
)
def test_phrase_that_cannot_be_read_says_why(phrase: str, complaint: str) -> None:
    with pytest.raises(PhraseError, match=complaint):
        read(phrase, chinese=False)


def test_least_words_counts_the_shortest_way_through() -> None:
    tree = read("[please] (stay on the line|hold) {any} now", chinese=False)
    assert 3 == least_words(tree)
    assert 2 == least_words(tree, slots=0)
    assert {"please", "stay", "on", "the", "line", "hold", "now"} == words_of(tree)


def test_many_combinations_stay_one_expression() -> None:
    phrase = " ".join(["(" + "|".join(f"w{i}x{j}" for j in range(20)) + ")" for i in range(12)])
    assert re.compile(expression(read(phrase, chinese=False), chinese=False))
