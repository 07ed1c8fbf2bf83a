"""Where sentences end, by spaCy's rules for the language ("9.30 a.m." ends none)."""

from __future__ import annotations

from functools import cache, lru_cache
from typing import Any


@lru_cache(maxsize=4096)  # several layers ask for the same turns
def sentences(text: str, language: str) -> tuple[tuple[int, int], ...]:
    """(start, end) of each sentence of a turn, in characters. Text without punctuation is one sentence.

    >>> sentences("One moment. Bear with me.", "en")
    ((0, 11), (12, 25))
    """
    return tuple((sent.start_char, sent.end_char) for sent in _splitter(language)(text).sents)


@cache
def _splitter(language: str) -> Any:  # noqa: ANN401 - spaCy's pipelines are compiled
    import spacy  # noqa: PLC0415 - a second of import

    splitter = spacy.blank("zh" if language == "zh" else "en")
    splitter.add_pipe("sentencizer", config={"punct_chars": [*".!?…", *"。！？；"]})
    return splitter
