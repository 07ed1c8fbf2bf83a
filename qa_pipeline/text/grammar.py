"""The small language in which QA people write phrases.

    anything else i can help          these words, in this order, whatever the punctuation and case
    (help|assist) you                 one of these; each may have several words
    [kindly] hold on                  may be there or not
    thank you ... holding             up to three other words of the same sentence (six characters in Chinese)
    my name is {name}                 a person's name: a word with a capital letter (Chinese: a family name and more)
    thank you for calling {brand}     one of the site's own names; without any, one or more capitalised words
    good morning {company}            likewise, but only what is plainly a company: Northwind Mobile, 北风电信
    {number} (days|hours)             a number in words or figures, "first" and "1st" too
    {any}                             any one word or character

Chinese is written the same way, without spaces: 还有(其他|别的)...可以帮(您|你)

`read` turns a phrase into a tree, `expression` a tree into a regular expression over a line of words as
phrases.py writes it: " hello^ this is harper^ valley^. how^ can i help^." (^ after a capitalised word, . after the
last word of a sentence).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from qa_pipeline.text.normalise import tokens
from qa_pipeline.text.slots import ANY_WORD, END, slot, slot_names


class PhraseError(ValueError):
    """A phrase that cannot be read; the text says why."""


@dataclass(frozen=True, slots=True)
class Words:
    """These words, one after the other."""

    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Slot:
    """Something of a kind, such as a name."""

    name: str


@dataclass(frozen=True, slots=True)
class Gap:
    """A few other words."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One of the options; with `optional` none of them will do."""

    options: tuple[Phrase, ...]
    optional: bool


Phrase = tuple[Words | Slot | Gap | Choice, ...]

_PART = re.compile(r"\.\.\.|…+|[()\[\]|]|\{\w+\}|[^()\[\]|{}.…]+|.")
_REPEAT = re.compile(r"[)\]}][?*+]|[*+]")  # habits from regular expressions
_CLOSING = {"(": ")", "[": "]"}


def read(phrase: str, *, chinese: bool) -> Phrase:
    """The tree of one phrase. Raises PhraseError.

    >>> read("you [can] help", chinese=False)[1]
    Choice(options=((Words(words=('can',)),),), optional=True)
    """
    if _REPEAT.search(phrase):
        raise PhraseError(f"{phrase!r}: write [what may be missing] in square brackets; ?, * and + say nothing here")
    options, rest = _options(_PART.findall(phrase.strip()), chinese=chinese)
    if rest:
        raise PhraseError(f"there is a {rest[0]!r} too many in {phrase!r}")
    tree: Phrase = options[0] if len(options) == 1 else (Choice(options, optional=False),)
    if least_words(tree) == 0:
        raise PhraseError(f"{phrase!r} names no word that is always there")
    return tree


def least_words(phrase: Phrase, *, slots: int = 1) -> int:
    """How many words a match has at least, gaps not counted; `slots` is what a slot counts for."""
    count = 0
    for part in phrase:
        if isinstance(part, Words):
            count += len(part.words)
        elif isinstance(part, Slot):
            count += slots
        elif isinstance(part, Choice) and not part.optional:
            count += min(least_words(option, slots=slots) for option in part.options)
    return count


def has_gap(phrase: Phrase) -> bool:
    """Whether other words may stand between those of the phrase."""
    return any(
        isinstance(part, Gap) or (isinstance(part, Choice) and any(has_gap(option) for option in part.options))
        for part in phrase
    )


def words_of(phrase: Phrase) -> frozenset[str]:
    """Every word that the phrase spells out."""
    found: set[str] = set()
    for part in phrase:
        if isinstance(part, Words):
            found |= set(part.words)
        elif isinstance(part, Choice):
            found |= {word for option in part.options for word in words_of(option)}
    return frozenset(found)


def needed(phrase: Phrase) -> tuple[frozenset[str], ...]:
    """Sets of words; of each set at least one is in every match. Empty for a phrase that spells out none.

    >>> [sorted(words) for words in needed(read("(can|may) i help", chinese=False))]
    [['can', 'may'], ['i'], ['help']]
    """
    sets: list[frozenset[str]] = []
    for part in phrase:
        if isinstance(part, Words):
            sets += [frozenset({word}) for word in part.words]
        elif isinstance(part, Choice) and not part.optional:
            options = [needed(option) for option in part.options]
            if all(options):
                sets.append(frozenset().union(*(min(option, key=len) for option in options)))
    return tuple(sets)


def expression(phrase: Phrase, *, chinese: bool, brands: Sequence[str] = (), spell: Callable[[str], str] = str) -> str:
    """The regular expression of a phrase; `spell` rewrites each word first (for Chinese, as its sound)."""
    made = []
    for part in phrase:
        if isinstance(part, Words):
            made.append("".join(f" {re.escape(spell(word))}{END}" for word in part.words))
        elif isinstance(part, Slot):
            made.append(slot(part.name, chinese=chinese, brands=brands, spell=spell))
        elif isinstance(part, Gap):
            made.append(rf"(?<!\.){ANY_WORD}{{0,{6 if chinese else 3}}}")
        else:
            options = "|".join(
                dict.fromkeys(
                    expression(option, chinese=chinese, brands=brands, spell=spell) for option in part.options
                )
            )
            made.append(f"(?:{options})" + "?" * part.optional)
    return "".join(made)


def _options(parts: list[str], *, chinese: bool) -> tuple[tuple[Phrase, ...], list[str]]:
    """Everything up to a closing bracket, and what follows."""
    options: list[Phrase] = [()]
    while parts and parts[0] not in _CLOSING.values():
        part, parts = parts[0], parts[1:]
        if part == "|":
            options.append(())
            continue
        if part in _CLOSING:
            inner, parts = _options(parts, chinese=chinese)
            if not parts or parts[0] != _CLOSING[part]:
                raise PhraseError(f"a {_CLOSING[part]!r} is missing")
            if () in inner:
                raise PhraseError("an option is empty; write [what may be missing] in square brackets")
            parts = parts[1:]
            options[-1] = (*options[-1], Choice(inner, optional=part == "["))
        elif part == "..." or set(part) == {"…"}:
            options[-1] = (*options[-1], Gap())
        elif part.startswith("{") and part.endswith("}"):
            if part[1:-1] not in slot_names():
                raise PhraseError(f"{part} is unknown; there are {', '.join(f'{{{name}}}' for name in slot_names())}")
            options[-1] = (*options[-1], Slot(part[1:-1]))
        elif words := tuple(token.text.lower() for token in tokens(part)):
            options[-1] = (*options[-1], Words(words))
    return tuple(options), parts
