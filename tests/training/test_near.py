"""When two lines are nearly one."""

from __future__ import annotations

import pytest

from qa_pipeline.training.near import near


@pytest.mark.parametrize(
    ("text", "other"),
    [
        ("Thank you for calling, goodbye.", "thank you for calling good-bye"),
        ("Where is my parcel? I have waited for a week.", "Where is my parcel, I have waited for weeks"),
        ("我的快递到底什么时候到", "我的快递什么时候到"),
        ("Goodbye, and thank you for your call today", "Thank you for your call today. Goodbye, and"),  # turned round
    ],
)
def test_what_differs_by_a_few_signs_or_in_order_is_near(text: str, other: str) -> None:
    assert [text] == near([text], ["Something else altogether.", other])
    assert [other] == near([other], [text])


@pytest.mark.parametrize(
    ("text", "other"),
    [("Where is my parcel?", "Where is my bill?"), ("我的快递到了", "我的账单错了"), ("Yes.", "No.")],
)
def test_other_words_in_the_same_frame_are_not(text: str, other: str) -> None:
    assert [] == near([text], [other])
    assert [] == near([text], [])
