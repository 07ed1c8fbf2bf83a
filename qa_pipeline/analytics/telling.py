"""The phrases that tell a group of sayings from all others."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence

from qa_pipeline.text.normalise import tokens

SIZES = {"en": range(1, 4), "zh": range(2, 5)}  # words, characters
MOST = 3  # phrases that name a group
LONGEST = 400  # tokens of a saying that are looked at
PART = 0.8  # a phrase that nearly always stands in a longer one is only a part of that

# What no phrase begins or ends with, and no Chinese one has in it: nothing there says where a word ends. Words that
# deny or say what is missing ("not", "never", "no", 没, 不) tell much.
_EMPTY = {
    "en": frozenset(
        (
            "a about after again all also am an and any are as at back be because been before being but by call "
            "calling can could did do does even ever every for from get gets getting go going gonna got had has "
            "have having he hello her here hi him his how i if in into is it its just know let like make me mean "
            "more my now of oh okay on one only or our out over own please really right said say saying says she "
            "should so some sorry still such tell than that the their them then there these they thing things "
            "this those to told too um uh up us very want was way we well were what when where which while who "
            "why will with would yeah yes you your yours"
        ).split()
    ),
    "zh": frozenset(
        "的了是我你您他她它们在就也都还和与跟吗呢吧啊呀嘛哦嗯着把被给对让这那哪个一又再到说会很太真想么什怎为所因但而且或自己每今啥咋以后时候样"
    ),
}


def telling_phrases(groups: Sequence[Sequence[str]], others: Sequence[str], language: str) -> list[tuple[str, ...]]:
    """For each group of sayings its most telling phrases, the best first, as they are written in lower case.

    Class-based TF-IDF: how often a phrase is said in the group, times log(1 + A / f), f its count over all groups and
    the other sayings, A the mean number of phrases in one of these. Source: M. Grootendorst, BERTopic: neural topic
    modeling with a class-based TF-IDF procedure, 2022, arXiv:2203.05794. A phrase needs two sayings, and one that is
    hardly ever said but as part of a longer one is left out.

    >>> telling_phrases([["the car park is full", "No space in the car park!"]], ["my bill is wrong"], "en")
    [('car park',)]
    """
    counted = [[_phrases(text, language) for text in group] for group in groups]
    rest: Counter[tuple[str, ...]] = Counter()
    for text in others:
        rest.update(_phrases(text, language))
    totals = [_sum(group) for group in counted]
    everywhere = _sum([*totals, rest])
    mean = sum(everywhere.values()) / (len(groups) + 1)
    return [_best(group, total, everywhere, mean, language) for group, total in zip(counted, totals, strict=True)]


def _best(
    group: Sequence[Counter[tuple[str, ...]]],
    total: Counter[tuple[str, ...]],
    everywhere: Counter[tuple[str, ...]],
    mean: float,
    language: str,
) -> tuple[str, ...]:
    said_by = Counter(phrase for saying in group for phrase in saying)
    shared = {phrase: n for phrase, n in said_by.items() if n > 1}
    whole = [phrase for phrase in shared if not _is_part(phrase, shared)]
    scores = {phrase: total[phrase] * math.log1p(mean / everywhere[phrase]) for phrase in whole}
    chosen: list[tuple[str, ...]] = []
    for phrase in sorted(scores, key=lambda phrase: (-scores[phrase], -len(phrase), phrase)):
        if len(chosen) < MOST and not any(_overlap(phrase, other, language) for other in chosen):
            chosen.append(phrase)
    return tuple(("" if language == "zh" else " ").join(phrase) for phrase in chosen)


def _phrases(text: str, language: str) -> Counter[tuple[str, ...]]:
    """Every run of tokens that may name something, and its count."""
    words = [token.text.lower() for token in tokens(text)][:LONGEST]
    return Counter(_runs(words, language))


def _runs(words: Sequence[str], language: str) -> Iterator[tuple[str, ...]]:
    empty = _EMPTY[language]
    for start, first in enumerate(words):
        for size in SIZES[language]:
            run = tuple(words[start : start + size])
            hollow = run if language == "zh" else (first, run[-1])
            if len(run) == size and empty.isdisjoint(hollow) and len("".join(run)) > 1:
                yield run


def _is_part(phrase: tuple[str, ...], shared: dict[tuple[str, ...], int]) -> bool:
    return any(
        len(longer) > len(phrase) and n >= PART * shared[phrase] and _holds(longer, phrase)
        for longer, n in shared.items()
    )


def _holds(longer: tuple[str, ...], part: tuple[str, ...]) -> bool:
    return any(longer[at : at + len(part)] == part for at in range(len(longer) - len(part) + 1))


def _overlap(one: tuple[str, ...], other: tuple[str, ...], language: str) -> bool:
    """Whether two phrases say nearly the same: a word in common (Chinese: two characters in a row)."""
    size = 2 if language == "zh" else 1
    parts = {one[at : at + size] for at in range(len(one) - size + 1)}
    return any(other[at : at + size] in parts for at in range(len(other) - size + 1))


def _sum(counts: Sequence[Counter[tuple[str, ...]]]) -> Counter[tuple[str, ...]]:
    total: Counter[tuple[str, ...]] = Counter()
    for count in counts:
        total.update(count)
    return total
