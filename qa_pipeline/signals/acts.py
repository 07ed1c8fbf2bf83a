"""Dialogue acts: what each turn does, by two layers that must agree or give way to a doubt.

The phrases (exact, in spite of a slip, by the sound of Chinese) say yes, no (their `unless`) or nothing; the trained
tagger on the sentence encoder has limits for each case. Yes and a claim is sure; a yes that the tagger bears out, or a
claim of the tagger alone, is an act, less sure; a contradiction is a doubt, which no criterion counts. (ADR 13)
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from qa_pipeline.contracts import Tagger
from qa_pipeline.domain import CallView, Party, Signal, SignalKind, Turn, fingerprint
from qa_pipeline.signals.cues import ACTS, DOUBT, PHRASES_OF, acts_of_cues
from qa_pipeline.text.phrases import Act, PhraseBook
from qa_pipeline.text.pieces import in_windows
from qa_pipeline.text.sentences import sentences
from qa_pipeline.text.turns import act_signal

ONE_LAYER = 0.88  # the most confidence of what only one layer says
LEAST_SURE = 0.65  # the least of what the head alone is sure of
WHOLE_WINDOW = frozenset({"recap"})  # acts that one sentence does not show
CHARGES = frozenset({"blame", "banned_words"})  # against an agent: the tagger alone only raises a doubt
SETTLED_BY_PLACE = frozenset({"hold_thanks"})  # what counts just after a hold only: the phrase needs no backing


class Acts:
    """Finds the cues of the phrase packs and the acts (`cues.ACTS`); `acts` are the packs by language.

    Without a `tagger` the phrases decide alone. Books are built when a call needs them.
    """

    name = "acts"
    measures = (SignalKind.ACT,)
    needs_parties = False

    def __init__(
        self,
        acts: Mapping[str, Sequence[Act]],
        *,
        brands: Sequence[str] = (),
        tagger: Tagger | None = None,
    ) -> None:
        self._acts = acts
        self._brands = brands
        self._books: dict[str, PhraseBook] = {}
        self._layer = _Layer(tagger) if tagger else None
        self.fingerprint = fingerprint("acts 3", dict(acts), tuple(brands), tagger.fingerprint if tagger else "")

    def __call__(self, view: CallView) -> tuple[Signal, ...]:
        """ACT signals of both parties. Where nobody knows who speaks, they belong to party unknown."""
        book = self.book(view.language)
        cues = tuple(_cues(view, book)) if book else ()
        made = acts_of_cues(view, cues)
        others = tuple(cue for cue in cues if cue.label not in ACTS or cue.party is Party.CUSTOMER)
        return (*others, *(self._layer.vote(view, made, book) if self._layer else made))

    def phrases_alone(self) -> Acts:
        """The same without the trained layer, to compare."""
        return Acts(self._acts, brands=self._brands)

    def book(self, language: str) -> PhraseBook | None:
        """The phrases of a language, ready to search with; None when there are none."""
        if language not in self._books and language in self._acts:
            self._books[language] = PhraseBook(self._acts[language], language=language, brands=self._brands)
        return self._books.get(language)


@dataclass(frozen=True, slots=True)
class _Window:
    """Up to three sentences in a row of one turn, and the tagger's chance of each act in them."""

    turn: int
    sentences: tuple[tuple[int, int], ...]
    chances: NDArray[np.float64]

    @property
    def start(self) -> int:
        return self.sentences[0][0]

    @property
    def end(self) -> int:
        return self.sentences[-1][1]


