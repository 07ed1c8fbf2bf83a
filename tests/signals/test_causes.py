"""Whether the customer complains, and of what."""

from __future__ import annotations

from pathlib import Path

import pytest

from qa_pipeline.domain import Signal, SignalKind, Turn, TurnFlag
from qa_pipeline.signals.causes import Causes
from qa_pipeline.testing.timed import AGENT, CUSTOMER, call, turn
from qa_pipeline.testing.word_encoder import WordEncoder, word_head
from qa_pipeline.text.embed import SentenceEncoder
from qa_pipeline.text.head import load

WORDS = WordEncoder("bad", "hmm", "odd", "bill", "late")
COMPLAINT = word_head(WORDS, {"true": {"bad": 0.9, "hmm": 0.4, "odd": 0.6}})
CAUSES = word_head(WORDS, {"billing_error": {"bill": 0.8}, "delivery_delay": {"late": 0.7}})


def found(*turns: Turn) -> tuple[Signal, ...]:
    return Causes(WORDS, complaint=COMPLAINT, causes=CAUSES)(call(*turns))


def causes(*turns: Turn) -> list[tuple[str, int | None, float]]:
    return [(one.label, one.turn, one.confidence) for one in found(*turns) if one.kind is SignalKind.CAUSE]


def complaint(*turns: Turn) -> tuple[str, float | None, float]:
    (only,) = (one for one in found(*turns) if one.kind is SignalKind.COMPLAINT)
    return only.label, only.value, only.confidence


def test_one_turn_that_complains_makes_the_call_a_complaint() -> None:
    assert complaint(turn(CUSTOMER, 0, 2, "how are you today"), turn(CUSTOMER, 5, 9, "it is very bad")) == (
        "true",
        0.9,
        0.9,
    )


def test_a_call_without_any_is_none() -> None:
    assert complaint(turn(CUSTOMER, 0, 2, "how are you today")) == ("false", 0.01, 0.99)


def test_just_under_the_threshold_nobody_can_tell() -> None:
    assert complaint(turn(CUSTOMER, 0, 2, "hmm how are you")) == ("unsure", 0.4, 0.6)


def test_the_complaint_is_about_the_whole_call() -> None:
    (only,) = found(turn(CUSTOMER, 5, 6, "how are you today"))
    assert (0, 60_000) == (only.start_ms, only.end_ms)


def test_a_turn_may_name_several_causes_and_is_quoted() -> None:
    said = turn(CUSTOMER, 5, 9, "bad bill and late too")
    assert causes(turn(AGENT, 0, 4), said) == [("billing_error", 1, 0.8), ("delivery_delay", 1, 0.7)]
    assert {one.quote for one in found(said) if one.kind is SignalKind.CAUSE} == {"bad bill and late too"}


def test_a_cause_in_a_turn_that_does_not_complain_is_none() -> None:
    assert causes(turn(CUSTOMER, 0, 2, "please send my bill"), turn(CUSTOMER, 5, 9, "it is very bad")) == []


def test_who_does_not_surely_complain_is_given_no_cause() -> None:
    doubtful = turn(CUSTOMER, 0, 4, "that is an odd bill")
    assert ("unsure", []) == (complaint(doubtful)[0], causes(doubtful))
    assert ["billing_error"] == [name for name, *_ in causes(doubtful, turn(CUSTOMER, 5, 9, "it is very bad"))]


def test_the_agents_words_too_short_ones_and_flagged_ones_do_not_count() -> None:
    flagged = turn(CUSTOMER, 5, 9, "it is a bad bill", flags=(TurnFlag.LOOP,))
    assert complaint(turn(AGENT, 0, 2, "it is a bad bill"), flagged, turn(CUSTOMER, 10, 11, "bad bill"))[0] == "unsure"


def test_a_call_in_which_the_customer_says_nothing_is_no_complaint() -> None:
    assert complaint(turn(AGENT, 0, 2)) == ("false", 0.0, 1.0)


@pytest.fixture(scope="module")
def trained(encoder: SentenceEncoder, repository: Path) -> Causes:
    home = repository / "models/causes"
    return Causes(encoder, complaint=load(home / "complaint.json"), causes=load(home / "causes.json"))


@pytest.mark.models
@pytest.mark.parametrize(
    ("text", "cause"),
    [
        ("You have charged me twice this month and nobody has put it right.", "billing_error"),
        ("My parcel was due last Monday and it still hasn't arrived.", "delivery_delay"),
        ("The man I spoke to yesterday was rude and hung up on me.", "agent_attitude"),
        ("你们这个月重复扣了我两次费，账单根本不对。", "billing_error"),
        ("我的快递说好周一到，到现在还没送来。", "delivery_delay"),
        ("上次那个客服态度特别差，直接挂我电话。", "agent_attitude"),
    ],
)
def test_clear_complaints_are_known_with_their_cause(text: str, cause: str, trained: Causes) -> None:
    signals = trained(call(turn(CUSTOMER, 0, 5, text)))
    assert [one.label for one in signals if one.kind is SignalKind.COMPLAINT] == ["true"]
    assert cause in [one.label for one in signals if one.kind is SignalKind.CAUSE]


@pytest.mark.models
@pytest.mark.parametrize(
    "text",
    [
        "I would like to change my address, please.",
        "Could you tell me when you are open on Saturday?",
        "我想改一下收货地址。",
        "请问你们周六几点开门？",
    ],
)
def test_plain_requests_are_no_complaints(text: str, trained: Causes) -> None:
    (only,) = trained(call(turn(CUSTOMER, 0, 5, text)))
    assert only.label == "false"
