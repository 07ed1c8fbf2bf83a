"""One spelling for matching: width, case, script. What people read is never changed by this."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

# "'d" is left out of the endings: it is "would" or "had"
_ENDINGS = {"'m": "am", "'re": "are", "'ve": "have", "'ll": "will"}
_WHOLE = {
    "cannot": ("can", "not"),
    "can't": ("can", "not"),
    "won't": ("will", "not"),
    "let's": ("let", "us"),
    "gonna": ("going", "to"),
    "wanna": ("want", "to"),
    "gotta": ("got", "to"),
}
_IS = frozenset("it that what here there he she who where how everything anything".split())
_TOKEN = re.compile(r"[㐀-䶿一-鿿]|[$£€](?=\d)|%|[^\W_㐀-䶿一-鿿]+(?:['’][^\W_㐀-䶿一-鿿]+)*")
_SIGNS = {"$": "dollars", "£": "pounds", "€": "euros", "%": "percent"}  # written before or after the number alike


@dataclass(frozen=True, slots=True)
class Token:
    """A word (for Chinese one character) and its place, `text[start:end]`. Short forms give two tokens at one place."""

    text: str
    start: int
    end: int


def simplify(text: str) -> str:
    """Simplified characters for traditional ones; everything else as it was.

    >>> simplify("請問還有其他問題嗎")
    '请问还有其他问题吗'
    """
    return str(_converter().convert(text)) if _has_han(text) else text


@lru_cache(maxsize=4096)  # several layers ask for the same turns
def tokens(text: str) -> tuple[Token, ...]:
    """The words of a text without punctuation; Chinese by character in simplified script, English short forms opened.

    Case is kept: names are told by it.

    >>> [token.text for token in tokens("I'm sorry，请稍等。")]
    ['I', 'am', 'sorry', '请', '稍', '等']
    """
    found: list[Token] = []
    for match in _TOKEN.finditer(text):
        start, end = match.span()
        word = unicodedata.normalize("NFKC", match.group()).replace("’", "'")
        if _has_han(word):
            found.append(Token(simplify(word), start, end))
        else:
            found += [Token(part, start, end) for part in _open(word)]
    return tuple(found)


def _open(word: str) -> tuple[str, ...]:
    """The words in an English short form."""
    low = word.lower()
    if low in _SIGNS:
        return (_SIGNS[low],)
    if low in _WHOLE:
        return _WHOLE[low]
    if low.endswith("n't"):
        return (word[:-3], "not")
    for ending, full in _ENDINGS.items():
        if low.endswith(ending):
            return (word[: -len(ending)], full)
    if low.endswith("'s") and low[:-2] in _IS:
        return (word[:-2], "is")
    return (word,)


def _has_han(text: str) -> bool:
    return any("㐀" <= char <= "鿿" for char in text)


@cache
def _converter() -> Any:  # noqa: ANN401 - opencc has no types
    import opencc  # noqa: PLC0415 - reads its dictionaries

    return opencc.OpenCC("t2s")