class _Layer:
    """The second layer: the tagger's vote on what the phrases found, and its own finds."""

    def __init__(self, tagger: Tagger) -> None:
        self._tagger = tagger
        self._column = {label: column for column, label in enumerate(tagger.labels)}

    def vote(self, view: CallView, made: Sequence[Signal], book: PhraseBook | None) -> tuple[Signal, ...]:
        """The acts that both layers together give."""
        heard: dict[int, list[_Window]] = {}
        for window in self._windows(view):
            heard.setdefault(window.turn, []).append(window)
        turns = view.transcript.turns
        voted = [self._confirmed(act, turns[act.turn or 0], heard.get(act.turn or 0, [])) for act in made]
        known = {(act.turn, act.label) for act in made}
        for index, windows in heard.items():
            voted += self._own(turns[index], windows, known, book)
        return tuple(sorted(voted, key=lambda act: (act.start_ms, act.end_ms, act.label)))

    def _windows(self, view: CallView) -> Iterator[_Window]:
        """The windows of every turn that the agent may have said."""
        places = [
            (index, parts)
            for index, turn in enumerate(view.transcript.turns)
            if turn.party is not Party.CUSTOMER and not turn.flags
            for parts in in_windows(sentences(turn.text, view.language))
        ]
        texts = [view.transcript.turns[index].text[parts[0][0] : parts[-1][1]].strip() for index, parts in places]
        for (index, parts), chances in zip(places, self._tagger.chances(texts), strict=True):
            yield _Window(index, parts, chances)

    def _confirmed(self, act: Signal, turn: Turn, windows: Sequence[_Window]) -> Signal:
        """What the phrases found, as sure as the tagger lets it be."""
        column = self._column.get(act.label)
        if column is None or not windows:
            return act
        at = max(0, turn.text.find(act.quote))
        around = [one for one in windows if one.start < at + len(act.quote) and at < one.end]
        columns = [self._column[one] for one in CHARGES & self._column.keys()] if act.label in CHARGES else [column]
        chance = max(float(one.chances[columns].max()) for one in around or windows)  # an insult reproaches, too
        if chance < self._tagger.claims[column]:  # among other things an act goes under: its own sentences once more
            own = sorted(
                part for one in around for part in one.sentences if part[0] < at + len(act.quote) and at < part[1]
            )
            alone = turn.text[own[0][0] : own[-1][1]].strip() if own else turn.text
            chance = max(chance, float(self._tagger.chances([alone])[0, column]))
        if chance < self._tagger.backs[column] and act.label not in SETTLED_BY_PLACE:
            return replace(act, confidence=min(act.confidence, DOUBT))
        if chance < self._tagger.claims[column]:
            return replace(act, confidence=min(act.confidence, ONE_LAYER))
        return act if act.confidence > DOUBT else replace(act, confidence=ONE_LAYER)

    def _own(
        self, turn: Turn, windows: Sequence[_Window], known: set[tuple[int | None, str]], book: PhraseBook | None
    ) -> Iterator[Signal]:
        """What the tagger alone hears in a turn: its best window for each act that the phrases did not find there."""
        for label, column in self._column.items():
            best = max(windows, key=lambda one: float(one.chances[column]))
            chance = float(best.chances[column])
            if (best.turn, label) in known or chance < self._tagger.doubts[column]:
                continue
            start, end = self._sentence(turn, best, column)
            sure = chance >= self._tagger.claims[column] and label not in CHARGES
            if label == "recap" and (best.turn, "promise") not in known and not self._promises(best):
                sure = False  # what was done, without what comes next
            said = turn.text[best.start : best.end]
            if sure and book and book.vetoed(said, PHRASES_OF.get(label, label)):
                sure = False
            quality = min(max(chance, LEAST_SURE), ONE_LAYER) if sure else DOUBT
            yield act_signal(turn, best.turn, label, start, end, quality=quality, method="model")

    def _promises(self, window: _Window) -> bool:
        """Whether the tagger hears something of a promise in a window."""
        column = self._column.get("promise")
        return column is not None and float(window.chances[column]) >= self._tagger.doubts[column]

    def _sentence(self, turn: Turn, window: _Window, column: int) -> tuple[int, int]:
        """The sentence of a window that speaks most for a label, for people to read; a recap needs them all."""
        if len(window.sentences) == 1 or self._tagger.labels[column] in WHOLE_WINDOW:
            return window.start, window.end
        chances = self._tagger.chances([turn.text[start:end].strip() for start, end in window.sentences])
        return window.sentences[int(chances[:, column].argmax())]


def _cues(view: CallView, book: PhraseBook) -> Iterator[Signal]:
    for index, turn in enumerate(view.transcript.turns):
        for hit in book.search(turn.text) if not turn.flags else ():
            if _may_say(turn.party, book.acts[hit.act].party):
                yield act_signal(turn, index, hit.act, hit.start, hit.end, quality=hit.quality, method=hit.method)


def _may_say(speaker: Party, asked: Party) -> bool:
    return Party.UNKNOWN in (speaker, asked) or speaker is asked
