"""How a character sounds."""

from __future__ import annotations

import pytest

from qa_pipeline.text.sound import sound_of


@pytest.mark.parametrize(("one", "other"), [("他", "她"), ("诗", "思"), ("程", "陈"), ("心", "星"), ("急", "记")])
def test_what_recognition_confuses_sounds_the_same(one: str, other: str) -> None:
    assert sound_of(one) == sound_of(other)


@pytest.mark.parametrize(("one", "other"), [("南", "兰"), ("买", "票"), ("a", "b")])
def test_other_sounds_are_told_apart(one: str, other: str) -> None:
    assert sound_of(one) != sound_of(other)
