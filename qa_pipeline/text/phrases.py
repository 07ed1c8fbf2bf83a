"""Finding phrases in what was said: exactly, in spite of a slip of recognition, and by the sound of Chinese.

A phrase book holds acts; an act is a name with the phrases that perform it and the ones that only look like it
(`unless`). A turn is searched as a line of its words. For slips, words that no phrase knows are replaced by the one
word at one letter's distance and searched again; for Chinese homophones the search is repeated over pinyin without
tones.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from qa_pipeline.domain import Party
from qa_pipeline.text.grammar import Phrase, expression, has_gap, least_words, needed, read, words_of
from qa_pipeline.text.normalise import Token, tokens
from qa_pipeline.text.sentences import sentences
from qa_pipeline.text.sound import sound_of

QUALITY = {"phrase": 0.95, "fuzzy": 0.8, "pinyin": 0.75}
MIN_PINYIN = 4  # characters that must match before their mere sound counts
MIN_PINYIN_GAP = 5  # likewise in a phrase with other words between
MIN_FUZZY = 5  # letters that a word must have before it may be a slip for another


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """A named thing that somebody can say; `phrases` and `unless` are written in the language of grammar.py."""

    name: str
    party: Party
    phrases: tuple[str, ...]
    unless: tuple[str, ...] = ()
    about: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """An act found at `text[start:end]`; `method` is phrase, fuzzy or pinyin, `quality` (0 to 1) what that is worth."""

    act: str
    start: int
    end: int
    method: str

    @property
    def quality(self) -> float:
        return QUALITY[self.method]


@dataclass(frozen=True, slots=True)
class _Search:
    """One phrase ready to look for; `veto` marks those that forbid, `least` is how many words a match must have."""

    act: str
    veto: bool
    find: re.Pattern[str]
    needs: tuple[frozenset[str], ...]
    least: int = 1


class _Index:
    """Searches by a word that their matches must have, so that a turn is searched for a few phrases, not for all."""

    def __init__(self, found: Sequence[_Search]) -> None:
        searches = [search for search in found if not search.veto]
        self.vetoes: dict[str, list[_Search]] = defaultdict(list)
        for search in found:
            if search.veto:
                self.vetoes[search.act].append(search)
        often = Counter(word for search in searches for words in search.needs for word in words)
        self._searches = searches
        self._by_word: dict[str, list[int]] = defaultdict(list)
        self._also: dict[int, frozenset[str]] = {}
        self._always: list[int] = []
        for number, search in enumerate(searches):
            if not search.needs:
                self._always.append(number)
                continue
            rarest, *others = sorted(search.needs, key=lambda words: sum(often[word] for word in words))
            for word in rarest:
                self._by_word[word].append(number)
            if others:
                self._also[number] = others[0]

    def of(self, words: Iterable[str]) -> Iterable[_Search]:
        """The searches that may find something among these words, in the order of the phrases."""
        said = frozenset(words)
        numbers = {number for word in said for number in self._by_word.get(word, ())}
        also = self._also
        likely = [number for number in numbers if number not in also or not said.isdisjoint(also[number])]
        return (self._searches[number] for number in sorted([*likely, *self._always]))


class PhraseBook:
    """The acts of one language, ready to search with. Raises grammar.PhraseError for a phrase that cannot be read."""

    def __init__(self, acts: Iterable[Act], *, language: str, brands: Sequence[str] = ()) -> None:
        self.acts = {act.name: act for act in acts}
        self._language = language
        chinese = language == "zh"
        exact: list[_Search] = []
        sounds: list[_Search] = []
        words: set[str] = set()
        for act, veto, phrase in _phrases(self.acts.values(), chinese=chinese):
            words |= words_of(phrase)
            find = re.compile(expression(phrase, chinese=chinese, brands=brands))
            exact.append(_Search(act, veto, find, needed(phrase)))
            if chinese and (veto or not has_gap(phrase) or least_words(phrase, slots=0) >= MIN_PINYIN_GAP):
                find = re.compile(expression(phrase, chinese=True, brands=brands, spell=sound_of))
                sounds.append(_Search(act, veto, find, _spelled(needed(phrase), sound_of), 1 if veto else MIN_PINYIN))
        self._exact, self._sounds = _Index(exact), _Index(sounds)
        self._vocabulary = frozenset(words)
        self._respelled: dict[str, str] = {}

    def search(self, text: str) -> tuple[Hit, ...]:
        """All acts in a text, sorted by place; for each act its longest hits that do not overlap."""
        said = tokens(text)
        if not said:
            return ()
        ends = _last_words(said, sentences(text, self._language))
        hits = _matches(self._exact, said, [token.text for token in said], ends, "phrase")
        if self._language == "zh":
            second = _matches(self._sounds, said, [sound_of(token.text) for token in said], ends, "pinyin")
        else:
            respelled = [self._respell(token.text) for token in said]
            changed = any(new != token.text for new, token in zip(respelled, said, strict=True))
            second = _matches(self._exact, said, respelled, ends, "fuzzy") if changed else []
        known = {hit.act for hit in hits}
        hits += [hit for hit in second if hit.act not in known]
        return tuple(sorted(hits, key=lambda hit: (hit.start, hit.end, hit.act)))

    def vetoed(self, text: str, act: str) -> bool:
        """Whether a text has words in whose place the act does not count (`unless`)."""
        said = tokens(text)
        line, _ = _line([token.text for token in said], _last_words(said, sentences(text, self._language)))
        return bool(_places(self._exact.vetoes.get(act, ()), line))

    def _respell(self, word: str) -> str:
        """The phrase word one letter away from a word that no phrase knows, else the word itself."""
        low = word.lower()
        if low in self._vocabulary or len(low) < MIN_FUZZY or word[:1].isupper():
            return word
        if low not in self._respelled:
            from rapidfuzz.distance import Levenshtein  # noqa: PLC0415 - only for slips

            near = [
                known
                for known in self._vocabulary
                if len(known) >= MIN_FUZZY and Levenshtein.distance(low, known, score_cutoff=1) <= 1
            ]
            self._respelled[low] = min(near, default=word)
        return self._respelled[low]


def _phrases(acts: Iterable[Act], *, chinese: bool) -> Iterable[tuple[str, bool, Phrase]]:
    for act in acts:
        for veto, phrases in ((False, act.phrases), (True, act.unless)):
            for phrase in phrases:
                yield act.name, veto, read(phrase, chinese=chinese)


def _spelled(sets: Iterable[frozenset[str]], spell: Callable[[str], str]) -> tuple[frozenset[str], ...]:
    return tuple(frozenset(spell(word) for word in words) for words in sets)


def _last_words(said: Sequence[Token], parts: Sequence[tuple[int, int]]) -> frozenset[int]:
    """The numbers of the tokens that end a sentence."""
    return frozenset(
        max(number for number, token in enumerate(said) if token.start < end)
        for start, end in parts
        if any(start <= token.start < end for token in said)
    )


def _matches(
    searches: _Index, said: Sequence[Token], words: Sequence[str], ends: frozenset[int], method: str
) -> list[Hit]:
    line, places = _line(words, ends)
    found = _places(searches.of(word.lower() for word in words), line)
    vetoes = _places((veto for act in {act for act, _, _ in found} for veto in searches.vetoes[act]), line)
    taken: list[tuple[str, int, int]] = []
    for name, start, end in sorted(found, key=lambda one: (one[0], one[1] - one[2], one[1])):
        spoken_for = any(name == other and start < stop and begin < end for other, begin, stop in [*taken, *vetoes])
        if not spoken_for:
            taken.append((name, start, end))
    starts = sorted(places)  # a match may stop before the mark at the end of a sentence
    return [
        Hit(act=name, start=said[places[start]].start, end=said[bisect_left(starts, end) - 1].end, method=method)
        for name, start, end in taken
    ]


def _places(searches: Iterable[_Search], line: str) -> list[tuple[str, int, int]]:
    return [
        (search.act, match.start(), match.end())
        for search in searches
        for match in search.find.finditer(line)
        if match.group().count(" ") >= search.least
    ]


def _line(words: Sequence[str], ends: frozenset[int]) -> tuple[str, dict[int, int]]:
    """The words as one line (see grammar.py), and which word begins at which place of it."""
    line = ""
    places = {}
    for number, word in enumerate(words):
        places[len(line)] = number
        capital = re.match("[a-z]?[A-Z]", word)
        line += f" {word.lower()}" + "^" * bool(capital) + "." * (number in ends and number < len(words) - 1)
    places[len(line)] = len(words)
    return line, places
