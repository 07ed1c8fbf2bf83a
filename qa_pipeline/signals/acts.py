"""Dialogue acts by phrases: what each turn does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from qa_pipeline.domain import CallView, Party, Signal, SignalKind, Turn, fingerprint
from qa_pipeline.text.locate import moment
from qa_pipeline.text.phrases import Act, Hit, PhraseBook

SURE_OF_WORDS = 0.6  # mean word probability from which on recognition takes nothing off the confidence


class Acts:
    """Finds the acts of the phrase packs; `acts` are by language. Books are built when a call needs them."""

    name = "acts"
    measures = (SignalKind.ACT,)
    needs_parties = False

    def __init__(self, acts: Mapping[str, Sequence[Act]], *, brands: Sequence[str] = ()) -> None:
        self._acts = acts
        self._brands = brands
        self._books: dict[str, PhraseBook] = {}
        self.fingerprint = fingerprint("acts 1", dict(acts), tuple(brands))

    def __call__(self, view: CallView) -> tuple[Signal, ...]:
        """ACT signals of both parties. Where nobody knows who speaks, they belong to party unknown."""
        book = self.book(view.language)
        if book is None:
            return ()
        return tuple(
            _signal(turn, index, hit)
            for index, turn in enumerate(view.transcript.turns)
            if not turn.flags
            for hit in book.search(turn.text)
            if _may_say(turn.party, book.acts[hit.act].party)
        )

    def book(self, language: str) -> PhraseBook | None:
        """The phrases of a language, ready to search with; None when there are none."""
        if language not in self._books and language in self._acts:
            self._books[language] = PhraseBook(self._acts[language], language=language, brands=self._brands)
        return self._books.get(language)


def _may_say(speaker: Party, asked: Party) -> bool:
    return Party.UNKNOWN in (speaker, asked) or speaker is asked


def _signal(turn: Turn, index: int, hit: Hit) -> Signal:
    said = moment(turn, hit.start, hit.end)
    return Signal(
        kind=SignalKind.ACT,
        label=hit.act,
        party=turn.party,
        start_ms=said.start_ms,
        end_ms=said.end_ms,
        confidence=round(hit.quality * min(1.0, said.probability / SURE_OF_WORDS), 3),
        turn=index,
        quote=said.quote,
        method=hit.method,
    )
