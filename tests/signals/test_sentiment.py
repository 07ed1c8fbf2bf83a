"""What the customer's words express."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from qa_pipeline.domain import SignalKind
from qa_pipeline.signals.sentiment import Sentiment
from qa_pipeline.testing.timed import AGENT, CUSTOMER, call, turn
from qa_pipeline.testing.word_encoder import WordEncoder, word_head
from qa_pipeline.text.embed import SentenceEncoder
from qa_pipeline.text.head import load

WORDS = WordEncoder("awful", "lovely")
HEAD = replace(
    word_head(WORDS, {"negative": {"awful": 0.9}, "neutral": {}, "positive": {"lovely": 0.9}}), exclusive=True
)


def test_every_customer_turn_gets_a_label_and_the_agents_get_none() -> None:
    view = call(turn(CUSTOMER, 0, 2, "awful!"), turn(AGENT, 3, 5, "awful"), turn(CUSTOMER, 6, 7, "so lovely"))
    found = Sentiment(WORDS, HEAD)(view)
    assert [(one.kind, one.turn, one.label, one.quote) for one in found] == [
        (SignalKind.SENTIMENT, 0, "negative", "awful!"),
        (SignalKind.SENTIMENT, 2, "positive", "so lovely"),
    ]


def test_the_value_goes_from_minus_one_to_one_and_confidence_is_of_the_label() -> None:
    bad, good = Sentiment(WORDS, HEAD)(call(turn(CUSTOMER, 0, 2, "awful"), turn(CUSTOMER, 6, 7, "lovely")))
    assert bad.value is not None
    assert good.value == -bad.value
    assert 0.5 < good.value < good.confidence < 1


def test_a_call_without_the_customers_words_has_no_sentiment() -> None:
    assert Sentiment(WORDS, HEAD)(call(turn(AGENT, 0, 2))) == ()


@pytest.mark.models
@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("This is ridiculous, I have been waiting for three weeks and nobody cares.", "negative"),
        ("That's wonderful, thank you so much, you have been really helpful.", "positive"),
        ("My account number is four four seven one.", "neutral"),
        ("太过分了，等了三个星期都没有人管。", "negative"),
        ("太好了，真是太感谢你了，帮了我大忙。", "positive"),
        ("我的手机尾号是四四七一。", "neutral"),
    ],
)
def test_clear_lines_are_judged_right_in_both_languages(
    text: str, label: str, encoder: SentenceEncoder, repository: Path
) -> None:
    detector = Sentiment(encoder, load(repository / "models/sentiment/head.json"))
    assert [one.label for one in detector(call(turn(CUSTOMER, 0, 5, text)))] == [label]
