"""Causes that a site adds with ten sentences each, with the real encoder."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from qa_pipeline.domain import Cause, ModelError, Taxonomy
from qa_pipeline.testing.word_encoder import WordEncoder
from qa_pipeline.text.embed import SentenceEncoder
from qa_pipeline.text.own_causes import OwnCauses, read_background

PARKING = {
    "en": (
        "The car park was full again when I came for my appointment.",
        "I had to drive round for twenty minutes to find a space.",
        "There's nowhere to park near your branch.",
        "I got a ticket in your own car park.",
        "The barrier wouldn't let me out of the car park.",
        "Your parking is impossible on Saturdays.",
        "All the disabled bays were taken by staff cars.",
        "I couldn't park anywhere and missed my slot.",
        "The parking machine was out of order and then I got fined.",
        "You built forty flats and ten parking spaces.",
    ),
    "zh": (
        "你们门口根本没地方停车。",
        "我转了二十分钟都找不到车位。",
        "停车场又满了,害我迟到。",
        "在你们自己的停车场还被贴了罚单。",
        "停车场的杆子抬不起来,出都出不去。",
        "周末来你们这儿停车太难了。",
        "残疾人车位全被你们员工占了。",
        "停不了车,我的预约都错过了。",
        "停车缴费机坏了,最后还罚我钱。",
        "这么大的商场才十个车位,怎么停啊。",
    ),
}


@pytest.fixture(scope="module")
def own(encoder: SentenceEncoder, repository: Path) -> OwnCauses:
    parking = Cause(name="parking", group="product", owner="facilities", titles={}, examples=PARKING)
    background = read_background(repository / "models" / "causes" / "background.safetensors")
    return OwnCauses(Taxonomy({"parking": parking}), encoder, background)


@pytest.mark.models
@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("honestly there was not one free parking space when we got there", "en"),
        ("I was fined for parking in the customer car park, that's not right.", "en"),
        ("I couldn't get a parking space at your shop and got a fine outside", "en"),
        ("你们那停车位也太少了吧,我绕了好几圈", "zh"),
        ("停车场满了没人管,我只能停路边被罚了", "zh"),
    ],
)
def test_what_is_like_the_examples_is_found(text: str, language: str, own: OwnCauses) -> None:
    found = own.found(text, language)
    assert ["parking"] == list(found)
    assert 0.5 <= found["parking"] <= 0.9


@pytest.mark.models
@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("I've been charged twice for the same order.", "en"),
        ("The parcel never came and nobody answers.", "en"),
        ("My car insurance went up without a word.", "en"),
        ("Your adviser was rude to me on the phone.", "en"),
        ("你们这个月多扣了我两次钱。", "zh"),
        ("快递一直没到,打电话也没人接。", "zh"),
        ("车险莫名其妙涨价了。", "zh"),
    ],
)
def test_what_is_about_something_else_is_not(text: str, language: str, own: OwnCauses) -> None:
    assert {} == own.found(text, language)


def test_another_background_has_another_fingerprint() -> None:
    parking = Cause(name="parking", group="product", owner="facilities", titles={}, examples=PARKING)
    known, words = Taxonomy({"parking": parking}), WordEncoder("park")
    one, same, other = (OwnCauses(known, words, {"en": np.full((1, 1), value, np.float32)}) for value in (1, 1, 0))
    assert one.fingerprint == same.fingerprint != other.fingerprint


def test_a_background_that_is_missing_is_told(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="qa train causes"):
        read_background(tmp_path / "background.safetensors")
