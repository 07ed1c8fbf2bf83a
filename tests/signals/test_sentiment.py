"""What the customer's words express."""

from __future__ import annotations

from pathlib import Path

import pytest

from qa_pipeline.domain import CallView, Party, Signal, SignalKind, TurnFlag
from qa_pipeline.signals.sentiment import Sentiment
from qa_pipeline.testing.timed import AGENT, CUSTOMER, call, turn
from qa_pipeline.testing.word_tagger import WordTagger
from qa_pipeline.text.embed import SentenceEncoder
from qa_pipeline.text.tagger import TextTagger

TAGGER = WordTagger(
    {"negative": {"awful": 0.9}, "neutral": {"number": 0.9}, "positive": {"lovely": 0.9}}, rare=0.05, exclusive=True
)


def felt(view: CallView, kind: SignalKind = SignalKind.SENTIMENT) -> list[Signal]:
    return [one for one in Sentiment(TAGGER)(view) if one.kind is kind]


def dialogue(*lines: tuple[Party, str]) -> CallView:
    return call(*(turn(party, 5 * at, 5 * at + 4, text) for at, (party, text) in enumerate(lines)))


def test_every_customer_turn_gets_a_label() -> None:
    view = dialogue((CUSTOMER, "awful!"), (AGENT, "awful"), (CUSTOMER, "so lovely"))
    assert [(one.turn, one.label, one.quote) for one in felt(view)] == [
        (0, "negative", "awful!"),
        (2, "positive", "so lovely"),
    ]


def test_every_agent_turn_gets_a_tone() -> None:
    view = dialogue((CUSTOMER, "awful!"), (AGENT, "lovely"), (CUSTOMER, "so lovely"))
    assert [(one.turn, one.party, one.label) for one in felt(view, SignalKind.TONE)] == [(1, AGENT, "positive")]


def test_the_value_goes_from_minus_one_to_one_and_confidence_is_of_the_label() -> None:
    bad, good = felt(dialogue((CUSTOMER, "awful"), (CUSTOMER, "lovely")))
    assert (-0.85, 0.9, 0.85, 0.9) == (bad.value, bad.confidence, good.value, good.confidence)


def test_a_long_turn_is_what_its_pieces_are_on_average() -> None:
    (mixed,) = felt(dialogue((CUSTOMER, "One awful. Two awful. Three awful. Then lovely.")))
    assert mixed.value == 0


def test_flagged_turns_and_those_of_nobody_known_are_left_out() -> None:
    view = call(turn(CUSTOMER, 0, 4, "awful", flags=(TurnFlag.LOOP,)), turn(Party.UNKNOWN, 5, 9, "awful"))
    assert Sentiment(TAGGER)(view) == ()


def turning(*lines: tuple[Party, str]) -> list[tuple[str, str]]:
    return [(one.label, one.quote) for one in felt(dialogue(*lines), SignalKind.TURNING_POINT)]


def test_the_mood_turns_after_the_agents_last_turn() -> None:
    assert turning(
        (CUSTOMER, "my number"),
        (AGENT, "hello"),
        (AGENT, "no"),
        (CUSTOMER, "awful"),
        (AGENT, "here"),
        (CUSTOMER, "lovely"),
    ) == [("worse", "no"), ("better", "here")]


def test_the_mood_does_not_turn_on_a_mere_acknowledgement() -> None:
    lines = [(CUSTOMER, "my number"), (AGENT, "hello"), (CUSTOMER, "my number"), (AGENT, "mm-hm okay")]
    assert turning(*lines, (CUSTOMER, "awful")) == [("worse", "hello")]
    assert turning(lines[0], lines[-1], (CUSTOMER, "awful")) == [("worse", "mm-hm okay")]


def test_calm_after_anger_is_no_turning_point_yet_and_anger_from_the_start_none() -> None:
    assert (
        turning((CUSTOMER, "awful"), (AGENT, "yes"), (CUSTOMER, "my number"), (AGENT, "so"), (CUSTOMER, "awful")) == []
    )
    assert turning((CUSTOMER, "awful"), (AGENT, "a"), (CUSTOMER, "number"), (AGENT, "b"), (CUSTOMER, "lovely")) == [
        ("better", "b")
    ]


def test_what_the_mood_rests_on_must_be_sure() -> None:
    assert turning((CUSTOMER, "my number"), (AGENT, "no"), (CUSTOMER, "awful and lovely")) == []


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
    detector = Sentiment(TextTagger(repository / "models/sentiment", encoder))
    assert [one.label for one in detector(call(turn(CUSTOMER, 0, 5, text)))] == [label]


@pytest.mark.models
@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("I am very sorry about that.", "neutral"),
        ("I'm afraid your claim has been declined because the policy had lapsed.", "neutral"),
        ("Well, if you had read the letter we would not be having this conversation.", "negative"),
        ("非常抱歉给您带来不便。", "neutral"),
        ("我不是跟您说过了吗，您自己不看短信怪谁。", "negative"),
    ],
)
def test_an_agents_tone_is_towards_the_customer_whatever_the_facts(
    text: str, label: str, encoder: SentenceEncoder, repository: Path
) -> None:
    detector = Sentiment(TextTagger(repository / "models/sentiment", encoder))
    assert [one.label for one in detector(call(turn(AGENT, 0, 5, text)))] == [label]
