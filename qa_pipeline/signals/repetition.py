"""The customer has to say it again: in the same words, "as I said", or in other words of the same meaning."""

from __future__ import annotations

from qa_pipeline.contracts import Encoder
from qa_pipeline.domain import CallView, Party, Signal, SignalKind, Turn, fingerprint
from qa_pipeline.text.normalise import tokens
from qa_pipeline.text.turns import back_channels

MIN_WORDS = 4
MIN_CHARACTERS = 6
SIMILARITY = 80  # rapidfuzz ratio
ACT = "as_i_said"  # customer phrases: "as I said", 我刚才说了


MEANING = {"en": 0.95, "zh": 0.955}  # cosine; chosen on tests/cases/repeats, so that hardly anything else is found
MEANING_WORDS = {"en": 6, "zh": 8}  # shorter turns are near to many others


class Repetition:
    """Emits REPEAT for each customer turn that repeats an earlier one, or says so itself; flagged ones do not count.

    With an `encoder` also one that means the same as a turn before the agent's last answer (method "model").
    """

    name = "repetition"
    measures = (SignalKind.REPEAT,)
    needs_parties = True
    needs = frozenset[SignalKind]()

    def __init__(self, encoder: Encoder | None = None) -> None:
        self._encoder = encoder
        self.fingerprint = fingerprint(
            *("repetition 3", MIN_WORDS, MIN_CHARACTERS, SIMILARITY, ACT, MEANING, MEANING_WORDS),
            encoder.fingerprint if encoder else "",
        )

    def __call__(self, view: CallView) -> tuple[Signal, ...]:
        said = {signal.turn for signal in view.acts(ACT, party=Party.CUSTOMER)}
        literal = _in_the_same_words(view)
        meant = self._in_other_words(view)
        found = {
            **{index: _signal(view, index, 0.7, "model") for index in meant},
            **{index: _signal(view, index, 0.8, "phrase") for index in said if index is not None},
            **{index: _signal(view, index, 0.8, "measured") for index in literal},
        }
        return tuple(found[index] for index in sorted(found))

    def _in_other_words(self, view: CallView) -> list[int]:
        """The turns that mean what an earlier one does; the agent has said more than "mm-hm" between the two."""
        if self._encoder is None:
            return []
        least = MEANING_WORDS.get(view.language, MEANING_WORDS["en"])
        rounds: list[int] = []  # how often the agent had answered before each of the turns
        long: list[tuple[int, Turn]] = []
        answers = 0
        for index, turn in enumerate(view.transcript.turns):
            if turn.party is not Party.CUSTOMER:
                answers += not back_channels(turn, view.language)
            elif not turn.flags and len(tokens(turn.text)) >= least:
                long.append((index, turn))
                rounds.append(answers)
        vectors = self._encoder.encode([turn.text for _, turn in long])
        alike = vectors @ vectors.T >= MEANING.get(view.language, MEANING["en"])
        return [
            index
            for place, (index, _) in enumerate(long)
            if any(alike[place, before] and rounds[before] < rounds[place] for before in range(place))
        ]


def _in_the_same_words(view: CallView) -> list[int]:
    from rapidfuzz import fuzz  # noqa: PLC0415 - compiled, loaded when a call needs it

    least = MIN_CHARACTERS if view.language == "zh" else MIN_WORDS
    earlier: list[str] = []
    found = []
    for index, turn in enumerate(view.transcript.turns):
        words = [token.text.lower() for token in tokens(turn.text)]
        if turn.party is not Party.CUSTOMER or turn.flags or len(words) < least:
            continue
        text = " ".join(words)
        if any(fuzz.ratio(text, before) >= SIMILARITY for before in earlier):
            found.append(index)
        earlier.append(text)
    return found


def _signal(view: CallView, index: int, confidence: float, method: str) -> Signal:
    turn = view.transcript.turns[index]
    return Signal(
        kind=SignalKind.REPEAT,
        party=Party.CUSTOMER,
        start_ms=turn.start_ms,
        end_ms=turn.end_ms,
        confidence=confidence,
        turn=index,
        quote=turn.text,
        method=method,
    )
