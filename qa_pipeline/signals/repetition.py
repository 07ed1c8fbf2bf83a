"""The customer has to say it again: in the same words, or "as I said"."""

from __future__ import annotations

from qa_pipeline.domain import CallView, Party, Signal, SignalKind, Turn, fingerprint
from qa_pipeline.text.normalise import tokens

MIN_WORDS = 4
MIN_CHARACTERS = 6
SIMILARITY = 80  # rapidfuzz ratio
ACT = "as_i_said"  # customer phrases: "as I said", 我刚才说了


class Repetition:
    """Emits REPEAT for each customer turn that repeats an earlier one, or says so itself; flagged ones do not count."""

    name = "repetition"
    measures = (SignalKind.REPEAT,)
    needs_parties = True
    needs = frozenset[SignalKind]()
    fingerprint = fingerprint("repetition 2", MIN_WORDS, MIN_CHARACTERS, SIMILARITY, ACT)

    def __call__(self, view: CallView) -> tuple[Signal, ...]:
        from rapidfuzz import fuzz  # noqa: PLC0415 - compiled, loaded when a call needs it

        said = {signal.turn for signal in view.acts(ACT, party=Party.CUSTOMER)}
        earlier: list[str] = []
        signals = []
        for index, turn in enumerate(view.transcript.turns):
            if turn.party is not Party.CUSTOMER or turn.flags:
                continue
            words = [token.text.lower() for token in tokens(turn.text)]
            text = " ".join(words)
            enough = len(words) >= (MIN_CHARACTERS if view.language == "zh" else MIN_WORDS)
            alike = enough and any(fuzz.ratio(text, before) >= SIMILARITY for before in earlier)
            if alike or index in said:
                signals.append(_signal(turn, index, measured=alike))
            if enough:
                earlier.append(text)
        return tuple(signals)


def _signal(turn: Turn, index: int, *, measured: bool) -> Signal:
    return Signal(
        kind=SignalKind.REPEAT,
        party=Party.CUSTOMER,
        start_ms=turn.start_ms,
        end_ms=turn.end_ms,
        confidence=0.8,
        turn=index,
        quote=turn.text,
        method="measured" if measured else "phrase",
    )
