from __future__ import annotations

from qa_pipeline.text.sentences import sentences


def parts(text: str, language: str) -> list[str]:
    return [text[start:end] for start, end in sentences(text, language)]


def test_english_sentences() -> None:
    assert ["Hello.", "We open at 9.30 a.m. on Monday.", "All right?"] == parts(
        "Hello. We open at 9.30 a.m. on Monday. All right?", "en"
    )


def test_chinese_sentences() -> None:
    assert ["您好。", "请问有什么可以帮您？"] == parts("您好。请问有什么可以帮您？", "zh")


def test_text_without_punctuation_is_one_sentence() -> None:
    assert ["thank you for calling have a great day"] == parts("thank you for calling have a great day", "en")
