"""What stands in braces in a phrase, as regular expressions over a line of words (see grammar.py)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from functools import cache

from qa_pipeline.text import names
from qa_pipeline.text.normalise import tokens

END = r"\^?\.?(?= |$)"  # after a word: capitalised or not, last of its sentence or not
ANY_WORD = r"(?: [^ .]+)"  # any word that does not end a sentence
_HAN = "一-鿿"


def slot_names() -> tuple[str, ...]:
    """The names that may stand in braces."""
    return tuple(_ENGLISH)


def slot(name: str, *, chinese: bool, brands: Sequence[str] = (), spell: Callable[[str], str] = str) -> str:
    """The expression of a slot; `brands` are the site's own names and alone {brand} and {company}."""
    if brands and name in ("brand", "company"):
        named = ([spell(token.text.lower()) for token in tokens(brand)] for brand in brands)
        return "(?:" + "|".join("".join(f" {re.escape(word)}{END}" for word in words) for words in named) + ")"
    return (_CHINESE if chinese else _ENGLISH)[name]()


def _any_of(words: Iterable[str]) -> str:
    return "(?:" + "|".join(re.escape(word) for word in sorted(words)) + ")"


def _any() -> str:
    return r" [^ ^.]+" + END


@cache
def _capital(*, company: bool = False) -> str:
    """A capitalised word that is none of those that begin sentences; as a company's first word, no kind of company."""
    others = names.COMPANY_WORDS | names.DEPARTMENT_WORDS if company else frozenset()
    return rf" (?!{_any_of(names.NO_NAMES | others)}\^)[^ ^.]+\^"


def _name() -> str:
    return _capital() + END


@cache
def _brand() -> str:
    joined = r" (?:and|of|for|the|on)"
    return rf"{_capital()}(?:(?:{joined})?{_capital()}){{0,4}}{END}"


@cache
def _company() -> str:
    kind = rf" {_any_of(names.COMPANY_WORDS)}{END}"
    first = _capital(company=True)
    return rf"(?:{first}(?:(?: (?:and|of))?{_capital()}){{0,3}}{kind}|{first}{_capital()}{{3}}{END})"


@cache
def _number() -> str:
    return rf"(?: (?:\d+(?:st|nd|rd|th)?|{_any_of(names.NUMBER_WORDS)}){END}){{1,4}}"


@cache
def _chinese_name() -> str:
    family, given = f" [{''.join(sorted(names.SURNAMES))}]", f" [{_HAN}]"
    other = f"(?! [{''.join(sorted(names.NO_COMPANY))}])"
    return rf"(?:{family}{other}{given}(?:{other}{given})?| [小老阿]{family}){END}"


@cache
def _chinese_characters(least: int, most: int) -> str:
    return rf"(?: (?![{''.join(sorted(names.NO_COMPANY))}])[{_HAN}]){{{least},{most}}}"


def _chinese_brand() -> str:
    return _chinese_characters(2, 8) + END


@cache
def _chinese_company() -> str:
    endings = "|".join("".join(f" {char}" for char in ending) for ending in names.COMPANY_ENDINGS)
    return rf"{_chinese_characters(2, 5)}(?:{endings}){END}"


def _chinese_number() -> str:
    return rf"(?: (?:\d+|[{names.CHINESE_DIGITS}]){END}){{1,6}}"


_ENGLISH: dict[str, Callable[[], str]] = {
    "any": _any,
    "name": _name,
    "number": _number,
    "brand": _brand,
    "company": _company,
}
_CHINESE: dict[str, Callable[[], str]] = {
    "any": _any,
    "name": _chinese_name,
    "number": _chinese_number,
    "brand": _chinese_brand,
    "company": _chinese_company,
}
